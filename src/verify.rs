//! Is the archive whole and unaltered? Reads everything, and says all that is wrong in one pass.

mod affected;
mod articles;
mod blobs;
mod checkpoints;
mod findings;
mod front;
mod log;
mod moments;
mod names;
mod options;
mod own;
mod part;
mod resumed;
mod round;
mod view;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::archive::{Archive, ArchiveError, Area, ArticleFolder, ArticleId, Sighting};
use crate::event::Listener;
use crate::finding::{LogSeen, Report, SignedTo};

use affected::AllBad;
use articles::Seen;
use findings::Findings;
use moments::Moment;
use names::Names;
pub use options::{Depth, FINDINGS_MAX, Options, Scope};
pub use part::{PARTS_MAX, Part};

/// Threads that read and hash at most: more than this keeps no disk busier.
const THREADS_MAX: usize = 8;

/// Checks the archive, and returns everything that is to be said of it. `tell` hears of each blob that was looked at.
///
/// # Errors
/// When it can't be written down what was checked, where that is wanted. Whatever is wrong with the archive is a finding.
pub fn verify(
    archive: &Archive,
    options: &Options,
    tell: &Listener,
) -> Result<Report, ArchiveError> {
    let findings = Findings::new(options.findings_max);
    let pass = Pass {
        archive,
        options,
        tell,
        moment: Moment::now(archive, &findings),
        findings,
        names: Names::new(),
        snapshots: Mutex::default(),
        bad: AllBad::new(options.findings_max),
        counts: Mutex::default(),
        threads: threads(),
    };
    let articles = pass.articles();
    let round = if let Scope::Round(now) = options.scope {
        Some(resumed::check(&pass, &articles, now)?)
    } else {
        pass.check_articles(&articles);
        pass.report_missing_snapshots(&articles);
        blobs::check(&pass);
        None
    };
    pass.check_the_rest();
    let signed = pass.check_checkpoints();
    affected::report(&pass, &articles);
    pass.check_front();
    Ok(Report {
        signed,
        round,
        ..pass.report()
    })
}

/// One pass over an archive: what is known of it, and what was seen.
struct Pass<'a> {
    archive: &'a Archive,
    options: &'a Options,
    tell: &'a Listener,
    /// What the archive said of itself when the pass began.
    moment: Moment,
    findings: Findings,
    /// What snapshots say of blobs.
    names: Names,
    /// The digits in the names of snapshots, sound or not.
    snapshots: Mutex<HashSet<u128>>,
    /// What is wrong with blobs.
    bad: AllBad,
    counts: Mutex<Counts>,
    threads: usize,
}

/// What was checked.
#[derive(Debug, Default)]
struct Counts {
    articles: u64,
    seen: Seen,
    blobs: u64,
    bytes: u64,
    not_checked: u64,
}

impl Pass<'_> {
    /// Returns the articles that the pass is about or needs to know, and says what stands among them that is none.
    fn articles(&self) -> Vec<ArticleFolder> {
        let walk = || {
            let stray = &mut |sighting| self.report_sighting(Area::Articles, sighting);
            self.archive.walk_articles(stray)
        };
        match &self.options.scope {
            Scope::Articles(articles) => articles.clone(),
            Scope::Since(time) => {
                let recent = log::since(self.archive, *time);
                let mut articles = walk();
                articles.retain(|article| recent.contains(article.id()));
                articles
            }
            Scope::Everything | Scope::Part(_) | Scope::Round(_) => walk(),
        }
    }

    /// Returns whether an article is one that the pass is about.
    fn covers(&self, article: &ArticleId) -> bool {
        match &self.options.scope {
            Scope::Part(part) => part.holds_article(article),
            _ => true,
        }
    }

    fn check_articles(&self, articles: &[ArticleFolder]) {
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
    fn report_missing_snapshots(&self, articles: &[ArticleFolder]) {
        if self.options.is_over() {
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
    fn check_the_rest(&self) {
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
    fn check_checkpoints(&self) -> Option<SignedTo> {
        let is_of_some = matches!(self.options.scope, Scope::Articles(_) | Scope::Since(_));
        let is_asked = !is_of_some && !self.options.is_over() || self.options.signers.is_some();
        is_asked
            .then(|| checkpoints::check(self.archive, self.options, &self.findings))
            .flatten()
    }

    fn check_front(&self) {
        if self.options.is_over() || !self.options.covers_path("index.html") {
            return;
        }
        front::report_shorter_log(self);
        if self.options.depth != Depth::Quick {
            front::check(self);
        }
    }

    fn report_sighting(&self, area: Area, sighting: Result<Sighting, ArchiveError>) {
        let is_wanted = match &sighting {
            Ok(sighting) => self.options.covers_path(&sighting.path),
            Err(_) => true,
        };
        if is_wanted {
            self.findings.sighting(area, sighting, None);
        }
    }

    /// Returns whether no other article is to be begun.
    fn is_over_between_articles(&self) -> bool {
        match self.options.scope {
            // What is begun of a round is brought to its end, or it would never get further.
            Scope::Round(_) => self.options.is_stopped(),
            _ => self.options.is_over(),
        }
    }

    /// Returns whether no other blob is to be begun.
    fn is_over_between_blobs(&self) -> bool {
        self.is_over_between_articles()
    }

    fn count(&self, count: impl FnOnce(&mut Counts)) {
        count(&mut locked(&self.counts));
    }

    fn report(self) -> Report {
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

fn threads() -> usize {
    thread::available_parallelism()
        .map_or(1, NonZeroUsize::get)
        .min(THREADS_MAX)
}

/// Does `work` on every item on so many threads, until it `is_over`. Items are taken one by one, so a long list is never held.
fn each<T: Send>(
    items: impl Iterator<Item = T> + Send,
    threads: usize,
    is_over: impl Fn() -> bool + Send,
    work: impl Fn(T) + Sync,
) {
    let mut items = items.take_while(move |_| !is_over());
    if threads == 1 {
        return items.for_each(work);
    }
    let items = Mutex::new(&mut items);
    let next = || locked(&items).next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = next() {
                    work(item);
                }
            });
        }
    });
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
