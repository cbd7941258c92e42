//! Which addresses in this CSS may stay, and what stands instead of the others? Pure.

use super::super::missing::NOTHING;
use super::Sealer;
use crate::document::Span;
use crate::refs::css::{Context, CssMention, MentionKind, mentions};

impl Sealer<'_> {
    /// Closes the CSS in `span` of the legible bytes: addresses that are not at hand lead to nothing, imports are cut.
    pub(super) fn style(&mut self, span: Span, context: Context) {
        let css = span.slice(self.legible.bytes());
        for mention in mentions(css, self.legible.encoding(), context) {
            if self.may_stay(&mention, span.start) {
                continue;
            }
            match mention.kind {
                MentionKind::Import => self.put(mention.whole.moved(span.start), ""),
                _ => self.put(mention.span.moved(span.start), NOTHING),
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
        let span = self.legible.source(mention.span.moved(offset));
        let is_known = self
            .lookup
            .find(span, mention.text.trim(), self.page)
            .is_some_and(|known| known.place.is_ok());
        is_known
            || mention.kind == MentionKind::Head
            || (mention.kind != MentionKind::Import && is_inside(&mention.text))
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
