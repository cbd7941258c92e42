//! Who may write now? Locks that the system gives back by itself when a process ends.
//!
//! - `lock`: every writer shares it as long as it lives; whoever needs the archive to itself takes it alone.
//! - `tmp/commit.lock`: taken alone for the commit of a group, and while leftovers of dead writers are cleared up. It
//!   stands in `tmp/` because a commit needs that folder anyway: who removes it under a commit ends the commit too.
//! - `tmp/front.lock`: taken alone while the front pages are written, which follow the log and so each other.
//! - `tmp/WRITER/alive`: held by each writer, so that others can tell its folder from a leftover.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tracing::trace;

use super::disk;
use super::error::{ArchiveError, At as _, Holder};
use super::layout;

/// The file in a writer's folder whose lock says that the writer lives.
pub(super) const ALIVE: &str = "alive";

/// How long a lock is waited for unless the caller says otherwise: a commit takes well under a second.
pub const LOCK_WAIT: Duration = Duration::from_secs(10);

/// How long we sleep between two tries: short beside a commit, long beside a system call.
const RETRY_AFTER: Duration = Duration::from_millis(10);

/// Joins the writers of the archive.
pub(super) fn join_writers(root: &Path, wait: Duration) -> Result<File, ArchiveError> {
    let path = layout::lock().under(root);
    let file = disk::open_or_create(&path)?;
    acquire(&path, wait, Holder::Maintaining, || file.try_lock_shared())?;
    Ok(file)
}

/// Takes the archive for itself: no writer is at work, and none begins.
pub(super) fn keep_alone(root: &Path, wait: Duration) -> Result<File, ArchiveError> {
    let path = layout::lock().under(root);
    let file = disk::open_or_create(&path)?;
    acquire(&path, wait, Holder::Writing, || file.try_lock())?;
    Ok(file)
}

/// Takes the right to commit.
pub(super) fn begin_commit(root: &Path, wait: Duration) -> Result<File, ArchiveError> {
    let path = layout::commit_lock().under(root);
    let file = disk::open_or_create(&path)?;
    acquire(&path, wait, Holder::Committing, || file.try_lock())?;
    Ok(file)
}

/// Takes the right to write the front pages.
pub(super) fn begin_front(root: &Path, wait: Duration) -> Result<File, ArchiveError> {
    let path = layout::front_lock().under(root);
    let file = disk::open_or_create(&path)?;
    acquire(&path, wait, Holder::Committing, || file.try_lock())?;
    Ok(file)
}

/// Returns whether the writer lives whose folder this is, without disturbing it.
pub(super) fn is_alive(folder: &Path) -> bool {
    // Shared, and for a moment: a writer tries again, and whoever clears up passes the folder over this once.
    let locked = disk::open(&folder.join(ALIVE)).map(|file| file.try_lock_shared());
    matches!(locked, Ok(Err(TryLockError::WouldBlock)))
}

/// Takes the lock at `path` if nobody holds it.
pub(super) fn try_alone(path: &Path) -> Result<Option<File>, ArchiveError> {
    let file = disk::open_or_create(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).at("lock", path),
    }
}

fn acquire(
    path: &Path,
    wait: Duration,
    holder: Holder,
    attempt: impl Fn() -> Result<(), TryLockError>,
) -> Result<(), ArchiveError> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if begun.elapsed() >= wait => {
                return Err(ArchiveError::Locked {
                    path: path.to_owned(),
                    holder,
                });
            }
            Err(TryLockError::WouldBlock) => {
                trace!(path = %path.display(), "waits for a lock");
                thread::sleep(RETRY_AFTER);
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Err(error).at("lock", path),
        }
    }
}
