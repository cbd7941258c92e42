//! Where do the tags, attributes and texts of this HTML stand? Tokens with byte spans. Home of `lol_html`. Pure.
//!
//! `lol_html` only locates here: its output is thrown away, and nothing is ever re-serialised. It reads any encoding in
//! which ASCII is ASCII; [`super::legible`] makes such a copy of the others.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::Encoding;
use lol_html::html_content::Element;
use lol_html::{AsciiCompatibleEncoding, HtmlRewriter, Settings, doc_comments, doctype, element};

use super::{Span, located};

/// One attribute as it is written. Name and value are read where they stand: of most, nobody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'h> {
    /// Its name in lowercase.
    pub name: Cow<'h, str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the value stands, without quotes; `None` for an attribute without one.
    pub value_span: Option<Span>,
    /// The bytes of the value.
    written: &'h [u8],
    encoding: &'static Encoding,
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartTag<'h> {
    /// Its name in lowercase.
    pub name: Cow<'h, str>,
    /// The whole tag, from `<` to `>`.
    pub span: Span,
    /// Its attributes in order; of several with one name only the first counts for a browser.
    pub attributes: Vec<Attribute<'h>>,
    /// Whether it stands in SVG or `MathML`.
    pub foreign: bool,
    /// Whether it ends with `/>`.
    pub self_closing: bool,
}

/// One token of a page, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'h> {
    /// `<!DOCTYPE …>`
    Doctype(Span),
    /// `<!-- … -->` and what browsers take for one.
    Comment(Span),
    /// `<name …>`
    Start(StartTag<'h>),
    /// `</name>` that ends an element in [`ENDED`]: its own, or that of an element around it.
    End {
        /// Its name in lowercase.
        name: String,
        /// The whole tag.
        span: Span,
    },
}

/// The elements whose end is told: those whose content is read, cut or enclosed.
pub const ENDED: &[&str] = &[
    "amp-anim",
    "amp-img",
    "applet",
    "audio",
    "embed",
    "fencedframe",
    "frame",
    "frameset",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "picture",
    "portal",
    "script",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
];

/// The namespace of what is not foreign.
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Tells `visit` every token of `html`, written in `encoding`, in order.
///
/// Whatever the bytes are, there is no error: the walk ends where the tokenizer gives up, and what was told stands.
pub fn walk<'h>(html: &'h [u8], encoding: &'static Encoding, visit: &mut dyn FnMut(Token<'h>)) {
    let Some(ascii_compatible) = AsciiCompatibleEncoding::new(encoding) else {
        return;
    };
    let source = Source { html, encoding };
    let ends = Ends::default();
    let teller = RefCell::new(Teller {
        visit,
        ends: Rc::clone(&ends),
    });
    let settings = Settings::new()
        .with_encoding(ascii_compatible)
        .with_strict(false)
        .append_element_content_handler(element!("*", |element| {
            let tag = source.start_tag(element);
            follow_end(element, &tag, &ends);
            teller.borrow_mut().tell(Token::Start(tag));
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            let span = comment.source_location().bytes().into();
            teller.borrow_mut().tell(Token::Comment(span));
            Ok(())
        }))
        .append_document_content_handler(doctype!(|doctype| {
            let span = doctype.source_location().bytes().into();
            teller.borrow_mut().tell(Token::Doctype(span));
            Ok(())
        }));
    let mut tokenizer = HtmlRewriter::new(settings, |_: &[u8]| {});
    // Where the tokenizer gives up, what it told before stands.
    let _is_whole = tokenizer.write(html).is_ok() && tokenizer.end().is_ok();
    teller.borrow_mut().tell_ends();
}

/// End tags that were met and not yet told. Their handlers outlive every borrow, so they can't tell them by themselves.
type Ends = Rc<RefCell<Vec<(String, Span)>>>;

/// Tells tokens in the order in which they stand.
struct Teller<'v, 'h> {
    visit: &'v mut dyn FnMut(Token<'h>),
    ends: Ends,
}

impl<'h> Teller<'_, 'h> {
    fn tell(&mut self, token: Token<'h>) {
        self.tell_ends();
        (self.visit)(token);
    }

    /// Tells the end tags before the next token.
    fn tell_ends(&mut self) {
        for (name, span) in self.ends.borrow_mut().drain(..) {
            (self.visit)(Token::End { name, span });
        }
    }
}

/// What is walked.
#[derive(Clone, Copy)]
struct Source<'h> {
    html: &'h [u8],
    encoding: &'static Encoding,
}

impl<'h> Source<'h> {
    fn start_tag(self, element: &Element<'_, '_>) -> StartTag<'h> {
        let span = element.source_location().bytes().into();
        StartTag {
            name: self.lowercase(self.name_of(span)),
            span,
            attributes: element
                .attributes()
                .iter()
                .filter_map(|attribute| self.attribute(attribute))
                .collect(),
            foreign: element.namespace_uri() != XHTML,
            self_closing: element.is_self_closing(),
        }
    }

    fn attribute(self, attribute: &lol_html::html_content::Attribute<'_>) -> Option<Attribute<'h>> {
        let name_span: Span = attribute.name_source_location()?.bytes().into();
        let value_span: Option<Span> = attribute
            .value_source_location()
            .map(|location| location.bytes().into());
        Some(Attribute {
            name: self.lowercase(name_span),
            name_span,
            value_span,
            written: value_span.map_or(&[], |span| span.slice(self.html)),
            encoding: self.encoding,
        })
    }

    /// Returns where the name of the tag at `tag` stands (WHATWG HTML §13.2.5.8).
    fn name_of(self, tag: Span) -> Span {
        let start = tag.start + 1;
        let rest = Span::from(start..tag.end).slice(self.html);
        let is_end =
            |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0C' | b'\r' | b' ' | b'/' | b'>');
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        (start..start + length).into()
    }

    fn lowercase(self, name: Span) -> Cow<'h, str> {
        let (name, _) = self
            .encoding
            .decode_without_bom_handling(name.slice(self.html));
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            name
        }
    }
}

fn follow_end(element: &mut Element<'_, '_>, tag: &StartTag<'_>, ends: &Ends) {
    if !ENDED.contains(&&*tag.name) {
        return;
    }
    let Some(handlers) = element.end_tag_handlers() else {
        return;
    };
    let ends = Rc::clone(ends);
    handlers.push(Box::new(move |end| {
        let span = end.source_location().bytes().into();
        ends.borrow_mut().push((end.name(), span));
        Ok(())
    }));
}

impl<'h> StartTag<'h> {
    /// Returns the first attribute of this name, the one that counts.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute<'h>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }
}

impl<'h> Attribute<'h> {
    /// Returns the value with its character references resolved; nothing for an attribute without one.
    #[must_use]
    pub fn value(&self) -> Cow<'h, str> {
        match self.encoding.decode_without_bom_handling(self.written).0 {
            Cow::Borrowed(text) => located::resolve_references(text),
            Cow::Owned(text) => Cow::Owned(located::resolve_references(&text).into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_stand_where_they_are_written() {
        let html = "<!doctype html><!-- c --><IMG SRC = 'a&amp;b' alt x=1><style>s</style><svg><image/></svg>";
        let mut seen = Vec::new();
        walk(html.as_bytes(), encoding_rs::UTF_8, &mut |token| {
            seen.push(token);
        });
        let written = |span: Span| &html[span.start..span.end];
        let [
            Token::Doctype(doctype),
            Token::Comment(comment),
            Token::Start(img),
            Token::Start(style),
            Token::End { span: end, .. },
            Token::Start(svg),
            Token::Start(image),
            Token::End { name, .. },
        ] = seen.as_slice()
        else {
            panic!("{seen:?}")
        };
        assert_eq!(written(*doctype), "<!doctype html>");
        assert_eq!(written(*comment), "<!-- c -->");
        assert_eq!(written(style.span), "<style>");
        assert_eq!(written(*end), "</style>");
        assert_eq!(
            (written(img.span), &*img.name),
            ("<IMG SRC = 'a&amp;b' alt x=1>", "img")
        );
        let src = img.attribute("src").unwrap();
        assert_eq!(
            (
                written(src.name_span),
                written(src.value_span.unwrap()),
                &*src.value()
            ),
            ("SRC", "a&amp;b", "a&b")
        );
        assert_eq!(img.attribute("alt").unwrap().value_span.map(written), None);
        assert_eq!(
            img.attribute("x").unwrap().value_span.map(written),
            Some("1")
        );
        assert!(image.foreign && image.self_closing && svg.foreign && !img.foreign);
        assert_eq!(name, "svg");
    }

    /// Returns the names of a page's start tags, and the names and values of their attributes, as the tokenizer gives them.
    fn as_the_tokenizer_says(html: &[u8], encoding: &'static Encoding) -> Vec<String> {
        let said = RefCell::new(Vec::new());
        let settings = Settings::new()
            .with_encoding(AsciiCompatibleEncoding::new(encoding).unwrap())
            .with_strict(false)
            .append_element_content_handler(element!("*", |element| {
                let mut said = said.borrow_mut();
                said.push(element.tag_name());
                for attribute in element.attributes() {
                    said.push(attribute.name());
                    said.push(located::resolve_references(&attribute.value()).into_owned());
                }
                Ok(())
            }));
        let mut tokenizer = HtmlRewriter::new(settings, |_: &[u8]| {});
        let _is_whole = tokenizer.write(html).is_ok() && tokenizer.end().is_ok();
        said.take()
    }

    #[track_caller]
    fn check_names_and_values(html: &[u8], encoding: &'static Encoding) {
        let mut seen: Vec<String> = Vec::new();
        walk(html, encoding, &mut |token| {
            if let Token::Start(tag) = token {
                seen.push(tag.name.into_owned());
                for attribute in &tag.attributes {
                    seen.push(attribute.name.to_string());
                    seen.push(attribute.value().into_owned());
                }
            }
        });
        assert_eq!(seen, as_the_tokenizer_says(html, encoding));
    }

    #[test]
    fn names_and_values_are_read_as_the_tokenizer_reads_them() {
        for html in [
            "<IMG SrC=A&amp;B&lt ALT>",
            "<a\0B/c/=d =e f==g h=' \r\n' i=\"j\"k>",
            "<名前 属性=値 É=é ſ=K>",
            "<p/><p/a/><p a<b=c><p\x0Cq\x0C=\x0Cr><br/ >",
            "<svg viewBox=0 foreignObject><foreignObject x=1>",
        ] {
            check_names_and_values(html.as_bytes(), encoding_rs::UTF_8);
            for encoding in [encoding_rs::GBK, encoding_rs::SHIFT_JIS] {
                check_names_and_values(&encoding.encode(html).0, encoding);
            }
        }
    }

    proptest! {
        #[test]
        fn any_soup_is_read_as_the_tokenizer_reads_it(
            html in proptest::collection::vec(prop_oneof![
                Just(b"<".to_vec()), Just(b"</".to_vec()), Just(b"<a ".to_vec()), Just(b"='".to_vec()), Just(b"&amp;".to_vec()),
                Just(b"\" ".to_vec()), Just(b"/>".to_vec()), proptest::collection::vec(any::<u8>(), 0..4),
            ], 0..40)
        ) {
            let html = html.concat();
            check_names_and_values(&html, encoding_rs::UTF_8);
            check_names_and_values(&html, encoding_rs::GB18030);
        }
    }
}
