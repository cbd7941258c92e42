//! Which addresses in this CSS may stay, and what stands instead of the others? Pure.

use super::super::inline::TOO_LARGE;
use super::super::missing::{NOTHING, Size, struck_out};
use super::super::relink::Known;
use super::Sealer;
use super::addresses::absolute;
use super::attributes::NOT_RECORDED;
use crate::document::Span;
use crate::refs::css::{Context, CssMention, MentionKind, Purpose, mentions, purpose_of};

impl Sealer<'_> {
    /// Closes the CSS in `span` of the legible bytes: what browsers refuse from disk is put into the page, what is not at
    /// hand is drawn as missing where it would be seen, imports are cut.
    pub(super) fn style(&mut self, span: Span, context: Context) {
        let css = span.slice(self.legible.bytes());
        self.close(mentions(css, self.legible.encoding(), context), span);
    }

    /// Closes an attribute of SVG that is a property of CSS: `name`, whose value stands at `span`.
    pub(super) fn presentation(&mut self, name: &str, span: Span) {
        let css = span.slice(self.legible.bytes());
        let mut found = mentions(css, self.legible.encoding(), Context::Attribute);
        let purpose = match purpose_of(name) {
            // No such attribute shows a picture.
            Purpose::Picture | Purpose::Character => Purpose::Other,
            purpose => purpose,
        };
        for mention in &mut found {
            mention.purpose = purpose;
        }
        self.close(found, span);
    }

    fn close(&mut self, found: Vec<CssMention>, span: Span) {
        for mention in found {
            let place = mention.span.moved(span.start);
            if let Some(put) = self.instead(&mention, place) {
                self.put(place, &put);
            } else if !self.may_stay(&mention, span.start) {
                self.put(mention.whole.moved(span.start), "");
            }
        }
    }

    /// Returns whether every address in the CSS of `span` may stay as it is.
    pub(super) fn is_closed_style(&self, span: Span, context: Context) -> bool {
        let css = span.slice(self.legible.bytes());
        mentions(css, self.legible.encoding(), context)
            .iter()
            .all(|mention| self.may_stay(mention, span.start))
    }

    fn may_stay(&self, mention: &CssMention, offset: usize) -> bool {
        let is_known = self
            .known_in_style(mention, mention.span.moved(offset))
            .is_some_and(|known| known.place.is_ok());
        is_known
            || mention.kind == MentionKind::Head
            || (mention.kind != MentionKind::Import && is_inside(&mention.text))
    }

    fn known_in_style(&self, mention: &CssMention, place: Span) -> Option<&Known<'_>> {
        let place = self.legible.source(place);
        self.lookup.find(place, mention.text.trim(), self.page)
    }

    /// Returns the address that stands instead of what `mention` says at `place`; `None` where it stays or is led to the
    /// archive, and for what goes as a whole.
    fn instead(&self, mention: &CssMention, place: Span) -> Option<String> {
        if matches!(mention.kind, MentionKind::Head | MentionKind::Import) {
            return None;
        }
        let known = self.known_in_style(mention, place);
        match known.map(|known| (known, &known.place)) {
            Some((known, Ok(_))) if mention.purpose.is_refused_from_disk() => {
                let resource = known.resource?;
                let data = self.inliner.data_url(resource, known.target);
                Some(
                    data.unwrap_or_else(|| {
                        self.missing(mention.purpose, TOO_LARGE, known.address())
                    }),
                )
            }
            Some((_, Ok(_))) => None,
            Some((known, Err(_))) if known.is_dot => Some(NOTHING.to_owned()),
            Some((known, Err(reason))) => {
                Some(self.missing(mention.purpose, reason, known.address()))
            }
            None if is_inside(&mention.text) => None,
            None => {
                let text = mention.text.trim();
                let address = absolute(text, self.page);
                let address = address.as_ref().map_or(text, |address| address.as_str());
                Some(self.missing(mention.purpose, NOT_RECORDED, address))
            }
        }
    }

    /// Returns what stands in the place of what is missing, where it would be seen. What it would have been part of keeps
    /// its size.
    fn missing(&self, purpose: Purpose, reason: &str, address: &str) -> String {
        match purpose {
            Purpose::Picture => self.drawn_in(Size::Box, reason, address),
            Purpose::Character => struck_out(Size::Letter),
            // An empty mask would hide the box and all that is in it.
            Purpose::Mask | Purpose::Variable => struck_out(Size::Box),
            Purpose::Shape | Purpose::Part | Purpose::Cursor | Purpose::Other => NOTHING.to_owned(),
        }
    }
}

/// Returns whether an address in CSS names a part of the page itself, or bytes that stand there.
pub(super) fn is_inside(address: &str) -> bool {
    let address = address.trim();
    address.is_empty()
        || address.starts_with('#')
        || address
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}
