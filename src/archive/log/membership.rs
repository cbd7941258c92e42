//! Which snapshots are committed, and which of an article's is the newest? Reads the log from its end, and no more of it than
//! the answer takes.

use std::collections::BTreeMap;
use std::path::Path;

use super::tail::without_feed;
use super::{Entry, EntryKind, FILE_BYTES_MAX, files};
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout;
use crate::digest::Digest;

/// Which snapshots are committed, as far as the log was read: from some file on to what was its end then. Grows with the log, and
/// backwards with the questions.
#[derive(Debug, Default)]
pub(in crate::archive) struct Membership {
    read: Option<Read>,
    /// In order, so that the first digits of a digest find it.
    pub(super) indices: BTreeMap<Digest, u64>,
}

/// The part of the log that was read.
#[derive(Debug, Clone, Copy)]
struct Read {
    /// The first file of it, by the index of its first entry.
    begin: u64,
    /// The last file of it, and how long that was.
    last: (u64, u64),
    /// The index that the next entry gets.
    next: u64,
}

impl Membership {
    /// Returns the index of the entry that committed the snapshot.
    pub(in crate::archive) fn index(
        &mut self,
        root: &Path,
        snapshot: &Digest,
    ) -> Result<Option<u64>, ArchiveError> {
        let digits = snapshot.to_string();
        Ok(self.newest(root, &[&digits])?.map(|(_, index)| index))
    }

    /// Returns which of these snapshots, each given by the first digits of its digest, was committed last, and the index of its
    /// entry; `None` where none of them is committed.
    pub(in crate::archive) fn newest(
        &mut self,
        root: &Path,
        digits: &[&str],
    ) -> Result<Option<(usize, u64)>, ArchiveError> {
        // Whoever is not known may have been committed a moment ago, or long before what was read.
        if digits.iter().any(|digits| self.known(digits).is_none()) {
            self.read_on(root)?;
        }
        loop {
            let known = (0..).zip(digits);
            let known = known.filter_map(|(place, digits)| Some((place, self.known(digits)?)));
            let newest = known.max_by_key(|(_, index)| *index);
            if newest.is_some() || !self.read_back(root)? {
                return Ok(newest);
            }
        }
    }

    fn known(&self, digits: &str) -> Option<u64> {
        let least: Digest = format!("{digits:0<64}").parse().ok()?;
        let (digest, index) = self.indices.range(least..).next()?;
        (digest.short(digits.len()) == digits).then_some(*index)
    }

    /// Reads what was appended since; the last file where nothing was read so far.
    fn read_on(&mut self, root: &Path) -> Result<(), ArchiveError> {
        if let Some(read) = self.read
            && is_end(root, read)?
        {
            return Ok(());
        }
        let files = files(root)?;
        let Some(&last) = files.last() else {
            return Ok(());
        };
        let since = self.read.map_or(last, |read| read.last.0);
        for file in files.into_iter().filter(|file| *file >= since) {
            let (length, next) = self.take(root, file)?;
            self.read = Some(Read {
                begin: self.read.map_or(file, |read| read.begin),
                last: (file, length),
                next,
            });
        }
        Ok(())
    }

    /// Reads the file before those that were read. Returns whether there was one.
    fn read_back(&mut self, root: &Path) -> Result<bool, ArchiveError> {
        let Some(read) = &self.read else {
            return Ok(false);
        };
        let begin = read.begin;
        let Some(file) = files(root)?.into_iter().rfind(|file| *file < begin) else {
            return Ok(false);
        };
        self.take(root, file)?;
        if let Some(read) = &mut self.read {
            read.begin = file;
        }
        Ok(true)
    }

    /// Takes the entries of a file in. Returns its length and the index that follows its last entry. Lines that are none are
    /// passed over, `verify` speaks of them.
    fn take(&mut self, root: &Path, file: u64) -> Result<(u64, u64), ArchiveError> {
        let bytes = disk::read(&layout::log_file(file).under(root), FILE_BYTES_MAX)?;
        let mut next = file;
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        for line in lines.filter(|line| line.ends_with(b"\n")) {
            let Some(entry) = Entry::parse(without_feed(line)) else {
                next = next.saturating_add(1);
                continue;
            };
            next = entry.index.saturating_add(1);
            if matches!(entry.kind, EntryKind::Snapshot | EntryKind::Adopt) {
                let index = self.indices.entry(entry.snapshot).or_default();
                *index = entry.index.max(*index);
            }
        }
        Ok((bytes.len() as u64, next))
    }
}

/// Returns whether the log still ends where it did: its last file has not grown, and no other was begun.
fn is_end(root: &Path, read: Read) -> Result<bool, ArchiveError> {
    let length = |file: u64| {
        let seen = disk::look(&layout::log_file(file).under(root))?;
        Ok::<_, ArchiveError>(seen.map(|seen| seen.bytes))
    };
    let (last, bytes) = read.last;
    Ok(length(last)? == Some(bytes) && (read.next == last || length(read.next)?.is_none()))
}
