//! What becomes of the text of a `<style>` and of a `<noscript>`? Pure.

use encoding_rs::Encoding;

use super::super::relink::Known;
use super::elements::{Inside, Visitor};
use crate::document::Span;
use crate::document::markup::{StartTag, Token, walk};
use crate::refs::css::Context;

impl Visitor<'_, '_> {
    pub(super) fn style(&mut self, tag: &StartTag, content: Span) {
        let content = self.at(content);
        let text = content.slice(self.sealer.legible.bytes());
        if hides_the_page(tag) {
            return self.sealer.put(content, "");
        }
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
    pub(super) fn noscript(&mut self, tag: &StartTag, content: Span, end_tag: Option<Span>) {
        let span = self.at(content);
        if self.inside == Inside::Noscript {
            // Browsers do not agree on a noscript in a noscript: to some it is text to the end.
            return self.sealer.put(span, "");
        }
        let text = span.slice(self.sealer.legible.bytes());
        // Without its own tags, what it holds could swallow what follows.
        let is_whole = is_whole(text, self.sealer.legible.encoding());
        if is_whole && (self.in_body && self.is_only_place(tag, span) || self.is_only_look(span)) {
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

    /// Returns whether nothing but styles stands in `content`, and a stylesheet among them is shown nowhere else.
    fn is_only_look(&mut self, content: Span) -> bool {
        let places = self.sealer.sheets_in(content);
        let is_new = places
            .iter()
            .any(|place| !self.sealer.sheets.contains(place));
        let html = content.slice(self.sealer.legible.bytes());
        is_new && is_look(html, self.sealer.legible.encoding()) && {
            self.sealer.sheets.extend(places);
            true
        }
    }

    /// Returns whether `content` holds an image that the page shows nowhere else. Where one stands right before it, that is
    /// the same one, unless it is a mere preview: that goes then.
    fn is_only_place(&mut self, tag: &StartTag, content: Span) -> bool {
        let known = self
            .sealer
            .lookup
            .within(self.sealer.legible.source(content));
        let is_new = |known: &Known<'_>| !self.sealer.shown.contains(known.image());
        // What is missing is drawn; where something is at hand, it does not count.
        let has_any = known.iter().any(|known| known.place.is_ok());
        let counts = |known: &&Known<'_>| known.place.is_ok() || !has_any;
        if !known.iter().filter(counts).any(is_new) || known.iter().all(|known| known.is_dot) {
            return false;
        }
        let Some(image) = &self.image else {
            return true;
        };
        let between = Span {
            start: image.end,
            end: tag.span.start,
        };
        let between = self.at(between).slice(self.sealer.legible.bytes());
        let preview = self.sealer.legible.source(image.tag.span);
        let takes_its_place = |known: &Known<'_>| {
            let promotion = known.promotion.filter(|_| known.place.is_ok());
            promotion.is_some_and(|promotion| promotion.instead_of == Some(preview))
        };
        let is_preview = known.iter().any(takes_its_place);
        if is_preview {
            let preview = image.tag.clone();
            self.sealer.hide(&preview);
        }
        is_preview || !between.trim_ascii().is_empty()
    }
}

/// Returns whether no tag or comment begins in a piece of HTML that does not end in it.
fn is_whole(html: &[u8], encoding: &'static Encoding) -> bool {
    let mut last = Span { start: 0, end: 0 };
    walk(html, encoding, &mut |token| {
        last = match token {
            Token::Start(tag) => tag.span,
            Token::Doctype(span) | Token::Comment(span) | Token::End { span, .. } => span,
        };
    });
    // A comment ends with the text at the latest.
    if last.end > 0 && !last.slice(html).ends_with(b">") {
        return false;
    }
    // Of end tags, not all are told.
    let rest = html.get(last.end..).unwrap_or_default();
    memchr::memchr_iter(b'<', rest).all(|at| match rest.get(at + 1) {
        Some(b'/') => memchr::memchr(b'>', &rest[at..]).is_some(),
        Some(next) => !next.is_ascii_alphabetic() && !matches!(next, b'!' | b'?'),
        None => false,
    })
}

/// Returns whether HTML holds links and styles alone, which change nothing in a head but the look.
fn is_look(html: &[u8], encoding: &'static Encoding) -> bool {
    let mut is_look = true;
    walk(html, encoding, &mut |token| {
        is_look &= match token {
            Token::Start(tag) => matches!(&*tag.name, "link" | "style"),
            Token::End { .. } | Token::Comment(_) => true,
            Token::Doctype(_) => false,
        }
    });
    is_look
}

/// Returns whether a style hides the page until the script of AMP shows it, for eight seconds or for ever.
fn hides_the_page(style: &StartTag) -> bool {
    let mut attributes = style.attributes.iter();
    attributes.any(|attribute| {
        attribute.name.starts_with("amp") && attribute.name.ends_with("-boilerplate")
    })
}
