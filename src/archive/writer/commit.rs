//! In which order does a group of captures become part of the archive? So that nothing is named before it is durable.
//!
//! 1. the bytes of blobs and the plan are synced under temporary names;
//! 2. blobs get their names, snapshots are written under temporary ones;
//! 3. the names of blobs and the bytes of snapshots are synced;
//! 4. snapshots get their names, and these are synced;
//! 5. entries are appended to the log and synced: **the commit point**.
//!
//! Views and other derived files come after, and are the caller's. Where it stops before 5, nothing was committed; from
//! 4 on the plan stays, and the next writer adopts what is whole.

use std::path::PathBuf;
use std::sync::PoisonError;

use jiff::Timestamp;
use tracing::info;

use super::plan::{self, Contents, Plan};
use super::ready::{Needed, Ready};
use super::{Step, Writer};
use crate::archive::disk::{self, Folders, Seen};
use crate::archive::durable::{self, Batch};
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::layout::{ArchivePath, ArticleFolder};
use crate::archive::lock;
use crate::archive::log::{self, EntryKind, Record};
use crate::archive::store;
use crate::digest::Digest;
use crate::snapshot::Snapshot;

/// A capture that is to be committed.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The article's folder: the one that it has, or a new one.
    pub folder: ArticleFolder,
    /// The record.
    pub snapshot: Snapshot,
}

/// A capture that is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The article's folder, which another writer may have made meanwhile under another title.
    pub folder: ArticleFolder,
    /// The snapshot's file.
    pub path: ArchivePath,
    /// Its digest.
    pub digest: Digest,
    /// Its entry in the log.
    pub index: u64,
}

/// A group that is committed.
#[derive(Debug)]
pub struct CommittedGroup {
    /// In the order in which they were given.
    pub snapshots: Vec<Committed>,
    /// To be settled when the views are in place.
    pub plan: Plan,
    /// Where a torn end of the log was set aside that another writer left, if there was one.
    pub torn: Option<ArchivePath>,
}

impl Writer {
    /// Commits a group of captures, with the blobs that they name: all of them or, when it fails, none that is reported.
    ///
    /// # Errors
    /// When a snapshot contradicts itself or names a blob that is not here, when another process holds the lock for too
    /// long, or when the disk refuses. What was committed before is untouched.
    pub fn commit(
        &self,
        group: &[Pending],
        now: Timestamp,
    ) -> Result<CommittedGroup, ArchiveError> {
        let _commit = lock::begin_commit(&self.staging.root, self.options.lock_wait)?;
        let tail = log::settle(&self.staging.root)?;
        let ready = self.make_ready(group)?;
        let needed = self.needed(group)?;
        self.staging.take_room(overhead(group, &ready))?;

        let mut contents = Batch::default();
        let snapshots = ready.iter().map(|ready| ready.path.to_string()).collect();
        let plan = plan::write(
            &self.staging,
            &Contents {
                log: tail.next,
                snapshots,
                ..Contents::default()
            },
            &mut contents,
        )?;
        self.reach(Step::Planned);
        if let Err(error) = self.place_blobs(&ready, &needed, contents) {
            // Nothing that it names is there. If it can't be removed, the next writer does; what went wrong first is told.
            drop(plan::remove(&self.staging, &plan));
            return Err(error);
        }
        self.place_snapshots(&ready)?;
        log::append(&self.staging.root, &tail, &records(&ready), now, || {
            self.reach(Step::Logged);
        })?;
        self.reach(Step::Committed);
        self.note_entries(ready.len());
        let (snapshots, blobs) = (ready.len(), needed.len());
        info!(snapshots, blobs, entry = tail.next, "committed");

        self.committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(ready.iter().map(|it| {
                let path = it.folder.path().to_string();
                (it.folder.id().number(), path.into_boxed_str())
            }));
        let committed = |(index, ready): (u64, Ready)| Committed {
            folder: ready.folder,
            path: ready.path,
            digest: ready.digest,
            index,
        };
        Ok(CommittedGroup {
            snapshots: (tail.next..).zip(ready).map(committed).collect(),
            plan,
            torn: tail.torn,
        })
    }

    /// Steps 1 to 3.
    pub(super) fn place_blobs(
        &self,
        ready: &[Ready],
        needed: &[Needed],
        mut contents: Batch,
    ) -> Result<(), ArchiveError> {
        let root = &self.staging.root;
        needed
            .iter()
            .filter_map(|needed| needed.staged.as_ref())
            .for_each(|it| contents.file(it.temporary.clone()));
        contents.sync(root)?;
        self.reach(Step::ContentsDurable);

        let mut names = Batch::default();
        let mut folders = Folders::below(root);
        for needed in needed {
            names.folders(create_folder_of(&mut folders, &needed.path)?);
            // Also where the blob is there already: whoever put it there may have died before syncing its name.
            names.folder_of(&needed.path, root);
            self.place_blob(needed)?;
        }
        for ready in ready {
            names.folders(create_folder_of(&mut folders, &ready.path)?);
            durable::write_new(&ready.temporary, &ready.json)?;
            names.file(ready.temporary.clone());
        }
        self.reach(Step::BlobsNamed);
        names.sync(root)?;
        self.reach(Step::NamesDurable);
        Ok(())
    }

    fn place_blob(&self, needed: &Needed) -> Result<(), ArchiveError> {
        let Some(staged) = &needed.staged else {
            return Ok(());
        };
        // The list is held until the file has moved, so that nobody looks for it where it was.
        let mut list = self.staging.staged();
        let target = needed.path.under(&self.staging.root);
        match disk::look(&target)? {
            Some(Seen {
                kind: Kind::File,
                bytes,
            }) if bytes == staged.bytes => disk::remove_file(&staged.temporary)?,
            Some(_) => {
                self.archive().note_damage(&needed.path);
                store::set_aside(&self.staging.root, &needed.path)?;
                disk::rename(&staged.temporary, &target)?;
            }
            None => disk::rename(&staged.temporary, &target)?,
        }
        list.remove(&needed.named.digest);
        Ok(())
    }

    /// Step 4.
    pub(super) fn place_snapshots(&self, ready: &[Ready]) -> Result<(), ArchiveError> {
        let root = &self.staging.root;
        let mut names = Batch::default();
        for ready in ready {
            disk::rename(&ready.temporary, &ready.path.under(root))?;
            names.folder_of(&ready.path, root);
        }
        self.reach(Step::SnapshotsNamed);
        names.sync(root)?;
        self.reach(Step::SnapshotsDurable);
        Ok(())
    }
}

/// Returns how many bytes a group takes beside its blobs: its snapshots, and views, which are about as long as their documents.
fn overhead(group: &[Pending], ready: &[Ready]) -> u64 {
    let snapshots: u64 = ready.iter().map(|it| it.json.len() as u64).sum();
    let documents = group.iter().flat_map(|it| &it.snapshot.documents);
    snapshots + documents.map(|it| it.size).sum::<u64>()
}

fn create_folder_of(
    folders: &mut Folders<'_>,
    path: &ArchivePath,
) -> Result<Vec<PathBuf>, ArchiveError> {
    path.parent()
        .map_or_else(|| Ok(Vec::new()), |folder| folders.create(&folder))
}

fn records(ready: &[Ready]) -> Vec<Record> {
    let record = |ready: &Ready| Record {
        article: ready.folder.id().clone(),
        kind: EntryKind::Snapshot,
        saw: None,
        snapshot: ready.digest,
    };
    ready.iter().map(record).collect()
}
