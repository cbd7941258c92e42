//! Which captures does an article have, and which of them count?

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, ArticleId, Place};
use super::log::{Membership, Stood};
use super::{Archive, disk};
use crate::digest::Digest;
use crate::document::Document;
use crate::snapshot::{self, DOCUMENT_EXTENSION, SNAPSHOT_BYTES_MAX, Snapshot};

/// A snapshot with its file.
#[derive(Debug, Clone)]
pub struct SnapshotFile {
    /// Where it is.
    pub path: ArchivePath,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// What it says.
    pub snapshot: Snapshot,
}

impl Archive {
    /// Returns the snapshots of an article by the names of their files, oldest first, committed or not.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub fn snapshots(&self, article: &ArticleFolder) -> Result<Vec<ArchivePath>, ArchiveError> {
        let folder = article.snapshots();
        let names = disk::names(&folder.under(&self.root), Kind::File)?;
        let paths = names
            .iter()
            .filter_map(|name| ArchivePath::parse(&format!("{folder}/{name}")));
        Ok(paths
            .filter(|path| matches!(layout::classify(path), Some(Place::Snapshot(_))))
            .collect())
    }

    /// Returns what gives the blobs that `snapshot` names, each of at most `bytes_max` bytes and proven; none for one that is
    /// not there, too large, or damaged.
    pub fn blobs_of<'a>(
        &'a self,
        snapshot: &Snapshot,
        bytes_max: u64,
    ) -> impl Fn(&Digest) -> Option<Vec<u8>> + use<'a> {
        let named = snapshot.blobs().into_iter();
        let extensions: HashMap<Digest, &'static str> =
            named.map(|named| (named.digest, named.extension)).collect();
        move |digest| {
            let extension = extensions.get(digest)?;
            self.read_blob(digest, extension, bytes_max).ok()
        }
    }

    /// Reads the bytes of a snapshot, and proves that they are those of its name. Returns their digest, too.
    ///
    /// # Errors
    /// When it is not there, too large, or damaged.
    pub fn proven_bytes(&self, path: &ArchivePath) -> Result<(Vec<u8>, Digest), ArchiveError> {
        self.proven(path, self.read(path, SNAPSHOT_BYTES_MAX)?)
    }

    /// Proves that the bytes of a snapshot are those of its name.
    pub(super) fn proven(
        &self,
        path: &ArchivePath,
        bytes: Vec<u8>,
    ) -> Result<(Vec<u8>, Digest), ArchiveError> {
        let digest = Digest::of(&bytes);
        if layout::is_named_by(path, &digest) {
            return Ok((bytes, digest));
        }
        self.note_damage(path);
        Err(ArchiveError::Damaged {
            path: path.under(&self.root),
        })
    }

    /// Reads a snapshot, and proves that its bytes are those of its name.
    ///
    /// # Errors
    /// When it is not there, damaged, or no snapshot.
    pub fn read_snapshot(&self, path: &ArchivePath) -> Result<SnapshotFile, ArchiveError> {
        let (bytes, digest) = self.proven_bytes(path)?;
        Ok(SnapshotFile {
            path: path.clone(),
            digest,
            snapshot: self.parsed(path, &bytes)?,
        })
    }

    /// Reads a snapshot's bytes, and proves that its name, and the whole digest, is theirs.
    pub(super) fn snapshot_bytes_at(
        &self,
        path: &ArchivePath,
        digest: &Digest,
    ) -> Result<(Vec<u8>, Snapshot), ArchiveError> {
        let (bytes, found) = self.proven_bytes(path)?;
        if found != *digest {
            return Err(ArchiveError::Damaged {
                path: path.under(&self.root),
            });
        }
        let snapshot = self.parsed(path, &bytes)?;
        Ok((bytes, snapshot))
    }

    fn parsed(&self, path: &ArchivePath, bytes: &[u8]) -> Result<Snapshot, ArchiveError> {
        Snapshot::parse(bytes).map_err(|source| ArchiveError::Snapshot {
            path: path.under(&self.root),
            source,
        })
    }

    /// Reads the snapshot of an article whose file has this digest; `None` where there is none.
    ///
    /// # Errors
    /// When it can't be read, or is damaged.
    pub fn snapshot_of(
        &self,
        article: &ArticleFolder,
        digest: &Digest,
    ) -> Result<Option<SnapshotFile>, ArchiveError> {
        let paths = self.snapshots(article)?;
        let path = paths.iter().find(|path| layout::is_named_by(path, digest));
        let file = path.map(|path| self.read_snapshot(path)).transpose()?;
        Ok(file.filter(|file| file.digest == *digest))
    }

    /// Returns the sound, committed snapshots of an article, in the order of the log.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn history(&self, article: &ArticleFolder) -> Result<Vec<SnapshotFile>, ArchiveError> {
        let mut history = Vec::new();
        for path in self.snapshots(article)? {
            let file = match self.read_snapshot(&path) {
                Err(error) if error.is_damage() => continue,
                other => other?,
            };
            if let Some(index) = self.committed(&file.digest)? {
                history.push((index, file));
            }
        }
        history.sort_by_key(|(index, _)| *index);
        Ok(history.into_iter().map(|(_, file)| file).collect())
    }

    /// Reads a document that a snapshot names, of at most `bytes_max` bytes, as it was read when it came.
    ///
    /// # Errors
    /// When it is not there, too large, or damaged.
    pub fn read_document(
        &self,
        recorded: &snapshot::Document,
        bytes_max: u64,
    ) -> Result<Document, ArchiveError> {
        let bytes = self.read_blob(&recorded.digest, DOCUMENT_EXTENSION, bytes_max)?;
        // No header comes with it now; the encoding it was read in then stands for it.
        let content_type = recorded.syntax.content_type();
        let content_type = format!("{content_type}; charset={}", recorded.charset);
        let address = recorded.url.clone();
        Ok(Document::new(
            bytes,
            recorded.kind,
            Some(&content_type),
            address,
        ))
    }

    /// Returns the index of the log entry that committed the snapshot whose file has this digest, if one did.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn committed(&self, snapshot: &Digest) -> Result<Option<u64>, ArchiveError> {
        self.membership().index(&self.root, snapshot)
    }

    /// Returns the newest sound, committed snapshot of an article: the one that the log names last, whatever the clock
    /// said. Damaged ones are passed over: `verify` speaks of them, and one bad file must not end the article's history.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn newest_snapshot(
        &self,
        article: &ArticleFolder,
    ) -> Result<Option<SnapshotFile>, ArchiveError> {
        let mut paths = self.snapshots(article)?;
        while !paths.is_empty() {
            let digits: Vec<&str> = paths.iter().map(layout::snapshot_digits).collect();
            let newest = self.membership().newest(&self.root, &digits)?;
            let Some((place, index)) = newest else {
                return Ok(None);
            };
            let file = match self.read_snapshot(&paths.swap_remove(place)) {
                Err(error) if error.is_damage() => continue,
                other => other?,
            };
            if self.committed(&file.digest)? == Some(index) {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// Returns how the page of an article is doing whose newest snapshot has this digest, as far as was seen: the log alone says it.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn standing(
        &self,
        article: &ArticleFolder,
        newest: &Digest,
    ) -> Result<Stood, ArchiveError> {
        self.membership().standing(&self.root, article.id(), newest)
    }

    /// Returns how many of these snapshots of one article are committed, by the names of their files: none is read.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn count_committed(&self, snapshots: &[ArchivePath]) -> Result<usize, ArchiveError> {
        let mut membership = self.membership();
        let mut count = 0;
        for path in snapshots {
            let digits = layout::snapshot_digits(path);
            count += usize::from(membership.newest(&self.root, &[digits])?.is_some());
        }
        Ok(count)
    }

    /// Returns whether the article was ever taken out, whether it is here again or not.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn was_removed(&self, article: &ArticleId) -> Result<bool, ArchiveError> {
        self.membership().was_removed(&self.root, article)
    }

    /// Forgets what was read of the log: it is another one now.
    pub(super) fn forget_log(&self) {
        *self.membership() = Membership::default();
    }

    fn membership(&self) -> MutexGuard<'_, Membership> {
        self.membership
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
