//! Are the images of a post where its site will have them? Those that are not are copied from the archive, proven.

use std::collections::HashSet;

use crate::archive::Archive;
use crate::digest::Digest;
use crate::outputs::{Folder, OutputError};
use crate::render::localise::{Held, Image};

use super::ExportError;

/// The folder of images of a site.
pub(super) struct Images<'a> {
    archive: &'a Archive,
    site: &'a Folder,
    /// The folder, below the site's own.
    folder: String,
    /// Those that this run has seen to.
    placed: HashSet<String>,
    pub(super) written: u64,
}

/// Why an image is not there.
pub(super) enum Trouble {
    /// The archive has lost its bytes.
    Lost(Digest),
    /// Something else stands in its place.
    InTheWay(String),
}

impl<'a> Images<'a> {
    pub(super) fn new(archive: &'a Archive, site: &'a Folder, folder: String) -> Self {
        Self {
            archive,
            site,
            folder,
            placed: HashSet::new(),
            written: 0,
        }
    }

    /// Sees to it that every image is there, and returns their paths below the site's folder.
    pub(super) fn place(
        &mut self,
        images: &[Image],
    ) -> Result<Result<Vec<String>, Trouble>, ExportError> {
        let mut paths = Vec::with_capacity(images.len());
        for image in images {
            let path = format!("{}/{}", self.folder, image.path);
            if !self.placed.contains(&path) {
                if let Err(trouble) = self.place_one(image, &path)? {
                    return Ok(Err(trouble));
                }
                self.placed.insert(path.clone());
            }
            paths.push(path);
        }
        Ok(Ok(paths))
    }

    fn place_one(&mut self, image: &Image, path: &str) -> Result<Result<(), Trouble>, ExportError> {
        let digest = match &image.bytes {
            Held::Blob(named) => named.digest,
            Held::Made(bytes) => Digest::of(bytes),
        };
        match self.site.digest(path) {
            Ok(Some(there)) if there == digest => return Ok(Ok(())),
            Ok(_) => {}
            Err(error @ OutputError::NotAFile(_)) => {
                return Ok(Err(Trouble::InTheWay(error.to_string())));
            }
            Err(error) => return Err(error.into()),
        }
        match &image.bytes {
            Held::Made(bytes) => self.site.write(path, bytes)?,
            Held::Blob(named) => {
                let mut blob = match self.archive.open_blob(&named.digest, named.extension) {
                    Ok(blob) => blob,
                    Err(error) if error.is_damage() || error.is_absent() => {
                        return Ok(Err(Trouble::Lost(digest)));
                    }
                    Err(error) => return Err(error.into()),
                };
                match self.site.write_from(path, &mut blob) {
                    Err(OutputError::Unreadable(_)) => return Ok(Err(Trouble::Lost(digest))),
                    other => other?,
                }
            }
        }
        self.written += 1;
        Ok(Ok(()))
    }
}
