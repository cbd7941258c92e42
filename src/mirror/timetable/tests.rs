//! A resident run in a day that takes no time: its clock is a number, and sleeping adds to it.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::event::SourceOutcome;
use crate::link::Link;
use crate::listing::Choice;
use crate::mirror::{Place, Takes};
use crate::schedule::Schedule;

use super::*;

fn source(name: &str, pattern: &str) -> Source {
    Source {
        place: Place::Web(Link::parse(&format!("https://h.test/{name}")).unwrap()),
        kind: None,
        choice: Choice::default(),
        schedule: Schedule {
            pattern: pattern.parse().unwrap(),
            zone: TimeZone::UTC,
            jitter: SignedDuration::ZERO,
        },
        takes: Takes::Page,
        wishes: Arc::default(),
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// What a resident run does while the clock goes as said.
struct Day {
    sources: Vec<Source>,
    runs: Runs,
    /// Seconds that went by.
    passed: u64,
    /// When the clock is set, in seconds that went by, and by how many seconds.
    sets: Vec<(u64, i64)>,
    begun: Timestamp,
    /// How long a run takes, in seconds.
    takes: u64,
    /// Which source ran, and after how many seconds.
    ran: Vec<(usize, u64)>,
}

impl Day {
    fn new(sources: &[(&str, &str)]) -> Self {
        Self {
            sources: sources
                .iter()
                .map(|(name, pattern)| source(name, pattern))
                .collect(),
            runs: Runs::default(),
            passed: 0,
            sets: Vec::new(),
            begun: at("2026-11-27T12:00:30Z"),
            takes: 1,
            ran: Vec::new(),
        }
    }

    fn now(&self) -> Timestamp {
        let set = self.sets.iter().filter(|(when, _)| *when <= self.passed);
        let shown = i64::try_from(self.passed).unwrap() + set.map(|(_, by)| by).sum::<i64>();
        self.begun + SignedDuration::from_secs(shown)
    }

    /// Does what `--watch` does, until so many seconds went by.
    fn live(&mut self, seconds: u64) {
        let mut asleep: Option<Look> = None;
        while self.passed < seconds {
            let now = self.now();
            if let Some(look) = &mut asleep
                && let Some(sleep) = look.sleep(now)
            {
                assert!(sleep <= TICK && !sleep.is_zero());
                self.passed += sleep.as_secs().max(1);
                continue;
            }
            let look = look(&self.sources, &self.runs, "me", now);
            let places = look.due.clone();
            asleep = Some(look).filter(|_| places.is_empty());
            self.run(&places);
        }
    }

    fn run(&mut self, places: &[usize]) {
        if places.is_empty() {
            return;
        }
        let begun = self.now();
        self.ran
            .extend(places.iter().map(|place| (*place, self.passed)));
        self.passed += self.takes;
        let (ended, outcome) = (self.now(), SourceOutcome::Read);
        for place in places {
            let name = self.sources[*place].place.to_string();
            let ran = Ran {
                begun,
                ended,
                outcome,
            };
            self.runs.note(&name, ran);
        }
    }

    fn times(&self, place: usize) -> Vec<u64> {
        let ran = self.ran.iter().filter(|(it, _)| *it == place);
        ran.map(|(_, when)| *when).collect()
    }
}

const HOUR: u64 = 3600;
const YEAR: i64 = 365 * 24 * 3600;

#[test]
fn each_source_runs_at_once_and_then_at_its_times() {
    let mut day = Day::new(&[("a", "@hourly"), ("b", "30 */2 * * *")]);
    day.live(5 * HOUR);
    assert_eq!(day.times(0), [0, 3570, 7170, 10770, 14370, 17970]);
    assert_eq!(day.times(1), [0, 1770, 8970, 16170]);
}

#[test]
fn a_restart_runs_nothing_again() {
    let mut day = Day::new(&[("a", "@hourly")]);
    day.live(HOUR);
    let before = day.ran.len();
    let look = look(&day.sources, &day.runs, "me", day.now());
    assert_eq!((look.due, before), (vec![], 2));
    assert_eq!(look.next.unwrap().0, at("2026-11-27T14:00:00Z"));
}

#[test]
fn a_clock_that_is_set_forward_or_a_sleep_of_the_machine_makes_up_for_all_missed_times_at_once() {
    let mut day = Day::new(&[("a", "* * * * *")]);
    day.sets.push((100, YEAR));
    day.live(200);
    // The year is seen within a tick.
    assert_eq!(day.times(0), [0, 30, 90, 101, 150]);
}

#[test]
fn a_clock_that_is_set_back_a_year_runs_each_source_once_and_goes_on() {
    let mut day = Day::new(&[("a", "@hourly"), ("b", "@daily")]);
    day.sets.push((100, -YEAR));
    day.live(2 * HOUR);
    assert_eq!(day.times(0), [0, 101, 3570, 7170]);
    assert_eq!(day.times(1), [0, 101]);
}

#[test]
fn a_clock_that_jumps_to_and_fro_costs_a_run_a_jump_at_most() {
    let mut day = Day::new(&[("a", "@daily")]);
    day.sets = (1..=10)
        .map(|jump| (jump * 100, if jump % 2 == 1 { YEAR } else { -YEAR }))
        .collect();
    day.live(HOUR);
    assert!(day.times(0).len() <= 11, "{:?}", day.times(0));
}

#[test]
fn seconds_that_a_clock_is_corrected_by_cost_nothing() {
    let mut day = Day::new(&[("a", "@hourly")]);
    day.sets = vec![(3571, -3), (7000, -60), (7001, 60)];
    day.live(2 * HOUR);
    assert_eq!(day.times(0), [0, 3570, 7173]);
}

#[test]
fn what_takes_longer_than_its_interval_runs_once_after_that() {
    let mut day = Day::new(&[("a", "* * * * *"), ("b", "*/10 * * * *")]);
    day.takes = 150;
    day.live(700);
    assert_eq!(day.times(0), [0, 150, 300, 450, 600]);
    assert_eq!(day.times(1), [0, 600]);
}

#[test]
fn a_source_that_was_never_mirrored_or_in_the_future_is_due() {
    let now = at("2026-11-27T12:00:30Z");
    let daily = source("a", "@daily");
    let ran = |begun: &str| {
        let begun = at(begun);
        Some(Ran {
            begun,
            ended: begun,
            outcome: SourceOutcome::Failed,
        })
    };
    assert_eq!(due_at(&daily, None, "me", now), Some(now));
    for (begun, expected) in [
        ("2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z"),
        ("2026-11-26T23:59:59Z", "2026-11-27T00:00:00Z"),
        ("2020-01-01T00:00:00Z", "2026-11-27T00:00:00Z"),
        ("2026-11-27T12:05:30Z", "2026-11-28T00:00:00Z"),
        ("2026-11-27T12:05:31Z", "2026-11-27T12:00:30Z"),
        ("2027-11-27T12:00:30Z", "2026-11-27T12:00:30Z"),
    ] {
        assert_eq!(
            due_at(&daily, ran(begun), "me", now),
            Some(at(expected)),
            "{begun}"
        );
    }
}
