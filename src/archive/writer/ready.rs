//! What is a group of captures going to put into the archive? Its snapshots as they are written, and the blobs that they name.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use super::{Pending, Writer};
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use crate::archive::staging::Staged;
use crate::archive::store;
use crate::digest::Digest;
use crate::snapshot::{Named, SNAPSHOT_BYTES_MAX, Snapshot, SnapshotError};

/// A snapshot on its way.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) folder: ArticleFolder,
    pub(super) path: ArchivePath,
    pub(super) digest: Digest,
    pub(super) json: Vec<u8>,
    pub(super) temporary: PathBuf,
}

/// A blob that the group names, and where its bytes wait if it is not in its place yet.
#[derive(Debug)]
pub(super) struct Needed {
    pub(super) named: Named,
    pub(super) path: ArchivePath,
    pub(super) staged: Option<Staged>,
}

impl Writer {
    /// Writes the snapshots down in memory, and says where each goes. None is written that could not be read again.
    pub(super) fn make_ready(&self, group: &[Pending]) -> Result<Vec<Ready>, ArchiveError> {
        let mut folders: HashMap<ArticleId, ArticleFolder> = HashMap::new();
        let mut ready = Vec::with_capacity(group.len());
        for pending in group {
            let id = pending.folder.id();
            if !folders.contains_key(id) {
                let settled = self.archive().settled(&pending.folder)?;
                folders.insert(
                    id.clone(),
                    settled.unwrap_or_else(|| pending.folder.clone()),
                );
            }
            let folder = folders[id].clone();
            let json = pending.snapshot.to_json();
            let digest = Digest::of(&json);
            let path = folder.snapshot(pending.snapshot.time, &digest);
            check(&pending.snapshot, &json).map_err(|source| ArchiveError::Snapshot {
                path: path.under(&self.staging.root),
                source,
            })?;
            ready.push(Ready {
                folder,
                path,
                digest,
                json,
                temporary: self.temporary(),
            });
        }
        Ok(ready)
    }

    /// Finds the blobs that the group names: each waits here, or is in the archive already.
    pub(super) fn needed(&self, group: &[Pending]) -> Result<Vec<Needed>, ArchiveError> {
        let all: BTreeSet<Named> = group
            .iter()
            .flat_map(|pending| pending.snapshot.blobs())
            .collect();
        let mut needed = Vec::with_capacity(all.len());
        for named in all {
            let path = layout::blob(&named.digest, named.extension);
            let staged = self.staging.staged().get(&named.digest).cloned();
            let staged =
                staged.filter(|it| it.extension == named.extension && it.bytes == named.size);
            if staged.is_none()
                && !store::has(
                    &self.staging.root,
                    &named.digest,
                    named.extension,
                    named.size,
                )?
            {
                return Err(ArchiveError::BlobMissing {
                    digest: named.digest,
                    path: path.under(&self.staging.root),
                });
            }
            needed.push(Needed {
                named,
                path,
                staged,
            });
        }
        Ok(needed)
    }
}

/// Proves that the snapshot could be read again.
fn check(snapshot: &Snapshot, json: &[u8]) -> Result<(), SnapshotError> {
    let bytes = json.len() as u64;
    if bytes > SNAPSHOT_BYTES_MAX {
        Err(SnapshotError::TooLarge(bytes))
    } else {
        snapshot.check()
    }
}
