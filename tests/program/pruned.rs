//! Does `prune` delete what nothing needs, and never anything else?

use std::fs;
use std::os::unix::fs::symlink;

use offprint::archive::{Archive, Area};
use serde_json::{Value, json};

use crate::mirrored::with;
use crate::ran::events;
use crate::test::Test;

const A: &str = "https://a.test/a";
const B: &str = "https://a.test/b";

/// The blob of "foo", which nothing names.
const ORPHAN: &str =
    "blobs/sha256/2c/2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae.bin";

/// Returns a test with two articles that share an image, and a drawing that only the first shows.
fn with_two() -> Test {
    let test = with("");
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>";
    let reply = crate::origin::Reply::ok("image/svg+xml", drawing);
    test.serve("a.test/d.svg", reply);
    let page = "<title>a</title><img src=/i.png><img src=/d.svg><p>Only in this one.";
    test.serve("a.test/a", crate::origin::Reply::ok("text/html", page));
    for it in [A, B] {
        test.add(&[it]).expect_code(0, &[]);
    }
    test
}

fn orphan(test: &Test) {
    test.write(&format!("archive/{ORPHAN}"), "foo");
}

/// Returns the files of an area.
fn files(test: &Test, area: Area) -> usize {
    let archive = Archive::open(&test.path("archive")).unwrap();
    archive.survey(area).count()
}

/// Runs `offprint prune --json`; returns what it tells as unneeded, by kind, and its summary.
fn told(test: &Test, arguments: &[&str]) -> (Vec<String>, Value) {
    let ran = test.run(&[&["prune", "--json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let objects = ran.objects();
    assert_eq!(objects[0]["command"], "prune");
    let mut kinds: Vec<String> = events(&objects, "unneeded")
        .iter()
        .map(|it| it["kind"].as_str().unwrap().to_owned())
        .collect();
    kinds.sort();
    (kinds, objects.last().unwrap().clone())
}

#[test]
fn what_only_a_removed_article_needed_goes() {
    let test = with_two();
    let all = test.blobs();
    assert_eq!(told(&test, &[]).0, [""; 0]);
    test.run(&["remove", A]).expect_code(0, &[]);
    let plan = test.run(&["prune"]);
    plan.expect_code(
        0,
        &[
            "2 blobs, 1 snapshot, 1 derived file (",
            "nothing is deleted without --yes",
        ],
    );
    assert_eq!(plan.stdout.lines().count(), 4, "{plan:#?}");
    assert!(plan.stdout.contains("blob  ") && plan.stdout.contains("snapshot  "));
    assert_eq!((test.blobs(), files(&test, Area::Derived)), (all, 1));
    let (kinds, summary) = told(&test, &["--yes"]);
    assert_eq!(kinds, ["blob", "blob", "derived", "snapshot"]);
    assert_eq!(
        (
            &summary["deleted"],
            &summary["blobs"]["files"],
            &summary["snapshots"]["files"]
        ),
        (&json!(true), &json!(2), &json!(1))
    );
    // The page of the other article, and the image that both showed.
    assert_eq!((test.blobs().len(), files(&test, Area::Derived)), (2, 0));
    assert_eq!(
        fs::read_dir(test.path("archive/articles/a.test"))
            .unwrap()
            .count(),
        1
    );
    assert_eq!(test.assert_sound(), 1);
    let verified = test.run(&["verify"]);
    assert_eq!(verified.stdout, "", "not even a notice");
    test.run(&["prune", "--yes"])
        .expect_code(0, &["there is nothing that is not needed"]);
    // It can be had again.
    test.add(&[A]).expect_code(0, &["1 article captured"]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_blob_that_no_snapshot_names_goes_when_it_is_old() {
    let test = with_two();
    orphan(&test);
    let (kinds, summary) = told(&test, &["--yes"]);
    assert_eq!(
        (kinds.len(), &summary["young"]),
        (0, &json!({"files": 1, "bytes": 3}))
    );
    test.run(&["prune", "--yes"]).expect_code(
        0,
        &["1 blob (3 B) that no snapshot names kept for being young"],
    );
    let path = test.path("archive").join(ORPHAN);
    let days = |days: u64| std::time::Duration::from_secs(days * 24 * 60 * 60);
    let dated = |time| {
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(time).unwrap();
    };
    let now = std::time::SystemTime::now();
    dated(now + days(300));
    assert_eq!(
        told(&test, &["--grace", "1ms", "--yes"]).0,
        [""; 0],
        "a clock was wrong"
    );
    dated(now - days(2));
    assert_eq!(told(&test, &["--grace", "72h", "--yes"]).0, [""; 0]);
    assert_eq!(told(&test, &[]).0, ["blob"]);
    assert_eq!(told(&test, &["--yes"]).0, ["blob"]);
    orphan(&test);
    assert_eq!(told(&test, &["--grace", "0", "--yes"]).0, ["blob"]);
    assert!(!path.exists());
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn nothing_goes_where_it_is_not_known_what_is_needed() {
    let refused = |damage: &dyn Fn(&Test), words: &str| {
        let test = with_two();
        orphan(&test);
        damage(&test);
        for arguments in [
            &["prune", "--grace", "0"][..],
            &["prune", "--grace", "0", "--yes"],
        ] {
            test.run(arguments)
                .expect_code(2, &["so none is deleted", words, "hint: `offprint verify`"]);
        }
        assert!(test.path("archive").join(ORPHAN).exists(), "{words}");
    };
    let snapshot = |test: &Test| test.path("archive").join(test.snapshots()[0].path.as_str());
    refused(
        &|test| fs::write(snapshot(test), "{}").unwrap(),
        "can't be read",
    );
    refused(
        &|test| fs::remove_file(snapshot(test)).unwrap(),
        "of the log is not there",
    );
    refused(
        &|test| {
            let folder = test.path("archive/articles");
            fs::rename(folder.join("a.test"), test.path("elsewhere")).unwrap();
            symlink(test.path("elsewhere"), folder.join("a.test")).unwrap();
        },
        "of the log is not there",
    );
    refused(
        &|test| {
            let log = test.path("archive/log/000000000000.jsonl");
            let text = fs::read_to_string(&log).unwrap();
            fs::write(&log, text.replacen("\"index\":0", "\"index\":7", 1)).unwrap();
        },
        "line 1 is not what it must be",
    );
}

#[test]
fn a_damaged_article_can_be_removed_and_pruned() {
    let test = with_two();
    let path = test.snapshots()[0].path.to_string();
    fs::write(test.path("archive").join(&path), "{}").unwrap();
    let folder = path.split("/snapshots").next().unwrap();
    test.run(&["remove", folder]).expect_code(0, &[]);
    let (kinds, _) = told(&test, &["--yes", "--grace", "0"]);
    assert!(
        kinds.contains(&"snapshot".to_owned()) && kinds.contains(&"blob".to_owned()),
        "{kinds:?}"
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn nobody_writes_while_it_deletes() {
    let test = with_two();
    orphan(&test);
    let lock = fs::File::options()
        .write(true)
        .open(test.path("archive/lock"))
        .unwrap();
    lock.lock_shared().unwrap();
    let arguments = ["prune", "--yes", "--grace", "0", "--lock-wait", "10ms"];
    test.run(&arguments)
        .expect_code(2, &["another process is writing to the archive"]);
    test.run(&["prune"]).expect_code(0, &[]);
    assert!(test.path("archive").join(ORPHAN).exists());
    drop(lock);
    test.run(&arguments).expect_code(0, &["1 blob deleted"]);
}

/// What a killed run had done is done: each file goes by itself, and what is left says what is left to do.
#[test]
fn a_run_that_was_killed_is_gone_on_with() {
    let whole = with_two();
    whole.run(&["remove", A]).expect_code(0, &[]);
    let going = whole.run(&["prune"]).stdout;
    let going: Vec<&str> = going
        .lines()
        .map(|line| line.split_whitespace().last().unwrap())
        .collect();
    for killed_after in 0..=going.len() {
        for path in going.iter().take(killed_after) {
            fs::remove_file(whole.path("archive").join(path)).ok();
        }
        whole.run(&["verify"]).expect_code(0, &["sound: "]);
        let left = whole.run(&["prune"]).stdout;
        assert_eq!(left.lines().count(), going.len() - killed_after, "{left}");
    }
    whole.run(&["prune", "--yes"]).expect_code(0, &[]);
    assert_eq!(whole.assert_sound(), 1);
    assert_eq!(whole.run(&["verify"]).stdout, "");
}
