//! How does what came become part of the copy? Batch by batch: its files, then the entries that name them, then its views.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use crate::archive::log::{EntryKind, Record, SoundLine};
use crate::archive::{
    Archive, ArchiveError, Arrival, ArticleFolder, ArticleId, Entries, Keeper, Shows, SnapshotFile,
};
use crate::change::Standing;
use crate::digest::Digest;
use crate::views;

use super::fetch::Batch;
use super::plan::{Piece, Plan, Target};
use super::{Done, Options, locked};

/// What puts batches in their places.
pub(super) struct Delivery<'a> {
    keeper: &'a Keeper,
    options: &'a Options,
    done: &'a Mutex<Done>,
    /// How the pages of the original's articles do, where the two logs part; none where they are the same.
    parted: Option<HashMap<ArticleId, (Digest, Standing)>>,
    /// Lines that wait for those after them, up to which they make sense together.
    held: Vec<SoundLine>,
    until: u64,
    /// What came with them, the newest of each article.
    due: BTreeMap<ArticleFolder, SnapshotFile>,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(
        plan: &Plan,
        keeper: &'a Keeper,
        options: &'a Options,
        done: &'a Mutex<Done>,
    ) -> Self {
        let parted = match &plan.target {
            Target::Same(_) => None,
            Target::Parted(parted) => Some(parted.standing.clone()),
        };
        Self {
            keeper,
            options,
            done,
            parted,
            held: Vec::new(),
            until: 0,
            due: BTreeMap::new(),
        }
    }

    /// Gives a batch its place, and enters it into the log.
    pub(super) fn deliver(&mut self, batch: Batch) -> Result<(), ArchiveError> {
        let Batch { pieces, arrivals } = batch;
        let writer = self.keeper.writer();
        let (places, arrivals): (Vec<usize>, Vec<Arrival>) = arrivals.into_iter().unzip();
        let new = self.keeper.deposit(&arrivals)?;
        locked(self.done).summary.snapshots += new as u64;
        let records = match &self.parted {
            Some(standing) => self.records(standing, &pieces, &places, &arrivals)?,
            None => Vec::new(),
        };
        for arrival in arrivals {
            writer.remember_aliases(&arrival.snapshot.source.aliases, arrival.folder.id())?;
            let file = SnapshotFile {
                path: arrival.path(),
                digest: arrival.digest,
                snapshot: arrival.snapshot,
            };
            self.due.insert(arrival.folder, file);
        }
        if self.parted.is_some() {
            return self.enter(&records);
        }
        for piece in pieces {
            self.until = self.until.max(piece.until);
            if piece.is_new {
                self.held.push(piece.line);
            }
        }
        let end = self.held.last().map(|line| line.entry.index + 1);
        if end.is_some_and(|end| end < self.until) {
            // Else the log would name, for a moment, what never comes.
            return Ok(());
        }
        self.enter(&[])
    }

    /// Enters what still waits. Where the run was ended early, it waits for the next one: its files are in their places.
    pub(super) fn end(mut self) -> Result<(), ArchiveError> {
        if self.options.is_stopped() || self.held.is_empty() {
            return Ok(());
        }
        self.enter(&[])
    }

    /// Enters the records, or else the lines that were held, and makes the views of what came with them.
    fn enter(&mut self, records: &[Record]) -> Result<(), ArchiveError> {
        let writer = self.keeper.writer();
        let archive = writer.archive();
        let held = std::mem::take(&mut self.held);
        let due = std::mem::take(&mut self.due);
        let entries = if records.is_empty() {
            Entries::Same(&held)
        } else {
            Entries::Own(records)
        };
        let number = records.len().max(held.len());
        let mut plan = None;
        if number > 0 {
            let shown: Vec<ArticleFolder> = due.keys().cloned().collect();
            let removed = removed(archive, &held)?;
            let views = Shows {
                shown: &shown,
                removed: &removed,
            };
            plan = Some(self.keeper.enter(entries, views, self.options.now)?);
            locked(self.done).summary.entries += number as u64;
        }
        let files: Vec<&SnapshotFile> = due.values().collect();
        views::write(archive, writer, &files)?;
        plan.map_or(Ok(()), |plan| writer.settle(&plan))
    }

    /// Returns the entries of the copy's own for what came.
    ///
    /// What the log names last is the newest. Where the copy has a later capture of an article than the ones that came, that is
    /// named again after them.
    fn records(
        &self,
        standing: &HashMap<ArticleId, (Digest, Standing)>,
        pieces: &[Piece],
        places: &[usize],
        arrivals: &[Arrival],
    ) -> Result<Vec<Record>, ArchiveError> {
        let archive = self.keeper.writer().archive();
        let mut records = Vec::new();
        let mut last: BTreeMap<&ArticleFolder, &Arrival> = BTreeMap::new();
        let new = places.iter().zip(arrivals);
        for (_, arrival) in new.filter(|(place, _)| pieces[**place].is_new) {
            records.push(record(
                arrival.folder.id(),
                EntryKind::Snapshot,
                arrival.digest,
            ));
            last.insert(&arrival.folder, arrival);
        }
        for (folder, arrival) in last {
            let newest = archive.newest_snapshot(folder)?;
            let later = newest.filter(|it| it.snapshot.time > arrival.snapshot.time);
            if let Some(later) = later {
                records.push(record(folder.id(), EntryKind::Adopt, later.digest));
            } else if let Some((snapshot, saw)) = standing.get(folder.id())
                && *snapshot == arrival.digest
            {
                let mut observed = record(folder.id(), EntryKind::Observed, arrival.digest);
                observed.saw = Some(*saw);
                records.push(observed);
            }
        }
        Ok(records)
    }
}

fn record(article: &ArticleId, kind: EntryKind, snapshot: Digest) -> Record {
    Record {
        article: article.clone(),
        kind,
        saw: None,
        snapshot,
    }
}

/// Returns the folders of the articles that the lines take out.
fn removed(archive: &Archive, lines: &[SoundLine]) -> Result<Vec<ArticleFolder>, ArchiveError> {
    let mut folders = Vec::new();
    for line in lines {
        if line.entry.kind == EntryKind::Remove {
            folders.extend(archive.article(&line.entry.article)?);
        }
    }
    Ok(folders)
}
