//! A repair may die at any step: the next one goes on, and the log tells once of what was put back.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use super::{PAGE, blob, copy_of_the_archive, repair, repairing, with_article};
use crate::test::Test;

#[test]
fn a_repair_that_is_killed_is_gone_on_with() {
    for step in [
        "Planned",
        "ContentsDurable",
        "BlobsNamed",
        "NamesDurable",
        "Logged",
        "Committed",
    ] {
        let test = with_article();
        let path = blob(&test);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, "rotten").unwrap();
        let mut dying = repairing(&test, &["--origin"]);
        let output = dying.env("OFFPRINT_ABORT_AT", step).output().unwrap();
        assert_eq!(output.status.signal(), Some(6), "{step}: {output:?}");
        let verified = test.run(&["verify"]);
        assert!(
            verified.stdout.contains("repair-unfinished"),
            "{step}: {verified:#?}"
        );
        repair(&test, &["--origin"]).expect_code(0, &["sound"]);
        assert_eq!(fs::read(&path).unwrap(), bytes, "{step}");
        assert_eq!(test.assert_sound(), 1, "{step}");
        assert_eq!(repairs(&test), 1, "{step}");
        assert!(!test.path("archive/state/repairing").exists(), "{step}");
    }
}

/// Returns how many entries of the log say that something was put back.
fn repairs(test: &Test) -> usize {
    let log = String::from_utf8(test.archived("log/000000000000.jsonl")).unwrap();
    log.matches("\"kind\":\"repair\"").count()
}

/// Lets a repair from a copy be killed at this step.
#[track_caller]
fn kill_at(test: &Test, step: &str) {
    let mut dying = repairing(test, &["--from", "copy"]);
    let output = dying.env("OFFPRINT_ABORT_AT", step).output().unwrap();
    assert_eq!(output.status.signal(), Some(6), "{output:?}");
}

#[test]
fn what_a_killed_repair_put_back_is_told_though_nothing_else_is_left_to_do() {
    let test = with_article();
    copy_of_the_archive(&test);
    let path = blob(&test);
    fs::remove_file(&path).unwrap();
    kill_at(&test, "NamesDurable");
    assert!(path.exists());
    assert_eq!(repairs(&test), 0);
    let planned = repair(&test, &["--plan"]);
    planned.expect_code(0, &["1 finding to mend"]);
    assert!(
        planned
            .stdout
            .contains("would do: write into the log what was put back"),
        "{planned:#?}"
    );
    assert_eq!(repairs(&test), 0, "a plan writes nothing");
    // Whoever mends one article alone forgets nothing of the others.
    repair(&test, &[PAGE]).expect_code(0, &["sound"]);
    assert_eq!(repairs(&test), 1);
    repair(&test, &[]).expect_code(0, &["sound: 0 findings mended"]);
    assert_eq!(repairs(&test), 1);
}

#[test]
fn only_what_is_there_is_told() {
    let test = with_article();
    copy_of_the_archive(&test);
    fs::remove_file(blob(&test)).unwrap();
    kill_at(&test, "ContentsDurable");
    fs::create_dir(test.path("nothing")).unwrap();
    repair(&test, &["--from", "nothing"]).expect_code(1, &["1 left"]);
    assert_eq!(repairs(&test), 0);
    assert!(!test.path("archive/state/repairing").exists());
    // A snapshot comes before its blobs.
    let snapshot = test.snapshots()[0].path.to_string();
    fs::remove_file(test.path("archive").join(&snapshot)).unwrap();
    kill_at(&test, "NamesDurable");
    repair(&test, &["--from", "nothing"]).expect_code(1, &["1 left"]);
    assert_eq!(
        test.archived(&snapshot),
        fs::read(test.path("copy").join(&snapshot)).unwrap()
    );
    assert_eq!(repairs(&test), 1);
}

#[test]
fn something_else_in_the_place_of_what_a_repair_writes_down_is_set_aside() {
    let test = with_article();
    copy_of_the_archive(&test);
    fs::create_dir(test.path("archive/state/repairing")).unwrap();
    fs::remove_file(blob(&test)).unwrap();
    repair(&test, &["--from", "copy"]).expect_code(0, &["sound"]);
    assert_eq!(test.assert_sound(), 1);
    assert_eq!(repairs(&test), 1);
    assert!(test.path("archive/state/damaged/0-repairing").is_dir());
}
