//! Which images does a post mention? Front matter values, Markdown images and the HTML among them. Home of pulldown-cmark. Pure.
//!
//! The HTML is read in one piece, as a browser would after rendering: a copy of the post in which all else is blank.

mod body;
mod destination;
mod kept;
mod to_html;
mod values;

pub use to_html::to_html;

use encoding_rs::UTF_8;
use pulldown_cmark::Options;

use super::{Kind, LazyTable, Reference, Role, html, resolve};
use crate::document::located::{Located, Origins};
use crate::document::{Document, Span, front_matter};
use crate::link::Link;
use body::Body;
use kept::{Content, Kept};

/// Finds every image that the post mentions.
///
/// In its HTML, lazy loaders read what `table` says. Queries of addresses are UTF-8, whatever the post is kept in: that is what the generators write.
#[must_use]
pub fn find(document: &Document, table: &LazyTable) -> Vec<Reference> {
    let Located { text, origins } = Located::decode(&document.bytes, document.charset);
    let text = text.as_ref();
    let front_matter = front_matter::read(text);
    let body_start = front_matter::body_start(text, front_matter.as_ref());
    let mut images: Vec<Image> = front_matter.iter().flat_map(values::images).collect();
    let Kept { blocks, figures } = kept::kept(text, body_start);
    let markdown = kept::without(text, &blocks);
    let mut body = Body::read(&markdown, body_start);
    blocks
        .iter()
        .filter(|block| block.content == Content::Html)
        .for_each(|block| body.keep_html(text, block.inner.clone()));
    images.extend(figures.iter().map(|figure| figure.image(text)));
    images.extend(body.images);
    let base = document.base.as_ref();
    let mut found: Vec<Reference> = images
        .into_iter()
        .map(|image| image.reference(text, base))
        .collect();
    if body.has_html {
        let html = html::find_fragment(&body.html, UTF_8, base, table).into_iter();
        found.extend(html.map(|reference| as_written(reference, text)));
    }
    found
        .into_iter()
        .map(|reference| at_source(reference, &origins))
        .collect()
}

/// Returns which extensions of Markdown posts are read with: those that their generators share.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
}

/// An image of the front matter or the Markdown.
struct Image {
    span: Span,
    /// The address, escapes resolved.
    address: String,
    kind: Kind,
}

impl Image {
    fn reference(self, text: &str, base: Option<&Link>) -> Reference {
        Reference {
            span: self.span,
            written: text[self.span.start..self.span.end].to_owned(),
            target: resolve(&self.address, base, UTF_8),
            kind: self.kind,
            role: Role::Image,
            promotion: None,
        }
    }
}

/// Gives a reference of the HTML its own words, the marks of a quotation among them.
fn as_written(reference: Reference, text: &str) -> Reference {
    let written = text.get(reference.span.start..reference.span.end);
    Reference {
        written: written.unwrap_or(&reference.written).to_owned(),
        ..reference
    }
}

/// Moves a reference from the text to the document's own bytes. A template of the site's generator, such as
/// `{{ site.url }}`, leaves it without a target: only the generator knows what stands there.
fn at_source(reference: Reference, origins: &Origins) -> Reference {
    let is_template = reference.written.contains("{{") || reference.written.contains("{%");
    let mut reference = Reference {
        span: origins.source(reference.span),
        target: reference.target.filter(|_| !is_template),
        ..reference
    };
    reference.rename_at(|name| origins.source(name));
    reference
}

#[cfg(test)]
mod tests;
