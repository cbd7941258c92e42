//! What was captured, when, and what came of every reference? The record and its canonical JSON. Pure.
//!
//! The JSON is RFC 8785's: members sorted, no white space, followed by one line feed. A reader ignores members that it
//! does not know and never writes a snapshot anew.

mod choice;
mod json;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
pub use crate::document::metadata::Facts;
use crate::document::{self, Span};
use crate::exchange::{Exchange, Why};
use crate::link::Link;
use crate::media::MediaType;
use crate::refs::{self, Promotion, Role};

pub use choice::choose;
pub use json::SnapshotError;

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
    /// What the article's ID is made of: `url:…` or `file:…`.
    pub key: String,
    /// The input as the user gave it.
    pub given: String,
    /// The address of the document after redirects, or the one given by `--base`.
    pub url: Option<Link>,
    /// Further keys that lead to this article: redirects and the canonical address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
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

/// One reference and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Offset of its first byte in the document.
    pub start: usize,
    /// Offset of the first byte after it.
    pub end: usize,
    /// The text as it stands there.
    pub written: String,
    /// The syntax it stands in.
    pub kind: refs::Kind,
    /// What it is needed for.
    pub role: Role,
    /// The address it names.
    pub target: Option<Link>,
    /// What makes a browser show it without a script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
    /// Of a stylesheet that is here, which of the snapshot's documents it is, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<usize>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// Fetched now and proven.
    Kept(Resource),
    /// Taken from an earlier snapshot of the article.
    Carried {
        /// What was kept then.
        #[serde(flatten)]
        resource: Resource,
        /// What was seen now.
        observed: Observed,
    },
    /// Not here.
    Missing(Missing),
}

/// A stored resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// The blob of its bytes.
    pub digest: Digest,
    /// What its bytes are.
    pub media: MediaType,
    /// Length of its bytes.
    pub size: u64,
    /// Width in pixels, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// What was seen of a carried resource at this capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "kebab-case")]
pub enum Observed {
    /// It had no validator to ask with, so nothing was sent.
    NotAsked,
    /// The origin answered 304.
    NotModified,
    /// It could not be had again.
    Lost(Missing),
}

/// Why a resource is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Why, as one of the codes in `docs/format.md`.
    pub why: Why,
    /// The status that came back, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When it was tried.
    pub tried: Timestamp,
}

impl Missing {
    /// Returns whether it is a pixel that counts readers, which nobody misses.
    #[must_use]
    pub fn is_tracker(&self) -> bool {
        self.why == Why::Tracker
    }
}

impl Resource {
    /// Returns whether it is an image of a single pixel. Drawings have no pixels of their own.
    #[must_use]
    pub fn is_pixel(&self) -> bool {
        let is_drawing = self.media == MediaType::Svg;
        !is_drawing && self.width == Some(1) && self.height == Some(1)
    }
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
    pub fn mentions(&self) -> impl Iterator<Item = (&Document, &Mention)> {
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

impl Mention {
    /// Returns the tag of the preview whose place it takes, or may take.
    fn instead_of(&self) -> Option<Span> {
        self.promotion.as_ref()?.instead_of
    }

    /// Returns how wide its image is, if that is here.
    fn width(&self) -> Option<u32> {
        self.outcome.resource()?.width
    }

    /// Returns what the reference is called where it is told of: its address, or the text as written where that names none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.target
            .as_ref()
            .map_or(self.written.as_str(), Link::as_str)
    }
}

impl Outcome {
    /// Returns the word for it where it is told of: `kept`, `reused`, `carried` or `missing`. What the last snapshot held
    /// is reused while nothing speaks against it, and carried once it could not be had again.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Kept(_) => "kept",
            Self::Carried {
                observed: Observed::Lost(_),
                ..
            } => "carried",
            Self::Carried { .. } => "reused",
            Self::Missing(_) => "missing",
        }
    }

    /// Returns why the resource could not be had, if it could not.
    #[must_use]
    pub fn failure(&self) -> Option<&Missing> {
        match self {
            Self::Missing(missing)
            | Self::Carried {
                observed: Observed::Lost(missing),
                ..
            } => Some(missing),
            Self::Kept(_) | Self::Carried { .. } => None,
        }
    }

    /// Returns the resource that is here, if one is.
    #[must_use]
    pub fn resource(&self) -> Option<&Resource> {
        match self {
            Self::Kept(resource) | Self::Carried { resource, .. } => Some(resource),
            Self::Missing(_) => None,
        }
    }
}
