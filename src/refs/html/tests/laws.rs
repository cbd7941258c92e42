//! Are spans right in every encoding, sorted and apart for any bytes, and found in linear time?

use encoding_rs::{GBK, ISO_2022_JP, UTF_16LE};
use proptest::prelude::*;

use super::*;

fn page(bytes: &[u8], charset: &'static Encoding) -> Document {
    let base = Some(base());
    Document {
        bytes: bytes.to_vec(),
        kind: DocumentKind::Page,
        syntax: crate::document::Syntax::Html,
        charset,
        address: base.clone(),
        base,
    }
}

fn find(document: &Document) -> Vec<Reference> {
    super::find(document, LazyTable::built_in())
}

#[test]
fn spans_stand_in_the_documents_own_bytes() {
    let html = "<p>图片é漢</p><img src='漢.png?漢' data-src='b&amp;c.png'><noscript><img src=d.png></noscript>";
    for charset in [UTF_8, GBK, UTF_16LE, ISO_2022_JP] {
        let bytes = match charset {
            _ if charset == UTF_16LE => html.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => charset
                .encode(&html.replace(['片', 'é'], ""))
                .0
                .into_owned(),
        };
        let document = page(&bytes, charset);
        let texts: Vec<_> = find(&document)
            .iter()
            .map(|reference| {
                charset
                    .decode_without_bom_handling(reference.span.slice(&bytes))
                    .0
                    .into_owned()
            })
            .collect();
        assert_eq!(
            texts,
            ["漢.png?漢", "b&amp;c.png", "d.png"],
            "{}",
            charset.name()
        );
        let renames = find(&document).remove(1).promotion.unwrap().renames;
        let name = Span {
            start: renames[1].start,
            end: renames[1].end,
        };
        assert_eq!(
            charset.decode_without_bom_handling(name.slice(&bytes)).0,
            "data-src"
        );
    }
    let query = find(&page(b"<img src='\xcd\xbc?\xcd\xbc'>", GBK))
        .remove(0)
        .target
        .unwrap();
    assert_eq!(query.as_str(), "https://h.test/a/%E5%9B%BE?%CD%BC");
}

#[test]
fn hostile_pages_are_read_in_linear_time() {
    for piece in [
        "<",
        "\"",
        "<a b=\"",
        "<img src=&",
        "<noscript>",
        "<style>",
        "<svg>",
        "<video>",
        "<picture>",
        "&",
        "<!--",
        "</p>",
        "<div>",
        "<table background=a>",
        "<div data-bgset='a|b|'>",
        "<iframe srcdoc='",
        "<iframe srcdoc='&lt;img src=a>'>",
        "<script type=application/ld+json>{\"@graph\":[",
        "<amp-img src=a>",
        "<object data=a.png>",
    ] {
        let page = piece.repeat(200_000 / piece.len());
        assert!(fragment(&page).len() < page.len());
    }
    let nested = format!(
        "{}<img src=a>{}",
        "<div>".repeat(100_000),
        "</div>".repeat(100_000)
    );
    assert_eq!(found(&nested).len(), 1);
    let many = format!("<img {}>", "data-src=/a ".repeat(20_000));
    assert_eq!(fragment(&many).len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_have_sorted_spans_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..64), index in 0..4_usize) {
        check_laws(&page(&bytes, [UTF_8, GBK, UTF_16LE, ISO_2022_JP][index]));
    }

    #[test]
    fn any_markup_has_sorted_spans_in_range(
        html in "(<img |<source |<picture>|</picture>|<noscript>|</noscript>|<style>|</style>|<svg>|<p |<iframe srcdoc=|<amp-img |<object data=|<meta property=og:image content=|<script type=application/ld\\+json>|</script>|\\{\"@type\":\"Article\",\"image\":\"|\"\\}|&quot;|&lt;|data-bg=|data-bgset=|\\||src=|srcset=|data-src=|data-srcset=|style=|background:url\\(|a\\.png|,|'|\"|>|\\)|&amp;| |图|1x){0,30}",
        index in 0..4_usize,
    ) {
        let charset = [UTF_8, GBK, UTF_16LE, ISO_2022_JP][index];
        let bytes = if charset == UTF_16LE { html.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { charset.encode(&html).0.into_owned() };
        check_laws(&page(&bytes, charset));
    }
}

fn check_laws(document: &Document) {
    let mut end = 0;
    for reference in find(document) {
        assert!(
            end <= reference.span.start && reference.span.start < reference.span.end,
            "{reference:?}"
        );
        end = reference.span.end;
        let mut renamed = 0;
        for rename in reference
            .promotion
            .iter()
            .flat_map(|promotion| &promotion.renames)
        {
            assert!(
                renamed <= rename.start
                    && rename.start < rename.end
                    && rename.end <= document.bytes.len()
            );
            renamed = rename.end;
        }
    }
    assert!(end <= document.bytes.len());
}
