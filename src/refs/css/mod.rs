//! Which addresses does this CSS mention, and where exactly? Home of cssparser. Pure.
//!
//! cssparser only tells tokens here. Blocks are followed on a stack of our own, so that no depth of nesting matters.

mod level;
mod reading;
mod scoped;
mod written;

use encoding_rs::Encoding;

pub use self::level::purpose_of;
use self::reading::Reading;
pub(crate) use self::scoped::scoped;
use super::{Kind, Reference, Role, resolve};
use crate::document::located::Located;
use crate::document::{Document, Span};

/// Where CSS stands in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The text of a stylesheet.
    Stylesheet,
    /// The value of a `style` attribute, or the text of an SVG `<style>`: character references are resolved first.
    Attribute,
}

/// One address in CSS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CssMention {
    /// Where the address stands, without quotes and `url(`.
    pub span: Span,
    /// What it is part of: `url(…)` or a string with its quotes; for an import, the rule from `@` to `;`.
    pub whole: Span,
    /// The syntax it stands in.
    pub kind: MentionKind,
    /// What it is needed for; `None` for what is no resource, such as the name of a namespace or an SVG filter.
    pub role: Option<Role>,
    /// What the property that it stands in does with it.
    pub purpose: Purpose,
    /// The address, with its escapes resolved.
    pub text: String,
}

/// How CSS mentions an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentionKind {
    /// `url(…)`, quoted or not, or `src("…")`.
    Url,
    /// A bare string in `image-set()` or `image()`.
    ImageSet,
    /// What an `@import` imports.
    Import,
    /// Where no browser fetches it: in the head of another rule, such as `@namespace`, or in what is no rule at all.
    Head,
}

/// What a property does with what an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It is shown in the box that there is: a background, a border.
    Picture,
    /// It is shown in the line, and makes the box that it needs: `content`, `list-style`.
    Character,
    /// It says what of the box is seen (CSS Masking 1, `mask-image`).
    Mask,
    /// Text flows around it (CSS Shapes 1, `shape-outside`).
    Shape,
    /// A part of a drawing, by its fragment, is applied to the box: `clip-path`, `filter`.
    Part,
    /// It is the mouse pointer.
    Cursor,
    /// It is held by a custom property, for any of these.
    Variable,
    /// None of these: a font, an import, code, or what no browser takes from another file.
    Other,
}

impl Purpose {
    /// Returns whether browsers fetch it with CORS, and so refuse to take it from a disk (CSS Masking 1 §7.2, CSS Shapes 1 §4,
    /// Filter Effects 1 §8): it must stand in the page itself. Fonts are fetched so as well, but taken.
    #[must_use]
    pub fn is_refused_from_disk(self) -> bool {
        matches!(self, Self::Mask | Self::Shape | Self::Part | Self::Variable)
    }
}

/// Returns every reference of a stylesheet, in order.
#[must_use]
pub fn find(document: &Document) -> Vec<Reference> {
    // A byte order mark would be read as the beginning of a name.
    let start = Encoding::for_bom(&document.bytes).map_or(0, |(_, length)| length);
    let css = &document.bytes[start..];
    let mentions = mentions(css, document.charset, Context::Stylesheet);
    let reference = |mention: CssMention| {
        let span = mention.span.moved(start);
        let (kind, role) = (mention.kind.of_reference()?, mention.role?);
        let is_place_within = mention.text.is_empty() || mention.text.starts_with('#');
        (!is_place_within).then(|| Reference {
            span,
            written: Located::decode(span.slice(&document.bytes), document.charset)
                .text
                .into_owned(),
            target: resolve(&mention.text, document.base.as_ref(), document.charset),
            kind,
            role,
            promotion: None,
        })
    };
    mentions.into_iter().filter_map(reference).collect()
}

impl MentionKind {
    /// Returns the kind of the reference that such a mention is, where it is one.
    pub(super) fn of_reference(self) -> Option<Kind> {
        match self {
            Self::Url => Some(Kind::CssUrl),
            Self::ImageSet => Some(Kind::CssImageSet),
            Self::Import => Some(Kind::CssImport),
            Self::Head => None,
        }
    }
}

/// Returns every address that the CSS in `css` mentions, whatever it names, in order and apart from each other.
///
/// Text that no browser takes for an address, such as a broken `url(`, is not among them.
#[must_use]
pub fn mentions(css: &[u8], encoding: &'static Encoding, context: Context) -> Vec<CssMention> {
    if !may_mention(css, context) {
        return Vec::new();
    }
    let decoded = Located::decode(css, encoding);
    let located = if context == Context::Attribute {
        decoded.unescape()
    } else {
        decoded
    };
    let mut found = Reading::new(&located.text).read();
    for mention in &mut found {
        mention.span = located.origins.source(mention.span);
        mention.whole = located.origins.source(mention.whole);
    }
    found
}

/// Returns whether there could be an address in `css`: it stands in a function or behind `@import`, and in an attribute the
/// parenthesis may be a character reference. Most `style` attributes have neither, and are spared the tokenizer.
fn may_mention(css: &[u8], context: Context) -> bool {
    match context {
        Context::Attribute => memchr::memchr3(b'(', b'@', b'&', css).is_some(),
        Context::Stylesheet => memchr::memchr2(b'(', b'@', css).is_some(),
    }
}

#[cfg(test)]
mod tests;
