//! Which articles does an RSS or Atom feed name? Every dialect at once, by the names of its elements. Pure.

use crate::link::Link;

use super::xml::{Node, Nodes, Tag};
use super::{Entry, Listing, address, identity, time, title};
use crate::document::xml::scan::local;

/// What an entry says, before it is settled which of it counts.
#[derive(Debug, Default)]
struct Draft {
    /// How many elements are open around what it holds.
    depth: usize,
    /// The base of what it says.
    base: Option<Link>,
    /// What `<link>` says in it, as text or in `href`.
    link: Option<String>,
    /// What it links to that is no page by its type.
    other_link: Option<String>,
    /// Its `guid` or `id`.
    id: String,
    /// Whether that is an address, too: it is unless RSS says otherwise.
    id_is_link: bool,
    title: String,
    published: String,
    modified: String,
    /// Where its text comes from (`<content src>`).
    source: Option<String>,
}

/// What the text of an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Link,
    Id,
    Title,
    Published,
    Modified,
}

/// Returns the entries of a feed whose addresses are relative to `base`.
pub(super) fn read(text: &str, base: Option<&Link>) -> Listing {
    let mut listing = Listing::default();
    let mut nodes = Nodes::new(text);
    // The bases that are stated, each with how many elements were open when it was.
    let mut bases: Vec<(usize, Link)> = Vec::new();
    let mut draft: Option<Draft> = None;
    let mut holds: Option<(usize, Holds, String)> = None;
    while let Some(node) = nodes.next() {
        let depth = nodes.depth();
        match node {
            Node::Start(tag) => {
                let around = bases.last().map(|(_, base)| base).or(base);
                let stated = tag.attribute("xml:base");
                let stated = stated.and_then(|stated| address(&stated, around));
                bases.extend(stated.map(|stated| (depth, stated)));
                let here = bases.last().map(|(_, base)| base).or(base);
                match &mut draft {
                    None if is_entry(tag.name) => draft = Some(Draft::begin(&tag, depth, here)),
                    Some(draft) if depth == draft.depth + 1 && holds.is_none() => {
                        holds = draft.element(&tag).map(|what| (depth, what, String::new()));
                    }
                    _ => {}
                }
            }
            Node::Text(raw) => {
                if let Some((_, _, text)) = &mut holds {
                    text.push_str(&raw.text());
                }
            }
            Node::End(_) => {
                bases.retain(|(at, _)| *at <= depth);
                if let Some((_, what, text)) = holds.take_if(|(at, _, _)| *at > depth)
                    && let Some(draft) = &mut draft
                {
                    draft.text(what, text);
                }
                if let Some(ended) = draft.take_if(|draft| draft.depth > depth) {
                    listing.entries.push(ended.settle());
                }
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

impl Draft {
    fn begin(tag: &Tag<'_>, depth: usize, base: Option<&Link>) -> Self {
        Self {
            depth,
            base: base.cloned(),
            // RSS 1.0 names its items so.
            id: tag.attribute("rdf:about").unwrap_or_default().into_owned(),
            id_is_link: true,
            ..Self::default()
        }
    }

    /// Takes in the attributes of an element of the entry; returns what its text is, where that is of interest.
    fn element(&mut self, tag: &Tag<'_>) -> Option<Holds> {
        let (prefix, local) = tag.name.rsplit_once(':').unwrap_or(("", tag.name));
        // What is said of media, of podcasts and of threads is not said of the entry.
        let is_own = matches!(
            prefix,
            "" | "atom" | "atom10" | "a" | "rss" | "dc" | "dcterms"
        );
        match local {
            _ if !is_own => None,
            "link" => match tag.attribute("href") {
                Some(href) => {
                    self.link(tag, href.into_owned());
                    None
                }
                None => Some(Holds::Link),
            },
            "guid" => {
                let said = tag.attribute("isPermaLink");
                self.id_is_link =
                    !said.is_some_and(|said| said.trim().eq_ignore_ascii_case("false"));
                Some(Holds::Id)
            }
            "id" | "identifier" => Some(Holds::Id),
            "title" => Some(Holds::Title),
            "pubDate" | "published" | "issued" | "date" | "created" => Some(Holds::Published),
            "updated" | "modified" => Some(Holds::Modified),
            "content" => {
                self.source = self.source.take().or(tag.attribute("src").map(Into::into));
                None
            }
            _ => None,
        }
    }

    /// Takes in `<link href>` (RFC 4287 §4.2.7).
    fn link(&mut self, tag: &Tag<'_>, href: String) {
        let said = |name| tag.attribute(name).unwrap_or_default();
        let (rel, media) = (said("rel"), said("type"));
        let is_its_page = matches!(
            rel.trim(),
            "" | "alternate" | "http://www.iana.org/assignments/relation/alternate"
        );
        if !is_its_page {
            return;
        }
        let is_page = media.trim().is_empty() || media.contains("html");
        let place = if is_page {
            &mut self.link
        } else {
            &mut self.other_link
        };
        place.get_or_insert(href);
    }

    fn text(&mut self, what: Holds, text: String) {
        let is_blank = text.trim().is_empty();
        let place = match what {
            _ if is_blank => return,
            Holds::Link => {
                self.link.get_or_insert(text);
                return;
            }
            // Of `dc:identifier` and `guid` the first counts; `rdf:about` is what RSS 1.0 knows an item by.
            Holds::Id => &mut self.id,
            Holds::Title => &mut self.title,
            Holds::Published => &mut self.published,
            Holds::Modified => &mut self.modified,
        };
        if place.is_empty() {
            *place = text;
        }
    }

    fn settle(self) -> Entry {
        let base = self.base.as_ref();
        let id_as_link = Some(self.id.clone()).filter(|id| self.id_is_link && is_address(id));
        let candidates = [self.link, self.other_link, id_as_link, self.source];
        let url = candidates
            .iter()
            .flatten()
            .find_map(|text| address(text, base));
        Entry {
            url,
            id: identity(&self.id),
            title: title(&self.title),
            published: time::read(&self.published),
            modified: time::read(&self.modified),
        }
    }
}

/// Returns whether an identity can be meant as the address of a page, too: one from its scheme or its site's root on.
fn is_address(id: &str) -> bool {
    let id = id.trim_start();
    ["http://", "https://", "/"]
        .iter()
        .any(|start| id.starts_with(start))
}

fn is_entry(name: &str) -> bool {
    matches!(local(name), "item" | "entry")
}
