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
mod pass;
mod resumed;
mod round;
mod view;

use std::sync::{Mutex, PoisonError};

use crate::archive::{Archive, ArchiveError};
use crate::event::Listener;
use crate::finding::Report;
use crate::threads::{self, each};

use affected::AllBad;
use findings::Findings;
use moments::Moment;
use names::Names;
pub use options::{Depth, FINDINGS_MAX, Options, Scope};
pub use part::{PARTS_MAX, Part};
use pass::Pass;
pub use round::{Memory, UNITS};
use view::Shared;

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
        derived: Shared::default(),
        counts: Mutex::default(),
        threads: threads::number(),
    };
    own::check_marker(&pass);
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

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
