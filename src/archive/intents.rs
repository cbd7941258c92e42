//! What was a repair about to put back, of which the log does not tell yet? Written down below `state/` before anything is put
//! into its place, and forgotten when the log tells of it: so a killed repair leaves nothing mended unsaid.
//!
//! Each file that is put back for an article is a line that proves itself: the SHA-256 of what follows the space, and JSON.

use std::io::{self, BufRead, BufReader};

use serde::{Deserialize, Serialize};
use tracing::info;

use super::error::At as _;
use super::layout::{self, ArchivePath, ArticleId, Place};
use super::{Archive, ArchiveError, WholeNotes, disk};
use crate::digest::{self, Digest};

/// As much as is read of the file: a million lines, which is what one repair puts back at most.
const INTENTS_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A file of the truth that a repair puts back for an article that lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The article.
    pub article: ArticleId,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// Where its bytes come from, in words.
    pub from: String,
    /// The index that the next entry of the log had when this was written down.
    pub log: u64,
    /// Where it belongs: the place of a blob or of a snapshot, whose name is that of the digest.
    pub path: ArchivePath,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    article: ArticleId,
    digest: Digest,
    from: String,
    log: u64,
    path: String,
}

impl Intent {
    /// Returns the line, with its line feed.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        let written = Written {
            article: self.article.clone(),
            digest: self.digest,
            from: self.from.clone(),
            log: self.log,
            path: self.path.to_string(),
        };
        let json = serde_json::to_vec(&written).unwrap_or_default();
        digest::proven_line(&json)
    }

    /// Reads what a line holds; `None` where that is no file of the truth under its own name.
    fn parse(json: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(json).ok()?;
        let path = ArchivePath::parse(&written.path)?;
        let is_its_name = match layout::classify(&path)? {
            Place::Blob(digest) => digest == written.digest,
            Place::Snapshot(_) => layout::is_named_by(&path, &written.digest),
            _ => false,
        };
        is_its_name.then_some(Self {
            article: written.article,
            digest: written.digest,
            from: written.from,
            log: written.log,
            path,
        })
    }
}

/// Reads the lines that are whole and name a file of the truth, in order, of the first 256 MiB.
///
/// # Errors
/// Each time when `from` can't be read: then it ends.
pub fn intents(from: impl BufRead) -> impl Iterator<Item = io::Result<Intent>> {
    within(from, INTENTS_BYTES_MAX)
}

fn within(from: impl BufRead, limit: u64) -> impl Iterator<Item = io::Result<Intent>> {
    let notes = WholeNotes::new(from.take(limit));
    notes.filter_map(|note| match note {
        Ok((_, json)) => Intent::parse(&json).map(Ok),
        Err(error) => Some(Err(error)),
    })
}

impl Archive {
    /// Returns whether a repair was about to put something back of which the log may not tell yet.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn has_intents(&self) -> Result<bool, ArchiveError> {
        Ok(disk::look(&layout::repairing().under(&self.root))?.is_some())
    }

    /// Reads what a repair was about to put back of which the log may not tell yet; nothing where something else stands in the
    /// file's place, which is not believed.
    ///
    /// # Errors
    /// When the disk can't be read; then it ends.
    pub fn intents(
        &self,
    ) -> Result<impl Iterator<Item = Result<Intent, ArchiveError>> + use<>, ArchiveError> {
        let path = layout::repairing().under(&self.root);
        let file = match disk::open(&path) {
            Ok(file) => Some(BufReader::new(file)),
            Err(error) if error.is_absent() || error.is_damage() => None,
            Err(error) => return Err(error),
        };
        let read = file.map(intents).into_iter().flatten();
        Ok(read.map(move |intent| {
            let intent = intent.at("read", &path)?;
            info!(path = %intent.path, from = intent.from, "a killed repair was about to put it back");
            Ok(intent)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(path: &str, bytes: &[u8]) -> Intent {
        Intent {
            article: "67f1a0c0000000000000".parse().unwrap(),
            digest: Digest::of(bytes),
            from: "a copy".to_owned(),
            log: 7,
            path: ArchivePath::parse(path).unwrap(),
        }
    }

    fn of_blob(bytes: &[u8]) -> Intent {
        let path = layout::blob(&Digest::of(bytes), "png");
        intent(path.as_str(), bytes)
    }

    fn read(file: &[u8], limit: u64) -> Vec<Intent> {
        within(file, limit).map(Result::unwrap).collect()
    }

    #[test]
    fn what_was_written_is_read_up_to_the_limit() {
        let all = [of_blob(b"one"), of_blob(b"two")];
        let file: Vec<u8> = all.iter().flat_map(Intent::to_line).collect();
        let length = file.len() as u64;
        assert_eq!(read(&file, length), all);
        assert_eq!(read(&file, length - 1), all[..1]);
        let torn = [&file[..40], b"\n", &file].concat();
        assert_eq!(read(&torn, u64::MAX), all);
    }

    #[test]
    fn only_files_of_the_truth_under_their_own_names_are_believed() {
        let article = "articles/a.test/67/a-67f1a0c0000000000000";
        let short = Digest::of(b"one").short(32);
        let snapshot = format!("{article}/snapshots/20260102T030405Z-{short}.json");
        let snapshot = intent(&snapshot, b"one");
        let own = read(&snapshot.to_line(), u64::MAX);
        assert_eq!(own, std::slice::from_ref(&snapshot));
        let other = Intent {
            digest: Digest::of(b"two"),
            ..snapshot
        };
        let blob = Intent {
            digest: Digest::of(b"two"),
            ..of_blob(b"one")
        };
        let view = intent(&format!("{article}/index.html"), b"one");
        let log = intent("log/000000000000.jsonl", b"one");
        for wrong in [other, blob, view, log] {
            assert!(read(&wrong.to_line(), u64::MAX).is_empty(), "{wrong:?}");
        }
    }
}
