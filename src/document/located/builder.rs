//! How is a text decoded without losing where it came from? Pure.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

use super::Located;
use super::origins::{Origins, Pieces};
use crate::document::Span;

/// A located text in the making.
#[derive(Default)]
pub(super) struct Builder {
    text: String,
    origins: Origins,
}

impl Builder {
    pub(super) fn finish<'a>(self) -> Located<'a> {
        Located {
            text: Cow::Owned(self.text),
            origins: self.origins,
        }
    }

    /// Adds `text`, which as a whole comes from the next `source_length` bytes.
    pub(super) fn piece(&mut self, text: &str, source_length: usize) {
        self.origins.push(
            self.text.len(),
            Pieces {
                text: text.len(),
                source: source_length,
                count: 1,
            },
        );
        self.text.push_str(text);
    }

    /// Adds `text`, each byte of which comes from one byte.
    pub(super) fn same(&mut self, text: &str) {
        self.origins.push(
            self.text.len(),
            Pieces {
                text: 1,
                source: 1,
                count: text.len(),
            },
        );
        self.text.push_str(text);
    }

    /// Adds a part of another text over the same source.
    pub(super) fn copy(&mut self, from: &Located<'_>, span: Span) {
        let text = &from.text[span.start..span.end];
        if from.origins.is_identity() {
            return self.same(text);
        }
        let mut done = 0;
        let mut source = from
            .origins
            .source(Span {
                start: span.start,
                end: span.start,
            })
            .start;
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            let origin = from.origins.source(Span {
                start: span.start + at,
                end: span.start + end,
            });
            // Two characters of one piece stay one piece: the source cannot tell them apart.
            if end < text.len()
                && from.origins.piece_at(span.start + end).start
                    == from.origins.piece_at(span.start + at).start
            {
                continue;
            }
            self.piece(&text[done..end], origin.end - source);
            (done, source) = (end, origin.end);
        }
    }

    pub(super) fn decode_utf8(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            self.same(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.piece("\u{FFFD}", chunk.invalid().len());
            }
        }
    }

    /// Decodes byte by byte: whatever comes out at a byte comes from the bytes since the last that gave something.
    pub(super) fn decode(&mut self, bytes: &[u8], encoding: &'static Encoding) {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut buffer = [0; 32];
        // The bytes before `done` have given their characters; those before `position` were read.
        let (mut done, mut position, mut after_flaw) = (0, 0, false);
        loop {
            let last = position == bytes.len();
            // After a flaw the decoder first gives what it held back, before it takes more.
            let step = usize::from(!last && !after_flaw);
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(
                &bytes[position..position + step],
                &mut buffer,
                last,
            );
            position += read;
            // The decoder writes UTF-8.
            let text = std::str::from_utf8(&buffer[..written]).unwrap_or_default();
            after_flaw = false;
            match result {
                DecoderResult::Malformed(length, after) => {
                    let flaw_end = position.saturating_sub(usize::from(after)).max(done);
                    let flaw_start = flaw_end.saturating_sub(usize::from(length)).max(done);
                    done = self.decoded(text, done, flaw_start, encoding.is_ascii_compatible());
                    self.piece("\u{FFFD}", flaw_end - done);
                    (done, after_flaw) = (flaw_end, true);
                }
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {
                    done = self.decoded(text, done, position, encoding.is_ascii_compatible());
                    if last && result == DecoderResult::InputEmpty {
                        return;
                    }
                }
            }
        }
    }

    /// Adds what the bytes from `done` to `end` gave, and returns up to where they have given it.
    fn decoded(&mut self, text: &str, done: usize, end: usize, ascii_compatible: bool) -> usize {
        let mut rest = text;
        let mut done = done;
        // After an error a decoder may give an ASCII character late, when it has read on: it came from one byte.
        while ascii_compatible && rest.as_bytes().first().is_some_and(u8::is_ascii) && done < end {
            self.same(&rest[..1]);
            (rest, done) = (&rest[1..], done + 1);
        }
        if rest.is_empty() {
            return done;
        }
        self.piece(rest, end - done);
        end
    }
}
