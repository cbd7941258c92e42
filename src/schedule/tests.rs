//! Times in real zones, through the days on which their clocks change.

use std::time::Instant;

use proptest::prelude::*;

use super::pattern::TEXT_BYTES_MAX;
use super::*;

fn schedule(pattern: &str, zone: &str, jitter: i64) -> Schedule {
    Schedule {
        pattern: pattern.parse().unwrap(),
        zone: TimeZone::get(zone).unwrap(),
        jitter: SignedDuration::from_secs(jitter),
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// Checks the due times that follow `from`, and that they are found again from behind.
#[track_caller]
fn check(pattern: &str, zone: &str, from: &str, expected: &[&str]) {
    let schedule = schedule(pattern, zone, 0);
    let mut now = at(from);
    for time in expected {
        let next = schedule.next("", now).unwrap();
        assert_eq!(next.to_string(), *time, "after {now}");
        assert_eq!(schedule.last("", next), Some(next), "at {next}");
        let before = next - SignedDuration::from_millis(1);
        let last = schedule.last("", before).unwrap();
        assert!(last <= now, "{last} is between {now} and {next}");
        now = next;
    }
}

#[test]
fn expressions_name_times() {
    let from = "2026-11-27T21:37:10Z"; // a Friday
    check(
        "0 6 * * 1-5",
        "UTC",
        from,
        &["2026-11-30T06:00:00Z", "2026-12-01T06:00:00Z"],
    );
    check(
        "*/20 * * * *",
        "UTC",
        from,
        &["2026-11-27T21:40:00Z", "2026-11-27T22:00:00Z"],
    );
    check(
        "15 */2 * * * *",
        "UTC",
        from,
        &["2026-11-27T21:38:15Z", "2026-11-27T21:40:15Z"],
    );
    check(
        "0 0 L * *",
        "UTC",
        from,
        &["2026-11-30T00:00:00Z", "2026-12-31T00:00:00Z"],
    );
    check(
        "30 4 1 jan sun",
        "UTC",
        from,
        &["2027-01-01T04:30:00Z", "2027-01-03T04:30:00Z"],
    );
}

#[test]
fn words_and_intervals_name_times() {
    let from = "2026-11-27T21:37:10Z";
    check(
        "@hourly",
        "UTC",
        from,
        &["2026-11-27T22:00:00Z", "2026-11-27T23:00:00Z"],
    );
    check(
        "@daily",
        "Asia/Shanghai",
        from,
        &["2026-11-28T16:00:00Z", "2026-11-29T16:00:00Z"],
    );
    check(
        "@weekly",
        "UTC",
        from,
        &["2026-11-29T00:00:00Z", "2026-12-06T00:00:00Z"],
    );
    check(
        "@monthly",
        "UTC",
        from,
        &["2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    );
    check(
        "@yearly",
        "Asia/Tokyo",
        from,
        &["2026-12-31T15:00:00Z", "2027-12-31T15:00:00Z"],
    );
    check(
        "every 6h",
        "UTC",
        from,
        &["2026-11-28T00:00:00Z", "2026-11-28T06:00:00Z"],
    );
    check(
        "every 90s",
        "UTC",
        from,
        &["2026-11-27T21:37:30Z", "2026-11-27T21:39:00Z"],
    );
    check(
        "0 0 29 2 *",
        "UTC",
        from,
        &["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"],
    );
}

/// In Berlin, 02:30 did not exist on 29 March 2026; on Lord Howe Island, clocks go by half an hour.
#[test]
fn a_time_that_a_day_does_not_have_counts_as_the_first_after_the_gap() {
    check(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T00:00:00Z",
        &[
            "2026-03-28T01:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-30T00:30:00Z",
        ],
    );
    check(
        "15 2 * * *",
        "Australia/Lord_Howe",
        "2026-10-03T00:00:00Z",
        &["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
    );
    check(
        "0 * * * *",
        "Europe/Berlin",
        "2026-03-29T00:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"],
    );
}

/// In New York, 01:30 came twice on 1 November 2026.
#[test]
fn a_time_that_a_day_has_twice_counts_once_and_every_hour_goes_on() {
    check(
        "30 1 * * *",
        "America/New_York",
        "2026-10-31T12:00:00Z",
        &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
    );
    check(
        "30 * * * *",
        "America/New_York",
        "2026-11-01T05:00:00Z",
        &[
            "2026-11-01T05:30:00Z",
            "2026-11-01T06:30:00Z",
            "2026-11-01T07:30:00Z",
        ],
    );
    let autumn = at("2026-11-01T06:30:00Z"); // 01:30 again
    let fixed = schedule("30 1 * * *", "America/New_York", 0);
    assert_eq!(fixed.last("", autumn), Some(at("2026-11-01T05:30:00Z")));
}

#[test]
fn a_flaw_says_what_is_wrong_and_what_would_be_right() {
    for (text, flaw) in [
        (
            "@hourli",
            "unknown word `@hourli`, expected one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`",
        ),
        ("@reboot", "unknown word `@reboot`, expected one of"),
        (
            "0 25 * * *",
            "\"25\" is no hour of a schedule: those are 0 to 23; ",
        ),
        (
            "0 0 * * 8",
            "\"8\" is no day of the week of a schedule: those are 0 to 7",
        ),
        ("60 0 0 * * *", "\"60\" is no second of a schedule"),
        ("0 6 * * xyz", "\"xyz\" is no day of the week"),
        ("０ 6 * * *", "\"０\" is no minute"),
        ("hourly", "\"hourly\" is no schedule: write minute, hour, "),
        ("", "\"\" is no schedule"),
        ("0 0 1 1 * * 2027", "is no schedule"),
        ("every", "\"every\" is no schedule"),
        ("every day", "\"every day\" names no interval: say every 6h"),
        ("every 0s", "names no interval"),
        ("every 367d", "names no interval"),
        ("every -1h", "names no interval"),
        ("0 0 31 2 *", "\"0 0 31 2 *\" never comes"),
    ] {
        let said = text.parse::<Pattern>().unwrap_err().to_string();
        assert!(said.contains(flaw), "{text:?}: {said}");
    }
    let long = "1,".repeat(TEXT_BYTES_MAX) + " * * * *";
    let said = long.parse::<Pattern>().unwrap_err().to_string();
    assert!(
        said.starts_with("\"1,1,1,1,1,1,1,1,1,1,…\" is no schedule"),
        "{said}"
    );
}

#[test]
fn jitter_spreads_and_is_the_same_each_time_it_is_asked() {
    let hourly = schedule("@hourly", "UTC", 600);
    let planned = at("2026-11-27T22:00:00Z");
    let mut offsets = Vec::new();
    for who in 0..100 {
        let who = format!("https://{who}.test/feed");
        let due = hourly.next(&who, at("2026-11-27T21:30:00Z")).unwrap();
        let offset = due.duration_since(planned).as_secs();
        assert!((0..600).contains(&offset), "{offset}");
        assert_eq!(hourly.last(&who, at("2026-11-27T22:30:00Z")), Some(due));
        // Between the planned time and its own, it is still to come.
        if due > planned {
            assert_eq!(hourly.next(&who, planned), Some(due));
        }
        offsets.push(offset);
    }
    assert!(offsets.iter().any(|it| *it < 100) && offsets.iter().any(|it| *it > 500));
    // More than an interval is as much as the interval.
    let minutely = schedule("* * * * *", "UTC", 3600);
    let mut now = planned;
    for _ in 0..50 {
        let next = minutely.next("x", now).unwrap();
        assert!(next > now && next.duration_since(now) < SignedDuration::from_secs(120));
        now = next;
    }
}

/// What is asked on each look of a resident run must cost nothing to speak of, also for what hardly ever comes.
#[test]
fn even_rare_times_are_found_in_no_time() {
    let begun = Instant::now();
    for pattern in ["0 0 29 2 *", "59 59 23 29 2 *", "0 0 29 2 +1"] {
        let schedule = schedule(pattern, "Europe/Berlin", 600);
        let now = at("2026-11-27T22:00:00Z");
        assert!(schedule.last("", now) < schedule.next("", now), "{pattern}");
    }
    assert!("0 0 30 2 *".parse::<Pattern>().is_err());
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
];

proptest! {
    /// Any text gets an answer.
    #[test]
    fn any_text_is_a_schedule_or_a_flaw(text in "(@|every )?[0-9a-zA-Z*/,#? -]{0,24}|.{0,24}") {
        if let Ok(pattern) = text.parse::<Pattern>() {
            let now = at("2026-03-29T00:59:59.5Z");
            prop_assert!(pattern.last(&TimeZone::UTC, now).is_none_or(|it| it <= now));
            prop_assert!(pattern.next(&TimeZone::UTC, now).is_none_or(|it| it > now));
        }
    }

    /// No time is passed over, and none counts twice: what comes next is the last one as soon as it has come, and not before.
    #[test]
    fn what_comes_next_is_the_last_one_once_it_has_come(
        fields in ("[0-9]|\\*|\\*/15|30", "[0-3]|\\*|\\*/3", "[1-9]|\\*"),
        zone in 0..ZONES.len(),
        jitter in prop_oneof![Just(0i64), 1i64..90_000],
        second in 1_700_000_000i64..1_900_000_000,
        millisecond in 0i32..1000,
    ) {
        let (minute, hour, day) = fields;
        let schedule = schedule(&format!("{minute} {hour} {day} * *"), ZONES[zone], jitter);
        let now = Timestamp::new(second, millisecond * 1_000_000).unwrap();
        let last = schedule.last("a", now).unwrap();
        let next = schedule.next("a", now).unwrap();
        prop_assert!(last <= now && now < next);
        prop_assert_eq!(schedule.last("a", next), Some(next));
        prop_assert_eq!(schedule.last("a", next - SignedDuration::from_millis(1)), Some(last));
        prop_assert_eq!(schedule.next("a", last), Some(next));
    }
}
