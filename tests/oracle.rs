//! Two parsers must agree: every image that a browser's tree shows is found, and no other.

use std::collections::BTreeSet;

use encoding_rs::UTF_8;
use offprint::document::dom::Dom;
use offprint::document::{Document, Kind as DocumentKind};
use offprint::link::Link;
use offprint::refs::{self, Kind};
use proptest::prelude::*;

const ADDRESS: &str = "https://h.test/a/b";

/// Tags, parts of tags, and what tokenizers stumble over.
const PIECES: &[&str] = &[
    "<img src=a.png>",
    "<img src='b c.png'>",
    "<img\nalt=\"x>\" src=\"/d.png?e&amp;f\"/>",
    "<IMG SRC = //i.test/g>",
    "<img src=h src=i>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<div class='",
    "'>",
    "\"",
    ">",
    "<",
    "text",
    "é",
    "<!--",
    "-->",
    "<!-->",
    "<!DOCTYPE html>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<xmp>",
    "</xmp>",
    "<iframe>",
    "</iframe>",
    "<ul><li>",
    "</ul>",
    "<a href=x>",
    "<body>",
    "</body>",
    "<br/>",
    "&lt;img src=j&gt;",
    "<?x",
    "</",
    "<img",
    " src=k",
];

fn in_tree(html: &str) -> BTreeSet<String> {
    let base = Link::parse(ADDRESS).unwrap();
    let dom = Dom::parse(html).expect("small");
    let sources = dom.named("img").filter_map(|image| image.attribute("src"));
    sources
        .filter(|source| !source.trim().is_empty())
        .map(|source| base.join(source, None).unwrap().to_string())
        .collect()
}

fn found(html: &str) -> BTreeSet<String> {
    let address = Link::parse(ADDRESS).ok();
    let document = Document {
        bytes: html.as_bytes().to_vec(),
        kind: DocumentKind::Page,
        charset: UTF_8,
        base: address.clone(),
        address,
    };
    let images = refs::find(&document)
        .into_iter()
        .filter(|reference| reference.kind == Kind::ImgSrc);
    images
        .filter_map(|reference| Some(reference.target?.to_string()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_finder_sees_the_images_of_the_tree(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..16)) {
        let html = pieces.concat();
        prop_assert_eq!(found(&html), in_tree(&html), "{}", html);
    }
}
