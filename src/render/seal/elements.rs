//! Which elements act by being there, and what stands instead of them? Pure.

use std::collections::HashSet;

use super::super::missing::{drawing, escaped};
use super::Sealer;
use super::addresses::absolute;
use super::policy::Place;
use crate::document::Span;
use crate::document::markup::{ENDED, StartTag, Token, walk};
use crate::refs::css::Context;

/// The elements whose content goes with them, and what they are called where a link stands instead.
const CUT: &[(&str, &str)] = &[
    ("audio", "audio"),
    ("controlledframe", "frame"),
    ("fencedframe", "frame"),
    ("iframe", "frame"),
    ("portal", "frame"),
    ("script", ""),
    ("video", "video"),
    ("webview", "frame"),
];

/// The elements whose tags go: what stands between them stays.
const UNWRAPPED: &[(&str, &str)] = &[
    ("applet", "applet"),
    ("base", ""),
    ("bgsound", "sound"),
    ("embed", "embedded object"),
    ("frame", "frame"),
    ("frameset", ""),
    ("object", "embedded object"),
];

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
enum Inside {
    Page,
    /// In the content of a `<noscript>`, which is text to a browser that runs scripts.
    Noscript,
}

/// What is being read: the element that the tokens stand in.
#[derive(Debug)]
enum Open {
    Nothing,
    Style { tag: StartTag },
    Noscript { tag: StartTag },
    Cut(Cut),
}

/// An element that is being cut.
#[derive(Debug)]
struct Cut {
    start: usize,
    /// It, and the elements open in it whose end is told.
    names: Vec<String>,
    label: &'static str,
    /// The address it names.
    written: Option<String>,
    /// What stands before the link.
    poster: String,
}

struct Visitor<'s, 'a> {
    sealer: &'s mut Sealer<'a>,
    /// The legible bytes that are walked.
    span: Span,
    inside: Inside,
    open: Open,
    in_body: bool,
    /// Where the last tag of an image that is at hand ends.
    image_end: Option<usize>,
}

impl<'s, 'a> Visitor<'s, 'a> {
    fn new(sealer: &'s mut Sealer<'a>, span: Span, inside: Inside) -> Self {
        Self {
            sealer,
            span,
            inside,
            open: Open::Nothing,
            in_body: false,
            image_end: None,
        }
    }

    fn visit(&mut self, token: &Token) {
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
    fn visit_outside(&mut self, token: &Token, from: usize) {
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

    fn start(&mut self, tag: &StartTag) {
        let name = tag.name.as_str();
        self.in_body |= !OF_HEAD.contains(&name);
        let is_empty = tag.foreign && tag.self_closing;
        if let Some(&(_, label)) = CUT.iter().find(|(cut, _)| *cut == name) {
            let cut = self.cut(tag, label);
            if is_empty {
                self.sealer.put(self.at(tag.span), "");
            } else {
                self.open = Open::Cut(cut);
            }
            return;
        }
        if let Some(&(_, label)) = UNWRAPPED.iter().find(|(unwrapped, _)| *unwrapped == name) {
            let link = self.link(&self.cut(tag, label));
            self.sealer.put(self.at(tag.span), &link);
            return;
        }
        self.sealer.attributes(&self.moved(tag));
        match name {
            "style" if !is_empty => self.open = Open::Style { tag: tag.clone() },
            "noscript" if !tag.foreign => self.open = Open::Noscript { tag: tag.clone() },
            "img" if self.shows_known(tag) => self.image_end = Some(tag.span.end),
            _ => {}
        }
    }

    fn cut(&self, tag: &StartTag, label: &'static str) -> Cut {
        Cut {
            start: tag.span.start,
            names: vec![tag.name.clone()],
            label,
            written: source(tag),
            poster: if tag.name == "video" {
                self.poster(tag)
            } else {
                String::new()
            },
        }
    }

    /// Returns what stands in the place of an element: a link to what it names, for the reader to follow.
    fn link(&self, cut: &Cut) -> String {
        let address = cut
            .written
            .as_ref()
            .and_then(|written| absolute(written, self.sealer.page));
        match address {
            Some(address) if !cut.label.is_empty() => {
                let address = escaped(address.as_str());
                format!(
                    "{}<a class=\"offprint-instead\" href=\"{address}\">[{}] {address}</a>",
                    cut.poster, cut.label
                )
            }
            _ => cut.poster.clone(),
        }
    }

    /// Returns the picture that a video shows before it is played.
    fn poster(&self, tag: &StartTag) -> String {
        let tag = self.moved(tag);
        let Some(value) = tag
            .attribute("poster")
            .and_then(|attribute| self.sealer.value(attribute))
        else {
            return String::new();
        };
        let Some(known) = self.sealer.known_of(&value) else {
            return String::new();
        };
        let source = match &known.place {
            Ok(place) => place.clone(),
            Err(reason) => drawing(reason, known.address()),
        };
        format!("<img src=\"{source}\" alt=\"\">")
    }

    fn shows_known(&self, tag: &StartTag) -> bool {
        let span = self.sealer.legible.source(self.at(tag.span));
        self.sealer
            .lookup
            .within(span)
            .iter()
            .any(|known| known.is_shown() && known.place.is_ok())
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
                let link = self.link(&cut);
                self.sealer.put(
                    self.at(Span {
                        start: cut.start,
                        end,
                    }),
                    &link,
                );
            }
        }
    }

    fn style(&mut self, tag: &StartTag, content: Span) {
        let content = self.at(content);
        let text = content.slice(self.sealer.legible.bytes());
        // In SVG, the content is markup: character references count, and a CDATA section is read.
        let is_plain = !tag.foreign || !text.iter().any(|byte| matches!(byte, b'&' | b'<'));
        if is_plain {
            self.sealer.style(content, Context::Stylesheet);
        } else if !self.sealer.is_closed_style(content, Context::Attribute) {
            self.sealer.put(content, "");
        }
    }

    /// Closes what a browser that runs no scripts sees. Where it holds an image that the page shows nowhere else, its
    /// tags go, so that every browser sees it.
    fn noscript(&mut self, tag: &StartTag, content: Span, end_tag: Option<Span>) {
        let span = self.at(content);
        if self.inside == Inside::Noscript {
            // Browsers do not agree on a noscript in a noscript: to some it is text to the end.
            return self.sealer.put(span, "");
        }
        if self.in_body && self.is_only_place(tag, span) {
            self.sealer.put(self.at(tag.span), "");
            if let Some(end_tag) = end_tag {
                self.sealer.put(self.at(end_tag), "");
            }
        }
        let html = span.slice(self.sealer.legible.bytes());
        let encoding = self.sealer.legible.encoding();
        let mut visitor = Visitor::new(self.sealer, span, Inside::Noscript);
        walk(html, encoding, &mut |token| visitor.visit(&token));
        visitor.finish();
    }

    fn is_only_place(&self, tag: &StartTag, content: Span) -> bool {
        let between = self.image_end.map(|end| Span {
            start: end,
            end: tag.span.start,
        });
        let follows_image = between.is_some_and(|between| {
            self.at(between)
                .slice(self.sealer.legible.bytes())
                .trim_ascii()
                .is_empty()
        });
        let known = self
            .sealer
            .lookup
            .within(self.sealer.legible.source(content));
        let places: HashSet<&str> = known
            .iter()
            .filter_map(|known| known.place.as_deref().ok())
            .collect();
        !follows_image
            && places
                .iter()
                .any(|place| !self.sealer.shown.contains(place))
            && !known.iter().all(|known| known.is_dot)
    }

    fn finish(mut self) {
        let end = self.span.end - self.span.start;
        self.close(end, None);
    }

    /// Returns `span` of the walked bytes as a span of the legible ones.
    fn at(&self, span: Span) -> Span {
        span.moved(self.span.start)
    }

    fn moved(&self, tag: &StartTag) -> StartTag {
        let mut tag = tag.clone();
        tag.span = self.at(tag.span);
        for attribute in &mut tag.attributes {
            attribute.name_span = self.at(attribute.name_span);
            attribute.value_span = attribute.value_span.map(|span| self.at(span));
        }
        tag
    }
}

fn is_unwrapped(name: &str) -> bool {
    UNWRAPPED.iter().any(|(unwrapped, _)| *unwrapped == name)
}

impl Cut {
    /// Takes in a token of the content, and returns where the element ends if it ends here.
    fn visit(&mut self, token: &Token) -> Option<usize> {
        match token {
            Token::Start(tag) => {
                if tag.name == "source" && self.written.is_none() {
                    self.written = source(tag);
                }
                if ENDED.contains(&tag.name.as_str()) && !tag.self_closing {
                    self.names.push(tag.name.clone());
                }
                None
            }
            Token::End { name, span } => match self.names.iter().rposition(|open| open == name) {
                Some(0) => Some(span.end),
                Some(open) => {
                    self.names.truncate(open);
                    None
                }
                None => Some(span.start),
            },
            Token::Doctype(_) | Token::Comment(_) => None,
        }
    }
}

/// Returns the address that an element with content of its own names.
fn source(tag: &StartTag) -> Option<String> {
    let named = tag.attribute("src").or_else(|| tag.attribute("data"))?;
    Some(named.value.trim_ascii().to_owned()).filter(|written| !written.is_empty())
}
