//! What did a document refer to, and what came of it: kept, carried or missing? Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document::Span;
use crate::exchange::Why;
use crate::link::Link;
use crate::media::MediaType;
use crate::refs::{Kind, Promotion, Role};

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
    pub kind: Kind,
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

impl Mention {
    /// Returns the tag of the preview whose place it takes, or may take.
    pub(super) fn instead_of(&self) -> Option<Span> {
        self.promotion.as_ref()?.instead_of
    }

    /// Returns how wide its image is, if that is here.
    pub(super) fn width(&self) -> Option<u32> {
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

impl Resource {
    /// Returns whether it is an image of a single pixel. Drawings have no pixels of their own.
    #[must_use]
    pub fn is_pixel(&self) -> bool {
        let is_drawing = self.media == MediaType::Svg;
        !is_drawing && self.width == Some(1) && self.height == Some(1)
    }
}

impl Missing {
    /// Returns whether it is a pixel that counts readers, which nobody misses.
    #[must_use]
    pub fn is_tracker(&self) -> bool {
        self.why == Why::Tracker
    }
}
