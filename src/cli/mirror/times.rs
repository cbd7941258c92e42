//! When were sources mirrored, and when are they due? What the archive remembers, and who this machine is.

use std::fs;
use std::path::{Path, absolute};

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError};
use crate::cli::now;
use crate::event::SourceOutcome;
use crate::mirror::{Ran, Runs, Source, due_at, look};
use crate::schedule::Schedule;

/// Where Linux keeps a name that no other machine has.
const MACHINE_ID: &str = "/etc/machine-id";

/// What is told of a source's times. Part of the `source` object of `mirror list --json` (`docs/json.md`).
#[derive(Debug, Serialize)]
pub(super) struct Times {
    schedule: String,
    timezone: Option<String>,
    /// In seconds.
    jitter: i64,
    last: Option<Ran>,
    next: Option<Timestamp>,
}

impl Times {
    pub(super) fn of(source: &Source, runs: &Runs, who: &str, now: Timestamp) -> Self {
        let Schedule {
            pattern,
            zone,
            jitter,
        } = &source.schedule;
        let last = runs.of(&source.place.to_string());
        Self {
            schedule: pattern.to_string(),
            timezone: zone.iana_name().map(str::to_owned),
            jitter: jitter.as_secs(),
            last,
            next: due_at(source, last, who, now),
        }
    }

    /// Returns it in words.
    pub(super) fn describe(&self, source: &Source, now: Timestamp) -> String {
        let last = self.last.map_or("never yet".to_owned(), |ran| {
            let outcome = match ran.outcome {
                SourceOutcome::Read => "read",
                SourceOutcome::Unchanged => "unchanged",
                SourceOutcome::Failed => "failed",
            };
            format!("last {} {outcome}", on_the_wall(source, ran.begun))
        });
        let next = match self.next {
            Some(next) if next <= now => "due now".to_owned(),
            Some(next) => format!("next {}", on_the_wall(source, next)),
            None => "never due".to_owned(),
        };
        format!("{}, {last}, {next}", self.schedule)
    }
}

/// Returns a time as clocks show it where the source's times are meant.
pub(super) fn on_the_wall(source: &Source, time: Timestamp) -> String {
    let zoned = time.to_zoned(source.schedule.zone.clone());
    zoned.strftime("%F %R%:z").to_string()
}

/// Returns when sources were mirrored into the archive in the folder `root`, which need not be there.
///
/// # Errors
/// When something else is there, or it can't be read.
pub(super) fn runs(root: &Path) -> Result<Runs, ArchiveError> {
    match Archive::open(root) {
        Ok(archive) => Runs::recall(&archive),
        Err(ArchiveError::NoArchive { .. }) => Ok(Runs::default()),
        Err(error) => Err(error),
    }
}

/// Returns those of the sources that are due now.
///
/// # Errors
/// As above.
pub(super) fn only_due(sources: Vec<Source>, root: &Path) -> Result<Vec<Source>, ArchiveError> {
    let look = look(&sources, &runs(root)?, &who(root), now());
    let numbered = sources.into_iter().enumerate();
    let due = numbered.filter(|(place, _)| look.due.contains(place));
    Ok(due.map(|(_, source)| source).collect())
}

/// Returns who mirrors into the archive in the folder `root`: nobody else's times are put off as its own are, and they stay as
/// they are for as long as machine and folder are the same.
pub(super) fn who(root: &Path) -> String {
    let machine = fs::read_to_string(MACHINE_ID).unwrap_or_default();
    let root = absolute(root).unwrap_or_else(|_| root.to_owned());
    format!("{} {}", machine.trim(), root.display())
}
