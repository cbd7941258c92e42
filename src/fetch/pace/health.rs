//! How is a host doing, and how is it to be spared? From what its requests came to, one after the other.
//!
//! A host that has too much to do gets a pause and half as many requests at once; each answer that is none of that gives it one
//! more. One that only fails is left alone for a while: whatever waits for it would wait for nothing. Time is an argument.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::fetch::options::Retries;
use crate::fetch::retry;

/// Failures in a row from which on a host may be left alone.
const FAILURES_MAX: u32 = 4;
/// For so long it must have done nothing but fail by then: what fails at once costs nobody time, and a server that starts anew
/// is back by then.
const FAILING: Duration = Duration::from_secs(5);
/// How long it is left alone then. Doubled each time that the first request after it fails, too.
const REST: Duration = Duration::from_secs(30);
/// The longest of these times.
const REST_MAX: Duration = Duration::from_secs(600);

/// What a request came to, as far as it tells of its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fetch) enum Sign {
    /// It answered.
    Well,
    /// It answered that it has too much to do; for so long, if it said so.
    Busy(Option<Duration>),
    /// It did not answer, or broke off.
    Failing,
    /// Nothing: the request was not sent, or ended for another reason.
    None,
}

/// What is new with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fetch) enum News {
    /// It is given a pause, and the run waits; `asked` says whether it wanted that.
    Pause { wait: Duration, asked: bool },
    /// It is left alone.
    Rest(Rest),
}

/// Why a host is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fetch) struct Rest {
    pub(in crate::fetch) wait: Duration,
    pub(in crate::fetch) because: Because,
}

/// Why a host is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fetch) enum Because {
    /// It asked for longer than the run waits.
    Asked,
    /// So many requests in a row failed.
    Failures(u32),
}

impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.wait.as_secs_f64().ceil();
        match self.because {
            Because::Asked => write!(f, "it asks to be left alone for {seconds} s"),
            Because::Failures(number) => {
                write!(
                    f,
                    "{number} requests in a row failed; left alone for {seconds} s"
                )
            }
        }
    }
}

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    Ask,
    Wait(Instant),
    Leave(Rest),
}

/// How a host is doing.
#[derive(Debug)]
pub(super) struct Health {
    /// Requests at once at most: as many as are allowed to any host, or fewer.
    width: usize,
    width_max: usize,
    /// When it last turned out to have too much to do. What was asked before then tells the same again.
    strained: Option<Instant>,
    /// How often it turned out so since it was last well.
    strains: u32,
    failures: u32,
    /// When the first of these failures was asked for.
    failing_since: Option<Instant>,
    pause_until: Option<Instant>,
    rest_until: Option<(Instant, Rest)>,
    /// How often it was left alone since it was last well.
    rests: u32,
}

impl Health {
    pub(super) fn new(width_max: usize) -> Self {
        Self {
            width: width_max,
            width_max,
            strained: None,
            strains: 0,
            failures: 0,
            failing_since: None,
            pause_until: None,
            rest_until: None,
            rests: 0,
        }
    }

    pub(super) fn advice(&self, now: Instant) -> Advice {
        match (self.rest_until, self.pause_until) {
            (Some((until, rest)), _) if now < until => Advice::Leave(Rest {
                wait: until - now,
                ..rest
            }),
            (_, Some(until)) if now < until => Advice::Wait(until),
            _ => Advice::Ask,
        }
    }

    /// Returns how many requests at once it is spared.
    pub(super) fn excess(&self) -> usize {
        self.width_max - self.width
    }

    /// Returns whether there is something to remember of it. What is long past is not.
    pub(super) fn is_remarkable(&self, now: Instant) -> bool {
        let recent = |at: Instant| now.saturating_duration_since(at) < REST_MAX;
        self.advice(now) != Advice::Ask
            || self.failing_since.is_some_and(recent)
            || self.strained.is_some_and(recent)
    }

    /// Notes what a request came to that began at `begun`.
    pub(super) fn note(
        &mut self,
        sign: Sign,
        begun: Instant,
        now: Instant,
        retries: &Retries,
    ) -> Option<News> {
        match sign {
            Sign::None => None,
            Sign::Well => {
                self.recover(begun);
                None
            }
            Sign::Busy(asked) => {
                if asked.is_some_and(|wait| wait > retries.wait_max) {
                    self.narrow(now);
                    return Some(self.rest(asked.unwrap_or_default(), Because::Asked, now));
                }
                let told_before = self.strained.is_some_and(|at| begun < at);
                if !told_before {
                    self.narrow(now);
                    self.fail(begun);
                    if let Some(news) = self.rest_if_hopeless(now) {
                        return Some(news);
                    }
                } else if asked.is_none() {
                    return None;
                }
                let wait = asked.unwrap_or_else(|| {
                    retry::longest(retries.pause, self.strains).min(retries.wait_max)
                });
                self.pause(wait, asked.is_some(), now)
            }
            Sign::Failing => {
                if self.strained.is_none_or(|at| begun >= at) {
                    self.narrow(now);
                }
                self.fail(begun);
                self.rest_if_hopeless(now)
            }
        }
    }

    fn recover(&mut self, begun: Instant) {
        self.failures = 0;
        self.failing_since = None;
        if self.strained.is_none_or(|at| begun >= at) {
            (self.strains, self.rests) = (0, 0);
            self.width = self.width_max.min(self.width + 1);
            if self.width == self.width_max {
                self.strained = None;
            }
        }
    }

    fn narrow(&mut self, now: Instant) {
        self.width = (self.width / 2).max(1);
        self.strained = Some(now);
        self.strains += 1;
    }

    fn fail(&mut self, begun: Instant) {
        self.failures += 1;
        self.failing_since = Some(self.failing_since.map_or(begun, |since| since.min(begun)));
    }

    fn pause(&mut self, wait: Duration, asked: bool, now: Instant) -> Option<News> {
        let until = now.checked_add(wait)?;
        if self.pause_until.is_some_and(|known| until <= known) {
            return None;
        }
        // Many answers of one moment ask for the same pause.
        let is_news = self.pause_until.is_none_or(|known| known <= now);
        self.pause_until = Some(until);
        (is_news && !wait.is_zero()).then_some(News::Pause { wait, asked })
    }

    fn rest_if_hopeless(&mut self, now: Instant) -> Option<News> {
        let for_long = self
            .failing_since
            .is_some_and(|since| now.saturating_duration_since(since) >= FAILING);
        let rested = self.rests > 0;
        if !(for_long && (self.failures >= FAILURES_MAX || rested)) {
            return None;
        }
        if let Advice::Leave(_) = self.advice(now) {
            return None;
        }
        let wait = REST
            .saturating_mul(2_u32.saturating_pow(self.rests))
            .min(REST_MAX);
        self.width = 1;
        Some(self.rest(wait, Because::Failures(self.failures), now))
    }

    fn rest(&mut self, wait: Duration, because: Because, now: Instant) -> News {
        let rest = Rest { wait, because };
        self.rests += 1;
        // Longer than any run lasts.
        let until = now + wait.min(Duration::from_secs(86_400));
        self.rest_until = Some((until, rest));
        News::Rest(rest)
    }
}

#[cfg(test)]
mod tests;
