//! Which sources are due, and when is there something to do again? Decided by what is given: the clock is an argument, and may
//! say what it likes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Source;
use super::ran::{Ran, Runs};

/// How far ahead of the clock a run may have been for its time to be believed: clocks are set by seconds all the time. Further
/// ahead, one of the two is wrong, and the source is asked once more.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The longest that a resident run sleeps without a look at the clock, which may have been set or may have stood still while the
/// machine slept. A look costs microseconds.
const TICK: Duration = Duration::from_secs(2);

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The sources that are due, by their places.
    pub due: Vec<usize>,
    /// When the next one of the others is, and which.
    pub next: Option<(Timestamp, usize)>,
    /// The latest time that the clock showed since.
    seen: Timestamp,
}

/// Returns when a source is due whose last run was `ran`: at or before `now`, now. `None` is never. `who` names who asks, which
/// decides how far its times are put off.
#[must_use]
pub fn due_at(source: &Source, ran: Option<Ran>, who: &str, now: Timestamp) -> Option<Timestamp> {
    let believed = ran.filter(|ran| ran.begun <= now + AHEAD_MAX);
    let Some(Ran { begun, .. }) = believed else {
        return Some(now);
    };
    // Of an archive, each source has times of its own.
    let who = format!("{who} {}", source.place);
    let missed = source.schedule.last(&who, now);
    missed
        .filter(|missed| *missed > begun)
        .or_else(|| source.schedule.next(&who, now.max(begun)))
}

/// Looks which of the sources are due `now`. However many times of a source have passed, it is due once.
#[must_use]
pub fn look(sources: &[Source], runs: &Runs, who: &str, now: Timestamp) -> Look {
    let mut look = Look {
        due: Vec::new(),
        next: None,
        seen: now,
    };
    for (place, source) in sources.iter().enumerate() {
        let ran = runs.of(&source.place.to_string());
        match due_at(source, ran, who, now) {
            Some(time) if time <= now => look.due.push(place),
            Some(time) => {
                let is_sooner = look.next.is_none_or(|(next, _)| time < next);
                look.next = if is_sooner {
                    Some((time, place))
                } else {
                    look.next
                };
            }
            None => {}
        }
    }
    look
}

impl Look {
    /// Returns how long to sleep before the clock is looked at again, which shows `now`; `None` when it is time for a new look at
    /// the sources.
    pub fn sleep(&mut self, now: Timestamp) -> Option<Duration> {
        if now + AHEAD_MAX < self.seen {
            return None;
        }
        self.seen = self.seen.max(now);
        let Some((next, _)) = self.next else {
            return Some(TICK);
        };
        let left = next.duration_since(now);
        // Nothing but a whole millisecond, lest it wakes just before its time, again and again.
        let left = Duration::try_from(left).ok().filter(|it| !it.is_zero())?;
        Some(left.max(Duration::from_millis(1)).min(TICK))
    }
}

#[cfg(test)]
mod tests;
