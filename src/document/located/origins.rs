//! Where in the source does a part of a decoded text stand? Pure.

use crate::document::Span;

/// Where the characters of a text come from. Together they cover the source without a gap; one that took several bytes
/// (a character reference, an escape sequence) is never cut.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// In order. None at all: text and source are the same bytes.
    runs: Vec<Run>,
}

/// Pieces in a row, and where the first of them begins.
#[derive(Debug, Clone, Copy)]
struct Run {
    text: usize,
    source: usize,
    pieces: Pieces,
}

/// Pieces that are all of one length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pieces {
    /// How many bytes of the text each is.
    pub(super) text: usize,
    /// How many bytes of the source each comes from.
    pub(super) source: usize,
    /// How many there are.
    pub(super) count: usize,
}

impl Origins {
    /// Returns where in the source the characters of `span` stand.
    #[must_use]
    pub fn source(&self, span: Span) -> Span {
        if self.is_identity() {
            return span;
        }
        let start = self.piece_at(span.start).start;
        let end = if span.end > span.start {
            self.piece_at(span.end - 1).end
        } else {
            start
        };
        Span { start, end }
    }

    /// Returns whether text and source are the same bytes.
    pub(super) fn is_identity(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns where the piece stands that the byte `offset` of the text belongs to; beyond the text, its end.
    pub(super) fn piece_at(&self, offset: usize) -> Span {
        let after = self.runs.partition_point(|run| run.text <= offset);
        let Some(run) = after.checked_sub(1).and_then(|index| self.runs.get(index)) else {
            return Span::from(0..0);
        };
        let index = (offset - run.text) / run.pieces.text;
        if index >= run.pieces.count {
            return Span::from(run.source_end()..run.source_end());
        }
        let start = run.source + index * run.pieces.source;
        Span::from(start..start + run.pieces.source)
    }

    /// Adds the next pieces, which begin at `text` in the text.
    pub(super) fn push(&mut self, text: usize, pieces: Pieces) {
        if pieces.text == 0 || pieces.count == 0 {
            return;
        }
        let source = match self.runs.last_mut() {
            Some(last)
                if (last.pieces.text, last.pieces.source) == (pieces.text, pieces.source) =>
            {
                last.pieces.count += pieces.count;
                return;
            }
            Some(last) => last.source_end(),
            None => 0,
        };
        self.runs.push(Run {
            text,
            source,
            pieces,
        });
    }
}

impl Run {
    fn source_end(&self) -> usize {
        self.source + self.pieces.count * self.pieces.source
    }
}
