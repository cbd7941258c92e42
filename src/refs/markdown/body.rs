//! Which images does the Markdown of a post mention, and what HTML stands in it? Pure.
//!
//! pulldown-cmark tells where an image stands, [`destination`] where in it the address stands.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, OffsetIter, Parser, Tag, TagEnd};

use super::{Image, destination, options};
use crate::document::Span;
use crate::refs::Kind;

/// What a post's Markdown says.
pub(super) struct Body<'a> {
    text: &'a str,
    start: usize,
    pub(super) images: Vec<Image>,
    /// The definitions that are among `images` already, by their offset.
    defined: HashSet<usize>,
    /// The whole post with all blank that is not HTML.
    pub(super) html: Vec<u8>,
    pub(super) has_html: bool,
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
    /// Reads the Markdown of `text` from `start` on; offsets are those of the whole text.
    pub(super) fn read(text: &'a str, start: usize) -> Self {
        let html = text.bytes().map(blank).collect();
        let mut body = Self {
            text,
            start,
            images: Vec::new(),
            defined: HashSet::new(),
            html,
            has_html: false,
        };
        body.take_events(Parser::new_ext(&text[start..], options()).into_offset_iter());
        body
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
        let before = start
            .checked_sub(1)
            .and_then(|before| self.html.get_mut(before))
            .filter(|byte| blank(**byte) == **byte);
        if let Some(byte) = before {
            *byte = b'>';
        }
    }

    /// Takes in the HTML that stands in `range` of `text`.
    pub(super) fn keep_html(&mut self, text: &str, range: Range<usize>) {
        self.has_html = true;
        self.html[range.clone()].copy_from_slice(&text.as_bytes()[range]);
    }
}

/// What stands in the HTML for a byte that is none: a line's end stays one, as addresses may go over several lines.
fn blank(byte: u8) -> u8 {
    if matches!(byte, b'\n' | b'\r') {
        byte
    } else {
        b' '
    }
}
