//! What does a document say: of itself, and of what it needs? And which keys lead to its article?

use crate::document::metadata::{self, Metadata};
use crate::link::Link;
use crate::refs::{self, LazyTable, Reference};
use crate::snapshot;

use super::load::Loaded;
use super::run::Run;

/// What a document says.
pub(super) struct Said {
    pub(super) facts: snapshot::Facts,
    /// What is not right in its front matter.
    pub(super) flaw: Option<String>,
    pub(super) canonical: Option<Link>,
    pub(super) references: Vec<Reference>,
}

/// Reads a document, off the network's threads: its bytes may be many.
pub(super) fn read(loaded: Loaded, table: &LazyTable) -> (Loaded, Said) {
    let document = &loaded.document;
    let Metadata { facts, canonical } = metadata::read(document);
    let said = Said {
        facts,
        flaw: metadata::flaw(document),
        canonical,
        references: refs::find_with(document, table),
    };
    (loaded, said)
}

/// Returns the keys that lead to the article: its input's own (or the user's), then where it was found, then where it says
/// that it belongs.
pub(super) fn keys(run: &Run, loaded: &Loaded, canonical: Option<&Link>) -> Vec<String> {
    let own = run
        .world
        .options
        .key
        .clone()
        .unwrap_or_else(|| loaded.key.clone());
    let is_web = own.starts_with("url:");
    let found = loaded.document.address.as_ref().filter(|_| is_web);
    let mut keys = vec![own];
    for link in found.into_iter().chain(canonical.filter(|_| is_web)) {
        if !keys.contains(&link.key()) {
            keys.push(link.key());
        }
    }
    keys
}
