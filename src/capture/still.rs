//! What is known of an article that is as it was? Enough to ask for its page, and to say that nothing has changed, without
//! opening its snapshot, its blobs or its view: a mirror asks for thousands that have not.
//!
//! `mirror` writes it when an article is archived or found unchanged, where all that it shows was had and counts as new for some
//! time. It is believed while nothing of the article was touched since and every blob is there; otherwise the article is looked
//! at as a whole.

mod memory;

use std::sync::Arc;

use crate::archive::{ArchiveError, ArticleFolder, ArticleId, Observation, SnapshotFile};
use crate::change::Standing;
use crate::event::{Event, Listener};
use crate::refs::LazyTable;
use crate::snapshot::{Observed, Outcome};
use crate::source::Source;

use super::earlier::Earlier;
use super::lines::tell;
use super::load::Unchanged;
use super::news::News;
use super::resources::{Home, Wanted, not_asked, settle};
use super::run::{Run, blocking};
use super::{CaptureError, Captured, Seen, TakenOut, Wishes};

use memory::Shown;
pub use memory::Still;

/// Resources that may have to be asked for, one after the other; an article with more of them is looked at as a whole.
const ASKED_MAX: usize = 4;

impl Run {
    /// Returns whether memories of articles are written and believed: where every run looks at the same articles again.
    fn keeps_still(&self) -> bool {
        let options = &self.world.options;
        options.removed == TakenOut::Stays
            && options.key.is_none()
            && !options.refresh
            && options.lazy == *LazyTable::built_in()
    }

    /// Returns what is known of the article that an input names, where that is still so.
    pub(super) async fn still(
        self: &Arc<Self>,
        source: &Source,
    ) -> Result<Option<Still>, CaptureError> {
        let Source::Web(link) = source else {
            return Ok(None);
        };
        if !self.keeps_still() {
            return Ok(None);
        }
        let id = ArticleId::of_key(&link.key());
        let run = Arc::clone(self);
        blocking(move || {
            let archive = &run.world.archive;
            let Some(still) = archive.still(&id)?.as_deref().and_then(Still::parse) else {
                return Ok(None);
            };
            let is_out = |folder: ArticleFolder| run.removals.names(folder.id());
            let is_so = still.tool == run.world.options.tool
                && !still.told.folder().is_none_or(is_out)
                && still.is_fresh(run.now())
                && still.is_untouched(archive)
                && archive.has_all(&still.blobs())?;
            Ok(is_so.then_some(still))
        })
        .await
    }

    /// Remembers an article that was archived, or found unchanged, where there is enough to remember. Touches the disk.
    pub(super) fn remember_still(
        &self,
        given: &str,
        file: &SnapshotFile,
    ) -> Result<(), ArchiveError> {
        let Ok(Source::Web(link)) = Source::parse(given) else {
            return Ok(());
        };
        if !self.keeps_still() || file.snapshot.tool != self.world.options.tool {
            return Ok(());
        }
        let earlier = Earlier::new(file.clone(), true);
        let still = Still::of(&self.world.archive, &link, &earlier, self.now());
        let Some(bytes) = still.map(|still| still.to_bytes()) else {
            return Ok(());
        };
        let id = ArticleId::of_key(&link.key());
        self.world.writer.remember_still(&id, &bytes)
    }
}

impl Still {
    /// Asks for what does not count as new of all that it shows. Returns the article as it was captured, where it still is.
    pub(super) async fn stays(
        self,
        run: &Arc<Run>,
        unchanged: &Unchanged,
        wishes: &Wishes,
        report: &Listener,
    ) -> Result<Option<Captured>, CaptureError> {
        let Some(folder) = self.told.folder() else {
            return Ok(None);
        };
        let turn = run.articles.seat_of(folder, &self.key).turn().await;
        let home = Home {
            allowance: &run.allowance(wishes),
            site: Some(&unchanged.link),
            page: Some(&unchanged.address),
            spares: true,
            wishes,
        };
        let mut outcomes = Vec::with_capacity(self.resources.len());
        for shown in &self.resources {
            let Some(outcome) = shown.stays(run, home).await? else {
                return Ok(None);
            };
            outcomes.push(outcome);
        }
        report(Event::Found(self.resources.len()));
        for (shown, outcome) in self.resources.iter().zip(outcomes) {
            tell(run, &shown.link, outcome, 0, report);
        }
        let seen = Seen {
            images: self.images,
            missing: Vec::new(),
            lost: Vec::new(),
        };
        Ok(Some(Captured {
            seen,
            news: News::Still(Box::new(self)),
            turn,
        }))
    }

    /// Returns what the log is told of it, if that is another thing than before.
    pub(super) fn observation(&self) -> Option<Observation> {
        Some(Observation {
            folder: self.told.folder()?,
            snapshot: self.digest,
            standing: Standing::Good,
        })
    }
}

impl Shown {
    /// Returns what is said of it where it is as it was, asked for where it does not count as new.
    async fn stays(&self, run: &Arc<Run>, home: Home<'_>) -> Result<Option<Outcome>, CaptureError> {
        if self.asked.is_none() {
            return Ok(Some(not_asked(self.resource.clone())));
        }
        let wanted = Wanted {
            link: &self.link,
            need: self.need,
            home,
            may_track: false,
        };
        let settled = settle(run, wanted, Some(self.before())).await?;
        let is_so = matches!(
            &settled.outcome,
            Outcome::Carried {
                observed: Observed::NotAsked | Observed::NotModified,
                ..
            }
        );
        Ok(is_so.then_some(settled.outcome))
    }
}
