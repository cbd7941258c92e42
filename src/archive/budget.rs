//! How much may still be put into the archive? As much as somebody allows, and as the disk has to give.
//!
//! The archive is counted once, by a walk over its files, and what is put into it after that is added up. The sum is remembered for the
//! next run, which counts anew where somebody else wrote meanwhile.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::ArchiveError;
use super::survey::Area;
use super::writer::Writer;
use super::{Archive, disk, layout, lock, log};

/// After that the archive is counted anew: sums of what is made from articles are not exact.
const COUNTED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The longest memory of a size that is read; ours has 100 bytes.
const SIZE_BYTES_MAX: u64 = 4096;

/// What a writer may take.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Bytes that the files of the whole archive may have; as many as the disk has room for where `None`.
    pub bytes_max: Option<u64>,
    /// Bytes of the disk that are to stay free.
    pub reserve: u64,
    /// Tells how many bytes of the disk of a folder are free; `None` where that can't be told.
    pub free: fn(&Path) -> Option<u64>,
}

/// What there is too little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortage {
    /// The archive may not have so many bytes.
    Allowed {
        /// Bytes that it may have.
        bytes_max: u64,
    },
    /// The disk has hardly any left.
    Disk {
        /// Bytes that are free.
        free: u64,
        /// Bytes that are to stay free.
        reserve: u64,
    },
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed { bytes_max } => {
                write!(
                    f,
                    "it would have more than the {bytes_max} bytes that it may"
                )
            }
            Self::Disk { free, reserve } => write!(
                f,
                "{free} bytes of its disk are free, and {reserve} are to stay so"
            ),
        }
    }
}

/// Returns how many bytes of the disk of `folder` are free for us; `None` where that can't be told.
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    disk::free_bytes(folder)
}

/// What is left to a writer.
#[derive(Debug)]
pub(super) struct Room {
    budget: Budget,
    /// Bytes of the archive, as far as was counted and put into it.
    used: AtomicU64,
    /// Entries that the log had then, and those that this writer appended.
    entries: AtomicU64,
    counted: Timestamp,
}

impl Room {
    /// Takes room for so many bytes, before they are put anywhere.
    pub(super) fn take(&self, root: &Path, bytes: u64) -> Result<(), ArchiveError> {
        let short = |why| {
            Err(ArchiveError::NoRoom {
                path: root.to_owned(),
                why,
            })
        };
        let Budget {
            bytes_max,
            reserve,
            free,
        } = self.budget;
        if reserve > 0
            && let Some(free) = free(root)
            && free < reserve.saturating_add(bytes)
        {
            return short(Shortage::Disk { free, reserve });
        }
        let Some(bytes_max) = bytes_max else {
            return Ok(());
        };
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        if used.saturating_add(bytes) > bytes_max {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
            return short(Shortage::Allowed { bytes_max });
        }
        Ok(())
    }

    /// Notes that this writer appended entries to the log.
    pub(super) fn note_entries(&self, entries: u64) {
        self.entries.fetch_add(entries, Ordering::Relaxed);
    }
}

/// What the file `state/size.json` says.
#[derive(Debug, Serialize, Deserialize)]
struct Size {
    /// How many entries the log had.
    entries: u64,
    /// How many bytes the archive had.
    bytes: u64,
    /// When it was counted.
    counted: Timestamp,
}

impl Size {
    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("two numbers and a time")
    }
}

impl Archive {
    /// Counts the bytes of all blobs, articles and derived files. Looks at each of them: a million take some seconds.
    fn count_bytes(&self) -> Result<u64, ArchiveError> {
        let mut bytes = 0_u64;
        for area in [Area::Blobs, Area::Articles, Area::Derived] {
            for sighting in self.survey(area) {
                bytes = bytes.saturating_add(sighting?.bytes);
            }
        }
        Ok(bytes)
    }

    fn recall_size(&self) -> Result<Option<Size>, ArchiveError> {
        let path = layout::size().under(self.root());
        match disk::read_if_there(&path, SIZE_BYTES_MAX) {
            Err(error) if error.is_damage() => Ok(None),
            other => Ok(other?.and_then(|json| serde_json::from_slice(&json).ok())),
        }
    }
}

impl Writer {
    /// Keeps all that is put into the archive from now on within `budget`: what would not fit is refused before it is stored.
    ///
    /// # Errors
    /// When there is no room left at all, or the archive can't be counted.
    pub fn keep_within(&self, budget: Budget, now: Timestamp) -> Result<(), ArchiveError> {
        let archive = self.archive();
        let entries = self.entries()?;
        let counted = match budget.bytes_max {
            None => None,
            Some(_) => archive.recall_size()?.filter(|size| {
                let age = now.duration_since(size.counted);
                size.entries == entries && !age.is_negative() && age < COUNTED_AGAIN_AFTER
            }),
        };
        let size = match (counted, budget.bytes_max) {
            (Some(size), _) => size,
            (None, bytes_max) => Size {
                entries,
                bytes: match bytes_max {
                    Some(_) => archive.count_bytes()?,
                    None => 0,
                },
                counted: now,
            },
        };
        let room = Room {
            budget,
            used: AtomicU64::new(size.bytes),
            entries: AtomicU64::new(size.entries),
            counted: size.counted,
        };
        // Not even a byte: then nothing need be fetched.
        room.take(archive.root(), 1)?;
        room.used.store(size.bytes, Ordering::Relaxed);
        self.set_room(room);
        Ok(())
    }

    /// Remembers how large the archive is, where that is known: where nobody else wrote meanwhile.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_size(&self) -> Result<(), ArchiveError> {
        let Some(room) = self.room() else {
            return Ok(());
        };
        let entries = room.entries.load(Ordering::Relaxed);
        if room.budget.bytes_max.is_none() || entries != self.entries()? {
            return Ok(());
        }
        let size = Size {
            entries,
            bytes: room.used.load(Ordering::Relaxed),
            counted: room.counted,
        };
        self.put(&layout::size(), &size.to_json())
    }

    /// Forgets how large the archive is.
    pub(super) fn forget_size(&self) -> Result<(), ArchiveError> {
        disk::remove_file(&layout::size().under(self.archive().root()))
    }

    /// Returns how many entries the log has.
    fn entries(&self) -> Result<u64, ArchiveError> {
        let root = self.archive().root();
        let _commit = lock::begin_commit(root, self.lock_wait())?;
        Ok(log::settle(root)?.next)
    }
}
