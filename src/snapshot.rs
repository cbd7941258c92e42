//! What was captured, when, and what came of every reference? The record and its canonical JSON. Pure.
//!
//! The JSON is RFC 8785's: members sorted, no white space, followed by one line feed. A reader ignores members that it
//! does not know and never writes a snapshot anew.

mod choice;
mod json;
mod mention;
mod outline;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document;
pub use crate::document::metadata::Facts;
use crate::exchange::Exchange;
use crate::link::Link;

pub use choice::choose;
pub use json::SnapshotError;
pub use mention::{Mention, Missing, Observed, Outcome, Resource};
pub use outline::Outline;

/// The format that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// The largest snapshot that is read.
pub const SNAPSHOT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What follows the dot of a document's blob, whatever it is: nothing in `blobs/` runs when it is opened.
pub const DOCUMENT_EXTENSION: &str = "bin";

/// The record of one capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The format of this file.
    pub format: u32,
    /// Program and version that wrote it.
    pub tool: String,
    /// When the capture began.
    pub time: Timestamp,
    /// What was captured.
    pub source: Source,
    /// What the article says of itself.
    pub article: Facts,
    /// The blob of the article's bytes as received; equal to the digest of the first document.
    pub original: Digest,
    /// The article's own document first, then the others that it needs.
    pub documents: Vec<Document>,
    /// Every request that the capture sent, in the order in which they ended, without hops out of order.
    pub exchanges: Vec<Exchange>,
}

/// What was captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What the article's ID is made of: `url:…`, `feed:…` or `file:…`.
    pub key: String,
    /// The input as the user gave it.
    pub given: String,
    /// The address of the document after redirects, or the one given by `--base`.
    pub url: Option<Link>,
    /// Further keys that lead to this article: redirects and the canonical address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The entry of a feed that carried the article, where it was made of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The words that the user sorted it by when it was captured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// The entry of a feed that carried an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The feed.
    pub feed: Link,
    /// What the feed knows the entry by, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where in the entry the text stands: `content:encoded`, `content`, `content_html` or `content_text`.
    pub carrier: String,
}

/// One document of the capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Page, post or stylesheet.
    pub kind: document::Kind,
    /// How it is written.
    #[serde(default, skip_serializing_if = "document::Syntax::is_html")]
    pub syntax: document::Syntax,
    /// The blob of its bytes.
    pub digest: Digest,
    /// Length of its bytes.
    pub size: u64,
    /// Where it was found, after redirects.
    pub url: Option<Link>,
    /// What its relative references are relative to.
    pub base: Option<Link>,
    /// The name of its encoding in the Encoding Standard.
    pub charset: String,
    /// Every reference it makes that names something to fetch, sorted by span, non-overlapping.
    pub references: Vec<Mention>,
}

/// A blob that a snapshot names, with everything that its place in the archive is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The name of its bytes.
    pub digest: Digest,
    /// Length of its bytes.
    pub size: u64,
    /// What follows the dot.
    pub extension: &'static str,
}

impl Snapshot {
    /// Returns every mention with the document that makes it, in document order.
    pub fn mentions(&self) -> impl Iterator<Item = (&Document, &Mention)> + Clone {
        self.documents.iter().flat_map(|document| {
            document
                .references
                .iter()
                .map(move |mention| (document, mention))
        })
    }

    /// Returns every mention whose resource is here, kept now or carried, in document order.
    pub fn resources(&self) -> impl Iterator<Item = (&Mention, &Resource)> {
        self.mentions()
            .filter_map(|(_, mention)| Some((mention, mention.outcome.resource()?)))
    }

    /// Returns every mention whose resource is not here and is missed, in document order.
    pub fn missing(&self) -> impl Iterator<Item = (&Mention, &Missing)> {
        self.mentions()
            .filter_map(|(_, mention)| match &mention.outcome {
                Outcome::Missing(missing) if !missing.is_tracker() => Some((mention, missing)),
                Outcome::Missing(_) | Outcome::Kept(_) | Outcome::Carried { .. } => None,
            })
    }

    /// Returns every blob the snapshot names, sorted, each once.
    #[must_use]
    pub fn blobs(&self) -> Vec<Named> {
        let documents = self.documents.iter().map(|document| Named {
            digest: document.digest,
            size: document.size,
            extension: DOCUMENT_EXTENSION,
        });
        let resources = self.resources().map(|(_, resource)| Named {
            digest: resource.digest,
            size: resource.size,
            extension: resource.media.extension(),
        });
        let mut blobs: Vec<Named> = documents.chain(resources).collect();
        blobs.sort_unstable();
        blobs.dedup();
        blobs
    }
}
