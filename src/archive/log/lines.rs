//! What are the lines of the log, byte for byte? For whoever compares two logs, or continues one with the lines of another.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::vec;

use super::tail::without_feed;
use super::{Entry, FILE_BYTES_MAX, Fault, files, no_line};
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath};
use crate::digest::Digest;

/// A line of the log that follows from the line before.
#[derive(Debug, Clone)]
pub struct SoundLine {
    /// The file that it stands in, by the index of its first entry.
    pub(in crate::archive) file: u64,
    /// The line as it is written, with its line feed: what a later version adds to an entry is bound by the hash, too.
    pub(in crate::archive) bytes: Vec<u8>,
    /// What it says.
    pub entry: Entry,
}

impl SoundLine {
    /// Returns whether it is the first of its file.
    pub(in crate::archive) fn begins(&self) -> bool {
        self.file == self.entry.index
    }

    /// Returns the hash of the line, as the next one names it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(without_feed(&self.bytes))
    }
}

/// Where the log is not whole.
#[derive(Debug)]
pub struct Break {
    /// The file.
    pub path: ArchivePath,
    /// Which line of it, counted from 1.
    pub number: u64,
    /// The entry that should stand there.
    pub index: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// A reading of sound lines. It ends at the first one that is not.
#[derive(Debug)]
pub struct Lines {
    root: PathBuf,
    files: vec::IntoIter<u64>,
    read: VecDeque<Result<SoundLine, Break>>,
    /// Lines before this entry are passed over.
    from: u64,
    /// The index that comes next.
    expected: u64,
    /// The hash of the line before; `None` where that was not read.
    previous: Option<Digest>,
}

/// How the log of one archive stands to that of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The other one begins with all its lines, which are so many.
    Begins(u64),
    /// It begins with all lines of the other one, and goes on.
    GoesOn,
    /// They part.
    Parted,
}

/// Reads the lines from the entry `from` on.
pub(in crate::archive) fn lines(root: &Path, from: u64) -> Result<Lines, ArchiveError> {
    let mut files = files(root)?;
    let begin = files
        .partition_point(|first| *first <= from)
        .saturating_sub(1);
    files.drain(..begin);
    let expected = if begin == 0 { 0 } else { files[0] };
    Ok(Lines {
        root: root.to_owned(),
        files: files.into_iter(),
        read: VecDeque::new(),
        from,
        expected,
        previous: (begin == 0).then(no_line),
    })
}

impl Iterator for Lines {
    type Item = Result<SoundLine, Break>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.read.is_empty() {
            let file = self.files.next()?;
            self.read_file(file);
        }
        let next = self.read.pop_front();
        if let Some(Err(_)) = &next {
            (self.files, self.read) = (Vec::new().into_iter(), VecDeque::new());
        }
        next
    }
}

impl Lines {
    fn read_file(&mut self, file: u64) {
        let path = layout::log_file(file);
        let broken = |number, index, fault| {
            let path = path.clone();
            Err(Break {
                path,
                number,
                index,
                fault,
            })
        };
        let index = self.expected;
        let bytes = match disk::read(&path.under(&self.root), FILE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) => {
                return self
                    .read
                    .push_back(broken(1, index, Fault::Unreadable(error)));
            }
        };
        if file != self.expected {
            let (expected, found) = (self.expected, file);
            let gap = Fault::Gap { expected, found };
            return self.read.push_back(broken(1, index, gap));
        }
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            if !line.ends_with(b"\n") {
                // At its end, it was never committed.
                if self.files.len() > 0 {
                    self.read
                        .push_back(broken(number, self.expected, Fault::Unparsable));
                }
                return;
            }
            let index = self.expected;
            match self.sound(file, line) {
                Ok(Some(sound)) => self.read.push_back(Ok(sound)),
                Ok(None) => {}
                Err(fault) => return self.read.push_back(broken(number, index, fault)),
            }
        }
    }

    /// Reads a line; `None` where it is not asked for.
    fn sound(&mut self, file: u64, line: &[u8]) -> Result<Option<SoundLine>, Fault> {
        let expected = self.expected;
        let previous = self.previous.replace(Digest::of(without_feed(line)));
        self.expected += 1;
        if expected < self.from {
            return Ok(None);
        }
        let entry = Entry::parse(without_feed(line)).ok_or(Fault::Unparsable)?;
        let found = entry.index;
        if found != expected {
            return Err(Fault::Gap { expected, found });
        }
        if previous.is_some_and(|previous| previous != entry.previous) {
            return Err(Fault::Unchained);
        }
        Ok(Some(SoundLine {
            file,
            bytes: line.to_vec(),
            entry,
        }))
    }
}

/// Compares the lines of two logs, byte for byte; a torn end is none.
pub(in crate::archive) fn relation(ours: &Path, theirs: &Path) -> Result<Relation, ArchiveError> {
    let (mut ours, mut theirs) = (Bytes::of(ours)?, Bytes::of(theirs)?);
    let mut lines = 0;
    loop {
        match (ours.line()?, theirs.line()?) {
            (None, _) => return Ok(Relation::Begins(lines)),
            (Some(_), None) => return Ok(Relation::GoesOn),
            (Some(one), Some(other)) if one == other => lines += 1,
            (Some(_), Some(_)) => return Ok(Relation::Parted),
        }
    }
}

/// The lines of a log, whatever they say.
struct Bytes {
    root: PathBuf,
    files: vec::IntoIter<u64>,
    file: Vec<u8>,
    at: usize,
}

impl Bytes {
    fn of(root: &Path) -> Result<Self, ArchiveError> {
        Ok(Self {
            root: root.to_owned(),
            files: files(root)?.into_iter(),
            file: Vec::new(),
            at: 0,
        })
    }

    fn line(&mut self) -> Result<Option<&[u8]>, ArchiveError> {
        loop {
            let rest = &self.file[self.at..];
            if let Some(feed) = rest.iter().position(|byte| *byte == b'\n') {
                let begin = self.at;
                self.at += feed + 1;
                return Ok(Some(&self.file[begin..self.at]));
            }
            let Some(file) = self.files.next() else {
                return Ok(None);
            };
            self.file = disk::read(&layout::log_file(file).under(&self.root), FILE_BYTES_MAX)?;
            self.at = 0;
        }
    }
}
