//! When is something due, by cron expressions or intervals, in a time zone, put off so that not all the world asks at once? Pure.
//!
//! - A time of day that a day does not have, because clocks are set forward, counts as the first moment after the gap; one that
//!   a day has twice counts once, the first time. What recurs in every hour or minute just goes on.
//! - How much a time is put off is decided by that time and by who asks, so that a restart does not shift it.

mod pattern;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::digest::Digest;

pub use pattern::{Flaw, Pattern};

/// When something is due: at the times of a pattern, in a time zone, each put off by less than the jitter.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The times.
    pub pattern: Pattern,
    /// In which zone times of day are meant.
    pub zone: TimeZone,
    /// The longest that a time is put off; zero is not at all.
    pub jitter: SignedDuration,
}

impl Schedule {
    /// Returns the last due time at or before `now`, for whoever `who` names.
    #[must_use]
    pub fn last(&self, who: &str, now: Timestamp) -> Option<Timestamp> {
        let planned = self.pattern.last(&self.zone, now)?;
        let due = self.put_off(who, planned);
        if due <= now {
            return Some(due);
        }
        let before = self
            .pattern
            .last(&self.zone, planned - SignedDuration::from_nanos(1))?;
        Some(self.put_off(who, before))
    }

    /// Returns the first due time after `now`, for whoever `who` names.
    #[must_use]
    pub fn next(&self, who: &str, now: Timestamp) -> Option<Timestamp> {
        let planned = self.pattern.last(&self.zone, now);
        let due = planned.map(|planned| self.put_off(who, planned));
        due.filter(|due| *due > now).or_else(|| {
            let planned = self.pattern.next(&self.zone, now)?;
            Some(self.put_off(who, planned))
        })
    }

    /// Puts a planned time off, in whole milliseconds: never up to the next one, so that they keep their order.
    fn put_off(&self, who: &str, planned: Timestamp) -> Timestamp {
        if self.jitter.is_zero() {
            return planned;
        }
        let gap = self.pattern.next(&self.zone, planned);
        let gap = gap.map_or(self.jitter, |next| next.duration_since(planned));
        let most = self.jitter.min(gap).as_millis();
        let Ok(most @ 1..) = u64::try_from(most) else {
            return planned;
        };
        let digest = Digest::of(format!("{planned} {who}").as_bytes());
        let chance = digest.as_bytes().iter().take(8);
        let chance = chance.fold(0, |number: u64, byte| (number << 8) | u64::from(*byte)) % most;
        let chance =
            i64::try_from(chance).map_or(SignedDuration::ZERO, SignedDuration::from_millis);
        planned.checked_add(chance).unwrap_or(planned)
    }
}

#[cfg(test)]
mod tests;
