//! Which attributes of a tag name images? Pure.

use super::collect::Collector;
use super::lazy::{self, Standing};
use crate::document::markup::StartTag;
use crate::refs::{Kind, css, srcset};

/// The elements whose `background` attribute browsers show (WHATWG HTML §15.3).
const WITH_BACKGROUND: &[&str] = &["body", "table", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// The link types that name an icon.
const ICONS: &[&str] = &[
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "fluid-icon",
    "icon",
    "mask-icon",
];

/// Takes in the images that `tag` names; `in_picture` says whether a `<picture>` holds it.
pub(super) fn collect(tag: &StartTag, in_picture: bool, found: &mut Collector<'_>) {
    match tag.name.as_str() {
        "image" | "feimage" if tag.foreign => {
            found.address(
                tag.attribute("href")
                    .or_else(|| tag.attribute("xlink:href")),
                Kind::SvgImage,
            );
        }
        "use" if tag.foreign => {
            found.address(
                tag.attribute("href")
                    .or_else(|| tag.attribute("xlink:href")),
                Kind::SvgUse,
            );
        }
        // `<image>` is another spelling of `<img>` (WHATWG HTML §13.2.6.4.7).
        "img" | "image" => {
            let (single, set) = (
                image_kind(found, Kind::ImgSrc),
                image_kind(found, Kind::ImgSrcset),
            );
            found.address(tag.attribute("src"), single);
            found.set(tag.attribute("srcset"), set);
            lazy_sources(tag, found);
            lazy_sets(tag, found);
        }
        "source" if in_picture => {
            let set = image_kind(found, Kind::SourceSrcset);
            found.set(tag.attribute("srcset"), set);
            lazy_sets(tag, found);
        }
        "input"
            if tag
                .attribute("type")
                .is_some_and(|kind| kind.value.eq_ignore_ascii_case("image")) =>
        {
            found.address(tag.attribute("src"), Kind::InputSrc);
        }
        "video" => found.address(tag.attribute("poster"), Kind::VideoPoster),
        "link" if is_stylesheet(tag) => found.address(tag.attribute("href"), Kind::LinkStylesheet),
        "link" if is_icon(tag) => found.address(tag.attribute("href"), Kind::LinkIcon),
        name if WITH_BACKGROUND.contains(&name) => {
            found.address(tag.attribute("background"), Kind::Background);
        }
        _ => {}
    }
    if let Some(value) = tag.attribute("style").and_then(|style| style.value_span) {
        found.css(value, css::Context::Attribute);
    }
    if tag.foreign {
        parts(tag, found);
    }
    lazy_backgrounds(tag, found);
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

fn lazy_sources(tag: &StartTag, found: &mut Collector<'_>) {
    let mut shows = lazy::shows_something(tag);
    let mut is_promoted = found.noscripts > 0;
    for (name, standing) in lazy::SOURCES {
        let Some(attribute) = tag.attribute(name) else {
            continue;
        };
        let value = attribute.value.trim_ascii();
        let counts = match standing {
            Standing::Shown => lazy::is_address(value),
            Standing::ShownIfImage => lazy::is_address(value) && lazy::has_image_extension(value),
            Standing::Instead => lazy::is_address(value) && !shows,
        };
        if counts {
            let first = found.references.len();
            found.address(Some(attribute), Kind::Lazy);
            is_promoted |= found.promote(first, is_promoted, || {
                lazy::promote_source(tag, attribute.name_span)
            });
            shows = true;
        }
    }
}

fn lazy_sets(tag: &StartTag, found: &mut Collector<'_>) {
    let mut is_promoted = found.noscripts > 0;
    for name in lazy::SETS {
        let Some(attribute) = tag.attribute(name) else {
            continue;
        };
        if srcset::candidates(&attribute.value)
            .iter()
            .all(|url| lazy::is_address(&attribute.value[url.start..url.end]))
        {
            let first = found.references.len();
            found.set(Some(attribute), Kind::Lazy);
            is_promoted |= found.promote(first, is_promoted, || {
                lazy::promote_set(tag, attribute.name_span)
            });
        }
    }
}

fn lazy_backgrounds(tag: &StartTag, found: &mut Collector<'_>) {
    for name in lazy::BACKGROUNDS {
        let Some(attribute) = tag.attribute(name) else {
            continue;
        };
        let first = found.references.len();
        if let Some(value) = attribute
            .value_span
            .filter(|_| attribute.value.contains("url("))
        {
            found.css(value, css::Context::Attribute);
        } else if lazy::is_address(attribute.value.trim_ascii()) {
            found.address(Some(attribute), Kind::Lazy);
        }
        found.references[first..]
            .iter_mut()
            .for_each(|reference| reference.kind = Kind::Lazy);
    }
}

/// Returns whether a link names a stylesheet that browsers read (WHATWG HTML §4.6.7.24): an alternative one, too.
fn is_stylesheet(link: &StartTag) -> bool {
    let is_css = link.attribute("type").is_none_or(|kind| {
        let essence = kind.value.split(';').next().unwrap_or_default().trim();
        essence.is_empty() || essence.eq_ignore_ascii_case("text/css")
    });
    let rel = link.attribute("rel").map_or("", |rel| rel.value.as_str());
    let mut words = rel.split_ascii_whitespace();
    is_css && words.any(|word| word.eq_ignore_ascii_case("stylesheet"))
}

fn is_icon(link: &StartTag) -> bool {
    let Some(rel) = link.attribute("rel") else {
        return false;
    };
    rel.value
        .split_ascii_whitespace()
        .any(|word| ICONS.iter().any(|icon| word.eq_ignore_ascii_case(icon)))
}
