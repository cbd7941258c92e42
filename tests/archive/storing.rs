//! Is what was put and committed there as it was, once, and nothing else?

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use offprint::archive::{Archive, ArchiveError, Area, layout};
use offprint::digest::Digest;
use offprint::snapshot::Named;

use crate::{Test, capture, commit, names, second};

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
    assert_eq!(names(&folder.path.under(&test.root())).len(), 2);
    drop(blob);
    assert_eq!(names(&folder.path.under(&test.root())), ["alive"]);
}

#[test]
fn a_blob_is_held_from_its_last_byte_and_part_of_the_archive_from_its_commit() {
    let test = Test::new();
    let writer = test.writer();
    let pending = capture(&writer, "one", second(1));
    let blobs = pending.snapshot.blobs();
    let archive = test.archive();
    let read = |blob: &Named| archive.read_blob(&blob.digest, blob.extension, 100).is_ok();
    assert!(
        blobs
            .iter()
            .all(|blob| writer.holds(blob).unwrap() && !read(blob))
    );
    let group = writer.commit(&[pending], second(1)).unwrap();
    writer.settle(&group.plan).unwrap();
    assert!(
        blobs
            .iter()
            .all(|blob| writer.holds(blob).unwrap() && read(blob))
    );
    let digest = Digest::of(b"other");
    assert!(!writer.holds(&Named { digest, ..blobs[0] }).unwrap());
}

#[test]
fn derived_files_are_put_in_the_place_of_others() {
    let test = Test::new();
    let writer = test.writer();
    let folder = commit(&writer, "one", second(1)).folder;
    let sheet = layout::derived(&Digest::of(b"a{}"), "css");
    for text in ["first", "second"] {
        let files = [
            (folder.view(), text.into()),
            (folder.view_record(), b"{}".to_vec()),
            (sheet.clone(), b"a{}".to_vec()),
        ];
        writer.derive(&files).unwrap();
        assert_eq!(test.bytes(&folder.view()), text.as_bytes());
    }
    drop(writer);
    let archive = test.archive();
    let places = |area| {
        archive
            .survey(area)
            .filter(|seen| seen.as_ref().unwrap().place.is_ok())
            .count()
    };
    assert_eq!(
        (
            places(Area::Articles),
            places(Area::Derived),
            places(Area::Log)
        ),
        (3, 1, 1)
    );
    assert_eq!(test.assert_sound(), 1);
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
