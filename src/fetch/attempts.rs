//! How long may a resource take, and how often may it be tried? Counts down what is left of both.

use std::time::Duration;

use super::Failure;
use super::options::{Retries, Timeouts};
use super::retry;
use super::shortage::Patience;
use crate::exchange::Why;

/// What is left of the time for one resource, and of the tries.
#[derive(Debug)]
pub(super) struct Attempts {
    retries: Retries,
    /// Of the time for one request with all its redirects.
    whole: Duration,
    /// What one request has in all.
    whole_max: Duration,
    /// Of the time for all of them.
    total: Duration,
    /// How often something was tried again.
    pub(super) again: u32,
    /// What is waited for because of this machine, not of the host.
    pub(super) patience: Patience,
}

impl Attempts {
    /// Begins with all that there is.
    pub(super) fn new(retries: Retries, timeouts: &Timeouts) -> Self {
        Self {
            retries,
            whole: timeouts.whole,
            whole_max: timeouts.whole,
            total: timeouts.total,
            again: 0,
            patience: Patience::new(timeouts.whole),
        }
    }

    /// Returns how long the next exchange may take.
    pub(super) fn left(&self) -> Duration {
        self.whole.min(self.total)
    }

    /// Takes off what an exchange took.
    pub(super) fn spend(&mut self, took: Duration) {
        self.whole = self.whole.saturating_sub(took);
        self.total = self.total.saturating_sub(took);
    }

    /// Returns how long to wait until it is tried again after `failure`; `None` if that is the end. What is here of a body that
    /// did not end in time is not asked for again where only the rest of it is.
    pub(super) fn after(
        &mut self,
        failure: &Failure,
        is_part_here: bool,
        chance: f64,
    ) -> Option<Duration> {
        let goes_on = is_part_here && failure.why == Why::TimedOut;
        if self.again == self.retries.times || !(failure.transient || goes_on) {
            return None;
        }
        let pause = retry::pause(&self.retries, self.again + 1, chance);
        self.total = self
            .total
            .checked_sub(pause)
            .filter(|left| !left.is_zero())?;
        self.again += 1;
        self.whole = self.whole_max;
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn attempts() -> Attempts {
        let retries = Retries {
            times: 2,
            pause: SECOND,
            wait_max: SECOND,
        };
        let timeouts = Timeouts {
            total: 15 * SECOND,
            ..Timeouts::within(10 * SECOND)
        };
        Attempts::new(retries, &timeouts)
    }

    fn failure(transient: bool) -> Failure {
        Failure {
            why: Why::TimedOut,
            status: None,
            detail: String::new(),
            transient,
        }
    }

    #[test]
    fn tries_have_an_end() {
        let mut attempts = attempts();
        assert_eq!(attempts.after(&failure(true), false, 1.0), Some(SECOND));
        assert_eq!(attempts.after(&failure(true), false, 1.0), Some(2 * SECOND));
        assert_eq!(attempts.after(&failure(true), false, 1.0), None);
        assert_eq!(attempts.again, 2);
    }

    #[test]
    fn what_is_final_is_not_tried_again_unless_it_goes_on() {
        assert_eq!(attempts().after(&failure(false), false, 1.0), None);
        let mut attempts = attempts();
        assert_eq!(
            attempts.after(&failure(false), true, 0.0),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn time_has_an_end() {
        let mut attempts = attempts();
        assert_eq!(attempts.left(), 10 * SECOND);
        attempts.spend(4 * SECOND);
        assert_eq!(attempts.left(), 6 * SECOND);
        attempts.after(&failure(true), false, 1.0).unwrap();
        assert_eq!(attempts.left(), 10 * SECOND, "each has its own time");
        attempts.spend(6 * SECOND);
        attempts.after(&failure(true), false, 1.0).unwrap();
        assert_eq!(attempts.left(), 2 * SECOND, "and all have one");
        attempts.spend(3 * SECOND);
        assert_eq!(attempts.left(), Duration::ZERO);
        let mut spent = self::attempts();
        spent.spend(15 * SECOND);
        assert_eq!(spent.after(&failure(true), false, 0.0), None);
    }
}
