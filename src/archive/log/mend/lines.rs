//! What are the lines of a log of which nothing is believed? Each is proven to follow from the one before.

use std::path::{Path, PathBuf};
use std::{mem, vec};

use super::super::{Entry, FILE_BYTES_MAX, files, no_line};
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout;
use crate::digest::Digest;

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A line is no entry.
    #[error("the line of entry {0} is none")]
    NoEntry(u64),
    /// Entries are missing or out of order.
    #[error("entry {0} is not in its place")]
    Gap(u64),
    /// An entry does not follow from the line before.
    #[error("entry {0} does not follow from the line before")]
    Unchained(u64),
    /// It said something else a moment ago.
    #[error("it changes while it is read")]
    Changed,
}

/// A line that is an entry in its place.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) entry: Entry,
    /// The line, without its line feed.
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
    /// Whether it is the first of its file.
    pub(super) begins: bool,
}

/// The lines of a log, file by file.
#[derive(Debug)]
pub(super) struct Lines {
    root: PathBuf,
    files: vec::IntoIter<u64>,
    of_file: vec::IntoIter<Vec<u8>>,
    begins: bool,
    next: u64,
    previous: Digest,
}

impl Lines {
    pub(super) fn of(root: &Path) -> Result<Self, ArchiveError> {
        Ok(Self {
            root: root.to_owned(),
            files: files(root)?.into_iter(),
            of_file: Vec::new().into_iter(),
            begins: false,
            next: 0,
            previous: no_line(),
        })
    }

    fn entry(&mut self, bytes: Vec<u8>) -> Result<Line, Broken> {
        let digest = Digest::of(&bytes);
        let entry = Entry::parse(&bytes).ok_or(Broken::NoEntry(self.next))?;
        if entry.index != self.next {
            return Err(Broken::Gap(self.next));
        }
        if entry.previous != self.previous {
            return Err(Broken::Unchained(self.next));
        }
        self.next = self.next.saturating_add(1);
        self.previous = digest;
        Ok(Line {
            entry,
            bytes,
            digest,
            begins: mem::take(&mut self.begins),
        })
    }
}

impl Iterator for Lines {
    type Item = Result<Result<Line, Broken>, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(line) = self.of_file.next() {
                return Some(Ok(self.entry(line)));
            }
            let file = self.files.next()?;
            if file != self.next {
                return Some(Ok(Err(Broken::Gap(self.next))));
            }
            let bytes = match disk::read(&layout::log_file(file).under(&self.root), FILE_BYTES_MAX)
            {
                Ok(bytes) => bytes,
                Err(error) => return Some(Err(error)),
            };
            self.begins = true;
            self.of_file = split(&bytes).collect::<Vec<_>>().into_iter();
        }
    }
}

/// Returns the whole lines of one of our own files; none of one that is no file of the log.
pub(super) fn of(root: &Path, file: u64) -> Result<Vec<Vec<u8>>, ArchiveError> {
    let bytes = whole(&layout::log_file(file).under(root))?;
    Ok(split(&bytes.unwrap_or_default()).collect())
}

/// Reads a file of the log; `None` where it has more bytes than one can have.
pub(super) fn whole(path: &Path) -> Result<Option<Vec<u8>>, ArchiveError> {
    match disk::read(path, FILE_BYTES_MAX) {
        Err(ArchiveError::TooLarge { .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// Returns the lines that were written to their end, without their line feeds.
fn split(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter_map(|line| line.strip_suffix(b"\n").map(<[u8]>::to_vec))
}
