//! Which articles does a feed, a sitemap, an OPML file or a list name? Pure.
//!
//! Whatever is wrong with one is told beside what could be read of it. Entities that a document declares are not expanded.

mod article;
mod carried;
mod choice;
mod draft;
mod feed;
mod glob;
mod json;
mod list;
mod opml;
mod sitemap;
mod time;
mod xml;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::document::located::Located;
use crate::link::Link;
use crate::nature::Nature;

pub use article::{Composed, compose};
pub use carried::{Carried, Carrier, Content, Enclosure, Form};
pub use choice::Choice;
pub use glob::{Glob, GlobError};

/// The most that is read of one document: as many addresses as a sitemap may hold (sitemaps.org, "Sitemaps XML format").
pub const NAMED_MAX: usize = 50_000;

/// The longest identity of an entry. Real ones are addresses and UUIDs; what is longer is as good as none.
const ID_BYTES_MAX: usize = 2048;

/// The longest title in characters, as of an article's.
const TITLE_CHARACTERS_MAX: usize = 500;

/// How a document names articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap, or an index of sitemaps.
    Sitemap,
    /// An outline of feeds (OPML 2.0).
    Opml,
    /// One address a line.
    List,
}

/// What a document names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The articles, in its order.
    pub entries: Vec<Entry>,
    /// Other documents that name articles: the sitemaps of an index, the feeds of an outline.
    pub leads: Vec<Lead>,
    /// The first thing that keeps it from being read as a whole, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaw: Option<String>,
}

/// An article that is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its address; `None` of an entry of a feed that has none.
    pub url: Option<Link>,
    /// What its feed knows it by (`guid`, `id`), where no other entry has the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
    /// Whether its feed carries the text of the article.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_text: bool,
    /// What its feed carries of the article itself. Not remembered: it is as large as the feed.
    #[serde(skip)]
    pub carried: Carried,
}

/// Another document that names articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// Its address.
    pub url: Link,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
}

impl Format {
    /// Returns how a document of this nature, and with this root element, names articles; `None` where it names none. A
    /// list looks like any other text, and is one only where that is said.
    #[must_use]
    pub fn of(nature: Nature, root: Option<&str>) -> Option<Self> {
        match nature {
            Nature::Feed => Some(Self::Feed),
            Nature::Sitemap => Some(Self::Sitemap),
            Nature::Other if root == Some("opml") => Some(Self::Opml),
            _ => None,
        }
    }

    /// Returns the format in words, as in "it is a feed".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Feed => "a feed",
            Self::Sitemap => "a sitemap",
            Self::Opml => "an OPML outline",
            Self::List => "a list",
        }
    }
}

/// Returns what a document names that is read in `format`.
#[must_use]
pub fn read(document: &Document, format: Format) -> Listing {
    let text = Located::decode(&document.bytes, document.charset).text;
    let text = text.trim_start_matches('\u{FEFF}');
    let base = document.base.as_ref();
    let mut listing = match format {
        Format::Feed if crate::refs::feed::is_json(text) => json::read(text, base),
        Format::Feed => feed::read(text, base),
        Format::Sitemap => sitemap::read(text, base),
        Format::Opml => opml::read(text, base),
        Format::List => list::read(text),
    };
    for entry in &mut listing.entries {
        entry.has_text = entry.carried.content.is_some();
    }
    listing.limit();
    listing.forget_shared_ids();
    listing
}

impl Listing {
    /// Notes what is wrong, where nothing was wrong before.
    fn note(&mut self, flaw: impl FnOnce() -> String) {
        if self.flaw.is_none() {
            self.flaw = Some(flaw());
        }
    }

    /// Returns whether no more is read.
    fn is_full(&self) -> bool {
        self.entries.len() > NAMED_MAX || self.leads.len() > NAMED_MAX
    }

    fn limit(&mut self) {
        if self.is_full() {
            self.entries.truncate(NAMED_MAX);
            self.leads.truncate(NAMED_MAX);
            self.note(|| {
                format!("it names more than {NAMED_MAX} addresses; the first of them are taken")
            });
        }
    }

    /// What several entries share is no identity.
    fn forget_shared_ids(&mut self) {
        let mut times: HashMap<String, u32> = HashMap::new();
        for id in self.entries.iter().filter_map(|entry| entry.id.as_ref()) {
            *times.entry(id.clone()).or_default() += 1;
        }
        for entry in &mut self.entries {
            let is_shared = |id: &mut String| times.get(id).is_some_and(|times| *times > 1);
            entry.id.take_if(is_shared);
        }
    }
}

/// Returns an identity as it is kept.
fn identity(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= ID_BYTES_MAX).then(|| text.to_owned())
}

/// Returns a title as it is shown: in one line, and not endless.
fn title(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(TITLE_CHARACTERS_MAX).collect();
    (!title.is_empty()).then_some(title)
}

/// Resolves an address that a document names.
fn address(text: &str, base: Option<&Link>) -> Option<Link> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match base {
        Some(base) => base.join(text, None).ok(),
        None => Link::parse(text).ok(),
    }
}

#[cfg(test)]
mod tests;
