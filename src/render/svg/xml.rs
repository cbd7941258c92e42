//! Where do the tags of this XML stand, and is it well-formed? Tokens with byte spans (XML 1.0). Pure.

use crate::document::Span;

/// One token.
#[derive(Debug)]
pub(super) enum Token<'t> {
    Start(Tag<'t>),
    End {
        name: &'t str,
        span: Span,
    },
    /// `<?…?>`
    Instruction(Span),
    Comment,
    /// Text, with its references.
    Text(Span),
    /// The end of the document.
    Done,
    /// The text in `<![CDATA[…]]>`, in which nothing is a reference.
    Characters(Span),
}

/// A start tag.
#[derive(Debug)]
pub(super) struct Tag<'t> {
    pub(super) name: &'t str,
    pub(super) span: Span,
    pub(super) attributes: Vec<Attribute<'t>>,
    /// Whether it ends with `/>`.
    pub(super) is_empty: bool,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute<'t> {
    pub(super) name: &'t str,
    /// The value as written, without its quotes.
    pub(super) value: &'t str,
    /// From its name to its closing quote.
    pub(super) span: Span,
}

/// Reads one token after another.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    position: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, position: 0 }
    }

    /// Returns the next token; `None` where the text is not well-formed.
    pub(super) fn next(&mut self) -> Option<Token<'t>> {
        let (text, start) = (self.text, self.position);
        let rest = &text[start..];
        if rest.is_empty() {
            return Some(Token::Done);
        }
        let token = if let Some(comment) = rest.strip_prefix("<!--") {
            self.position = start + 4 + comment.find("-->")? + 3;
            Token::Comment
        } else if let Some(characters) = rest.strip_prefix("<![CDATA[") {
            let inner = start + 9..start + 9 + characters.find("]]>")?;
            self.position = inner.end + 3;
            Token::Characters(inner.into())
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            self.position = start + 2 + instruction.find("?>")? + 2;
            Token::Instruction((start..self.position).into())
        } else if let Some(end) = rest.strip_prefix("</") {
            let length = end.find('>')?;
            self.position = start + 2 + length + 1;
            let name = end[..length].trim_end_matches(is_space);
            Token::End {
                name: is_name(name).then_some(name)?,
                span: (start..self.position).into(),
            }
        } else if rest.starts_with('<') {
            Token::Start(self.tag()?)
        } else {
            self.position = start + rest.find('<').unwrap_or(rest.len());
            Token::Text((start..self.position).into())
        };
        Some(token)
    }

    fn tag(&mut self) -> Option<Tag<'t>> {
        let start = self.position;
        self.position += 1;
        let name = self.name()?;
        let mut attributes: Vec<Attribute<'t>> = Vec::new();
        loop {
            let spaced = self.skip_space();
            let rest = &self.text[self.position..];
            let is_empty = rest.starts_with("/>");
            if is_empty || rest.starts_with('>') {
                self.position += if is_empty { 2 } else { 1 };
                return Some(Tag {
                    name,
                    span: (start..self.position).into(),
                    attributes,
                    is_empty,
                });
            }
            attributes.push(spaced.then(|| self.attribute())??);
        }
    }

    fn attribute(&mut self) -> Option<Attribute<'t>> {
        let start = self.position;
        let name = self.name()?;
        self.skip_space();
        self.text[self.position..].starts_with('=').then_some(())?;
        self.position += 1;
        self.skip_space();
        let rest = &self.text[self.position..];
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        let value = rest[1..].split_once(quote)?.0;
        self.position += value.len() + 2;
        let is_well_formed = !value.contains('<');
        is_well_formed.then(|| Attribute {
            name,
            value,
            span: (start..self.position).into(),
        })
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.position..];
        let length = rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len());
        self.position += length;
        is_name(&rest[..length]).then_some(&rest[..length])
    }

    fn skip_space(&mut self) -> bool {
        let rest = &self.text[self.position..];
        let length = rest.len() - rest.trim_start_matches(is_space).len();
        self.position += length;
        length > 0
    }
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.' | '\u{B7}')
}

pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || matches!(c, ':' | '_'))
}

/// Resolves the references that XML itself knows; `None` where another one stands.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut unescaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        unescaped.push_str(before);
        let (name, after) = after.split_once(';')?;
        unescaped.push(character(name)?);
        rest = after;
    }
    unescaped.push_str(rest);
    Some(unescaped)
}

fn character(reference: &str) -> Option<char> {
    match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}
