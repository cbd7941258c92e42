//! Is nothing lost, and nothing left, when a process dies at any step?

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use offprint::archive::{Archive, ArchiveError, Rehearsal, Step, WriterOptions, layout};
use offprint::digest::Digest;

use crate::{Test, capture, commit, names, options, second};

#[test]
fn a_half_made_archive_is_completed() {
    let test = Test::new();
    fs::create_dir_all(test.root().join("tmp")).unwrap();
    fs::write(test.root().join("tmp/marker-1"), "{").unwrap();
    assert!(matches!(
        Archive::open(&test.root()),
        Err(ArchiveError::NoArchive { .. })
    ));
    commit(&test.writer(), "one", second(1));
    assert_eq!(names(&test.root().join("tmp")), ["commit.lock"]);
    assert_eq!(test.assert_sound(), 1);
}

/// Not a test by itself: the process that the next test lets die.
#[test]
fn die_at_a_step() {
    let (Ok(root), Ok(step)) = (
        std::env::var("OFFPRINT_TEST_ROOT"),
        std::env::var("OFFPRINT_TEST_STEP"),
    ) else {
        return;
    };
    let rehearsal = Rehearsal::new(move |reached| {
        if format!("{reached:?}") == step {
            std::process::abort();
        }
    });
    let archive = Archive::open_or_create(Path::new(&root)).unwrap();
    let (writer, _) = archive
        .writer(
            WriterOptions {
                rehearsal,
                ..options()
            },
            second(5),
        )
        .unwrap();
    let group = [
        capture(&writer, "two", second(6)),
        capture(&writer, "three", second(6)),
    ];
    drop(writer.commit(&group, second(6)));
}

#[test]
fn a_process_that_dies_loses_nothing_committed() {
    for step in Step::ALL {
        let test = Test::new();
        commit(&test.writer(), "one", second(1));
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::die_at_a_step"])
            .env("OFFPRINT_TEST_ROOT", test.root())
            .env("OFFPRINT_TEST_STEP", format!("{step:?}"))
            .output()
            .unwrap();
        assert!(!child.status.success(), "{step:?}");
        assert_eq!(test.archive().leftovers().unwrap().len(), 1);
        assert!(!test.archive().leftovers().unwrap()[0].alive);

        let (writer, recovery) = test.recovering();
        let (adopted, articles) = match step {
            Step::SnapshotsNamed | Step::SnapshotsDurable => (2, 2),
            Step::Logged | Step::Committed => (0, 2),
            _ => (0, 0),
        };
        assert_eq!(
            (recovery.adopted.len(), recovery.articles.len()),
            (adopted, articles),
            "{step:?}"
        );
        assert_eq!(recovery.set_aside, []);
        // The views are not made, and this writer dies as well: the next one is told again.
        drop((writer, recovery.plan));
        let (writer, recovery) = test.recovering();
        assert_eq!(
            (recovery.adopted.len(), recovery.articles.len()),
            (0, articles),
            "{step:?}"
        );
        recovery
            .plan
            .into_iter()
            .for_each(|plan| writer.settle(&plan).unwrap());
        commit(&writer, "two", second(7));
        drop(writer);
        assert_eq!(test.assert_sound(), articles + 2, "{step:?}");
        assert_eq!(names(&test.root().join("tmp")), ["commit.lock"]);
        assert!(test.recovering().1.articles.is_empty());
    }
}

#[test]
fn what_is_not_whole_is_not_adopted() {
    let test = Test::new();
    let rehearsal = Rehearsal::new(|step| assert!(step != Step::SnapshotsDurable, "dies here"));
    let (writer, _) = test
        .archive()
        .writer(
            WriterOptions {
                rehearsal,
                ..options()
            },
            second(0),
        )
        .unwrap();
    let group = [
        capture(&writer, "one", second(1)),
        capture(&writer, "two", second(1)),
    ];
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        drop(writer.commit(&group, second(1)));
    }));
    assert!(died.is_err());
    drop(writer);
    // The right length, the wrong bytes: as a disk may leave it.
    fs::write(
        layout::blob(&Digest::of(b"picture one"), "jpg").under(&test.root()),
        b"PICTURE ONE",
    )
    .unwrap();
    let (writer, recovery) = test.recovering();
    assert_eq!(
        (
            recovery.adopted.len(),
            recovery.set_aside.len(),
            recovery.articles.len()
        ),
        (1, 1, 1)
    );
    assert!(
        test.bytes(&recovery.set_aside[0])
            .starts_with(b"{\"article\"")
    );
    recovery
        .plan
        .into_iter()
        .for_each(|plan| writer.settle(&plan).unwrap());
    drop(writer);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_torn_log_is_mended_by_the_next_writer() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let log = test.root().join("log/000000000000.jsonl");
    File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .write_all(b"{\"article\":\"01")
        .unwrap();
    // A reader believes what was committed, and nothing else.
    let article = test.archive().articles().unwrap().swap_remove(0);
    assert!(test.archive().newest_snapshot(&article).unwrap().is_some());
    let (writer, recovery) = test.recovering();
    assert_eq!(test.bytes(&recovery.torn.unwrap()), b"{\"article\":\"01");
    commit(&writer, "two", second(2));
    // One that tears while we write is mended by our next commit.
    File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .write_all(b"{")
        .unwrap();
    let group = writer
        .commit(&[capture(&writer, "three", second(3))], second(3))
        .unwrap();
    assert!(group.torn.is_some());
    writer.settle(&group.plan).unwrap();
    drop(writer);
    assert_eq!(test.assert_sound(), 3);
}
