//! Are these bytes text, and what does a Content-Type call them? Pure.

use crate::document::{Kind, charset};
use crate::media::{self, MediaType};

use super::Evidence;

/// What a Content-Type says of an input; each variant holds its essence, in lowercase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Declared {
    /// That it is a document of this kind.
    Document(Kind, String),
    /// Nothing: there is none, or one that servers send for whatever they do not know.
    Nothing(Option<String>),
    /// That it is something else, which its content must show.
    Other(String),
}

impl Declared {
    /// Reads a `Content-Type` header.
    #[must_use]
    pub(super) fn of(content_type: Option<&str>) -> Self {
        let essence = content_type
            .and_then(|field| field.split(';').next())
            .map(|essence| essence.trim().to_ascii_lowercase())
            // Without a slash it is no type at all (WHATWG MIME Sniffing §4.4).
            .filter(|essence| essence.contains('/'));
        let Some(essence) = essence else {
            return Self::Nothing(None);
        };
        match essence.as_str() {
            "text/html" | "application/xhtml+xml" => Self::Document(Kind::Page, essence),
            "text/markdown" | "text/x-markdown" => Self::Document(Kind::Post, essence),
            "text/css" => Self::Document(Kind::Style, essence),
            "text/plain"
            | "application/octet-stream"
            | "application/unknown"
            | "unknown/unknown"
            | "*/*" => Self::Nothing(Some(essence)),
            _ => Self::Other(essence),
        }
    }

    /// Returns the type without its parameters, where there is one.
    #[must_use]
    pub(super) fn essence(&self) -> Option<String> {
        match self {
            Self::Document(_, essence) | Self::Other(essence) => Some(essence.clone()),
            Self::Nothing(essence) => essence.clone(),
        }
    }
}

/// Returns whether there is nothing in these bytes, or nothing but white space.
#[must_use]
pub fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// Returns whether the bytes are text. Where they are announced as a document, `BM` or `ID3` may also begin a sentence.
/// UTF-16 without a byte order mark looks like no text and is told by its Content-Type alone.
#[must_use]
pub fn is_text(evidence: &Evidence<'_>, is_announced: bool) -> bool {
    is_text_format(evidence.verdict.media())
        || is_announced
            && (is_plainly_text(evidence.bytes)
                || is_told_text(evidence.bytes, evidence.content_type))
}

fn is_text_format(media: &MediaType) -> bool {
    use MediaType::{Css, Html, Json, Svg, Text, Vtt, Xml};
    matches!(media, Css | Html | Json | Svg | Text | Vtt | Xml)
}

/// Returns whether bytes that begin so may turn out to be text: all but those of known formats that are none.
#[must_use]
pub fn may_be_text(head: &[u8]) -> bool {
    let verdict = media::identify(head);
    let media = verdict.media();
    let is_format = !is_text_format(media) && *media != MediaType::Binary;
    let is_begun_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut at the end.
        Err(error) => error.error_len().is_none(),
    };
    !is_format || (is_begun_text && !head.contains(&0))
}

/// Returns whether the bytes are text whatever they begin with.
fn is_plainly_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0)
}

/// Returns whether the bytes are whole text in the encoding that they came with, where zeros are no sign against that.
fn is_told_text(bytes: &[u8], content_type: Option<&str>) -> bool {
    let encoding = charset::of_text(bytes, content_type, None);
    !encoding.is_ascii_compatible() && {
        let (text, is_flawed) = encoding.decode_without_bom_handling(bytes);
        !is_flawed && !text.contains('\0')
    }
}
