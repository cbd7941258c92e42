//! Which pages does a sitemap name, and which sitemaps does an index? <https://www.sitemaps.org/protocol.html>. Pure.

use crate::link::Link;

use super::xml::{Node, Nodes};
use super::{Entry, Lead, Listing, address, time};

/// What is said of one page or sitemap.
#[derive(Debug, Default)]
struct Draft {
    loc: String,
    lastmod: String,
}

/// Returns what a sitemap names.
pub(super) fn read(text: &str, base: Option<&Link>) -> Listing {
    let mut listing = Listing::default();
    let mut nodes = Nodes::new(text);
    let mut draft = Draft::default();
    while let Some(node) = nodes.next() {
        match node {
            Node::Start(tag) if is_item(tag.local()) => draft = Draft::default(),
            Node::Text(raw) if nodes.around(1).is_some_and(is_item) => match nodes.around(0) {
                Some("loc") => draft.loc.push_str(&raw.text()),
                Some("lastmod") => draft.lastmod.push_str(&raw.text()),
                _ => {}
            },
            Node::End(name) if is_item(name) => {
                listing.take(std::mem::take(&mut draft), name == "sitemap", base);
            }
            _ => {}
        }
        if listing.is_full() {
            return listing;
        }
    }
    listing.flaw = nodes.flaw().or(listing.flaw);
    listing
}

fn is_item(name: &str) -> bool {
    matches!(name, "url" | "sitemap")
}

impl Listing {
    fn take(&mut self, draft: Draft, is_sitemap: bool, base: Option<&Link>) {
        let Draft { loc, lastmod } = draft;
        let Some(url) = address(&loc, base) else {
            return;
        };
        let modified = time::read(&lastmod);
        if is_sitemap {
            self.leads.push(Lead { url, modified });
        } else {
            self.entries.push(Entry {
                url: Some(url),
                modified,
                ..Entry::default()
            });
        }
    }
}
