//! What do many views share? It is read once in a pass: a stylesheet of theirs need not be hashed for each of a thousand pages.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::archive::{Archive, layout};
use crate::digest::Digest;
use crate::render::BLOB_BYTES_MAX;
use crate::verify::locked;

/// Files that are remembered at most, in half a megabyte. Those of most archives are fewer, and many of the rest are of one view alone.
const FILES_MAX: usize = 4096;

/// The digests of derived files that were read.
#[derive(Debug, Default)]
pub(in crate::verify) struct Shared(Mutex<HashMap<String, Digest>>);

impl Shared {
    /// Returns the digest of the derived file of this name; `None` where it can't be read.
    pub(super) fn digest(&self, archive: &Archive, name: &str) -> Option<Digest> {
        if let Some(digest) = locked(&self.0).get(name) {
            return Some(*digest);
        }
        let bytes = archive
            .read(&layout::derived_named(name)?, BLOB_BYTES_MAX)
            .ok()?;
        let digest = Digest::of(&bytes);
        let mut digests = locked(&self.0);
        if digests.len() < FILES_MAX {
            digests.insert(name.to_owned(), digest);
        }
        Some(digest)
    }
}
