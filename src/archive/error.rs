//! What can go wrong with an archive's disk, where, and what to do about it?

mod obstacle;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use super::budget::Shortage;
use super::disk;
use crate::digest::Digest;
use crate::snapshot::{FORMAT, SnapshotError};

pub use obstacle::{Holder, Kind};

/// Why the archive could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Nothing stands at the path.
    #[error("there is no archive at {path}")]
    NoArchive {
        /// The folder asked for.
        path: PathBuf,
    },
    /// A folder with other things in it.
    #[error("{path} is a folder with other things in it, not an archive")]
    NotAnArchive {
        /// The folder asked for.
        path: PathBuf,
    },
    /// An archive that has lost `offprint.json`.
    #[error("{path} holds an archive, but not the offprint.json that says so")]
    Unmarked {
        /// The folder asked for.
        path: PathBuf,
    },
    /// The archive is of a format that this program does not know.
    #[error("{path} says that the archive has format {found}; this program knows format {FORMAT}")]
    LaterFormat {
        /// The file that says so.
        path: PathBuf,
        /// The format it names.
        found: u64,
    },
    /// The archive asks for something that this program can't do.
    #[error(
        "{path} says that the archive requires {requirement:?}, which this program does not know"
    )]
    UnknownRequirement {
        /// The file that says so.
        path: PathBuf,
        /// What it asks for.
        requirement: String,
    },
    /// `offprint.json` does not say what it should.
    #[error("{path} does not say which format the archive has")]
    Marker {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Another process holds a lock, and kept it for as long as we were told to wait.
    #[error("another process is {holder} ({path} is locked)")]
    Locked {
        /// The lock.
        path: PathBuf,
        /// What the other process is doing.
        holder: Holder,
    },
    /// The system refused.
    #[error("can't {doing} {path}")]
    Io {
        /// A verb.
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else stands where a file or a folder should be. It was neither opened nor followed.
    #[error("{path} is {found}, where {wanted} should be")]
    Obstructed {
        /// Where.
        path: PathBuf,
        /// What is there.
        found: Kind,
        /// What should be there.
        wanted: Kind,
    },
    /// A file has more bytes than one of its kind can have.
    #[error("{path} has more than {limit} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most it may have.
        limit: u64,
    },
    /// More stands in a folder than in any of an archive.
    #[error("{path} has more than {limit} entries")]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// The most that it may have.
        limit: usize,
    },
    /// The bytes of a file are not those that its name says.
    #[error("{path} holds other bytes than its name says")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The log is not whole, so that nobody can say what the archive holds.
    #[error("the log is not whole: {path} is not what it must be")]
    BrokenLog {
        /// The file of it.
        path: PathBuf,
    },
    /// A snapshot can't be used.
    #[error("{path} is no sound snapshot")]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SnapshotError,
    },
    /// A snapshot that is about to be committed names a blob that is not here.
    #[error("the blob {digest} is not at {path}")]
    BlobMissing {
        /// Its name.
        digest: Digest,
        /// Where it should be.
        path: PathBuf,
    },
    /// There is no room for more, by what somebody allows or by what the disk has.
    #[error("there is no room for more in {path}: {why}")]
    NoRoom {
        /// The archive.
        path: PathBuf,
        /// What there is too little of.
        why: Shortage,
    },
    /// No article answers to the text.
    #[error("no article in the archive is {text:?}")]
    UnknownArticle {
        /// What was asked for.
        text: String,
    },
    /// Several articles answer to the text.
    #[error("{text:?} is more than one article: {}", list(candidates))]
    AmbiguousArticle {
        /// What was asked for.
        text: String,
        /// Their folders.
        candidates: Vec<String>,
    },
}

/// The most candidates that a message names.
const CANDIDATES_NAMED_MAX: usize = 5;

fn list(candidates: &[String]) -> String {
    let named = candidates[..candidates.len().min(CANDIDATES_NAMED_MAX)].join(", ");
    match candidates.len().saturating_sub(CANDIDATES_NAMED_MAX) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

impl ArchiveError {
    /// Returns what a person could do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoArchive { .. } => {
                Some("name another with --archive, or make one with `offprint add`")
            }
            Self::NotAnArchive { .. } => Some("name an empty or a new folder with --archive"),
            Self::Unmarked { .. } => Some("`offprint repair` puts it back"),
            Self::LaterFormat { .. } | Self::UnknownRequirement { .. } => {
                Some("a later version of offprint made it; use that version")
            }
            Self::NoRoom { .. } => Some(
                "nothing archived before is lost; allow more (max-size), make room on the disk, or take something out with `offprint remove` and `offprint prune`",
            ),
            Self::Locked {
                holder: Holder::Watching,
                ..
            } => Some(
                "it asks each source when it is due; SIGHUP makes it read the configuration again",
            ),
            Self::Locked { .. } => Some("try again when that process has finished"),
            Self::Io { source, .. } => hint_of(source),
            Self::Damaged { .. }
            | Self::BrokenLog { .. }
            | Self::Snapshot { .. }
            | Self::BlobMissing { .. }
            | Self::Marker { .. } => Some("`offprint verify` lists everything that is damaged"),
            Self::TooMany { .. } => {
                Some("no folder of an archive comes to as many: look at who put them there")
            }
            Self::UnknownArticle { .. } => Some("`offprint list` shows every article"),
            Self::AmbiguousArticle { .. } => Some("give more digits of the id"),
            Self::Obstructed { .. } | Self::TooLarge { .. } => None,
        }
    }

    /// Returns whether the subject itself is wrong, so that another one may still do.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. }
                | Self::Snapshot { .. }
                | Self::TooLarge { .. }
                | Self::TooMany { .. }
                | Self::Obstructed { .. }
        )
    }

    /// Returns whether it is only that nothing stands there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Io { source, .. } => source.kind() == io::ErrorKind::NotFound,
            Self::NoArchive { .. } | Self::BlobMissing { .. } => true,
            _ => false,
        }
    }
}

/// Returns what a person could do about an error of the disk.
#[must_use]
pub fn hint_of(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            Some("the disk is full: nothing archived before is lost; make room and run again")
        }
        io::ErrorKind::QuotaExceeded => {
            Some("your quota on this disk is used up; make room and run again")
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            Some("the file system is read-only: the archive can be read, not added to")
        }
        io::ErrorKind::PermissionDenied => {
            Some("you may not write or read there; look at the owner and mode of the folder")
        }
        io::ErrorKind::NotADirectory => Some("a file stands where a folder should be"),
        _ if disk::is_failing(error) => Some(
            "the disk itself reports an error: nothing archived before is lost; look at the disk before you run again",
        ),
        _ if disk::is_out_of_files(error) => Some(
            "more files are open than the system allows: raise that limit (ulimit -n), or lower --jobs",
        ),
        _ => None,
    }
}

/// Gives an I/O error its verb and its path.
pub(super) trait At<T> {
    /// Says what was being done, and to what.
    fn at(self, doing: &'static str, path: &Path) -> Result<T, ArchiveError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, ArchiveError> {
        self.map_err(|source| ArchiveError::Io {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}
