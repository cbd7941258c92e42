//! What holds for every front matter?

use super::*;

#[test]
fn large_values_take_linear_time() {
    let long = "x ".repeat(1 << 20);
    let mut text = format!("---\na: &l '{long}'\nb: {long}\nc: |\n  {long}\n");
    (0..1000).for_each(|n| writeln!(text, "k{n}: *l").unwrap());
    text.push_str("---\n");
    assert_eq!(read(&text).unwrap().entries.len(), 3);
}

#[test]
fn hostile_values_take_linear_time() {
    let long = "x ".repeat(1 << 19);
    for text in [
        format!("---\na: {long}\nb: \"{long}\"\n---\n"),
        format!("+++\na = \"{long}\"\nb = '''{long}'''\n+++\n"),
        format!("{{\"a\": \"{long}\", \"b\": 1}}"),
    ] {
        assert_eq!(read(&text).unwrap().entries.len(), 2);
    }
    for piece in [
        "a: b\n",
        "a: [\n",
        "[[a.b]]\n",
        "a.b.c.d=1\n",
        "\"a\":",
        "{\"a\":[",
        "- ",
        "? ",
        "&a ",
        "\t",
        "\"",
        "a: |\n",
        "['",
        "a={",
    ] {
        let many = piece.repeat((1 << 16) / piece.len());
        for text in [
            format!("---\n{many}"),
            format!("---\n{many}\n---\n"),
            format!("+++\n{many}\n+++\n"),
            format!("{{\"a\":{many}"),
            format!("{many}\n---\n"),
            format!(";;;\n{many}\n;;;\n"),
        ] {
            let _any = read(&text);
        }
    }
}

proptest! {
    #[test]
    fn any_text_has_spans_in_range(inner in "(---\n|;;;\n|\\+\\+\\+\n|[-a: '\"\\[\\]{}&*#|>!?%=.\\\\\t\r\né,1]){0,60}") {
        for (opening, closing) in [("", ""), ("---\n", "\n---\n"), ("+++\n", "\n+++\n"), (";;;\n", "\n;;;\n"), ("{", "}\n"), ("a: b\n", "\n---\n")] {
            let text = format!("{opening}{inner}{closing}body");
            let Some(front_matter) = read(&text) else { continue };
            prop_assert!(text.is_char_boundary(front_matter.body_start));
            for entry in front_matter.entries {
                prop_assert!(text.get(entry.span.start..entry.span.end).is_some());
            }
        }
    }
}
