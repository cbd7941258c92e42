//! What do the links and the metadata of a page name? Its icons, what it preloads, and the picture that stands for it. Pure.

use super::collect::Collector;
use crate::document::markup::StartTag;
use crate::refs::{Kind, Role};

/// The link types that name an icon.
const ICONS: &[&str] = &[
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "fluid-icon",
    "icon",
    "mask-icon",
];

/// The properties that name the picture of a page (Open Graph, Twitter cards), in `property` or `name`.
const PICTURES: &[&str] = &[
    "og:image",
    "og:image:secure_url",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
];

/// Takes in what a `<link>` leads to.
pub(super) fn link(tag: &StartTag, found: &mut Collector<'_>) {
    let Some(rel) = tag.attribute("rel") else {
        return;
    };
    let rel = rel.value();
    let is = |kind: &str| {
        rel.split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case(kind))
    };
    if is("stylesheet") && is_css(tag) {
        found.address(tag.attribute("href"), Kind::LinkStylesheet);
    } else if ICONS.iter().any(|icon| is(icon)) {
        found.address(tag.attribute("href"), Kind::LinkIcon);
    } else if is("preload") {
        preload(tag, found);
    } else if is("image_src") {
        found.address(tag.attribute("href"), Kind::MetaImage);
    }
}

/// Returns whether a link to a stylesheet is to one that browsers read (WHATWG HTML §4.6.7.24): an alternative one, too.
fn is_css(link: &StartTag) -> bool {
    link.attribute("type").is_none_or(|kind| {
        let kind = kind.value();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        essence.is_empty() || essence.eq_ignore_ascii_case("text/css")
    })
}

/// Takes in what a page loads ahead (WHATWG HTML §4.6.8.19): images in all sizes, stylesheets, fonts.
fn preload(tag: &StartTag, found: &mut Collector<'_>) {
    let destination = tag
        .attribute("as")
        .map(|it| it.value().to_ascii_lowercase());
    let role = match destination.as_deref().unwrap_or_default() {
        "image" => Role::Image,
        "style" => Role::Style,
        "font" => Role::Font,
        _ => return,
    };
    found.address_for(tag.attribute("href"), Kind::LinkPreload, role);
    if role == Role::Image {
        found.set(tag.attribute("imagesrcset"), Kind::LinkPreload);
    }
}

/// Takes in the picture that a `<meta>` gives the page.
pub(super) fn meta(tag: &StartTag, found: &mut Collector<'_>) {
    let says = |attribute: &str, known: &[&str]| {
        tag.attribute(attribute).is_some_and(|attribute| {
            let value = attribute.value();
            let mut words = value.split_ascii_whitespace();
            words.any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
        })
    };
    if says("property", PICTURES) || says("name", PICTURES) || says("itemprop", &["image"]) {
        found.address(tag.attribute("content"), Kind::MetaImage);
    }
}
