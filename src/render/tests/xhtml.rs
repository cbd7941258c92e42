//! Is XHTML read as XML, shown whole as HTML, closed and undone? Pure.

use encoding_rs::{GBK, UTF_16LE};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::document::dom::{Dom, Element};

const XHTML: &str = "application/xhtml+xml";

const PAGE: &str = r#"<?xml version="1.0" encoding="GBK"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd" [ <!ENTITY x "y>"> ]>
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="zh-CN">
<head><title><![CDATA[图 & 文]]></title><script src="x.js"/><link rel="stylesheet" href="x.css"/>
<style type="text/css"><![CDATA[ p > b { background: url("a.png?b&c") } ]]></style><style/></head>
<body id="b"><a id="top"/><div/><iframe src="https://f.test/"/><textarea/><object data="o.swf"/>
<p>图<img src="b.png" alt="x > y"/><br></br><![CDATA[1 < 2 && <img src="no.png"/>]]></p>
<svg xmlns="http://www.w3.org/2000/svg"><image xlink:href="c.png"/><script/><g/></svg>
<IMG SRC="no.png"/><noscript><p/><img src="d.png"/></noscript><!--> <img src="no.png"/> -->
<video/><script><![CDATA[ if (a < b) { document.write("</script>") } ]]></script>
<p id="last">end<img src="e.png"></img></p></body></html>
"#;

fn written(document: &Document) -> Vec<String> {
    let found = crate::refs::find(document).into_iter();
    found
        .map(|reference| {
            let bytes = reference.span.slice(&document.bytes);
            let (text, _) = document.charset.decode_without_bom_handling(bytes);
            assert_eq!(text, reference.written);
            text.into_owned()
        })
        .collect()
}

#[test]
fn all_images_are_found_and_the_whole_page_is_shown() {
    let utf_16: Vec<u8> = PAGE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, charset, header) in [
        (GBK.encode(PAGE).0.into_owned(), GBK, XHTML.to_owned()),
        (PAGE.into(), UTF_8, format!("{XHTML}; charset=utf-8")),
        (utf_16, UTF_16LE, XHTML.to_owned()),
    ] {
        let document = document(&bytes, Kind::Page, &header);
        assert_eq!(document.charset, charset);
        let images = ["x.css", "a.png?b&c", "b.png", "c.png", "d.png", "e.png"];
        assert_eq!(written(&document), images);
        let file = rendered(&bytes, &header);
        let undone = splice::unsplice(&file.bytes, &file.done.unwrap());
        assert!(undone.unwrap() == bytes, "{header}");
        assert_eq!(closed::leaks(&file.bytes), []);

        let (view, _) = charset.decode_with_bom_removal(&file.bytes);
        assert_eq!(
            view.matches(&place("blobs", b"blob", "png")).count(),
            5,
            "{view}"
        );
        assert!(!view.contains("<plaintext>"), "{view}");
        let dom = Dom::parse(&view).unwrap();
        let text: String = dom.named("p").map(Element::text).collect();
        assert!(
            text.contains("图1 < 2 && <img src=\"no.png\"/>") && text.contains("end"),
            "{text}"
        );
        assert_eq!(dom.named("title").next().unwrap().text().trim(), "图 & 文");
        let style = dom.named("style").next().unwrap().text();
        assert!(style.contains("p > b { background"), "{style}");
        let facts = crate::document::metadata::read(&document).facts;
        assert_eq!(facts.title.as_deref(), Some("图 & 文"));
        assert_eq!(facts.language.as_deref(), Some("zh-CN"));
    }
}

#[test]
fn xhtml_that_came_as_html_stays_html() {
    let page = "<p>a</p><script src='x'/><img src='a.png'/>";
    let found = |header| crate::refs::find(&document(page.as_bytes(), Kind::Page, header)).len();
    assert_eq!(
        [found("text/html"), found(XHTML), found("text/xml")],
        [0, 1, 1]
    );
}

#[test]
fn the_syntax_is_recorded_where_it_is_not_html() {
    let json = |header| {
        let snapshot = capture(&document(b"<p/>", Kind::Page, header));
        String::from_utf8(snapshot.to_json()).unwrap()
    };
    assert!(json(XHTML).contains("\"syntax\":\"xml\""));
    assert!(!json("text/html").contains("syntax"));
}

#[test]
fn the_base_of_xhtml_counts() {
    let page =
        "<html><head><title/><base href='https://i.test/x/'/></head><img src='a.png'/></html>";
    let document = document(page.as_bytes(), Kind::Page, XHTML);
    let found = crate::refs::find(&document).remove(0);
    assert_eq!(found.target.unwrap().as_str(), "https://i.test/x/a.png");
}

const PIECES: &[&str] = &[
    "<script src='x'/>",
    "<title/>",
    "<title>",
    "</title>",
    "<style>",
    "</style>",
    "<style/>",
    "<![CDATA[",
    "]]>",
    "<img src='a.png'/>",
    "<IMG SRC='//x.test'/>",
    "<img src='//x.test/'",
    "<iframe src='//x.test'/>",
    "<iframe>",
    "<base href='//x.test/'/>",
    "<object data='//x.test'/>",
    "<svg>",
    "</svg>",
    "<foreignObject>",
    "</foreignObject>",
    "<p/>",
    "<p>",
    "</p>",
    "<!--",
    "-->",
    "--!>",
    "<!-->",
    "<?x",
    "?>",
    "<noscript>",
    "</noscript>",
    "<head/>",
    "<head>",
    "<a href='x'/>",
    "<textarea>",
    "</textarea>",
    "<plaintext>",
    "<body onload='x'/>",
    "a{b:url(//x.test/)}",
    "&lt;",
    "&gt;",
    "&amp;",
    ">",
    "'",
    "\"",
    " ",
    "<!DOCTYPE html [ <!ENTITY a \"<\"> ]>",
    "<meta http-equiv='refresh' content='0;//x.test'/>",
    "<link rel='stylesheet' href='//x.test/'/>",
    "</br>",
    "<template>",
    "</template>",
    "<video src='//x.test'/>",
    "图",
];

proptest! {
    #[test]
    fn any_xml_is_closed_and_can_be_undone(pieces in vec(proptest::sample::select(PIECES), 0..14), wide: bool) {
        let page = pieces.concat();
        let bytes = if wide { page.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { page.clone().into_bytes() };
        let header = format!("{XHTML}; charset={}", if wide { "utf-16le" } else { "utf-8" });
        let file = rendered(&bytes, &header);
        prop_assert_eq!(closed::leaks(&file.bytes), [], "{}", page);
        prop_assert!(splice::unsplice(&file.bytes, &file.done.unwrap()) == Some(bytes));
    }
}
