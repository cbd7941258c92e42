//! Does a run go on where one was killed, in the midst of an article? What was fetched and stored is not asked for again, if
//! it would be asked for in the same way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Instant;

use offprint::snapshot::Outcome;

use crate::origin::{Body, Config, Reply};
use crate::ran::Ran;
use crate::test::{PATIENCE, Test, image, page_with};

const PAGE: &str = "https://a.test/page";

/// A page with `number` images, of which the last never comes to its end.
fn unending(test: &Test, number: usize) {
    let page = page_with((0..number).map(|it| format!("{it}.png")));
    test.serve("a.test/page", Reply::ok("text/html", page));
    for it in 0..number - 1 {
        test.serve(&address(it), picture(it));
    }
    let stalled = Reply::new(200, Body::Stall(image("plain.png")));
    test.serve(&address(number - 1), stalled);
}

pub(crate) fn address(number: usize) -> String {
    format!("a.test/{number}.png")
}

pub(crate) fn picture(number: usize) -> Reply {
    let bytes = [image("plain.png"), number.to_string().into()].concat();
    Reply::ok("image/png", bytes).with("etag", &format!("\"{number}\""))
}

/// Lets the last image of the page come.
fn relent(test: &Test, number: usize) {
    test.serve(&address(number - 1), picture(number - 1));
}

/// Returns the folders of writers, sorted.
fn folders(test: &Test) -> Vec<PathBuf> {
    let listed = fs::read_dir(test.path("archive/tmp"));
    // Before the first run there is no archive.
    let entries = listed.into_iter().flatten();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

/// Returns the notes of the one writer there is.
pub(crate) fn notes(test: &Test) -> PathBuf {
    let [folder] = &folders(test)[..] else {
        panic!("{:?}", folders(test));
    };
    folder.join("notes")
}

/// Starts a run of the page, and waits until all but its last image are stored.
fn at_the_last(test: &Test, number: usize, flags: &[&str]) -> Child {
    let (before, asked) = (folders(test), test.count(&address(number - 1)));
    let child = test.adding(&[flags, &[PAGE]].concat()).spawn().unwrap();
    let begun = Instant::now();
    let is_noted = || {
        let mut new = folders(test);
        new.retain(|folder| !before.contains(folder));
        new.iter().any(|it| lines(&it.join("notes")) == number)
    };
    while !is_noted() || test.count(&address(number - 1)) == asked {
        assert!(begun.elapsed() < PATIENCE, "not all is noted down");
        std::thread::yield_now();
    }
    child
}

fn lines(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.split(|byte| *byte == b'\n').count() - 1
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Returns a test with a run that was killed when all but the last of `number` images were stored.
pub(crate) fn killed(number: usize, flags: &[&str]) -> Test {
    let test = Test::with(&Config {
        allow_referer: true,
        ..Config::tls(&["a.test", "b.test"])
    });
    test.write("one.txt", "a.test\tFALSE\t/\tTRUE\t0\tname\thush-one\n");
    test.write("two.txt", "a.test\tFALSE\t/\tTRUE\t0\tname\thush-two\n");
    unending(&test, number);
    kill(at_the_last(&test, number, flags));
    relent(&test, number);
    test
}

/// Archives the page, and returns what was asked for.
#[track_caller]
pub(crate) fn asked(test: &Test, flags: &[&str]) -> Vec<String> {
    let before = test.requested().len();
    let ran = test.add(&[flags, &[PAGE]].concat());
    ran.expect_code(0, &[" kept"]);
    test.assert_sound();
    let mut asked = test.requested().split_off(before);
    asked.sort();
    asked
}

/// Checks that a run asks for the page, and of its images for these alone.
#[track_caller]
pub(crate) fn assert_asks(test: &Test, flags: &[&str], images: &[usize]) {
    let mut expected: Vec<String> = images.iter().map(|it| address(*it)).collect();
    expected.push("a.test/page".to_owned());
    expected.sort();
    assert_eq!(asked(test, flags), expected, "{flags:?}");
}

#[test]
fn an_article_goes_on_where_it_was_killed() {
    let test = killed(60, &[]);
    test.run(&["verify"]).expect_code(0, &["sound: "]);
    let before = test.requested().len();
    let again = test.add(&[PAGE]);
    again.expect_code(
        0,
        &[
            "59 resources that an interrupted run fetched are here",
            "images: 60 kept",
        ],
    );
    assert_eq!(
        test.requested()[before..],
        ["a.test/page".to_owned(), address(59)]
    );
    assert_eq!(test.assert_sound(), 1);
    let snapshot = test.snapshots().remove(0).snapshot;
    assert_eq!(snapshot.exchanges.len(), 61);
    let (earlier, later): (Vec<_>, Vec<_>) = snapshot
        .exchanges
        .iter()
        .partition(|exchange| exchange.started < snapshot.time);
    assert_eq!(
        (earlier.len(), later.len()),
        (59, 2),
        "they say when they were"
    );
    for exchange in &snapshot.exchanges {
        assert_eq!(exchange.response.as_ref().unwrap().status, 200);
        assert_eq!(exchange.failure, None);
    }
    let kept = snapshot
        .mentions()
        .filter(|(_, mention)| matches!(mention.outcome, Outcome::Kept(_)));
    assert_eq!(kept.count(), 60);
}

/// What decides the request decides whether it is asked for again.
#[test]
fn what_would_be_asked_for_otherwise_is_asked_for_again() {
    let flags: [&[&str]; 8] = [
        &[],
        &["--cookies", "one.txt"],
        &["--cookies", "two.txt"],
        &["--header", "a.test=X-Key: hush-one"],
        &["--header", "a.test=X-Key: hush-two"],
        &["--referrer", "a.test=page"],
        &["--referrer", "a.test=origin"],
        &["--user-agent", "other"],
    ];
    for (number, first) in flags.iter().enumerate() {
        let second = flags[(number + 1) % flags.len()];
        assert_asks(&killed(4, first), second, &[0, 1, 2, 3]);
        assert_asks(&killed(4, first), first, &[3]);
    }
    assert_asks(&killed(4, &[]), &["--refresh"], &[0, 1, 2, 3]);
    assert_asks(&killed(4, &[]), &["--per-host", "2"], &[3]);
}

#[test]
fn who_lives_is_left_alone() {
    let test = Test::new();
    unending(&test, 4);
    let child = at_the_last(&test, 4, &[]);
    let everything = || {
        let folder = fs::read_dir(&folders(&test)[0]).unwrap();
        let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = everything();
    test.write("other.md", "# Other\n");
    let other = test.add(&["other.md"]);
    other.expect_code(0, &["1 article captured"]);
    assert!(!other.stderr.contains("interrupted run"), "{other:?}");
    assert_eq!(everything(), before);
    kill(child);
    relent(&test, 4);
    assert_asks(&test, &[], &[3]);
}

/// Whoever is killed while it goes on leaves what was left to it, too: in the midst of the article, and at each step of its
/// commit.
#[test]
fn killed_again_and_again_it_still_goes_on() {
    let test = Test::new();
    unending(&test, 5);
    kill(at_the_last(&test, 5, &[]));
    for _ in 0..3 {
        let before = test.requested().len();
        kill(at_the_last(&test, 5, &[]));
        assert_eq!(
            test.requested()[before..],
            ["a.test/page".to_owned(), address(4)]
        );
    }
    relent(&test, 5);
    for step in ["Planned", "ContentsDurable", "BlobsNamed", "NamesDurable"] {
        let before = test.requested().len();
        let mut dying = test.adding(&[PAGE]);
        dying.env("OFFPRINT_ABORT_AT", step);
        Ran::of(dying.output().unwrap());
        let asked = test.requested().split_off(before);
        let expected = if step == "Planned" { 2 } else { 1 };
        assert_eq!(asked.len(), expected, "{step}: {asked:?}");
    }
    assert_asks(&test, &[], &[]);
    assert!(folders(&test).is_empty());
}

/// What another article of the killed run brought into the archive is here, too.
#[test]
fn what_was_committed_for_another_article_is_not_fetched_again() {
    let test = Test::new();
    unending(&test, 3);
    let page = page_with(["https://a.test/0.png"]);
    test.serve("b.test/first", Reply::ok("text/html", page));
    let mut child = test
        .adding(&["--json", "--jobs", "1", "https://b.test/first", PAGE])
        .spawn()
        .unwrap();
    test.wait_for(&address(2));
    let mut told = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"outcome\":\"captured\"") {
        line.clear();
        std::io::BufRead::read_line(&mut told, &mut line).unwrap();
    }
    kill(child);
    relent(&test, 3);
    let before = test.requested().len();
    test.add(&[PAGE]).expect_code(0, &["images: 3 kept"]);
    assert!(!test.requested()[before..].contains(&address(0)));
    assert_eq!(test.count(&address(0)), 1);
    assert_eq!(test.assert_sound(), 2);
}

/// What had not changed when the killed run asked is not asked for again, nor what had.
#[test]
fn a_later_capture_goes_on_too() {
    let test = Test::new();
    unending(&test, 4);
    relent(&test, 4);
    assert_asks(&test, &[], &[0, 1, 2, 3]);
    test.serve(&address(0), picture(9));
    let same = |number: usize| {
        Reply::new(304, Body::Fixed(Vec::new())).with("etag", &format!("\"{number}\""))
    };
    (1..3).for_each(|number| test.serve(&address(number), same(number)));
    test.serve(
        &address(3),
        Reply::new(200, Body::Stall(image("plain.png"))),
    );
    kill(at_the_last(&test, 4, &[]));
    relent(&test, 4);
    assert_asks(&test, &[], &[3]);
    let snapshots = test.snapshots();
    assert_eq!(snapshots.len(), 2);
    let statuses: Vec<u16> = snapshots[1]
        .snapshot
        .exchanges
        .iter()
        .map(|exchange| exchange.response.as_ref().unwrap().status)
        .collect();
    assert_eq!(statuses, [200, 200, 304, 304, 304]);
}

/// A stylesheet that was fetched is read, and its images are found.
#[test]
fn stylesheets_go_on_too() {
    let test = Test::new();
    unending(&test, 3);
    let page = "<link rel=stylesheet href=s.css><img src=2.png>";
    test.serve("a.test/page", Reply::ok("text/html", page));
    let sheet = "p{background:url(0.png)} q{background:url(1.png)}";
    test.serve("a.test/s.css", Reply::ok("text/css", sheet));
    let child = test.adding(&[PAGE]).spawn().unwrap();
    test.wait_for(&address(2));
    let begun = Instant::now();
    while lines(&notes(&test)) < 2 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    kill(child);
    relent(&test, 3);
    assert_asks(&test, &[], &[0, 1, 2]);
    assert_eq!(test.count("a.test/s.css"), 1);
}
