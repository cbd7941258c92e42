//! What does another archive hold that is lost here? Nothing in it is believed, followed or waited for: a stranger may have made it.

use std::cell::OnceCell;
use std::fs::File;
use std::io::{Read as _, Take};
use std::path::Path;

use super::disk;
use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use super::marker::{self, State};
use super::{Archive, Drawers};
use crate::digest::Digest;
use crate::media;
use crate::snapshot::{Named, SNAPSHOT_BYTES_MAX};

/// An archive, or a folder of files that are named by their digests, from which is taken what is lost here. It is only read.
#[derive(Debug)]
pub struct Donor {
    archive: Archive,
    /// Whether it is an archive; else a folder of blobs.
    is_archive: bool,
}

/// The text of a checkpoint, and its signature.
pub type SignedText = (Vec<u8>, Vec<u8>);

/// Where the articles of a donor are: looked up when the first is asked for.
#[derive(Debug)]
pub struct Shelves<'a> {
    donor: &'a Donor,
    drawers: OnceCell<Drawers<'a>>,
}

/// A snapshot that a donor has, by its name alone.
#[derive(Debug)]
pub struct Offered {
    /// The folder that the article has there.
    pub folder: ArticleFolder,
    /// The bytes of the file, which are those of its name.
    pub bytes: Vec<u8>,
}

impl Donor {
    /// Opens the folder `root`: an archive, or any other folder.
    ///
    /// # Errors
    /// When there is no folder, or it is an archive that this program does not understand.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        if disk::look(root)?.is_none() {
            return Err(ArchiveError::NoArchive {
                path: root.to_owned(),
            });
        }
        marker::expect_folder(root)?;
        let is_archive = match marker::state(root) {
            Ok(state) => state == State::Archive,
            Err(ArchiveError::Unmarked { .. }) => true,
            Err(ArchiveError::NotAnArchive { .. }) => false,
            Err(error) => return Err(error),
        };
        Ok(Self {
            archive: Archive::at(root),
            is_archive,
        })
    }

    /// Takes an archive for one, whatever it says of itself.
    pub(super) fn of(archive: Archive) -> Self {
        Self {
            archive,
            is_archive: true,
        }
    }

    /// Returns the donor's own folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.archive.root()
    }

    /// Returns whether it is an archive.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.is_archive
    }

    /// Returns the archive, where it is one.
    pub(super) fn archive(&self) -> Option<&Archive> {
        self.is_archive.then_some(&self.archive)
    }

    /// Opens the file that is named as the blob is, whatever follows the dot, if it has the blob's length. Whether it has the
    /// blob's bytes is for the reader to prove, who reads [`Named::size`] bytes at most.
    ///
    /// # Errors
    /// When something else stands there, or the disk can't be read.
    pub fn blob(&self, blob: &Named) -> Result<Option<Take<File>>, ArchiveError> {
        let others = media::EXTENSIONS
            .iter()
            .filter(|extension| **extension != blob.extension);
        let mut trouble = None;
        for extension in [&blob.extension].into_iter().chain(others) {
            match self.file(blob, extension) {
                Ok(None) => {}
                Ok(Some(file)) => return Ok(Some(file.take(blob.size))),
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    fn file(&self, blob: &Named, extension: &'static str) -> Result<Option<File>, ArchiveError> {
        for path in self.places(&blob.digest, extension) {
            if let Some(path) = disk::beneath(self.root(), &path)?
                && let Some(seen) = disk::look(&path)?
                && (seen.kind != Kind::File || seen.bytes == blob.size)
            {
                // What is no file is refused, and told.
                return disk::open(&path).map(Some);
            }
        }
        Ok(None)
    }

    /// Returns where the blob may be.
    fn places(&self, digest: &Digest, extension: &'static str) -> Vec<ArchivePath> {
        if self.is_archive {
            return vec![layout::blob(digest, extension)];
        }
        let name = format!("{digest}.{extension}");
        let places = [
            format!("{}/{name}", digest.short(2)),
            name,
            digest.to_string(),
        ];
        let paths = places.iter().filter_map(|place| ArchivePath::parse(place));
        paths.collect()
    }

    /// Reads a signed checkpoint, its text and its signature; `None` where it has not both.
    ///
    /// # Errors
    /// When something else stands there, or the disk can't be read.
    pub fn checkpoint(&self, path: &ArchivePath) -> Result<Option<SignedText>, ArchiveError> {
        let Some(archive) = self.archive() else {
            return Ok(None);
        };
        if disk::beneath(archive.root(), path)?.is_none() {
            return Ok(None);
        }
        match archive.read_checkpoint(path) {
            Err(error) if error.is_absent() => Ok(None),
            other => other.map(Some),
        }
    }

    /// Returns where its articles are.
    #[must_use]
    pub fn shelves(&self) -> Shelves<'_> {
        Shelves {
            donor: self,
            drawers: OnceCell::new(),
        }
    }
}

impl Shelves<'_> {
    /// Returns the snapshot of an article whose file's digest begins with these digits, proven to have it.
    ///
    /// # Errors
    /// When the disk can't be read, or what is named so has other bytes.
    pub fn snapshot(
        &self,
        article: &ArticleId,
        digits: &str,
    ) -> Result<Option<Offered>, ArchiveError> {
        let Some(archive) = self.donor.archive() else {
            return Ok(None);
        };
        let drawers = if let Some(drawers) = self.drawers.get() {
            drawers
        } else {
            let looked = archive.drawers()?;
            self.drawers.get_or_init(|| looked)
        };
        let Some(folder) = drawers.article(article)? else {
            return Ok(None);
        };
        let snapshots = archive.snapshots(&folder)?;
        let Some(path) = snapshots
            .into_iter()
            .find(|path| layout::snapshot_digits(path) == digits)
        else {
            return Ok(None);
        };
        let Some(file) = disk::beneath(archive.root(), &path)? else {
            return Ok(None);
        };
        let bytes = disk::read(&file, SNAPSHOT_BYTES_MAX)?;
        if Digest::of(&bytes).short(digits.len()) == digits {
            Ok(Some(Offered { folder, bytes }))
        } else {
            Err(ArchiveError::Damaged { path: file })
        }
    }
}
