use encoding_rs::{GBK, ISO_2022_JP, UTF_8, UTF_16LE};
use proptest::prelude::*;

use super::*;
use crate::document::Kind as DocumentKind;
use crate::refs::Kind;

fn base() -> Link {
    Link::parse("https://h.test/a/b").unwrap()
}

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

/// Each reference as `kind written`, in the names of `docs/format.md`.
fn found(html: &str) -> Vec<String> {
    let name = |kind: Kind| {
        serde_json::to_value(kind)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    find_fragment(html.as_bytes(), UTF_8, Some(&base()))
        .into_iter()
        .map(|reference| {
            assert_eq!(
                &html[reference.span.start..reference.span.end],
                reference.written
            );
            format!("{} {}", name(reference.kind), reference.written)
        })
        .collect()
}

#[track_caller]
fn check(html: &str, expected: &[&str]) {
    assert_eq!(found(html), expected, "{html}");
}

#[test]
fn images_in_tags() {
    check(
        "<img src=a.png><IMG\nSRC = ' b.png\n' alt=x>",
        &["img-src a.png", "img-src b.png"],
    );
    check("<img src='a.png' src='b.png'>", &["img-src a.png"]);
    check("<img><img src><img src=''><img src=' '><img src='#a'>", &[]);
    check("<image src=a.png>", &["img-src a.png"]);
    check(
        "<img src=a.png srcset='b.png 1x, c.png 2x, d.png 1y'>",
        &["img-src a.png", "img-srcset b.png", "img-srcset c.png"],
    );
    check(
        "<input type=IMAGE src=a.png><input src=b.png>",
        &["input-src a.png"],
    );
    check(
        "<table background=a.png><td background=b.png><p background=c.png>",
        &["background a.png", "background b.png"],
    );
    check(
        "<link rel='Shortcut ICON' href=a.ico><link rel=apple-touch-icon href=b.png><link rel=next href=c>",
        &["link-icon a.ico", "link-icon b.png"],
    );
    check(
        "<svg><image href=a.png xlink:href=b.png /><feImage xlink:href=c.png /></svg>",
        &["svg-image a.png", "svg-image c.png"],
    );
    check(
        "<template><img src=a.png></template><select><img src=b.png></select>",
        &["img-src a.png", "img-src b.png"],
    );
}

#[test]
fn a_source_belongs_to_what_holds_it() {
    check(
        "<picture><source srcset='a.png, b.png 2x'><img src=c.png></picture>",
        &[
            "source-srcset a.png",
            "source-srcset b.png",
            "img-src c.png",
        ],
    );
    check(
        "<video poster=p.png><source srcset=a.png src=a.mp4></video><source srcset=b.png>",
        &["video-poster p.png"],
    );
    check(
        "<picture><video><source srcset=a.png></video><source srcset=b.png></picture>",
        &["source-srcset b.png"],
    );
    check(
        "<video><picture><source srcset=a.png></picture><source srcset=b.png>",
        &["source-srcset a.png"],
    );
}

#[test]
fn stylesheets_that_browsers_read() {
    check(
        "<link rel='Alternate StyleSheet' title=x href=a.css><link rel=stylesheet type='Text/CSS; charset=x' href=b.css media=print>",
        &["link-stylesheet a.css", "link-stylesheet b.css"],
    );
    check(
        "<link rel=stylesheet type=text/less href=a.less><link rel=style href=b.css><link href=c.css><link rel=stylesheet>",
        &[],
    );
    check(
        "<noscript><link rel=stylesheet href=a.css></noscript>",
        &["link-stylesheet a.css"],
    );
}

#[test]
fn images_in_styles() {
    check("<p style=\"background:url('a.png')\">", &["css-url a.png"]);
    check(
        "<p style='background:url(&quot;a.png?x&amp;y&quot;)'>",
        &["css-url a.png?x&amp;y"],
    );
    check(
        "<style>@import 'x.css';a{b:url(a.png);c:image-set('b.png' 1x)}</style>",
        &["css-import x.css", "css-url a.png", "css-image-set b.png"],
    );
    check("<style>a{b:url(a.png?x&amp;y)}", &["css-url a.png?x&amp;y"]);
    check("<style type=text/less>a{b:url(a.png)}</style>", &[]);
    check(
        "<svg><style>a{b:url('a.png')}</style><style/></svg><p>url(b.png)",
        &["css-url a.png"],
    );
    check(
        "<svg><style><![CDATA[a{b:url('a.png?x&amp;y')}]]></style></svg>",
        &["css-url a.png?x&amp;y"],
    );
    check("<p style='fill:url(#a);background:url(#b)'>", &[]);
}

#[test]
fn nothing_in_what_is_no_markup() {
    check(
        "<!-- <img src=a> --><script>'<img src=a>'</script><textarea><img src=a></textarea>",
        &[],
    );
    check(
        "<title><img src=a></title><xmp><img src=a></xmp><iframe><img src=a></iframe><noembed><img src=a></noembed>",
        &[],
    );
    check(
        "&lt;img src=a&gt; <a title='<img src=a>'> <a href=a.png>",
        &[],
    );
    check("<plaintext><img src=a>", &[]);
}

#[test]
fn noscript_is_read_at_its_own_place() {
    check(
        "<noscript><img src=a.png data-src=b.png></noscript><img src=c.png>",
        &["noscript-img a.png", "lazy b.png", "img-src c.png"],
    );
    check(
        "<noscript><p style='b:url(a.png)'><img srcset='b.png 1x'>",
        &["css-url a.png", "noscript-img b.png"],
    );
    check(
        "<noscript><style>a{b:url(a.png)}</style></noscript>",
        &["css-url a.png"],
    );
    check(
        "<noscript><noscript><img src=a.png></noscript>",
        &["noscript-img a.png"],
    );
    assert_eq!(
        find_fragment(b"<noscript><img data-src=a.png>", UTF_8, Some(&base()))[0].promotion,
        None
    );
}

#[test]
fn addresses_are_resolved() {
    let targets = |html: &str| -> Vec<_> {
        let found = find_fragment(html.as_bytes(), UTF_8, Some(&base()));
        found
            .into_iter()
            .map(|reference| reference.target.map(|target| target.to_string()))
            .collect()
    };
    assert_eq!(
        targets(
            "<img src='c d.png?x=1&amp;y=&#50;'><img src='data:image/png,x'><img src=//i.test><img src='a\nb'>"
        ),
        [
            Some("https://h.test/a/c%20d.png?x=1&y=2"),
            None,
            Some("https://i.test/"),
            Some("https://h.test/a/ab")
        ]
        .map(|target| target.map(str::to_owned))
    );
    assert_eq!(
        targets("<p style='b:url(c\\26 d.png)'>"),
        [Some("https://h.test/a/c&d.png".to_owned())]
    );
    assert_eq!(
        targets("<img srcset='a&#44;b&#32;1x&Tab;&comma;c&amp;d'>").len(),
        2
    );
}

#[track_caller]
fn check_promotion(html: &str, expected: &[&str]) {
    let promotions = find_fragment(html.as_bytes(), UTF_8, Some(&base()))
        .into_iter()
        .filter_map(|reference| {
            let renames = reference.promotion?.renames;
            let told = renames
                .iter()
                .map(|rename| format!("{}→{}", &html[rename.start..rename.end], rename.to));
            Some(format!(
                "{}: {}",
                reference.written,
                told.collect::<Vec<_>>().join(" ")
            ))
        });
    assert_eq!(promotions.collect::<Vec<_>>(), expected, "{html}");
}

#[test]
fn lazy_images_are_promoted() {
    check(
        "<img src=wait.gif data-src=a.png data-original=b.png>",
        &["img-src wait.gif", "lazy a.png", "lazy b.png"],
    );
    check_promotion("<img data-src=a.png>", &["a.png: data-src→src"]);
    check_promotion(
        "<img src=w.gif DATA-SRC=a.png>",
        &["a.png: src→data-offprint-src DATA-SRC→src"],
    );
    check_promotion(
        "<img data-original=b.png data-src=a.png src=x src=y>",
        &["a.png: data-src→src src→data-offprint-src src→data-offprint-src"],
    );
    check_promotion(
        "<img data-src=a.png srcset=w.gif>",
        &["a.png: data-src→src srcset→data-offprint-srcset"],
    );
    check_promotion(
        "<img data-src=a.png srcset=w.gif data-srcset='b.png 1x, c.png 2x'>",
        &[
            "a.png: data-src→src",
            "b.png: srcset→data-offprint-srcset data-srcset→srcset",
        ],
    );
    check_promotion(
        "<picture><source data-srcset=a.png><img></picture>",
        &["a.png: data-srcset→srcset"],
    );
    check_promotion(
        "<img data-src='data:image/png,x' data-original=b.png>",
        &["b.png: data-original→src"],
    );
}

#[test]
fn lazy_values_must_be_addresses() {
    check(
        "<img data-src=true data-lazy='{\"a\":\"b.png\"}' data-original='[]' data-lazy-src='{{ a }}.png' data-echo='some words'>",
        &[],
    );
    check("<img data-url=/share data-source=b.png>", &["lazy b.png"]);
    check("<iframe data-src=/a></iframe><div data-src=/a>", &[]);
}

#[test]
fn other_sizes_count_where_nothing_is_shown() {
    check("<img src=a.png data-orig-file=b.png>", &["img-src a.png"]);
    check(
        "<img src='data:image/gif,x' data-orig-file=b.png data-large-file=c.png>",
        &["img-src data:image/gif,x", "lazy c.png"],
    );
}

#[test]
fn lazy_backgrounds_are_found() {
    check(
        "<div data-bg=a.png><div data-background-image='url(b.png)'><div data-background=dark>",
        &["lazy a.png", "lazy b.png"],
    );
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
    ] {
        let page = piece.repeat(200_000 / piece.len());
        assert!(find_fragment(page.as_bytes(), UTF_8, Some(&base())).len() < page.len());
    }
    let nested = format!(
        "{}<img src=a>{}",
        "<div>".repeat(100_000),
        "</div>".repeat(100_000)
    );
    assert_eq!(found(&nested).len(), 1);
    let many = format!("<img {}>", "data-src=/a ".repeat(20_000));
    assert_eq!(
        find_fragment(many.as_bytes(), UTF_8, Some(&base())).len(),
        1
    );
}

proptest! {
    #[test]
    fn any_bytes_have_sorted_spans_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..64), index in 0..4_usize) {
        check_laws(&page(&bytes, [UTF_8, GBK, UTF_16LE, ISO_2022_JP][index]));
    }

    #[test]
    fn any_markup_has_sorted_spans_in_range(
        html in "(<img |<source |<picture>|</picture>|<noscript>|</noscript>|<style>|</style>|<svg>|<p |src=|srcset=|data-src=|data-srcset=|style=|background:url\\(|a\\.png|,|'|\"|>|\\)|&amp;| |图|1x){0,30}",
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
