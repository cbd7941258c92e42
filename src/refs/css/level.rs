//! Where in CSS is the reader: in which block, function, rule or declaration? Pure.

use cssparser::Token;

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
    /// The first name, perhaps a property, which holds no image where it is one of [`WITHOUT_IMAGE`].
    Name { holds_image: bool },
    /// A value.
    Value { holds_image: bool },
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

/// Properties whose `url()` names a part of an SVG, or code: nothing that could be shown as an image.
const WITHOUT_IMAGE: &[&str] = &[
    "-moz-binding",
    "-webkit-clip-path",
    "-webkit-filter",
    "backdrop-filter",
    "behavior",
    "clip-path",
    "fill",
    "filter",
    "marker",
    "marker-end",
    "marker-mid",
    "marker-start",
    "offset-path",
    "stroke",
];

/// Returns whether a property of this name could show an image.
pub(super) fn holds_image(property: &str) -> bool {
    !WITHOUT_IMAGE
        .iter()
        .any(|other| property.eq_ignore_ascii_case(other))
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
