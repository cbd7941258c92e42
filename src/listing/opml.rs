//! Which feeds does an outline name? OPML 1.0 and 2.0, however deep its outlines nest. Pure.

use crate::link::Link;

use super::xml::{Node, Nodes};
use super::{Lead, Listing, address};

/// Returns the feeds of an outline.
pub(super) fn read(text: &str, base: Option<&Link>) -> Listing {
    let mut listing = Listing::default();
    let mut nodes = Nodes::new(text);
    for node in nodes.by_ref() {
        let Node::Start(tag) = node else { continue };
        if !tag.local().eq_ignore_ascii_case("outline") {
            continue;
        }
        let feed = tag.attribute("xmlUrl");
        let feed = feed.and_then(|feed| address(&feed, base));
        listing.leads.extend(feed.map(|url| Lead {
            url,
            modified: None,
        }));
        if listing.is_full() {
            return listing;
        }
    }
    listing.flaw = nodes.flaw();
    listing
}
