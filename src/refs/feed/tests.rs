use encoding_rs::{Encoding, GBK, UTF_16LE};
use proptest::prelude::*;

use super::*;

fn feed(bytes: Vec<u8>, charset: &'static Encoding) -> Document {
    let address = Link::parse("https://h.test/feed/").ok();
    Document {
        bytes,
        kind: DocumentKind::Feed,
        syntax: Syntax::Html,
        charset,
        address: address.clone(),
        base: address,
    }
}

/// Checks the targets found, in order; each must be written as the document has it at its span.
#[track_caller]
fn check(text: &str, expected: &[(Kind, &str)]) {
    let document = feed(text.as_bytes().to_vec(), UTF_8);
    let found = crate::refs::find(&document);
    let targets: Vec<(Kind, &str)> = found
        .iter()
        .map(|reference| {
            let target = reference.target.as_ref();
            (reference.kind, target.map_or("none", Link::as_str))
        })
        .collect();
    assert_eq!(targets, expected, "{text}");
    for reference in &found {
        let written = reference.span.slice(&document.bytes);
        assert_eq!(reference.written.as_bytes(), written, "{text}");
    }
}

const ENCLOSED: Kind = Kind::FeedEnclosure;
const SHOWN: Kind = Kind::ImgSrc;

#[test]
fn what_rss_encloses() {
    check(
        "<rss><channel><image><url> https://h.test/1.png </url><title>x</title></image><itunes:image href='/2'/>\
         <item><enclosure url=\"3.jpg?a&amp;b\" type='image/jpeg' length=0 /><enclosure url='4.mp3' type='audio/mpeg'/>\
         <enclosure url='5.png'/><media:group><media:content url='6' medium='image'/><media:content url='7.jpg' medium='video'/>\
         <media:content url='8' type='image/webp'><media:thumbnail url='9'/></media:content></media:group></item></channel></rss>",
        &[
            (ENCLOSED, "https://h.test/1.png"),
            (ENCLOSED, "https://h.test/2"),
            (ENCLOSED, "https://h.test/feed/3.jpg?a&b"),
            (ENCLOSED, "https://h.test/feed/5.png"),
            (ENCLOSED, "https://h.test/feed/6"),
            (ENCLOSED, "https://h.test/feed/8"),
            (ENCLOSED, "https://h.test/feed/9"),
        ],
    );
}

#[test]
fn what_atom_encloses() {
    check(
        "<?xml version='1.0'?><!-- <icon>0</icon> --><feed xmlns='http://www.w3.org/2005/Atom' xml:base='/b/'>\
         <icon>1.ico</icon><logo><![CDATA[2.png]]></logo><link rel='self' href='x.png'/>\
         <entry><link href='e'/><link rel='enclosure' type='image/png' href='3'/>\
         <link rel='enclosure' type='video/mp4' href='4.png'/><content type='image/png' src='5'/></entry></feed>",
        &[
            (ENCLOSED, "https://h.test/b/1.ico"),
            (ENCLOSED, "https://h.test/b/2.png"),
            (ENCLOSED, "https://h.test/b/3"),
            (ENCLOSED, "https://h.test/b/5"),
        ],
    );
    let icon = "<feed><icon>a</icon><logo>b</logo></feed>";
    let found = find(&feed(icon.into(), UTF_8), LazyTable::built_in());
    assert_eq!((found[0].role, found[1].role), (Role::Icon, Role::Image));
}

#[test]
fn what_entries_show_in_their_html() {
    check(
        "<rss><channel><description>&lt;img src=0.png></description><item><link>https://e.test/a/b</link>\
         <description>&lt;p&gt;&lt;img src=&quot;1.png?a&amp;amp;b&quot;&gt;</description>\
         <content:encoded> <![CDATA[<img srcset='2.png 2x, 3.png 3x'><p style=\"background:url(4.png)\">]]>\n</content:encoded>\
         <itunes:summary>&lt;img src=5.png></itunes:summary><title>&lt;img src=6.png></title></item></channel></rss>",
        &[
            (SHOWN, "https://h.test/feed/0.png"),
            (SHOWN, "https://e.test/a/1.png?a&b"),
            (Kind::ImgSrcset, "https://e.test/a/2.png"),
            (Kind::ImgSrcset, "https://e.test/a/3.png"),
            (Kind::CssUrl, "https://e.test/a/4.png"),
        ],
    );
    check(
        "<feed><entry xml:base='https://b.test/'><summary>&lt;img src=1></summary><summary type='html'>&lt;img src=2></summary>\
         <content type='xhtml' xml:base='c/'><div><img src='3'/><br/><content><![CDATA[<img src='4'>]]></content><IMG src='5'/>\
         <svg><image href='6'/></svg></div></content></entry></feed>",
        &[
            (SHOWN, "https://b.test/2"),
            (SHOWN, "https://b.test/c/3"),
            (Kind::SvgImage, "https://b.test/c/6"),
        ],
    );
}

#[test]
fn json_feeds() {
    check(
        r#" {"version": "https://jsonfeed.org/version/1.1", "icon": "1", "favicon": "\/2.ico", "image": "x.png", "items": [
        {"content_html": "<p>\u003cimg src=\"3.png?a&amp;b\" alt='\ud83d\ude00'>", "url": "https:\/\/e.test\/a/", "image": "4",
        "tags": ["5.png"], "attachments": [{"url": "6", "mime_type": "image\/png"}, {"mime_type": "audio/x", "url": "7.png"},
        {"url": "8.jpg"}]}, {"content_text": "<img src=9>", "banner_image": "10", "content_html": "<img src=11>"}]}"#,
        &[
            (ENCLOSED, "https://h.test/feed/1"),
            (ENCLOSED, "https://h.test/2.ico"),
            (SHOWN, "https://e.test/a/3.png?a&b"),
            (ENCLOSED, "https://h.test/feed/4"),
            (ENCLOSED, "https://h.test/feed/6"),
            (ENCLOSED, "https://h.test/feed/8.jpg"),
            (ENCLOSED, "https://h.test/feed/10"),
            (SHOWN, "https://h.test/feed/11"),
        ],
    );
}

#[test]
fn broken_feeds_give_what_was_read() {
    check(
        "<rss><item><enclosure url='1.png'/></channel><description>&lt;img src=2.png> &nbsp; & < <b",
        &[
            (ENCLOSED, "https://h.test/feed/1.png"),
            (SHOWN, "https://h.test/feed/2.png"),
        ],
    );
    check(
        "<rss><item><description><p>a<br><img src='1.png'></description></item><item><enclosure url='2.png'/><![CDATA[",
        &[
            (SHOWN, "https://h.test/feed/1.png"),
            (ENCLOSED, "https://h.test/feed/2.png"),
        ],
    );
    check(
        r#"{"items": [{"image": "1", "content_html": "<img src=2>\u12", }, ]]] "icon": "3"#,
        &[
            (ENCLOSED, "https://h.test/feed/1"),
            (SHOWN, "https://h.test/feed/2"),
        ],
    );
    check(
        "<!DOCTYPE rss [<!ENTITY a '<enclosure url=\"1.png\"/>'>]><rss>&a;</rss>",
        &[],
    );
    check("", &[]);
}

#[test]
fn other_encodings() {
    let text = "<rss><item><enclosure url='中.png'/><description>乗&lt;img src=防.png></description></item></rss>";
    let utf_16 = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (charset, bytes) in [(GBK, GBK.encode(text).0.into_owned()), (UTF_16LE, utf_16)] {
        let document = feed(bytes, charset);
        let found = crate::refs::find(&document);
        let texts = found.iter().map(|reference| {
            let written = reference.span.slice(&document.bytes);
            charset.decode_without_bom_handling(written).0.into_owned()
        });
        assert_eq!(texts.collect::<Vec<_>>(), ["中.png", "防.png"]);
    }
}

#[test]
fn a_feed_nests_so_deep() {
    let xml = |deep: usize| {
        let (open, close) = ("<a>".repeat(deep - 2), "</a>".repeat(deep - 2));
        format!("<rss><channel>{open}{close}<enclosure url='1.png'/></channel></rss>")
    };
    let found: &[_] = &[(ENCLOSED, "https://h.test/feed/1.png")];
    check(&xml(256), found);
    check(&xml(257), &[]);
    let json = |deep: usize| {
        let (open, close) = ("[".repeat(deep - 1), "]".repeat(deep - 1));
        format!("{{\"x\":{open}{close},\"icon\":\"1.png\"}}")
    };
    check(&json(64), found);
    check(&json(65), &[]);
}

#[test]
fn hostile_feeds_are_read_in_linear_time() {
    for mark in [
        "<a>",
        "<item>",
        "<description>",
        "<description><![CDATA[",
        "<description>&lt;img ",
        "<content type='xhtml'><p>",
        "<item xml:base='a/'>",
        "</a>",
        "<!--",
        "<image><url>",
        "&",
        "<link rel='",
    ] {
        let document = feed(mark.repeat(20_000).into_bytes(), UTF_8);
        check_law(&document).unwrap();
    }
    for mark in ["{", "[", "{\"items\":[", "\"", "\\", ",", "{\"icon\":\"\\u"] {
        let document = feed(format!("{{{}", mark.repeat(20_000)).into_bytes(), UTF_8);
        check_law(&document).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_have_sorted_references_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for charset in [UTF_8, GBK, UTF_16LE] {
            check_law(&feed(bytes.clone(), charset))?;
        }
    }

    #[test]
    fn any_feed_has_sorted_references_in_range(text in "\\{?(<(item|description|content type='html'|content type='xhtml'|image|url|icon)>|</(item|description|content|url)>|<enclosure url='a.png'/>|<img src=b>|&lt;|&amp;|<!\\[CDATA\\[|\\]\\]>|\"items\"|\"content_html\"|\"image\"|[{}:,\"é\\[\\]\\\\]){0,40}") {
        check_law(&feed(text.into_bytes(), UTF_8))?;
    }
}

fn check_law(document: &Document) -> Result<(), TestCaseError> {
    let found = crate::refs::find(document);
    for pair in found.windows(2) {
        prop_assert!(pair[0].span.end <= pair[1].span.start);
    }
    for reference in &found {
        prop_assert!(reference.span.start <= reference.span.end);
        prop_assert!(reference.span.end <= document.bytes.len());
    }
    Ok(())
}
