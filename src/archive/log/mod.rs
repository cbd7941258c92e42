//! What was committed, and in which order? One entry a line, each bound to the line before by its hash.
//!
//! Lines are only ever appended. A reader takes the length first and believes nothing beyond it; a line without its
//! line feed was never committed.

mod ending;
mod lines;
mod membership;
mod mend;
mod removals;
mod scan;
mod tail;

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::layout::{self, ArchivePath, ArticleId};
use crate::change::Standing;
use crate::digest::Digest;

pub use lines::{Break, Lines, Relation, SoundLine};
pub(super) use lines::{lines, relation};
pub(super) use membership::Membership;
pub use membership::Stood;
pub use mend::Unmended;
pub(super) use mend::mend;
pub use removals::Removals;
pub(super) use removals::removals;
pub use scan::{Fault, Line, Scan};
pub(super) use scan::{each_line, scan};
pub use tail::Record;
pub(super) use tail::{Tail, append, extend, settle};

/// Entries after which a new file is begun: small enough to read the last one at every commit, large enough that a
/// million captures make a thousand files.
const ENTRIES_PER_FILE: u64 = 1000;

/// The largest file of the log that is read: far more than its entries can have, whatever a later version adds.
pub const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The article.
    pub article: ArticleId,
    /// Counted from 0 through all files.
    pub index: u64,
    /// What happened.
    pub kind: EntryKind,
    /// SHA-256 of the line before, without its line feed; zeros for the first.
    pub previous: Digest,
    /// How the article's page was seen to do from then on; in every entry of the kind `observed`, and in no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<Standing>,
    /// SHA-256 of the snapshot's file: the one that goes on being shown, where something was observed; the newest one, where the
    /// article was taken out.
    pub snapshot: Digest,
    /// When.
    pub time: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A snapshot was committed.
    Snapshot,
    /// The article's page was seen to be gone, changed or blocked, or to be there again.
    Observed,
    /// The article was taken out.
    Remove,
    /// The snapshot was put back, or a blob that it names.
    Repair,
    /// A whole snapshot that an interrupted writer left was committed.
    Adopt,
}

impl EntryKind {
    /// Returns whether an entry of this kind makes its snapshot part of the archive.
    #[must_use]
    pub fn commits(self) -> bool {
        matches!(self, Self::Snapshot | Self::Adopt)
    }
}

impl Entry {
    /// Returns the line, with its line feed.
    fn to_line(&self) -> Vec<u8> {
        let value = serde_json::to_value(self).expect("an entry is a record of texts and numbers");
        format!("{value}\n").into_bytes()
    }

    /// Reads a line without its line feed.
    fn parse(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

/// Returns the index that follows that of the last line in a file of the log; `None` where that is no entry, or none is there.
pub(super) fn index_after(bytes: &[u8]) -> Option<u64> {
    let whole = bytes.strip_suffix(b"\n")?;
    let last = whole.rsplit(|byte| *byte == b'\n').next()?;
    Entry::parse(last)?.index.checked_add(1)
}

/// Returns what stands in the place of the hash of the line before the first.
fn no_line() -> Digest {
    "0".repeat(64)
        .parse()
        .expect("64 lowercase hexadecimal digits")
}

/// Returns the indices in the names of the log's files, ascending.
fn files(root: &Path) -> Result<Vec<u64>, super::ArchiveError> {
    let names = super::disk::names(&layout::log().under(root), super::error::Kind::File)?;
    let place = |name: &String| layout::classify(&ArchivePath::parse(&format!("log/{name}"))?);
    Ok(names
        .iter()
        .filter_map(place)
        .filter_map(|place| match place {
            layout::Place::Log(first) => Some(first),
            _ => None,
        })
        .collect())
}

#[cfg(test)]
mod tests;
