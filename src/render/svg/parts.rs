//! How do parts of a sealed drawing stand in a page, so that `<use>` finds them there? As SVG in HTML. Pure.
//!
//! Browsers refuse `<use href=x.svg#part>` from disk. Only what is used is taken, and what that uses in turn: an element
//! that is used inherits nothing from what is around it in its file (SVG 2 §5.5).

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use encoding_rs::UTF_8;

use super::rules::local;
use super::xml::{self, Tag, Token, Tokens};
use crate::document::Span;
use crate::refs::css::{self, Context, scoped};

/// The elements that show nothing, and in which HTML would be read as HTML.
const UNSHOWN: &[&str] = &["desc", "metadata", "title"];

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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'>";

    /// Takes the parts of a drawing and compares what stands in the page.
    #[track_caller]
    fn check(inside: &str, ids: &[Option<&str>], expected: &str) {
        let sealed = super::super::seal(format!("{HEAD}{inside}</svg>").as_bytes()).unwrap();
        let mut parts = Parts::of(String::from_utf8(sealed).unwrap(), "p".to_owned()).unwrap();
        for id in ids {
            let taken = parts.take(*id, usize::MAX).unwrap();
            assert_eq!(taken.name, format!("p-{}", id.unwrap_or_default()));
        }
        assert_eq!(parts.markup(), expected);
        // What stands in the page is markup that HTML reads as it is meant.
        assert!(expected.is_ascii());
    }

    #[test]
    fn what_is_used_comes_with_what_it_uses() {
        check(
            "<linearGradient id='g'/><symbol id='a'><path fill='url(#g)' style='stroke:url(\"#g\")'/></symbol><g id='b'/>",
            &[Some("a")],
            "<linearGradient id=\"p-g\"/><symbol id=\"p-a\"><path fill=\"url(#p-g)\" style=\"stroke:url(&#34;#p-g&#34;)\"/></symbol>",
        );
        check(
            "<g id='a'><use xlink:href='#b'/></g><g id='b'><use href='#a'/></g>",
            &[Some("b"), Some("a")],
            "<g id=\"p-a\"><use xlink:href=\"#p-b\"/></g><g id=\"p-b\"><use href=\"#p-a\"/></g>",
        );
        check(
            "<g id='a'><g id='b'/></g>",
            &[Some("b"), Some("a")],
            "<g id=\"p-a\"><g id=\"p-b\"/></g>",
        );
    }

    #[test]
    fn a_whole_drawing_is_used_without_a_name() {
        check(
            "<g/>",
            &[None],
            "<svg id=\"p-\" viewBox=\"0 0 9 9\"><g/></svg>",
        );
    }

    #[test]
    fn names_and_styles_are_those_of_the_drawing() {
        check(
            "<style>.a{fill:red}path>.b{fill:url(#g)}</style><g id='g'/><path id='x' class='a b'/>",
            &[Some("x")],
            "<style class=\"p\">.p-a{fill:red}path:where(.p)&#62;.p-b{fill:url(#p-g)}</style>\
             <g id=\"p-g\" class=\"p\"/><path id=\"p-x\" class=\"p p-a p-b\"/>",
        );
    }

    #[test]
    fn what_html_would_read_differently_goes() {
        check(
            "<svg:g xmlns:svg='http://www.w3.org/2000/svg' id='x' a:b='c' xmlns:a='d'><title>t<svg:g/></title><desc/><svg:path d='M0'/>图&lt;</svg:g>",
            &[Some("x")],
            "<g id=\"p-x\"><path d=\"M0\"/>&#22270;&#60;</g>",
        );
    }

    #[test]
    fn what_is_not_there_or_too_large_is_not_used() {
        let sealed = format!("{HEAD}<g id='a'/><g id='b'><use href='#c'/></g><g id='c'/></svg>");
        let mut parts = Parts::of(sealed, "p".to_owned()).unwrap();
        assert_eq!(parts.take(Some("x"), 100), Err(NotTaken::Absent));
        assert_eq!(parts.take(Some("b"), 35), Err(NotTaken::TooLarge));
        assert_eq!(parts.take(Some("a"), 35).map(|taken| taken.bytes), Ok(11));
        assert_eq!(parts.take(Some("a"), 0).map(|taken| taken.bytes), Ok(0));
        assert_eq!(parts.markup(), "<g id=\"p-a\"/>");
    }

    proptest! {
        #[test]
        fn any_drawing_is_used_and_stays_sealed(inside in vec(prop::sample::select(vec![
            "<g id='a'>", "</g>", "<use href='#a'/>", "<use xlink:href='#b'/>", "<path id='b' class='c'/>", "<title>", "</title>", "x", "&lt;",
            "<style>", "</style>", ".c{fill:url(#b)}", "<![CDATA[", "]]>", "<text id='c'>", "</text>", "<svg:g>", "</svg:g>", "&amp;#b",
        ]), 0..24)) {
            if let Some(sealed) = super::super::seal(format!("{HEAD}{}</svg>", inside.concat()).as_bytes()) {
                let mut parts = Parts::of(String::from_utf8(sealed).unwrap(), "p".to_owned()).unwrap();
                for id in [Some("a"), Some("b"), Some("c"), None] {
                    let taken = parts.take(id, 10_000);
                    prop_assert_ne!(taken, Err(NotTaken::TooLarge));
                }
                let markup = parts.markup();
                prop_assert!(markup.is_ascii() && !markup.contains("<title") && !markup.contains("<svg:"));
            }
        }
    }
}
