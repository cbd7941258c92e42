//! Each kind of damage to each sort of file: all that `verify` says is compared with `sorts.txt`.

use std::fmt::Write as _;
use std::fs;

use crate::damage::{Chance, Kind, apply};
use crate::fixture::Damaged;
use crate::random::is_of_top;
use crate::signed::signed;
use crate::{agree, compare, verify};

/// A file of each sort, and one of its sort or near it that it is swapped with.
pub(crate) const SORTS: &[(&str, &[&str], &[&str])] = &[
    ("marker", &["offprint.json"], &["README.txt"]),
    ("readme", &["README.txt"], &["offprint.json"]),
    (
        "front page",
        &["index.html", "!articles"],
        &["one-", "index.html"],
    ),
    ("picture", &["blobs/", "b1f68e3f"], &["blobs/", "b9a8520a"]),
    ("original", &["blobs/", "cec0d63c"], &["blobs/", "b9a8520a"]),
    (
        "snapshot",
        &["one-", "/snapshots/"],
        &["two-", "/snapshots/"],
    ),
    ("log", &["log/"], &["one-", "view.json"]),
    (
        "checkpoint",
        &["checkpoints/", "!.sig"],
        &["checkpoints/", ".sig"],
    ),
    ("signature", &["checkpoints/", ".sig"], &["README.txt"]),
    ("view", &["one-", "index.html"], &["two-", "index.html"]),
    ("post", &["one-", "post.md"], &["two-", "post.md"]),
    (
        "view's record",
        &["one-", "view.json"],
        &["two-", "view.json"],
    ),
    ("sealed picture", &["derived/"], &["one-", "post.md"]),
];

#[test]
fn each_kind_of_damage_to_each_sort_of_file_has_its_code() {
    let archive = Damaged::of(&signed().join("archive"));
    let aside = tempfile::tempdir().unwrap();
    let sound = archive.plain(&verify(archive.root(), &[]));
    let mut all = String::new();
    for (sort, file, other) in SORTS {
        let (file, other) = (archive.file(file), archive.file(other));
        for kind in Kind::ALL {
            let name = file.file_name().unwrap().to_str().unwrap();
            let below = file.strip_prefix(archive.root()).unwrap();
            if kind == Kind::Duplicated && is_of_top(below.to_str().unwrap()) {
                continue;
            }
            let chance = Chance { at: 10, byte: b'!' };
            let undo = apply(kind, &file, &other, aside.path(), chance);
            writeln!(all, "# {sort} {kind:?}").unwrap();
            let said = archive.plain(&verify(archive.root(), &[]));
            assert!(said != sound, "{sort} {kind:?} is not noticed");
            all += &said.replace(&name.to_uppercase(), "IN CAPITALS");
            // What can't be opened as an archive is not looked at.
            if !said.ends_with("exit code 2\n") {
                agree(archive.root(), said.contains("damage     blob-altered"));
            }
            undo.undo();
        }
    }
    compare(
        "sorts",
        &with_key(&all.replace(aside.path().to_str().unwrap(), "ASIDE")),
    );
}

/// Writes KEY in the place of the name of the key, and TIME in that of when it signed.
pub(crate) fn with_key(all: &str) -> String {
    let names = fs::read_dir(signed().join("archive/checkpoints")).unwrap();
    let name = names.map(|it| it.unwrap().file_name()).next().unwrap();
    let name = name.to_str().unwrap().to_owned();
    let key = &name[13..29];
    let text = signed()
        .join("archive/checkpoints")
        .join(name.trim_end_matches(".sig"));
    let text = fs::read_to_string(text).unwrap();
    let time = text
        .lines()
        .find_map(|line| line.strip_prefix("time "))
        .unwrap();
    all.replace(key, "KEY").replace(time, "TIME")
}
