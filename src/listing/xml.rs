//! Which elements does a document hold, one after the other, and in which other? Forgiving, forward only. Pure.

use std::borrow::Cow;

use encoding_rs::UTF_8;

use crate::document::Span;
use crate::document::located::Located;
use crate::document::xml::scan::{Markup, Scanner, StartTag, local};

/// How deep elements may nest. Feeds, sitemaps and outlines of people nest a dozen; XHTML in entries some dozens more.
const NESTING_MAX: usize = 256;

/// How far up the element is looked for that an end tag ends; in XML it is always the innermost.
const ENDED_MAX: usize = 64;

/// What comes next.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'t> {
    /// An element begins. What ends at once begins and ends.
    Start(Tag<'t>),
    /// Text in the innermost open element, its character references resolved.
    Text(Raw<'t>),
    /// An element of this local name ended, and what was open in it.
    End(&'t str),
}

/// The beginning of an element.
#[derive(Debug, PartialEq)]
pub(super) struct Tag<'t> {
    /// Its name, with its prefix.
    pub(super) name: &'t str,
    attributes: Vec<(&'t str, &'t str)>,
}

/// Text as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Raw<'t> {
    written: &'t str,
    is_escaped: bool,
}

impl<'t> Raw<'t> {
    /// Returns what it says.
    pub(super) fn text(self) -> Cow<'t, str> {
        if self.is_escaped && self.written.contains('&') {
            Located::decode(self.written.as_bytes(), UTF_8)
                .unescape()
                .text
        } else {
            Cow::Borrowed(self.written)
        }
    }
}

impl<'t> Tag<'t> {
    /// Returns the name without its prefix.
    pub(super) fn local(&self) -> &'t str {
        local(self.name)
    }

    /// Returns what an attribute says, whatever the case of its name.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'t, str>> {
        let mut attributes = self.attributes.iter();
        let (_, written) = attributes.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        let raw = Raw {
            written,
            is_escaped: true,
        };
        Some(raw.text())
    }
}

/// Reads a document node by node.
#[derive(Debug)]
pub(super) struct Nodes<'t> {
    scanner: Scanner<'t>,
    /// The names of the elements that are open.
    open: Vec<&'t str>,
    /// An element that began and ended with one tag, and whose end was not given yet.
    empty: Option<&'t str>,
    /// Where the markup began that was read last.
    began: usize,
    /// Markup that no text stands before.
    is_at_markup: bool,
    /// Whether an element has begun.
    is_begun: bool,
    is_over: bool,
}

impl<'t> Nodes<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            scanner: Scanner::new(text),
            open: Vec::new(),
            empty: None,
            began: 0,
            is_at_markup: false,
            is_begun: false,
            is_over: false,
        }
    }

    /// Returns the local name of the element `up` above the innermost one that is open.
    pub(super) fn around(&self, up: usize) -> Option<&'t str> {
        let at = self.open.len().checked_sub(up + 1)?;
        Some(local(self.open[at]))
    }

    /// Returns how many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Returns how far the document was read.
    pub(super) fn position(&self) -> usize {
        self.scanner.position()
    }

    /// Returns what stands between `start` and the markup that was read last.
    pub(super) fn since(&self, start: usize) -> &'t str {
        self.scanner.slice(Span::from(start..self.began.max(start)))
    }

    /// Returns what is wrong with the document, asked at its end.
    pub(super) fn flaw(&self) -> Option<String> {
        if !self.is_begun {
            return Some("it has no element at all".to_owned());
        }
        let (true, Some(root)) = (self.is_over, self.open.first()) else {
            return None;
        };
        Some(if self.open.len() >= NESTING_MAX {
            format!("its elements nest deeper than {NESTING_MAX}")
        } else {
            format!("it breaks off before its end: <{root}> is not closed")
        })
    }

    fn raw(&self, span: Span, is_escaped: bool) -> Raw<'t> {
        Raw {
            written: self.scanner.slice(span),
            is_escaped,
        }
    }

    /// Ends the element of this name and what is open in it; `None` where none is open.
    fn end(&mut self, name: &str) -> Option<Node<'t>> {
        let from = self.open.len().saturating_sub(ENDED_MAX);
        let index = self.open[from..].iter().rposition(|open| *open == name)?;
        let ended = self.open[from + index];
        self.open.truncate(from + index);
        Some(Node::End(local(ended)))
    }

    fn start(&mut self, tag: &StartTag) -> Option<Node<'t>> {
        self.is_begun = true;
        let name = self.scanner.slice(tag.name);
        if self.open.len() == NESTING_MAX {
            return None;
        }
        self.open.push(name);
        self.empty = tag.is_empty.then_some(name);
        let said = tag.attributes.iter().filter_map(|attribute| {
            let value = self.scanner.slice(attribute.value?);
            Some((self.scanner.slice(attribute.name), value))
        });
        Some(Node::Start(Tag {
            name,
            attributes: said.collect(),
        }))
    }
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if let Some(name) = self.empty.take() {
            self.open.pop();
            return Some(Node::End(local(name)));
        }
        while !self.is_over {
            if !std::mem::replace(&mut self.is_at_markup, true) {
                let text = self.scanner.text();
                if text.length() > 0 {
                    return Some(Node::Text(self.raw(text, true)));
                }
            }
            self.is_at_markup = false;
            self.began = self.scanner.position();
            let node = match self.scanner.markup() {
                Some(Markup::Aside) => None,
                Some(Markup::Cdata(text)) => Some(Node::Text(self.raw(text, false))),
                Some(Markup::End(name)) => self.end(self.scanner.slice(name)),
                Some(Markup::Start(tag)) => {
                    let started = self.start(&tag);
                    self.is_over = started.is_none();
                    started
                }
                None => {
                    self.is_over = true;
                    None
                }
            };
            if node.is_some() {
                return node;
            }
        }
        None
    }
}
