//! Which articles does an RSS, Atom or CDF feed name? Every dialect at once, by the names of its elements. Pure.

use std::borrow::Cow;

use crate::link::Link;

use super::draft::{Draft, Holds, Part};
use super::xml::{Node, Nodes, Tag};
use super::{Listing, address};
use crate::document::xml::scan::local;

/// What is being read of a feed.
struct Reading<'f> {
    /// Where the feed was found.
    address: Option<&'f Link>,
    /// The bases that are stated, each with how many elements were open when it was; and languages likewise.
    bases: Vec<(usize, Link)>,
    languages: Vec<(usize, String)>,
    /// The entry that is open.
    draft: Option<Draft>,
    /// The part of it whose text is read.
    part: Option<Part>,
}

/// Returns the entries of a feed whose addresses are relative to `base`.
pub(super) fn read(text: &str, base: Option<&Link>) -> Listing {
    let mut listing = Listing::default();
    let mut nodes = Nodes::new(text);
    let mut reading = Reading {
        address: base,
        bases: Vec::new(),
        languages: Vec::new(),
        draft: None,
        part: None,
    };
    while let Some(node) = nodes.next() {
        match node {
            Node::Start(tag) => reading.begin(&tag, &nodes),
            Node::Text(raw) => reading.text(&raw.text(), &nodes),
            Node::End(_) => {
                let ended = reading.end(&nodes);
                listing.entries.extend(ended.map(Draft::settle));
            }
        }
        if listing.is_full() {
            return listing;
        }
    }
    // Of an entry that breaks off, what it says may be half of it.
    listing.flaw = nodes.flaw();
    listing
}

impl Reading<'_> {
    fn base(&self) -> Option<&Link> {
        self.bases.last().map(|(_, base)| base).or(self.address)
    }

    fn begin(&mut self, tag: &Tag<'_>, nodes: &Nodes<'_>) {
        let depth = nodes.depth();
        if let Some(part) = &mut self.part {
            part.is_marked_up = true;
            return;
        }
        // The channels of CDF have a base of their own.
        let stated = tag.attribute("xml:base").or_else(|| {
            let is_channel = tag.local().eq_ignore_ascii_case("channel");
            tag.attribute("base").filter(|_| is_channel)
        });
        let stated = stated.and_then(|stated| address(&stated, self.base()));
        self.bases.extend(stated.map(|stated| (depth, stated)));
        let language = tag.attribute("xml:lang").map(Cow::into_owned);
        self.languages
            .extend(language.map(|language| (depth, language)));
        let base = self.base().cloned();
        let language = self.languages.last().map(|(_, language)| language.as_str());
        match &mut self.draft {
            None if is_entry(tag.name) => {
                self.draft = Some(Draft::begin(tag, depth, base, language));
            }
            None => {}
            Some(draft) => {
                let holds = if depth == draft.depth + 1 {
                    draft.element(tag, base.as_ref(), language)
                } else {
                    draft.inner(tag, nodes.around(1), base.as_ref())
                };
                let start = nodes.position();
                self.part = holds.map(|holds| Part::new(depth, start, holds, base));
            }
        }
    }

    fn text(&mut self, text: &str, nodes: &Nodes<'_>) {
        if let Some(part) = &mut self.part {
            part.text.push_str(text);
            return;
        }
        // What RSS says of the whole feed.
        let is_of_feed = self.draft.is_none() && nodes.around(1) == Some("channel");
        if is_of_feed && nodes.around(0) == Some("language") && !text.trim().is_empty() {
            let depth = nodes.depth().saturating_sub(1);
            self.languages.push((depth, text.trim().to_owned()));
        }
    }

    /// Ends an element; returns the entry that ended with it.
    fn end(&mut self, nodes: &Nodes<'_>) -> Option<Draft> {
        let depth = nodes.depth();
        self.bases.retain(|(at, _)| *at <= depth);
        self.languages.retain(|(at, _)| *at <= depth);
        if let Some(part) = self.part.take_if(|part| part.depth > depth)
            && let Some(draft) = &mut self.draft
        {
            let markup = match part.holds {
                Holds::Content(..) if part.is_marked_up => nodes.since(part.start),
                _ => "",
            };
            draft.part(part, markup);
        }
        self.draft.take_if(|draft| draft.depth > depth)
    }
}

fn is_entry(name: &str) -> bool {
    let name = local(name);
    name.eq_ignore_ascii_case("item") || name.eq_ignore_ascii_case("entry")
}
