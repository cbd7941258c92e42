//! Where in CSS is the reader: in which block, function, rule or declaration? Pure.

use cssparser::Token;

use super::Purpose;

/// A block or function that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    /// The token that ends it; none for the whole text.
    pub(super) closer: Option<Closer>,
    /// What strings right inside are.
    pub(super) strings: Strings,
    /// Where a `url("…")` begins, and which mention it holds.
    pub(super) function: usize,
    pub(super) mention: Option<usize>,
    /// Whether it stands in an `@font-face`.
    pub(super) is_font: bool,
    /// What is being read.
    pub(super) part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closer {
    Parenthesis,
    Bracket,
    Brace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    /// Text.
    Text,
    /// The address of a `url("…")`.
    Url,
    /// Addresses of images.
    Images,
}

/// The part of a rule or declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Before its first token.
    Start,
    /// The first name, perhaps a property, and what that does with an address.
    Name { purpose: Purpose },
    /// A value.
    Value { purpose: Purpose },
    /// The head of an `@import` that began here, and which mention it holds.
    Import {
        start: usize,
        mention: Option<usize>,
    },
    /// The head of another rule with an at-keyword.
    Head { is_font: bool },
    /// What no browser reads as rules: a block of braces inside parentheses or brackets.
    Void,
}

/// A value of which no property is known to do anything else with an address.
pub(super) const PICTURE: Part = Part::Value {
    purpose: Purpose::Picture,
};

/// Properties whose `url()` names an image that is not simply shown where the property is, and what for. What is not
/// listed shows a picture.
const PURPOSES: &[(&str, Purpose)] = &[
    ("-moz-binding", Purpose::Other),
    ("-webkit-backdrop-filter", Purpose::Part),
    ("-webkit-clip-path", Purpose::Part),
    ("-webkit-filter", Purpose::Part),
    ("-webkit-mask", Purpose::Mask),
    ("-webkit-mask-box-image", Purpose::Mask),
    ("-webkit-mask-box-image-source", Purpose::Mask),
    ("-webkit-mask-image", Purpose::Mask),
    ("-webkit-shape-outside", Purpose::Shape),
    ("backdrop-filter", Purpose::Part),
    ("behavior", Purpose::Other),
    ("clip-path", Purpose::Part),
    ("content", Purpose::Character),
    ("cursor", Purpose::Cursor),
    ("fill", Purpose::Other),
    ("filter", Purpose::Part),
    ("list-style", Purpose::Character),
    ("list-style-image", Purpose::Character),
    ("marker", Purpose::Other),
    ("marker-end", Purpose::Other),
    ("marker-mid", Purpose::Other),
    ("marker-start", Purpose::Other),
    ("mask", Purpose::Mask),
    ("mask-border", Purpose::Mask),
    ("mask-border-source", Purpose::Mask),
    ("mask-image", Purpose::Mask),
    ("offset-path", Purpose::Other),
    ("shape-outside", Purpose::Shape),
    ("stroke", Purpose::Other),
];

/// Returns what a property of this name does with an address.
#[must_use]
pub fn purpose_of(property: &str) -> Purpose {
    if property.starts_with("--") {
        return Purpose::Variable;
    }
    PURPOSES
        .iter()
        .find(|(name, _)| property.eq_ignore_ascii_case(name))
        .map_or(Purpose::Picture, |(_, purpose)| *purpose)
}

/// Returns what the strings right inside a function are.
pub(super) fn strings_of(function: &str) -> Strings {
    let is = |name: &&str| function.eq_ignore_ascii_case(name);
    if ["url", "src"].iter().any(is) {
        Strings::Url
    } else if ["image-set", "-webkit-image-set", "image"].iter().any(is) {
        Strings::Images
    } else {
        Strings::Text
    }
}

/// Returns whether a block or function begins here.
pub(super) fn opens(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock
    )
}

/// Returns whether a block or function ends here.
pub(super) fn closes(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::CloseParenthesis | Token::CloseSquareBracket | Token::CloseCurlyBracket
    )
}
