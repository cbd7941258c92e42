//! What decided the encoding that a document is read in? Pure.

use encoding_rs::{Encoding, UTF_8};
use serde::Serialize;

use super::{charset_rule, parameter, prescan};
use crate::document::{Document, Kind, Syntax};

/// What decided a document's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// Its byte order mark.
    Bom,
    /// The Content-Type that it came with.
    ContentType,
    /// A `<meta>`.
    Meta,
    /// An XML declaration.
    XmlDeclaration,
    /// The `@charset` of a stylesheet.
    CharsetRule,
    /// Its bytes, as they look.
    Detection,
    /// Nothing; it is what such documents are written in.
    Default,
}

impl ToldBy {
    /// Returns the words for a person, after "charset".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Bom => "by its byte order mark",
            Self::ContentType => "by its Content-Type",
            Self::Meta => "by its <meta>",
            Self::XmlDeclaration => "by its XML declaration",
            Self::CharsetRule => "by its @charset",
            Self::Detection => "detected, nothing declares it",
            Self::Default => "nothing declares another",
        }
    }
}

/// Says what decided the encoding of `document`, which came with the header `content_type`.
#[must_use]
pub fn told_by(document: &Document, content_type: Option<&str>) -> ToldBy {
    let bytes = &document.bytes;
    let is_it = |named: Option<&'static Encoding>| named == Some(document.charset);
    if Encoding::for_bom(bytes).is_some() {
        return ToldBy::Bom;
    }
    if content_type.and_then(parameter).is_some() {
        return ToldBy::ContentType;
    }
    let is_xml = document.syntax == Syntax::Xml;
    match document.kind {
        Kind::Page if is_xml && is_it(prescan::in_xml(bytes)) => ToldBy::XmlDeclaration,
        Kind::Page if is_xml && document.charset == UTF_8 => ToldBy::Default,
        Kind::Page if is_it(prescan::in_meta(bytes)) => ToldBy::Meta,
        Kind::Page if is_it(prescan::prescan(bytes)) => ToldBy::XmlDeclaration,
        Kind::Feed if is_it(prescan::in_xml(bytes)) => ToldBy::XmlDeclaration,
        Kind::Feed if document.charset == UTF_8 => ToldBy::Default,
        Kind::Page | Kind::Post | Kind::Feed => ToldBy::Detection,
        Kind::Style if is_it(charset_rule(bytes)) => ToldBy::CharsetRule,
        Kind::Style => ToldBy::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, bytes: &[u8], content_type: Option<&str>, expected: ToldBy) {
        let document = Document::new(bytes.to_vec(), kind, content_type, None);
        assert_eq!(told_by(&document, content_type), expected);
    }

    #[test]
    fn what_decided_is_told() {
        let meta = b"<meta charset=gbk>\xcd\xbc";
        check(Kind::Page, meta, None, ToldBy::Meta);
        check(
            Kind::Page,
            meta,
            Some("text/html;charset=big5"),
            ToldBy::ContentType,
        );
        check(Kind::Page, meta, Some("text/html"), ToldBy::Meta);
        check(
            Kind::Page,
            b"\xef\xbb\xbf<meta charset=gbk>",
            Some("text/html;charset=big5"),
            ToldBy::Bom,
        );
        check(
            Kind::Page,
            b"<?xml version='1.0' encoding='gbk'?><p>",
            None,
            ToldBy::XmlDeclaration,
        );
        check(Kind::Page, b"caf\xe9 au lait", None, ToldBy::Detection);
        let xhtml = Some("application/xhtml+xml");
        check(
            Kind::Page,
            b"<?xml version='1.0' encoding='gbk'?><meta charset='gbk'/>",
            xhtml,
            ToldBy::XmlDeclaration,
        );
        check(
            Kind::Page,
            b"<meta charset='utf-8'/>",
            xhtml,
            ToldBy::Default,
        );
        check(Kind::Post, meta, None, ToldBy::Detection);
        check(Kind::Style, b"@charset \"gbk\";", None, ToldBy::CharsetRule);
        check(Kind::Style, b"a{}", None, ToldBy::Default);
    }
}
