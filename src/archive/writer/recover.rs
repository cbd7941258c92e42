//! What did writers leave that died, and what becomes of it? Only the next writer clears up, under the commit lock.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use tracing::{debug, info};

use super::Writer;
use super::keeper::remove_view;
use super::left::{self, Left};
use super::plan::{self, Contents, Plan};
use crate::archive::disk;
use crate::archive::durable::Batch;
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::layout::{self, ArchivePath, ArticleFolder, Place};
use crate::archive::lock;
use crate::archive::log::{self, EntryKind, Line, Record, Removals, Tail};
use crate::archive::snapshots::SnapshotFile;
use crate::archive::store;
use crate::digest::Digest;

/// Folders of dead writers that are kept for what waits in them: each holds a lock, and is looked through. A run that gets to its
/// end leaves none.
const LEFT_MAX: usize = 16;

/// What was cleared up.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Articles whose views may be missing or stale.
    pub articles: Vec<ArticleFolder>,
    /// Snapshots that were whole but not committed, and are now.
    pub adopted: Vec<ArchivePath>,
    /// Where snapshots were set aside that were not whole, and never committed.
    pub set_aside: Vec<ArchivePath>,
    /// Where a torn end of the log was set aside.
    pub torn: Option<ArchivePath>,
    /// To be settled when the views of [`Self::articles`] are in place; none where there are none.
    pub plan: Option<Plan>,
    /// Folders in which bodies wait that need not be fetched again.
    pub left: Vec<Left>,
}

/// The folder of a writer that died, and its lock, so that nobody else takes it for theirs.
#[derive(Debug)]
struct Dead {
    folder: ArchivePath,
    alive: File,
}

/// What the snapshots are that dead writers were about to name.
#[derive(Debug, Default)]
struct Sorted {
    committed: Vec<ArticleFolder>,
    whole: Vec<(ArticleFolder, SnapshotFile)>,
    broken: Vec<ArchivePath>,
}

impl Writer {
    pub(super) fn recover(&self, now: Timestamp) -> Result<Recovery, ArchiveError> {
        let tail = log::settle(&self.staging.root)?;
        let dead = self.dead()?;
        let mut plans = Vec::new();
        for dead in &dead {
            info!(folder = %dead.folder, "clears up after a writer that died");
            plans.extend(plan::read_all(&self.staging.root, &dead.folder)?);
        }
        let sorted = self.sort(&plans)?;
        let mut recovery = Recovery {
            torn: tail.torn.clone(),
            ..Recovery::default()
        };
        if let Some(torn) = &tail.torn {
            info!(to = %torn, "set a torn end of the log aside");
        }
        for path in &sorted.broken {
            info!(%path, "sets a snapshot aside that is not whole");
            recovery
                .set_aside
                .push(store::set_aside(&self.staging.root, path)?);
        }
        self.remove_views(&plans)?;
        self.adopt(&tail, &sorted, now)?;
        // From here on the plan is ours: if we die too, the next writer knows of these views.
        let shown = shown(&plans);
        let articles: BTreeSet<&ArticleFolder> = sorted
            .committed
            .iter()
            .chain(sorted.whole.iter().map(|(folder, _)| folder))
            .chain(&shown)
            .collect();
        if !articles.is_empty() {
            debug!(
                articles = articles.len(),
                "takes over the views that may be missing"
            );
            recovery.plan = Some(self.take_over(&plans)?);
        }
        recovery.articles = articles.into_iter().cloned().collect();
        recovery.adopted = sorted
            .whole
            .into_iter()
            .map(|(_, file)| file.path)
            .collect();
        for Dead { folder, alive } in dead {
            let path = folder.under(&self.staging.root);
            if recovery.left.len() < LEFT_MAX && left::holds_notes(&path)? {
                recovery.left.push(Left::adopt(path, alive)?);
            } else {
                disk::remove_folder(&path)?;
            }
        }
        Ok(recovery)
    }

    /// Finds the folders of dead writers, and removes files that an interrupted creation of the archive left.
    fn dead(&self) -> Result<Vec<Dead>, ArchiveError> {
        let temporary = layout::temporary();
        let root = &self.staging.root;
        for name in disk::names(&temporary.under(root), Kind::File)? {
            let path = temporary.under(root).join(name);
            let locks = [layout::commit_lock(), layout::front_lock()];
            if locks.iter().all(|lock| path != lock.under(root)) {
                disk::remove_file(&path)?;
            }
        }
        let mut dead = Vec::new();
        for name in disk::names(&temporary.under(root), Kind::Folder)? {
            let Some(folder) = ArchivePath::parse(&format!("{temporary}/{name}")) else {
                continue;
            };
            if folder == self.staging.folder {
                continue;
            }
            match lock::try_alone(&folder.child(lock::ALIVE).under(root)) {
                Ok(Some(lock)) => dead.push(Dead {
                    folder,
                    alive: lock,
                }),
                Ok(None) => {}
                // A writer that ended just now removed its folder itself.
                Err(ArchiveError::Io { source, .. })
                    if source.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(dead)
    }

    fn sort(&self, plans: &[Contents]) -> Result<Sorted, ArchiveError> {
        let mut sorted = Sorted::default();
        let Some(since) = plans.iter().map(|plan| plan.log).min() else {
            return Ok(sorted);
        };
        let (committed, removals) = self.committed_since(since)?;
        let planned: BTreeSet<&String> = plans.iter().flat_map(|plan| &plan.snapshots).collect();
        for path in planned {
            let Some(path) = ArchivePath::parse(path) else {
                continue;
            };
            let Some(Place::Snapshot(folder)) = layout::classify(&path) else {
                continue;
            };
            if disk::look(&path.under(&self.staging.root))?.is_none() {
                continue;
            }
            if removals.names(folder.id()) && self.archive().newest_snapshot(&folder)?.is_none() {
                continue;
            }
            match self.archive().read_snapshot(&path) {
                Ok(file) if committed.contains(&file.digest) => sorted.committed.push(folder),
                Ok(file) if self.is_whole(&file)? => sorted.whole.push((folder, file)),
                Err(error) if !error.is_damage() => return Err(error),
                Ok(_) | Err(_) => sorted.broken.push(path),
            }
        }
        Ok(sorted)
    }

    /// Returns the snapshots that entries from `index` on name, and what these took out.
    fn committed_since(&self, index: u64) -> Result<(HashSet<Digest>, Removals), ArchiveError> {
        let (mut committed, mut removals) = (HashSet::new(), Removals::default());
        for line in log::scan(&self.staging.root, index)? {
            if let Line::Entry(entry) = line {
                removals.note(&entry);
                committed.insert(entry.snapshot);
            }
        }
        Ok((committed, removals))
    }

    /// Removes the views of articles that a dead writer took out and did not get to.
    fn remove_views(&self, plans: &[Contents]) -> Result<(), ArchiveError> {
        let archive = self.archive();
        for path in plans.iter().flat_map(|plan| &plan.removed) {
            let folder = ArchivePath::parse(path).and_then(|it| ArticleFolder::containing(&it));
            if let Some(folder) = folder
                && archive.newest_snapshot(&folder)?.is_none()
            {
                info!(%path, "removes the view of an article that was taken out");
                remove_view(archive, &folder)?;
            }
        }
        Ok(())
    }

    /// Reads every blob that the snapshot names.
    fn is_whole(&self, file: &SnapshotFile) -> Result<bool, ArchiveError> {
        for blob in file.snapshot.blobs() {
            match self
                .archive()
                .digest(&layout::blob(&blob.digest, blob.extension))
            {
                Ok(found) if found == (blob.digest, blob.size) => {}
                Err(ArchiveError::Io { source, .. })
                    if source.kind() == io::ErrorKind::NotFound =>
                {
                    return Ok(false);
                }
                Err(error) if !error.is_damage() => return Err(error),
                Ok(_) | Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Commits what is whole. Who left it may have died before syncing it, so that is done first.
    fn adopt(&self, tail: &Tail, sorted: &Sorted, now: Timestamp) -> Result<(), ArchiveError> {
        if sorted.whole.is_empty() {
            return Ok(());
        }
        let root = &self.staging.root;
        let mut batch = Batch::default();
        let mut records = Vec::new();
        for (folder, file) in &sorted.whole {
            info!(snapshot = %file.path, "commits a whole snapshot that was left");
            let blobs = file.snapshot.blobs();
            let blobs = blobs
                .iter()
                .map(|blob| layout::blob(&blob.digest, blob.extension));
            for path in blobs.chain([file.path.clone()]) {
                batch.file(path.under(root));
                add_folders(&mut batch, &path, root);
            }
            records.push(Record {
                article: folder.id().clone(),
                kind: EntryKind::Adopt,
                saw: None,
                snapshot: file.digest,
            });
        }
        batch.sync(root)?;
        log::append(root, tail, &records, now, || {})
    }

    fn take_over(&self, plans: &[Contents]) -> Result<Plan, ArchiveError> {
        let log = plans.iter().map(|plan| plan.log).min().unwrap_or_default();
        let snapshots = plans
            .iter()
            .flat_map(|plan| plan.snapshots.iter().cloned())
            .collect();
        let mut batch = Batch::default();
        let shown = plans.iter().flat_map(|plan| plan.shown.iter().cloned());
        let contents = Contents {
            log,
            snapshots,
            shown: shown.collect(),
            ..Contents::default()
        };
        let plan = plan::write(&self.staging, &contents, &mut batch)?;
        batch.sync(&self.staging.root)?;
        Ok(plan)
    }
}

/// Returns the articles whose views a dead writer was to make of what came from another archive.
fn shown(plans: &[Contents]) -> Vec<ArticleFolder> {
    let paths = plans.iter().flat_map(|plan| &plan.shown);
    let paths = paths.filter_map(|path| ArchivePath::parse(path));
    paths
        .filter_map(|path| ArticleFolder::containing(&path))
        .collect()
}

/// Adds every folder above `path`: any of them may have been new.
fn add_folders(batch: &mut Batch, path: &ArchivePath, root: &Path) {
    let mut above = Some(path.clone());
    while let Some(path) = above {
        batch.folder_of(&path, root);
        above = path.parent();
    }
}
