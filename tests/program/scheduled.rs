//! Are sources asked when their schedules say?

use std::fs;

use serde_json::{Value, json};

use crate::mirrored::{mirror, rss, sources, with};
use crate::ran::events;
use crate::test::Test;

const SOURCES: &str = "[mirror]\nschedule = '@yearly'\ntimezone = 'Asia/Shanghai'\n\
                       [[source]]\nurl = 'https://a.test/feed'\n\
                       [[source]]\nurl = 'https://a.test/c'\nkind = 'page'\nschedule = '@monthly'\njitter = '2h'\n";

fn with_sources() -> Test {
    let test = with(SOURCES);
    test.serve("a.test/feed", rss(&[("one", "/a")]));
    test
}

#[track_caller]
fn told(test: &Test, flags: &[&str], code: i32) -> Vec<Value> {
    let ran = mirror(test, &[flags, &["--json"]].concat());
    assert_eq!(ran.code, Some(code), "{ran:#?}");
    sources(&ran.objects())
}

/// Writes down that a source was last mirrored at this time.
fn last_ran(test: &Test, source: &str, time: &str) {
    let path = test.path("archive/state/sources.json");
    let mut runs: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    runs[source]["begun"] = time.into();
    fs::write(&path, runs.to_string()).unwrap();
}

#[test]
fn due_asks_only_what_is_due() {
    let test = with_sources();
    assert_eq!(told(&test, &["--due"], 0).len(), 2, "none was mirrored yet");
    let before = test.origin.log().len();
    let idle = mirror(&test, &["--due", "--json"]);
    let objects = idle.objects();
    assert_eq!(
        (objects.len(), &objects[1]["sources"]["read"]),
        (2, &json!(0))
    );
    assert_eq!(test.origin.log().len(), before, "nobody was asked");

    last_ran(&test, "https://a.test/c", "2020-01-01T00:00:00Z");
    let page = json!(["page", "unchanged", 1, 1]);
    assert_eq!(told(&test, &["--due"], 0), std::slice::from_ref(&page));
    // Without it, all are asked.
    let feed = json!(["feed", "unchanged", 1, 1]);
    assert_eq!(told(&test, &[], 0), [feed, page]);
    // A clock that was a year ahead makes a source due.
    last_ran(&test, "https://a.test/feed", "2999-01-01T00:00:00Z");
    assert_eq!(told(&test, &["--due"], 0).len(), 1);
    test.assert_sound();
}

#[test]
fn a_run_that_is_ended_is_none() {
    let test = with_sources();
    let mut dying = crate::mirrored::mirroring(&test, &["--due"]);
    dying
        .env("OFFPRINT_ABORT_AT", "Committed")
        .output()
        .unwrap();
    assert_eq!(told(&test, &["--due"], 0).len(), 2, "they are still due");
    assert_eq!(told(&test, &["--due"], 0).len(), 0);
    // What is remembered may be deleted.
    fs::remove_dir_all(test.path("archive/state")).unwrap();
    assert_eq!(told(&test, &["--due"], 0).len(), 2);
}

#[test]
fn a_source_that_failed_was_asked_and_waits_for_its_next_time() {
    let test = with(SOURCES);
    assert_eq!(told(&test, &["--due"], 1).len(), 2);
    assert_eq!(told(&test, &["--due"], 0).len(), 0);
    let listed = test.run(&["mirror", "list", "--json"]).objects();
    assert_eq!(listed[0]["last"]["outcome"], "failed");
}

#[test]
fn list_shows_when_each_was_asked_and_is_due() {
    let test = with_sources();
    mirror(&test, &[]);
    last_ran(&test, "https://a.test/feed", "2020-05-01T00:00:00Z");
    let listed = test.run(&["mirror", "list"]);
    let feed = listed.stdout.lines().next().unwrap();
    assert_eq!(
        feed,
        "-        https://a.test/feed  @yearly, last 2020-05-01 08:00+08:00 read, due now"
    );
    let page = listed.stdout.lines().nth(1).unwrap();
    assert!(
        page.contains("  @monthly, last 20") && page.contains(" read, next 20"),
        "{page}"
    );
    let json = test.run(&["mirror", "list", "--json"]).objects();
    let feed = events(&json, "source")[1];
    assert_eq!(feed["schedule"], "@monthly");
    assert_eq!(
        (&feed["timezone"], &feed["jitter"]),
        (&json!("Asia/Shanghai"), &json!(7200))
    );
    assert!(
        feed["last"]["begun"].is_string() && feed["next"].is_string(),
        "{feed}"
    );
    // Each time it is asked it is the same, jitter and all.
    assert_eq!(test.run(&["mirror", "list"]).stdout, listed.stdout);
}

#[test]
fn add_writes_a_schedule_down() {
    let test = Test::new();
    let added = [
        "mirror",
        "add",
        "--schedule",
        "0 6 * * 1-5",
        "https://a.test/feed",
    ];
    test.run(&added).expect_code(0, &[]);
    let written = fs::read_to_string(test.path("offprint.toml")).unwrap();
    assert!(
        written.contains("schedule = \"0 6 * * 1-5\"\n"),
        "{written}"
    );
    let wrong = ["mirror", "add", "--schedule", "@hourli", "https://a.test/b"];
    test.run(&wrong)
        .expect_code(2, &["unknown word `@hourli`, expected one of `@hourly`"]);
    let both = test.run(&["mirror", "--once", "--due"]);
    both.expect_code(2, &["cannot be used with"]);
}
