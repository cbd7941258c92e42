//! What is remembered of a document that names articles? What makes the next request conditional, and what it named.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::{Archive, ArchiveError, Writer};
use crate::digest::Digest;
use crate::fetch::Validators;
use crate::link::Link;
use crate::listing::{Carried, Listing};

use super::Kind;

/// What a document was when it was last read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    /// When that was.
    pub(super) read: Timestamp,
    /// The digest of its bytes.
    digest: Digest,
    /// The address that answered, and what makes a request for it conditional.
    answered: Option<Link>,
    etag: Option<String>,
    last_modified: Option<String>,
    /// What it is.
    pub(super) kind: Kind,
    /// What it names; of a page, the feed that it announces.
    pub(super) listing: Listing,
}

impl Known {
    /// Returns what is to be remembered of a document that was read now, and whose bytes have this digest.
    pub(super) fn new(
        read: Timestamp,
        digest: Digest,
        validators: Option<Validators>,
        (kind, mut listing): (Kind, Listing),
    ) -> Self {
        for entry in &mut listing.entries {
            entry.carried = Carried::default();
        }
        // What is not whole is asked for as a whole the next time.
        let validators = validators.filter(|_| listing.flaw.is_none());
        let (answered, etag, last_modified) = match validators {
            Some(it) => (Some(it.url), it.etag, it.last_modified),
            None => (None, None, None),
        };
        Self {
            read,
            digest,
            answered,
            etag,
            last_modified,
            kind,
            listing,
        }
    }

    /// Returns what makes the next request conditional.
    pub(super) fn validators(&self) -> Option<Validators> {
        Some(Validators {
            url: self.answered.clone()?,
            etag: self.etag.clone(),
            last_modified: self.last_modified.clone(),
        })
    }

    /// Returns whether these are the bytes that it had.
    pub(super) fn is(&self, digest: Digest) -> bool {
        self.digest == digest && self.listing.flaw.is_none()
    }

    /// Remembers this of the document at `link`.
    pub(super) fn keep(&self, writer: &Writer, link: &Link) -> Result<(), ArchiveError> {
        let json = serde_json::to_vec(self).expect("what is remembered has string keys");
        writer.remember_listing(&name(link), &json)
    }
}

/// Returns what is remembered of the document at `link`; what can't be understood is as good as forgotten.
pub(super) fn recall(archive: &Archive, link: &Link) -> Result<Option<Known>, ArchiveError> {
    let json = archive.listing(&name(link))?;
    Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
}

/// What is remembered is found by its address alone.
fn name(link: &Link) -> Digest {
    Digest::of(
        link.without_fragment()
            .without_user_info()
            .as_str()
            .as_bytes(),
    )
}
