//! Are references right in every encoding, sorted and apart for any bytes, and found in linear time?

use encoding_rs::{GBK, UTF_16LE};
use proptest::prelude::*;

use super::*;

#[test]
fn other_encodings() {
    let text = "\n---\ntitle: 国防部 \ncover: 'http://h.test/中.png'\n---\n乗![防|乗](a.png) <img src=\"中.png\"> 乗";
    for charset in [GBK, UTF_16LE] {
        let bytes: Vec<u8> = if charset == GBK {
            GBK.encode(text).0.into_owned()
        } else {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        let found = crate::refs::find(&post(bytes.clone(), charset, None));
        let texts = found.iter().map(|reference| {
            charset
                .decode_without_bom_handling(reference.span.slice(&bytes))
                .0
                .into_owned()
        });
        assert_eq!(
            texts.collect::<Vec<_>>(),
            ["http://h.test/中.png", "a.png", "中.png"]
        );
    }
}

#[test]
fn deep_nesting_ends() {
    for mark in [
        "[",
        "![",
        "> ",
        "*",
        "- ",
        "`",
        "<div>",
        "![](",
        "[a]: ",
        "{% raw %}",
        "![a](<",
        "&",
        "<!--",
        "|",
        "[^",
        "((",
        "{{<",
        "{{< figure src=\"",
        "{{< figure >}}",
        "{{% highlight %}}",
        "{{< a b=c d=",
        "{% img ",
        "![[",
    ] {
        let text = mark.repeat(100_000);
        for text in [text.clone(), format!("{text}\n![a](b.png)")] {
            check_law(&post(text.into_bytes(), UTF_8, None)).unwrap();
        }
    }
}

#[test]
fn html_is_written_as_it_stands_over_several_lines() {
    for text in ["<img src=\"---\nimage: \">", "> <img src='a\n> b.png'>"] {
        let document = post(text.as_bytes().to_vec(), UTF_8, Some("https://h.test/"));
        assert_eq!(crate::refs::find(&document).len(), 1, "{text}");
        check_law(&document).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_have_sorted_references_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for charset in [UTF_8, GBK, UTF_16LE] {
            check_law(&post(bytes.clone(), charset, None))?;
        }
    }

    #[test]
    fn any_markdown_has_sorted_references_in_range(text in "(---\n|image: |a\\.png|!\\[|\\]\\(|\\)|\\[|\\]: ?|<img src=|>|> |[\r\n \"'`\\\\{}%|*é-]|\\{% raw %\\}){0,40}") {
        check_law(&post(text.into_bytes(), UTF_8, Some("https://h.test/")))?;
    }
}

fn check_law(document: &Document) -> Result<(), TestCaseError> {
    let found = crate::refs::find(document);
    for pair in found.windows(2) {
        prop_assert!(pair[0].span.end <= pair[1].span.start);
    }
    for reference in found {
        prop_assert!(
            reference.span.start <= reference.span.end
                && reference.span.end <= document.bytes.len()
        );
        if document.charset == UTF_8 && std::str::from_utf8(&document.bytes).is_ok() {
            prop_assert_eq!(
                reference.written.as_bytes(),
                reference.span.slice(&document.bytes)
            );
        }
    }
    Ok(())
}
