//! Where do the tags, attributes and texts of this HTML stand? Tokens with byte spans. Home of lol_html. Pure.
//!
//! lol_html only locates here: its output is thrown away, and nothing is ever re-serialised. It reads any encoding in
//! which ASCII is ASCII; [`super::legible`] makes such a copy of the others.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::Encoding;
use lol_html::html_content::Element;
use lol_html::{AsciiCompatibleEncoding, HtmlRewriter, Settings, doc_comments, doctype, element};

use super::legible::Legible;
use super::{Document, Span, charset};
use crate::link::Link;

/// One attribute as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in lowercase.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the value stands, without quotes; `None` for an attribute without one.
    pub value_span: Option<Span>,
    /// The value with its character references resolved.
    pub value: String,
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartTag {
    /// Its name in lowercase.
    pub name: String,
    /// The whole tag, from `<` to `>`.
    pub span: Span,
    /// Its attributes in order; of several with one name only the first counts for a browser.
    pub attributes: Vec<Attribute>,
    /// Whether it stands in SVG or MathML.
    pub foreign: bool,
    /// Whether it ends with `/>`.
    pub self_closing: bool,
}

/// One token of a page, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// `<!DOCTYPE …>`
    Doctype(Span),
    /// `<!-- … -->` and what browsers take for one.
    Comment(Span),
    /// `<name …>`
    Start(StartTag),
    /// `</name>` of an element in [`ENDED`].
    End {
        /// Its name in lowercase.
        name: String,
        /// The whole tag.
        span: Span,
    },
}

/// The elements whose end is told: those whose content is read, cut or enclosed.
pub const ENDED: &[&str] = &[
    "applet", "audio", "embed", "fencedframe", "frame", "frameset", "iframe", "noembed", "noframes", "noscript", "object",
    "picture", "portal", "script", "style", "svg", "template", "textarea", "title", "video",
];

/// How much is handed to the tokenizer at a time, so that the tokens waiting for `visit` stay few.
const WRITE_BYTES: usize = 64 * 1024;

/// Tells `visit` every token of `html`, written in `encoding`, in order.
///
/// Whatever the bytes are, there is no error: the walk ends where the tokenizer gives up, and what was told stands.
pub fn walk(html: &[u8], encoding: &'static Encoding, visit: &mut dyn FnMut(Token)) {
    let Some(encoding) = AsciiCompatibleEncoding::new(encoding) else { return };
    let waiting: Rc<RefCell<Vec<Token>>> = Rc::default();
    let (starts, comments, doctypes) = (waiting.clone(), waiting.clone(), waiting.clone());
    let settings = Settings::new()
        .with_encoding(encoding)
        .with_strict(false)
        .append_element_content_handler(element!("*", |element| {
            starts.borrow_mut().push(Token::Start(start_tag(element)));
            follow_end(element, &starts);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            comments.borrow_mut().push(Token::Comment(comment.source_location().bytes().into()));
            Ok(())
        }))
        .append_document_content_handler(doctype!(|doctype| {
            doctypes.borrow_mut().push(Token::Doctype(doctype.source_location().bytes().into()));
            Ok(())
        }));
    let mut tokenizer = HtmlRewriter::new(settings, |_: &[u8]| {});
    let complete = html.chunks(WRITE_BYTES).all(|chunk| {
        let written = tokenizer.write(chunk).is_ok();
        waiting.take().into_iter().for_each(&mut *visit);
        written
    });
    if complete && tokenizer.end().is_ok() {
        waiting.take().into_iter().for_each(visit);
    }
}

fn start_tag(element: &Element<'_, '_>) -> StartTag {
    let attributes = element.attributes().iter().filter_map(|attribute| {
        Some(Attribute {
            name: attribute.name(),
            name_span: attribute.name_source_location()?.bytes().into(),
            value_span: attribute.value_source_location().map(|location| location.bytes().into()),
            value: htmlize::unescape_attribute(attribute.value()).into_owned(),
        })
    });
    StartTag {
        attributes: attributes.collect(),
        name: element.tag_name(),
        span: element.source_location().bytes().into(),
        foreign: element.namespace_uri() != "http://www.w3.org/1999/xhtml",
        self_closing: element.is_self_closing(),
    }
}

fn follow_end(element: &mut Element<'_, '_>, waiting: &Rc<RefCell<Vec<Token>>>) {
    if !ENDED.contains(&element.tag_name().as_str()) {
        return;
    }
    let Some(handlers) = element.end_tag_handlers() else { return };
    let waiting = waiting.clone();
    handlers.push(Box::new(move |end| {
        waiting.borrow_mut().push(Token::End { name: end.name(), span: end.source_location().bytes().into() });
        Ok(())
    }));
}

impl StartTag {
    /// Returns the first attribute of this name, the one that counts.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// Returns the base URL that the page sets: the first `<base>` with an `href`, resolved against the page's address
/// (WHATWG HTML §4.2.3). `None` where it sets none, or one that is no http(s) URL.
#[must_use]
pub fn base(document: &Document) -> Option<Link> {
    let legible = Legible::of(document);
    let mut written: Option<String> = None;
    let mut templates = 0_usize;
    walk(legible.bytes(), legible.encoding(), &mut |token| match token {
        Token::Start(tag) if tag.name == "template" && !tag.foreign => templates += 1,
        Token::End { name, .. } if name == "template" => templates = templates.saturating_sub(1),
        // What stands in a template is no part of the page.
        Token::Start(tag) if tag.name == "base" && !tag.foreign && templates == 0 && written.is_none() => {
            written = tag.attribute("href").map(|href| href.value.clone());
        }
        _ => {}
    });
    let written = written?;
    match &document.address {
        Some(address) => address.join(&written, Some(&|query| charset::encode_query(query, document.charset))).ok(),
        None => Link::parse(&written).ok(),
    }
}
