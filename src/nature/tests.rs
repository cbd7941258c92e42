use super::*;
use crate::media;

/// Checks what `bytes` of this name and Content-Type (`-` for none) are taken for, and why.
#[track_caller]
fn check(name: &str, content_type: &str, bytes: impl AsRef<[u8]>, nature: Nature, because: &str) {
    let bytes = bytes.as_ref();
    let judged = judge(&Evidence {
        content_type: (content_type != "-").then_some(content_type),
        name,
        bytes,
        verdict: &media::identify(bytes),
    });
    assert_eq!(
        (judged.nature, judged.because.join("; ").as_str()),
        (nature, because),
        "{name} {content_type}"
    );
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const RSS: &str = "<?xml version='1.0'?><!-- a --><rss version='2.0'><channel/></rss>";

#[test]
fn a_content_type_that_says_something_decides() {
    check(
        "a.md",
        "text/html",
        "# x",
        Nature::Page,
        "its Content-Type is text/html",
    );
    check(
        "a",
        "Text/HTML; charset=gbk",
        "x",
        Nature::Page,
        "its Content-Type is text/html",
    );
    check(
        "a",
        "application/xhtml+xml",
        "x",
        Nature::Page,
        "its Content-Type is application/xhtml+xml",
    );
    check(
        "a.html",
        "text/markdown",
        "<p>",
        Nature::Post,
        "its Content-Type is text/markdown",
    );
    check(
        "a",
        "text/css",
        "a{}",
        Nature::Style,
        "its Content-Type is text/css",
    );
}

#[test]
fn else_the_name_does() {
    check(
        "posts/一篇.MD",
        "-",
        "x",
        Nature::Post,
        "its name ends in .MD",
    );
    check(
        "a.markdown",
        "-",
        "<svg></svg>",
        Nature::Post,
        "its name ends in .markdown",
    );
    check("a.x.htm", "-", "x", Nature::Page, "its name ends in .htm");
    check("a.xhtml", "", "x", Nature::Page, "its name ends in .xhtml");
    check("a.css", "-", "a{}", Nature::Style, "its name ends in .css");
    let vague = "its Content-Type, text/plain, says nothing; its name ends in .md";
    check(
        "/raw/a.md",
        "text/plain; charset=utf-8",
        "x",
        Nature::Post,
        vague,
    );
    check(
        "a.md",
        "nonsense",
        "x",
        Nature::Post,
        "its name ends in .md",
    );
    check(
        "a.md",
        "-",
        "BM 是两个字母",
        Nature::Post,
        "its name ends in .md",
    );
}

#[test]
fn else_the_content_does() {
    check(
        "a",
        "-",
        "<!doctype html><p>x",
        Nature::Page,
        "its bytes are text/html",
    );
    check(
        "a.php",
        "-",
        "<article>x",
        Nature::Page,
        "its root element is <article>",
    );
    check(
        "a",
        "-",
        "---\ntitle: x\n---\ny",
        Nature::Post,
        "it begins with front matter",
    );
    check(
        "a.txt",
        "-",
        "just words",
        Nature::Other,
        "its bytes are text/plain",
    );
    check(
        "a.md",
        "image/png",
        "words",
        Nature::Other,
        "its bytes are text/plain",
    );
    check(
        "a.svg",
        "-",
        "<svg/>",
        Nature::Image,
        "its bytes are image/svg+xml",
    );
    check("a", "-", "<x/>", Nature::Other, "its root element is <x>");
    check("a", "-", "", Nature::Other, "its bytes are text/plain");
}

#[test]
fn feeds_and_sitemaps_are_known_by_their_root() {
    check("a.xml", "-", RSS, Nature::Feed, "its root element is <rss>");
    check(
        "a.cdf",
        "-",
        "<CHANNEL HREF='x'/>",
        Nature::Feed,
        "its root element is <channel>",
    );
    check(
        "a",
        "application/atom+xml",
        "<feed xmlns='x'/>",
        Nature::Feed,
        "its root element is <feed>",
    );
    check(
        "a",
        "-",
        "<a:feed xmlns:a='x'/>",
        Nature::Feed,
        "its root element is <feed>",
    );
    let html = "its Content-Type is text/html; but its root element is <rss>";
    check("a", "text/html", RSS, Nature::Feed, html);
    let rdf = "<rdf:RDF xmlns='http://purl.org/rss/1.0/'/>";
    check("a", "-", rdf, Nature::Feed, "its root element is <rdf>");
    check(
        "a",
        "-",
        "<rdf:RDF/>",
        Nature::Other,
        "its root element is <rdf>",
    );
    check(
        "a",
        "-",
        "<urlset/>",
        Nature::Sitemap,
        "its root element is <urlset>",
    );
    check(
        "a",
        "text/xml",
        "<sitemapindex />",
        Nature::Sitemap,
        "its root element is <sitemapindex>",
    );
    let json = r#"{"version": "https://jsonfeed.org/version/1.1"}"#;
    check(
        "a",
        "application/feed+json",
        json,
        Nature::Feed,
        "it names jsonfeed.org as its version",
    );
    check(
        "a",
        "-",
        "{}",
        Nature::Other,
        "its bytes are application/json",
    );
}

#[test]
fn bytes_that_are_no_text_are_believed_before_all() {
    check(
        "a.md",
        "-",
        PNG,
        Nature::Image,
        "its name ends in .md; but its bytes are image/png",
    );
    check(
        "a",
        "text/html",
        PNG,
        Nature::Image,
        "its Content-Type is text/html; but its bytes are image/png",
    );
    check("a.png", "-", PNG, Nature::Image, "its bytes are image/png");
    check(
        "a.gif",
        "-",
        "GIF89a",
        Nature::Image,
        "its bytes are image/gif",
    );
    check(
        "a.pdf",
        "-",
        "%PDF-1.4",
        Nature::Other,
        "its bytes are application/pdf",
    );
    check(
        "a",
        "-",
        "\0\u{1}",
        Nature::Other,
        "its bytes are application/octet-stream",
    );
}

#[test]
fn utf_16_is_text() {
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let told = "its Content-Type is text/html";
    check(
        "a",
        "text/html; charset=utf-16le",
        wide("文"),
        Nature::Page,
        told,
    );
    check(
        "a.xml",
        "-",
        wide("\u{feff}<rss/>"),
        Nature::Feed,
        "its root element is <rss>",
    );
}

proptest::proptest! {
    #[test]
    fn anything_is_taken_for_something(bytes: Vec<u8>, name: String, content_type: Option<String>) {
        let judged = judge(&Evidence {
            content_type: content_type.as_deref(),
            name: &name,
            bytes: &bytes,
            verdict: &media::identify(&bytes),
        });
        proptest::prop_assert!(!judged.because.is_empty() || judged.nature == Nature::Other);
    }
}
