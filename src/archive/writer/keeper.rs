//! Who has the archive to itself, and takes out of it what a person decided to? Nobody writes meanwhile.
//!
//! Taking an article out is an entry of the log, and so is the commit point of a removal. Its view goes at once; its snapshots and
//! what only they name stay until they are pruned, and are no part of the archive.

use std::fs::File;

use jiff::Timestamp;
use tracing::info;

use super::plan::{self, Contents};
use super::{Recovery, Step, Writer, WriterOptions};
use crate::archive::durable::Batch;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath, ArticleFolder, ArticleId, Place};
use crate::archive::log::{self, EntryKind, Line, Record, Unmended};
use crate::archive::{Archive, Donor, disk, lock, marker};
use crate::digest::Digest;

/// A writer that has the archive to itself.
#[derive(Debug)]
pub struct Keeper(pub(super) Writer);

/// Who has the archive to itself, and has believed nothing in it yet.
#[derive(Debug)]
pub struct Alone {
    archive: Archive,
    options: WriterOptions,
    lock: File,
}

impl Archive {
    /// Takes the archive for itself.
    ///
    /// # Errors
    /// When another process writes to the archive, or it can't be written.
    pub fn take_alone(&self, options: WriterOptions) -> Result<Alone, ArchiveError> {
        Ok(Alone {
            lock: lock::keep_alone(&self.root, options.lock_wait)?,
            archive: self.clone(),
            options,
        })
    }

    /// Takes the archive for itself, and clears up after writers that died, as [`Archive::writer`] does.
    ///
    /// # Errors
    /// When another process writes to the archive, or it can't be written.
    pub fn keeper(
        &self,
        options: WriterOptions,
        now: Timestamp,
    ) -> Result<(Keeper, Recovery), ArchiveError> {
        self.take_alone(options)?.keeper(now)
    }
}

impl Alone {
    /// Puts the log in order by that of another archive. Returns how many files were written.
    ///
    /// # Errors
    /// When the disk refuses. That it could not be mended is an answer.
    pub fn mend_log(&self, donor: &Donor) -> Result<Result<usize, Unmended>, ArchiveError> {
        let mended = log::mend(&self.archive, donor.root())?;
        self.archive.forget_log();
        Ok(mended)
    }

    /// Returns the archive.
    pub(in crate::archive) fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Writes `offprint.json` where the archive has lost it, durably. What stands in its place is set aside.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn mend_marker(&self) -> Result<(), ArchiveError> {
        if marker::is_lost(self.archive.root())? {
            marker::put_back(self.archive.root())?;
            info!("put offprint.json back");
        }
        Ok(())
    }

    /// Clears up after writers that died, as [`Archive::writer`] does.
    ///
    /// # Errors
    /// When the archive can't be written, or its log can't be read.
    pub fn keeper(self, now: Timestamp) -> Result<(Keeper, Recovery), ArchiveError> {
        let (writer, recovery) = self.archive.begin(self.options, self.lock, now)?;
        Ok((Keeper(writer), recovery))
    }
}

impl Keeper {
    /// Returns the writer that it is.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.0
    }

    /// Takes an article out, durably: from then on it is no part of the archive. Returns the index of the entry that says so; `None`
    /// where the log knows no such article, or it was taken out before.
    ///
    /// # Errors
    /// When the log can't be read as a whole, or the disk refuses. Where it was taken out nevertheless, the next writer removes what
    /// is left of its view.
    pub fn remove(&self, article: &ArticleId, now: Timestamp) -> Result<Option<u64>, ArchiveError> {
        let writer = &self.0;
        let archive = writer.archive();
        let root = archive.root();
        let _commit = lock::begin_commit(root, writer.options.lock_wait)?;
        let tail = log::settle(root)?;
        let Some(snapshot) = newest(archive, article)? else {
            return Ok(None);
        };
        let folder = archive.article(article)?;
        // If we die, the next writer removes the view.
        let removed = folder.iter().map(|it| it.path().to_string());
        let contents = Contents {
            log: tail.next,
            snapshots: Vec::new(),
            removed: removed.collect(),
            shown: Vec::new(),
        };
        let mut batch = Batch::default();
        let plan = plan::write(&writer.staging, &contents, &mut batch)?;
        batch.sync(root)?;
        writer.reach(Step::Planned);
        let record = Record {
            article: article.clone(),
            kind: EntryKind::Remove,
            saw: None,
            snapshot,
        };
        log::append(root, &tail, &[record], now, || writer.reach(Step::Logged))?;
        writer.reach(Step::Committed);
        info!(%article, entry = tail.next, "took an article out");
        if let Some(folder) = &folder {
            remove_view(archive, folder)?;
        }
        plan::remove(&writer.staging, &plan)?;
        Ok(Some(tail.next))
    }

    /// Forgets what is not true any more when something was deleted: before the first of it is.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn forget(&self) -> Result<(), ArchiveError> {
        self.0.forget_size()
    }

    /// Deletes a file that nothing in the archive needs, as the caller knows. It is no error if there is none.
    ///
    /// Not synced: a file that is back after a power cut is needed as little as before.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn delete(&self, path: &ArchivePath) -> Result<(), ArchiveError> {
        debug_assert!(
            matches!(
                layout::classify(path),
                Some(Place::Blob(_) | Place::Snapshot(_) | Place::Derived(_))
            ),
            "{path} is never deleted"
        );
        disk::remove_file(&path.under(self.0.archive().root()))
    }

    /// Removes what is left of an article that was taken out, but for its snapshots, and the folders that are empty then. Where
    /// it was captured again, nothing is.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn tidy(&self, folder: &ArticleFolder) -> Result<(), ArchiveError> {
        let archive = self.0.archive();
        let committed = archive.count_committed(&archive.snapshots(folder)?)?;
        if committed == 0 {
            remove_view(archive, folder)?;
        }
        let mut empty = Some(folder.snapshots());
        while let Some(path) = empty.filter(|path| path.as_str() != layout::articles().as_str()) {
            disk::remove_if_empty(&path.under(archive.root()));
            empty = path.parent();
        }
        Ok(())
    }
}

/// Returns the newest snapshot of an article, as the log names it, whether its file is sound or not; `None` where the article is no
/// part of the archive.
fn newest(archive: &Archive, article: &ArticleId) -> Result<Option<Digest>, ArchiveError> {
    let mut newest = None;
    for line in archive.log()? {
        match line {
            Line::Entry(entry) if entry.article == *article => {
                if entry.kind.commits() {
                    newest = Some(entry.snapshot);
                } else if entry.kind == EntryKind::Remove {
                    newest = None;
                }
            }
            Line::Entry(_) => {}
            Line::Fault { fault, .. } => fault.into_error()?,
        }
    }
    Ok(newest)
}

/// Removes the view of an article, where there is one. Whatever else stands in its folder stays.
pub(super) fn remove_view(archive: &Archive, folder: &ArticleFolder) -> Result<(), ArchiveError> {
    for path in [folder.view(), folder.post(), folder.view_record()] {
        disk::remove_file(&path.under(archive.root()))?;
    }
    Ok(())
}
