//! What does this text say once it is decoded, and where did each character of it stand? Pure.
//!
//! Browsers split and trim texts after decoding bytes and character references, but an edit needs the bytes as they are
//! written. Decoding here keeps the way back.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, UTF_8};

use super::Span;

/// A text, and where each of its characters stands in the bytes it was decoded from.
#[derive(Debug, Clone)]
pub struct Located<'a> {
    /// The decoded text.
    pub text: Cow<'a, str>,
    /// The way back to the bytes.
    pub origins: Origins,
}

/// Where the characters of a text come from. Together they cover the source without a gap; one that took several bytes
/// (a character reference, an escape sequence) is never cut.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// In order. None at all: text and source are the same bytes.
    runs: Vec<Run>,
}

/// Pieces in a row that are all of one length, in the text and in the source.
#[derive(Debug, Clone, Copy)]
struct Run {
    text: usize,
    source: usize,
    text_piece: usize,
    source_piece: usize,
    pieces: usize,
}

/// The longest name of a character reference in HTML, `CounterClockwiseContourIntegral;`, has 32 characters.
const REFERENCE_NAME_MAX: usize = 32;

impl<'a> Located<'a> {
    /// Decodes `bytes`, errors becoming U+FFFD as the Encoding Standard says. A byte order mark stays a character.
    #[must_use]
    pub fn decode(bytes: &'a [u8], encoding: &'static Encoding) -> Self {
        if (encoding == UTF_8 || (encoding.is_ascii_compatible() && bytes.is_ascii()))
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Self {
                text: Cow::Borrowed(text),
                origins: Origins::default(),
            };
        }
        let mut builder = Builder::default();
        if encoding == UTF_8 {
            builder.decode_utf8(bytes)
        } else {
            builder.decode(bytes, encoding)
        }
        builder.finish()
    }

    /// Resolves the character references of an attribute value (WHATWG HTML §13.2.5.72 to .84).
    #[must_use]
    pub fn unescape(self) -> Self {
        let Some(first) = self.text.find('&') else {
            return self;
        };
        let mut builder = Builder::default();
        builder.copy(
            &self,
            Span {
                start: 0,
                end: first,
            },
        );
        let mut rest = first;
        while let Some(found) = memchr::memchr(b'&', &self.text.as_bytes()[rest..]) {
            let start = rest + found;
            builder.copy(
                &self,
                Span {
                    start: rest,
                    end: start,
                },
            );
            let end = start + reference_length(&self.text[start..]);
            let written = Span { start, end };
            match htmlize::unescape_attribute(&self.text[start..end]) {
                Cow::Owned(character) => {
                    builder.piece(&character, self.origins.source(written).length())
                }
                Cow::Borrowed(_) => builder.copy(&self, written),
            }
            rest = end;
        }
        builder.copy(
            &self,
            Span {
                start: rest,
                end: self.text.len(),
            },
        );
        builder.finish()
    }
}

/// Returns how many bytes the character reference at the start of `text` (an `&`) takes; 1 where it is none.
fn reference_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let count = |from: usize, is_part: fn(&u8) -> bool| {
        bytes[from..]
            .iter()
            .take_while(|byte| is_part(byte))
            .count()
    };
    let digits_end = match bytes {
        [_, b'#', b'x' | b'X', ..] => 3 + count(3, u8::is_ascii_hexdigit),
        [_, b'#', ..] => 2 + count(2, u8::is_ascii_digit),
        _ => {
            let name = bytes[1..]
                .iter()
                .take(REFERENCE_NAME_MAX)
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count();
            // For old texts such as `?a=1&copy=2`, a name before `=` is none (WHATWG HTML §13.2.5.73).
            if bytes.get(1 + name) == Some(&b'=') {
                1
            } else {
                1 + name
            }
        }
    };
    digits_end + usize::from(bytes.get(digits_end) == Some(&b';'))
}

impl Origins {
    /// Returns where in the source the characters of `span` stand.
    #[must_use]
    pub fn source(&self, span: Span) -> Span {
        if self.runs.is_empty() {
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

    /// Returns where the piece stands that the byte `offset` of the text belongs to; beyond the text, its end.
    fn piece_at(&self, offset: usize) -> Span {
        let after = self.runs.partition_point(|run| run.text <= offset);
        let Some(run) = after.checked_sub(1).and_then(|index| self.runs.get(index)) else {
            return Span::from(0..0);
        };
        let piece = (offset - run.text) / run.text_piece;
        if piece >= run.pieces {
            return Span::from(run.source_end()..run.source_end());
        }
        let start = run.source + piece * run.source_piece;
        Span {
            start,
            end: start + run.source_piece,
        }
    }
}

impl Run {
    fn source_end(&self) -> usize {
        self.source + self.pieces * self.source_piece
    }
}

/// A located text in the making.
#[derive(Default)]
struct Builder {
    text: String,
    origins: Origins,
}

impl Builder {
    fn finish<'a>(self) -> Located<'a> {
        Located {
            text: Cow::Owned(self.text),
            origins: self.origins,
        }
    }

    /// Adds `text`, which as a whole comes from the next `source_length` bytes.
    fn piece(&mut self, text: &str, source_length: usize) {
        self.record(text.len(), source_length, 1);
        self.text.push_str(text);
    }

    /// Adds `text`, each byte of which comes from one byte.
    fn same(&mut self, text: &str) {
        self.record(1, 1, text.len());
        self.text.push_str(text);
    }

    /// Adds a part of another text over the same source.
    fn copy(&mut self, from: &Located<'_>, span: Span) {
        let text = &from.text[span.start..span.end];
        if from.origins.runs.is_empty() {
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

    fn record(&mut self, text_piece: usize, source_piece: usize, pieces: usize) {
        if text_piece == 0 || pieces == 0 {
            return;
        }
        let source = match self.origins.runs.last_mut() {
            Some(last) if (last.text_piece, last.source_piece) == (text_piece, source_piece) => {
                last.pieces += pieces;
                return;
            }
            Some(last) => last.source_end(),
            None => 0,
        };
        self.origins.runs.push(Run {
            text: self.text.len(),
            source,
            text_piece,
            source_piece,
            pieces,
        });
    }

    fn decode_utf8(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            self.same(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.piece("\u{FFFD}", chunk.invalid().len());
            }
        }
    }

    /// Decodes byte by byte: whatever comes out at a byte comes from the bytes since the last that gave something.
    fn decode(&mut self, bytes: &[u8], encoding: &'static Encoding) {
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

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE,
        WINDOWS_1252,
    };
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: [&Encoding; 11] = [
        UTF_8,
        GBK,
        GB18030,
        BIG5,
        EUC_JP,
        EUC_KR,
        SHIFT_JIS,
        ISO_2022_JP,
        UTF_16LE,
        UTF_16BE,
        WINDOWS_1252,
    ];

    #[track_caller]
    fn check(bytes: &[u8], encoding: &'static Encoding, part: &str, expected: &[u8]) {
        let located = Located::decode(bytes, encoding).unescape();
        let start = located.text.find(part).unwrap();
        assert_eq!(
            located
                .origins
                .source(Span::from(start..start + part.len()))
                .slice(bytes),
            expected
        );
    }

    #[test]
    fn a_part_is_found_where_it_was_written() {
        check(b"a&amp;b.png x", UTF_8, "a&b.png", b"a&amp;b.png");
        check(b"a,b&#44;c", UTF_8, ",c", b"&#44;c");
        check(b"?a=1&copy=2 &copy;", UTF_8, "&copy=2", b"&copy=2");
        check("图&#x4E2d;&lt;".as_bytes(), UTF_8, "中", b"&#x4E2d;");
        check(b"\xcd\xbc&amp;\xcd\xbcx", GBK, "&图", b"&amp;\xcd\xbc");
        check(b"a\xffb&amp;", UTF_8, "b&", b"b&amp;");
        check(b"x\x1b$B4A\x1b(By", ISO_2022_JP, "漢", b"\x1b$B4A");
        check(
            b"<\0a\0&\0a\0m\0p\0;\0",
            UTF_16LE,
            "a&",
            b"a\0&\0a\0m\0p\0;\0",
        );
    }

    #[test]
    fn what_is_no_reference_stays() {
        for text in [
            "&", "&&", "&;", "&#;", "&#x;", "&nosuch;", "a&b", "&copyx", "&amp=", "&\u{e9};",
        ] {
            assert_eq!(
                Located::decode(text.as_bytes(), UTF_8).unescape().text,
                text,
                "{text}"
            );
        }
    }

    #[test]
    fn a_long_text_is_read_in_linear_time() {
        let text = "&amp;图".repeat(200_000);
        assert_eq!(
            Located::decode(text.as_bytes(), UTF_8)
                .unescape()
                .text
                .len(),
            4 * 200_000
        );
        let open = "&a".repeat(500_000);
        assert_eq!(
            Located::decode(open.as_bytes(), UTF_8)
                .unescape()
                .text
                .len(),
            open.len()
        );
    }

    proptest! {
        #[test]
        fn decoding_is_that_of_the_standard(bytes in proptest::collection::vec(any::<u8>(), 0..40), index in 0..ENCODINGS.len()) {
            let encoding = ENCODINGS[index];
            let located = Located::decode(&bytes, encoding);
            prop_assert_eq!(&located.text, &encoding.decode_without_bom_handling(&bytes).0);
        }

        #[test]
        fn a_part_decodes_to_itself(bytes in proptest::collection::vec(0x20_u8..=0xff, 0..24), index in 0..8_usize) {
            // Stateless encodings only: in them each part of the source can be read alone.
            let encoding = [UTF_8, GBK, GB18030, BIG5, EUC_KR, SHIFT_JIS, UTF_16LE, WINDOWS_1252][index];
            let located = Located::decode(&bytes, encoding);
            for (start, character) in located.text.char_indices() {
                let part = located.origins.source(Span::from(start..start + character.len_utf8()));
                // Where the text breaks off, a decoder may report one flaw twice.
                let broken_off = character == '\u{FFFD}' && part == Span::from(bytes.len()..bytes.len());
                prop_assert!(broken_off || encoding.decode_without_bom_handling(part.slice(&bytes)).0.contains(character), "{character:?} {part:?}");
            }
        }

        #[test]
        fn references_are_resolved_as_by_the_library(text in "[&#x;amplt09Aégs= ]{0,20}") {
            let located = Located::decode(text.as_bytes(), UTF_8).unescape();
            prop_assert_eq!(&located.text, &htmlize::unescape_attribute(&text));
            let whole = located.origins.source(Span::from(0..located.text.len()));
            prop_assert_eq!(whole, Span::from(0..text.len()));
        }
    }
}
