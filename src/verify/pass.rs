//! What is known while an archive is looked at, what was seen so far, and what is looked at in which scope?

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::archive::{Archive, ArchiveError, Area, ArticleFolder, ArticleId, Sighting};
use crate::event::Listener;
use crate::finding::{LogSeen, Report, SignedTo};

use super::affected::AllBad;
use super::articles::Seen;
use super::findings::Findings;
use super::moments::Moment;
use super::names::Names;
use super::options::{Depth, Options, Scope};
use super::view::Shared;
use super::{articles, blobs, checkpoints, each, front, locked, log, moments, own};

/// One pass over an archive: what is known of it, and what was seen.
pub(super) struct Pass<'a> {
    pub(super) archive: &'a Archive,
    pub(super) options: &'a Options,
    pub(super) tell: &'a Listener,
    /// What the archive said of itself when the pass began.
    pub(super) moment: Moment,
    pub(super) findings: Findings,
    /// What snapshots say of blobs.
    pub(super) names: Names,
    /// The digits in the names of snapshots, sound or not.
    pub(super) snapshots: Mutex<HashSet<u128>>,
    /// What is wrong with blobs.
    pub(super) bad: AllBad,
    /// Files that views share, which were read.
    pub(super) derived: Shared,
    pub(super) counts: Mutex<Counts>,
    pub(super) threads: usize,
}

/// What was checked.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) articles: u64,
    pub(super) seen: Seen,
    pub(super) blobs: u64,
    pub(super) bytes: u64,
    pub(super) not_checked: u64,
}

impl Pass<'_> {
    /// Returns the articles that the pass is about or needs to know, and says what stands among them that is none.
    pub(super) fn articles(&self) -> Vec<ArticleFolder> {
        match &self.options.scope {
            Scope::Articles(articles) => articles.clone(),
            Scope::Since(time) => {
                let recent = log::since(self.archive, *time);
                let mut articles = self.walk();
                articles.retain(|article| recent.contains(article.id()));
                articles
            }
            Scope::Everything | Scope::Part(_) | Scope::Round(_) => self.walk(),
        }
    }

    /// Returns all articles, sorted by host and ID.
    fn walk(&self) -> Vec<ArticleFolder> {
        let stray = |sighting| self.report_sighting(Area::Articles, sighting);
        let drawers = self.archive.list_drawers(&mut { stray });
        let found = Mutex::new(Vec::new());
        each(
            drawers.iter().enumerate(),
            self.threads,
            || false,
            |(place, drawer)| {
                let articles = self.archive.articles_in(drawer, &mut { stray });
                locked(&found).push((place, articles));
            },
        );
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_unstable_by_key(|(place, _)| *place);
        found
            .into_iter()
            .flat_map(|(_, articles)| articles)
            .collect()
    }

    /// Returns whether an article is one that the pass is about.
    pub(super) fn covers(&self, article: &ArticleId) -> bool {
        match &self.options.scope {
            Scope::Part(part) => part.holds_article(article),
            _ => true,
        }
    }

    pub(super) fn check_articles(&self, articles: &[ArticleFolder]) {
        let wanted = || articles.iter().filter(|article| self.covers(article.id()));
        if let Scope::Part(_) = self.options.scope {
            let others = articles.iter().filter(|article| !self.covers(article.id()));
            let over = || self.options.is_over();
            each(others, self.threads, over, |article| {
                articles::index(self, article);
            });
        }
        moments::check(self, wanted(), self.threads);
        let reached = locked(&self.counts).articles;
        let not_reached = (articles.len() as u64).saturating_sub(reached);
        self.count(|counts| counts.not_checked += not_reached);
    }

    /// Says which snapshots are not there that the log names of these articles.
    pub(super) fn report_missing_snapshots(&self, articles: &[ArticleFolder]) {
        if self.is_over_between() {
            return;
        }
        let is_named = !matches!(self.options.scope, Scope::Articles(_) | Scope::Since(_));
        let named: HashSet<&ArticleId> = articles
            .iter()
            .map(ArticleFolder::id)
            .filter(|_| !is_named)
            .collect();
        let is_wanted = |id: &ArticleId| {
            if is_named {
                self.covers(id)
            } else {
                named.contains(id)
            }
        };
        let log = &self.moment.log;
        log.report_missing(
            self.archive,
            &locked(&self.snapshots),
            &is_wanted,
            &self.findings,
        );
    }

    /// Says what stands where it does not belong, apart from articles.
    pub(super) fn check_the_rest(&self) {
        if let Scope::Articles(_) | Scope::Since(_) = self.options.scope {
            return;
        }
        if self.options.is_over() {
            return;
        }
        blobs::report_strays(self);
        for area in [Area::Top, Area::Log, Area::Checkpoints, Area::Derived] {
            for sighting in self.archive.survey(area) {
                self.report_sighting(area, sighting);
            }
        }
        own::check(self);
        if self.options.covers_path("tmp") {
            self.findings.leftovers(self.archive);
        }
    }

    /// Returns up to where a signature proves the log, where somebody wants to know that.
    pub(super) fn check_checkpoints(&self) -> Option<SignedTo> {
        let is_of_some = matches!(self.options.scope, Scope::Articles(_) | Scope::Since(_));
        let is_asked = !is_of_some && !self.options.is_over() || self.options.signers.is_some();
        is_asked
            .then(|| checkpoints::check(self.archive, self.options, &self.findings))
            .flatten()
    }

    pub(super) fn check_front(&self) {
        if self.options.is_over() || !self.options.covers_path("index.html") {
            return;
        }
        front::report_shorter_log(self);
        if self.options.depth != Depth::Quick {
            front::check(self);
        }
    }

    pub(super) fn report_sighting(&self, area: Area, sighting: Result<Sighting, ArchiveError>) {
        let is_wanted = match &sighting {
            Ok(sighting) => self.options.covers_path(&sighting.path),
            Err(_) => true,
        };
        if is_wanted {
            self.findings.sighting(area, sighting, None);
        }
    }

    /// Returns whether no other article or blob is to be begun.
    pub(super) fn is_over_between(&self) -> bool {
        match self.options.scope {
            // What is begun of a round is brought to its end, or it would never get further.
            Scope::Round(_) => self.options.is_stopped(),
            _ => self.options.is_over(),
        }
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut Counts)) {
        count(&mut locked(&self.counts));
    }

    pub(super) fn report(self) -> Report {
        let counts = self.counts.into_inner();
        let counts = counts.unwrap_or_else(PoisonError::into_inner);
        let is_over = self.options.is_over();
        let interrupted = self.options.is_stopped();
        let sound = self.findings.are_notices() && !interrupted;
        let (findings, more) = self.findings.sorted();
        Report {
            sound,
            whole: matches!(self.options.scope, Scope::Everything)
                && self.options.depth == Depth::Whole
                && !is_over,
            blobs: counts.blobs,
            bytes: counts.bytes,
            snapshots: counts.seen.snapshots,
            views: counts.seen.views,
            not_checked: counts.not_checked + counts.seen.not_checked,
            interrupted,
            log: LogSeen {
                entries: self.moment.log.next(),
                root: self.moment.log.root,
            },
            round: None,
            signed: None,
            findings,
            more,
        }
    }
}
