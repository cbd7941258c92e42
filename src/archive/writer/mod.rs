//! Who adds to the archive, and what may it do?

mod commit;
mod enter;
mod intend;
mod keeper;
mod left;
mod mend;
mod observe;
mod plan;
mod ready;
mod receive;
mod recover;
mod rehearsal;

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tracing::debug;

use super::budget::Room;
use super::durable::{self, Draft};
use super::error::ArchiveError;
use super::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use super::staging::Staging;
use super::store::BlobWriter;
use super::{Archive, disk, lock, marker};
use crate::snapshot::Named;

pub use commit::{Committed, CommittedGroup, Pending};
pub use enter::{Entries, Shows};
pub use keeper::{Alone, Keeper};
pub use left::Left;
pub use mend::{Returned, Untaken};
pub use observe::Observation;
pub use plan::Plan;
pub use receive::{Arrival, Received};
pub use recover::Recovery;
pub use rehearsal::{Rehearsal, Step};

/// How a writer behaves.
#[derive(Debug, Clone)]
pub struct WriterOptions {
    /// How long to wait for another process's commit; [`super::LOCK_WAIT`] is a good measure.
    pub lock_wait: Duration,
    /// What is told of each step of a commit.
    pub rehearsal: Rehearsal,
}

/// Adds captures to an archive. One of any number at a time, in this process and in others.
#[derive(Debug)]
pub struct Writer {
    archive: Archive,
    options: WriterOptions,
    staging: Arc<Staging>,
    /// The paths of the articles that it committed captures of, which the log does not say, by the numbers of their IDs: a run of
    /// ten thousand holds them all.
    committed: Mutex<HashMap<u128, Box<str>>>,
}

impl Archive {
    /// Begins to write, and clears up after writers that died. `now` is the time that goes into the log for what they
    /// left whole.
    ///
    /// # Errors
    /// When another process has the archive to itself, or it can't be written.
    pub fn writer(
        &self,
        options: WriterOptions,
        now: Timestamp,
    ) -> Result<(Writer, Recovery), ArchiveError> {
        let shared = lock::join_writers(&self.root, options.lock_wait)?;
        self.begin(options, shared, now)
    }

    /// Begins to write under `lock`, which is held as long as what it returns lives.
    fn begin(
        &self,
        options: WriterOptions,
        lock: File,
        now: Timestamp,
    ) -> Result<(Writer, Recovery), ArchiveError> {
        disk::create_folders(&self.root, &layout::temporary())?;
        disk::spread(&layout::temporary().under(&self.root));
        // Under this lock no other writer can take our folder for a leftover before its own lock is held.
        let _clearing = lock::begin_commit(&self.root, options.lock_wait)?;
        let staging = Arc::new(Staging::set_up(&self.root, lock)?);
        let writer = Writer {
            archive: self.clone(),
            options,
            staging,
            committed: Mutex::default(),
        };
        writer.leave_readme()?;
        let recovery = writer.recover(now)?;
        writer.recall_aliases()?;
        Ok((writer, recovery))
    }
}

impl Writer {
    /// Begins a blob.
    ///
    /// # Errors
    /// When no file can be created.
    pub fn blob(&self) -> Result<BlobWriter, ArchiveError> {
        BlobWriter::begin(Arc::clone(&self.staging))
    }

    pub(in crate::archive) fn set_room(&self, room: Room) {
        // Of two, the first counts.
        self.staging.room.set(room).ok();
    }

    pub(in crate::archive) fn room(&self) -> Option<&Room> {
        self.staging.room.get()
    }

    pub(in crate::archive) fn lock_wait(&self) -> Duration {
        self.options.lock_wait
    }

    /// Notes that entries were appended to the log.
    fn note_entries(&self, entries: usize) {
        if let Some(room) = self.room() {
            room.note_entries(entries as u64);
        }
    }

    /// Returns the archive that is written to.
    #[must_use]
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Puts derived files into place, durably, in the stead of whatever is there.
    ///
    /// # Errors
    /// When they can't be written. Each of them is then either the old or the new.
    pub fn derive(&self, files: &[(ArchivePath, Vec<u8>)]) -> Result<(), ArchiveError> {
        let mut drafts = Vec::with_capacity(files.len());
        for (path, bytes) in files {
            debug_assert!(layout::is_derived(path), "{path} is no derived file");
            let temporary = self.temporary();
            durable::write_new(&temporary, bytes)?;
            drafts.push(Draft {
                temporary,
                path: path.clone(),
            });
        }
        durable::place(&self.staging.root, &drafts)
    }

    /// Keeps other writers from the front pages until what it returns is dropped; `None` where another one has them for
    /// too long.
    ///
    /// # Errors
    /// When the lock can't be taken at all.
    pub fn front(&self) -> Result<Option<File>, ArchiveError> {
        match lock::begin_front(&self.staging.root, self.options.lock_wait) {
            Err(ArchiveError::Locked { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Returns the folder of an article that this writer committed a capture of.
    #[must_use]
    pub fn folder_of(&self, article: &ArticleId) -> Option<ArticleFolder> {
        let committed = self.committed.lock();
        let committed = committed.unwrap_or_else(PoisonError::into_inner);
        let path = committed.get(&article.number())?;
        ArticleFolder::containing(&ArchivePath::parse(path)?)
    }

    /// Says that the views of a group are in place. Until then, or if the process dies before, the next writer is told
    /// to make them.
    ///
    /// # Errors
    /// When the plan can't be removed.
    pub fn settle(&self, plan: &Plan) -> Result<(), ArchiveError> {
        plan::remove(&self.staging, plan)
    }

    /// Returns whether the blob is in the archive or waits for its commit. Its bytes are not read.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn holds(&self, blob: &Named) -> Result<bool, ArchiveError> {
        let waits = self
            .staging
            .staged()
            .get(&blob.digest)
            .is_some_and(|it| it.extension == blob.extension);
        Ok(waits
            || self
                .archive
                .has_blob(&blob.digest, blob.extension, blob.size)?)
    }

    /// Reads a blob of at most `bytes_max` bytes that is in the archive or waits for its commit.
    ///
    /// # Errors
    /// When it is neither, too large, or damaged.
    pub fn read(&self, blob: &Named, bytes_max: u64) -> Result<Vec<u8>, ArchiveError> {
        let waits = self
            .staging
            .staged()
            .get(&blob.digest)
            .map(|it| it.temporary.clone());
        if let Some(temporary) = waits {
            match disk::read(&temporary, bytes_max) {
                // Another article's commit has put it in its place meanwhile.
                Err(error) if error.is_absent() => {}
                read => return read,
            }
        }
        self.archive
            .read_blob(&blob.digest, blob.extension, bytes_max)
    }

    pub(in crate::archive) fn temporary(&self) -> PathBuf {
        self.staging.temporary()
    }

    /// Returns the path of `name` in our folder.
    pub(in crate::archive) fn child(&self, name: &str) -> PathBuf {
        self.staging.folder.child(name).under(&self.staging.root)
    }

    fn reach(&self, step: Step) {
        debug!(?step, "commit");
        self.options.rehearsal.tell(step);
    }

    fn leave_readme(&self) -> Result<(), ArchiveError> {
        if disk::look(&layout::readme().under(&self.staging.root))?.is_some() {
            return Ok(());
        }
        self.derive(&[(layout::readme(), marker::README.as_bytes().to_vec())])
    }
}
