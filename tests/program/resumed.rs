//! `offprint verify --resume`: for so long, and from there on the next time.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::civil::date;
use jiff::tz::TimeZone;
use offprint::archive::Archive;
use offprint::digest::{proven, proven_line};
use offprint::event::{Event, Listener};
use offprint::finding::Report;
use offprint::verify::{Options, Scope, verify};
use serde_json::Value;

use crate::ran::Ran;
use crate::test::Test;
use crate::verified::{summary, with_articles};

/// Runs `verify --resume` at a second of a day.
fn resume(test: &Test, second: u32, more: &[&str]) -> Ran {
    let mut command = test.command(&["verify", "--resume", "--json"]);
    let now = format!("2026-11-01T12:{:02}:{:02}Z", second / 60, second % 60);
    Ran::of(
        command
            .args(more)
            .env("OFFPRINT_NOW", now)
            .output()
            .unwrap(),
    )
}

#[test]
fn what_was_not_reached_is_checked_the_next_time() {
    let test = with_articles();
    let whole = summary(&test.run(&["verify", "--json"]));
    let (mut blobs, mut runs) = (0, 0);
    loop {
        runs += 1;
        let ran = resume(&test, runs, &["--time-limit", "30ms"]);
        let summary = summary(&ran);
        assert_eq!(
            (ran.code, &summary["sound"], &summary["interrupted"]),
            (Some(0), &true.into(), &false.into()),
            "{ran:?}"
        );
        blobs += summary["blobs"].as_u64().unwrap();
        let is_done = summary["round"]["checked"] == summary["round"]["of"];
        // Some parts are empty, so that nothing may be left while they are.
        assert!(!is_done || summary["not_checked"] == 0, "{summary}");
        if is_done {
            break;
        }
        assert!(runs < 500, "it never ends: {summary}");
    }
    assert_eq!(blobs, whole["blobs"].as_u64().unwrap());
    // Then a new round begins.
    let again = summary(&resume(&test, 1000, &[]));
    assert_eq!(
        (&again["blobs"], &again["round"]["begun"]),
        (&whole["blobs"], &"2026-11-01T12:16:40Z".into())
    );
}

#[test]
fn the_shortest_run_gets_further() {
    let test = with_articles();
    for runs in 1..4 {
        let ran = resume(&test, runs, &["--time-limit", "1ms"]);
        let checked = summary(&ran)["round"]["checked"].as_u64().unwrap();
        assert!(checked >= u64::from(runs), "{ran:?}");
    }
}

#[test]
fn a_memory_that_is_damaged_or_of_elsewhere_is_not_believed() {
    let test = with_articles();
    let blobs = summary(&resume(&test, 0, &[]))["blobs"].clone();
    let memory = test.path("archive/state/verified");
    let good = fs::read_to_string(&memory).unwrap();
    let other_place = good.replace("\"round\"", "\"r0und\"");
    for bad in [
        "",
        "{}",
        &other_place,
        &good[..good.len() / 2],
        &"0".repeat(2 << 20),
    ] {
        fs::write(&memory, bad).unwrap();
        assert_eq!(summary(&resume(&test, 1, &[]))["blobs"], blobs, "{bad:.80}");
    }
    fs::write(&memory, &good).unwrap();
    fs::rename(test.path("archive"), test.path("moved")).unwrap();
    let ran = test
        .command(&["-a", "moved", "verify", "--resume", "--json"])
        .output()
        .unwrap();
    assert_eq!(
        summary(&Ran::of(ran))["round"]["begun"]
            .as_str()
            .map(|time| time.starts_with("2026-11-01")),
        Some(false)
    );
    // Without it, nothing is written.
    fs::remove_file(test.path("moved/state/verified")).unwrap();
    test.run(&["-a", "moved", "verify"])
        .expect_code(0, &["sound: "]);
    assert!(!test.path("moved/state/verified").exists());
}

/// Writes what is remembered of a round in a file of so many bytes: spaces that are no part of it make it that long.
fn write_memory(test: &Test, memory: &Value, bytes: usize) {
    let shortest = proven_line(memory.to_string().as_bytes()).len();
    let json = memory.to_string() + &" ".repeat(bytes - shortest);
    let line = proven_line(json.as_bytes());
    assert_eq!(line.len(), bytes);
    test.write("archive/state/verified", line);
}

#[test]
fn a_memory_is_believed_up_to_its_size() {
    let test = with_articles();
    let all = summary(&resume(&test, 0, &[]));
    let line = fs::read(test.path("archive/state/verified")).unwrap();
    let json = proven(line.strip_suffix(b"\n").unwrap()).unwrap();
    let mut memory: Value = serde_json::from_slice(json).unwrap();
    // Nothing of the second half was checked.
    for time in &mut memory["checked"].as_array_mut().unwrap()[2048..] {
        *time = 0.into();
    }
    for (bytes, is_believed) in [(1 << 20, true), ((1 << 20) + 1, false)] {
        write_memory(&test, &memory, bytes);
        let goes_on = summary(&resume(&test, 60, &[]));
        assert_eq!(goes_on["round"]["checked"], all["round"]["of"]);
        let begun = ["2026-11-01T12:01:00Z", "2026-11-01T12:00:00Z"];
        assert_eq!(goes_on["round"]["begun"], begun[usize::from(is_believed)]);
        let blobs = |summary: &Value| summary["blobs"].as_u64().unwrap();
        assert_eq!(blobs(&goes_on) < blobs(&all), is_believed, "{bytes}");
    }
}

/// Goes on with a round at a second of a day, and ends as a signal would end it when so many blobs were checked.
fn resume_until(test: &Test, second: i8, blobs: usize) -> Report {
    let archive = Archive::open(&test.path("archive")).unwrap();
    let now = date(2026, 11, 1).at(12, 0, second, 0);
    let stop = Arc::new(AtomicBool::new(false));
    let options = Options {
        scope: Scope::Round(now.to_zoned(TimeZone::UTC).unwrap().timestamp()),
        ..Options::whole(Arc::clone(&stop))
    };
    let checked = AtomicUsize::new(0);
    let tell: Listener = Arc::new(move |event| {
        let is_enough = matches!(event, Event::Checked { .. })
            && checked.fetch_add(1, Ordering::Relaxed) + 1 >= blobs;
        if is_enough {
            stop.store(true, Ordering::Relaxed);
        }
    });
    verify(&archive, &options, &tell).unwrap()
}

/// A signal costs what was being checked just then, and nothing that was checked before.
#[test]
fn what_was_checked_before_a_signal_is_not_checked_again() {
    let test = with_articles();
    let all = summary(&test.run(&["verify", "--json"]))["blobs"]
        .as_u64()
        .unwrap();
    // Each thread may be at a part, of which there is a blob or two.
    let underway = 2 * 8;
    assert!(all > underway + 4, "{all}");
    let enough = all - 2;
    let first = resume_until(&test, 0, usize::try_from(enough).unwrap());
    assert!(first.interrupted && !first.sound);
    assert!(first.not_checked > 0, "{first:?}");
    let begun = first.round.unwrap().begun;

    let second = resume_until(&test, 1, usize::MAX);
    assert!(second.sound && !second.interrupted, "{second:?}");
    let round = second.round.as_ref().unwrap();
    assert_eq!(
        (round.begun, round.checked, second.not_checked),
        (begun, round.of, 0)
    );
    // What the first had not reached, and what it was at.
    let left = all - enough;
    assert!(
        (left..=left + underway).contains(&second.blobs),
        "{second:?}"
    );
}
