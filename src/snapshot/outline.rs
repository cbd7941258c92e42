//! Which article is a snapshot of, and which blobs does it name? Pure.
//!
//! Read from its JSON without the rest, which takes most of the time.

use std::borrow::Cow;

use serde::Deserialize;

use super::{DOCUMENT_EXTENSION, FORMAT, Named, SNAPSHOT_BYTES_MAX, Snapshot, SnapshotError};
use crate::digest::Digest;
use crate::media::MediaType;

/// What a snapshot needs to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What the article's ID is made of.
    pub key: String,
    /// The blobs that it names, as often as it names them, each with what it says of the bytes; of a document it says nothing.
    pub blobs: Vec<(Named, Option<MediaType>)>,
    /// Whether some resource is recorded as missing.
    pub lacks_some: bool,
}

#[derive(Deserialize)]
struct Whole<'a> {
    format: u64,
    original: Digest,
    #[serde(borrow)]
    source: Source<'a>,
    #[serde(borrow)]
    documents: Vec<Document<'a>>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Document<'a> {
    digest: Digest,
    size: u64,
    #[serde(borrow)]
    references: Vec<Reference<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(default)]
    digest: Option<Digest>,
    #[serde(borrow, default)]
    media: Option<Cow<'a, str>>,
    #[serde(default)]
    size: Option<u64>,
}

impl Outline {
    /// Reads it from the JSON of a snapshot. That the rest of it is sound is not looked at.
    ///
    /// # Errors
    /// When the bytes are no snapshot of a known format, as far as it was looked at.
    pub fn parse(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let length = bytes.len() as u64;
        if length > SNAPSHOT_BYTES_MAX {
            return Err(SnapshotError::TooLarge(length));
        }
        let whole: Whole<'_> = serde_json::from_slice(bytes).map_err(SnapshotError::Malformed)?;
        if whole.format != u64::from(FORMAT) {
            return Err(SnapshotError::UnknownFormat(whole.format));
        }
        let first = whole.documents.first();
        if first.is_none_or(|first| first.digest != whole.original) {
            return Err(SnapshotError::NoOriginal);
        }
        let mut outline = Self {
            key: whole.source.key.into_owned(),
            blobs: Vec::new(),
            lacks_some: false,
        };
        for document in &whole.documents {
            outline
                .blobs
                .push(of_document(document.digest, document.size));
            for reference in &document.references {
                outline.lacks_some |= reference.outcome == "missing";
                if let (Some(digest), Some(media), Some(size)) =
                    (reference.digest, &reference.media, reference.size)
                {
                    outline
                        .blobs
                        .push(of_resource(digest, &MediaType::from(&**media), size));
                }
            }
        }
        Ok(outline)
    }

    /// Returns it of a snapshot that was read as a whole.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut outline = Self {
            key: snapshot.source.key.clone(),
            blobs: Vec::new(),
            lacks_some: false,
        };
        for document in &snapshot.documents {
            outline
                .blobs
                .push(of_document(document.digest, document.size));
            for mention in &document.references {
                match mention.outcome.resource() {
                    Some(it) => outline
                        .blobs
                        .push(of_resource(it.digest, &it.media, it.size)),
                    None => outline.lacks_some = true,
                }
            }
        }
        outline
    }
}

fn of_document(digest: Digest, size: u64) -> (Named, Option<MediaType>) {
    let named = Named {
        digest,
        size,
        extension: DOCUMENT_EXTENSION,
    };
    (named, None)
}

fn of_resource(digest: Digest, media: &MediaType, size: u64) -> (Named, Option<MediaType>) {
    let named = Named {
        digest,
        size,
        extension: media.extension(),
    };
    (named, Some(media.clone()))
}
