//! Which addresses does this CSS mention, and where exactly? Home of cssparser. Pure.
//!
//! cssparser only tells tokens here. Blocks are followed on a stack of our own, so that no depth of nesting matters.

use cssparser::{Parser, Token};
use encoding_rs::Encoding;

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

/// A block or function that is open.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// The token that ends it; none for the whole text.
    closer: Option<Closer>,
    /// What strings right inside are.
    strings: Strings,
    /// Where a `url("…")` begins, and which mention it holds.
    function: usize,
    mention: Option<usize>,
    /// Whether it stands in an `@font-face`.
    is_font: bool,
    /// What is being read.
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closer {
    Parenthesis,
    Bracket,
    Brace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strings {
    /// Text.
    Text,
    /// The address of a `url("…")`.
    Url,
    /// Addresses of images.
    Images,
}

/// The part of a rule or declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
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

/// The reading of one text.
struct Reading<'t> {
    text: &'t str,
    levels: Vec<Level>,
    found: Vec<CssMention>,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str) -> Self {
        let whole = Level {
            closer: None,
            strings: Strings::Text,
            function: 0,
            mention: None,
            is_font: false,
            part: Part::Start,
        };
        Self {
            text,
            levels: vec![whole],
            found: Vec::new(),
        }
    }

    fn read(mut self) -> Vec<CssMention> {
        let mut parsed_from = 0;
        let mut parser = Parser::new(self.text);
        loop {
            let start = parsed_from + parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else {
                break;
            };
            let token = token.clone();
            let end = parsed_from + parser.position().byte_index();
            self.token(&token, Span { start, end });
            if opens(&token) {
                // A parser that goes on would skip the block; a new one reads it.
                parsed_from = end;
                parser = Parser::new(&self.text[end..]);
            }
        }
        while self.levels.len() > 1 {
            self.close(self.text.len());
        }
        self.end_part(self.text.len());
        self.found
    }

    fn token(&mut self, token: &Token<'_>, span: Span) {
        match token {
            Token::WhiteSpace(_) | Token::Comment(_) => return,
            Token::AtKeyword(name) if self.level().part == Part::Start => {
                self.level().part = if name.eq_ignore_ascii_case("import") {
                    Part::Import {
                        start: span.start,
                        mention: None,
                    }
                } else {
                    Part::Head {
                        is_font: name.eq_ignore_ascii_case("font-face"),
                    }
                };
                return;
            }
            Token::Ident(name) if self.level().part == Part::Start => {
                let holds_image = !WITHOUT_IMAGE
                    .iter()
                    .any(|property| name.eq_ignore_ascii_case(property));
                self.level().part = Part::Name { holds_image };
                return;
            }
            Token::Colon => {
                if let Part::Name { holds_image } = self.level().part {
                    self.level().part = Part::Value { holds_image };
                    return;
                }
            }
            Token::Semicolon => return self.end_part(span.end),
            Token::UnquotedUrl(address) => self.unquoted(address, span),
            Token::QuotedString(address) => self.string(address, span),
            Token::Function(name) => self.open(Closer::Parenthesis, strings_of(name), span.start),
            Token::ParenthesisBlock => self.open(Closer::Parenthesis, Strings::Text, span.start),
            Token::SquareBracketBlock => self.open(Closer::Bracket, Strings::Text, span.start),
            Token::CurlyBracketBlock => self.open(Closer::Brace, Strings::Text, span.start),
            Token::CloseParenthesis => self.close_if(Closer::Parenthesis, span.end),
            Token::CloseSquareBracket => self.close_if(Closer::Bracket, span.end),
            Token::CloseCurlyBracket => self.close_if(Closer::Brace, span.end),
            _ => {}
        }
        if matches!(self.level().part, Part::Start | Part::Name { .. })
            && !closes(token)
            && !opens(token)
        {
            self.level().part = Part::Value { holds_image: true };
        }
    }

    /// The level that is open; the whole text is never closed.
    fn level(&mut self) -> &mut Level {
        self.levels
            .last_mut()
            .expect("the level of the whole text is never taken off")
    }

    fn open(&mut self, closer: Closer, strings: Strings, function: usize) {
        let outer = *self.level();
        let (is_font, part) = match (closer, outer.part) {
            (_, Part::Void) => (false, Part::Void),
            (Closer::Brace, _)
                if matches!(outer.closer, Some(Closer::Parenthesis | Closer::Bracket)) =>
            {
                (false, Part::Void)
            }
            (Closer::Brace, Part::Head { is_font }) => (is_font, Part::Start),
            (Closer::Brace, _) => (outer.is_font, Part::Start),
            (_, Part::Start | Part::Name { .. }) => {
                (outer.is_font, Part::Value { holds_image: true })
            }
            // What an import imports stands in its own head only, or in the `url()` of it.
            (
                _,
                Part::Import {
                    mention: Some(_), ..
                },
            ) => (false, Part::Head { is_font: false }),
            (_, part) => (outer.is_font, part),
        };
        self.levels.push(Level {
            closer: Some(closer),
            strings,
            function,
            mention: None,
            is_font,
            part,
        });
    }

    fn close_if(&mut self, closer: Closer, end: usize) {
        if self.level().closer == Some(closer) {
            self.close(end);
        }
    }

    fn close(&mut self, end: usize) {
        let Some(closed) = self.levels.pop() else {
            return;
        };
        if let Some(mention) = closed.mention.and_then(|index| self.found.get_mut(index)) {
            mention.whole.end = end;
        }
        match (closed.closer, closed.part, self.level().part) {
            (Some(Closer::Brace), _, _) => self.end_part(end),
            (_, Part::Import { mention, .. }, Part::Import { start, .. }) => {
                self.level().part = Part::Import { start, mention }
            }
            (_, _, Part::Start | Part::Name { .. }) => {
                self.level().part = Part::Value { holds_image: true }
            }
            _ => {}
        }
    }

    /// Ends the rule or declaration that is being read.
    fn end_part(&mut self, end: usize) {
        let ended = self.level().part;
        if ended == Part::Void {
            return;
        }
        self.level().part = Part::Start;
        if let Part::Import {
            start,
            mention: Some(index),
        } = ended
            && let Some(mention) = self.found.get_mut(index)
        {
            mention.whole = Span { start, end };
        }
    }

    fn unquoted(&mut self, address: &str, whole: Span) {
        let token = &self.text[whole.start..whole.end];
        let start = token.find('(').map_or(0, |parenthesis| parenthesis + 1);
        let inner = token[start..].strip_suffix(')').unwrap_or(&token[start..]);
        let trimmed = inner.trim_start_matches(is_space);
        let start = whole.start + start + (inner.len() - trimmed.len());
        let mut end = start + trimmed.trim_end_matches(is_space).len();
        // An escaped space belongs to the address.
        if is_escaped(&self.text[start..end], end - start) && end < whole.start + token.len() {
            end += self.text[end..].chars().next().map_or(0, char::len_utf8);
        }
        self.mention(MentionKind::Url, address, Span { start, end }, whole);
    }

    fn string(&mut self, address: &str, whole: Span) {
        let level = *self.level();
        let kind = match (level.strings, level.part) {
            (Strings::Text, Part::Import { mention: None, .. }) | (Strings::Url, _) => {
                MentionKind::Url
            }
            (Strings::Images, _) => MentionKind::ImageSet,
            (Strings::Text, _) => return,
        };
        let token = &self.text[whole.start..whole.end];
        let is_closed =
            token.len() > 1 && token.ends_with(&token[..1]) && !is_escaped(token, token.len() - 1);
        let span = Span {
            start: whole.start + 1,
            end: whole.end - usize::from(is_closed),
        };
        if level.strings == Strings::Url {
            // Only the first string is the address; modifiers may follow.
            self.level().strings = Strings::Text;
            self.level().mention = Some(self.found.len());
            self.mention(
                kind,
                address,
                span,
                Span {
                    start: level.function,
                    end: whole.end,
                },
            );
        } else {
            self.mention(kind, address, span, whole);
        }
    }

    fn mention(&mut self, kind: MentionKind, address: &str, span: Span, whole: Span) {
        let index = self.found.len();
        let level = self.level();
        let (kind, role) = match &mut level.part {
            Part::Import {
                mention: mention @ None,
                ..
            } => {
                *mention = Some(index);
                (MentionKind::Import, Some(Role::Style))
            }
            Part::Import { .. } | Part::Head { .. } | Part::Void => (MentionKind::Head, None),
            _ if level.is_font => (kind, Some(Role::Font)),
            Part::Value { holds_image: false } => (kind, None),
            _ => (kind, Some(Role::Image)),
        };
        self.found.push(CssMention {
            span,
            whole,
            kind,
            role,
            text: address.to_owned(),
        });
    }
}

fn strings_of(function: &str) -> Strings {
    let is = |name: &&str| function.eq_ignore_ascii_case(name);
    if ["url", "src"].iter().any(is) {
        Strings::Url
    } else if ["image-set", "-webkit-image-set", "image"].iter().any(is) {
        Strings::Images
    } else {
        Strings::Text
    }
}

fn opens(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock
    )
}

fn closes(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::CloseParenthesis | Token::CloseSquareBracket | Token::CloseCurlyBracket
    )
}

fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

/// Returns whether a backslash takes away the meaning of the character at `offset`.
fn is_escaped(text: &str, offset: usize) -> bool {
    text.as_bytes()[..offset]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
        % 2
        == 1
}

#[cfg(test)]
mod tests;
