//! How are spans found in a document whose encoding hides ASCII? A legible copy, and the way back from it. Pure.
//!
//! In most encodings a byte below 0x80 outside a multi-byte character is ASCII, so tags and addresses are found in the
//! document's own bytes. UTF-16 and ISO-2022-JP are not like that: they are read in a UTF-8 copy. So is XML, in a copy
//! that is HTML.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::located::{Located, Origins};
use super::xml::{self, Change};
use super::{Document, Span, Syntax};

/// Bytes in which ASCII is ASCII, and where each of them comes from.
#[derive(Debug)]
pub struct Legible<'a> {
    bytes: Cow<'a, [u8]>,
    /// The encoding of `bytes`.
    encoding: &'static Encoding,
    /// The encoding of the document itself.
    charset: &'static Encoding,
    origins: Origins,
    /// What the copy says differently from the document, by its place there.
    changes: Vec<Change>,
}

impl<'a> Legible<'a> {
    /// Returns the document's own bytes where ASCII is ASCII in them, else a UTF-8 copy.
    #[must_use]
    pub fn of(document: &'a Document) -> Self {
        let charset = document.charset;
        if document.syntax == Syntax::Html && charset.is_ascii_compatible() {
            let bytes = Cow::Borrowed(document.bytes.as_slice());
            return Self {
                bytes,
                encoding: charset,
                charset,
                origins: Origins::default(),
                changes: Vec::new(),
            };
        }
        let mut located = Located::decode(&document.bytes, charset);
        let mut changes = Vec::new();
        if document.syntax == Syntax::Xml {
            changes = xml::as_html(&located.text);
            let copy = located.with(&changes);
            for change in &mut changes {
                change.span = located.origins.source(change.span);
            }
            located = copy;
        }
        let Located { text, origins } = located;
        Self {
            bytes: Cow::Owned(text.into_owned().into_bytes()),
            encoding: UTF_8,
            charset,
            origins,
            changes,
        }
    }

    /// Returns what must be written differently in the document, so that it is read as this copy is.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
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

    /// Returns where in the document the bytes of `span` stand. A character that the span cuts counts as a whole.
    #[must_use]
    pub fn source(&self, span: Span) -> Span {
        self.origins.source(span)
    }

    /// Returns `text`, which must be ASCII, in the document's own code units: what may be written into it.
    #[must_use]
    pub fn ascii(&self, text: &str) -> Vec<u8> {
        if self.charset == UTF_16LE {
            text.bytes().flat_map(|byte| [byte, 0]).collect()
        } else if self.charset == UTF_16BE {
            text.bytes().flat_map(|byte| [0, byte]).collect()
        } else {
            text.as_bytes().to_vec()
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::ISO_2022_JP;
    use proptest::prelude::*;

    use super::*;
    use crate::document::Kind;

    fn document(bytes: Vec<u8>, charset: &'static Encoding) -> Document {
        Document {
            bytes,
            kind: Kind::Page,
            syntax: Syntax::Html,
            charset,
            address: None,
            base: None,
        }
    }

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn an_ascii_compatible_document_is_read_as_it_is() {
        let page = document(b"<img src=\xcd\xbc.png>".to_vec(), encoding_rs::GBK);
        let legible = Legible::of(&page);
        assert_eq!(legible.bytes(), page.bytes);
        assert_eq!(legible.source(Span::from(9..15)), Span::from(9..15));
        assert_eq!(legible.ascii("x"), b"x");
    }

    #[test]
    fn other_documents_are_read_in_a_copy() {
        let page = document(b"<p>\x1b$B4A\x1b(B<img src=a>".to_vec(), ISO_2022_JP);
        let legible = Legible::of(&page);
        assert_eq!(legible.bytes(), "<p>漢<img src=a>".as_bytes());
        assert_eq!(legible.source(Span::from(15..16)).slice(&page.bytes), b"a");
    }

    proptest! {
        #[test]
        fn every_part_of_a_utf_16_text_is_found_again(before in any::<String>(), part in any::<String>(), after in any::<String>()) {
            let page = document(utf_16(&format!("{before}{part}{after}")), UTF_16LE);
            let legible = Legible::of(&page);
            let span = legible.source(Span::from(before.len()..before.len() + part.len()));
            prop_assert_eq!(span.slice(&page.bytes), utf_16(&part));
        }

        #[test]
        fn any_bytes_have_spans_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in "[ -~]{0,9}") {
            for charset in [UTF_16LE, UTF_16BE, ISO_2022_JP, encoding_rs::REPLACEMENT] {
                let page = document(bytes.clone(), charset);
                let legible = Legible::of(&page);
                let mut end = 0;
                for offset in 0..legible.bytes().len() {
                    let span = legible.source(Span::from(offset..offset + 1));
                    prop_assert!(span.start <= span.end && span.end <= bytes.len() && end <= span.end);
                    end = span.end;
                }
                if charset != encoding_rs::REPLACEMENT {
                    let written = legible.ascii(&text);
                    let (read, _) = charset.decode_without_bom_handling(&written);
                    prop_assert_eq!(&*read, text.as_str());
                }
            }
        }
    }
}
