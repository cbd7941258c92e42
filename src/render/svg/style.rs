//! What must change in the stylesheet of an SVG? Only what leads out of it, where that can be told apart. Pure.

use encoding_rs::UTF_8;

use super::super::missing::NOTHING;
use super::super::splice::Edit;
use super::rules;
use crate::document::Span;
use crate::refs::css::{Context, CssMention, MentionKind, mentions};

/// A stylesheet as far as it is read.
#[derive(Debug)]
pub(super) struct Style {
    /// Where its content begins in the drawing.
    start: usize,
    text: String,
    /// Which spans of the text stand in the drawing as they are, and where they begin there.
    verbatim: Vec<(Span, usize)>,
}

impl Style {
    pub(super) fn at(start: usize) -> Self {
        Self {
            start,
            text: String::new(),
            verbatim: Vec::new(),
        }
    }

    /// Goes on with `text`, which stands at `place` of the drawing, if it stands there as it is.
    pub(super) fn push(&mut self, text: &str, place: Option<usize>) {
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        self.verbatim
            .extend(place.map(|place| (Span { start, end }, place)));
    }

    /// Returns the edits that close it; its content ends at `end`. Where an address is written with references, or is
    /// cut by a comment of the XML, all of it goes.
    pub(super) fn closed(&self, end: usize) -> Vec<Edit> {
        let edits: Option<Vec<Edit>> = mentions(self.text.as_bytes(), UTF_8, Context::Stylesheet)
            .iter()
            .filter(|mention| !rules::may_stay(mention))
            .map(|mention| self.without(mention))
            .collect();
        edits.unwrap_or_else(|| vec![Edit::new(self.start..end, "")])
    }

    fn without(&self, mention: &CssMention) -> Option<Edit> {
        let (span, put) = match mention.kind {
            MentionKind::Import => (mention.whole, ""),
            _ => (mention.span, NOTHING),
        };
        let after = self
            .verbatim
            .partition_point(|(piece, _)| piece.start <= span.start);
        let (piece, place) = self.verbatim.get(after.checked_sub(1)?)?;
        let start = place + span.start - piece.start;
        (span.end <= piece.end).then(|| Edit::new(start..start + span.length(), put))
    }
}
