//! What is told of front matter that is not right?

use super::*;

#[test]
fn tells_where_it_is_not_right() {
    check_flaw("---\ntitle: a\nb: [c\n---\nbody", "line 3: ", &["a"]);
    check_flaw(
        "\n---\ntitle: a: b\ncover: x\n---\nbody",
        "line 3: ",
        &["x"],
    );
    check_flaw(
        &format!("---\na: {}\nb: c\n---\n", "[".repeat(100_000)),
        "line 2: ",
        &["c"],
    );
    check_flaw(
        "+++\na = 'x'\nb = \nc = 'y'\n+++\n",
        "line 3: ",
        &["x", "", "y"],
    );
    check_flaw("+++\na = ['x'\nb = 1\n+++\n", "line 3: ", &["x", "b", "1"]);
    check_flaw("{\"a\": \"x\",\n\"b\": }\nbody", "line 2: ", &[]);
    check_flaw(";;;\n\"a\": 1,\n;;;\nbody", "line 3: ", &[]);
    let nested = format!(
        "{{\"a\": \"x\", \"b\": {}{}}}\nbody",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    check_flaw(&nested, "line 1: ", &["x"]);
    let nested = format!(
        "+++\na = 'x'\nb = {}{}\n+++\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    check_flaw(&nested, "line 3: ", &["x"]);
}

#[test]
fn a_key_that_stands_twice_is_told_and_both_values_count() {
    check_flaw(
        "---\na: x\nb: 1\na: y\n---\n",
        "line 4: the key a stands",
        &["x", "1", "y"],
    );
    check_flaw(
        "{\"a\": \"x\",\n\"a\": \"y\"}",
        "line 2: the key a stands",
        &["x", "y"],
    );
    check_flaw(
        "+++\n[t]\na = 'x'\na = 'y'\n+++\n",
        "line 4: the key t.a stands",
        &["x", "y"],
    );
}

#[test]
fn values_without_number_are_cut_off_and_told() {
    let many = "x,".repeat(entries::VALUES_MAX + 1);
    let read = read(&format!("---\na: b\nc: [{many}]\n---\n")).unwrap();
    assert_eq!(read.entries.len(), entries::VALUES_MAX);
    assert!(read.flaw.unwrap().starts_with("line 3: more than"));
}

#[test]
fn values_nest_so_deep() {
    let nested = |lists: usize, fences: [&str; 2]| {
        let [open, close] = ["[", "]"].map(|it| it.repeat(lists));
        let text = format!("{}{open}'x'{close}{}", fences[0], fences[1]);
        let text = text.replace('\'', "\"");
        let read = read(&text).unwrap();
        (read.entries.len(), read.flaw.is_some())
    };
    // Of JSON the object that holds all counts, too.
    for (fences, lists) in [
        (["---\na: ", "\n---\n"], 32),
        (["+++\na = ", "\n+++\n"], 32),
        (["{\"a\": ", "}\n"], 31),
    ] {
        assert_eq!(nested(lists, fences), (1, false), "{fences:?}");
        assert_eq!(nested(lists + 1, fences), (0, true), "{fences:?}");
    }
}

#[test]
fn a_fence_that_never_ends_is_told_and_all_is_text() {
    for (text, line) in [
        ("---\na: b\n\nbody", "line 1: "),
        ("\n+++\na = 1\n\nbody", "line 2: "),
        ("{\"a\": 1,\n\nbody", "line 1: "),
        (";;;\n\"a\": 1\n\nbody", "line 1: "),
    ] {
        check_flaw(text, line, &[]);
        check_body(text, Some(text.trim_start()));
    }
    check_body("---\n\nprose: yes\n", None);
    check_body("---", None);
}

#[test]
fn text_behind_a_forgotten_fence_is_text() {
    let text = "---\ntitle: x\ncover: c.png\n\nSome text: ![a](b.png)\n\n```\n---\n```\n";
    let read = read(text).unwrap();
    assert_eq!(&text[read.body_start..read.body_start + 5], "cover");
    assert_eq!(read.entries[0].value, "x");
}
