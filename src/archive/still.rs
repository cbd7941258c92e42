//! What is remembered of an article for as long as nothing of it changes? And has something been touched since? Losing it costs
//! time, never content.

use std::fs;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::error::ArchiveError;
use super::layout::{self, ArchivePath, ArticleId};
use super::writer::Writer;
use super::{Archive, disk};

/// The longest memory of one article that is kept or read: thousands of images.
const STILL_BYTES_MAX: u64 = 1024 * 1024;

/// The length of a file and when it was written, or when something was put into a folder: nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched(u64, u64);

impl Touched {
    /// Returns the length.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl Archive {
    /// Returns what is remembered of an article; `None` where nothing is, or nothing that can be used.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn still(&self, article: &ArticleId) -> Result<Option<Vec<u8>>, ArchiveError> {
        match disk::read_if_there(&layout::still(article).under(&self.root), STILL_BYTES_MAX) {
            Err(error) if error.is_damage() => Ok(None),
            other => other,
        }
    }

    /// Returns when a file or folder was touched last; `None` where that can't be told. A link is not followed.
    #[must_use]
    pub fn touched(&self, path: &ArchivePath) -> Option<Touched> {
        let metadata = fs::symlink_metadata(path.under(&self.root)).ok()?;
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let nanoseconds = u64::try_from(since.as_nanos()).ok()?;
        (metadata.is_file() || metadata.is_dir()).then_some(Touched(metadata.len(), nanoseconds))
    }
}

impl Writer {
    /// Remembers something of an article, unless it is longer than what is read. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_still(&self, article: &ArticleId, memory: &[u8]) -> Result<(), ArchiveError> {
        if memory.len() as u64 > STILL_BYTES_MAX {
            return Ok(());
        }
        self.put(&layout::still(article), memory)
    }
}
