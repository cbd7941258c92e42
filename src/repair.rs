//! What is wrong with the archive, and can it be mended? Plans from what `verify` finds, then acts, and says what is left.
//!
//! Truth comes back from elsewhere, and only with the bytes that its name says; what is derived is made again. Nothing that
//! is damaged is deleted: it is set aside. Each deed is checked where it is done, so that whatever happened since the plan was
//! made, or to a repair that was killed, the next one goes on from what it finds.

mod blobs;
mod checkpoints;
mod deed;
mod lost;
mod snapshots;
mod told;
mod views;
mod web;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::archive::{
    Alone, Archive, ArchiveError, ArticleFolder, ArticleId, Donor, Keeper, WriterOptions,
};
use crate::catalogue;
use crate::digest::Digest;
use crate::event::Listener;
use crate::finding::{Code, Finding, Report, Severity};
use crate::verify::{self, Depth, Scope, verify};

pub use deed::Deed;
pub use told::{Mending, Outcome, Summary};
pub use web::Web;

use deed::deed;

/// How often the archive is looked at again and mended: a view can only be looked at when the blobs that it is made of are
/// back, and the front pages when all else is.
const ROUNDS_MAX: usize = 4;

/// What is to be mended, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The articles to mend; all, and what is of no article, where there are none.
    pub articles: Vec<ArticleFolder>,
    /// Whether it is only said what would be done.
    pub plan: bool,
    /// How the archive is written.
    pub writing: WriterOptions,
    /// What time it is.
    pub now: Timestamp,
    /// Set by whoever wants it to end early.
    pub stop: Arc<AtomicBool>,
}

/// Where lost bytes may be had.
#[derive(Debug, Default)]
pub struct Sources {
    /// Other archives, in the order in which they are asked.
    pub donors: Vec<Donor>,
    /// The web, where it is to be asked.
    pub web: Option<Web>,
}

impl Options {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Mends what is wrong with the archive, and tells `tell` what came of each finding; where only a plan is wanted, what would be
/// done about it. `checked` hears of each blob that was read.
///
/// # Errors
/// When the archive can't be read or written. What was told of as mended is.
pub async fn repair(
    archive: &Archive,
    options: &Options,
    sources: &Sources,
    checked: &Listener,
    mut tell: impl FnMut(&Mending),
) -> Result<Summary, ArchiveError> {
    let found = look(archive, options, Depth::Whole, checked)?;
    let severe = severe(&found);
    let mut summary = Summary {
        planned: options.plan,
        interrupted: found.interrupted,
        ..Summary::default()
    };
    if options.plan || found.interrupted {
        for finding in severe {
            let mending = Mending::planned(finding);
            summary.count(&mending);
            tell(&mending);
        }
        summary.sound = found.sound;
        return Ok(summary);
    }
    if severe.is_empty() && !is_due(archive, &found)? {
        summary.sound = found.sound;
        return Ok(summary);
    }
    let alone = archive.take_alone(options.writing.clone())?;
    // First of all: a log that can't be read keeps everybody from writing.
    let log = mend_log(&alone, &severe, sources)?;
    let (keeper, recovery) = alone.keeper(options.now)?;
    let keeper = Arc::new(keeper);
    crate::views::catch_up(archive, keeper.writer(), &recovery)?;
    let mut work = Work {
        archive,
        keeper: &keeper,
        options,
        sources,
        log,
        known: found.findings.clone(),
        left: BTreeMap::new(),
        repaired: BTreeSet::new(),
    };
    let is_sound = work
        .rounds(severe, checked, &mut |mending| {
            summary.count(mending);
            tell(mending);
        })
        .await?;
    let left = std::mem::take(&mut work.left);
    summary.interrupted = options.is_stopped();
    for mending in left.values() {
        summary.count(mending);
        tell(mending);
    }
    summary.sound = is_sound && summary.left == 0 && !summary.interrupted;
    Ok(summary)
}

/// Findings of one code that are mended at most in one run: a million that are lost, some hundred megabytes.
const FINDINGS_MAX: usize = 1_000_000;

/// Returns what `verify` says of all that is to be mended.
fn look(
    archive: &Archive,
    options: &Options,
    depth: Depth,
    checked: &Listener,
) -> Result<Report, ArchiveError> {
    let scope = match options.articles.as_slice() {
        [] => Scope::Everything,
        articles => Scope::Articles(articles.to_vec()),
    };
    let options = verify::Options {
        scope,
        depth,
        findings_max: FINDINGS_MAX,
        ..verify::Options::whole(Arc::clone(&options.stop))
    };
    verify(archive, &options, checked)
}

fn severe(report: &Report) -> Vec<Finding> {
    let is_severe = |finding: &&Finding| finding.code.severity() != Severity::Notice;
    report.findings.iter().filter(is_severe).cloned().collect()
}

/// Returns whether there is something to be done of which nobody complains: what an interrupted run left, or pages and a
/// text for strangers that are not there.
fn is_due(archive: &Archive, found: &Report) -> Result<bool, ArchiveError> {
    let is_left = |finding: &Finding| matches!(finding.code, Code::Leftover | Code::LogTorn);
    Ok(found.findings.iter().any(is_left)
        || catalogue::is_lost(archive)?
        || !views::is_readme(archive))
}

/// What was done about some findings, each with what came of it.
type Done = Vec<(Finding, Result<Mended, String>)>;

/// That something is as it must be, and where it came from if that was elsewhere.
#[derive(Debug, Clone, Default)]
struct Mended {
    from: Option<String>,
}

/// A repair at work.
struct Work<'a> {
    archive: &'a Archive,
    keeper: &'a Arc<Keeper>,
    options: &'a Options,
    sources: &'a Sources,
    /// What came of the log, until it was told.
    log: Option<Result<Mended, String>>,
    /// All that was found at first, notices too.
    known: Vec<Finding>,
    /// What could not be mended so far.
    left: BTreeMap<Finding, Mending>,
    /// The snapshots of which something was put back.
    repaired: BTreeSet<(ArticleId, Digest)>,
}

impl Work<'_> {
    /// Mends, looks again, and mends what is seen only then. Returns whether all that is looked at without reading blobs again is
    /// as it must be in the end.
    async fn rounds(
        &mut self,
        found: Vec<Finding>,
        checked: &Listener,
        tell: &mut impl FnMut(&Mending),
    ) -> Result<bool, ArchiveError> {
        let mut is_sound = false;
        let mut due = found;
        for _ in 0..ROUNDS_MAX {
            let mended = self.round(&due, tell).await?;
            let repaired: Vec<_> = std::mem::take(&mut self.repaired).into_iter().collect();
            self.keeper.record_repairs(&repaired, self.options.now)?;
            catalogue::update(self.archive, self.keeper.writer())?;
            views::readme(self)?;
            if self.options.is_stopped() {
                return Ok(false);
            }
            let again = look(self.archive, self.options, Depth::WithoutBlobs, checked)?;
            is_sound = again.sound;
            due = severe(&again);
            let seen: BTreeSet<&Finding> = due.iter().collect();
            // What was not read again is as it was; all else is as it is now.
            self.left
                .retain(|finding, _| is_of_bytes(finding) || seen.contains(finding));
            if mended == 0 || due.iter().all(|finding| self.left.contains_key(finding)) {
                break;
            }
        }
        for finding in due {
            let mending = Mending::left(finding.clone(), "it is still so");
            self.left.entry(finding).or_insert(mending);
        }
        Ok(is_sound)
    }

    /// Does what there is to be done about `due`. Returns how much was mended.
    async fn round(
        &mut self,
        due: &[Finding],
        tell: &mut impl FnMut(&Mending),
    ) -> Result<usize, ArchiveError> {
        let mut mended = 0;
        for deed in Deed::ORDER {
            let todo: Vec<Finding> = due
                .iter()
                .filter(|finding| self::deed(finding) == *deed)
                .cloned()
                .collect();
            if todo.is_empty() || self.options.is_stopped() {
                continue;
            }
            for (finding, result) in self.act(*deed, todo).await? {
                match result {
                    Ok(done) => {
                        self.left.remove(&finding);
                        mended += 1;
                        tell(&Mending::mended(finding, done.from));
                    }
                    Err(why) => {
                        let mending = Mending::left(finding.clone(), why);
                        self.left.insert(finding, mending);
                    }
                }
            }
        }
        Ok(mended)
    }

    async fn act(&mut self, deed: Deed, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
        match deed {
            Deed::Log => {
                let result = self.log.take();
                let result = result.unwrap_or_else(|| Err("it is still so".to_owned()));
                let told = |finding| (finding, result.clone());
                Ok(todo.into_iter().map(told).collect())
            }
            Deed::SetAside => self.set_aside(todo),
            Deed::Snapshot => snapshots::put_back(self, todo).await,
            Deed::MoveSnapshot => snapshots::move_back(self, todo),
            Deed::Checkpoint => checkpoints::put_back(self, todo),
            Deed::Blob => blobs::put_back(self, todo).await,
            Deed::MoveBlob => blobs::move_back(self, todo),
            Deed::Render => views::render(self, todo),
            Deed::List => views::list(self, todo),
            Deed::None => Ok(todo
                .into_iter()
                .map(|finding| {
                    let why = deed::why_not(&finding).to_owned();
                    (finding, Err(why))
                })
                .collect()),
        }
    }

    fn set_aside(&self, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
        let mut done = Done::new();
        for finding in todo {
            let result = match crate::archive::ArchivePath::parse(&finding.path) {
                Some(path) => {
                    self.keeper.set_aside(&path)?;
                    Ok(Mended::default())
                }
                None => Err("its name is none that an archive has: move it out by hand".to_owned()),
            };
            done.push((finding, result));
        }
        Ok(done)
    }
}

/// Puts the log in order by the first copy that can; `None` where nothing is wrong with it.
fn mend_log(
    alone: &Alone,
    found: &[Finding],
    sources: &Sources,
) -> Result<Option<Result<Mended, String>>, ArchiveError> {
    if !found.iter().any(|finding| deed(finding) == Deed::Log) {
        return Ok(None);
    }
    let mut troubles = Vec::new();
    for donor in sources.donors.iter().filter(|donor| donor.is_archive()) {
        let name = donor.root().display().to_string();
        match alone.mend_log(donor)? {
            Ok(_) => return Ok(Some(Ok(Mended { from: Some(name) }))),
            Err(why) => troubles.push(format!("{name}: {why}")),
        }
    }
    let why = if troubles.is_empty() {
        "only a copy of the archive can say what the log said; name one with --from".to_owned()
    } else {
        troubles.join("; ")
    };
    Ok(Some(Err(why)))
}

/// Returns whether a finding is about bytes that are only known when they are read.
fn is_of_bytes(finding: &Finding) -> bool {
    finding.code == Code::BlobAltered
}
