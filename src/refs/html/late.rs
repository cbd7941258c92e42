//! What would a lazy loader show in this tag? Pure.

use super::collect::Collector;
use super::lazy::{self, Standing};
use crate::document::Span;
use crate::document::markup::{Attribute, StartTag};
use crate::refs::ending::is_of_image;
use crate::refs::{Kind, Promotion, css, srcset};

/// The elements that get no background from `data-src` and its kin: they load something of their own.
const LOADING: &[&str] = &[
    "a", "amp-anim", "amp-img", "audio", "embed", "iframe", "image", "img", "input", "object",
    "picture", "script", "source", "track", "video",
];

/// Takes in the addresses that a loader would put into the `src` of an image.
pub(super) fn sources(tag: &StartTag, found: &mut Collector<'_>) {
    let mut shows = found.names.shows_something(tag);
    let mut is_promoted = found.noscripts > 0;
    let has_set = !found.names.sets(tag).is_empty();
    let page = found.page;
    for (attribute, standing) in found.names.sources(tag, |address| page.host_of(address)) {
        let value = attribute.value();
        let value = value.trim_ascii();
        let counts = match standing {
            Standing::Shown => lazy::is_address(value),
            Standing::ShownIfImage => lazy::is_address(value) && is_of_image(value),
            Standing::Instead => lazy::is_address(value) && !shows,
        };
        if counts {
            let first = found.references.len();
            found.address(Some(attribute), Kind::Lazy);
            is_promoted |= found.promote(first, is_promoted, || {
                lazy::promote_source(tag, attribute.name_span, has_set)
            });
            shows = true;
        }
    }
}

/// Takes in what a loader would put into the `srcset` of an image or a `<source>`.
pub(super) fn sets(tag: &StartTag, found: &mut Collector<'_>) {
    let mut is_promoted = found.noscripts > 0;
    for attribute in found.names.sets(tag) {
        let value = attribute.value();
        if srcset::candidates(&value)
            .iter()
            .all(|url| lazy::is_address(&value[url.start..url.end]))
        {
            let first = found.references.len();
            found.set(Some(attribute), Kind::Lazy);
            is_promoted |= found.promote(first, is_promoted, || {
                lazy::promote_set(tag, attribute.name_span)
            });
        }
    }
}

/// Takes in what a loader would show behind the content of any element.
pub(super) fn backgrounds(tag: &StartTag, found: &mut Collector<'_>) {
    let first = found.references.len();
    for attribute in found.names.backgrounds(tag) {
        background(attribute, found);
    }
    if first == found.references.len() && is_lazy_box(tag) {
        let page = found.page;
        let sources = found.names.sources(tag, |address| page.host_of(address));
        let images = sources.into_iter().filter(|(attribute, standing)| {
            let value = attribute.value();
            let value = value.trim_ascii();
            *standing == Standing::Shown && lazy::is_address(value) && is_of_image(value)
        });
        if let Some((attribute, _)) = images.into_iter().next() {
            found.address(Some(attribute), Kind::Lazy);
        }
    }
    for reference in &mut found.references[first..] {
        reference.kind = Kind::Lazy;
    }
    found.promote(first, false, || Promotion {
        renames: Vec::new(),
        background: true,
        instead_of: None,
    });
}

/// Takes in one attribute: CSS, an address, or a set in the form of lazysizes (`a.jpg [(media)] | b.jpg`).
fn background(attribute: &Attribute, found: &mut Collector<'_>) {
    let value = attribute.value();
    let value = value.trim_ascii();
    if value.contains("url(") {
        if let Some(span) = attribute.value_span {
            found.css(span, css::Context::Attribute);
        }
    } else if attribute.name.ends_with("set") {
        found.parts(attribute, Kind::Lazy, |value| {
            let parts = value.split('|').flat_map(|part| {
                let start = part.as_ptr().addr() - value.as_ptr().addr();
                let candidates = srcset::candidates(part.split('[').next().unwrap_or_default());
                candidates.into_iter().map(move |span| span.moved(start))
            });
            parts
                .filter(|span: &Span| lazy::is_address(&value[span.start..span.end]))
                .collect()
        });
    } else if lazy::is_address(value) {
        found.address(Some(attribute), Kind::Lazy);
    }
}

/// Returns whether a loader shows the image of `tag`, which is none itself, behind its content: it says that it is lazy.
fn is_lazy_box(tag: &StartTag) -> bool {
    let class = tag.attribute("class").map(Attribute::value);
    class.is_some_and(|class| says_lazy(&class)) && !tag.foreign && !LOADING.contains(&&*tag.name)
}

fn says_lazy(class: &str) -> bool {
    let class = class.as_bytes();
    memchr::memchr2_iter(b'l', b'L', class).any(|at| {
        let word = class.get(at..at + b"lazy".len());
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"lazy"))
    })
}
