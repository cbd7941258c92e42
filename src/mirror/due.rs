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
pub(super) struct Asked(BTreeMap<String, Moments>);

/// When an article was last asked for, or found to be current, and since when it was as it was then: seconds since 1970. And
/// whether it failed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Moments(i64, i64, bool);

impl Moments {
    /// Returns both moments, where a clock that was right could have told them `now`.
    fn read(self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let (asked, changed) = (
            Timestamp::from_second(self.0),
            Timestamp::from_second(self.1),
        );
        let (asked, changed) = (asked.ok()?, changed.ok()?);
        (changed <= asked && asked <= now).then_some((asked, changed))
    }
}

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
        self.0.retain(|_, moments| moments.0 > oldest.as_second());
        let json = serde_json::to_vec(&self).expect("what is remembered has string keys");
        writer.remember_asked(&json)
    }

    /// Returns whether an article is to be asked for `now` that its source says was last changed at `modified`. A clock that was
    /// wrong makes it due at once.
    pub(super) fn is_due(&self, given: &str, modified: Option<Timestamp>, now: Timestamp) -> bool {
        let moments = self.0.get(&name(given));
        let Some((asked, changed)) = moments.and_then(|it| it.read(now)) else {
            return true;
        };
        if modified.is_some_and(|modified| modified >= asked) {
            return true;
        }
        let pause = (asked.duration_since(changed) / SHARE).min(PAUSE_MAX);
        now.duration_since(asked) >= pause
    }

    /// Returns whether an article is known to be what it was at `modified`, without a look at the archive. That is believed for as
    /// long as an article may go unasked.
    pub(super) fn is_current(&self, given: &str, modified: Timestamp, now: Timestamp) -> bool {
        let moments = self.0.get(&name(given)).filter(|it| !it.2);
        moments
            .and_then(|it| it.read(now))
            .is_some_and(|(asked, _)| modified < asked && now.duration_since(asked) < PAUSE_MAX)
    }

    /// Notes that the archive has what an article is now.
    pub(super) fn note_current(&mut self, given: &str, now: Timestamp) {
        self.note(given, ArticleOutcome::Unchanged, now);
    }

    /// Notes that an article was asked for, and whether it had changed.
    pub(super) fn note(&mut self, given: &str, outcome: ArticleOutcome, now: Timestamp) {
        let now = now.as_second();
        let Moments(asked, changed, has_failed) = self
            .0
            .entry(name(given))
            .or_insert(Moments(now, now, false));
        *asked = now;
        *has_failed = outcome == ArticleOutcome::Failed;
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
    fn what_is_known_to_be_current_is_not_looked_up() {
        let asked = unchanged_for(24);
        assert!(asked.is_current(A, at(23), at(48)));
        assert!(!asked.is_current(A, at(24), at(48)), "it changed then");
        assert!(
            !asked.is_current(A, at(23), at(24 + 720)),
            "that is long ago"
        );
        assert!(!asked.is_current(A, at(-9), at(23)), "the clock was wrong");
        assert!(!asked.is_current("https://h.test/b", at(23), at(48)));
        let mut failed = asked;
        failed.note(A, ArticleOutcome::Failed, at(30));
        assert!(!failed.is_current(A, at(23), at(48)));
        failed.note_current(A, at(31));
        assert!(failed.is_current(A, at(23), at(48)));
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
