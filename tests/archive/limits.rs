//! Is no more read of an archive's own files than they can have? It may be a stranger's, or have been in a stranger's hands.

use std::fs::{self, File};
use std::path::PathBuf;

use offprint::archive::log::Fault;
use offprint::archive::{ArchiveError, ArticleId};

use super::*;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Returns an archive of one article.
fn of_one() -> Test {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    test
}

/// Gives a file so many bytes; on most disks those that are new take no room.
fn resize(path: &Path, bytes: u64) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_len(bytes).unwrap();
}

/// Checks that an error says of a file that it has more than `limit` bytes.
#[track_caller]
fn check_too_large<T: std::fmt::Debug>(result: Result<T, ArchiveError>, limit: u64) {
    match result {
        Err(ArchiveError::TooLarge { limit: said, .. }) => assert_eq!(said, limit),
        other => panic!("{other:?}"),
    }
}

/// Returns all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let below = paths.flat_map(|path| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    });
    below.collect()
}

#[test]
fn the_mark_of_an_archive_has_its_size() {
    let test = of_one();
    let path = test.root().join("offprint.json");
    let mark = fs::read_to_string(&path).unwrap();
    let padded = |bytes: u64| {
        let spaces = usize::try_from(bytes).unwrap() - mark.len();
        mark.clone() + &" ".repeat(spaces)
    };
    fs::write(&path, padded(64 * KIB)).unwrap();
    assert!(Archive::open(&test.root()).is_ok());
    fs::write(&path, padded(64 * KIB + 1)).unwrap();
    check_too_large(Archive::open(&test.root()), 64 * KIB);
}

#[test]
fn a_snapshot_has_its_size() {
    let test = of_one();
    let archive = test.archive();
    let article = archive.articles().unwrap().remove(0);
    let snapshot = archive.snapshots(&article).unwrap().remove(0);
    let path = snapshot.under(&test.root());
    resize(&path, 64 * MIB + 1);
    check_too_large(archive.read_snapshot(&snapshot), 64 * MIB);
}

#[test]
fn a_file_of_the_log_has_its_size() {
    let test = of_one();
    let log = files(&test.root().join("log")).remove(0);
    for (bytes, too_large) in [(16 * MIB, false), (16 * MIB + 1, true)] {
        resize(&log, bytes);
        let first = test.archive().log().unwrap().next();
        let Some(Line::Fault {
            fault: Fault::Unreadable(error),
            ..
        }) = first
        else {
            assert!(!too_large, "{first:?}");
            continue;
        };
        check_too_large::<()>(Err(error), 16 * MIB);
    }
}

#[test]
fn what_an_alias_leads_to_has_its_size() {
    let test = of_one();
    let id = ArticleId::of_key("url:https://h.test/one");
    let before = files(&test.root());
    let writer = test.writer();
    writer.remember_aliases(&["url:x".to_owned()], &id).unwrap();
    drop(writer);
    let mut new = files(&test.root());
    new.retain(|path| !before.contains(path));
    let [alias] = new.as_slice() else {
        panic!("{new:?}")
    };
    for (width, expected) in [(64, Some(&id)), (65, None)] {
        fs::write(alias, format!("{id:<width$}", id = id.to_string())).unwrap();
        assert_eq!(test.archive().alias("url:x").unwrap().as_ref(), expected);
    }
}

/// Who wrote that much was no writer of ours: the next one does not guess, and says which file it is.
#[test]
fn the_plan_of_a_writer_that_died_has_its_size() {
    let test = of_one();
    let folder = test.root().join("tmp/dead-1");
    fs::create_dir(&folder).unwrap();
    let plan = folder.join("group-1.json");
    File::create(&plan).unwrap();
    resize(&plan, 64 * MIB + 1);
    check_too_large(test.archive().abandoned(), 64 * MIB);
    let refused = test.archive().writer(options(), second(2)).map(|_| ());
    check_too_large(refused, 64 * MIB);
    fs::remove_file(&plan).unwrap();
    assert!(test.archive().abandoned().unwrap().is_empty());
    drop(test.writer());
    assert_eq!(test.assert_sound(), 1);
}

/// What is longer than any was not written by `mirror`, and is as good as forgotten.
#[test]
fn what_mirror_remembers_has_its_size() {
    let test = of_one();
    let address = offprint::digest::Digest::of(b"https://h.test/feed");
    let writer = test.writer();
    writer.remember_listing(&address, b"x").unwrap();
    drop(writer);
    let name = &address.to_string()[..32];
    let path = format!("state/listings/{}/{name}.json", &name[..2]);
    let path = test.root().join(path);
    resize(&path, 64 * MIB + 1);
    assert_eq!(test.archive().listing(&address).unwrap(), None);
    resize(&path, 1);
    let remembered = test.archive().listing(&address).unwrap();
    assert_eq!(remembered.as_deref(), Some(b"x".as_slice()));
}

/// What would not be believed is not written, and the one before stays.
#[test]
fn what_is_remembered_of_a_still_article_has_its_size() {
    let test = of_one();
    let id = ArticleId::of_key("url:https://h.test/one");
    let bytes_max = usize::try_from(MIB).unwrap();
    let writer = test.writer();
    for bytes in [bytes_max, bytes_max + 1] {
        writer.remember_still(&id, &vec![b'x'; bytes]).unwrap();
        let kept = test.archive().still(&id).unwrap();
        assert_eq!(kept.map(|it| it.len()), Some(bytes_max));
    }
}

#[test]
fn so_many_killed_runs_are_gone_on_with() {
    let test = of_one();
    for number in 0..17 {
        let folder = test.root().join(format!("tmp/dead-{number}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("notes"), "").unwrap();
    }
    let (writer, recovery) = test.recovering();
    assert_eq!(recovery.left.len(), 16);
    drop((writer, recovery));
}
