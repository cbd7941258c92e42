//! Of two logs that are not one, which is that of this archive? A checkpoint that lies here may say it, or what lies here.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use super::super::Entry;
use super::{Here, Unmended, own, own_files};
use crate::archive::Archive;
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath};
use crate::checkpoint::Signed;
use crate::digest::Digest;

/// The entries of two logs that checkpoints prove which lie here, from the first one on.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// Of the other log.
    pub(super) theirs: u64,
    /// Whether a checkpoint is of the other log, and not of ours.
    is_theirs: bool,
    /// A checkpoint that is of our log, and not of the other.
    ours: Option<ArchivePath>,
}

impl Held {
    /// Looks at the checkpoints that are signed by the keys that their signatures name.
    pub(super) fn look(archive: &Archive, other: &Path) -> Result<Self, ArchiveError> {
        let mut held = Self::default();
        let signed = archive.signed()?;
        if signed.is_empty() {
            return Ok(held);
        }
        let sizes = signed.iter().map(|(_, it)| it.checkpoint.entries);
        let sizes: BTreeSet<u64> = sizes.chain([1]).collect();
        let (ours, theirs) = (roots(archive, &sizes)?, roots(&Archive::at(other), &sizes)?);
        for (path, it) in signed {
            match (holds(&ours, &it), holds(&theirs, &it)) {
                (true, false) => held.ours = Some(path),
                (is_ours, true) => {
                    held.theirs = it.checkpoint.entries.max(held.theirs);
                    held.is_theirs |= !is_ours;
                }
                (false, false) => {}
            }
        }
        Ok(held)
    }
}

/// Returns the roots that a log had; none of one that can't be read.
fn roots(archive: &Archive, sizes: &BTreeSet<u64>) -> Result<BTreeMap<u64, Digest>, ArchiveError> {
    match archive.roots_at(sizes) {
        Err(error) if error.is_damage() => Ok(BTreeMap::new()),
        other => other,
    }
}

fn holds(roots: &BTreeMap<u64, Digest>, signed: &Signed) -> bool {
    let checkpoint = &signed.checkpoint;
    roots.get(&checkpoint.entries) == Some(&checkpoint.root)
        && roots.get(&1) == Some(&checkpoint.log)
}

/// Says whether the other log is that of this archive, in the stead of ours, whose newest entry has this index. Ours then tells of
/// nothing that lies here and that the other does not tell of.
pub(super) fn judge(
    other: &Path,
    here: &Here<'_>,
    signed: &Held,
    index: u64,
) -> Result<Result<(), Unmended>, ArchiveError> {
    if let Some(path) = &signed.ours {
        return Ok(Err(Unmended::Signed(path.clone())));
    }
    let (ours, theirs) = (told_here(here)?, told_there(other, here)?);
    let only_ours: HashSet<u128> = ours.difference(&theirs).copied().collect();
    if signed.is_theirs {
        if only_ours.is_empty() {
            return Ok(Ok(()));
        }
        let path = here.one_of(&only_ours, |_| true)?;
        let path = path.unwrap_or_else(|| "a capture".to_owned());
        return Ok(Err(Unmended::Both(path)));
    }
    let is_theirs = !theirs.is_empty() && ours.is_empty() && here.snapshots == theirs;
    Ok(if is_theirs {
        Ok(())
    } else {
        Err(Unmended::Apart(index))
    })
}

/// Returns what our log tells of that lies here, whatever became of its order.
fn told_here(here: &Here<'_>) -> Result<HashSet<u128>, ArchiveError> {
    let root = here.archive.root();
    let mut told = HashSet::new();
    for file in own_files(root)? {
        for line in &own::lines(root, file)? {
            told.extend(Entry::parse(line).and_then(|entry| commits(&entry, here)));
        }
    }
    Ok(told)
}

/// Returns what the other log tells of that lies here, up to its end or to where it does not hold together.
fn told_there(other: &Path, here: &Here<'_>) -> Result<HashSet<u128>, ArchiveError> {
    let lines = super::super::lines(other, 0)?.map_while(Result::ok);
    Ok(lines
        .filter_map(|line| commits(&line.entry, here))
        .collect())
}

/// Returns the number of the snapshot that an entry commits, where that lies here.
fn commits(entry: &Entry, here: &Here<'_>) -> Option<u128> {
    let number = layout::snapshot_number_of(&entry.snapshot);
    (entry.kind.commits() && here.snapshots.contains(&number)).then_some(number)
}
