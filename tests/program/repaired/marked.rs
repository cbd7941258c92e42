//! An archive that has lost its `offprint.json` is known by what lies there, and no other folder is taken for one.

use std::fs;
use std::path::PathBuf;

use offprint::archive::MARKER;
use offprint::digest::Digest;

use super::{PAGE, copy_of_the_archive, repair, with_article};
use crate::test::Test;

/// Returns a test whose archive has lost its `offprint.json`.
fn unmarked() -> Test {
    let test = with_article();
    fs::remove_file(marker(&test)).unwrap();
    test
}

fn marker(test: &Test) -> PathBuf {
    test.path("archive/offprint.json")
}

#[test]
fn whoever_finds_none_says_that_repair_puts_it_back() {
    let test = unmarked();
    let wanted = [
        "but not the offprint.json that says so",
        "`offprint repair` puts it back",
    ];
    for arguments in [
        &["list"][..],
        &["show", PAGE],
        &["prune"],
        &["copy", "copy"],
    ] {
        test.run(arguments).expect_code(2, &wanted);
    }
    test.add(&[PAGE]).expect_code(2, &wanted);
    assert!(!marker(&test).exists());
    let verified = test.run(&["verify", "--article", PAGE]);
    verified.expect_code(1, &["1 × marker-missing"]);
    let planned = repair(&test, &["--plan"]);
    planned.expect_code(1, &["1 finding to mend"]);
    let told = planned.stdout.contains("would do: write it anew");
    assert!(told, "{planned:#?}");
    assert!(!marker(&test).exists(), "a plan writes nothing");
    repair(&test, &[PAGE]).expect_code(0, &["sound: 1 finding mended"]);
    assert_eq!(test.archived("offprint.json"), MARKER.as_bytes());
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_copy_that_has_lost_it_is_still_one() {
    let test = with_article();
    copy_of_the_archive(&test);
    fs::remove_file(test.path("copy/offprint.json")).unwrap();
    fs::remove_dir_all(test.path("archive/articles")).unwrap();
    repair(&test, &["--from", "copy"]).expect_code(0, &["sound"]);
    assert_eq!(test.assert_sound(), 1);
    let is_marked = test.path("copy/offprint.json").exists();
    assert!(!is_marked, "a copy is only read");
}

/// Checks that `repair` takes the folder for no archive.
#[track_caller]
fn check_refused(make: impl FnOnce(&Test)) {
    let test = unmarked();
    make(&test);
    let wanted = "is a folder with other things in it, not an archive";
    repair(&test, &[]).expect_code(2, &[wanted]);
    assert!(!marker(&test).exists());
}

#[test]
fn other_folders_are_none() {
    let log = "archive/log/000000000000.jsonl";
    check_refused(|test| fs::remove_dir_all(test.path("archive/log")).unwrap());
    check_refused(|test| test.write(log, "GET / 200\n"));
    check_refused(|test| test.write(log, "{}\n"));
    check_refused(|test| test.write(log, ""));
    // An entry that follows from another one.
    check_refused(|test| {
        let line = fs::read_to_string(test.path(log)).unwrap();
        test.write(log, line.replace(&"0".repeat(64), &"1".repeat(64)));
    });
    check_refused(|test| {
        fs::remove_dir_all(test.path("archive/articles")).unwrap();
        fs::remove_dir_all(test.path("archive/blobs")).unwrap();
    });
    check_refused(|test| {
        fs::rename(test.path("archive/log"), test.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink("../elsewhere", test.path("archive/log")).unwrap();
    });
}

#[test]
fn what_a_later_format_writes_is_not_called_ours() {
    let test = with_article();
    let path = test.path("archive").join(test.snapshots()[0].path.as_str());
    let ours = fs::read_to_string(&path).unwrap();
    let later = ours.replacen("\"format\":1", "\"format\":2", 1);
    assert_ne!(later, ours);
    let short = Digest::of(later.as_bytes()).short(32);
    let name = format!("20990101T000000Z-{short}.json");
    fs::write(path.with_file_name(name), later).unwrap();
    fs::remove_file(path).unwrap();
    fs::remove_file(marker(&test)).unwrap();
    repair(&test, &[]).expect_code(2, &["not an archive"]);
    assert!(!marker(&test).exists());
}

#[test]
fn what_says_something_is_left() {
    for says in [
        "{\"format\":2}",
        "{\"format\":\"1\"}",
        "[]",
        "{\"format\":1,\"requires\":[\"x\"]}",
    ] {
        let test = unmarked();
        test.write("archive/offprint.json", says);
        repair(&test, &[]).expect_code(2, &["offprint.json"]);
        assert_eq!(test.archived("offprint.json"), says.as_bytes());
    }
}
