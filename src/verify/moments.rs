//! Is it damage, or is another process in the midst of it? Articles that look wrong are looked at again when it is done.
//!
//! Views follow the commit of their snapshot, so for a moment they are missing or show the snapshot before. A finding
//! counts if nobody was at its article from before the log was read until after the article was.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::archive::{Archive, ArticleFolder, ArticleId};

use super::articles::{self, Seen};
use super::findings::Findings;
use super::log::{self, Committed};
use super::{Pass, each, locked};

/// How often an article is looked at again at most. Who is at one article for longer than all pauses together does
/// nothing else, and then what is found is told.
const TIMES_MAX: u32 = 8;

/// Articles that are looked at again at most: nobody is at more of them at a time.
const DOUBTS_MAX: usize = 10_000;

/// The first pause; each next one is twice as long. A group is committed and its views are made in about a second.
const PAUSE: Duration = Duration::from_millis(50);

/// What the archive says of itself at one moment.
#[derive(Debug)]
pub(super) struct Moment {
    /// Articles that somebody was at when the log was read.
    underway: HashSet<ArticleId>,
    /// Articles that a killed writer was at. Their views are made by the next one.
    abandoned: HashSet<ArticleId>,
    pub(super) log: Committed,
}

impl Moment {
    /// Reads the log, and says everything that is wrong with it.
    pub(super) fn now(archive: &Archive, findings: &Findings) -> Self {
        // In this order: what is no longer under way is in the log.
        let underway = archive.underway().unwrap_or_default();
        Self {
            underway,
            abandoned: archive.abandoned().unwrap_or_default(),
            log: log::read(archive, findings),
        }
    }

    /// Returns the articles that somebody was at between this moment and the later one.
    fn touched_until<'a>(&'a self, later: &'a Self) -> HashSet<&'a ArticleId> {
        let committed = later.log.since(self.log.next());
        committed
            .chain(&self.underway)
            .chain(&later.underway)
            .collect()
    }
}

/// Checks articles on so many threads, first with the log as it was when the pass began.
pub(super) fn check<'a>(
    pass: &Pass<'_>,
    articles: impl Iterator<Item = &'a ArticleFolder> + Send,
    threads: usize,
) {
    let begun = &pass.moment;
    let archive = pass.archive;
    let work = Work { pass, threads };
    let mut doubtful = work.check(articles, begun);
    let mut moment = None;
    for times in 0..TIMES_MAX {
        if doubtful.is_empty() {
            break;
        }
        let now = Moment::now(archive, &Findings::new(1));
        let touched = moment.as_ref().unwrap_or(begun).touched_until(&now);
        let (again, certain) = doubtful
            .into_iter()
            .partition::<Vec<_>, _>(|doubt| touched.contains(doubt.article.id()));
        work.tell(certain);
        let articles: Vec<_> = again.iter().map(|doubt| doubt.article).collect();
        doubtful = again;
        if !articles.is_empty() {
            thread::sleep(PAUSE * 2_u32.pow(times));
            let now = Moment::now(archive, &Findings::new(1));
            doubtful = work.check(articles.into_iter(), &now);
            moment = Some(now);
        }
    }
    work.tell(doubtful);
}

/// An article in which something looks wrong, and what that is.
struct Doubt<'a> {
    article: &'a ArticleFolder,
    findings: Findings,
    seen: Seen,
}

/// Articles are checked, and what is certain is told.
struct Work<'a> {
    pass: &'a Pass<'a>,
    threads: usize,
}

impl Work<'_> {
    /// Checks articles once. Returns those in which something looks wrong; what is to be said of the others is said.
    fn check<'a>(
        &self,
        articles: impl Iterator<Item = &'a ArticleFolder> + Send,
        moment: &Moment,
    ) -> Vec<Doubt<'a>> {
        let doubtful = Mutex::new(Vec::new());
        let over = || self.pass.is_over_between();
        each(articles, self.threads, over, |article| {
            let findings = self.pass.findings.apart();
            let seen = articles::check(self.pass, article, &moment.log, &findings);
            if moment.abandoned.contains(article.id()) {
                findings.excuse_views();
            }
            let doubt = Doubt {
                article,
                findings,
                seen,
            };
            // Of too many at once, the rest is told as it is: an archive that is all wrong is nobody's work in progress.
            if doubt.findings.are_notices() || locked(&doubtful).len() >= DOUBTS_MAX {
                self.tell([doubt]);
            } else {
                locked(&doubtful).push(doubt);
            }
        });
        doubtful
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn tell<'a>(&self, doubts: impl IntoIterator<Item = Doubt<'a>>) {
        for doubt in doubts {
            self.pass.findings.append(doubt.findings);
            self.pass.count(|counts| {
                counts.articles += 1;
                counts.seen.add(&doubt.seen);
            });
        }
    }
}
