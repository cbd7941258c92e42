//! Which addresses does this CSS mention, and where exactly? Home of cssparser. Pure.
//!
//! cssparser only tells tokens here. Blocks are followed on a stack of our own, so that no depth of nesting matters.

mod level;
mod reading;

use encoding_rs::Encoding;

use self::reading::Reading;
use super::Role;
use crate::document::Span;
use crate::document::located::Located;

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

/// Returns every address that the CSS in `css` mentions, whatever it names, in order and apart from each other.
///
/// Text that no browser takes for an address, such as a broken `url(`, is not among them.
#[must_use]
pub fn mentions(css: &[u8], encoding: &'static Encoding, context: Context) -> Vec<CssMention> {
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

#[cfg(test)]
mod tests;
