//! Do writers side by side, in threads and processes, keep out of each other's way?

use std::fs::File;
use std::time::Duration;

use offprint::archive::{ArchiveError, ArticleFolder, Holder, WriterOptions};

use crate::{Test, capture, commit, options, second};

#[test]
fn writers_side_by_side_lose_nothing() {
    const EACH: i64 = 4;
    let test = Test::new();
    std::thread::scope(|scope| {
        for side in 0..3 {
            let test = &test;
            scope.spawn(move || {
                let writer = test.writer();
                for number in 0..EACH {
                    commit(&writer, &format!("own-{side}-{number}"), second(number));
                    // The same article, at the same time, by all.
                    commit(&writer, "shared", second(side * EACH + number));
                }
            });
        }
    });
    assert_eq!(test.assert_sound(), 24);
    assert_eq!(test.archive().articles().unwrap().len(), 13);
}

#[test]
fn one_writer_serves_many_threads() {
    let test = Test::new();
    let writer = test.writer();
    std::thread::scope(|scope| {
        for side in 0..4_i64 {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..4 {
                    commit(
                        writer,
                        &format!("page-{}", (side + number) % 5),
                        second(side * 4 + number),
                    );
                }
            });
        }
    });
    drop(writer);
    assert_eq!(
        (
            test.assert_sound(),
            test.archive().articles().unwrap().len()
        ),
        (16, 5)
    );
}

#[test]
fn an_archive_is_made_once_by_many() {
    let test = Test::new();
    std::thread::scope(|scope| {
        for side in 0..8 {
            let test = &test;
            scope.spawn(move || commit(&test.writer(), &format!("page-{side}"), second(side)));
        }
    });
    assert_eq!(test.assert_sound(), 8);
}

#[test]
fn two_titles_of_one_article_share_a_folder() {
    let test = Test::new();
    let writer = test.writer();
    let first = commit(&writer, "one", second(1));
    let mut pending = capture(&writer, "one", second(2));
    let key = pending.snapshot.source.key.clone();
    pending.folder = ArticleFolder::new(&key, Some("another title"));
    assert_ne!(pending.folder, first.folder);
    let group = writer.commit(&[pending], second(2)).unwrap();
    assert_eq!(group.snapshots[0].folder, first.folder);
    writer.settle(&group.plan).unwrap();
    let newest = test
        .archive()
        .newest_snapshot(&first.folder)
        .unwrap()
        .unwrap();
    assert_eq!(newest.path, group.snapshots[0].path);
}

#[test]
fn a_lock_is_waited_for_and_then_named() {
    let test = Test::new();
    let impatient = WriterOptions {
        lock_wait: Duration::ZERO,
        ..options()
    };
    let archive = test.archive();
    let (writer, _) = archive.writer(impatient.clone(), second(0)).unwrap();
    let pending = capture(&writer, "one", second(1));

    let lock = File::options()
        .write(true)
        .open(test.root().join("tmp/commit.lock"))
        .unwrap();
    lock.lock().unwrap();
    let error = writer
        .commit(std::slice::from_ref(&pending), second(1))
        .unwrap_err();
    assert!(
        matches!(
            error,
            ArchiveError::Locked {
                holder: Holder::Committing,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("another process is committing")
    );
    drop(lock);
    writer
        .settle(&writer.commit(&[pending], second(1)).unwrap().plan)
        .unwrap();

    // Who needs the archive to itself gets it only when no writer is there, and then keeps writers out.
    let lock = File::options()
        .write(true)
        .open(test.root().join("lock"))
        .unwrap();
    assert!(lock.try_lock().is_err());
    drop(writer);
    lock.try_lock().unwrap();
    let error = archive.writer(impatient, second(0)).unwrap_err();
    assert!(
        matches!(
            error,
            ArchiveError::Locked {
                holder: Holder::Maintaining,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(test.assert_sound(), 1);
}
