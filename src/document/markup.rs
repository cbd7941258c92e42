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

use super::legible::Legible;
use super::{Document, Span, charset, located};
use crate::link::{Link, LinkError};

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
    /// Whether it stands in SVG or `MathML`.
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

/// How much is handed to the tokenizer at a time, so that the tokens waiting for `visit` stay few.
const WRITE_BYTES: usize = 64 * 1024;

/// Tells `visit` every token of `html`, written in `encoding`, in order.
///
/// Whatever the bytes are, there is no error: the walk ends where the tokenizer gives up, and what was told stands.
pub fn walk(html: &[u8], encoding: &'static Encoding, visit: &mut dyn FnMut(Token)) {
    let Some(encoding) = AsciiCompatibleEncoding::new(encoding) else {
        return;
    };
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
            comments
                .borrow_mut()
                .push(Token::Comment(comment.source_location().bytes().into()));
            Ok(())
        }))
        .append_document_content_handler(doctype!(|doctype| {
            doctypes
                .borrow_mut()
                .push(Token::Doctype(doctype.source_location().bytes().into()));
            Ok(())
        }));
    let mut tokenizer = HtmlRewriter::new(settings, |_: &[u8]| {});
    let complete = html.chunks(WRITE_BYTES).all(|chunk| {
        let written = tokenizer.write(chunk).is_ok();
        waiting.take().into_iter().for_each(&mut *visit);
        written
    });
    // Where the tokenizer gives up at the very end, what it told before stands as well.
    let _is_whole = complete && tokenizer.end().is_ok();
    waiting.take().into_iter().for_each(visit);
}

fn start_tag(element: &Element<'_, '_>) -> StartTag {
    let attributes = element.attributes().iter().filter_map(|attribute| {
        Some(Attribute {
            name: attribute.name(),
            name_span: attribute.name_source_location()?.bytes().into(),
            value_span: attribute
                .value_source_location()
                .map(|location| location.bytes().into()),
            value: resolved(attribute.value()),
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

/// Returns a value with its character references resolved. Most have none, and stay where they are.
fn resolved(value: String) -> String {
    match located::resolve_references(&value) {
        Cow::Owned(resolved) => resolved,
        Cow::Borrowed(_) => value,
    }
}

fn follow_end(element: &mut Element<'_, '_>, waiting: &Rc<RefCell<Vec<Token>>>) {
    if !ENDED.contains(&element.tag_name().as_str()) {
        return;
    }
    let Some(handlers) = element.end_tag_handlers() else {
        return;
    };
    let waiting = waiting.clone();
    handlers.push(Box::new(move |end| {
        waiting.borrow_mut().push(Token::End {
            name: end.name(),
            span: end.source_location().bytes().into(),
        });
        Ok(())
    }));
}

impl StartTag {
    /// Returns the first attribute of this name, the one that counts.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }
}

/// Returns what relative references of a page are relative to: the first `<base>` with an `href`, resolved against the
/// page's address, else that address (WHATWG HTML §4.2.3). `None` where there is neither, or the base is no http(s) URL.
#[must_use]
pub fn base(document: &Document) -> Option<Link> {
    let written = base_href(document);
    let address = document.address.as_ref();
    let Some(written) = written else {
        return address.cloned();
    };
    let joined = match address {
        Some(address) => address.join(
            &written,
            Some(&|query| charset::encode_query(query, document.charset)),
        ),
        None => Link::parse(&written),
    };
    match joined {
        Ok(base) => Some(base),
        Err(LinkError::Scheme(text)) if !is_ignored(&text) => None,
        Err(_) => address.cloned(),
    }
}

/// Returns whether a base URL has a scheme that browsers do not let a page set.
fn is_ignored(base: &str) -> bool {
    let scheme = base
        .trim_start_matches(|character| character <= ' ')
        .split(':')
        .next()
        .unwrap_or_default();
    ["data", "javascript"]
        .iter()
        .any(|ignored| scheme.eq_ignore_ascii_case(ignored))
}

fn base_href(document: &Document) -> Option<String> {
    let legible = Legible::of(document);
    if !has_tag(legible.bytes(), b"base") {
        return None;
    }
    let mut written: Option<String> = None;
    let mut templates = 0_usize;
    walk(
        legible.bytes(),
        legible.encoding(),
        &mut |token| match token {
            Token::Start(tag) if tag.name == "template" && !tag.foreign => templates += 1,
            Token::End { name, .. } if name == "template" => {
                templates = templates.saturating_sub(1);
            }
            // What stands in a template is no part of the page.
            Token::Start(tag)
                if tag.name == "base" && !tag.foreign && templates == 0 && written.is_none() =>
            {
                written = tag.attribute("href").map(|href| href.value.clone());
            }
            _ => {}
        },
    );
    written
}

/// Returns whether a tag of this name could be in `html`: most pages are spared a walk.
fn has_tag(html: &[u8], name: &[u8]) -> bool {
    memchr::memchr_iter(b'<', html).any(|at| {
        let found = html.get(at + 1..=at + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Kind;

    #[track_caller]
    fn check_base(html: &str, expected: Option<&str>) {
        let address = Link::parse("https://h.test/a/b").ok();
        let document = Document::new(
            html.into(),
            Kind::Page,
            Some("text/html; charset=utf-8"),
            address,
        );
        assert_eq!(document.base.as_ref().map(Link::as_str), expected, "{html}");
    }

    #[test]
    fn the_first_base_with_an_address_counts() {
        check_base("<p>", Some("https://h.test/a/b"));
        check_base(
            "<base target=x><p><base href=' c/ '><base href=d/>",
            Some("https://h.test/a/c/"),
        );
        check_base("<base href='?a&amp;b'>", Some("https://h.test/a/b?a&b"));
        check_base("<base href=//other.test>", Some("https://other.test/"));
        check_base(
            "<!-- <base href=c> --><template><base href=d></template><noscript><base href=e></noscript>",
            Some("https://h.test/a/b"),
        );
        check_base(
            "<base href='http://['><base href=c/>",
            Some("https://h.test/a/b"),
        );
        check_base("<base href=' JavaScript:1'>", Some("https://h.test/a/b"));
        check_base("<base href=ftp://f.test/>", None);
    }

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
            (written(img.span), img.name.as_str()),
            ("<IMG SRC = 'a&amp;b' alt x=1>", "img")
        );
        let src = img.attribute("src").unwrap();
        assert_eq!(
            (
                written(src.name_span),
                written(src.value_span.unwrap()),
                src.value.as_str()
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

    #[test]
    fn a_tag_may_lie_across_what_is_handed_over_at_a_time() {
        let tag = "<img src='a&amp;b' alt=\"\">";
        for start in WRITE_BYTES - tag.len()..=WRITE_BYTES {
            let html = format!("{}{tag}", "x".repeat(start));
            let mut seen = Vec::new();
            walk(html.as_bytes(), encoding_rs::UTF_8, &mut |token| {
                seen.push(token);
            });
            let [Token::Start(img)] = seen.as_slice() else {
                panic!("{seen:?}")
            };
            assert_eq!(img.span, Span::from(start..html.len()));
            assert_eq!(
                img.attributes[0].value_span,
                Some(Span::from(start + 10..start + 17))
            );
        }
    }
}
