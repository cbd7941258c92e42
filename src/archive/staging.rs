//! What has a writer staged, and where? Its folder below `tmp/`, and the blobs that wait there for their commit.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::budget::Room;
use super::error::{ArchiveError, At as _};
use super::layout::{self, ArchivePath};
use super::{disk, lock};
use crate::digest::Digest;

/// The staging area of one writer, which its blobs share: the folder, and what waits in it.
#[derive(Debug)]
pub(super) struct Staging {
    pub(super) root: PathBuf,
    pub(super) folder: ArchivePath,
    next_number: AtomicU64,
    /// The blobs that wait for their commit.
    staged: Mutex<HashMap<Digest, Staged>>,
    /// Groups whose views may not be there yet.
    unsettled: Mutex<BTreeSet<u64>>,
    /// What may still be put into the archive, where that is limited.
    pub(super) room: OnceLock<Room>,
    /// Held, never read: the locks end with the files.
    _locks: [File; 2],
}

/// The bytes of a blob that is to be committed.
#[derive(Debug, Clone)]
pub(super) struct Staged {
    pub(super) temporary: PathBuf,
    pub(super) bytes: u64,
    pub(super) extension: &'static str,
}

impl Staging {
    /// Makes a folder of our own. Process IDs come again, and mean nothing across containers, so a number follows.
    pub(super) fn set_up(root: &Path, lock: File) -> Result<Self, ArchiveError> {
        let mut number = 0_u64;
        let folder = loop {
            let folder = layout::temporary().child(&format!("{}-{number}", process::id()));
            match fs::create_dir(folder.under(root)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                other => {
                    other.at("create the folder", &folder.under(root))?;
                    break folder;
                }
            }
        };
        let path = folder.child(lock::ALIVE).under(root);
        let alive = disk::create(&path)?;
        alive.lock().at("lock", &path)?;
        Ok(Self {
            root: root.to_owned(),
            folder,
            next_number: AtomicU64::new(0),
            staged: Mutex::default(),
            unsettled: Mutex::default(),
            room: OnceLock::new(),
            _locks: [lock, alive],
        })
    }

    /// Returns a path in our folder that was not returned before.
    pub(super) fn temporary(&self) -> PathBuf {
        let number = self.next_number();
        self.folder.child(&format!("{number}")).under(&self.root)
    }

    /// Returns a number that was not returned before.
    pub(super) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes room for so many bytes, where it is limited.
    pub(super) fn take_room(&self, bytes: u64) -> Result<(), ArchiveError> {
        match self.room.get() {
            Some(room) => room.take(&self.root, bytes),
            None => Ok(()),
        }
    }

    /// Returns the list of blobs that wait for their commit. Whoever holds it keeps them where they are.
    pub(super) fn staged(&self) -> MutexGuard<'_, HashMap<Digest, Staged>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the numbers of the groups whose views may not be there yet.
    pub(super) fn unsettled(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.unsettled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Where a group is not settled, all stays for the next writer, exactly as if we had been killed. What can't be
        // removed now, it removes then.
        if self.unsettled().is_empty() {
            drop(disk::remove_folder(&self.folder.under(&self.root)));
        }
    }
}
