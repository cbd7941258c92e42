//! What did we receive, and how is it to be read? Bytes exactly as they came, with kind, charset and base. Pure.

pub mod announced;
pub mod base;
pub mod charset;
pub mod dom;
pub mod front_matter;
pub mod legible;
pub mod located;
pub mod markup;
pub mod metadata;
pub mod quoted;
pub mod xml;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use crate::link::Link;

/// A range of bytes of a document: `start` is its first byte, `end` the first one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset of the first byte after the range.
    pub end: usize,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An HTML page.
    Page,
    /// A Markdown post, with or without front matter.
    Post,
    /// A CSS stylesheet.
    Style,
    /// An RSS, Atom or JSON feed: looked at, but no article.
    Feed,
}

/// How a page is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Syntax {
    /// As HTML; so is everything that is no page.
    #[default]
    Html,
    /// As XML: a page that came as `application/xhtml+xml`, or a file called `.xhtml`.
    Xml,
}

/// Bytes exactly as received, and what is needed to read them.
#[derive(Debug, Clone)]
pub struct Document {
    /// The bytes, untouched.
    pub bytes: Vec<u8>,
    /// Page, post or stylesheet.
    pub kind: Kind,
    /// How it is written.
    pub syntax: Syntax,
    /// The encoding a browser would read it in.
    pub charset: &'static Encoding,
    /// Where it was found, after redirects; `None` for a file without an address.
    pub address: Option<Link>,
    /// What relative references are relative to: the first `<base href>`, else `address`.
    pub base: Option<Link>,
}

impl Document {
    /// Reads `bytes`, found at `address` with the header `content_type`.
    #[must_use]
    pub fn new(
        bytes: Vec<u8>,
        kind: Kind,
        content_type: Option<&str>,
        address: Option<Link>,
    ) -> Self {
        let syntax = Syntax::of(kind, content_type);
        let charset = match kind {
            Kind::Page if syntax == Syntax::Xml => {
                charset::of_xml(&bytes, content_type, address.as_ref())
            }
            Kind::Page => charset::decide(&bytes, content_type, address.as_ref()),
            Kind::Post => charset::of_text(&bytes, content_type, address.as_ref()),
            Kind::Style => charset::of_style(&bytes, content_type, encoding_rs::UTF_8),
            Kind::Feed => charset::of_feed(&bytes, content_type, address.as_ref()),
        };
        let mut document = Self {
            bytes,
            kind,
            syntax,
            charset,
            base: address.clone(),
            address,
        };
        if kind == Kind::Page {
            document.base = base::of(&document);
        }
        document
    }

    /// Reads a stylesheet, found at `address` with the header `content_type`, that a document in the encoding
    /// of the name `environment` asks for.
    #[must_use]
    pub fn style(
        bytes: Vec<u8>,
        content_type: Option<&str>,
        environment: &str,
        address: Link,
    ) -> Self {
        let environment = charset::named(environment).unwrap_or(encoding_rs::UTF_8);
        Self {
            charset: charset::of_style(&bytes, content_type, environment),
            bytes,
            kind: Kind::Style,
            syntax: Syntax::Html,
            base: Some(address.clone()),
            address: Some(address),
        }
    }
}

impl Syntax {
    /// Returns how a document of this kind is written that came with the header `content_type`.
    fn of(kind: Kind, content_type: Option<&str>) -> Self {
        let essence = content_type.and_then(|content_type| content_type.split(';').next());
        let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
        let is_xml =
            essence.ends_with("+xml") || matches!(essence.as_str(), "application/xml" | "text/xml");
        if kind == Kind::Page && is_xml {
            Self::Xml
        } else {
            Self::Html
        }
    }

    /// Returns whether it is HTML, which goes without saying.
    #[must_use]
    pub fn is_html(&self) -> bool {
        *self == Self::Html
    }

    /// Returns a `Content-Type` that says it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Xml => "application/xhtml+xml",
        }
    }
}

impl Span {
    /// Returns the bytes of `of` that this span covers; none where it lies outside.
    #[must_use]
    pub fn slice(self, of: &[u8]) -> &[u8] {
        of.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns how many bytes the span covers.
    #[must_use]
    pub fn length(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Returns the span moved by `offset` bytes towards the end.
    #[must_use]
    pub fn moved(self, offset: usize) -> Self {
        Self {
            start: self.start + offset,
            end: self.end + offset,
        }
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_not_read_in_the_encoding_that_it_speaks_of() {
        let text = "旧网页写着 `<meta charset=gb2312>`：\n\n<meta charset=gb2312>\n";
        let charset = |kind, bytes: &[u8], content_type| {
            Document::new(bytes.to_vec(), kind, content_type, None).charset
        };
        let gbk = encoding_rs::GBK.encode(text).0;
        assert_eq!(
            charset(Kind::Post, text.as_bytes(), None),
            encoding_rs::UTF_8
        );
        assert_eq!(charset(Kind::Page, text.as_bytes(), None), encoding_rs::GBK);
        assert_eq!(charset(Kind::Post, &gbk, None), encoding_rs::GBK);
        let told = Some("text/markdown; charset=gbk");
        assert_eq!(charset(Kind::Post, &gbk, told), encoding_rs::GBK);
    }
}
