//! Which attributes of a tag name images? Pure.

use super::collect::Collector;
use super::{head, late, lazy};
use crate::document::markup::StartTag;
use crate::refs::ending::is_of_image;
use crate::refs::{Kind, css};

/// The elements whose `background` attribute browsers show (WHATWG HTML §15.3).
const WITH_BACKGROUND: &[&str] = &["body", "table", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// Takes in the images that `tag` names; `in_picture` says whether a `<picture>` holds it.
pub(super) fn collect(tag: &StartTag, in_picture: bool, found: &mut Collector<'_>) {
    match &*tag.name {
        "image" | "feimage" | "use" if tag.foreign => graphic(tag, found),
        // `<image>` is another spelling of `<img>` (WHATWG HTML §13.2.6.4.7).
        "img" | "image" => image(tag, Kind::ImgSrc, Kind::ImgSrcset, found),
        "amp-img" | "amp-anim" => image(tag, Kind::AmpImg, Kind::AmpImg, found),
        "source" if in_picture => {
            let set = image_kind(found, Kind::SourceSrcset);
            found.set(tag.attribute("srcset"), set);
            late::sets(tag, found);
        }
        "input"
            if tag
                .attribute("type")
                .is_some_and(|kind| kind.value().eq_ignore_ascii_case("image")) =>
        {
            found.address(tag.attribute("src"), Kind::InputSrc);
        }
        "video" => found.address(tag.attribute("poster"), Kind::VideoPoster),
        "object" if is_picture(tag, "data") => {
            found.address(tag.attribute("data"), Kind::ObjectData);
        }
        "embed" if is_picture(tag, "src") => found.address(tag.attribute("src"), Kind::EmbedSrc),
        "link" => head::link(tag, found),
        "meta" => head::meta(tag, found),
        "iframe" if !tag.foreign => {
            if let Some(inner) = tag.attribute("srcdoc") {
                found.inner_page(inner);
            }
        }
        _ => {}
    }
    background(tag, found);
    if let Some(value) = tag.attribute("style").and_then(|style| style.value_span) {
        found.css(value, css::Context::Attribute);
    }
    if tag.foreign {
        parts(tag, found);
    }
    late::backgrounds(tag, found);
}

/// Takes in an image with all that it may show, now and later.
fn image(tag: &StartTag, single: Kind, set: Kind, found: &mut Collector<'_>) {
    let (single, set) = (image_kind(found, single), image_kind(found, set));
    found.address(tag.attribute("src"), single);
    found.set(tag.attribute("srcset"), set);
    late::sources(tag, found);
    late::sets(tag, found);
}

/// Takes in an element of SVG. `href` wins over `xlink:href` (SVG 2 §16.1.4). `<use>` of the page itself is no other file.
fn graphic(tag: &StartTag, found: &mut Collector<'_>) {
    let address = tag
        .attribute("href")
        .or_else(|| tag.attribute("xlink:href"));
    if tag.name != "use" {
        found.address(address, Kind::SvgImage);
    } else if address.is_some_and(|address| !found.page.is_itself(&address.value())) {
        found.address(address, Kind::SvgUse);
    }
}

/// Returns whether an `<object>` or `<embed>` shows an image: it says so, or says nothing and its address looks like one.
fn is_picture(tag: &StartTag, address: &str) -> bool {
    let kind = tag
        .attribute("type")
        .map(|kind| kind.value().trim_ascii().to_ascii_lowercase());
    match kind.filter(|kind| !kind.is_empty()) {
        _ if tag.foreign => false,
        Some(kind) => kind.starts_with("image/"),
        None => tag
            .attribute(address)
            .is_some_and(|address| is_of_image(address.value().trim_ascii())),
    }
}

/// Takes in the `background` attribute. Browsers show it of few elements alone; of others it counts if it is surely an image.
fn background(tag: &StartTag, found: &mut Collector<'_>) {
    let Some(attribute) = tag.attribute("background").filter(|_| !tag.foreign) else {
        return;
    };
    let value = attribute.value();
    let value = value.trim_ascii();
    let is_image = || lazy::is_address(value) && is_of_image(value);
    if WITH_BACKGROUND.contains(&&*tag.name) || is_image() {
        found.address(Some(attribute), Kind::Background);
    }
}

/// Takes in what of another drawing is applied to an element of SVG (SVG 2 §6.6, "presentation attributes").
fn parts(tag: &StartTag, found: &mut Collector<'_>) {
    for name in ["clip-path", "filter", "mask"] {
        let value = tag.attribute(name).and_then(|value| value.value_span);
        if let Some(value) = value {
            found.css(value, css::Context::Attribute);
        }
    }
}

/// Returns the kind of an image that is `kind` outside `<noscript>`.
fn image_kind(found: &Collector<'_>, kind: Kind) -> Kind {
    if found.noscripts > 0 {
        Kind::NoscriptImg
    } else {
        kind
    }
}
