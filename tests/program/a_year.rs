//! Does a mirror that runs for a year lose nothing, and ask for no more than it must? Each of 365 days is a run at its own moment
//! over a site that publishes, edits, moves, breaks and deletes; on some the site is down, on some the run is killed.

mod site;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use offprint::archive::{Archive, Step};
use offprint::digest::Digest;

use crate::origin::{Body, Reply};
use crate::ran::Ran;
use crate::test::Test;

use site::{Site, Weather};

const DAYS: u32 = 365;

/// One run in so many is killed, at one step of a commit after the other; and begun again on the same day.
const KILLED_EVERY: u32 = 29;

/// On one day in so many, a run hangs, and nobody may run beside it; it is killed, too.
const HANGING_EVERY: u32 = 61;

/// The moment of a day's run.
fn noon(day: u32) -> Timestamp {
    let first: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * i64::from(day))
}

fn mirroring(test: &Test, day: u32) -> Command {
    let mut command = test.command(&["mirror", "--quiet", "--ca-cert", "ca.pem", "--resolve"]);
    command
        .arg(format!("*={}", test.origin.addr))
        .args(["--retries", "0", "--per-host", "8"])
        .env("OFFPRINT_NOW", noon(day).to_string());
    command
}

/// What a year's runs asked for.
#[derive(Default)]
struct Asked {
    /// What each thing was answered with last, where that came to a run that ended.
    held: HashMap<String, String>,
    requests: usize,
}

impl Asked {
    /// Checks the requests of a day's run: each address once, and conditionally where it is as it was.
    fn check(&mut self, test: &Test, site: &Site, from: usize, day: u32) {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for request in test.origin.log().into_iter().skip(from) {
            assert!(request.header("referer").is_none());
            self.requests += 1;
            *times.entry(request.path.clone()).or_default() += 1;
            let Some((what, etag)) = site.standing(&request.path) else {
                continue;
            };
            if self.held.get(&what) == Some(&etag) {
                let asked = request.header("if-none-match");
                assert_eq!(asked, Some(etag.as_str()), "day {day}: {}", request.path);
            }
            self.held.insert(what, etag);
        }
        let often: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
        assert!(often.is_empty(), "day {day}: {often:?}");
    }
}

#[test]
fn nothing_is_lost_in_a_year_and_little_asked_for() {
    let test = Test::new();
    test.write(
        "offprint.toml",
        "[[source]]\nurl = \"https://a.test/feed.xml\"\n[[source]]\nurl = \"https://a.test/sitemap.xml\"\n",
    );
    let (mut site, mut asked) = (Site::new(), Asked::default());
    let mut due = BTreeSet::new();
    for day in 0..DAYS {
        let weather = site.pass(day);
        site.serve(&test, weather);
        let mut from = test.origin.log().len();
        if day % KILLED_EVERY == KILLED_EVERY - 1 {
            let step = Step::ALL[(day / KILLED_EVERY) as usize % Step::ALL.len()];
            let mut dying = mirroring(&test, day);
            let ended = dying.env("OFFPRINT_ABORT_AT", format!("{step:?}")).output();
            let signal = ended.unwrap().status.signal();
            assert!(matches!(signal, None | Some(6)), "day {day}: {signal:?}");
            from = test.origin.log().len();
        }
        if day % HANGING_EVERY == HANGING_EVERY - 1 {
            nobody_runs_beside(&test, day);
            site.serve(&test, weather);
            from = test.origin.log().len();
        }
        let ran = Ran::of(mirroring(&test, day).output().unwrap());
        let expected = i32::from(weather == Weather::Down);
        assert_eq!(ran.code, Some(expected), "day {day}: {ran:#?}");
        assert_eq!(ran.stderr.is_empty(), expected == 0, "day {day}: {ran:#?}");
        if weather == Weather::Fair {
            asked.check(&test, &site, from, day);
            due.extend(site.versions());
        }
    }
    let kept = contents(&test);
    let lost: Vec<_> = due
        .iter()
        .filter(|it| !kept.contains(&Digest::of(it)))
        .collect();
    assert!(
        due.len() > 200 && lost.is_empty(),
        "{} of {} lost",
        lost.len(),
        due.len()
    );
    // Of what it would take to ask for all of it each day: pages, and pictures, which their site wants to be asked for each time.
    let all = 2 * site.days_of_articles();
    assert!(
        asked.requests * 4 < all,
        "{} requests, where {all} would be all",
        asked.requests
    );
    test.run(&["verify"]).expect_code(0, &["sound: "]);
}

/// Lets a day's run hang, tries another beside it, and kills it.
fn nobody_runs_beside(test: &Test, day: u32) {
    let stalled = Reply::new(200, Body::Stall(b"<rss>".to_vec()));
    test.serve("a.test/feed.xml", stalled);
    let before = test.count("a.test/feed.xml");
    let mut hanging = mirroring(test, day).spawn().unwrap();
    test.wait_for_more("a.test/feed.xml", before);
    let second = Ran::of(mirroring(test, day).output().unwrap());
    second.expect_code(2, &["mirroring into this archive"]);
    hanging.kill().unwrap();
    assert_eq!(hanging.wait().unwrap().signal(), Some(9));
}

/// Returns the digests of all that the archive holds.
fn contents(test: &Test) -> BTreeSet<Digest> {
    let archive = Archive::open(&test.path("archive")).unwrap();
    let mut digests = BTreeSet::new();
    for article in archive.articles().unwrap() {
        for file in archive.history(&article).unwrap() {
            for blob in file.snapshot.blobs() {
                let bytes = archive
                    .read_blob(&blob.digest, blob.extension, 1 << 20)
                    .unwrap();
                digests.insert(Digest::of(&bytes));
            }
        }
    }
    digests
}
