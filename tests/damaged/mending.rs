//! Every kind of damage is mended from a sound copy, as far as it can be, and what was damaged is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use crate::fixture::{Damaged, sound, walk};

/// What `repair` can't mend, with the exit code that says so.
const NOT_MENDED: &[(&str, i32)] = &[
    // The log is what it is: chained, and naming what no entry before it committed.
    ("log_that_observes_nothing", 1),
    ("log_that_removes_nothing", 1),
    // Nothing is known of what a later release means.
    ("archive_of_a_later_format", 2),
    ("archive_that_requires_more", 2),
];

/// Mends the damaged archive from the sound one, and checks that it is as it was.
#[track_caller]
pub(crate) fn check(name: &str, archive: &Damaged) {
    let before = archive.contents();
    let planned = repair(archive, &["--plan"]);
    assert_eq!(before, archive.contents(), "{name}: a plan writes nothing");
    let output = repair(archive, &[]);
    let said = format!("{name}: {}", text(&output));
    let left = NOT_MENDED.iter().find(|(it, _)| *it == name);
    if let Some((_, code)) = left {
        assert_eq!(output.status.code(), Some(*code), "{said}");
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{said}");
    let was_sound = crate::verify(sound(), &[]).ends_with("exit code 0\n");
    assert!(was_sound);
    let verified = crate::verify(archive.root(), &[]);
    assert!(verified.ends_with("exit code 0\n"), "{said}\n{verified}");
    let is_planned = text(&planned).contains("to mend   ");
    assert_eq!(is_planned, text(&output).contains("mended    "), "{said}");
    assert_eq!(planned.status.code(), Some(i32::from(is_planned)), "{said}");

    let after = archive.contents();
    let removed = name == "article_removed";
    for (path, bytes) in truth(sound()).iter().filter(|_| !removed) {
        let mended = after.get(path).map_or(&[][..], Vec::as_slice);
        let is_same = if path.starts_with("log/") {
            mended.starts_with(bytes)
        } else {
            mended == bytes
        };
        assert!(is_same, "{said}: {path} is not as it was");
    }
    let kept: BTreeSet<&Vec<u8>> = after.values().collect();
    for (path, bytes) in before.iter().filter(|(path, _)| is_kept(path)) {
        assert!(kept.contains(bytes), "{said}: {path} was not kept");
    }
}

/// Returns whether a file is one that must not be lost, whatever it is: what is derived may be written anew, and what a dead
/// writer left is removed.
fn is_kept(path: &str) -> bool {
    let is_log = path.starts_with("log/");
    let is_derived = path.ends_with("view.json") || path == "index.html";
    !is_log && !is_derived && !path.starts_with("tmp/")
}

fn truth(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    walk(root, root, &mut files);
    files.retain(|path, _| {
        path.starts_with("blobs/") || path.contains("/snapshots/") || path.starts_with("log/")
    });
    files
}

fn repair(archive: &Damaged, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.arg("--archive").arg(archive.root());
    command.arg("repair").arg("--from").arg(sound());
    command.args(options).output().unwrap()
}

fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}
