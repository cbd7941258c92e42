//! How is an image seen that a script would have shown, and how one of which nothing is there? Pure.

use super::super::relink::Known;
use super::Sealer;
use super::attributes::is_picture;
use crate::document::Span;
use crate::document::markup::StartTag;

/// The attribute of an image that a script would have shown.
const MARK: &str = " data-offprint-lazy";

/// How many edits of one tag come between two additions to it at most: those of its name and of what the first one needs.
const EDITS_OF_A_TAG: usize = 4;

/// Pages hide such images, or blur what stands for them, until their script has loaded them.
pub(crate) const STYLE: &str = "<style>[data-offprint-lazy]{opacity:1!important;visibility:visible!important;\
     filter:none!important}[data-offprint-preview]{display:none!important}</style>";

/// The attribute of an image that another one stands for.
const PREVIEW: &str = " data-offprint-preview";

impl Sealer<'_> {
    /// Lets be seen what a script would have shown in `tag`, and what a list of missing images would have shown.
    pub(super) fn lazy(&mut self, tag: &StartTag) {
        let known = self.lookup.within(self.legible.source(tag.span));
        if known.is_empty() {
            return;
        }
        let is_any_here = known.iter().any(|known| known.place.is_ok());
        let held_back = known
            .iter()
            .filter(|known| known.place.is_err())
            .find(|lazy| {
                if is_any_here {
                    self.lists_one_here(tag, lazy)
                } else {
                    lazy.is_promoted_to("src")
                }
            });
        if let Some(lazy) = held_back {
            self.promote(lazy);
            for rename in lazy
                .promotion
                .iter()
                .flat_map(|promotion| &promotion.renames)
            {
                self.put_at_source((rename.start..rename.end).into(), &rename.to);
            }
        }
        if tag.name != "img" {
            return;
        }
        let mut added = String::new();
        if !is_any_here && let Some(missing) = known.iter().find(|known| known.is_shown()) {
            added = self.drawn(tag, missing);
        }
        let is_late = |known: &Known<'_>| {
            known
                .promotion
                .is_some_and(|promotion| !promotion.renames.is_empty())
        };
        if known.iter().any(is_late) {
            self.has_lazy = true;
            added.push_str(MARK);
        }
        if !added.is_empty() {
            self.add(tag, &added);
        }
    }

    /// Hides an image that is a mere preview of another one.
    pub(super) fn hide(&mut self, preview: &StartTag) {
        self.has_lazy = true;
        self.add(preview, PREVIEW);
    }

    /// Shows behind the content of `tag` what a script would have put there.
    pub(super) fn behind(&mut self, tag: &StartTag) {
        let known = self.lookup.within(self.legible.source(tag.span));
        let behind = known
            .iter()
            .filter(|known| {
                known
                    .promotion
                    .is_some_and(|promotion| promotion.background)
            })
            .find_map(|known| known.place.as_ref().ok());
        let Some(place) = behind else {
            return;
        };
        self.has_lazy = true;
        let css = format!("background-image:url({place})!important");
        let style = tag.attribute("style");
        let end = style
            .and_then(|style| style.value_span)
            .filter(|value| value.length() > 0)
            .map(|value| Span::from(value.end..value.end));
        if let Some(end) = end {
            self.add(tag, MARK);
            return self.put(end, &format!(";{css}"));
        }
        if let Some(style) = style {
            self.set_aside(style);
        }
        self.add(tag, &format!("{MARK} style=\"{css}\""));
    }

    /// Adds attributes to `tag`, after those that were added before.
    pub(super) fn add(&mut self, tag: &StartTag, attributes: &str) {
        let end = self.name_end(tag);
        let place = self.legible.source(Span { start: end, end });
        let more = self.legible.ascii(attributes);
        let mut near = self.edits.iter_mut().rev().take(EDITS_OF_A_TAG);
        match near.find(|edit| edit.span == place) {
            Some(before) => before.put.extend(more),
            None => self.put_at_source(place, attributes),
        }
    }

    /// Returns whether `lazy` stands first in a list of images, of which another one is at hand.
    fn lists_one_here(&self, tag: &StartTag, lazy: &Known<'_>) -> bool {
        let renames = lazy
            .promotion
            .iter()
            .flat_map(|promotion| &promotion.renames);
        let mut lists = renames.filter(|rename| rename.to == "srcset");
        lists.any(|list| {
            let attribute = tag.attributes.iter().find(|attribute| {
                self.legible.source(attribute.name_span) == Span::from(list.start..list.end)
            });
            let span = attribute.and_then(|attribute| attribute.value_span);
            span.is_some_and(|span| {
                let listed = self.lookup.within(self.legible.source(span));
                listed.iter().any(|known| known.place.is_ok())
            })
        })
    }

    /// Draws `missing` as the source of an image that has none, or a mere placeholder; returns what the tag lacks for it.
    fn drawn(&mut self, tag: &StartTag, missing: &Known<'_>) -> String {
        let Err(reason) = &missing.place else {
            return String::new();
        };
        let source = tag
            .attributes
            .iter()
            .find(|attribute| self.name_of(attribute) == "src");
        let Some(source) = source else {
            return format!(" src=\"{}\"", self.drawing(reason, missing.address()));
        };
        // What else stands there is drawn where it stands.
        if let Some(span) = source.value_span
            && (source.value().trim_ascii().is_empty() || is_picture(source.value().trim_ascii()))
        {
            let drawing = self.drawing(reason, missing.address());
            self.put(span, &drawing);
        }
        String::new()
    }
}
