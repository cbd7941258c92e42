//! Which images does a feed enclose, and which do its entries show? RSS, Atom and JSON Feed. Pure.
//!
//! The HTML of an entry stands in the feed with its own marks written as others, `&lt;img`; each image of it is found at its
//! own place in the feed all the same.

mod json;
mod xml;

use std::collections::HashMap;

use encoding_rs::UTF_8;

use super::{Kind, LazyTable, Reference, Role, html, resolve};
use crate::document::located::Located;
use crate::document::{Document, Kind as DocumentKind, Span, Syntax};
use crate::link::Link;

/// A feed as far as it holds images.
#[derive(Debug, Default)]
struct Feed<'t> {
    pieces: Vec<Piece<'t>>,
    /// What entries link to, by their number.
    links: HashMap<usize, String>,
}

/// A part of a feed that names images.
#[derive(Debug)]
struct Piece<'t> {
    /// Where it stands in the text of the feed.
    place: Span,
    /// What it says there.
    content: Located<'t>,
    what: What,
    /// What `xml:base` says is the base here.
    base: Option<Link>,
    /// The entry that it belongs to.
    entry: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The address of a picture or an icon.
    Address(Role),
    /// HTML.
    Html,
    /// XHTML, as part of the feed's own XML.
    Markup,
}

/// Finds every image that the feed names. Of a broken one, what could be read.
#[must_use]
pub fn find(document: &Document, table: &LazyTable) -> Vec<Reference> {
    let Located { text, origins } = Located::decode(&document.bytes, document.charset);
    let text = text.as_ref();
    let base = document.base.as_ref();
    let feed = if is_json(text) {
        json::read(text)
    } else {
        xml::read(text, base)
    };
    let mut found = Vec::new();
    for piece in &feed.pieces {
        for reference in feed.references(piece, base, table) {
            let span = reference.span.moved(piece.place.start);
            found.push(Reference {
                span: origins.source(span),
                written: text[span.start..span.end].to_owned(),
                promotion: None,
                ..reference
            });
        }
    }
    found
}

/// Returns whether a feed is written as JSON.
#[must_use]
pub fn is_json(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}')
        .trim_start()
        .starts_with('{')
}

impl Feed<'_> {
    /// Returns the references of a piece, whose spans count from where it stands.
    fn references(
        &self,
        piece: &Piece<'_>,
        address: Option<&Link>,
        table: &LazyTable,
    ) -> Vec<Reference> {
        let stated = piece.base.as_ref();
        let link = piece.entry.and_then(|entry| self.links.get(&entry));
        let link = link.and_then(|link| resolve(link, address, UTF_8));
        let around = stated.or(link.as_ref()).or(address);
        match piece.what {
            What::Address(role) => piece
                .address(role, stated.or(address))
                .into_iter()
                .collect(),
            What::Html => {
                let mut found =
                    html::find_fragment(piece.content.text.as_bytes(), UTF_8, around, table);
                for reference in &mut found {
                    reference.span = piece.content.origins.source(reference.span);
                }
                found
            }
            What::Markup => html::find(
                &Document {
                    bytes: piece.content.text.as_bytes().to_vec(),
                    kind: DocumentKind::Page,
                    syntax: Syntax::Xml,
                    charset: UTF_8,
                    address: around.cloned(),
                    base: around.cloned(),
                },
                table,
            ),
        }
    }
}

impl Piece<'_> {
    fn address(&self, role: Role, base: Option<&Link>) -> Option<Reference> {
        let text = &self.content.text;
        let start = text.len() - text.trim_start().len();
        let address = text.trim();
        (!address.is_empty()).then(|| Reference {
            span: self
                .content
                .origins
                .source(Span::from(start..start + address.len())),
            written: String::new(),
            target: resolve(address, base, UTF_8),
            kind: Kind::FeedEnclosure,
            role,
            promotion: None,
        })
    }
}

/// Returns whether what a feed encloses is an image: by its medium or type, or else by how its address ends.
pub(crate) fn is_image(medium: &str, media: &str, address: &str) -> bool {
    let begins = |start: &str| {
        let head = media.trim_start().get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    match medium.trim() {
        "image" => true,
        "" => {
            begins("image/")
                || (!begins("audio/") && !begins("video/") && super::ending::is_of_image(address))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
