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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Rehearsal, WriterOptions};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[test]
    fn what_is_no_source_any_more_is_forgotten_and_what_can_not_be_read_is_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open_or_create(folder.path()).unwrap();
        let options = WriterOptions {
            lock_wait: std::time::Duration::from_secs(1),
            rehearsal: Rehearsal::none(),
        };
        let begun = Timestamp::UNIX_EPOCH + FORGOTTEN_AFTER;
        let (writer, _) = archive.writer(options, begun).unwrap();
        let keep = |name: &str, ended| {
            let told = [(name.to_owned(), SourceOutcome::Read)];
            Runs::keep(&writer, (begun, ended), &told).unwrap();
            Runs::recall(&archive).unwrap()
        };
        keep("old", begun);
        let runs = keep("new", begun + FORGOTTEN_AFTER - HOUR);
        assert!(runs.of("old").is_some() && runs.of("new").is_some());
        let runs = keep("newer", begun + FORGOTTEN_AFTER);
        assert!(runs.of("old").is_none() && runs.of("new").is_some());
        writer.remember_sources(b"{\"a\": 3").unwrap();
        assert_eq!(Runs::recall(&archive).unwrap(), Runs::default());
    }
}
