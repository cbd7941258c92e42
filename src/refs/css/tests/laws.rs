//! What holds for every stylesheet?

use super::*;

#[test]
fn hostile_texts_are_read_in_linear_time() {
    for piece in [
        "{",
        "(",
        "[",
        "}",
        ")",
        "url(",
        "url('",
        "@import ",
        "@import url(",
        "image-set(",
        "'",
        "\\",
        "/*",
        "a:",
        "<!--",
    ] {
        let found = mentions(piece.repeat(100_000).as_bytes(), UTF_8, Context::Stylesheet);
        assert!(found.len() <= 100_000, "{piece}");
    }
    let nested = format!("{}url(a.png)", "a{".repeat(100_000));
    assert_eq!(
        mentions(nested.as_bytes(), UTF_8, Context::Stylesheet).len(),
        1
    );
}

proptest! {
    #[test]
    fn any_css_has_ordered_spans(css in "(url\\(|'|\"|\\)|\\(|\\{|\\}|;|:|@import |@font-face|image-set\\(|a|图|\\\\|/\\*|\\*/|\n| |&quot;|<){0,24}") {
        for context in [Context::Stylesheet, Context::Attribute] {
            let mut end = 0;
            for mention in mentions(css.as_bytes(), UTF_8, context) {
                prop_assert!(end <= mention.span.start && mention.span.start <= mention.span.end, "{mention:?}");
                prop_assert!(mention.whole.start <= mention.span.start && mention.span.end <= mention.whole.end, "{mention:?}");
                prop_assert!(css.get(mention.span.start..mention.span.end).is_some());
                prop_assert!(css.get(mention.whole.start..mention.whole.end).is_some());
                end = mention.span.end;
            }
        }
    }

    #[test]
    fn css_that_is_spared_the_tokenizer_mentions_nothing(
        css in "(url|'|\"|\\)|\\{|\\}|;|:|import |font-face|image-set|a|图|\\\\|\\\\28|\\\\40|/\\*|\\*/|\n| |<|\\[|\\]){0,24}",
    ) {
        prop_assert!(!may_mention(css.as_bytes(), Context::Attribute));
        prop_assert_eq!(Reading::new(&css).read(), Vec::new());
    }

    #[test]
    fn any_bytes_are_survived(css in proptest::collection::vec(any::<u8>(), 0..64)) {
        for encoding in [UTF_8, GBK] {
            for mention in mentions(&css, encoding, Context::Attribute) {
                prop_assert!(mention.whole.end <= css.len());
            }
        }
    }
}
