//! Which elements and attributes of an SVG draw, and nothing else? Lists of what is allowed. Pure.

use encoding_rs::UTF_8;

use super::super::missing::NOTHING;
use super::xml::Tag;
use crate::refs::css::{Context, CssMention, MentionKind, mentions};

/// The namespace of SVG.
const SVG: &str = "http://www.w3.org/2000/svg";

/// The elements that draw (SVG 1.1 and 2, Filter Effects 1). Not among them: scripts, foreign objects, handlers, links
/// to sound and film, and the `a` whose content is drawn all the same.
const DRAWN: &[&str] = &[
    "a",
    "animate",
    "animateColor",
    "animateMotion",
    "animateTransform",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "mpath",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "set",
    "solidcolor",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tref",
    "tspan",
    "use",
    "view",
];

/// What becomes of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Stays,
    Cut,
}

/// Returns the name of an SVG element without the prefix `svg:`; `None` where it has another prefix.
pub(super) fn local(name: &str) -> Option<&str> {
    let name = name.strip_prefix("svg:").unwrap_or(name);
    (!name.contains(':')).then_some(name)
}

/// Returns whether an element draws; `None` where its attributes are not well-formed.
pub(super) fn is_drawn(tag: &Tag<'_>) -> Option<bool> {
    let Some(name) = local(tag.name) else {
        return Some(false);
    };
    let mut drawn = DRAWN.contains(&name);
    for attribute in &tag.attributes {
        let value = super::xml::unescaped(attribute.value)?;
        let target = value.trim().to_ascii_lowercase();
        drawn &= match attribute.name {
            "xmlns" | "xmlns:svg" => value == SVG,
            // An animation could put back what is cut.
            "attributeName" => !(target.ends_with("href") || target.starts_with("on")),
            _ => true,
        };
    }
    Some(drawn)
}

/// Returns what becomes of an attribute with this value, references resolved.
pub(super) fn of_attribute(element: &str, name: &str, value: &str) -> Rule {
    let address = value.trim();
    let stays = match name {
        "href" | "xlink:href" if matches!(local(element), Some("image" | "feImage")) => {
            address.starts_with('#') || is_picture(address)
        }
        "href" | "xlink:href" => address.starts_with('#'),
        "src" | "xml:base" | "ping" | "attributionsrc" | "crossorigin" => false,
        _ if name.to_ascii_lowercase().starts_with("on") => false,
        _ if name.starts_with("xmlns") => true,
        _ => {
            is_closed_style(&format!("*{{a:{value}}}")) && is_closed_style(&format!("*{{{value}}}"))
        }
    };
    if stays { Rule::Stays } else { Rule::Cut }
}

/// Returns whether CSS names nothing outside the drawing.
fn is_closed_style(css: &str) -> bool {
    mentions(css.as_bytes(), UTF_8, Context::Stylesheet)
        .iter()
        .all(may_stay)
}

/// Returns whether an address in CSS names nothing outside the drawing.
pub(super) fn may_stay(mention: &CssMention) -> bool {
    match mention.kind {
        MentionKind::Head => true,
        MentionKind::Import => false,
        MentionKind::Url | MentionKind::ImageSet => {
            let address = mention.text.trim();
            address.is_empty()
                || address == NOTHING
                || address.starts_with('#')
                || is_picture(address)
                || starts_with(address, "data:font/")
        }
    }
}

/// A raster image that stands in the drawing itself; an SVG in an SVG would have to be sealed in turn.
fn is_picture(address: &str) -> bool {
    starts_with(address, "data:image/") && !starts_with(address, "data:image/svg")
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}
