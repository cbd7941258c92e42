//! Does a copy hold what the archive holds, and stay sound whatever becomes of the run that makes it?

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;

use offprint::archive::{Archive, Area, Step};
use serde_json::Value;

use crate::mirrored::with;
use crate::origin::Reply;
use crate::ran::Ran;
use crate::signed::{sign, with_key};
use crate::test::Test;

const A: &str = "https://a.test/a";
const B: &str = "https://a.test/b";

/// Returns a test with two articles in its archive.
fn with_two() -> Test {
    let test = with("");
    for it in [A, B] {
        test.add(&[it]).expect_code(0, &[]);
    }
    test
}

/// Returns the files of an archive that are its truth, with their bytes.
fn truth(root: &Path) -> BTreeMap<String, Vec<u8>> {
    files(root, &[Area::Blobs, Area::Articles, Area::Log])
        .into_iter()
        .filter(|(path, _)| !path.starts_with("articles") || path.contains("/snapshots/"))
        .collect()
}

fn files(root: &Path, areas: &[Area]) -> BTreeMap<String, Vec<u8>> {
    let archive = Archive::open(root).unwrap();
    let sightings = areas.iter().flat_map(|area| archive.survey(*area));
    let paths = sightings.map(|it| it.unwrap().path);
    paths
        .map(|path| (path.clone(), fs::read(root.join(path)).unwrap()))
        .collect()
}

/// Runs `offprint copy` from one archive to another.
fn copy(test: &Test, from: &str, to: &str) -> Ran {
    test.run(&["-a", from, "copy", to])
}

#[track_caller]
fn assert_sound(test: &Test, archive: &str) {
    let ran = test.run(&["-a", archive, "verify"]);
    ran.expect_code(0, &["sound: "]);
    assert_eq!(ran.stdout, "", "not even a notice");
}

/// Returns the titles of an archive's articles as it lists them.
fn titles(test: &Test, archive: &str) -> Vec<String> {
    let listed = test.run(&["-a", archive, "list", "--json"]).objects();
    let title = |row: &Value| row["title"].as_str().unwrap().to_owned();
    let mut titles: Vec<String> = listed.iter().map(title).collect();
    titles.sort();
    titles
}

#[test]
fn a_copy_is_the_archive_and_gets_what_is_new() {
    let test = with_two();
    let (original, copied) = (test.path("archive"), test.path("deep/copy"));
    copy(&test, "archive", "deep/copy").expect_code(
        0,
        &["copied: 2 snapshots", "2 entries of the log; 0 findings"],
    );
    assert_eq!(truth(&copied), truth(&original));
    let all = [Area::Articles, Area::Derived];
    assert_eq!(files(&copied, &all), files(&original, &all), "views, too");
    assert_eq!(
        fs::read(copied.join("index.html")).unwrap(),
        fs::read(original.join("index.html")).unwrap()
    );
    assert_sound(&test, "deep/copy");
    copy(&test, "archive", "deep/copy")
        .expect_code(0, &["nothing new: 0 snapshots, 0 blobs (0 B)"]);

    test.serve(
        "a.test/c",
        Reply::ok("text/html", "<title>c</title><img src=/i.png>"),
    );
    test.add(&["https://a.test/c"]).expect_code(0, &[]);
    test.run(&["remove", A]).expect_code(0, &[]);
    let ran = test.run(&["copy", "deep/copy", "--json"]);
    let summary = ran.objects().last().unwrap().clone();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(
        [
            &summary["snapshots"],
            &summary["blobs"],
            &summary["entries"]
        ],
        [1, 1, 2],
        "the image was there: {summary}"
    );
    assert_eq!(titles(&test, "deep/copy"), ["b", "c"]);
    assert_eq!(files(&copied, &[Area::Log]), files(&original, &[Area::Log]));
    // What was taken out waits for `prune` there, as it does here.
    for archive in ["archive", "deep/copy"] {
        test.run(&["-a", archive, "prune", "--yes"])
            .expect_code(0, &["deleted"]);
        assert_sound(&test, archive);
    }
    assert_eq!(truth(&copied), truth(&original));
    // A copy of what was pruned: the log names what never comes.
    copy(&test, "archive", "fresh").expect_code(0, &["copied: 2 snapshots"]);
    assert_sound(&test, "fresh");
    assert_eq!(truth(&test.path("fresh")), truth(&original));
}

#[test]
fn a_kill_at_any_step_leaves_a_sound_copy_that_the_next_run_goes_on_with() {
    let test = with_two();
    for step in Step::ALL {
        let name = format!("{step:?}");
        let mut dying = test.command(&["copy", &name]);
        dying.env("OFFPRINT_ABORT_AT", &name);
        let output = dying.output().unwrap();
        assert_eq!(output.status.signal(), Some(6), "{step:?}: {output:?}");
        test.run(&["-a", &name, "verify"])
            .expect_code(0, &["sound: "]);
        copy(&test, "archive", &name).expect_code(0, &[]);
        assert_eq!(
            truth(&test.path(&name)),
            truth(&test.path("archive")),
            "{step:?}"
        );
        assert_sound(&test, &name);
    }
}

#[test]
fn two_archives_merge_whichever_comes_first() {
    let test = with("");
    test.add(&["-a", "one", A]).expect_code(0, &[]);
    test.add(&["-a", "two", B]).expect_code(0, &[]);
    // A later capture of the first article, which only the second archive has.
    test.serve(
        "a.test/a",
        Reply::ok(
            "text/html",
            "<title>later</title><p>Not at all the same text.",
        ),
    );
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(30);
    let mut adding = test.adding(&["-a", "two", A]);
    adding.env("OFFPRINT_NOW", later.to_string());
    Ran::of(adding.output().unwrap()).expect_code(0, &[]);

    let ran = copy(&test, "one", "two");
    ran.expect_code(0, &["keeps its own log", "copied: 1 snapshot", "2 entries"]);
    assert_eq!(
        titles(&test, "two"),
        ["b", "later"],
        "the older capture is not shown"
    );
    assert_sound(&test, "two");
    copy(&test, "one", "two").expect_code(0, &["nothing new"]);

    copy(&test, "two", "one").expect_code(0, &["copied: 2 snapshots", "3 entries"]);
    assert_eq!(titles(&test, "one"), ["b", "later"]);
    assert_sound(&test, "one");
    copy(&test, "two", "one").expect_code(0, &["nothing new"]);
    // The folder of an article keeps the name that it got first.
    let names = |name| {
        let paths = truth(&test.path(name)).into_keys();
        let name = |path: String| path.rsplit('/').next().unwrap().to_owned();
        paths.map(name).collect::<BTreeSet<_>>()
    };
    assert_eq!(names("one"), names("two"));
}

#[test]
fn what_became_of_a_page_is_merged_and_what_was_taken_out_stays_out() {
    let test = with_two();
    test.serve("a.test/a", Reply::not_found());
    test.add(&["-a", "archive", A]).expect_code(1, &[]);
    test.serve("a.test/c", Reply::ok("text/html", "<title>c</title>"));
    test.add(&["-a", "other", "https://a.test/c"])
        .expect_code(0, &[]);
    test.serve("a.test/b", Reply::ok("text/html", "<title>b there</title>"));
    test.add(&["-a", "other", B]).expect_code(0, &[]);
    test.run(&["-a", "other", "remove", B]).expect_code(0, &[]);

    copy(&test, "archive", "other").expect_code(0, &["1 snapshot left out", "copied: 1 snapshot"]);
    assert_eq!(titles(&test, "other"), ["a", "c"]);
    let shown = test.run(&["-a", "other", "show", A]);
    shown.expect_code(0, &[]);
    assert!(shown.stdout.contains("gone"), "{shown:#?}");
    test.run(&["-a", "other", "verify"])
        .expect_code(0, &["sound: "]);
}

#[test]
fn what_is_damaged_does_not_come_until_it_is_mended() {
    let test = with_two();
    let blob = test
        .blobs()
        .into_iter()
        .find(|it| it.contains(".png"))
        .unwrap();
    let path = test.path("archive").join(&blob);
    let sound = fs::read(&path).unwrap();
    let mut altered = sound.clone();
    altered[9] ^= 1;
    fs::write(&path, &altered).unwrap();
    for _ in 0..2 {
        let ran = copy(&test, "archive", "copy");
        ran.expect_code(1, &["NOT ALL IS COPIED", "2 findings"]);
        assert!(
            ran.stdout.contains(&format!("blob-altered {blob}")),
            "{ran:#?}"
        );
        assert!(!test.path("copy").join(&blob).exists());
    }
    fs::write(&path, &sound).unwrap();
    copy(&test, "archive", "copy").expect_code(0, &["copied: ", "1 blob"]);
    assert_eq!(truth(&test.path("copy")), truth(&test.path("archive")));
    assert_sound(&test, "copy");
    copy(&test, "archive", "copy").expect_code(0, &["nothing new"]);
}

#[test]
fn nothing_outside_a_strangers_archive_is_read() {
    let test = with_two();
    let secret = test.path("secret");
    fs::write(&secret, "secret").unwrap();
    let blobs = test.blobs();
    let root = test.path("archive");
    // A link to a file elsewhere, a pipe that nobody writes to, a folder; and a file that says that it is a terabyte.
    fs::remove_file(root.join(&blobs[0])).unwrap();
    symlink(&secret, root.join(&blobs[0])).unwrap();
    fs::remove_file(root.join(&blobs[1])).unwrap();
    let pipe = CString::new(root.join(&blobs[1]).to_str().unwrap()).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(pipe.to_str().unwrap())
        .status();
    assert!(made.unwrap().success());
    let huge = fs::File::options()
        .write(true)
        .open(root.join(&blobs[2]))
        .unwrap();
    huge.set_len(1 << 40).unwrap();
    // A folder of articles that leads out of the archive.
    let hosts = root.join("articles");
    fs::rename(hosts.join("a.test"), test.path("elsewhere")).unwrap();
    copy(&test, "archive", "half").expect_code(1, &["2 findings"]);
    symlink(test.path("elsewhere"), hosts.join("a.test")).unwrap();
    let ran = copy(&test, "archive", "linked");
    ran.expect_code(1, &["0 snapshots, 0 blobs"]);
    fs::remove_file(hosts.join("a.test")).unwrap();
    fs::rename(test.path("elsewhere"), hosts.join("a.test")).unwrap();
    let ran = copy(&test, "archive", "copy");
    ran.expect_code(1, &["NOT ALL IS COPIED"]);
    assert!(
        ran.stdout.contains("not-a-file") && ran.stdout.contains("blob-altered"),
        "{ran:#?}"
    );
    let here = files(&test.path("copy"), &[Area::Blobs]);
    assert!(here.values().all(|bytes| bytes != b"secret"));
    assert_eq!(here.len(), blobs.len() - 3);
}

#[test]
fn a_log_that_is_not_whole_is_copied_as_far_as_it_is() {
    let test = with_two();
    copy(&test, "archive", "whole").expect_code(0, &[]);
    let log = test.path("archive/log/000000000000.jsonl");
    let lines = fs::read_to_string(&log).unwrap();
    fs::write(&log, lines.replacen("\"index\":1", "\"index\":7", 1)).unwrap();
    let ran = copy(&test, "archive", "copy");
    ran.expect_code(1, &["NOT ALL IS COPIED: 1 snapshot", "1 finding"]);
    assert!(ran.stdout.contains("log-gap"), "{ran:#?}");
    assert_sound(&test, "copy");
    // A copy whose own log is damaged is not merged with: nobody knows what it has.
    fs::write(test.path("whole/log/000000000000.jsonl"), "nonsense\n").unwrap();
    copy(&test, "archive", "whole").expect_code(2, &["log is not whole", "offprint verify"]);
}

#[test]
fn a_copy_is_refused_where_it_would_be_part_of_the_archive() {
    let test = with_two();
    for dest in [
        "archive",
        "archive/copy",
        ".",
        "./archive/../archive/deep/er",
    ] {
        copy(&test, "archive", dest).expect_code(2, &["one in the other"]);
    }
    assert!(!test.path("archive/copy").exists());
    test.write("other/notes.txt", "mine");
    copy(&test, "archive", "other").expect_code(2, &["not an archive"]);
    copy(&test, "nowhere", "copy").expect_code(2, &["no archive"]);
    assert!(!test.path("copy").exists());
}

#[test]
fn what_was_signed_holds_for_the_copy_and_not_for_a_merged_one() {
    let test = with_key();
    copy(&test, "archive", "copy").expect_code(0, &[]);
    sign(&test, "key");
    let ran = copy(&test, "archive", "copy");
    ran.expect_code(0, &["copied: 0 snapshots"]);
    test.run(&["-a", "copy", "verify", "--signers", "signers"])
        .expect_code(0, &["sound"]);
    copy(&test, "archive", "copy").expect_code(0, &["nothing new"]);
    test.serve("a.test/c", Reply::ok("text/html", "<title>c</title>"));
    test.add(&["-a", "other", "https://a.test/c"])
        .expect_code(0, &[]);
    copy(&test, "archive", "other").expect_code(0, &["its own log"]);
    assert!(!test.path("other/checkpoints").exists());
    assert_sound(&test, "other");
}
