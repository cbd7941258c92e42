//! What does this text say once it is decoded, and where did each character of it stand? Home of htmlize. Pure.
//!
//! Browsers split and trim texts after decoding bytes and character references, but an edit needs the bytes as they are
//! written. Decoding here keeps the way back.

mod builder;
mod origins;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use self::builder::Builder;
pub use self::origins::Origins;
use super::Span;
use super::xml::Change;

/// A text, and where each of its characters stands in the bytes it was decoded from.
#[derive(Debug, Clone)]
pub struct Located<'a> {
    /// The decoded text.
    pub text: Cow<'a, str>,
    /// The way back to the bytes.
    pub origins: Origins,
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
            builder.decode_utf8(bytes);
        } else {
            builder.decode(bytes, encoding);
        }
        builder.finish()
    }

    /// Returns the text with `changes` made, which are sorted and apart.
    #[must_use]
    pub fn with(&self, changes: &[Change]) -> Self {
        let mut builder = Builder::default();
        let mut at = 0;
        for change in changes {
            builder.copy(self, Span::from(at..change.span.start));
            builder.piece(&change.put, self.origins.source(change.span).length());
            at = change.span.end;
        }
        builder.copy(self, Span::from(at..self.text.len()));
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
            match resolve_references(&self.text[start..end]) {
                Cow::Owned(character) => {
                    builder.piece(&character, self.origins.source(written).length());
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

/// Returns an attribute value with its character references resolved, where nobody asks for the way back.
#[must_use]
pub fn resolve_references(value: &str) -> Cow<'_, str> {
    htmlize::unescape_attribute(value)
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

#[cfg(test)]
mod tests;
