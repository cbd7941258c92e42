//! Which resources does this HTML mention? Images in tags, attributes, styles, `<noscript>`, frames and JSON-LD. Pure.

mod collect;
mod head;
mod json_ld;
mod late;
mod lazy;
mod tags;

pub use lazy::{HostRule, LazyTable};

use encoding_rs::Encoding;

use self::collect::{Collector, Page};
use super::{Reference, css, in_order};
use crate::document::legible::Legible;
use crate::document::located::Located;
use crate::document::markup::{self, Attribute, StartTag, Token};
use crate::document::{Document, Span};
use crate::link::Link;

/// How deep `<noscript>` is read inside `<noscript>`. AMP pages nest two; each level is a further walk over its text.
const NOSCRIPT_DEPTH_MAX: usize = 4;

/// Returns every reference of a page, sorted by span. `table` says what lazy loaders read.
#[must_use]
pub fn find(document: &Document, table: &LazyTable) -> Vec<Reference> {
    let legible = Legible::of(document);
    let page = Page {
        html: legible.bytes(),
        encoding: legible.encoding(),
        query: document.charset,
        base: document.base.as_ref(),
        table,
        frames: 0,
    };
    let mut found = page.find();
    for reference in &mut found {
        reference.span = legible.source(reference.span);
        if !legible.changes().is_empty() {
            // The copy may say it differently.
            let written = reference.span.slice(&document.bytes);
            reference.written = Located::decode(written, document.charset).text.into_owned();
        }
        reference.rename_at(|name| legible.source(name));
    }
    found
}

/// Returns every reference of a piece of HTML, sorted by span. Spans count from its start. `encoding` must be one in
/// which ASCII is ASCII.
#[must_use]
pub fn find_fragment(
    html: &[u8],
    encoding: &'static Encoding,
    base: Option<&Link>,
    table: &LazyTable,
) -> Vec<Reference> {
    Page {
        html,
        encoding,
        query: encoding,
        base,
        table,
        frames: 0,
    }
    .find()
}

impl Page<'_> {
    fn find(self) -> Vec<Reference> {
        let mut found = Collector::new(self);
        read(
            &mut found,
            Span {
                start: 0,
                end: self.html.len(),
            },
        );
        in_order(found.references)
    }
}

/// What is open while a range is walked.
#[derive(Default)]
struct Open {
    /// The `<picture>`, `<video>` and `<audio>` elements, by name: whose `<source>` is it?
    holders: Vec<String>,
    /// The element whose text is read as a whole, and where the text begins.
    text: Option<(Text, usize)>,
    /// The tag of the last image.
    image: Option<Span>,
    /// The same, where the `<noscript>` that is open follows it, with nothing to read between them.
    beside: Option<Span>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Style,
    SvgStyle,
    Noscript,
    JsonLd,
}

/// Reads the HTML in `range`.
fn read(found: &mut Collector<'_>, range: Span) {
    let mut open = Open::default();
    let page = found.page;
    markup::walk(
        range.slice(page.html),
        page.encoding,
        &mut |token| match token {
            Token::Start(tag) => open.start(&moved(tag, range.start), found),
            Token::End { name, span } => open.end(&name, span.moved(range.start), found),
            Token::Comment(_) | Token::Doctype(_) => {}
        },
    );
    open.end_text(range.end, found);
}

impl Open {
    fn start(&mut self, tag: &StartTag, found: &mut Collector<'_>) {
        let first = found.references.len();
        tags::collect(
            tag,
            self.holders
                .last()
                .is_some_and(|holder| holder == "picture"),
            found,
        );
        if matches!(&*tag.name, "img" | "amp-img" | "amp-anim") && found.references.len() > first {
            self.image = Some(tag.span);
        }
        match &*tag.name {
            "picture" | "video" | "audio" => self.holders.push(tag.name.to_string()),
            "style" if is_css(tag) && !tag.foreign => self.text = Some((Text::Style, tag.span.end)),
            "style" if is_css(tag) && !tag.self_closing => {
                self.text = Some((Text::SvgStyle, tag.span.end));
            }
            "noscript" if !tag.foreign => {
                self.text = Some((Text::Noscript, tag.span.end));
                self.beside = self.image.filter(|image| {
                    let between = Span::from(image.end..tag.span.start);
                    is_markup_alone(between.slice(found.page.html))
                });
            }
            "script" if is_json_ld(tag) => self.text = Some((Text::JsonLd, tag.span.end)),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, span: Span, found: &mut Collector<'_>) {
        if matches!(name, "style" | "noscript" | "script") {
            self.end_text(span.start, found);
        } else if let Some(index) = self.holders.iter().rposition(|holder| holder == name) {
            self.holders.truncate(index);
        }
    }

    /// Reads the text that ends at `end`, if one is open.
    fn end_text(&mut self, end: usize, found: &mut Collector<'_>) {
        match self.text.take() {
            Some((Text::Style, start)) => found.css(Span { start, end }, css::Context::Stylesheet),
            Some((Text::SvgStyle, start)) => svg_css(Span { start, end }, found),
            Some((Text::JsonLd, start)) => found.json_ld(Span { start, end }),
            Some((Text::Noscript, start)) if found.noscripts < NOSCRIPT_DEPTH_MAX => {
                let first = found.references.len();
                found.noscripts += 1;
                read(found, Span { start, end });
                found.noscripts -= 1;
                if let Some(image) = self.beside.filter(|_| found.noscripts == 0) {
                    found.may_replace(first, image);
                }
            }
            _ => {}
        }
    }
}

/// How much markup stands between a preview and the image that it is of, at most.
const BETWEEN_BYTES_MAX: usize = 1024;

/// Returns whether there is nothing to read in a piece of HTML: tags and space.
fn is_markup_alone(html: &[u8]) -> bool {
    let mut in_tag = false;
    html.len() <= BETWEEN_BYTES_MAX
        && html.iter().all(|byte| {
            match byte {
                b'<' => in_tag = true,
                b'>' if in_tag => in_tag = false,
                _ => return in_tag || byte.is_ascii_whitespace(),
            }
            true
        })
}

/// Takes in the text of an SVG `<style>`: ordinary text with character references, or a CDATA section without.
fn svg_css(place: Span, found: &mut Collector<'_>) {
    let text = place.slice(found.page.html);
    let Some(opening) = memchr::memmem::find(text, b"<![CDATA[") else {
        return found.css(place, css::Context::Attribute);
    };
    let start = opening + b"<![CDATA[".len();
    let end =
        memchr::memmem::find(&text[start..], b"]]>").map_or(text.len(), |length| start + length);
    found.css(
        Span { start, end }.moved(place.start),
        css::Context::Stylesheet,
    );
}

/// Returns `tag` with spans that count from the start of the page.
fn moved(mut tag: StartTag<'_>, offset: usize) -> StartTag<'_> {
    tag.span = tag.span.moved(offset);
    for attribute in &mut tag.attributes {
        attribute.name_span = attribute.name_span.moved(offset);
        attribute.value_span = attribute.value_span.map(|span| span.moved(offset));
    }
    tag
}

fn is_css(style: &StartTag) -> bool {
    style
        .attribute("type")
        .map(Attribute::value)
        .is_none_or(|kind| kind.is_empty() || kind.eq_ignore_ascii_case("text/css"))
}

fn is_json_ld(script: &StartTag) -> bool {
    let kind = script
        .attribute("type")
        .map(|kind| kind.value().trim_ascii().to_ascii_lowercase());
    let essence = kind.as_deref().and_then(|kind| kind.split(';').next());
    !script.foreign && essence.is_some_and(|kind| kind.trim_end() == "application/ld+json")
}

#[cfg(test)]
mod tests;
