//! Which images does a post mention? Front matter values, Markdown images and the HTML among them. Home of pulldown-cmark. Pure.
//!
//! pulldown-cmark tells where an image stands, [`destination`] where in it the address stands. The HTML is read in one
//! piece, as a browser would after rendering: a copy of the post in which all that is not HTML is blank.

mod destination;
mod hexo;
mod to_html;
mod values;

pub use to_html::to_html;

use std::collections::HashSet;
use std::ops::Range;

use encoding_rs::UTF_8;
use pulldown_cmark::{CowStr, Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

use super::{Kind, Promotion, Reference, Rename, Role, html, resolve};
use crate::document::located::{Located, Origins};
use crate::document::{Document, Span, front_matter};
use crate::link::Link;

/// Finds every image that the post mentions.
///
/// Queries of addresses are UTF-8, whatever the post is kept in: that is what the generators write.
#[must_use]
pub fn find(document: &Document) -> Vec<Reference> {
    let Located { text, origins } = Located::decode(&document.bytes, document.charset);
    let text = text.as_ref();
    let front_matter = front_matter::read(text);
    let body_start = front_matter::body_start(text, front_matter.as_ref());
    let mut images: Vec<Image> = front_matter.iter().flat_map(values::images).collect();
    let blocks = hexo::blocks(text, body_start);
    let markdown = hexo::without(text, &blocks);
    let mut body = Body::new(&markdown, body_start);
    body.take_events(Parser::new_ext(&markdown[body_start..], options()).into_offset_iter());
    blocks
        .iter()
        .filter(|block| block.is_html)
        .for_each(|block| body.keep_html(text, block.content.clone()));
    images.extend(body.images);
    let base = document.base.as_ref();
    let mut found: Vec<Reference> = images
        .into_iter()
        .map(|image| image.reference(text, base))
        .collect();
    if body.has_html {
        found.extend(html::find_fragment(&body.html, UTF_8, base));
    }
    found
        .into_iter()
        .map(|reference| at_source(reference, &origins))
        .collect()
}

/// Returns which extensions of Markdown posts are read with: those that their generators share.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
}

/// An image of the front matter or the Markdown.
struct Image {
    span: Span,
    /// The address, escapes resolved.
    address: String,
    kind: Kind,
}

impl Image {
    fn reference(self, text: &str, base: Option<&Link>) -> Reference {
        Reference {
            span: self.span,
            written: text[self.span.start..self.span.end].to_owned(),
            target: resolve(&self.address, base, UTF_8),
            kind: self.kind,
            role: Role::Image,
            promotion: None,
        }
    }
}

/// Moves a reference from the text to the document's own bytes. A template of the site's generator, such as
/// `{{ site.url }}`, leaves it without a target: only the generator knows what stands there.
fn at_source(reference: Reference, origins: &Origins) -> Reference {
    let is_template = reference.written.contains("{{") || reference.written.contains("{%");
    let rename = |Rename { start, end, to }| {
        let span = origins.source(Span { start, end });
        Rename {
            start: span.start,
            end: span.end,
            to,
        }
    };
    let promotion = reference.promotion.map(|promotion| Promotion {
        renames: promotion.renames.into_iter().map(rename).collect(),
    });
    Reference {
        span: origins.source(reference.span),
        target: reference.target.filter(|_| !is_template),
        promotion,
        ..reference
    }
}

/// What a post's Markdown says.
struct Body<'a> {
    text: &'a str,
    start: usize,
    images: Vec<Image>,
    /// The definitions that are among `images` already, by their offset.
    defined: HashSet<usize>,
    /// The whole post with all blank that is not HTML.
    html: Vec<u8>,
    has_html: bool,
}

/// A Markdown image that has begun.
struct Open<'a> {
    link_type: LinkType,
    address: CowStr<'a>,
    label: CowStr<'a>,
    /// Up to where its description has been read.
    described: usize,
    /// How many images have begun in its description.
    inner: usize,
}

impl<'a> Body<'a> {
    /// Begins to read the Markdown of `text` from `start` on; offsets are those of the whole text.
    fn new(text: &'a str, start: usize) -> Self {
        let html = vec![b' '; text.len()];
        Self {
            text,
            start,
            images: Vec::new(),
            defined: HashSet::new(),
            html,
            has_html: false,
        }
    }

    /// Takes in what Markdown says. An image within the description of another is only its text, as is HTML there.
    fn take_events(&mut self, mut events: OffsetIter<'_>) {
        let mut open: Option<Open<'_>> = None;
        while let Some((event, range)) = events.next() {
            let range = range.start + self.start..range.end + self.start;
            match (event, &mut open) {
                (
                    Event::Start(Tag::Image {
                        link_type,
                        dest_url,
                        id,
                        ..
                    }),
                    None,
                ) => {
                    let described = range.start + "![".len();
                    open = Some(Open {
                        link_type,
                        address: dest_url,
                        label: id,
                        described,
                        inner: 0,
                    });
                }
                (Event::Start(Tag::Image { .. }), Some(image)) => image.inner += 1,
                (Event::End(TagEnd::Image), Some(image)) if image.inner == 0 => {
                    self.take_image(image, range, &events);
                    open = None;
                }
                (event, Some(image)) => {
                    image.inner -= usize::from(matches!(event, Event::End(TagEnd::Image)));
                    image.described = image.described.max(range.end);
                }
                (Event::Html(html) | Event::InlineHtml(html), None) => self.take_html(&html, range),
                (Event::Start(tag), None) if tag != Tag::HtmlBlock => {
                    self.end_open_tag(range.start);
                }
                _ => {}
            }
        }
    }

    fn take_image(&mut self, image: &Open<'_>, range: Range<usize>, events: &OffsetIter<'_>) {
        if image.link_type == LinkType::Inline {
            self.take_inline(image, range);
        } else {
            self.take_defined(image, events);
        }
    }

    fn take_inline(&mut self, image: &Open<'_>, range: Range<usize>) {
        let within = image.described.min(range.end)..range.end;
        let Some(span) = destination::of_inline(&self.text[within.clone()]) else {
            return;
        };
        self.push(
            span.moved(within.start),
            &image.address,
            Kind::MarkdownImage,
        );
    }

    fn take_defined(&mut self, image: &Open<'_>, events: &OffsetIter<'_>) {
        let Some(definition) = events.reference_definitions().get(&image.label) else {
            return;
        };
        let start = definition.span.start + self.start;
        if !self.defined.insert(start) {
            return;
        }
        let Some(written) = self.text.get(start..definition.span.end + self.start) else {
            return;
        };
        let Some(span) = destination::of_definition(written) else {
            return;
        };
        self.push(span.moved(start), &image.address, Kind::MarkdownDefinition);
    }

    fn push(&mut self, span: Span, address: &str, kind: Kind) {
        if span.start < span.end {
            // All renderers escape a backslash, which a browser would else take for a slash.
            let address = address.replace('\\', "%5C");
            self.images.push(Image {
                span,
                address,
                kind,
            });
        }
    }

    /// Takes in HTML that stands in `range`, where each line may have the marks of a quotation before it.
    fn take_html(&mut self, html: &str, range: Range<usize>) {
        let mut rest = range;
        for line in html
            .split('\n')
            .map(|line| line.trim_end_matches('\r'))
            .filter(|line| !line.is_empty())
        {
            let Some(at) = self.text[rest.clone()].find(line) else {
                return;
            };
            let start = rest.start + at;
            rest.start = start + line.len();
            self.keep_html(self.text, start..rest.start);
        }
    }

    /// A tag that HTML leaves open ends with the next one that Markdown makes, as here before `start`.
    fn end_open_tag(&mut self, start: usize) {
        let blank = start
            .checked_sub(1)
            .and_then(|before| self.html.get_mut(before))
            .filter(|byte| **byte == b' ');
        if let Some(byte) = blank {
            *byte = b'>';
        }
    }

    fn keep_html(&mut self, text: &str, range: Range<usize>) {
        self.has_html = true;
        self.html[range.clone()].copy_from_slice(&text.as_bytes()[range]);
    }
}

#[cfg(test)]
mod tests;
