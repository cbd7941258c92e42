//! What is written down of a repair? What it is about to put back, before that is done; then, in the log, that it was.

use std::io::{Seek as _, SeekFrom, Write as _};

use jiff::Timestamp;
use tracing::info;

use super::mend::Returned;
use super::{Keeper, Step, Writer};
use crate::archive::durable::Batch;
use crate::archive::error::{ArchiveError, At as _, Kind};
use crate::archive::intents::Intent;
use crate::archive::layout::{self, ArticleId};
use crate::archive::log::{self, EntryKind, Record};
use crate::archive::{disk, lock, store};
use crate::digest::Digest;

impl Returned {
    /// Returns that this file is put back for an article, with bytes from there.
    #[must_use]
    pub fn intent(&self, article: ArticleId, from: &str) -> Intent {
        Intent {
            article,
            digest: self.digest(),
            from: from.to_owned(),
            // Who writes it down knows.
            log: 0,
            path: self.path().clone(),
        }
    }
}

impl Keeper {
    /// Writes down what is about to be put back, and adds what must be synced before it is to `batch`.
    pub(super) fn intend(&self, intents: &[Intent], batch: &mut Batch) -> Result<(), ArchiveError> {
        if intents.is_empty() {
            return Ok(());
        }
        let root = self.root();
        let place = layout::repairing();
        let path = place.under(root);
        if disk::look(&path)?.is_some_and(|seen| seen.kind != Kind::File) {
            store::set_aside(root, &place)?;
        }
        if let Some(folder) = place.parent() {
            batch.folders(disk::create_folders(root, &folder)?);
        }
        batch.folder_of(&place, root);
        let log = log::settle(root)?.next;
        let mut lines = Vec::new();
        for intent in intents {
            let intent = Intent {
                log,
                ..intent.clone()
            };
            lines.extend(intent.to_line());
        }
        let mut file = disk::open_or_create(&path)?;
        let end = file.seek(SeekFrom::End(0)).at("read", &path)?;
        if end > 0 {
            // What a power cut tore stands alone.
            lines.insert(0, b'\n');
        }
        file.write_all(&lines).at("write", &path)?;
        batch.file(path);
        self.writer().reach(Step::Planned);
        Ok(())
    }

    /// Writes down in the log that something was put back of these snapshots, durably, and forgets what was to be.
    ///
    /// # Errors
    /// When the log can't be read as a whole, or the disk refuses.
    pub fn record_repairs(
        &self,
        repaired: &[(ArticleId, Digest)],
        now: Timestamp,
    ) -> Result<(), ArchiveError> {
        if !repaired.is_empty() {
            self.append_repairs(repaired, now)?;
        }
        let place = layout::repairing();
        match disk::look(&place.under(self.root()))? {
            None => Ok(()),
            // Not synced: where a power cut brings it back, the log tells that it is done with.
            Some(seen) if seen.kind == Kind::File => disk::remove_file(&place.under(self.root())),
            Some(_) => store::set_aside(self.root(), &place).map(drop),
        }
    }

    fn append_repairs(
        &self,
        repaired: &[(ArticleId, Digest)],
        now: Timestamp,
    ) -> Result<(), ArchiveError> {
        let Writer { options, .. } = self.writer();
        let _commit = lock::begin_commit(self.root(), options.lock_wait)?;
        let tail = log::settle(self.root())?;
        let record = |(article, snapshot): &(ArticleId, Digest)| Record {
            article: article.clone(),
            kind: EntryKind::Repair,
            saw: None,
            snapshot: *snapshot,
        };
        let records: Vec<Record> = repaired.iter().map(record).collect();
        let writer = self.writer();
        log::append(self.root(), &tail, &records, now, || {
            writer.reach(Step::Logged);
        })?;
        writer.reach(Step::Committed);
        info!(
            entries = records.len(),
            entry = tail.next,
            "recorded repairs"
        );
        Ok(())
    }
}
