//! What is on the archive's disk, and how is it put there so that nothing committed can be lost?
//!
//! Truth is blobs, snapshots and the log; all else is derived from them. `layout` names every place. Readers need no
//! lock; a [`Writer`] commits groups of captures.

pub mod layout;
pub mod log;

mod aliases;
mod article;
mod budget;
mod checkpoints;
mod contents;
mod disk;
mod donor;
mod drawers;
mod durable;
mod error;
mod fetched;
mod intents;
mod lock;
mod marker;
mod mirrored;
mod rack;
mod scratch;
mod snapshots;
mod staging;
mod still;
mod reading;
mod store;
mod survey;
mod verified;
mod writer;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use marker::State;

pub use budget::{Budget, Shortage, free_bytes};
pub use checkpoints::Head;
pub use contents::{Contents, Drawer};
pub use donor::{Donor, Offered, Shelves, SignedText};
pub use drawers::Drawers;
pub use error::{ArchiveError, Holder, Kind, hint_of};
pub use fetched::Fetched;
pub use intents::{Intent, intents};
pub use layout::{ArchivePath, ArticleFolder, ArticleId, Place};
pub use lock::LOCK_WAIT;
pub use log::Stood;
pub use marker::{MARKER, README};
pub use rack::{BlobFile, OpenBlob, PIECE_BYTES, RACKS, Rack};
pub use reading::BlobReader;
pub use scratch::{Held, Note, Scratch, WholeNotes};
pub use snapshots::SnapshotFile;
pub use still::Touched;
pub use store::{BlobWriter, Stored};
pub use survey::{Area, Leftover, Sighting, Stray, Survey};
pub use writer::{
    Alone, Arrival, Committed, CommittedGroup, Entries, Keeper, Left, Observation, Pending, Plan,
    Received, Recovery, Rehearsal, Returned, Shows, Step, Untaken, Writer, WriterOptions,
};

/// An archive that can be read.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
    /// Which snapshots are committed: read when first asked, shared by all clones.
    membership: Arc<Mutex<log::Membership>>,
    /// What was read and found to be damaged, shared by all clones.
    damaged: Arc<Mutex<BTreeSet<ArchivePath>>>,
}

/// Damaged files that are remembered: `verify` lists all of them.
const DAMAGED_MAX: usize = 200;

impl Archive {
    /// Opens the archive in the folder `root` for reading.
    ///
    /// # Errors
    /// When there is none, or one that this program does not understand.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        if disk::look(root)?.is_none() {
            return Err(ArchiveError::NoArchive {
                path: root.to_owned(),
            });
        }
        marker::expect_folder(root)?;
        match marker::state(root)? {
            State::Archive => Ok(Self::at(root)),
            State::Vacant => Err(ArchiveError::NoArchive {
                path: root.to_owned(),
            }),
        }
    }

    /// Opens the archive in the folder `root` for reading, as [`Self::open`] does, and also one that has lost its `offprint.json`:
    /// for whoever says so or puts it back.
    ///
    /// # Errors
    /// When there is none, or one that this program does not understand.
    pub fn open_unmarked(root: &Path) -> Result<Self, ArchiveError> {
        if disk::look(root)?.is_some() {
            marker::expect_folder(root)?;
            if marker::is_lost(root)? {
                return Ok(Self::at(root));
            }
        }
        Self::open(root)
    }

    /// Returns whether the archive has lost its `offprint.json`: it is not there, or says nothing.
    ///
    /// # Errors
    /// When the disk can't be read, or it says something that this program does not understand.
    pub fn is_unmarked(&self) -> Result<bool, ArchiveError> {
        marker::is_lost(&self.root)
    }

    /// Opens the archive in the folder `root`, and makes one where there is nothing, or only a half-made one.
    ///
    /// # Errors
    /// When something else is there, when this program does not understand the archive, or when it can't be written.
    pub fn open_or_create(root: &Path) -> Result<Self, ArchiveError> {
        marker::create(root)?;
        Ok(Self::at(root))
    }

    fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            membership: Arc::default(),
            damaged: Arc::default(),
        }
    }

    /// Returns the files that were found to be damaged when they were read since the archive was opened, sorted; the first 200.
    #[must_use]
    pub fn damaged(&self) -> Vec<ArchivePath> {
        let damaged = self.damaged.lock();
        let damaged = damaged.unwrap_or_else(PoisonError::into_inner);
        damaged.iter().cloned().collect()
    }

    fn note_damage(&self, path: &ArchivePath) {
        let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        if damaged.len() < DAMAGED_MAX {
            damaged.insert(path.clone());
        }
    }

    /// Returns the archive's own folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads the whole log, and says what is wrong with it.
    ///
    /// # Errors
    /// When its files can't be listed. Files that can't be read are among the lines.
    pub fn log(&self) -> Result<log::Scan, ArchiveError> {
        log::scan(&self.root, 0)
    }

    /// Reads the lines of the log from the entry `from` on, up to its end or to the first one that is not sound.
    ///
    /// # Errors
    /// When its files can't be listed.
    pub fn lines(&self, from: u64) -> Result<log::Lines, ArchiveError> {
        log::lines(&self.root, from)
    }

    /// Returns how this archive's log stands to that of another.
    ///
    /// # Errors
    /// When one of them can't be read.
    pub fn relation(&self, other: &Self) -> Result<log::Relation, ArchiveError> {
        log::relation(&self.root, &other.root)
    }

    /// Returns which articles the entries of the log from `from` on took out, and perhaps some before them.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn removals(&self, from: u64) -> Result<log::Removals, ArchiveError> {
        log::removals(&self.root, from)
    }

    /// Reads the log like [`Self::log`], but only its files from the one on that holds the entry `from`.
    ///
    /// # Errors
    /// When its files can't be listed.
    pub fn log_from(&self, from: u64) -> Result<log::Scan, ArchiveError> {
        log::scan(&self.root, from)
    }
}
