//! What do the archive's files say? Read whole or piece by piece; of a blob, the bytes are proven to be those of its name.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use jiff::Timestamp;

use super::Archive;
use super::disk::{self, Seen};
use super::error::{ArchiveError, At as _, Kind};
use super::layout::{self, ArchivePath};
use crate::digest::{Digest, Hasher};

/// How much of a file is in memory while it is hashed.
pub(super) const CHUNK_BYTES: usize = 128 * 1024;

/// A blob that is being read. At its end the bytes are proven to be those of its name: it fails there if they are not.
#[derive(Debug)]
pub struct BlobReader {
    file: File,
    hasher: Hasher,
    name: Digest,
}

impl io::Read for BlobReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.hasher.update(&into[..read]);
        if read == 0 && !into.is_empty() && self.hasher.clone().finish() != self.name {
            let damage = "the blob holds other bytes than its name says";
            return Err(io::Error::new(io::ErrorKind::InvalidData, damage));
        }
        Ok(read)
    }
}

impl Archive {
    /// Returns the length of a blob's file; `None` where there is none. Its bytes are not read.
    ///
    /// # Errors
    /// When the disk can't be read, or something else stands there.
    pub fn blob_length(
        &self,
        digest: &Digest,
        extension: &'static str,
    ) -> Result<Option<u64>, ArchiveError> {
        let path = layout::blob(digest, extension).under(&self.root);
        match disk::look(&path)? {
            None => Ok(None),
            Some(Seen {
                kind: Kind::File,
                bytes,
            }) => Ok(Some(bytes)),
            Some(Seen { kind, .. }) => Err(ArchiveError::Obstructed {
                path,
                found: kind,
                wanted: Kind::File,
            }),
        }
    }

    /// Reads a blob of at most `bytes_max` bytes, and proves that they are those of its name.
    ///
    /// # Errors
    /// When it is not there, too large, or damaged.
    pub fn read_blob(
        &self,
        digest: &Digest,
        extension: &'static str,
        bytes_max: u64,
    ) -> Result<Vec<u8>, ArchiveError> {
        let place = layout::blob(digest, extension);
        let path = place.under(&self.root);
        disk::beneath(&self.root, &place)?;
        let bytes = disk::read(&path, bytes_max)?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            self.note_damage(&place);
            Err(ArchiveError::Damaged { path })
        }
    }

    /// Opens a blob to be read piece by piece; it is proven at its end.
    ///
    /// # Errors
    /// When it is not there, or no regular file.
    pub fn open_blob(
        &self,
        digest: &Digest,
        extension: &'static str,
    ) -> Result<BlobReader, ArchiveError> {
        let place = layout::blob(digest, extension);
        disk::beneath(&self.root, &place)?;
        Ok(BlobReader {
            file: disk::open(&place.under(&self.root))?,
            hasher: Hasher::default(),
            name: *digest,
        })
    }

    /// Reads any file of the archive of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// When it is not there, no regular file, or too large.
    pub fn read(&self, path: &ArchivePath, bytes_max: u64) -> Result<Vec<u8>, ArchiveError> {
        disk::read(&path.under(&self.root), bytes_max)
    }

    /// Returns the length of a file; 0 where there is none.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn length(&self, path: &ArchivePath) -> Result<u64, ArchiveError> {
        let seen = disk::look(&path.under(&self.root))?;
        Ok(seen.map_or(0, |seen| seen.bytes))
    }

    /// Returns whether a file stands there, which is not opened.
    ///
    /// # Errors
    /// When the disk can't be read, or something else stands there.
    pub fn is_file(&self, path: &ArchivePath) -> Result<bool, ArchiveError> {
        let path = path.under(&self.root);
        match disk::look(&path)? {
            None => Ok(false),
            Some(Seen {
                kind: Kind::File, ..
            }) => Ok(true),
            Some(Seen { kind: found, .. }) => Err(ArchiveError::Obstructed {
                path,
                found,
                wanted: Kind::File,
            }),
        }
    }

    /// Returns when the bytes of a file were written; `None` where that is not known.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn modified(&self, path: &ArchivePath) -> Result<Option<Timestamp>, ArchiveError> {
        disk::modified(&path.under(&self.root))
    }

    /// Reads a file piece by piece, and returns the digest and the number of its bytes.
    ///
    /// # Errors
    /// When it is not there, no regular file, or can't be read.
    pub fn digest(&self, path: &ArchivePath) -> Result<(Digest, u64), ArchiveError> {
        digest_of(&path.under(&self.root))
    }
}

/// Reads a file piece by piece, and returns the digest and the number of its bytes.
pub(super) fn digest_of(path: &Path) -> Result<(Digest, u64), ArchiveError> {
    let mut file = disk::open(path)?;
    let mut hasher = Hasher::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let read = match file.read(&mut chunk) {
            Ok(0) => return Ok((hasher.finish(), bytes)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.at("read", path)?,
        };
        hasher.update(&chunk[..read]);
        bytes += read as u64;
    }
}
