//! What does the log say, line by line, and does it hold together?

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::vec;

use super::ending::ending;
use super::tail::without_feed;
use super::{Entry, FILE_BYTES_MAX, files, no_line};
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath};
use crate::digest::Digest;
use crate::merkle::{self, Tree};

/// One thing that a reading of the log meets.
#[derive(Debug)]
pub enum Line {
    /// An entry. Where something is wrong with its place, that was said just before.
    Entry(Entry),
    /// Something wrong.
    Fault {
        /// The file.
        path: ArchivePath,
        /// Which line of it, counted from 1: from where the reading began, if that was in the middle.
        number: u64,
        /// What is wrong.
        fault: Fault,
    },
}

/// What is wrong with a line of the log.
#[derive(Debug)]
pub enum Fault {
    /// It is no entry.
    Unparsable,
    /// Its index does not follow the one before.
    Gap {
        /// The index that should be there.
        expected: u64,
        /// The one that is.
        found: u64,
    },
    /// It is not bound to the line before.
    Unchained,
    /// It has no end: its writer died, or is still writing. It was never committed.
    Torn,
    /// The file can't be read.
    Unreadable(ArchiveError),
}

impl Fault {
    /// Returns why the log could not be read, where that is the fault; one that is only wrong was read.
    pub(in crate::archive) fn into_error(self) -> Result<(), ArchiveError> {
        match self {
            Self::Unreadable(error) => Err(error),
            Self::Unparsable | Self::Gap { .. } | Self::Unchained | Self::Torn => Ok(()),
        }
    }
}

/// A reading of the log, file by file.
#[derive(Debug)]
pub struct Scan {
    root: PathBuf,
    files: vec::IntoIter<u64>,
    lines: VecDeque<Line>,
    /// Where the reading begins in the first file; what is before this entry need not be read.
    from: Option<u64>,
    /// The index that comes next; `None` until the first line when the reading begins in the middle.
    expected: Option<u64>,
    /// The hash of the last line, likewise.
    previous: Option<Digest>,
    /// The tree of the lines that were read; of a reading from the beginning, that of the log.
    tree: Tree,
}

/// Reads the log from the entry `from`, or from some before it, to its end. Only from 0 on every fault is told.
pub(in crate::archive) fn scan(root: &Path, from: u64) -> Result<Scan, ArchiveError> {
    let mut files = files(root)?;
    let begin = files
        .partition_point(|first| *first <= from)
        .saturating_sub(1);
    files.drain(..begin);
    let whole = from == 0;
    Ok(Scan {
        root: root.to_owned(),
        files: files.into_iter(),
        lines: VecDeque::new(),
        from: (!whole).then_some(from),
        expected: whole.then_some(0),
        previous: whole.then(no_line),
        tree: Tree::default(),
    })
}

/// Reads the lines of the log from the first on, whatever they say; a torn one at its end is none.
pub(in crate::archive) fn each_line(
    root: &Path,
    mut take: impl FnMut(&[u8]),
) -> Result<(), ArchiveError> {
    for first in files(root)? {
        let bytes = disk::read(&layout::log_file(first).under(root), FILE_BYTES_MAX)?;
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        for line in lines.filter(|line| line.ends_with(b"\n")) {
            take(without_feed(line));
        }
    }
    Ok(())
}

impl Iterator for Scan {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while self.lines.is_empty() {
            let first = self.files.next()?;
            self.read(first);
        }
        self.lines.pop_front()
    }
}

impl Scan {
    /// Returns the tree of the lines that were read (RFC 9162 §2.1), a torn one aside: that of the log, when all are.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    fn read(&mut self, first: u64) {
        let path = layout::log_file(first);
        let read = match self.from.take() {
            None => disk::read(&path.under(&self.root), FILE_BYTES_MAX).map(|bytes| (0, bytes)),
            Some(from) => {
                let reaches = |line: &[u8]| Entry::parse(line).is_some_and(|it| it.index <= from);
                ending(&path.under(&self.root), None, reaches).map(|it| (it.start, it.bytes))
            }
        };
        let (start, bytes) = match read {
            Ok(read) => read,
            Err(error) => {
                (self.expected, self.previous) = (None, None);
                return self.fault(&path, 1, Fault::Unreadable(error));
            }
        };
        if let Some(expected) = self.expected.filter(|expected| *expected != first) {
            self.fault(
                &path,
                1,
                Fault::Gap {
                    expected,
                    found: first,
                },
            );
        }
        self.expected = (start == 0).then_some(first);
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            if line.ends_with(b"\n") {
                self.line(&path, number, without_feed(line));
            } else if self.files.len() == 0 {
                self.fault(&path, number, Fault::Torn);
            } else {
                self.fault(&path, number, Fault::Unparsable);
            }
        }
    }

    fn line(&mut self, path: &ArchivePath, number: u64, line: &[u8]) {
        let previous = self.previous.replace(Digest::of(line));
        self.tree.push(merkle::leaf(line));
        let Some(entry) = Entry::parse(line) else {
            self.expected = self.expected.map(|expected| expected.saturating_add(1));
            // That the next line is bound to other bytes is the same damage, and not said again.
            self.previous = None;
            return self.fault(path, number, Fault::Unparsable);
        };
        if let Some(expected) = self.expected.filter(|expected| *expected != entry.index) {
            self.fault(
                path,
                number,
                Fault::Gap {
                    expected,
                    found: entry.index,
                },
            );
        }
        if previous.is_some_and(|previous| previous != entry.previous) {
            self.fault(path, number, Fault::Unchained);
        }
        self.expected = Some(entry.index.saturating_add(1));
        self.lines.push_back(Line::Entry(entry));
    }

    fn fault(&mut self, path: &ArchivePath, number: u64, fault: Fault) {
        self.lines.push_back(Line::Fault {
            path: path.clone(),
            number,
            fault,
        });
    }
}
