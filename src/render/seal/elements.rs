//! Where does each element begin and end, and what must change in it? One walk over a page's tokens. Pure.

use std::borrow::Cow;

use super::super::relink::Known;
use super::Sealer;
use super::cut::{Cut, Fate, is_unwrapped};
use super::policy::Place;
use crate::document::Span;
use crate::document::markup::{StartTag, Token, walk};

/// The elements that a head may hold: before any other begins, a page shows nothing.
const OF_HEAD: &[&str] = &[
    "base", "head", "html", "link", "meta", "noscript", "script", "style", "template", "title",
];

/// Finds what must change in the page, and returns the place for its policy.
pub(super) fn seal_page(sealer: &mut Sealer<'_>) -> usize {
    let html = sealer.legible.bytes();
    let encoding = sealer.legible.encoding();
    let mut place = Place::at_start(html);
    let mut visitor = Visitor::new(sealer, Span::from(0..html.len()), Inside::Page);
    walk(html, encoding, &mut |token| {
        place.see(&token, html);
        visitor.visit(&token);
    });
    visitor.finish();
    place.position()
}

/// Where a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Page,
    /// In the content of a `<noscript>`, which is text to a browser that runs scripts.
    Noscript,
}

/// What is being read: the element that the tokens stand in.
#[derive(Debug)]
enum Open<'a> {
    Nothing,
    Style { tag: StartTag<'a> },
    Noscript { tag: StartTag<'a> },
    Cut(Cut),
}

/// An image that the page shows.
pub(super) struct ShownImage<'a> {
    pub(super) tag: StartTag<'a>,
    /// Where its tag ends in what is walked.
    pub(super) end: usize,
}

pub(super) struct Visitor<'s, 'a> {
    pub(super) sealer: &'s mut Sealer<'a>,
    /// The legible bytes that are walked.
    span: Span,
    pub(super) inside: Inside,
    open: Open<'a>,
    pub(super) in_body: bool,
    /// The last image that is at hand.
    pub(super) image: Option<ShownImage<'a>>,
}

impl<'s, 'a> Visitor<'s, 'a> {
    pub(super) fn new(sealer: &'s mut Sealer<'a>, span: Span, inside: Inside) -> Self {
        Self {
            sealer,
            span,
            inside,
            open: Open::Nothing,
            in_body: false,
            image: None,
        }
    }

    pub(super) fn visit(&mut self, token: &Token<'a>) {
        match &mut self.open {
            Open::Cut(cut) => {
                if let Some(end) = cut.visit(token) {
                    self.close(end, None);
                    // The end tag of an element around the cut one is still to be seen.
                    self.visit_outside(token, end);
                }
            }
            Open::Style { .. } | Open::Noscript { .. } => {
                let Some((span, is_own_end)) = self.ends_text(token) else {
                    return;
                };
                self.close(span.start, is_own_end.then_some(span));
                if !is_own_end {
                    self.visit(token);
                }
            }
            Open::Nothing => self.visit_outside(token, 0),
        }
    }

    /// Visits a token outside all that is read apart, if it begins at `from` or later.
    fn visit_outside(&mut self, token: &Token<'a>, from: usize) {
        match token {
            Token::Start(tag) if tag.span.start >= from => self.start(tag),
            Token::End { name, span } if span.start >= from && is_unwrapped(name) => {
                self.sealer.put(self.at(*span), "");
            }
            _ => {}
        }
    }

    /// Returns the span of a token that ends a text, and whether it is the end tag of the text's own element.
    fn ends_text(&self, token: &Token) -> Option<(Span, bool)> {
        let own = if matches!(self.open, Open::Style { .. }) {
            "style"
        } else {
            "noscript"
        };
        match token {
            Token::Start(tag) => Some((tag.span, false)),
            Token::End { name, span } => Some((*span, name == own)),
            Token::Doctype(_) | Token::Comment(_) => None,
        }
    }

    fn start(&mut self, tag: &StartTag<'a>) {
        let name = &*tag.name;
        self.in_body |= !OF_HEAD.contains(&name);
        let is_empty = tag.foreign && tag.self_closing;
        let moved = self.moved(tag);
        if self.sealer.frame(&moved) {
            return;
        }
        if let Some(image) = self.sealer.as_image(&moved) {
            self.sealer.attributes(&image);
            self.image = self.shown_image(&moved, tag.span.end);
            if let Some(content) = self.sealer.stand_in(&moved) {
                self.open = Open::Cut(content);
            }
            return;
        }
        match self.sealer.fate(&moved) {
            Some(Fate::Cut(_)) if is_empty => return self.sealer.put(moved.span, ""),
            Some(Fate::Cut(cut)) => {
                self.open = Open::Cut(cut);
                return;
            }
            Some(Fate::Unwrapped(link)) => return self.sealer.put(moved.span, &link),
            None => self.sealer.attributes(&moved),
        }
        match name {
            "body" if self.inside == Inside::Page => self.sealer.uses.begin_body(tag.span.end),
            "style" if !is_empty => self.open = Open::Style { tag: tag.clone() },
            "noscript" if !tag.foreign => self.open = Open::Noscript { tag: tag.clone() },
            "link" if self.inside == Inside::Page => {
                let places = self.sealer.sheets_in(moved.span);
                self.sealer.sheets.extend(places);
            }
            "img" => {
                let image = self.shown_image(&moved, tag.span.end);
                self.image = image.or(self.image.take());
            }
            _ => {}
        }
    }

    /// Returns the image of `tag`, whose places are those of the legible bytes, if it is at hand.
    fn shown_image(&self, tag: &StartTag<'a>, end: usize) -> Option<ShownImage<'a>> {
        let known = self
            .sealer
            .lookup
            .within(self.sealer.legible.source(tag.span));
        let is_here = |known: &Known<'_>| known.is_shown() && known.place.is_ok();
        known.iter().any(is_here).then(|| ShownImage {
            tag: tag.clone(),
            end,
        })
    }

    /// Ends what is open at `end`; of a text, `end_tag` is the end tag.
    fn close(&mut self, end: usize, end_tag: Option<Span>) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => {}
            Open::Style { tag } => self.style(
                &tag,
                Span {
                    start: tag.span.end,
                    end,
                },
            ),
            Open::Noscript { tag } => self.noscript(
                &tag,
                Span {
                    start: tag.span.end,
                    end,
                },
                end_tag,
            ),
            Open::Cut(cut) => {
                let link = self.sealer.link(&cut);
                let end = end + self.span.start;
                self.sealer.put(
                    Span {
                        start: cut.start,
                        end,
                    },
                    &link,
                );
            }
        }
    }

    pub(super) fn finish(mut self) {
        let end = self.span.end - self.span.start;
        self.close(end, None);
    }

    /// Returns `span` of the walked bytes as a span of the legible ones.
    pub(super) fn at(&self, span: Span) -> Span {
        span.moved(self.span.start)
    }

    /// Returns `tag` with places that count in the legible bytes.
    fn moved<'t>(&self, tag: &'t StartTag<'a>) -> Cow<'t, StartTag<'a>> {
        if self.span.start == 0 {
            return Cow::Borrowed(tag);
        }
        let mut tag = tag.clone();
        tag.span = self.at(tag.span);
        for attribute in &mut tag.attributes {
            attribute.name_span = self.at(attribute.name_span);
            attribute.value_span = attribute.value_span.map(|span| self.at(span));
        }
        Cow::Owned(tag)
    }
}
