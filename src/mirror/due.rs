//! Which articles are due? One that has not changed for long is asked for ever more rarely.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::archive::{Archive, ArchiveError, Writer};
use crate::digest::Digest;
use crate::event::ArticleOutcome;

/// An article is asked for again when a tenth of the time has passed for which it had not changed when it was last asked for:
/// after a day 2.4 hours later, after a month three days.
const SHARE: i32 = 10;

/// But not later than that: what is changed after years is found within a month.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What was not asked for in so long is named by no source any more, and forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Digits of the digest of an address: that two of a million share them is one chance in 40 million.
const DIGITS: usize = 16;

/// When articles were last asked for, by their inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked(BTreeMap<String, (i64, i64)>);

impl Asked {
    /// Returns what is remembered; what can't be understood is as good as forgotten.
    pub(super) fn recall(archive: &Archive) -> Result<Self, ArchiveError> {
        let json = archive.asked()?;
        let asked = json.and_then(|json| serde_json::from_slice(&json).ok());
        Ok(asked.unwrap_or_default())
    }

    /// Remembers it, but for what was forgotten by all sources.
    pub(super) fn keep(mut self, writer: &Writer, now: Timestamp) -> Result<(), ArchiveError> {
        let oldest = now - FORGOTTEN_AFTER;
        self.0.retain(|_, (asked, _)| *asked > oldest.as_second());
        let json = serde_json::to_vec(&self).expect("what is remembered has string keys");
        writer.remember_asked(&json)
    }

    /// Returns whether an article is to be asked for `now` that its source says was last changed at `modified`. A clock that was
    /// wrong makes it due at once.
    pub(super) fn is_due(&self, given: &str, modified: Option<Timestamp>, now: Timestamp) -> bool {
        let Some((asked, changed)) = self.0.get(&name(given)) else {
            return true;
        };
        let moments = (
            Timestamp::from_second(*asked),
            Timestamp::from_second(*changed),
        );
        let (Ok(asked), Ok(changed)) = moments else {
            return true;
        };
        if asked > now || changed > asked || modified.is_some_and(|modified| modified >= asked) {
            return true;
        }
        let pause = (asked.duration_since(changed) / SHARE).min(PAUSE_MAX);
        now.duration_since(asked) >= pause
    }

    /// Notes that an article was asked for, and whether it had changed.
    pub(super) fn note(&mut self, given: &str, outcome: ArticleOutcome, now: Timestamp) {
        let now = now.as_second();
        let (asked, changed) = self.0.entry(name(given)).or_insert((now, now));
        *asked = now;
        if outcome == ArticleOutcome::Captured || *changed > now {
            *changed = now;
        }
    }
}

fn name(given: &str) -> String {
    Digest::of(given.as_bytes()).short(DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "https://h.test/a";

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50 + hours)
    }

    /// Returns what is remembered of an article that was captured at hour 0, and unchanged at hour `hours`.
    fn unchanged_for(hours: i64) -> Asked {
        let mut asked = Asked::default();
        asked.note(A, ArticleOutcome::Captured, at(0));
        asked.note(A, ArticleOutcome::Unchanged, at(hours));
        asked
    }

    #[test]
    fn what_has_not_changed_for_long_is_asked_for_more_rarely() {
        assert!(Asked::default().is_due(A, None, at(0)));
        for (unchanged, pause) in [(0, 0), (10, 1), (240, 24), (7200, 720), (72_000, 720)] {
            let asked = unchanged_for(unchanged);
            assert!(asked.is_due(A, None, at(unchanged + pause)), "{unchanged}");
            assert!(
                pause == 0 || !asked.is_due(A, None, at(unchanged + pause - 1)),
                "{unchanged}"
            );
        }
    }

    #[test]
    fn a_change_makes_it_due() {
        let mut asked = unchanged_for(7200);
        assert!(asked.is_due(A, Some(at(7201)), at(7202)));
        assert!(!asked.is_due(A, Some(at(7199)), at(7202)));
        assert!(asked.is_due("https://h.test/b", None, at(7202)));
        asked.note(A, ArticleOutcome::Captured, at(7202));
        assert!(asked.is_due(A, None, at(7202)));
    }

    #[test]
    fn a_wrong_clock_costs_a_request_at_most() {
        let mut asked = unchanged_for(7200);
        asked.note(A, ArticleOutcome::Unchanged, at(24 * 365));
        assert!(asked.is_due(A, None, at(7300)), "it was a year ahead");
        asked.note(A, ArticleOutcome::Unchanged, at(-1));
        assert!(asked.is_due(A, None, at(0)), "it was behind");
    }
}
