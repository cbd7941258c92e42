//! How does what was lost come back? Its bytes are proven and durable before they stand in their place, and what stood there
//! is kept.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tracing::info;

use super::Step;
use super::keeper::Keeper;
use crate::archive::disk::{self, Folders, Seen};
use crate::archive::durable::{self, Batch};
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::intents::Intent;
use crate::archive::layout::{self, ArchivePath};
use crate::archive::reading;
use crate::archive::store::{self, BlobWriter};
use crate::digest::Digest;
use crate::snapshot::Named;

/// A file of the truth that is to be put back: its bytes have the digest of its name.
#[derive(Debug)]
pub struct Returned {
    /// Where it belongs.
    path: ArchivePath,
    digest: Digest,
    /// Where its bytes are.
    waits: PathBuf,
}

/// Why bytes from elsewhere were not taken in.
#[derive(Debug)]
pub enum Untaken {
    /// They are others: they have this digest.
    Other(Digest),
    /// They could not be read.
    Unreadable(ArchiveError),
}

impl Returned {
    /// Returns where it belongs.
    #[must_use]
    pub fn path(&self) -> &ArchivePath {
        &self.path
    }

    /// Returns what its bytes have.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl BlobWriter {
    /// Ends the blob as one that is to be put back.
    ///
    /// # Errors
    /// The digest of the bytes, where they are not those of `blob`.
    pub fn returned(self, blob: &Named) -> Result<Returned, Digest> {
        let (digest, waits) = self.proven(&blob.digest)?;
        Ok(Returned {
            path: layout::blob(&digest, blob.extension),
            digest,
            waits,
        })
    }
}

impl Keeper {
    /// Takes the bytes of a blob in from elsewhere, to be put back. `path` is where they are.
    ///
    /// # Errors
    /// When this archive's disk refuses.
    pub fn take_in(
        &self,
        from: impl Read,
        path: &Path,
        blob: &Named,
    ) -> Result<Result<Returned, Untaken>, ArchiveError> {
        let mut writer = self.writer().blob()?;
        // Whoever reads bounds it: all there is decides which digest it has.
        Ok(match writer.pour(from, u64::MAX)? {
            Ok(_) => writer.returned(blob).map_err(Untaken::Other),
            Err(error) => Err(Untaken::Unreadable(unreadable(path, error))),
        })
    }

    /// Takes a file of this archive that stands elsewhere than at `path`, where it belongs, if it has this digest: it is moved
    /// when it is put back.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn take_here(
        &self,
        from: &ArchivePath,
        path: ArchivePath,
        digest: &Digest,
    ) -> Result<Option<Returned>, ArchiveError> {
        let waits = from.under(self.root());
        let is_file = disk::look(&waits)?.is_some_and(|seen| seen.kind == Kind::File);
        if !is_file || path == *from || reading::digest_of(&waits)?.0 != *digest {
            return Ok(None);
        }
        Ok(Some(Returned {
            path,
            digest: *digest,
            waits,
        }))
    }

    /// Takes in the bytes of a snapshot, which the caller has proven to be those of the name that it gives them.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take_snapshot(&self, path: ArchivePath, bytes: &[u8]) -> Result<Returned, ArchiveError> {
        let waits = self.writer().temporary();
        durable::write_new(&waits, bytes)?;
        Ok(Returned {
            path,
            digest: Digest::of(bytes),
            waits,
        })
    }

    /// Puts files back, durably, and reads each of them again. What they are put back for, `intents` say, is written down before:
    /// it is to be told in the log with [`Self::record_repairs`]. Returns where what stood in their places was set aside.
    ///
    /// # Errors
    /// When the disk refuses, or gives back other bytes than it took.
    pub fn put_back(
        &self,
        returned: &[Returned],
        intents: &[Intent],
    ) -> Result<Vec<ArchivePath>, ArchiveError> {
        if returned.is_empty() {
            return Ok(Vec::new());
        }
        let root = self.root();
        let mut contents = Batch::default();
        self.intend(intents, &mut contents)?;
        for it in returned {
            contents.file(it.waits.clone());
        }
        contents.sync(root)?;
        self.writer().reach(Step::ContentsDurable);
        let mut names = Batch::default();
        let mut folders = Folders::below(root);
        let mut aside = Vec::new();
        for it in returned {
            if let Some(folder) = it.path.parent() {
                names.folders(folders.create(&folder)?);
            }
            if disk::look(&it.path.under(root))?.is_some() {
                aside.push(store::set_aside(root, &it.path)?);
                names.folder(layout::set_aside().under(root));
            }
            disk::rename(&it.waits, &it.path.under(root))?;
            names.folder_of(&it.path, root);
            info!(path = %it.path, "put back");
        }
        self.writer().reach(Step::BlobsNamed);
        names.sync(root)?;
        self.writer().reach(Step::NamesDurable);
        for it in returned {
            let path = it.path.under(root);
            if reading::digest_of(&path)?.0 != it.digest {
                return Err(ArchiveError::Damaged { path });
            }
        }
        Ok(aside)
    }

    /// Moves whatever stands at `path` to where damaged files are kept, without following or opening it. Returns where that
    /// is; `None` where nothing stands there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn set_aside(&self, path: &ArchivePath) -> Result<Option<ArchivePath>, ArchiveError> {
        let root = self.root();
        if disk::look(&path.under(root))?.is_none() {
            return Ok(None);
        }
        info!(%path, "sets aside");
        store::set_aside(root, path).map(Some)
    }

    /// Returns the files that were set aside, with their lengths.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub fn kept_aside(&self) -> Result<Vec<(ArchivePath, u64)>, ArchiveError> {
        let folder = layout::set_aside();
        let mut files = Vec::new();
        for name in disk::names(&folder.under(self.root()), Kind::File)? {
            let Some(path) = ArchivePath::parse(&format!("{folder}/{name}")) else {
                continue;
            };
            if let Some(Seen { bytes, .. }) = disk::look(&path.under(self.root()))? {
                files.push((path, bytes));
            }
        }
        Ok(files)
    }

    pub(super) fn root(&self) -> &Path {
        self.writer().archive().root()
    }
}

fn unreadable(path: &Path, source: io::Error) -> ArchiveError {
    ArchiveError::Io {
        doing: "read",
        path: path.to_owned(),
        source,
    }
}
