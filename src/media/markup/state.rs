//! What do the bytes of markup read last stand in? Pure.

use super::tag::Tag;

#[derive(Debug, Default, Clone, Copy)]
pub(super) enum State {
    /// Between tags.
    #[default]
    Text,
    /// After `<`.
    Open,
    /// After `<!`.
    Bang,
    /// In a comment, a CDATA section or a processing instruction.
    Until(Ending),
    /// In `<!DOCTYPE`.
    Doctype,
    /// In the document element's name.
    RootName,
    /// In the name of another element.
    Name,
    /// In a start tag.
    Tag(Tag),
    /// In a reference to a character or an entity, in text or in a value of this quote.
    Reference(Option<u8>),
    /// In an end tag.
    EndTag,
    /// In an end tag, after its name.
    EndTagEnd,
    /// Nothing more is asked.
    Done,
}

/// What ends with so many of this byte and a `>`; so many were just seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    mark: u8,
    needed: u8,
    seen: u8,
}

pub(super) const COMMENT: State = State::Until(Ending::of(2, b'-'));
pub(super) const CDATA: State = State::Until(Ending::of(2, b']'));
pub(super) const INSTRUCTION: State = State::Until(Ending::of(1, b'?'));

impl Ending {
    const fn of(needed: u8, mark: u8) -> Self {
        Self {
            mark,
            needed,
            seen: 0,
        }
    }

    /// Takes in the next byte; returns nothing if that was the last.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        if byte == b'>' && self.seen == self.needed {
            return None;
        }
        let seen = if byte == self.mark {
            self.needed.min(self.seen + 1)
        } else {
            0
        };
        Some(Self { seen, ..self })
    }
}
