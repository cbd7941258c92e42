//! How may an image be shown that could run and fetch? A sealed copy of an SVG: what is not known to be a drawing is cut. Pure.
//!
//! Only well-formed XML is sealed, as only that is drawn by a browser. The copy is UTF-8, whatever the original is.

mod parts;
mod prologue;
mod rules;
mod style;
mod xml;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::SVG_BYTES_MAX;
use super::splice::{self, Edit};
use crate::document::Span;
pub(crate) use parts::{NotTaken, Parts, in_ascii};
use rules::Rule;
use style::Style;
use xml::{Tag, Token};

/// Returns the sealed copy of `svg`; `None` where it is no well-formed SVG.
#[must_use]
pub(crate) fn seal(svg: &[u8]) -> Option<Vec<u8>> {
    if svg.len() as u64 > SVG_BYTES_MAX {
        return None;
    }
    let text = decoded(svg)?;
    let (text, entities) = prologue::read(&text)?;
    let text = entities.expand(text)?;
    let edits = Sealer::default().read(&text)?;
    Some(splice::splice(
        text.as_bytes(),
        &splice::settle(edits, text.len()),
    ))
}

/// Reads the bytes as XML 1.0 §4.3.3 and appendix F say: by byte order mark, then by declaration, else as UTF-8.
fn decoded(svg: &[u8]) -> Option<Cow<'_, str>> {
    let encoding = match Encoding::for_bom(svg) {
        Some((encoding, _)) => encoding,
        None => declared(svg).unwrap_or(UTF_8),
    };
    let (text, flawed) = encoding.decode_with_bom_removal(svg);
    (!flawed).then_some(text)
}

fn declared(svg: &[u8]) -> Option<&'static Encoding> {
    let declaration = svg.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(declaration, b"?>")?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let value = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

/// What has been read, and what must change.
#[derive(Debug, Default)]
struct Sealer {
    edits: Vec<Edit>,
    /// The names of the open elements.
    open: Vec<String>,
    /// Where the element begins that is being cut, and how many elements are open around it.
    cut: Option<(usize, usize)>,
    /// Whether the root has begun.
    has_root: bool,
    /// The stylesheet that is being read.
    style: Option<Style>,
}

impl Sealer {
    /// Returns the edits that seal the SVG in `text`; `None` where it is not well-formed.
    fn read(mut self, text: &str) -> Option<Vec<Edit>> {
        let mut tokens = xml::Tokens::new(text);
        loop {
            match tokens.next()? {
                Token::Done => {
                    return (self.has_root && self.open.is_empty()).then_some(self.edits);
                }
                token => self.take(token, text)?,
            }
        }
    }

    fn take(&mut self, token: Token<'_>, text: &str) -> Option<()> {
        match token {
            Token::Start(tag) => self.start(&tag)?,
            Token::End { name, span } => self.end(name, span)?,
            Token::Instruction(span) => self.edits.push(Edit::new(span, "")),
            Token::Comment | Token::Done => {}
            Token::Text(span) => {
                let written = &text[span.start..span.end];
                self.text(&xml::unescaped(written)?, written, span.start)?;
            }
            Token::Characters(inner) => {
                let written = &text[inner.start..inner.end];
                self.text(written, written, inner.start)?;
            }
        }
        Some(())
    }

    fn start(&mut self, tag: &Tag<'_>) -> Option<()> {
        if self.open.is_empty() {
            if self.has_root || rules::local(tag.name) != Some("svg") {
                return None;
            }
            self.has_root = true;
        }
        if self.cut.is_none() {
            self.judge(tag)?;
        }
        if tag.is_empty {
            self.close(tag.span);
        } else {
            self.open.push(tag.name.to_owned());
        }
        Some(())
    }

    fn judge(&mut self, tag: &Tag<'_>) -> Option<()> {
        if self.style.is_some() || !rules::is_drawn(tag)? {
            self.cut = Some((tag.span.start, self.open.len()));
            return Some(());
        }
        for attribute in &tag.attributes {
            let value = xml::unescaped(attribute.value)?;
            if rules::of_attribute(tag.name, attribute.name, &value) == Rule::Cut {
                self.edits.push(Edit::new(attribute.span, ""));
            }
        }
        if rules::local(tag.name) == Some("style") && !tag.is_empty {
            self.style = Some(Style::at(tag.span.end));
        }
        Some(())
    }

    fn end(&mut self, name: &str, span: Span) -> Option<()> {
        if self.open.pop()? != name {
            return None;
        }
        if self.cut.is_none()
            && let Some(style) = self.style.take()
        {
            self.edits.extend(style.closed(span.start));
        }
        self.close(span);
        Some(())
    }

    /// Ends the cut of an element that ends with `span`.
    fn close(&mut self, span: Span) {
        if let Some((start, depth)) = self.cut
            && self.open.len() == depth
        {
            self.edits.push(Edit::new(start..span.end, ""));
            self.cut = None;
        }
    }

    /// Takes in `text`, which is `written` at `start`.
    fn text(&mut self, text: &str, written: &str, start: usize) -> Option<()> {
        if self.open.is_empty() {
            return text.trim().is_empty().then_some(());
        }
        if let Some(style) = &mut self.style {
            style.push(text, (text == written).then_some(start));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
