//! Which images does the Markdown of a post mention, and what HTML stands in it? Pure.
//!
//! pulldown-cmark tells where an image stands, [`destination`] where in it the address stands.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, OffsetIter, Parser, Tag, TagEnd};

use super::{Image, destination, options};
use crate::document::Span;
use crate::refs::{Kind, ending};

/// What a post's Markdown says.
pub(super) struct Body<'a> {
    text: &'a str,
    start: usize,
    pub(super) images: Vec<Image>,
    /// The definitions that are among `images` already, by their offset: which one it is.
    defined: HashMap<usize, usize>,
    /// The whole post with all blank that is not HTML.
    pub(super) html: Vec<u8>,
    pub(super) has_html: bool,
}

/// A Markdown image or link that has begun.
struct Open<'a> {
    link_type: LinkType,
    address: CowStr<'a>,
    label: CowStr<'a>,
    /// Up to where its description has been read.
    described: usize,
    /// How many images have begun in its description.
    inner: usize,
}

impl<'a> Open<'a> {
    fn new(link_type: LinkType, address: CowStr<'a>, label: CowStr<'a>, start: usize) -> Self {
        Self {
            link_type,
            address,
            label,
            described: start,
            inner: 0,
        }
    }
}

impl<'a> Body<'a> {
    /// Reads the Markdown of `text` from `start` on; offsets are those of the whole text.
    pub(super) fn read(text: &'a str, start: usize) -> Self {
        let html = text.bytes().map(blank).collect();
        let mut body = Self {
            text,
            start,
            images: Vec::new(),
            defined: HashMap::new(),
            html,
            has_html: false,
        };
        body.take_events(Parser::new_ext(&text[start..], options()).into_offset_iter());
        body
    }

    /// Takes in what Markdown says. An image within the description of another is only its text, as is HTML there.
    fn take_events(&mut self, mut events: OffsetIter<'_>) {
        let mut open: Option<Open<'_>> = None;
        let mut link: Option<Open<'_>> = None;
        while let Some((event, range)) = events.next() {
            let range = range.start + self.start..range.end + self.start;
            let event = match event {
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    id,
                    ..
                }) if open.is_none() => {
                    self.end_open_tag(range.start);
                    link = Some(Open::new(link_type, dest_url, id, range.start + "[".len()));
                    continue;
                }
                Event::End(TagEnd::Link) if open.is_none() => {
                    if let Some(link) = link.take() {
                        self.take_link(&link, range, &events);
                    }
                    continue;
                }
                event => event,
            };
            if let Some(link) = &mut link {
                link.described = link.described.max(range.end);
            }
            self.take_event(event, range, &mut open, &events);
        }
    }

    fn take_event<'e>(
        &mut self,
        event: Event<'e>,
        range: Range<usize>,
        open: &mut Option<Open<'e>>,
        events: &OffsetIter<'_>,
    ) {
        match (event, &mut *open) {
            (
                Event::Start(Tag::Image {
                    link_type,
                    dest_url,
                    id,
                    ..
                }),
                None,
            ) => {
                *open = Some(Open::new(link_type, dest_url, id, range.start + "![".len()));
            }
            (Event::Start(Tag::Image { .. }), Some(image)) => image.inner += 1,
            (Event::End(TagEnd::Image), Some(image)) if image.inner == 0 => {
                self.take_image(image, range, events);
                *open = None;
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

    fn take_image(&mut self, image: &Open<'_>, range: Range<usize>, events: &OffsetIter<'_>) {
        if image.link_type == LinkType::Inline {
            self.take_inline(image, range, Kind::MarkdownImage);
        } else {
            self.take_defined(image, events, Kind::MarkdownDefinition);
        }
    }

    /// Takes in a link that leads to an image by its address. One that is its own text stays what it says.
    fn take_link(&mut self, link: &Open<'_>, range: Range<usize>, events: &OffsetIter<'_>) {
        if !ending::is_of_image(&link.address) {
            return;
        }
        match link.link_type {
            LinkType::Inline => self.take_inline(link, range, Kind::MarkdownLinkImage),
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                self.take_defined(link, events, Kind::MarkdownLinkImage);
            }
            _ => {}
        }
    }

    fn take_inline(&mut self, open: &Open<'_>, range: Range<usize>, kind: Kind) {
        let within = open.described.min(range.end)..range.end;
        let Some(span) = destination::of_inline(&self.text[within.clone()]) else {
            return;
        };
        self.push(span.moved(within.start), &open.address, kind);
    }

    fn take_defined(&mut self, open: &Open<'_>, events: &OffsetIter<'_>, kind: Kind) {
        let Some(definition) = events.reference_definitions().get(&open.label) else {
            return;
        };
        let start = definition.span.start + self.start;
        if let Some(known) = self.defined.get(&start) {
            // What an image shows is shown, whatever else leads there.
            if kind == Kind::MarkdownDefinition {
                self.images[*known].kind = kind;
            }
            return;
        }
        let Some(written) = self.text.get(start..definition.span.end + self.start) else {
            return;
        };
        let Some(span) = destination::of_definition(written) else {
            return;
        };
        if self.push(span.moved(start), &open.address, kind) {
            self.defined.insert(start, self.images.len() - 1);
        }
    }

    /// Takes in an address, and says whether there is one.
    fn push(&mut self, span: Span, address: &str, kind: Kind) -> bool {
        let is_any = span.start < span.end;
        if is_any {
            // All renderers escape a backslash, which a browser would else take for a slash.
            let address = address.replace('\\', "%5C");
            self.images.push(Image {
                span,
                address,
                kind,
            });
        }
        is_any
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
