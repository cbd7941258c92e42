//! What does a reader find, and what does it refuse?

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use offprint::archive::{Archive, ArchiveError, Area, Stray, layout};
use offprint::digest::Digest;
use tempfile::TempDir;

use crate::{Test, capture, commit, names, second};

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
fn the_log_says_what_is_newest_whatever_the_clock_says() {
    let test = Test::new();
    let writer = test.writer();
    let time = second(9);
    // Within one second, and with a clock that is set back.
    for back in [0, 1, 2, 1_000_000_000, 3_000_000_000, 2_000_000_000] {
        let pending = capture(
            &writer,
            "one",
            time - jiff::SignedDuration::from_nanos(back),
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
    let strays: Vec<String> = archive
        .survey(Area::Blobs)
        .map(Result::unwrap)
        .filter_map(|sighting| Some(format!("{} {:?}", sighting.path, sighting.place.err()?)))
        .map(|text| {
            text.replace(&digest, "D")
                .replace(&digest.to_uppercase(), "U")
                .replace(&digest[..2], "dd")
        })
        .collect();
    assert_eq!(
        strays,
        [
            "blobs/sha256/00/D.html Unknown",
            "blobs/sha256/00/D.jpg Misplaced",
            "blobs/sha256/00/link NoFile(Symlink)",
            "blobs/sha256/00/deep/er/and/deep NoFile(Folder)",
            "blobs/sha256/dd/U.bin WrongCase",
            "blobs/sha256/dd/D.bin NoFile(Folder)",
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

/// Else a stranger's archive would have files read that are none of it.
#[test]
fn a_link_in_the_place_of_a_folder_of_blobs_is_not_followed() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let archive = test.archive();
    let article = archive.articles().unwrap().remove(0);
    let newest = archive.newest_snapshot(&article).unwrap().unwrap();
    let original = newest.snapshot.original;
    assert!(archive.read_blob(&original, "bin", 1 << 20).is_ok());
    let folder = test.root().join("blobs/sha256").join(original.short(2));
    let elsewhere = test.root().with_file_name("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    let read = archive.read_blob(&original, "bin", 1 << 20);
    assert!(
        matches!(read, Err(ArchiveError::Obstructed { .. })),
        "{read:?}"
    );
    let opened = archive.open_blob(&original, "bin").map(|_| ());
    assert!(
        matches!(opened, Err(ArchiveError::Obstructed { .. })),
        "{opened:?}"
    );
}
