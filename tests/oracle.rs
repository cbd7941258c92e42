//! Two parsers must agree: the images that a browser's tree shows are found, in pages and in rendered posts.

use std::collections::BTreeSet;

use encoding_rs::UTF_8;
use offprint::document::dom::Dom;
use offprint::document::{Document, Kind as DocumentKind};
use offprint::link::Link;
use offprint::refs::{self, Kind, markdown};
use proptest::prelude::*;

const ADDRESS: &str = "https://h.test/a/b";

/// Tags, parts of tags, and what tokenizers stumble over.
const HTML: &str = r#"<img src=a.png>|<img src='b c.png'>|<img alt="x>" src="/d.png?e&amp;f"/>|<IMG SRC = //i.test/g>|
<img src=h src=i>|<p>|</p>|<b>|</b>|<div class='|'>|"|>|<|text|é|<!--|-->|<!-->|<!DOCTYPE html>|<script>|</script>|<style>|
</style>|<title>|</title>|<textarea>|</textarea>|<xmp>|</xmp>|<iframe>|</iframe>|<ul><li>|</ul>|<a href=x>|<body>|</body>|
<br/>|&lt;img src=j&gt;|<?x|</|<img| src=k"#;

/// Elements that name images by other means than `<img>`, and what may hide them.
const OTHERS: &str = r#"<object data=a.png>|<object type=image/png data="b c">|</object>|<embed src=d.gif>|
<meta property=og:image content=e>|<meta name=twitter:image content="f&amp;g">|<link rel=preload as=image href=h>|
<link rel="icon x" href=i>|<amp-img src=j.png>|</amp-img>|<video poster=k.png>|</video>|<input type=image src=l>|<table background=m>|
</table>|<p>|</p>|<b>|</b>|text|"|'|>|<!--|-->|<title>|</title>|<script>|</script>|<div class='|<textarea>|</textarea>"#;

/// The attribute that names an image, of each element that is told from others by one of its attributes.
const NAMED: &[(&str, &str, &str)] = &[
    ("object", "data", "data"),
    ("embed", "src", "src"),
    ("meta", "content", "content"),
    ("link", "href", "href"),
    ("amp-img", "src", "src"),
    ("video", "poster", "poster"),
    ("input", "type", "src"),
    ("table", "background", "background"),
];

/// Elements whose wrong nesting `lol_html` does not follow: then more may be found than is there, never less.
const NESTING: &str = "<svg>|</svg>|<desc>|<foreignObject>|<table>|<td>|</table>|<form>|<input>|<h1>|<option>|
<select>|</select>|<pre>|<noscript>|</noscript>|<template>|</template>|<object>|<noembed>|</noembed>|<body>";

/// Marks of Markdown, and whole tags among them: half ones swallow in a browser what Markdown takes for an image.
const MARKDOWN: &str = r#"![|](|)|](a.png)|](<b c.png> 'd')|![e](f_\)&amp;.png "g")|[|]|[h]|![h]|: i.png|[h]: i.png|`|```|~~~|\|*|_|
> |- |    |<|>|<b>|</b>|<img src=j.png>|<img alt='![](x)' src=k.png>|<div>|</div>|<pre>|</pre>|text|é|&|!|(|#|1. |^|: "#;

fn pieces(of: &'static str) -> impl Strategy<Value = &'static str> {
    let pieces = of.split('|').map(|piece| piece.trim_start_matches('\n'));
    proptest::sample::select(pieces.collect::<Vec<_>>())
}

fn in_tree(html: &str) -> BTreeSet<String> {
    let base = Link::parse(ADDRESS).expect("it is a URL");
    let dom = Dom::parse(html).expect("a small page is within the limits");
    let sources = dom.named("img").filter_map(|image| image.attribute("src"));
    let sources = sources.filter(|source| !source.trim().is_empty());
    sources
        .filter_map(|source| base.join(source, None).ok())
        .map(|image| comparable(&image))
        .collect()
}

fn others_in_tree(html: &str) -> BTreeSet<String> {
    let base = Link::parse(ADDRESS).expect("it is a URL");
    let dom = Dom::parse(html).expect("a small page is within the limits");
    let named = NAMED.iter().flat_map(|(element, has, attribute)| {
        let elements = dom.named(element);
        elements
            .filter(move |element| element.attribute(has).is_some())
            .filter_map(move |element| element.attribute(attribute))
            .collect::<Vec<_>>()
    });
    named
        .filter_map(|address| base.join(address, None).ok())
        .map(|image| comparable(&image))
        .collect()
}

fn found(text: &str, kind: DocumentKind) -> BTreeSet<String> {
    found_where(text, kind, |kind| {
        matches!(
            kind,
            Kind::ImgSrc | Kind::MarkdownImage | Kind::MarkdownDefinition
        )
    })
}

fn found_where(
    text: &str,
    kind: DocumentKind,
    is_image: impl Fn(Kind) -> bool,
) -> BTreeSet<String> {
    let address = Link::parse(ADDRESS).ok();
    let document = Document {
        bytes: text.into(),
        kind,
        syntax: offprint::document::Syntax::Html,
        charset: UTF_8,
        base: address.clone(),
        address,
    };
    let images = refs::find(&document)
        .into_iter()
        .filter(|reference| is_image(reference.kind));
    images
        .filter_map(|reference| reference.target.as_ref().map(comparable))
        .collect()
}

/// Renderers of Markdown escape more of an address than browsers do.
fn comparable(address: &Link) -> String {
    let escaped = [
        ("%5B", "["),
        ("%5D", "]"),
        ("%5E", "^"),
        ("%60", "`"),
        ("%7C", "|"),
    ];
    let same = |text: String, (escape, character)| text.replace(escape, character);
    escaped.into_iter().fold(address.to_string(), same)
}

fn rendered(text: &str) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(
        &mut html,
        pulldown_cmark::Parser::new_ext(text, markdown::options()),
    );
    html
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_have_the_images_of_their_tree(pieces in proptest::collection::vec(pieces(HTML), 0..16)) {
        let html = pieces.concat();
        prop_assert_eq!(found(&html, DocumentKind::Page), in_tree(&html), "{}", html);
    }

    #[test]
    fn wrong_nesting_hides_no_image(pieces in proptest::collection::vec(prop_oneof![pieces(HTML), pieces(NESTING)], 0..16)) {
        let html = pieces.concat();
        prop_assert!(in_tree(&html).is_subset(&found(&html, DocumentKind::Page)), "{}", html);
    }

    #[test]
    fn pages_have_the_other_images_of_their_tree(pieces in proptest::collection::vec(pieces(OTHERS), 0..16)) {
        let html = pieces.concat();
        let found = found_where(&html, DocumentKind::Page, |_| true);
        prop_assert!(others_in_tree(&html).is_subset(&found), "{} {:?}", html, found);
    }

    #[test]
    fn posts_have_the_images_of_their_rendering(pieces in proptest::collection::vec(prop_oneof![3 => pieces(MARKDOWN), 1 => Just("\n")], 0..24)) {
        let text = pieces.concat();
        let html = rendered(&text);
        prop_assert_eq!(found(&text, DocumentKind::Post), in_tree(&html), "{} {}", text, html);
    }
}
