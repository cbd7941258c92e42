//! What stands in one of the 256 folders of blobs? A *rack* is `blobs/sha256/ab/`.

use super::disk::{Folder, Listed, Opened};
use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath};
use super::survey::{Area, Survey};
use super::{Archive, disk};
use crate::digest::Digest;
use crate::media;

/// How many racks there are: one for each first byte of a digest.
pub const RACKS: u16 = 256;

/// Bytes of a blob that are read at once: as many as stay in a core's cache while they are hashed.
pub const PIECE_BYTES: usize = 64 * 1024;

/// One of the folders of blobs, and what stands in it.
#[derive(Debug)]
pub struct Rack {
    folder: Folder,
    path: ArchivePath,
    /// What is named as a blob of this folder is, sorted by digest.
    pub blobs: Vec<BlobFile>,
}

/// What is named as a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobFile {
    /// The digest in its name.
    pub digest: Digest,
    /// What follows the dot.
    pub extension: &'static str,
    /// What stands there: a file, if all is well.
    pub kind: Kind,
}

/// A blob that is being read.
#[derive(Debug)]
pub struct OpenBlob(Opened);

impl Archive {
    /// Opens the rack of the digests with this first byte and lists it; `None` where there is none. What stands in it and is
    /// not named as its blobs are comes second.
    ///
    /// # Errors
    /// When it can't be listed, or is no folder.
    pub fn rack(&self, first: u8) -> Result<Option<(Rack, Survey)>, ArchiveError> {
        let Some(mut rack) = self.unlisted_rack(first)? else {
            return Ok(None);
        };
        let mut others = Vec::new();
        for listed in rack.folder.list()? {
            match rack.named(&listed) {
                Some(blob) => rack.blobs.push(blob),
                None => others.push(listed),
            }
        }
        let others = Survey::of(self, Area::Blobs, rack.path.as_str(), others);
        Ok(Some((rack, others)))
    }

    /// Opens the rack of the digests with this first byte, and looks for these blobs alone.
    ///
    /// # Errors
    /// When it is no folder, or one of them can't be looked at.
    pub fn rack_with(
        &self,
        first: u8,
        wanted: impl Iterator<Item = (Digest, &'static str)>,
    ) -> Result<Option<Rack>, ArchiveError> {
        let Some(mut rack) = self.unlisted_rack(first)? else {
            return Ok(None);
        };
        for (digest, extension) in wanted {
            let mut blob = BlobFile {
                digest,
                extension,
                kind: Kind::File,
            };
            if let Some(seen) = rack.folder.look(blob.name())? {
                blob.kind = seen.kind;
                rack.blobs.push(blob);
            }
        }
        Ok(Some(rack))
    }

    /// Walks through what stands beside the racks, where blobs are.
    pub fn beside_racks(&self) -> impl Iterator<Item = Survey> + '_ {
        let blobs = layout::blobs();
        let (top, name) = blobs.as_str().split_once('/').unwrap_or_default();
        let is_rack = |listed: &Listed| {
            let name = listed.name.to_str().unwrap_or_default();
            listed.kind == Kind::Folder && name.len() == 2 && layout::is_lower_hex(name)
        };
        let others = |folder: &str, is_ours: &dyn Fn(&Listed) -> bool| match disk::list(
            &self.root().join(folder),
        ) {
            Ok(mut listed) => {
                listed.retain(|listed| !is_ours(listed));
                Survey::of(self, Area::Blobs, folder, listed)
            }
            Err(error) => Survey::failing(self, Area::Blobs, error),
        };
        let of_top = others(top, &|listed: &Listed| {
            listed.kind == Kind::Folder && listed.name == name
        });
        let inner = others(blobs.as_str(), &is_rack);
        [of_top, inner].into_iter()
    }

    fn unlisted_rack(&self, first: u8) -> Result<Option<Rack>, ArchiveError> {
        // A link above it must not lead out of the archive, either.
        let blobs = layout::blobs();
        for above in [blobs.parent(), Some(blobs.clone())].into_iter().flatten() {
            match disk::look(&above.under(self.root()))? {
                Some(seen) if seen.kind == Kind::Folder => {}
                _ => return Ok(None),
            }
        }
        let path = blobs.child(&format!("{first:02x}"));
        let folder = Folder::open(path.under(self.root()))?;
        Ok(folder.map(|folder| Rack {
            folder,
            path,
            blobs: Vec::new(),
        }))
    }
}

impl Rack {
    fn named(&self, listed: &Listed) -> Option<BlobFile> {
        let (digits, extension) = listed.name.to_str()?.split_once('.')?;
        let digest: Digest = digits.parse().ok()?;
        let extension = media::EXTENSIONS
            .iter()
            .find(|known| **known == extension)?;
        digits.starts_with(self.path.name()).then_some(BlobFile {
            digest,
            extension,
            kind: listed.kind,
        })
    }

    /// Returns the length of a blob's file, `None` where it is gone.
    ///
    /// # Errors
    /// When it can't be looked at.
    pub fn length(&self, blob: &BlobFile) -> Result<Option<u64>, ArchiveError> {
        Ok(self.folder.look(blob.name())?.map(|seen| seen.bytes))
    }

    /// Begins to read a blob.
    ///
    /// # Errors
    /// When it is not there, or no regular file.
    pub fn open(&self, blob: &BlobFile) -> Result<OpenBlob, ArchiveError> {
        self.folder.begin(&blob.name()).map(OpenBlob)
    }

    /// Reads the next piece of a blob into `buffer`, and returns how long it is; nothing at the end.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(
        &self,
        blob: &BlobFile,
        open: &mut OpenBlob,
        buffer: &mut [u8],
    ) -> Result<usize, ArchiveError> {
        self.folder.read(|| blob.name(), &mut open.0, buffer)
    }
}

impl OpenBlob {
    /// Returns how many bytes it has, as they were counted when it was opened.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.0.length
    }
}

impl BlobFile {
    fn name(&self) -> String {
        format!("{}.{}", self.digest, self.extension)
    }

    /// Returns its path.
    #[must_use]
    pub fn path(&self) -> ArchivePath {
        layout::blob(&self.digest, self.extension)
    }
}
