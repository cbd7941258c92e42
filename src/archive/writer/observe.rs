//! What was seen of articles that are here? It goes into the log where it is another thing than was seen last.

use jiff::Timestamp;
use tracing::info;

use super::Writer;
use crate::archive::error::ArchiveError;
use crate::archive::layout::ArticleFolder;
use crate::archive::lock;
use crate::archive::log::{self, EntryKind, Record};
use crate::change::Standing;
use crate::digest::Digest;

/// How the page of an article that is here was seen to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The article.
    pub folder: ArticleFolder,
    /// Its newest snapshot, as whoever looked knew it.
    pub snapshot: Digest,
    /// How its page does.
    pub standing: Standing,
}

impl Writer {
    /// Writes down what changed, durably: of an article whose standing is what the log says already, nothing. One that got a newer
    /// snapshot meanwhile is passed over, as its page was there. Returns how many entries there are of it.
    ///
    /// # Errors
    /// When another process holds the lock for too long, or the disk refuses.
    pub fn observe(&self, seen: &[Observation], now: Timestamp) -> Result<usize, ArchiveError> {
        let mut new = self.transitions(seen)?;
        if new.is_empty() {
            return Ok(0);
        }
        let _commit = lock::begin_commit(&self.staging.root, self.options.lock_wait)?;
        let tail = log::settle(&self.staging.root)?;
        new = self.transitions(&new)?;
        if new.is_empty() {
            return Ok(0);
        }
        let record = |it: &Observation| Record {
            article: it.folder.id().clone(),
            kind: EntryKind::Observed,
            saw: Some(it.standing),
            snapshot: it.snapshot,
        };
        let records: Vec<Record> = new.iter().map(record).collect();
        log::append(&self.staging.root, &tail, &records, now, || {})?;
        self.note_entries(records.len());
        info!(entries = records.len(), entry = tail.next, "observed");
        Ok(records.len())
    }

    /// Returns those that say something new.
    fn transitions(&self, seen: &[Observation]) -> Result<Vec<Observation>, ArchiveError> {
        let mut new: Vec<Observation> = Vec::new();
        for it in seen {
            let stood = self.archive.standing(&it.folder, &it.snapshot)?;
            let is_double = new.iter().any(|other| other.folder == it.folder);
            if stood.standing == it.standing || is_double {
                continue;
            }
            let newest = self.archive.newest_snapshot(&it.folder)?;
            if newest.is_some_and(|newest| newest.digest == it.snapshot) {
                new.push(it.clone());
            }
        }
        Ok(new)
    }
}
