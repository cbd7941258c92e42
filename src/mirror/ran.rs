//! When was each source last mirrored? Remembered below `state/`: losing it makes every source due.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::archive::{Archive, ArchiveError, Writer};
use crate::event::SourceOutcome;

/// What was not mirrored in so long is no source any more, and forgotten; the rarest schedule is once a year.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(800 * 24);

/// The last run of a source that came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// When the run began.
    pub begun: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// What came of the source.
    pub outcome: SourceOutcome,
}

/// The last runs of sources, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs(BTreeMap<String, Ran>);

impl Runs {
    /// Returns what is remembered; what can't be understood is as good as forgotten.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn recall(archive: &Archive) -> Result<Self, ArchiveError> {
        let json = archive.sources_ran()?;
        let runs = json.and_then(|json| serde_json::from_slice(&json).ok());
        Ok(runs.unwrap_or_default())
    }

    /// Returns the last run of a source.
    #[must_use]
    pub fn of(&self, source: &str) -> Option<Ran> {
        self.0.get(source).copied()
    }

    /// Notes a run.
    pub(super) fn note(&mut self, source: &str, ran: Ran) {
        self.0.insert(source.to_owned(), ran);
    }

    /// Remembers a run of these sources, beside those of others.
    pub(super) fn keep(
        writer: &Writer,
        (begun, ended): (Timestamp, Timestamp),
        sources: &[(String, SourceOutcome)],
    ) -> Result<(), ArchiveError> {
        let mut runs = Self::recall(writer.archive())?;
        for (source, outcome) in sources {
            let outcome = *outcome;
            runs.note(
                source,
                Ran {
                    begun,
                    ended,
                    outcome,
                },
            );
        }
        let oldest = ended - FORGOTTEN_AFTER;
        runs.0.retain(|_, ran| ran.ended > oldest);
        let json = serde_json::to_vec(&runs).expect("what is remembered has string keys");
        writer.remember_sources(&json)
    }
}
