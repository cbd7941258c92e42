mod flaws;
mod laws;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Checks the values as `path = value` and, where it differs from the value, the text that stands there.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let front_matter = read(text).expect("there is front matter");
    let shown = front_matter.entries.iter().map(|entry| {
        let (path, value) = (entry.path.join("/"), &entry.value);
        let written = &text[entry.span.start..entry.span.end];
        if written == value {
            format!("{path} = {value}")
        } else {
            format!("{path} = {value:?} as {written}")
        }
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    assert_eq!(front_matter.flaw, None);
}

#[track_caller]
fn check_body(text: &str, expected: Option<&str>) {
    let body = read(text).map(|front_matter| &text[front_matter.body_start..]);
    assert_eq!(body, expected, "{text:?}");
}

/// Checks where the flaw is, and what is read all the same.
#[track_caller]
fn check_flaw(text: &str, line: &str, values: &[&str]) {
    let front_matter = read(text).expect("there are fences");
    let read = front_matter.entries.iter();
    let read: Vec<&str> = read.map(|entry| entry.value.as_str()).collect();
    assert_eq!(read, values);
    let flaw = front_matter.flaw.expect("there is a flaw");
    assert!(flaw.starts_with(line) && flaw.len() > line.len(), "{flaw}");
}

#[test]
fn says_what_is_written() {
    check("---\ntitle: A day\n---\n", &["title = A day"]);
    check(
        "\u{FEFF}---\r\ntitle: 你好\r\nlang: zh-CN\r\n---\r\n",
        &["title = 你好", "lang = zh-CN"],
    );
    check(
        "---\na: 'it''s'\nb: \"x\\u00e9\"\n---\n",
        &["a = \"it's\" as it''s", "b = \"xé\" as x\\u00e9"],
    );
    check(
        "---\nphotos:\n - a.png\n - 'b.png'\n---\n",
        &["photos/0 = a.png", "photos/1 = b.png"],
    );
    check(
        "---\ncover: {src: a.png, alt: x}\n---\n",
        &["cover/src = a.png", "cover/alt = x"],
    );
    check("---\na: x # why\nb:   y   \n---\n", &["a = x", "b = y"]);
    check(
        "---\na: !!str &here x\nb: *here\n---\n",
        &["a = x", "b = x"],
    );
    check(
        "---\na: |\n  x.png\nb: >-\n  y.png\n---\n",
        &["a = \"x.png\\n\" as x.png", "b = y.png"],
    );
    check("---\na:\n\t- x\n\t- y\n---\n", &["a/0 = x", "a/1 = y"]);
    check(
        "---\n? [k, l]\n: x\nm: y\n---\n",
        &["/0 = k", "/1 = l", " = x", "m = y"],
    );
    check(
        "---\na:\nb: ~\nc: null\nd: '~'\n---\n",
        &["a = ", "b = \"\" as ~", "c = \"\" as null", "d = ~"],
    );
    check("---\n---\n", &[]);
    check("---\n# nothing\n---\n", &[]);
}

#[test]
fn ends_where_the_closing_fence_does() {
    check_body("\n \n---\na: b\n---\n\nbody", Some("\nbody"));
    check_body("---\na: b\n---", Some(""));
    check_body("--- \na: b\n---  \nbody", Some("body"));
    check_body("----\na: b\n---\nc: d\n----\nbody", Some("body"));
    check_body("----\na: b\n----\nbody", Some("body"));
    check_body("---\na: b\n...\nbody", Some("body"));
    check_body(" ---\na: b\n---\nbody", None);
    check_body("text\n---\na: b\n---\nbody", None);
    check_body("---\n\nprose ![a](b.png)\n\n---\nbody", None);
    check_body("---\n- a\n- b\n---\nbody", None);
    check_body("", None);
}

#[test]
fn yaml_repeats_what_an_alias_names() {
    check(
        "---\na: &x {src: i.png, alt: [y]}\nb: *x\nc:\n  <<: *x\n---\n",
        &[
            "a/src = i.png",
            "a/alt/0 = y",
            "b/src = i.png",
            "b/alt/0 = y",
            "c/<</src = i.png",
            "c/<</alt/0 = y",
        ],
    );
    check("---\na: &x [*x, b]\n---\n", &["a/1 = b"]);
    let mut bomb = String::from("---\na0: &a0 [x]\n");
    (1..12).for_each(|n| {
        writeln!(bomb, "a{n}: &a{n} [{}]", format!("*a{},", n - 1).repeat(10)).unwrap();
    });
    let bomb = read(&format!("{bomb}---\n")).unwrap();
    assert_eq!(bomb.entries.len(), entries::VALUES_MAX);
}

#[test]
fn toml_says_what_is_written() {
    check(
        "+++\ntitle = \"A \\\"day\\\"\"\nimage = 'a.png'\ndate = 2024-05-06T07:08:09Z\nn = 1\n+++\n",
        &[
            "title = \"A \\\"day\\\"\" as A \\\"day\\\"",
            "image = a.png",
            "date = 2024-05-06T07:08:09Z",
            "n = 1",
        ],
    );
    check(
        "\u{FEFF}+++\r\na.b = 'x'\r\na.c.d = {e = ['1', {f.g = '2'}], h = \"3\"}\r\ni = 4\r\n+++\r\n",
        &[
            "a/b = x",
            "a/c/d/e/0 = 1",
            "a/c/d/e/1/f/g = 2",
            "a/c/d/h = 3",
            "i = 4",
        ],
    );
    check(
        "+++\n[params]\nx = '1'\n[[res]]\nsrc = 'a'\n[res.sub]\ny = 'b'\n[[res]]\nsrc = 'c'\n[[res.deep]]\nz = 'd'\n+++\n",
        &[
            "params/x = 1",
            "res/0/src = a",
            "res/0/sub/y = b",
            "res/1/src = c",
            "res/1/deep/0/z = d",
        ],
    );
    check(
        "+++\na = \"\"\"\nhttp://h/x.png\"\"\"\nb = '''y'''\nc = \"\\u00e9\"\n+++\n",
        &["a = http://h/x.png", "b = y", "c = \"é\" as \\u00e9"],
    );
    check("+++\n+++\n", &[]);
    check_body("+++\na = 1\n+++\nbody", Some("body"));
    check_body("+++\nprose\n+++\nbody", None);
}

#[test]
fn json_says_what_is_written() {
    check(
        "{\n\t\"title\": \"A \\\"{day}\\\"\",\n\t\"images\": [\"a.png\", {\"src\": \"b\\/c.png\"}],\n\t\"n\": -1.5, \"o\": null\n}\nbody",
        &[
            "title = \"A \\\"{day}\\\"\" as A \\\"{day}\\\"",
            "images/0 = a.png",
            "images/1/src = \"b/c.png\" as b\\/c.png",
            "n = -1.5",
            "o = \"\" as null",
        ],
    );
    check(
        ";;;\n\"title\": \"x\",\n\"photos\": [\"a.png\"]\n;;;\nbody",
        &["title = x", "photos/0 = a.png"],
    );
    check("\"a\": \"b\"\n;;;\nbody", &["a = b"]);
    check("\u{FEFF}\n{\"a\": {}}", &[]);
    check_body("{\"a\": \"}\"}\r\nbody", Some("body"));
    check_body("{\"a\": 1}body", Some("body"));
    check_body("{% raw %} {{ x }} {% endraw %}", None);
    check_body("{{< figure >}}", None);
    check_body("{ some } prose", None);
    check_body(";;;\nprose\n;;;\nbody", None);
}

#[test]
fn hexo_needs_no_opening_fence() {
    check(
        "title: x\ncover: a.png\n---\nbody",
        &["title = x", "cover = a.png"],
    );
    check_body("title: x\n---\nbody", Some("body"));
    check_body("\ntitle: x\n\ntags:\n  - y\n-----\nbody", Some("body"));
    check_body("A heading\n---\nbody", None);
    check_body("Note: a\nheading\n---\nbody", None);
    check_body("# Title: x\n---\nbody", None);
    check_body("Look: ![a](b.png)\n---\nbody", None);
    check_body("http://h.test/\n---\nbody", None);
    check_body("a | b: c\n---|---\nx: y", None);
    check_body("title: x\n+++\nbody", None);
    check_body("title: x\n;;;\nbody", None);
    check_body("title: x\nbody", None);
}

#[test]
fn answers_for_keys_and_what_is_under_them() {
    let front_matter =
        read("---\nsub: {title: no, x: [1]}\ntitle: yes\nauthor: [me, you]\nlang:\n---\n").unwrap();
    let under = |key: &[&str]| -> Vec<_> {
        let values = front_matter.under(key).map(|entry| entry.value.as_str());
        values.map(str::to_owned).collect()
    };
    assert_eq!(under(&["title"]), ["yes"]);
    assert_eq!(under(&["author"]), ["me", "you"]);
    assert_eq!(under(&["sub", "x"]), ["1"]);
    assert_eq!(under(&["lang"]), [""]);
    assert!(under(&["none"]).is_empty());
}
