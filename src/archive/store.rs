//! Where do bytes go, and how do they get their name? Nobody but the store names a blob.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing::debug;

use super::Archive;
use super::disk::{self, Seen};
use super::error::{ArchiveError, At as _, Kind};
use super::layout::{self, ArchivePath};
use super::reading::CHUNK_BYTES;
use super::staging::{Staged, Staging};
use crate::digest::{Digest, Hasher};
use crate::snapshot::Named;

/// A blob that the store has, or has until its writer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The name of the bytes.
    pub digest: Digest,
    /// How many they are.
    pub bytes: u64,
    /// Whether the store did not have them before.
    pub new: bool,
}

/// A blob in the making: bytes are hashed while they stream to the disk. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub struct BlobWriter {
    staging: Arc<Staging>,
    file: File,
    temporary: PathBuf,
    hasher: Hasher,
    bytes: u64,
    finished: bool,
}

impl BlobWriter {
    pub(super) fn begin(staging: Arc<Staging>) -> Result<Self, ArchiveError> {
        // Nothing is taken in that there is no room for.
        staging.take_room(0)?;
        let temporary = staging.temporary();
        let file = disk::create(&temporary)?;
        Ok(Self {
            staging,
            file,
            temporary,
            hasher: Hasher::default(),
            bytes: 0,
            finished: false,
        })
    }

    /// Takes in the next bytes: like [`Write`], with an error that names its file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.write_all(bytes).at("write", &self.temporary)
    }

    /// Takes in all of `from`, up to `limit` bytes. Returns how many they were, or why they could not be read.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn pour(&mut self, from: impl Read, limit: u64) -> Result<io::Result<u64>, ArchiveError> {
        let room = limit.min(CHUNK_BYTES as u64);
        let mut chunk = vec![0; usize::try_from(room).unwrap_or_default()];
        let (mut from, mut length) = (from.take(limit), 0);
        loop {
            match from.read(&mut chunk) {
                Ok(0) => return Ok(Ok(length)),
                Ok(read) => {
                    self.put(&chunk[..read])?;
                    length += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    /// Returns the state of the digest of the bytes that it has taken in.
    #[must_use]
    pub fn hasher(&self) -> Hasher {
        self.hasher.clone()
    }

    /// Ends the blob. `extension` is what format 1 prescribes for these bytes ([`crate::media`] knows). The bytes are
    /// put into the archive with the next commit of a snapshot that names them.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn finish(mut self, extension: &'static str) -> Result<Stored, ArchiveError> {
        let digest = std::mem::take(&mut self.hasher).finish();
        let bytes = self.bytes;
        let mut staged = self.staging.staged();
        // Asked under the lock: a blob is taken off the list only when it is in its place.
        let known =
            staged.contains_key(&digest) || has(&self.staging.root, &digest, extension, bytes)?;
        if !known {
            self.staging.take_room(bytes)?;
            staged.insert(
                digest,
                Staged {
                    temporary: self.temporary.clone(),
                    bytes,
                    extension,
                },
            );
            self.finished = true;
        }
        drop(staged);
        debug!(%digest, bytes, extension, new = !known, "took a blob in");
        Ok(Stored {
            digest,
            bytes,
            new: !known,
        })
    }
}

impl BlobWriter {
    /// Ends the blob, and returns where its bytes wait; the digest that they have, where that is another.
    pub(super) fn proven(mut self, wanted: &Digest) -> Result<(Digest, PathBuf), Digest> {
        let digest = std::mem::take(&mut self.hasher).finish();
        if digest != *wanted {
            return Err(digest);
        }
        self.finished = true;
        Ok((digest, self.temporary.clone()))
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        if !self.finished {
            // Whoever clears up the writer's folder removes it otherwise.
            drop(disk::remove_file(&self.temporary));
        }
    }
}

/// Returns whether a file of the right name and length is there. Its bytes are not read.
pub(super) fn has(
    root: &Path,
    digest: &Digest,
    extension: &'static str,
    bytes: u64,
) -> Result<bool, ArchiveError> {
    let seen = disk::look(&layout::blob(digest, extension).under(root))?;
    Ok(seen
        == Some(Seen {
            kind: Kind::File,
            bytes,
        }))
}

/// Moves what stands at `path` to where damaged files are kept: never deleted, never trusted.
pub(super) fn set_aside(root: &Path, path: &ArchivePath) -> Result<ArchivePath, ArchiveError> {
    let aside = place_aside(root, path)?;
    disk::rename(&path.under(root), &aside.under(root))?;
    Ok(aside)
}

/// Returns a free place for what stands at `path` where damaged files are kept.
pub(super) fn place_aside(root: &Path, path: &ArchivePath) -> Result<ArchivePath, ArchiveError> {
    disk::create_folders(root, &layout::set_aside())?;
    for number in 0_u64.. {
        let aside = layout::set_aside().child(&format!("{number}-{}", path.name()));
        if disk::look(&aside.under(root))?.is_none() {
            return Ok(aside);
        }
    }
    unreachable!("a folder has fewer names than there are numbers")
}

impl Archive {
    /// Returns whether the archive has a file of this blob's name and length. Its bytes are not read.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn has_blob(
        &self,
        digest: &Digest,
        extension: &'static str,
        bytes: u64,
    ) -> Result<bool, ArchiveError> {
        has(&self.root, digest, extension, bytes)
    }

    /// Returns whether all these blobs are here, as far as their lengths say.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn has_all(&self, blobs: &[Named]) -> Result<bool, ArchiveError> {
        for blob in blobs {
            if !self.has_blob(&blob.digest, blob.extension, blob.size)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
