//! How is what came from another archive committed? With the very lines of its log, or with entries of our own.

use jiff::Timestamp;
use tracing::info;

use super::keeper::remove_view;
use super::plan::{self, Contents, Plan};
use super::{Keeper, Step};
use crate::archive::durable::Batch;
use crate::archive::error::ArchiveError;
use crate::archive::layout::ArticleFolder;
use crate::archive::lock;
use crate::archive::log::{self, Record, SoundLine};

/// What goes into the log.
#[derive(Debug, Clone, Copy)]
pub enum Entries<'a> {
    /// Lines of a log that this one is the begin of, as they are there.
    Same(&'a [SoundLine]),
    /// Entries of our own.
    Own(&'a [Record]),
}

/// What is to be done beside the log when it has its entries, whoever gets to it.
#[derive(Debug, Clone, Copy)]
pub struct Shows<'a> {
    /// The articles whose views are to be made.
    pub shown: &'a [ArticleFolder],
    /// The articles that the entries take out: their views go.
    pub removed: &'a [ArticleFolder],
}

impl Keeper {
    /// Commits what was deposited: from then on it is part of the archive. Returns the plan of its views, to be settled when they
    /// are there.
    ///
    /// # Errors
    /// When the log is not what the entries follow from, or the disk refuses.
    pub fn enter(
        &self,
        entries: Entries<'_>,
        views: Shows<'_>,
        now: Timestamp,
    ) -> Result<Plan, ArchiveError> {
        let writer = &self.0;
        let root = writer.archive().root();
        let _commit = lock::begin_commit(root, writer.options.lock_wait)?;
        let tail = log::settle(root)?;
        let paths = |folders: &[ArticleFolder]| {
            let paths = folders.iter().map(|it| it.path().to_string());
            paths.collect()
        };
        let contents = Contents {
            log: tail.next,
            snapshots: Vec::new(),
            removed: paths(views.removed),
            shown: paths(views.shown),
        };
        let mut batch = Batch::default();
        let plan = plan::write(&writer.staging, &contents, &mut batch)?;
        batch.sync(root)?;
        writer.reach(Step::Planned);
        let logged = || writer.reach(Step::Logged);
        match entries {
            Entries::Same(lines) => log::extend(root, &tail, lines, logged)?,
            Entries::Own(records) => log::append(root, &tail, records, now, logged)?,
        }
        writer.reach(Step::Committed);
        info!(entry = tail.next, "entered what came from another archive");
        for folder in views.removed {
            if writer.archive().newest_snapshot(folder)?.is_none() {
                remove_view(writer.archive(), folder)?;
            }
        }
        Ok(plan)
    }
}
