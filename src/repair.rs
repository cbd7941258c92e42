//! What is wrong with the archive, and can it be mended? Plans from what `verify` finds, then acts, and says what is left.
//!
//! Truth comes back from elsewhere, and only with the bytes that its name says; what is derived is made again. Nothing that
//! is damaged is deleted: it is set aside. Each deed is checked where it is done, so that whatever happened since the plan was
//! made, or to a repair that was killed, the next one goes on from what it finds.

mod blobs;
mod checkpoints;
mod deed;
mod logs;
mod lost;
mod recalled;
mod snapshots;
mod told;
mod views;
mod web;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::archive::{Archive, ArchiveError, ArticleFolder, Donor, WriterOptions};
use crate::catalogue;
use crate::event::Listener;
use crate::finding::{Code, Finding, Report, Severity};
use crate::verify::{self, Depth, Scope, verify};

pub use deed::Deed;
pub use told::{Mending, Outcome, Summary};
pub use web::Web;

use work::{Done, Mended, Work};

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
    let mut severe = severe(&found);
    let is_unfinished = |it: &&Finding| it.code == Code::RepairUnfinished;
    severe.extend(found.findings.iter().find(is_unfinished).cloned());
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
    alone.mend_marker()?;
    // First of all: a log that can't be read keeps everybody from writing.
    let log = logs::mend(&alone, &severe, sources).await?;
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
    recalled::recall(&mut work)?;
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
        || archive.has_intents()?
        || catalogue::is_lost(archive)?
        || !views::is_readme(archive))
}
