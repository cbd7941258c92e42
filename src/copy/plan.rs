//! What is to come? The lines of the original's log, one after the other, and what each is to the copy.

use std::collections::{HashMap, HashSet};

use crate::archive::log::{Break, EntryKind, Lines, Relation, Removals, SoundLine};
use crate::archive::{Archive, ArchiveError, ArticleId};
use crate::change::Standing;
use crate::digest::Digest;

/// A line of the original's log.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) line: SoundLine,
    /// Whether the copy may lack something of its snapshot.
    pub(super) is_wanted: bool,
    /// Whether the copy's log does not say it yet.
    pub(super) is_new: bool,
    /// Up to which entry the line makes sense only together with those that follow: its article was taken out by then, and what it
    /// commits does not come.
    pub(super) until: u64,
    /// Whether it does not come because the copy took its article out.
    pub(super) is_out: bool,
}

/// The lines that are to be looked at.
#[derive(Debug)]
pub(super) struct Plan {
    lines: Lines,
    removals: Removals,
    /// Entries of the original from this one on are looked at again, since something of them did not come the last time.
    lacking: u64,
    pub(super) target: Target,
}

/// What the copy says of itself.
#[derive(Debug)]
pub(super) enum Target {
    /// Its log is the begin of the original's, which goes on with this entry.
    Same(u64),
    /// The two part.
    Parted(Box<Parted>),
}

/// What is known of a copy whose log is another.
#[derive(Debug, Default)]
pub(super) struct Parted {
    /// The snapshots that it has.
    has: HashSet<Digest>,
    /// The articles that it took out, and does not have.
    out: HashSet<ArticleId>,
    /// The articles of the original whose pages do not do well, with their newest snapshots.
    pub(super) standing: HashMap<ArticleId, (Digest, Standing)>,
}

impl Plan {
    /// Reads the copy's log where it is another than the original's.
    pub(super) fn new(
        from: &Archive,
        to: &Archive,
        relation: Relation,
        lacking: Option<u64>,
    ) -> Result<Self, ArchiveError> {
        let target = match relation {
            Relation::Begins(lines) => Target::Same(lines),
            Relation::GoesOn | Relation::Parted => {
                Target::Parted(Box::new(Parted::read(from, to)?))
            }
        };
        let lacking = lacking.unwrap_or(u64::MAX);
        let first = match &target {
            Target::Same(next) => lacking.min(*next),
            Target::Parted(_) => 0,
        };
        Ok(Self {
            lines: from.lines(first)?,
            removals: from.removals(0)?,
            lacking,
            target,
        })
    }

    fn piece(&self, line: SoundLine) -> Piece {
        let entry = &line.entry;
        let removed = self.removals.of(&entry.article);
        let removed = removed.filter(|removed| entry.index < *removed);
        let commits = entry.kind.commits();
        let comes = commits && removed.is_none();
        let (is_wanted, is_new, is_out) = match &self.target {
            Target::Same(next) => (comes, entry.index >= *next, false),
            Target::Parted(parted) => {
                let has = parted.has.contains(&entry.snapshot);
                let is_out = comes && parted.out.contains(&entry.article);
                let is_wanted = comes && !is_out && (!has || entry.index >= self.lacking);
                (is_wanted, is_wanted && !has, is_out)
            }
        };
        Piece {
            is_wanted,
            is_new,
            is_out,
            until: removed.filter(|_| commits).map_or(0, |removed| removed + 1),
            line,
        }
    }
}

impl Iterator for Plan {
    type Item = Result<Piece, Break>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next()?;
        Some(line.map(|line| self.piece(line)))
    }
}

impl Parted {
    fn read(from: &Archive, to: &Archive) -> Result<Self, ArchiveError> {
        let mut parted = Self::default();
        let mut newest = HashMap::new();
        // What is wrong with the original's log is told when its lines are copied.
        for line in from.lines(0)?.map_while(Result::ok) {
            let entry = line.entry;
            match (entry.kind, entry.saw) {
                (EntryKind::Observed, Some(saw)) => {
                    let snapshot = newest.get(&entry.article).copied();
                    let snapshot = snapshot.unwrap_or(entry.snapshot);
                    parted.standing.insert(entry.article, (snapshot, saw));
                }
                (kind, _) if kind.commits() => {
                    parted.standing.remove(&entry.article);
                    newest.insert(entry.article, entry.snapshot);
                }
                _ => {}
            }
        }
        parted.standing.retain(|_, (_, saw)| *saw != Standing::Good);
        for line in to.lines(0)? {
            let line = line.map_err(|broken| ArchiveError::BrokenLog {
                path: broken.path.under(to.root()),
            })?;
            let entry = line.entry;
            if entry.kind.commits() {
                parted.out.remove(&entry.article);
                parted.has.insert(entry.snapshot);
            } else if entry.kind == EntryKind::Remove {
                parted.out.insert(entry.article);
            }
        }
        Ok(parted)
    }
}
