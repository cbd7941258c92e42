//! What lies in the archive, that a log may tell of?

use std::collections::HashSet;

use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use crate::archive::{Archive, disk};
use crate::digest::Digest;
use crate::render::view::{self, VIEW_BYTES_MAX};

/// What lies in the archive, by the digits in the names of snapshots.
pub(super) struct Here<'a> {
    pub(super) archive: &'a Archive,
    pub(super) snapshots: HashSet<u128>,
}

impl<'a> Here<'a> {
    pub(super) fn look(archive: &'a Archive) -> Result<Self, ArchiveError> {
        let mut snapshots = HashSet::new();
        for folder in archive.articles()? {
            for path in archive.snapshots(&folder)? {
                snapshots.extend(layout::snapshot_number(&path));
            }
            // A view is made after its commit, whatever became of the snapshot. Without this, the entry of one that is lost would not
            // be believed, and what a repair writes down would stand in its place for ever.
            snapshots.extend(shown(archive, &folder));
        }
        Ok(Self { archive, snapshots })
    }

    pub(super) fn has(&self, snapshot: &Digest) -> bool {
        self.snapshots
            .contains(&layout::snapshot_number_of(snapshot))
    }

    /// Returns whether the article has a page here.
    pub(super) fn shows(&self, article: &ArticleId) -> Result<bool, ArchiveError> {
        let Some(folder) = self.archive.article(article)? else {
            return Ok(false);
        };
        Ok(disk::look(&folder.view_record().under(self.archive.root()))?.is_some())
    }

    /// Returns a snapshot that lies here, is among these, and `is_such`.
    pub(super) fn one_of(
        &self,
        snapshots: &HashSet<u128>,
        is_such: impl Fn(&ArchivePath) -> bool,
    ) -> Result<Option<String>, ArchiveError> {
        for folder in self.archive.articles()? {
            for path in self.archive.snapshots(&folder)? {
                let number = layout::snapshot_number(&path);
                if is_such(&path) && number.is_some_and(|number| snapshots.contains(&number)) {
                    return Ok(Some(path.to_string()));
                }
            }
        }
        Ok(None)
    }
}

/// Returns the number of the snapshot that the view of an article shows.
fn shown(archive: &Archive, folder: &ArticleFolder) -> Option<u128> {
    let json = archive.read(&folder.view_record(), VIEW_BYTES_MAX as u64);
    let outline = view::outline(&json.ok()?)?;
    let path = format!("{}/snapshots/{}", folder.path(), outline.snapshot);
    layout::snapshot_number(&ArchivePath::parse(&path)?)
}
