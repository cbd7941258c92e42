//! Which snapshots must be there? What the log names, by the digits in the names of their files, without what was taken out.

use crate::archive::log::{Fault, Line, Removals};
use crate::archive::{Archive, ArchivePath, ArticleId, layout};

use super::PruneError;

/// What the log says of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It is part of the archive.
    Committed,
    /// It was taken out with its article.
    Removed,
    /// Nothing: its writer was interrupted.
    Nothing,
}

/// What the log committed: 48 bytes an entry, so that a million snapshots take 48 MB.
#[derive(Debug)]
pub(super) struct Commits {
    /// The digits of each snapshot's name, and whether it was seen; sorted.
    named: Vec<Named>,
    removals: Removals,
}

#[derive(Debug)]
struct Named {
    digits: u128,
    index: u64,
    is_removed: bool,
    is_seen: bool,
}

impl Commits {
    /// Reads the whole log. A torn end was never committed; anything else that is wrong may hide what is needed.
    pub(super) fn read(archive: &Archive) -> Result<Self, PruneError> {
        // Of each entry: which article is not asked for again.
        let removals = archive.removals(0)?;
        let (mut named, mut flaws) = (Vec::new(), Vec::new());
        for line in archive.log()? {
            match line {
                Line::Entry(entry) if entry.kind.commits() => named.push(Named {
                    digits: layout::snapshot_number_of(&entry.snapshot),
                    index: entry.index,
                    is_removed: removals.covers(&entry.article, entry.index),
                    is_seen: false,
                }),
                Line::Entry(_)
                | Line::Fault {
                    fault: Fault::Torn, ..
                } => {}
                Line::Fault { path, number, .. } => {
                    flaws.push(format!("{path}: line {number} is not what it must be"));
                }
            }
        }
        if !flaws.is_empty() {
            return Err(PruneError::Unknown(flaws));
        }
        // The newest entry of a snapshot counts, and comes first.
        named.sort_unstable_by_key(|it| (it.digits, u64::MAX - it.index));
        named.dedup_by_key(|it| it.digits);
        Ok(Self { named, removals })
    }

    /// Returns what the log says of the snapshot of this file, by its name, and notes that it is there.
    pub(super) fn see(&mut self, snapshot: &ArchivePath) -> Said {
        let digits = layout::snapshot_number(snapshot).unwrap_or_default();
        match self.named.binary_search_by_key(&digits, |it| it.digits) {
            Ok(place) => {
                let named = &mut self.named[place];
                named.is_seen = true;
                if named.is_removed {
                    Said::Removed
                } else {
                    Said::Committed
                }
            }
            Err(_) => Said::Nothing,
        }
    }

    /// Returns whether the article was ever taken out.
    pub(super) fn took_out(&self, article: &ArticleId) -> bool {
        self.removals.names(article)
    }

    /// Returns what is wrong with each snapshot that is part of the archive, and was not seen.
    pub(super) fn unseen(&self) -> impl Iterator<Item = String> {
        let unseen = self.named.iter().filter(|it| !it.is_removed && !it.is_seen);
        unseen.map(|it| {
            format!(
                "the snapshot *-{:032x}.json of entry {} of the log is not there",
                it.digits, it.index
            )
        })
    }
}
