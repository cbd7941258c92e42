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

#[track_caller]
fn check_flaw(text: &str, line: &str) {
    let front_matter = read(text).expect("there are fences");
    assert_eq!(front_matter.entries, []);
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
    check_body("---\na: b\n\nbody", None);
    check_body(" ---\na: b\n---\nbody", None);
    check_body("text\n---\na: b\n---\nbody", None);
    check_body("---\n\nprose ![a](b.png)\n\n---\nbody", None);
    check_body("---\n- a\n- b\n---\nbody", None);
    check_body("", None);
}

#[test]
fn tells_where_it_does_not_parse() {
    check_flaw("---\ntitle: a\nb: [c\n---\nbody", "line 3: ");
    check_flaw("\n---\ntitle: a: b\n---\nbody", "line 3: ");
    check_flaw(
        &format!("---\na: {}\n---\n", "[".repeat(100_000)),
        "line 2: ",
    );
    check_flaw(
        &format!("---\na: [{}]\n---\n", "x,".repeat(yaml::VALUES_MAX + 1)),
        "line ",
    );
}

#[test]
fn answers_for_top_level_keys() {
    let front_matter =
        read("---\nsub: {title: no}\ntitle: ' yes '\nauthor: [me, you]\nlang:\n---\n").unwrap();
    let asked = ["title", "author", "lang", "sub", "none"].map(|key| front_matter.get(key));
    assert_eq!(asked, [Some("yes"), Some("me"), None, None, None]);
}

#[test]
fn large_values_take_linear_time() {
    let long = "x ".repeat(1 << 20);
    let mut text = format!("---\na: &l '{long}'\nb: {long}\nc: |\n  {long}\n");
    (0..1000).for_each(|n| writeln!(text, "k{n}: *l").unwrap());
    text.push_str("---\n");
    assert_eq!(read(&text).unwrap().entries.len(), 3);
}

proptest! {
    #[test]
    fn any_text_has_spans_in_range(yaml in "[-a: '\"\\[\\]{}&*#|>!?%\t\r\né,]{0,60}") {
        for text in [yaml.clone(), format!("---\n{yaml}\n---\nbody")] {
            let Some(front_matter) = read(&text) else { continue };
            prop_assert!(text.is_char_boundary(front_matter.body_start));
            for entry in front_matter.entries {
                prop_assert!(text.get(entry.span.start..entry.span.end).is_some());
            }
        }
    }
}
