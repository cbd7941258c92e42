//! Which articles were taken out? What an entry committed counts no more once a later one took its article out.

use std::collections::HashMap;
use std::path::Path;

use super::tail::without_feed;
use super::{Entry, EntryKind, FILE_BYTES_MAX, files};
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArticleId};

/// What stands in the line of every entry that takes an article out, and hardly in another: few lines have it, so that the others
/// need not be understood.
const MARK: &str = "\"remove\"";

/// The articles that were taken out, each with the index of the last entry that did so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removals(HashMap<ArticleId, u64>);

impl Removals {
    /// Takes an entry in; of another kind, it says nothing here.
    pub fn note(&mut self, entry: &Entry) {
        if entry.kind == EntryKind::Remove {
            let last = self.0.entry(entry.article.clone()).or_default();
            *last = entry.index.max(*last);
        }
    }

    /// Returns whether what the entry `index` committed of the article was taken out later.
    #[must_use]
    pub fn covers(&self, article: &ArticleId, index: u64) -> bool {
        self.0.get(article).is_some_and(|removed| index < *removed)
    }

    /// Returns the index of the last entry that took the article out.
    #[must_use]
    pub fn of(&self, article: &ArticleId) -> Option<u64> {
        self.0.get(article).copied()
    }

    /// Returns whether the article was ever taken out. What was captured of it later is here.
    #[must_use]
    pub fn names(&self, article: &ArticleId) -> bool {
        self.0.contains_key(article)
    }

    /// Returns whether no article was ever taken out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the articles that entries from `from` on took out, in no order.
    pub fn since(&self, from: u64) -> impl Iterator<Item = &ArticleId> {
        let since = self.0.iter().filter(move |(_, removed)| **removed >= from);
        since.map(|(article, _)| article)
    }

    /// Forgets what the entries from `end` on took out.
    #[must_use]
    pub fn before(mut self, end: u64) -> Self {
        self.0.retain(|_, removed| *removed < end);
        self
    }
}

/// Reads what the entries from `from` on took out, and perhaps some before them. What can't be understood is passed over: `verify`
/// speaks of it.
pub(in crate::archive) fn removals(root: &Path, from: u64) -> Result<Removals, ArchiveError> {
    let files = files(root)?;
    let begin = files.partition_point(|first| *first <= from);
    let mut removals = Removals::default();
    for file in &files[begin.saturating_sub(1)..] {
        let bytes = disk::read(&layout::log_file(*file).under(root), FILE_BYTES_MAX)?;
        let text = String::from_utf8_lossy(&bytes);
        if !text.contains(MARK) {
            continue;
        }
        let lines = text.split_inclusive('\n').filter(|it| it.ends_with('\n'));
        for line in lines.filter(|line| line.contains(MARK)) {
            if let Some(entry) = Entry::parse(without_feed(line.as_bytes())) {
                removals.note(&entry);
            }
        }
    }
    Ok(removals)
}
