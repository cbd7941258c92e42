//! What does an RSS or Atom feed hold? Every dialect at once, by the names of its elements. Pure.
//!
//! Forgiving: what is not well-formed is read as far as it makes sense. Entities that a document declares are not expanded.

use encoding_rs::UTF_8;

use super::{Feed, Piece, What, is_image};
use crate::document::Span;
use crate::document::located::Located;
use crate::document::xml::scan::{Markup, Scanner, StartTag, local};
use crate::link::Link;
use crate::refs::{Role, resolve};

/// How deep a feed may nest, XHTML in entries aside. Real ones nest five or six elements.
const NESTING_MAX: usize = 256;

/// How far up the element is looked for that an end tag ends; in XML it is always the innermost.
const ENDED_MAX: usize = 64;

/// An element that is open.
#[derive(Debug)]
struct Open<'t> {
    /// With its prefix.
    name: &'t str,
    /// What `xml:base` says is the base in it.
    base: Option<Link>,
}

/// What the content of an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// What the entry links to.
    Link,
    /// The address of a picture or an icon.
    Address(Role),
    /// HTML, its marks written as others or in CDATA.
    Html,
}

struct Reader<'t, 'b> {
    scanner: Scanner<'t>,
    /// Where the feed was found.
    address: Option<&'b Link>,
    open: Vec<Open<'t>>,
    feed: Feed<'t>,
    /// How many entries have begun, and whether one is open.
    entries: usize,
    in_entry: bool,
}

/// Returns what the feed at `address` holds.
pub(super) fn read<'t>(text: &'t str, address: Option<&Link>) -> Feed<'t> {
    let mut reader = Reader {
        scanner: Scanner::new(text),
        address,
        open: Vec::new(),
        feed: Feed::default(),
        entries: 0,
        in_entry: false,
    };
    while reader.step().is_some() {}
    reader.feed
}

impl<'t> Reader<'t, '_> {
    /// Reads the next piece of markup; `None` at the end.
    fn step(&mut self) -> Option<()> {
        self.scanner.text();
        match self.scanner.markup()? {
            Markup::Aside | Markup::Cdata(_) => {}
            Markup::End(name) => self.end(self.scanner.slice(name)),
            Markup::Start(tag) => self.start(&tag)?,
        }
        Some(())
    }

    fn end(&mut self, name: &str) {
        let from = self.open.len().saturating_sub(ENDED_MAX);
        if let Some(index) = self.open[from..].iter().rposition(|open| open.name == name) {
            self.open.truncate(from + index);
        }
        self.in_entry &= !is_entry(name);
    }

    fn start(&mut self, tag: &StartTag) -> Option<()> {
        let name = self.scanner.slice(tag.name);
        let around = self.open.last().and_then(|open| open.base.clone());
        let base = self.value(tag, "xml:base").map_or(around.clone(), |value| {
            resolve(value.text.trim(), around.as_ref().or(self.address), UTF_8).or(around)
        });
        if is_entry(name) {
            self.entries += 1;
            self.in_entry = !tag.is_empty;
        }
        self.attributes(tag, local(name), base.as_ref());
        if tag.is_empty {
            return Some(());
        }
        if let Some(holds) = self.holds(tag, name) {
            self.content(name, holds, base.as_ref());
            return Some(());
        }
        if self.open.len() == NESTING_MAX {
            return None;
        }
        self.open.push(Open { name, base });
        Some(())
    }

    /// Takes in the addresses that stand in attributes.
    fn attributes(&mut self, tag: &StartTag, local: &str, base: Option<&Link>) {
        let said = |name: &str| {
            let value = self.value(tag, name);
            value.map_or_else(String::new, |value| value.text.trim().to_owned())
        };
        let name = match local {
            "enclosure" | "thumbnail" => "url",
            // Of Media RSS it is said where it stands, of Atom where it stands instead.
            "content" if self.value(tag, "url").is_some() => "url",
            "content" => "src",
            "link" | "image" => "href",
            _ => return,
        };
        let (address, rel) = (said(name), said("rel"));
        let is_found = match local {
            "link" if rel == "enclosure" => is_image("", &said("type"), &address),
            "link" => {
                let is_its_page = rel.is_empty() || rel == "alternate";
                if self.in_entry && is_its_page && !address.is_empty() {
                    self.feed.links.entry(self.entries).or_insert(address);
                }
                false
            }
            "thumbnail" | "image" => true,
            _ => is_image(&said("medium"), &said("type"), &address),
        };
        if is_found && let Some(place) = self.place(tag, name) {
            self.piece(place, true, What::Address(Role::Image), base);
        }
    }

    /// Returns what the content of this element is, where that is of interest.
    fn holds(&self, tag: &StartTag, name: &str) -> Option<Holds> {
        let parent = self.open.last().map(|open| local(open.name));
        let media = self.value(tag, "type");
        let media = media.as_ref().map(|media| media.text.trim());
        let is_marked = media.is_some_and(|media| media.contains("html"));
        match local(name) {
            "url" if parent == Some("image") => Some(Holds::Address(Role::Image)),
            "logo" if !name.contains(':') => Some(Holds::Address(Role::Image)),
            "icon" => Some(Holds::Address(Role::Icon)),
            "link" if self.in_entry && is_entry(self.open.last()?.name) => Some(Holds::Link),
            "encoded" => Some(Holds::Html),
            "description" if !name.contains(':') && media.is_none() => Some(Holds::Html),
            "description" | "content" | "summary" if is_marked => Some(Holds::Html),
            _ => None,
        }
    }

    /// Takes in the content of an element up to its end, or as much of it as there is.
    fn content(&mut self, name: &'t str, holds: Holds, base: Option<&Link>) {
        let start = self.scanner.position();
        let mut nodes: Vec<(Span, bool)> = Vec::new();
        let mut has_elements = false;
        let mut depth = 0_usize;
        let end = loop {
            let text = self.scanner.text();
            nodes.push((text, true));
            let rest = self.scanner.rest();
            let passed = if rest.starts_with("<!--") {
                self.scanner.pass("-->", "<!--".len())
            } else if rest.starts_with("<![CDATA[") {
                let section = self.scanner.pass("]]>", "<![CDATA[".len());
                let inner = |section: Span| {
                    Span::from(section.start + "<![CDATA[".len()..section.end - "]]>".len())
                };
                nodes.extend(section.map(|section| (inner(section), false)));
                section
            } else if rest.starts_with("</") {
                let tag = self.scanner.pass(">", 0);
                let ended = |tag| self.scanner.slice(self.scanner.end_name(tag));
                let is_own = tag.is_some_and(|tag| ended(tag) == name);
                if is_own && depth == 0 {
                    break text.end;
                }
                depth -= usize::from(is_own);
                tag
            } else if rest.starts_with(['<']) && !rest.starts_with("<!") && !rest.starts_with("<?")
            {
                let tag = self.scanner.start_tag();
                has_elements |= tag.is_some();
                let is_own = |tag: &StartTag| !tag.is_empty && self.scanner.slice(tag.name) == name;
                depth += usize::from(tag.as_ref().is_some_and(is_own));
                tag.map(|tag| tag.span)
            } else {
                self.scanner.pass(">", 0)
            };
            if passed.is_none() {
                break text.end;
            }
        };
        if has_elements && holds == Holds::Html {
            self.piece(Span::from(start..end), false, What::Markup, base);
            return;
        }
        nodes.retain(|(span, _)| !self.scanner.slice(*span).trim().is_empty());
        self.nodes(&nodes, holds, base);
    }

    /// Takes in texts, each where it stands and whether it has character references.
    fn nodes(&mut self, nodes: &[(Span, bool)], holds: Holds, base: Option<&Link>) {
        let first = nodes.first().copied();
        match holds {
            Holds::Html => {
                for (span, is_escaped) in nodes {
                    self.piece(*span, *is_escaped, What::Html, base);
                }
            }
            Holds::Address(role) => {
                if let Some((span, is_escaped)) = first {
                    self.piece(span, is_escaped, What::Address(role), base);
                }
            }
            Holds::Link => {
                if let Some((span, is_escaped)) = first {
                    let link = self.located(span, is_escaped).text.trim().to_owned();
                    self.feed.links.entry(self.entries).or_insert(link);
                }
            }
        }
    }

    fn piece(&mut self, place: Span, is_escaped: bool, what: What, base: Option<&Link>) {
        let content = self.located(place, is_escaped);
        self.feed.pieces.push(Piece {
            place,
            content,
            what,
            base: base.cloned(),
            entry: self.in_entry.then_some(self.entries),
        });
    }

    fn located(&self, place: Span, is_escaped: bool) -> Located<'t> {
        let located = Located::decode(self.scanner.slice(place).as_bytes(), UTF_8);
        if is_escaped {
            located.unescape()
        } else {
            located
        }
    }

    fn value(&self, tag: &StartTag, name: &str) -> Option<Located<'t>> {
        Some(self.located(self.place(tag, name)?, true))
    }

    fn place(&self, tag: &StartTag, name: &str) -> Option<Span> {
        let mut attributes = tag.attributes.iter();
        attributes
            .find(|attribute| self.scanner.slice(attribute.name) == name)?
            .value
    }
}

fn is_entry(name: &str) -> bool {
    matches!(local(name), "item" | "entry")
}
