//! Which snapshots are committed, and which of an article's is the newest? Reads the log from its end, and no more of it than
//! the answer takes.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;

use super::ending::{Ending, ending};
use super::tail::without_feed;
use super::{Entry, EntryKind, FILE_BYTES_MAX, Removals, files};
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArticleId};
use crate::change::Standing;
use crate::digest::Digest;

/// Which snapshots are committed, as far as the log was read: from some line on to what was its end then. Grows with the log, and
/// backwards with the questions.
#[derive(Debug, Default)]
pub(in crate::archive) struct Membership {
    read: Option<Read>,
    /// In order, so that the first digits of a digest find it.
    pub(super) indices: BTreeMap<Digest, u64>,
    /// What was observed last of an article, and the index of its entry: few are.
    observed: HashMap<ArticleId, (u64, Stood)>,
    /// What was taken out. Lines are read from the last one on, so that what an entry took out is known before what was committed.
    removals: Removals,
}

/// How an article's page is doing, and since when it does not do well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stood {
    /// How.
    pub standing: Standing,
    /// When that was seen first; `None` where it is [`Standing::Good`].
    pub since: Option<Timestamp>,
}

/// The part of the log that was read.
#[derive(Debug, Clone, Copy)]
struct Read {
    /// The first file of it, by the index of its first entry, and where in it the first line begins that was read.
    begin: (u64, u64),
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

    /// Returns how the page of an article is doing whose newest snapshot this is: good, unless something else was observed after
    /// that was committed.
    pub(in crate::archive) fn standing(
        &mut self,
        root: &Path,
        article: &ArticleId,
        snapshot: &Digest,
    ) -> Result<Stood, ArchiveError> {
        self.read_on(root)?;
        let Some(committed) = self.index(root, snapshot)? else {
            return Ok(Stood::default());
        };
        let observed = self.observed.get(article);
        let later = observed.filter(|(index, _)| *index > committed);
        Ok(later.map(|(_, stood)| *stood).unwrap_or_default())
    }

    /// Returns whether the article was ever taken out.
    pub(in crate::archive) fn was_removed(
        &mut self,
        root: &Path,
        article: &ArticleId,
    ) -> Result<bool, ArchiveError> {
        self.read_on(root)?;
        while !self.removals.names(article) && self.read_back(root)? {}
        Ok(self.removals.names(article))
    }

    fn known(&self, digits: &str) -> Option<u64> {
        let least: Digest = format!("{digits:0<64}").parse().ok()?;
        let (digest, index) = self.indices.range(least..).next()?;
        (digest.short(digits.len()) == digits).then_some(*index)
    }

    /// Reads what was appended since; the last lines where nothing was read so far.
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
        let begin = self.read.map(|read| read.begin);
        let since = self.read.map_or(last, |read| read.last.0);
        let known = self.read.map(|read| read.next);
        for file in files.into_iter().filter(|file| *file >= since) {
            let path = layout::log_file(file).under(root);
            let lines = match begin {
                // A line that is known to begin there does so still, unless it was torn and set aside.
                Some((first, start)) if first == file => from(&path, start)?,
                Some(_) => from(&path, 0)?,
                None => ending(&path, None, |_| true)?,
            };
            let (next, removes) = self.take(file, &lines);
            if known.is_some_and(|known| removes.is_some_and(|index| index >= known)) {
                // What it took out was counted before: that is found out anew, from the end on.
                *self = Self::default();
                return self.read_on(root);
            }
            let first = self.read.map(|read| read.begin);
            self.read = Some(Read {
                begin: first
                    .filter(|(begin, _)| *begin != file)
                    .unwrap_or((file, lines.start)),
                last: (file, lines.start + lines.bytes.len() as u64),
                next,
            });
        }
        Ok(())
    }

    /// Reads the lines before those that were read. Returns whether there were any.
    fn read_back(&mut self, root: &Path) -> Result<bool, ArchiveError> {
        let Some(read) = &self.read else {
            return Ok(false);
        };
        let (file, end) = match read.begin {
            (begin, 0) => {
                let Some(file) = files(root)?.into_iter().rfind(|file| *file < begin) else {
                    return Ok(false);
                };
                (file, None)
            }
            (begin, start) => (begin, Some(start)),
        };
        let lines = ending(&layout::log_file(file).under(root), end, |_| true)?;
        self.take(file, &lines);
        if let Some(read) = &mut self.read {
            read.begin = (file, lines.start);
        }
        Ok(true)
    }

    /// Takes the entries of a file in. Returns the index that follows the last of them, and that of the last one that took an
    /// article out. Lines that are none are passed over, `verify` speaks of them.
    fn take(&mut self, file: u64, lines: &Ending) -> (u64, Option<u64>) {
        let mut next = file;
        let mut entries = Vec::new();
        let lines = lines.bytes.split_inclusive(|byte| *byte == b'\n');
        for line in lines.filter(|line| line.ends_with(b"\n")) {
            let entry = Entry::parse(without_feed(line));
            next = entry.as_ref().map_or(next, |entry| entry.index);
            next = next.saturating_add(1);
            entries.extend(entry);
        }
        let mut removes = None;
        for entry in entries.into_iter().rev() {
            match (entry.kind, entry.saw) {
                (EntryKind::Remove, _) => {
                    removes = removes.max(Some(entry.index));
                    self.removals.note(&entry);
                }
                (kind, _) if kind.commits() => self.commit(&entry),
                (EntryKind::Observed, Some(standing)) => self.observe(entry, standing),
                _ => {}
            }
        }
        (next, removes)
    }
}

impl Membership {
    fn commit(&mut self, entry: &Entry) {
        if !self.removals.covers(&entry.article, entry.index) {
            let index = self.indices.entry(entry.snapshot).or_default();
            *index = entry.index.max(*index);
        }
    }

    fn observe(&mut self, entry: Entry, standing: Standing) {
        let since = (standing != Standing::Good).then_some(entry.time);
        let stood = Stood { standing, since };
        let last = self.observed.entry(entry.article).or_default();
        if entry.index >= last.0 {
            *last = (entry.index, stood);
        }
    }
}

/// Reads the lines of a file from the one that begins at `start`; all of them where the file ends before it.
fn from(path: &Path, start: u64) -> Result<Ending, ArchiveError> {
    let length = disk::length(path, FILE_BYTES_MAX)?;
    let start = if start < length { start } else { 0 };
    let bytes = disk::read_between(path, start..length)?;
    Ok(Ending { start, bytes })
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
