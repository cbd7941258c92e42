//! What comes from another archive, and where is it put? Blobs, then the snapshots that name them; `enter` commits them.
//!
//! Nothing of the other archive is believed: a blob is taken in only with the digest that it is asked for by, and a snapshot with
//! the one that an entry names. What is here already is not written again.

use std::collections::HashSet;
use std::sync::PoisonError;

use tracing::debug;

use super::ready::{Needed, Ready};
use super::{Keeper, Writer};
use crate::archive::disk::Seen;
use crate::archive::durable::Batch;
use crate::archive::error::{ArchiveError, At as _, Kind};
use crate::archive::layout::{self, ArchivePath, ArticleFolder};
use crate::archive::{Archive, disk, store};
use crate::digest::Digest;
use crate::snapshot::{Named, Snapshot};

/// What came of a blob.
#[derive(Debug)]
pub enum Received {
    /// It was here.
    Here,
    /// It came: so many bytes.
    New(u64),
    /// The other archive does not have it, or not with these bytes.
    Lacking(ArchiveError),
}

/// A snapshot that comes.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The article's folder in this archive.
    pub folder: ArticleFolder,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its bytes, as they are there.
    pub bytes: Vec<u8>,
    /// What they say.
    pub snapshot: Snapshot,
}

impl Arrival {
    /// Returns where it belongs.
    #[must_use]
    pub fn path(&self) -> ArchivePath {
        self.folder.snapshot(self.snapshot.time, &self.digest)
    }
}

impl Archive {
    /// Reads a snapshot's bytes, and what they say, by the digest that the log has of it; `None` where no file is named so.
    ///
    /// # Errors
    /// When it can't be read, holds other bytes than those, or is no snapshot.
    pub fn snapshot_bytes(
        &self,
        article: &ArticleFolder,
        digest: &Digest,
    ) -> Result<Option<(Vec<u8>, Snapshot)>, ArchiveError> {
        let paths = self.snapshots(article)?;
        let Some(path) = paths.iter().find(|it| layout::is_named_by(it, digest)) else {
            return Ok(None);
        };
        self.snapshot_bytes_at(path, digest).map(Some)
    }

    /// Returns the folder that this archive has for the article that another archive has in the folder `theirs`, or would make for
    /// it; `None` where the article of this key has no place there.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn own_folder(
        &self,
        theirs: &ArticleFolder,
        key: &str,
    ) -> Result<Option<ArticleFolder>, ArchiveError> {
        let new = ArticleFolder::new(key, None);
        if new.id() != theirs.id() || new.host() != theirs.host() {
            return Ok(None);
        }
        Ok(self.settled(theirs)?.or_else(|| Some(theirs.clone())))
    }
}

impl Archive {
    /// Returns what is remembered of what did not come from other archives; `None` where nothing is, or nothing that can be used.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn lacking(&self) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.memory(&layout::lacking())
    }
}

impl Writer {
    /// Remembers what did not come from other archives. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_lacking(&self, memory: &[u8]) -> Result<(), ArchiveError> {
        self.put(&layout::lacking(), memory)
    }
}

impl Keeper {
    /// Takes a blob in from another archive, hashed as it comes. It gets its name with [`Self::deposit`].
    ///
    /// # Errors
    /// When this archive can't be read or written.
    pub fn receive(&self, from: &Archive, blob: &Named) -> Result<Received, ArchiveError> {
        if self.writer().holds(blob)? {
            return Ok(Received::Here);
        }
        let place = layout::blob(&blob.digest, blob.extension);
        let path = place.under(from.root());
        let opened = disk::beneath(from.root(), &place).and_then(|_| disk::open(&path));
        let file = match opened {
            Ok(file) => file,
            Err(error) => return Ok(Received::Lacking(error)),
        };
        let mut writer = self.writer().blob()?;
        // A file that says of itself that it is endless is not read to its end.
        let poured = writer.pour(file, blob.size.saturating_add(1))?;
        let length = match poured.at("read", &path) {
            Ok(length) => length,
            Err(error) => return Ok(Received::Lacking(error)),
        };
        if length != blob.size || writer.hasher().finish() != blob.digest {
            return Ok(Received::Lacking(ArchiveError::Damaged { path }));
        }
        // Another thread may have had the same in the meantime.
        let stored = writer.finish(blob.extension)?;
        Ok(if stored.new {
            Received::New(length)
        } else {
            Received::Here
        })
    }

    /// Gives blobs that were received, and these snapshots, their places, durably. Nothing names them yet. Returns how many of the
    /// snapshots were not here.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn deposit(&self, arrivals: &[Arrival]) -> Result<usize, ArchiveError> {
        let writer = &self.0;
        let mut ready: Vec<Ready> = Vec::with_capacity(arrivals.len());
        let mut paths = HashSet::new();
        for arrival in arrivals {
            let path = arrival.path();
            // The original may have committed it twice.
            if !paths.insert(path.clone()) || !self.makes_way(&path, arrival.bytes.len() as u64)? {
                continue;
            }
            ready.push(Ready {
                folder: arrival.folder.clone(),
                path,
                digest: arrival.digest,
                json: arrival.bytes.clone(),
                temporary: writer.temporary(),
            });
        }
        let blobs = arrivals.iter().flat_map(|it| it.snapshot.blobs());
        let mut needed: Vec<Needed> = blobs
            .filter_map(|named| {
                let staged = writer.staging.staged().get(&named.digest).cloned()?;
                Some(Needed {
                    named,
                    path: layout::blob(&named.digest, staged.extension),
                    staged: Some(staged),
                })
            })
            .collect();
        needed.sort_by(|one, other| one.path.cmp(&other.path));
        needed.dedup_by(|one, other| one.path == other.path);
        writer.place_blobs(&ready, &needed, Batch::default())?;
        writer.place_snapshots(&ready)?;
        let folders = ready.iter().map(|it| {
            let path = it.folder.path().to_string();
            (it.folder.id().number(), path.into_boxed_str())
        });
        let committed = writer.committed.lock();
        committed
            .unwrap_or_else(PoisonError::into_inner)
            .extend(folders);
        debug!(snapshots = ready.len(), blobs = needed.len(), "deposited");
        Ok(ready.len())
    }

    /// Returns whether a file of so many bytes is still to be put at `path`. What stands there instead of it is set aside.
    fn makes_way(&self, path: &ArchivePath, bytes: u64) -> Result<bool, ArchiveError> {
        let root = self.writer().archive().root();
        let file = Seen {
            kind: Kind::File,
            bytes,
        };
        match disk::look(&path.under(root))? {
            None => Ok(true),
            Some(seen) if seen == file => Ok(false),
            Some(_) => {
                store::set_aside(root, path)?;
                Ok(true)
            }
        }
    }
}
