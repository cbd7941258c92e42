//! Which addresses does a list on the web name? One a line; blank lines and lines that begin with `#` are passed over. Pure.

use crate::link::Link;

use super::{Entry, Listing};

/// Returns the addresses of a list. Whoever writes it must not name files of the one who reads it: a path is a flaw.
pub(super) fn read(text: &str) -> Listing {
    let mut listing = Listing::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match Link::parse(line) {
            Ok(url) => listing.entries.push(Entry {
                url: Some(url),
                ..Entry::default()
            }),
            Err(_) => listing.note(|| format!("line {} is no http(s) address", number + 1)),
        }
        if listing.is_full() {
            break;
        }
    }
    listing
}
