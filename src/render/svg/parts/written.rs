//! How are the parts of a drawing that a page uses written into it? As SVG in HTML, in ASCII. Pure.

use std::fmt::Write as _;

use encoding_rs::UTF_8;

use super::{Parts, id_of, is_address};
use crate::document::Span;
use crate::refs::css::{self, Context, scoped};
use crate::render::svg::rules::local;
use crate::render::svg::xml::{self, Tag, Token, Tokens};

/// The elements that show nothing, and in which HTML would be read as HTML.
const UNSHOWN: &[&str] = &["desc", "metadata", "title"];

impl Parts {
    /// Returns what is used as SVG in HTML, in ASCII.
    pub(crate) fn markup(&self) -> String {
        let mut markup = String::new();
        for style in &self.styles {
            self.write(*style, &mut markup);
        }
        let mut reached = 0;
        for (start, end) in &self.used {
            if *start >= reached {
                self.write((*start..*end).into(), &mut markup);
                reached = *end;
            }
        }
        markup
    }

    fn write(&self, span: Span, markup: &mut String) {
        let text = &self.text[span.start..span.end];
        let mut tokens = Tokens::new(text);
        let (mut depth, mut unshown) = (0, None);
        let mut style: Option<String> = None;
        while let Some(token) = tokens.next() {
            match token {
                Token::Start(tag) => {
                    let name = local(tag.name).unwrap_or_default();
                    if unshown.is_none() && UNSHOWN.contains(&name) {
                        unshown = Some(depth);
                    }
                    if unshown.is_none() {
                        self.write_tag(name, &tag, span == self.root, markup);
                        style = (name == "style" && !tag.is_empty).then(String::new);
                    }
                    depth += usize::from(!tag.is_empty);
                    if tag.is_empty && unshown == Some(depth) {
                        unshown = None;
                    }
                }
                Token::End { name, .. } => {
                    depth = depth.saturating_sub(1);
                    if let Some(style) = style.take() {
                        write_escaped(&self.renamed(&scoped(&style, &self.prefix), false), markup);
                    }
                    if unshown.is_none() {
                        let name = local(name).unwrap_or_default();
                        markup.push_str(&["</", name, ">"].concat());
                    } else if unshown == Some(depth) {
                        unshown = None;
                    }
                }
                Token::Text(inner) => {
                    let text = xml::unescaped(&text[inner.start..inner.end]).unwrap_or_default();
                    write_text(&text, unshown.is_some(), &mut style, markup);
                }
                Token::Characters(inner) => {
                    let text = &text[inner.start..inner.end];
                    write_text(text, unshown.is_some(), &mut style, markup);
                }
                Token::Done => break,
                Token::Instruction(_) | Token::Comment => {}
            }
        }
    }

    fn write_tag(&self, name: &str, tag: &Tag<'_>, in_root: bool, markup: &mut String) {
        let prefix = &self.prefix;
        markup.push_str(&["<", name].concat());
        let mut attribute = |name: &str, value: &str| {
            markup.push_str(&[" ", name, "=\""].concat());
            write_escaped(value, markup);
            markup.push('"');
        };
        let mut classes = vec![prefix.clone()];
        if in_root && tag.span.start == 0 && id_of(tag).is_none() {
            // What is taken has a name, the root aside.
            attribute("id", &[prefix, "-"].concat());
        }
        for written in &tag.attributes {
            let value = xml::unescaped(written.value).unwrap_or_default();
            match written.name {
                "id" => attribute("id", &[prefix, "-", &value].concat()),
                "class" => {
                    let named = value.split_whitespace();
                    classes.extend(named.map(|class| [prefix, "-", class].concat()));
                }
                "xlink:href" | "xml:space" | "xml:lang" => {
                    attribute(
                        written.name,
                        &self.renamed(&value, is_address(written.name)),
                    );
                }
                name if name.starts_with("xmlns") || name.contains(':') => {}
                name => attribute(name, &self.renamed(&value, is_address(name))),
            }
        }
        if !self.styles.is_empty() {
            attribute("class", &classes.join(" "));
        }
        markup.push_str(if tag.is_empty { "/>" } else { ">" });
    }

    /// Returns CSS, or an address, with the names that it refers to as they are in the page.
    fn renamed(&self, text: &str, is_address: bool) -> String {
        let prefix = &self.prefix;
        if is_address {
            let name = text.trim().strip_prefix('#');
            return name.map_or(text.to_owned(), |name| format!("#{prefix}-{name}"));
        }
        let mut renamed = String::with_capacity(text.len());
        let mut copied = 0;
        for mention in css::mentions(text.as_bytes(), UTF_8, Context::Stylesheet) {
            let address = &text[mention.span.start..mention.span.end];
            if let Some(name) = address.strip_prefix('#') {
                renamed.push_str(&text[copied..mention.span.start]);
                renamed.push_str(&["#", prefix, "-", name].concat());
                copied = mention.span.end;
            }
        }
        renamed.push_str(&text[copied..]);
        renamed
    }
}

fn write_text(text: &str, is_unshown: bool, style: &mut Option<String>, markup: &mut String) {
    if let Some(style) = style {
        style.push_str(text);
    } else if !is_unshown {
        write_escaped(text, markup);
    }
}

/// Returns `text` in ASCII, with nothing in it that is markup, quoted or not.
pub(crate) fn in_ascii(text: &str) -> String {
    let mut written = String::new();
    write_escaped(text, &mut written);
    written.replace(' ', "&#32;")
}

/// Writes `text` in ASCII, with nothing in it that is markup.
fn write_escaped(text: &str, markup: &mut String) {
    for c in text.chars() {
        if matches!(c, '&' | '<' | '>' | '"' | '\'' | '`' | '\r') || !c.is_ascii() {
            write!(markup, "&#{};", u32::from(c)).expect("a String takes everything");
        } else {
            markup.push(c);
        }
    }
}
