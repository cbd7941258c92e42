//! Are pages archived as they came, whatever their encoding and however they name their images?

use encoding_rs::{Encoding, GBK};

use crate::origin::Reply;
use crate::test::{Test, image};

/// Returns a test whose origin has the images `1.png` to `9.png` on two hosts, each with bytes of its own.
pub(crate) fn with_images() -> Test {
    let test = Test::new();
    for host in ["a.test", "b.test"] {
        for number in 1..=9 {
            // What follows the end of a PNG is no part of it.
            let bytes = [image("plain.png"), format!("{host} {number}").into_bytes()].concat();
            test.serve(
                &format!("{host}/{number}.png"),
                Reply::ok("image/png", bytes),
            );
        }
    }
    test
}

pub(crate) fn html(content_type: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    Reply::ok(content_type, bytes)
}

/// Archives a page at `https://a.test/x` and checks which images of the origin it needed, and that it is sound.
#[track_caller]
fn check(content_type: &str, page: &[u8], needed: &[&str]) -> String {
    let test = with_images();
    test.serve("a.test/x", html(content_type, page));
    let ran = test.add(&["https://a.test/x"]);
    ran.expect_code(0, &[]);
    let mut requested = test.requested();
    assert_eq!(requested.remove(0), "a.test/x");
    requested.sort();
    assert_eq!(requested, needed, "{ran:?}");
    assert_eq!(test.assert_sound(), 1);
    let view = test.view("index.html");
    let shown = view.matches("../../../../blobs/sha256/").count();
    assert!(shown >= needed.len(), "{shown} of {needed:?} in {view}");
    view
}

pub(crate) const UTF_8: &str = "text/html; charset=utf-8";

#[test]
fn every_way_to_name_an_image_is_followed() {
    let page = r#"<!doctype html><title>P</title>
<style>body { background: url( "1.png" ) }</style>
<p style="background-image:url(2.png)">
<img src=3.png>
<img src='4.png' srcset="4.png 1x, //b.test/5.png?a=1&amp;b=2 2x">
<picture><source srcset="6.png"><img src=7.png></picture>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="8.png">
<pre>&lt;img src=9.png&gt;</pre><code><!-- <img src=9.png> --></code>"#;
    let test = with_images();
    test.serve("a.test/x", html(UTF_8, page));
    test.serve_image("b.test/5.png?a=1&b=2", "plain.gif");
    test.add(&["https://a.test/x"])
        .expect_code(0, &["images: 8 kept"]);
    assert_eq!(test.count("a.test/9.png"), 0);
    assert_eq!(test.count("b.test/5.png?a=1&b=2"), 1);
    assert_eq!(test.assert_sound(), 1);
    let view = test.view("index.html");
    assert!(view.contains("<img data-offprint-lazy data-offprint-src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" src=\"../../../../blobs/"), "{view}");
    assert!(view.contains("<pre>&lt;img src=9.png&gt;</pre>"), "{view}");
}

#[test]
fn a_gbk_page_stays_gbk() {
    let written = "<title>标题</title><p>正文，图在这里：<img alt=图 src=1.png><img src=/2.png alt='又一幅'>正文。";
    let page = GBK.encode(written).0;
    let test = with_images();
    test.serve("a.test/x", html("text/html; charset=gb2312", page.as_ref()));
    test.add(&["https://a.test/x"])
        .expect_code(0, &["captured  标题 (images: 2 kept)\n"]);
    assert_eq!(test.assert_sound(), 1);
    let snapshot = test.snapshots().remove(0).snapshot;
    assert_eq!(snapshot.documents[0].charset, "GBK");
    // Declared by the page itself, too, and where a query is in its encoding.
    let page = GBK
        .encode("<meta charset=gbk><p>正文<img src='1.png?图'>")
        .0;
    let test = with_images();
    test.serve("a.test/x", html("text/html", page.as_ref()));
    test.serve_image("a.test/1.png?%CD%BC", "plain.png");
    test.add(&["https://a.test/x"]).expect_code(0, &["1 kept"]);
}

#[test]
fn a_utf_16_page_stays_utf_16() {
    let written = "<title>标题</title><p>正文<img src=1.png><img srcset='2.png 1x, 3.png 2x'>";
    let little: Vec<u8> = written.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = written.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |mark: &[u8], units: &[u8]| [mark, units].concat();
    for (header, page) in [
        ("text/html", marked(&[0xFF, 0xFE], &little)),
        ("text/html", marked(&[0xFE, 0xFF], &big)),
        // Without a mark, the header alone tells.
        ("text/html; charset=utf-16le", little),
        ("text/html; charset=utf-16be", big),
    ] {
        let test = with_images();
        test.serve("a.test/x", html(header, page.as_slice()));
        test.add(&["https://a.test/x"])
            .expect_code(0, &["captured  标题 (images: 3 kept)\n"]);
        assert_eq!(test.assert_sound(), 1);
        let folder = test.run(&["list", "--json"]).objects()[0]["view"]
            .as_str()
            .unwrap()
            .to_owned();
        let bytes = test.archived(&folder);
        let view = Encoding::for_bom(&bytes)
            .unwrap()
            .0
            .decode(&bytes)
            .0
            .into_owned();
        assert_eq!(
            view.matches("../../../../blobs/sha256/").count(),
            3,
            "{view}"
        );
    }
}

#[test]
fn base_decides_what_is_relative() {
    let view = check(
        UTF_8,
        b"<base href=//b.test/><title>B</title><img src=1.png><a href=other.html>",
        &["b.test/1.png"],
    );
    assert!(!view.contains("<base"), "{view}");
    assert!(view.contains("https://b.test/other.html"), "{view}");
}

#[test]
fn entities_and_odd_quoting_are_understood() {
    check(
        UTF_8,
        b"<img src=&#49;.png><img SRC = \"&#x32;.png\"><img src='\n3.png '><img src=4.png /><IMG/src='5.png'alt>",
        &["a.test/1.png", "a.test/2.png", "a.test/3.png", "a.test/4.png", "a.test/5.png"],
    );
}

#[test]
fn an_image_is_followed_through_redirects_without_a_referer() {
    let test = with_images();
    test.serve("a.test/x", html(UTF_8, "<title>P</title><meta name=referrer content=unsafe-url><img src=/moved referrerpolicy=unsafe-url>"));
    test.serve("a.test/moved", Reply::redirect(302, "//b.test/again"));
    test.serve("b.test/again", Reply::redirect(307, "1.png"));
    test.add(&["https://a.test/x"]).expect_code(0, &["1 kept"]);
    assert_eq!(
        test.requested(),
        ["a.test/x", "a.test/moved", "b.test/again", "b.test/1.png"]
    );
    assert!(
        test.origin
            .log()
            .iter()
            .all(|it| it.header("referer").is_none())
    );
    let exchanges = &test.snapshots()[0].snapshot.exchanges;
    let hops: Vec<_> = exchanges
        .iter()
        .map(|it| it.response.as_ref().unwrap().status)
        .collect();
    assert_eq!(hops, [200, 302, 307, 200]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_post_on_the_web_is_a_post() {
    let test = with_images();
    let post = "---\ntitle: 网上的文章\n---\n![](1.png)\n\n`![](2.png)`\n";
    test.serve(
        "a.test/post.md",
        Reply::ok("text/plain; charset=utf-8", post),
    );
    test.add(&["https://a.test/post.md"])
        .expect_code(0, &["captured  网上的文章 (images: 1 kept)\n"]);
    let view = test.view("post.md");
    assert!(
        view.contains("![](../../../../blobs/sha256/") && view.contains("`![](2.png)`"),
        "{view}"
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_post_that_speaks_of_gbk_stays_utf_8() {
    let test = with_images();
    test.write(
        "old.md",
        "旧网页写着：\n\n<meta charset=gb2312>\n\n![图](https://a.test/1.png)\n",
    );
    test.add(&["old.md"]).expect_code(0, &["1 kept"]);
    assert_eq!(test.snapshots()[0].snapshot.documents[0].charset, "UTF-8");
    assert!(test.view("index.html").contains("旧网页写着"));
}

#[test]
fn an_svg_is_shown_without_its_script() {
    let test = with_images();
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><script>alert(1)</script><rect width=\"9\" height=\"9\"/></svg>";
    test.serve("a.test/d.svg", Reply::ok("image/svg+xml", svg));
    test.serve("a.test/x", html(UTF_8, "<title>V</title><img src=d.svg>"));
    test.add(&["https://a.test/x"]).expect_code(0, &["1 kept"]);
    assert!(
        test.view("index.html")
            .contains("src=../../../../derived/sha256/"),
        "{}",
        test.view("index.html")
    );
    assert!(
        test.blobs().iter().all(|path| path.ends_with("bin")),
        "{:?}",
        test.blobs()
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_page_of_xml_is_shown_whole() {
    let page = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title>X</title><script src='s.js'/></head>\
                <body><a id='top'/><img src='https://a.test/1.png'/><p><![CDATA[1 < 2]]></p></body></html>";
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    test.serve("b.test/page", Reply::ok("application/xhtml+xml", page));
    test.write("x.xhtml", page);
    test.write("x.html", page);
    let ran = test.add(&["x.xhtml", "https://b.test/page"]);
    ran.expect_code(
        0,
        &[
            "captured  X (images: 1 kept)",
            "captured  X (images: 1 kept)",
        ],
    );
    assert_eq!(test.assert_sound(), 2);
    for file in test.snapshots() {
        assert_eq!(
            file.snapshot.documents[0].syntax,
            offprint::document::Syntax::Xml
        );
    }
    test.add(&["https://b.test/page"]).expect_code(0, &[]);
    assert_eq!(test.snapshots().len(), 2);
    let extracted = |name| test.run(&["extract", name]).stdout;
    assert_eq!(extracted("x.xhtml"), "https://a.test/1.png\n");
    assert_eq!(extracted("x.html"), "");
}

#[test]
fn a_user_name_in_the_base_goes_on_to_what_is_relative_to_it() {
    let test = Test::new();
    test.write("x.html", "<img src='/a.png'>");
    let ran = test.run(&["extract", "x.html", "--base", "http://user@a.test/b/"]);
    assert_eq!(ran.stdout, "http://user@a.test/a.png\n");
}

/// A page without what only programs read lacks nothing: its loss is told, and is no finding.
#[test]
fn what_no_reader_sees_is_told_and_no_finding() {
    let page = r#"<!doctype html><title>P</title><meta property=og:image content=gone.png><link rel=preload as=image href=gone2.png>
<script type="application/ld+json">{"@type":"Article","image":["https:\/\/a.test\/gone3.png","1.png"]}</script><img src=2.png>"#;
    let test = with_images();
    test.serve("a.test/x", html(UTF_8, page));
    let ran = test.add(&["--json", "https://a.test/x"]);
    ran.expect_code(0, &["gone.png", "gone2.png", "gone3.png"]);
    let article = &ran.objects()[1];
    assert_eq!(article["images"]["kept"], 2);
    assert_eq!(article["missing"].as_array().unwrap().len(), 3);
    let page = "<!doctype html><title>P</title><meta property=og:image content=gone.png><img src=gone.png>";
    test.serve("a.test/y", html(UTF_8, page));
    test.add(&["https://a.test/y"])
        .expect_code(1, &["gone.png"]);
}

#[test]
fn the_choice_between_a_preview_and_its_image_is_in_the_snapshot() {
    let test = with_images();
    // One pixel on a canvas of 640 by 480.
    let whole = b"GIF89a\x80\x02\xE0\x01\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    test.serve("a.test/whole.gif", Reply::ok("image/gif", whole.as_slice()));
    test.serve_image("a.test/small.png", "plain.png");
    let page = "<title>P</title><p><div><img src=small.png></div><noscript><img src=whole.gif></noscript>\
                <p><img src=1.png><noscript><img src=2.png></noscript>";
    test.serve("a.test/x", html(UTF_8, page));
    test.add(&["https://a.test/x"]).expect_code(0, &["4 kept"]);
    let snapshot = test.snapshots().remove(0).snapshot;
    let width = |name: &str| {
        let mut found = snapshot
            .resources()
            .filter(|(mention, _)| mention.written == name);
        found.next().unwrap().1.width.unwrap()
    };
    assert!(width("small.png") <= 100 && width("whole.gif") >= 2 * width("small.png"));
    let chosen: Vec<_> = snapshot
        .mentions()
        .filter_map(|(_, mention)| {
            let preview = mention.promotion.as_ref()?.instead_of?;
            Some((mention.written.as_str(), &page[preview.start..preview.end]))
        })
        .collect();
    assert_eq!(chosen, [("whole.gif", "<img src=small.png>")]);
    let view = test.view("index.html");
    assert_eq!(view.matches("<noscript>").count(), 1, "{view}");
    assert!(view.contains("<img data-offprint-preview src="), "{view}");
    assert_eq!(test.assert_sound(), 1);
}
