//! Which links to stylesheets wait for a script that switches them on? They are switched on. Pure.
//!
//! Pages load their look without holding up the text: `<link rel=preload as=style onload="this.rel='stylesheet'">` and
//! `<link rel=stylesheet media=print onload="this.media='all'">`.

use super::Sealer;
use crate::document::Span;
use crate::document::markup::StartTag;

impl<'a> Sealer<'a> {
    /// Makes a stylesheet of a link that a script would have made one.
    pub(super) fn switch_on(&mut self, tag: &StartTag) {
        let rel = tag.attribute("rel").filter(|_| is_sheet_in_waiting(tag));
        let span = rel.and_then(|rel| rel.value_span);
        if let Some(span) = span.filter(|_| !self.sheets_in(tag.span).is_empty()) {
            self.put(span, "stylesheet");
        }
    }

    /// Returns the places of the stylesheets at hand that are linked in `span` of the legible bytes.
    pub(super) fn sheets_in(&self, span: Span) -> Vec<&'a str> {
        let known = self.lookup.within(self.legible.source(span)).iter();
        known
            .filter(|known| known.is_linked_sheet())
            .filter_map(|known| known.place.as_deref().ok())
            .collect()
    }
}

/// Returns whether a link is a preload that becomes a stylesheet when it is there.
pub(super) fn is_sheet_in_waiting(link: &StartTag) -> bool {
    let has = |name: &str, value: &str| {
        let attribute = link.attribute(name);
        attribute.is_some_and(|attribute| attribute.value().trim().eq_ignore_ascii_case(value))
    };
    link.name == "link" && has("rel", "preload") && has("as", "style") && acts_on(link, "rel")
}

/// Returns whether a link to a stylesheet is for another medium only until it is there.
pub(super) fn loads_by_script(link: &StartTag) -> bool {
    acts_on(link, "media") || is_sheet_in_waiting(link)
}

/// Returns whether a link changes its own attribute `name` when it is loaded.
fn acts_on(link: &StartTag, name: &str) -> bool {
    let load = link.attribute("onload");
    load.is_some_and(|load| load.value().to_ascii_lowercase().contains(name))
}
