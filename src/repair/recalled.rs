//! What did a repair put back that was killed before the log told of it? Only what is really there now counts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::archive::layout::{self, Place};
use crate::archive::log::{EntryKind, Line};
use crate::archive::{Archive, ArchiveError, ArchivePath, ArticleId, Intent};
use crate::digest::Digest;

use super::{Work, lost};

/// Snapshots of which something was put back, and the index that the next entry of the log had before that.
type Owed = HashMap<(ArticleId, Digest), u64>;

/// What was put back for articles: blobs, and snapshots themselves.
#[derive(Debug, Default)]
struct Back {
    blobs: BTreeMap<ArticleId, HashSet<Digest>>,
    snapshots: BTreeSet<(ArticleId, Digest)>,
}

/// Takes over what the log is to tell of a repair that was killed, as far as it does not yet.
pub(super) fn recall(work: &mut Work<'_>) -> Result<(), ArchiveError> {
    let mut owed = Owed::new();
    for (log, back) in back(work.archive)? {
        let repaired = lost::repaired(work, &back.blobs)?;
        for pair in repaired {
            note(&mut owed, pair, log);
        }
        for (article, digest) in back.snapshots {
            if work.archive.committed(&digest)?.is_some() {
                note(&mut owed, (article, digest), log);
            }
        }
    }
    if owed.is_empty() {
        return Ok(());
    }
    for line in work.archive.log()? {
        if let Line::Entry(entry) = line
            && entry.kind == EntryKind::Repair
        {
            let pair = (entry.article, entry.snapshot);
            if owed.get(&pair).is_some_and(|log| entry.index >= *log) {
                owed.remove(&pair);
            }
        }
    }
    work.repaired.extend(owed.into_keys());
    Ok(())
}

fn note(owed: &mut Owed, pair: (ArticleId, Digest), log: u64) {
    let known = owed.entry(pair).or_default();
    *known = log.max(*known);
}

/// Returns what is really there of all that was to be put back, by how long the log was then.
fn back(archive: &Archive) -> Result<BTreeMap<u64, Back>, ArchiveError> {
    let mut all: BTreeMap<u64, Back> = BTreeMap::new();
    let mut looked: HashMap<ArchivePath, bool> = HashMap::new();
    for intent in archive.intents()? {
        let intent = intent?;
        // One blob may be of many articles.
        let is_there = match looked.get(&intent.path) {
            Some(is_there) => *is_there,
            None => is_there(archive, &intent)?,
        };
        looked.insert(intent.path.clone(), is_there);
        if is_there {
            all.entry(intent.log).or_default().take(intent);
        }
    }
    Ok(all)
}

fn is_there(archive: &Archive, intent: &Intent) -> Result<bool, ArchiveError> {
    match archive.digest(&intent.path) {
        Ok((digest, _)) => Ok(digest == intent.digest),
        Err(error) if error.is_absent() || error.is_damage() => Ok(false),
        Err(error) => Err(error),
    }
}

impl Back {
    fn take(&mut self, intent: Intent) {
        match layout::classify(&intent.path) {
            Some(Place::Blob(digest)) => {
                let blobs = self.blobs.entry(intent.article).or_default();
                blobs.insert(digest);
            }
            _ => {
                self.snapshots.insert((intent.article, intent.digest));
            }
        }
    }
}
