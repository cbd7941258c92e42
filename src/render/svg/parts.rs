//! Which parts of a sealed drawing stand in a page, so that `<use>` finds them there? Pure.
//!
//! Browsers refuse `<use href=x.svg#part>` from disk. Only what is used is taken, and what that uses in turn: an element
//! that is used inherits nothing from what is around it in its file (SVG 2 §5.5).

mod written;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use encoding_rs::UTF_8;

use super::rules::local;
use super::xml::{self, Tag, Token, Tokens};
use crate::document::Span;
use crate::refs::css::{self, Context};
pub(crate) use written::in_ascii;

/// A sealed drawing of which a page uses parts.
#[derive(Debug)]
pub(crate) struct Parts {
    text: String,
    /// What precedes the names of this drawing in the page.
    prefix: String,
    /// The elements that have an ID.
    named: HashMap<String, Span>,
    root: Span,
    root_name: String,
    styles: Vec<Span>,
    /// The elements that are used: where they end, by where they begin.
    used: BTreeMap<usize, usize>,
}

/// An element that a page may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Its ID in the page.
    pub(crate) name: String,
    /// How many bytes came to what is used.
    pub(crate) bytes: usize,
}

/// Why an element can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// The drawing has no such element.
    Absent,
    /// It is larger than what may still be put into the page.
    TooLarge,
}

impl Parts {
    /// Reads `sealed`, what [`super::seal`] returns, whose names begin with `prefix` in the page.
    pub(crate) fn of(sealed: String, prefix: String) -> Option<Self> {
        let mut parts = Self {
            text: String::new(),
            prefix,
            named: HashMap::new(),
            root: Span::from(0..0),
            root_name: String::new(),
            styles: Vec::new(),
            used: BTreeMap::new(),
        };
        parts.index(&sealed)?;
        parts.text = sealed;
        Some(parts)
    }

    fn index(&mut self, text: &str) -> Option<()> {
        let mut open: Vec<(usize, Option<String>, bool)> = Vec::new();
        let mut tokens = Tokens::new(text);
        loop {
            let (start, end, id, is_style) = match tokens.next()? {
                Token::Done => return Some(()),
                Token::Start(tag) => {
                    let id = id_of(&tag);
                    let is_style = local(tag.name) == Some("style");
                    if !tag.is_empty {
                        open.push((tag.span.start, id, is_style));
                        continue;
                    }
                    (tag.span.start, tag.span.end, id, is_style)
                }
                Token::End { span, .. } => {
                    let (start, id, is_style) = open.pop()?;
                    (start, span.end, id, is_style)
                }
                _ => continue,
            };
            let span = Span { start, end };
            if open.is_empty() {
                self.root = span;
                self.root_name = id.clone().unwrap_or_default();
            }
            if let Some(id) = id {
                self.named.entry(id).or_insert(span);
            }
            if is_style {
                self.styles.push(span);
            }
        }
    }

    /// Takes the element called `id`, or all of the drawing, with all that it uses in turn: `bytes_max` more than before at most.
    /// Returns its name in the page and how many bytes came to what is used.
    ///
    /// # Errors
    /// When there is no such element, or it is too large.
    pub(crate) fn take(&mut self, id: Option<&str>, bytes_max: usize) -> Result<Taken, NotTaken> {
        let span = match id {
            Some(id) => *self.named.get(id).ok_or(NotTaken::Absent)?,
            None => self.root,
        };
        let mut fresh = BTreeMap::new();
        let mut bytes = 0;
        let mut due = vec![span];
        if self.used.is_empty() {
            for style in &self.styles {
                bytes += style.length();
                due.extend(self.named_in(*style));
            }
        }
        while let Some(span) = due.pop() {
            if self.used.contains_key(&span.start) || fresh.contains_key(&span.start) {
                continue;
            }
            bytes += span.length();
            if bytes > bytes_max {
                return Err(NotTaken::TooLarge);
            }
            fresh.insert(span.start, span.end);
            due.extend(self.named_in(span));
        }
        self.used.extend(fresh);
        let name = [&self.prefix, "-", id.unwrap_or(&self.root_name)].concat();
        Ok(Taken { name, bytes })
    }

    /// Returns the elements that what stands in `span` refers to.
    fn named_in(&self, span: Span) -> Vec<Span> {
        let mut named = Vec::new();
        let mut tokens = Tokens::new(&self.text[span.start..span.end]);
        let mut refer = |text: &str, is_address: bool| {
            let found = css::mentions(text.as_bytes(), UTF_8, Context::Stylesheet);
            let addresses = found.iter().map(|mention| mention.text.as_str());
            let address = is_address.then_some(text);
            for address in addresses.chain(address) {
                let id = address.trim().strip_prefix('#').unwrap_or_default();
                named.extend(self.named.get(id).copied());
            }
        };
        while let Some(token) = tokens.next() {
            match token {
                Token::Start(tag) => {
                    for attribute in &tag.attributes {
                        let value = xml::unescaped(attribute.value).unwrap_or_default();
                        if value.contains('#') {
                            refer(&value, is_address(attribute.name));
                        }
                    }
                }
                Token::Text(inner) | Token::Characters(inner) => {
                    let text = &self.text[span.start + inner.start..span.start + inner.end];
                    if text.contains('#') {
                        refer(text, false);
                    }
                }
                Token::Done => break,
                _ => {}
            }
        }
        named
    }
}

fn id_of(tag: &Tag<'_>) -> Option<String> {
    let id = tag
        .attributes
        .iter()
        .find(|attribute| attribute.name == "id")?;
    xml::unescaped(id.value)
}

fn is_address(name: &str) -> bool {
    matches!(name, "href" | "xlink:href")
}
