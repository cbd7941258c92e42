//! Is what was committed there, whole, whatever happens to the process, the disk and the neighbours?

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use offprint::archive::log::Line;
use offprint::archive::{
    Archive, ArchiveError, ArchivePath, Area, ArticleFolder, Checkpoint, Committed, Holder,
    Pending, Recovery, Step, Stray, Writer, WriterOptions, layout,
};
use offprint::digest::Digest;
use offprint::document::Kind as DocumentKind;
use offprint::link::Link;
use offprint::media::MediaType;
use offprint::refs::{Kind, Role};
use offprint::snapshot::{Document, FORMAT, Facts, Mention, Outcome, Resource, Snapshot, Source};
use tempfile::TempDir;

const STEPS: [Step; 8] = [
    Step::Planned,
    Step::ContentsDurable,
    Step::BlobsNamed,
    Step::NamesDurable,
    Step::SnapshotsNamed,
    Step::SnapshotsDurable,
    Step::Logged,
    Step::Committed,
];

fn options() -> WriterOptions {
    WriterOptions {
        lock_wait: Duration::from_secs(60),
        checkpoint: Checkpoint::none(),
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// An archive in a temporary folder.
struct Test {
    dir: TempDir,
}

impl Test {
    fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    fn root(&self) -> std::path::PathBuf {
        self.dir.path().join("archive")
    }

    fn archive(&self) -> Archive {
        Archive::open_or_create(&self.root()).unwrap()
    }

    fn writer(&self) -> Writer {
        self.recovering().0
    }

    fn recovering(&self) -> (Writer, Recovery) {
        self.archive().writer(options(), second(0)).unwrap()
    }

    fn bytes(&self, path: &ArchivePath) -> Vec<u8> {
        fs::read(path.under(&self.root())).unwrap()
    }

    /// Checks that every committed snapshot can be read with all its blobs, that nothing else lies about, and that the
    /// log holds together. Returns how many snapshots are committed.
    #[track_caller]
    fn assert_sound(&self) -> usize {
        let archive = Archive::open(&self.root()).unwrap();
        let mut committed = Vec::new();
        for line in archive.log().unwrap() {
            let Line::Entry(entry) = line else {
                panic!("{line:?}")
            };
            committed.push(entry.snapshot);
        }
        let mut found = Vec::new();
        for article in archive.articles().unwrap() {
            for path in archive.snapshots(&article).unwrap() {
                let file = archive.read_snapshot(&path).unwrap();
                for blob in file.snapshot.blobs() {
                    let path = layout::blob(&blob.digest, blob.extension);
                    assert_eq!(archive.digest(&path).unwrap(), (blob.digest, blob.size));
                }
                found.push(file.digest);
            }
        }
        committed.sort();
        found.sort();
        assert_eq!(committed, found);
        assert_eq!(archive.leftovers().unwrap(), []);
        committed.len()
    }
}

fn put(writer: &Writer, bytes: &[u8], extension: &'static str) -> Digest {
    let mut blob = writer.blob().unwrap();
    blob.write_all(bytes).unwrap();
    let stored = blob.finish(extension).unwrap();
    assert_eq!(
        (stored.digest, stored.bytes),
        (Digest::of(bytes), bytes.len() as u64)
    );
    stored.digest
}

/// Puts a page and its picture, and returns their capture.
fn capture(writer: &Writer, name: &str, time: Timestamp) -> Pending {
    let (page, picture) = (format!("page {name}"), format!("picture {name}"));
    let address = Link::parse(&format!("https://h.test/{name}")).unwrap();
    let resource = Resource {
        digest: put(writer, picture.as_bytes(), "jpg"),
        media: MediaType::Jpeg,
        size: picture.len() as u64,
        width: Some(1),
        height: Some(1),
    };
    let mention = Mention {
        start: 0,
        end: 4,
        written: "page".to_owned(),
        kind: Kind::ImgSrc,
        role: Role::Image,
        target: Some(address.clone()),
        promotion: None,
        outcome: Outcome::Kept(resource),
    };
    let digest = put(writer, page.as_bytes(), "bin");
    let document = Document {
        kind: DocumentKind::Page,
        digest,
        size: page.len() as u64,
        url: Some(address.clone()),
        base: None,
        charset: "UTF-8".to_owned(),
        references: vec![mention],
    };
    let snapshot = Snapshot {
        format: FORMAT,
        tool: "offprint test".to_owned(),
        time,
        source: Source {
            key: address.key(),
            given: name.to_owned(),
            url: Some(address.clone()),
            aliases: vec![format!("url:https://old.test/{name}")],
        },
        article: Facts::default(),
        original: digest,
        documents: vec![document],
        exchanges: Vec::new(),
    };
    Pending {
        folder: ArticleFolder::new(&address.key(), Some(&address), Some(name)),
        snapshot,
    }
}

/// Commits one capture and settles it.
fn commit(writer: &Writer, name: &str, time: Timestamp) -> Committed {
    let pending = capture(writer, name, time);
    let mut group = writer.commit(&[pending], time).unwrap();
    writer.settle(&group.plan).unwrap();
    group.snapshots.swap_remove(0)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_committed_can_be_read_back() {
    let test = Test::new();
    let writer = test.writer();
    let pending = capture(&writer, "one", second(1));
    let group = writer
        .commit(std::slice::from_ref(&pending), second(2))
        .unwrap();
    writer.settle(&group.plan).unwrap();
    let committed = &group.snapshots[0];
    drop(writer);

    assert_eq!(names(&test.root().join("tmp")), ["commit.lock"]);
    assert_eq!(
        names(&test.root()),
        [
            "README.txt",
            "articles",
            "blobs",
            "lock",
            "log",
            "offprint.json",
            "state",
            "tmp"
        ]
    );
    assert_eq!(
        test.bytes(&layout::marker()),
        b"{\"format\":1,\"requires\":[]}\n"
    );
    assert_eq!(
        test.bytes(&layout::blob(&Digest::of(b"picture one"), "jpg")),
        b"picture one"
    );
    let archive = Archive::open(&test.root()).unwrap();
    let newest = archive.newest_snapshot(&committed.folder).unwrap().unwrap();
    assert_eq!(
        (&newest.snapshot, &newest.path),
        (&pending.snapshot, &committed.path)
    );
    assert_eq!(archive.committed(&newest.digest).unwrap(), Some(0));
    assert_eq!(
        archive
            .read_blob(&pending.snapshot.original, "bin", 100)
            .unwrap(),
        b"page one"
    );
    let too_large = archive.read_blob(&pending.snapshot.original, "bin", 3);
    assert!(matches!(
        too_large,
        Err(ArchiveError::TooLarge { limit: 3, .. })
    ));
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn identical_bytes_are_stored_once() {
    let test = Test::new();
    let writer = test.writer();
    let stored = |bytes: &[u8]| {
        let mut blob = writer.blob().unwrap();
        blob.write_all(bytes).unwrap();
        blob.finish("jpg").unwrap().new
    };
    assert!(stored(b"picture one") && !stored(b"picture one"));
    commit(&writer, "one", second(1));
    assert!(!stored(b"picture one"));
    commit(&writer, "one", second(2));
    assert!(stored(b"never named"));
    let files = |area| test.archive().survey(area).count();
    assert_eq!((files(Area::Blobs), files(Area::Articles)), (2, 2));
    drop(writer);
    assert_eq!((files(Area::Blobs), test.assert_sound()), (2, 2));
}

#[test]
fn an_unfinished_blob_leaves_nothing() {
    let test = Test::new();
    let writer = test.writer();
    let folder = test.archive().leftovers().unwrap().swap_remove(0);
    assert!(folder.alive);
    let mut blob = writer.blob().unwrap();
    blob.write_all(b"half").unwrap();
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut blob.reopen().unwrap(), &mut read).unwrap();
    assert_eq!(read, b"half");
    drop(blob);
    assert_eq!(names(&folder.path.under(&test.root())), ["alive"]);
}

#[test]
fn a_blob_of_another_length_is_set_aside_and_never_trusted() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let path = layout::blob(&Digest::of(b"picture one"), "jpg");
    fs::write(path.under(&test.root()), b"").unwrap();
    let writer = test.writer();
    commit(&writer, "one", second(2));
    assert_eq!(test.bytes(&path), b"picture one");
    assert_eq!(names(&test.root().join("state/damaged")).len(), 1);

    fs::remove_file(path.under(&test.root())).unwrap();
    fs::create_dir(path.under(&test.root())).unwrap();
    commit(&writer, "one", second(3));
    drop(writer);
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn a_snapshot_can_t_name_what_is_not_here() {
    let test = Test::new();
    let writer = test.writer();
    let mut pending = capture(&writer, "one", second(1));
    pending.snapshot.documents[0].size += 1;
    let error = writer
        .commit(std::slice::from_ref(&pending), second(1))
        .unwrap_err();
    assert!(matches!(error, ArchiveError::BlobMissing { .. }), "{error}");
    pending.snapshot.documents[0].size -= 1;
    pending.snapshot.documents[0].references[0].end = 1000;
    let error = writer
        .commit(std::slice::from_ref(&pending), second(1))
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Snapshot { .. }), "{error}");
    pending.snapshot.documents[0].references[0].end = 4;
    let group = writer.commit(&[pending], second(1)).unwrap();
    writer.settle(&group.plan).unwrap();
    drop(writer);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn only_archives_are_opened() {
    #[track_caller]
    fn check(root: &Path, expected: &str) {
        let read = Archive::open(root).unwrap_err();
        assert!(format!("{read:?}").starts_with(expected), "{read:?}");
        assert!(read.hint().is_some() || expected == "Obstructed");
    }
    let dir = TempDir::new().unwrap();
    let root = dir.path().join("archive");
    check(&root, "NoArchive");
    fs::create_dir(&root).unwrap();
    check(&root, "NoArchive");
    fs::write(root.join("notes.txt"), "mine").unwrap();
    check(&root, "NotAnArchive");
    assert!(matches!(
        Archive::open_or_create(&root),
        Err(ArchiveError::NotAnArchive { .. })
    ));
    assert_eq!(names(&root), ["notes.txt"]);
    check(&root.join("notes.txt"), "Obstructed");
    assert!(matches!(
        Archive::open_or_create(&root.join("notes.txt")),
        Err(ArchiveError::Obstructed { .. })
    ));
    assert!(Archive::open_or_create(&root.join("notes.txt/below")).is_err());

    fs::write(root.join("offprint.json"), "{\"format\":2,\"requires\":[]}").unwrap();
    check(&root, "LaterFormat");
    assert!(matches!(
        Archive::open_or_create(&root),
        Err(ArchiveError::LaterFormat { found: 2, .. })
    ));
    fs::write(
        root.join("offprint.json"),
        "{\"format\":1,\"requires\":[\"packs\"]}",
    )
    .unwrap();
    check(&root, "UnknownRequirement");
    fs::write(root.join("offprint.json"), "").unwrap();
    check(&root, "Marker");
    fs::write(
        root.join("offprint.json"),
        "{\"format\":1,\"requires\":[],\"later\":[1]}",
    )
    .unwrap();
    assert!(Archive::open(&root).is_ok());
}

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

#[test]
fn writers_side_by_side_lose_nothing() {
    const EACH: i64 = 8;
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
    assert_eq!(test.assert_sound(), 48);
    assert_eq!(test.archive().articles().unwrap().len(), 25);
}

#[test]
fn two_titles_of_one_article_share_a_folder() {
    let test = Test::new();
    let writer = test.writer();
    let first = commit(&writer, "one", second(1));
    let mut pending = capture(&writer, "one", second(2));
    let key = pending.snapshot.source.key.clone();
    pending.folder = ArticleFolder::new(
        &key,
        pending.snapshot.source.url.as_ref(),
        Some("another title"),
    );
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

/// Not a test by itself: the process that the next test lets die.
#[test]
fn die_at_a_step() {
    let (Ok(root), Ok(step)) = (
        std::env::var("OFFPRINT_TEST_ROOT"),
        std::env::var("OFFPRINT_TEST_STEP"),
    ) else {
        return;
    };
    let checkpoint = Checkpoint::new(move |reached| {
        if format!("{reached:?}") == step {
            std::process::abort();
        }
    });
    let archive = Archive::open_or_create(Path::new(&root)).unwrap();
    let (writer, _) = archive
        .writer(
            WriterOptions {
                checkpoint,
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
    for step in STEPS {
        let test = Test::new();
        commit(&test.writer(), "one", second(1));
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "die_at_a_step"])
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
            .for_each(|plan| writer.settle(plan).unwrap());
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
    let checkpoint = Checkpoint::new(|step| assert!(step != Step::SnapshotsDurable, "dies here"));
    let (writer, _) = test
        .archive()
        .writer(
            WriterOptions {
                checkpoint,
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
        .for_each(|plan| writer.settle(plan).unwrap());
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

#[test]
fn nothing_is_written_through_what_should_not_be_there() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let outside = test.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::rename(
        test.root().join("articles"),
        test.root().join("articles.old"),
    )
    .unwrap();
    symlink(&outside, test.root().join("articles")).unwrap();
    let writer = test.writer();
    let error = writer
        .commit(&[capture(&writer, "two", second(2))], second(2))
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Obstructed { .. }), "{error}");
    assert_eq!(names(&outside), [""; 0]);
    fs::remove_file(test.root().join("articles")).unwrap();
    fs::write(test.root().join("articles"), "a file").unwrap();
    let error = writer
        .commit(&[capture(&writer, "two", second(2))], second(2))
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Obstructed { .. }), "{error}");
    fs::remove_file(test.root().join("articles")).unwrap();
    fs::rename(
        test.root().join("articles.old"),
        test.root().join("articles"),
    )
    .unwrap();

    // A view is put in the place of a link, not written through it.
    let committed = commit(&writer, "two", second(2));
    let target = outside.join("precious");
    fs::write(&target, "mine").unwrap();
    symlink(&target, committed.folder.view().under(&test.root())).unwrap();
    writer
        .derive(&[(committed.folder.view(), b"view".to_vec())])
        .unwrap();
    assert_eq!(
        (
            fs::read(&target).unwrap(),
            test.bytes(&committed.folder.view())
        ),
        (b"mine".to_vec(), b"view".to_vec())
    );
    drop(writer);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn an_article_is_found_by_whatever_a_person_has() {
    let test = Test::new();
    let writer = test.writer();
    let one = commit(&writer, "one", second(1));
    let two = commit(&writer, "two", second(1));
    writer
        .remember_aliases(&["url:https://old.test/one".to_owned()], one.folder.id())
        .unwrap();
    let archive = test.archive();
    let id = one.folder.id().as_str();
    let view = one.folder.view();
    let absolute = view.under(&test.root());
    fs::write(&absolute, "view").unwrap();
    for text in [
        id,
        &id[..7],
        &id[..1],
        "https://h.test/one",
        "HTTPS://h.test:443/one#top",
        "https://old.test/one",
        "url:https://h.test/one",
        view.as_str(),
        one.path.as_str(),
        absolute.to_str().unwrap(),
    ] {
        assert_eq!(archive.resolve(text).unwrap(), one.folder, "{text}");
    }
    for text in [
        "",
        "z",
        "https://h.test/three",
        "articles/h.test/00/x-00000000000000000000",
        "/etc",
        "../one",
        "é",
    ] {
        let error = archive.resolve(text).unwrap_err();
        assert!(
            matches!(error, ArchiveError::UnknownArticle { .. }),
            "{text}: {error}"
        );
    }
    // Titles change; the folder of an article stays.
    assert_eq!(
        archive.article(two.folder.id()).unwrap(),
        Some(two.folder.clone())
    );
    let twin = archive
        .root()
        .join(format!("articles/other.test/{}/x-{id}", &id[..2]));
    fs::create_dir_all(twin).unwrap();
    let error = archive.resolve(id).unwrap_err();
    assert!(
        matches!(error, ArchiveError::AmbiguousArticle { .. })
            && error.to_string().contains("other.test")
    );
}

#[test]
fn aliases_are_recalled_from_snapshots() {
    let test = Test::new();
    let one = commit(&test.writer(), "one", second(1));
    let archive = test.archive();
    assert_eq!(archive.alias("url:https://old.test/one").unwrap(), None);
    fs::remove_dir_all(test.root().join("state")).unwrap();
    drop(test.writer());
    assert_eq!(
        archive.alias("url:https://old.test/one").unwrap().as_ref(),
        Some(one.folder.id())
    );
    assert_eq!(
        archive.article_of_key("url:https://old.test/one").unwrap(),
        Some(one.folder)
    );
    let shelf = test.root().join("state/aliases");
    let file = shelf.join(&names(&shelf)[0]);
    fs::write(file.join(&names(&file)[0]), "").unwrap();
    assert_eq!(archive.alias("url:https://old.test/one").unwrap(), None);
}

#[test]
fn within_one_second_the_log_says_what_is_newest() {
    let test = Test::new();
    let writer = test.writer();
    let time = second(1);
    for nanosecond in 0..6 {
        let pending = capture(
            &writer,
            "one",
            time + jiff::SignedDuration::from_nanos(nanosecond),
        );
        let group = writer.commit(&[pending], time).unwrap();
        writer.settle(&group.plan).unwrap();
        let newest = test
            .archive()
            .newest_snapshot(&group.snapshots[0].folder)
            .unwrap()
            .unwrap();
        assert_eq!(newest.path, group.snapshots[0].path);
    }
    let folder = test.archive().articles().unwrap().swap_remove(0);
    // A damaged one is passed over.
    let newest = test.archive().newest_snapshot(&folder).unwrap().unwrap();
    fs::write(newest.path.under(&test.root()), "{}").unwrap();
    assert!(matches!(
        test.archive().read_snapshot(&newest.path),
        Err(ArchiveError::Damaged { .. })
    ));
    assert_ne!(
        test.archive()
            .newest_snapshot(&folder)
            .unwrap()
            .unwrap()
            .path,
        newest.path
    );
}

#[test]
fn a_survey_sees_everything_and_opens_nothing() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let root = test.root();
    let digest = Digest::of(b"x").to_string();
    let shelf = root.join("blobs/sha256").join(&digest[..2]);
    fs::create_dir_all(&shelf).unwrap();
    fs::create_dir_all(root.join("blobs/sha256/00/deep/er/and/deep/er")).unwrap();
    fs::write(shelf.join(digest.to_uppercase() + ".bin"), "x").unwrap();
    fs::write(root.join(format!("blobs/sha256/00/{digest}.jpg")), "x").unwrap();
    fs::write(root.join(format!("blobs/sha256/00/{digest}.html")), "x").unwrap();
    symlink("/etc/passwd", root.join("blobs/sha256/00/link")).unwrap();
    fs::create_dir(shelf.join(format!("{digest}.bin"))).unwrap();
    let archive = test.archive();
    let mut strays: Vec<String> = archive
        .survey(Area::Blobs)
        .map(Result::unwrap)
        .filter_map(|sighting| Some(format!("{} {:?}", sighting.path, sighting.place.err()?)))
        .map(|text| {
            text.replace(&digest, "D")
                .replace(&digest.to_uppercase(), "U")
                .replace(&digest[..2], "dd")
        })
        .collect();
    strays.sort();
    assert_eq!(
        strays,
        [
            "blobs/sha256/00/D.html Unknown",
            "blobs/sha256/00/D.jpg Misplaced",
            "blobs/sha256/00/deep/er/and/deep NoFile(Folder)",
            "blobs/sha256/00/link NoFile(Symlink)",
            "blobs/sha256/dd/D.bin NoFile(Folder)",
            "blobs/sha256/dd/U.bin WrongCase",
        ]
    );
    fs::write(root.join("notes.txt"), "x").unwrap();
    let top: Vec<_> = archive.survey(Area::Top).map(Result::unwrap).collect();
    assert_eq!(top.len(), 4);
    assert_eq!(
        top.iter()
            .filter(|it| it.place == Err(Stray::Unknown))
            .count(),
        1
    );
    assert_eq!(
        archive
            .survey(Area::Articles)
            .map(Result::unwrap)
            .filter(|it| it.place.is_ok())
            .count(),
        1
    );
    assert_eq!(archive.survey(Area::Derived).count(), 0);
}

#[test]
fn the_readme_tells_how_to_check() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let check = "find blobs -type f | while read -r f; do\n\
        n=${f##*/}; s=$(sha256sum < \"$f\")\n[ \"${s%% *}\" = \"${n%%.*}\" ] || echo \"DAMAGED $f\"\ndone";
    let readme = String::from_utf8(test.bytes(&layout::readme())).unwrap();
    let told: Vec<&str> = readme.lines().map(str::trim).collect();
    assert!(told.join("\n").contains(check));
    let run = || {
        let output = Command::new("sh")
            .args(["-c", check])
            .current_dir(test.root())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(run(), "");
    let path = layout::blob(&Digest::of(b"picture one"), "jpg");
    fs::write(path.under(&test.root()), "PICTURE ONE").unwrap();
    assert_eq!(run(), format!("DAMAGED {path}\n"));
}
