//! How is a page shown that stands in the tag of a frame, its `srcdoc`? Closed like the page around it. Pure.
//!
//! Each edit of the inner page is an edit of the attribute's value, so that undoing them gives the original. The frame may
//! show what lies beside the page, which it needs the page's origin for, and it may run nothing.

use encoding_rs::UTF_8;

use super::super::missing::escaped;
use super::super::relink::{self, Known};
use super::super::{closed, splice};
use super::{Inner, Lookup, Sealer, Value, edits_within};
use crate::document::base;
use crate::document::legible::Legible;
use crate::document::located::Located;
use crate::document::markup::StartTag;
use crate::document::{Document, Kind, Span, Syntax};
use crate::refs::Promotion;

/// How deep frames in frames are shown: as deep as references are found in them.
pub(crate) const FRAMES_MAX: usize = 3;

/// What the page in a frame may do: show what its own origin may, and open what a reader follows. No script, no form.
pub(crate) const SANDBOX: &str = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

impl Sealer<'_> {
    /// Closes the page in the tag of a frame, and returns whether there is one: it stays then.
    pub(super) fn frame(&mut self, tag: &StartTag) -> bool {
        let attribute = tag.attribute("srcdoc");
        let Some((attribute, span)) =
            attribute.and_then(|attribute| Some((attribute, attribute.value_span?)))
        else {
            return false;
        };
        if tag.name != "iframe" || tag.foreign || self.frames == FRAMES_MAX {
            return false;
        }
        let Some(value) = self.value(attribute) else {
            return false;
        };
        let page = self.inner_page(value.text());
        let Some(edits) = self.inner_edits(&page, &value, span) else {
            return false;
        };
        let before = span.start.checked_sub(1);
        let before = before.and_then(|at| self.legible.bytes().get(at));
        let is_quoted = matches!(before, Some(b'"' | b'\''));
        for edit in edits {
            let put = escaped(&String::from_utf8_lossy(&edit.put));
            let put = if is_quoted {
                put
            } else {
                put.replace(' ', "&#32;")
            };
            self.put_at_source(value.source(self.legible, edit.span), &put);
        }
        let mut frame = tag.clone();
        frame
            .attributes
            .retain(|kept| kept.name_span != attribute.name_span);
        self.close_attributes(&frame);
        self.add(tag, &format!(" sandbox=\"{SANDBOX}\""));
        true
    }

    /// It is read as UTF-8, relative to this page (WHATWG HTML §7.4.3.1, §2.4.1).
    fn inner_page(&self, text: &str) -> Document {
        let mut page = Document {
            bytes: text.as_bytes().to_vec(),
            kind: Kind::Page,
            syntax: Syntax::Html,
            charset: UTF_8,
            address: self.page.base.clone(),
            base: None,
        };
        page.base = base::of(&page);
        page
    }

    /// Returns the edits that close `page`, the value of an attribute; `None` where it can't be proven closed.
    fn inner_edits(
        &mut self,
        page: &Document,
        value: &Value<'_>,
        span: Span,
    ) -> Option<Vec<splice::Edit>> {
        let outer = self.lookup.within(self.legible.source(span));
        let places: Vec<_> = outer
            .iter()
            .map(|known| Places::of(known, |span| value.place(self.legible, span)))
            .collect();
        let known: Vec<Known<'_>> = outer
            .iter()
            .zip(&places)
            .map(|(known, places)| known.moved(places.span, places.promotion.as_ref()))
            .collect();
        let inner = Inner {
            frames: self.frames + 1,
            told: self.told.get(),
        };
        let spans = Lookup::Spans(&known);
        let lookup = match self.lookup {
            Lookup::Spans(_) => &spans,
            Lookup::Addresses(_) => self.lookup,
        };
        let (mut edits, told) = edits_within(page, lookup, self.inliner, inner);
        edits.extend(relink::edits(&known, &Legible::of(page)));
        let edits = splice::settle(edits, page.bytes.len());
        let is_closed = closed::leaks(&splice::splice(&page.bytes, &edits)).is_empty();
        self.told.set(told);
        is_closed.then_some(edits)
    }
}

/// Where what is recorded of the page stands in the page of a frame.
struct Places {
    span: Span,
    promotion: Option<Promotion>,
}

impl Places {
    fn of(known: &Known<'_>, place: impl Fn(Span) -> Span) -> Self {
        let mut promotion = known.promotion.cloned();
        if let Some(promotion) = &mut promotion {
            promotion.move_to(&place);
        }
        Self {
            span: place(known.span),
            promotion,
        }
    }
}

impl Value<'_> {
    /// Returns where in the text what stands at `span` of the page's own bytes is: the way that [`Value::source`] goes back.
    fn place(&self, legible: &Legible<'_>, span: Span) -> Span {
        Span {
            start: self.position(legible, span.start),
            end: self.position(legible, span.end),
        }
    }

    fn position(&self, legible: &Legible<'_>, source: usize) -> usize {
        let Located { text, .. } = &self.located;
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let at = Span {
                start: middle,
                end: middle,
            };
            if self.source(legible, at).start < source {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
