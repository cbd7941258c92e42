//! Files that belong to somebody else: what may be read is verified as ever, what may not is told, and who may not write is told
//! where and what to do.
//!
//! Whoever may do everything, as root may, is refused nothing. So the program is run as somebody who may not; where the tests
//! are run by such a one, the files are theirs and their modes alone refuse.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::fixture::Damaged;
use crate::signed::signed;
use crate::sorts::SORTS;
use crate::verify;

/// What a refused writer or reader is told to do.
const HINT: &str =
    "hint: you may not write or read there; look at the owner and mode of the folder";

/// An archive in which somebody else may look at everything, and nobody may write.
struct Foreign {
    archive: Damaged,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Foreign {
    fn new() -> Self {
        let archive = Damaged::of(&signed().join("archive"));
        let mut folders = vec![archive.root().to_owned()];
        let mut files = Vec::new();
        let mut at = 0;
        while let Some(folder) = folders.get(at).cloned() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
            at += 1;
        }
        let foreign = Self {
            archive,
            files,
            folders,
        };
        foreign.set(0o444, 0o555);
        foreign
    }

    fn set(&self, files: u32, folders: u32) {
        self.files.iter().for_each(|file| set(file, files));
        self.folders.iter().for_each(|folder| set(folder, folders));
    }

    /// Returns what the program says as somebody else, and its exit code.
    fn run(&self, arguments: &[&str]) -> (String, Option<i32>) {
        let output = as_another()
            .current_dir(self.archive.root())
            .args(["--archive", "."])
            .args(arguments)
            .env_remove("HOME")
            .env_remove("XDG_CACHE_HOME")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let said = text(&output.stdout) + &text(&output.stderr);
        (said, output.status.code())
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // What nobody may write to, nobody may remove.
        self.set(0o644, 0o755);
    }
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Returns the program, run by somebody who is refused what modes forbid.
fn as_another() -> Command {
    static PROGRAM: OnceLock<(TempDir, bool)> = OnceLock::new();
    let (folder, may_all) = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        // A program below a folder that nobody else may enter could not be run, so it is taken out of there.
        fs::copy(
            env!("CARGO_BIN_EXE_offprint"),
            folder.path().join("offprint"),
        )
        .unwrap();
        set(folder.path(), 0o755);
        let closed = folder.path().join("closed");
        fs::write(&closed, "").unwrap();
        set(&closed, 0o000);
        let may_all = fs::read(&closed).is_ok();
        (folder, may_all)
    });
    let program = folder.path().join("offprint");
    if *may_all {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    }
}

#[test]
fn what_belongs_to_another_and_may_be_read_is_verified_as_ever() {
    let foreign = Foreign::new();
    let own = verify(&signed().join("archive"), &[]);
    assert!(own.ends_with("exit code 0\n"), "{own}");
    let (said, code) = foreign.run(&["verify"]);
    let said = format!("{said}exit code {}\n", code.unwrap());
    assert_eq!(foreign.archive.plain(&said), foreign.archive.plain(&own));
}

#[test]
fn what_may_not_be_read_is_told() {
    let foreign = Foreign::new();
    for (sort, parts, _) in SORTS {
        let file = foreign.archive.file(parts);
        let name = file.strip_prefix(foreign.archive.root()).unwrap();
        let name = name.to_str().unwrap();
        set(&file, 0o000);
        let (said, code) = foreign.run(&["verify"]);
        if *sort == "marker" {
            // Nothing says that it is an archive.
            let says = format!("error: can't open ./{name}\n  └─ Permission denied");
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains(&says) && said.contains(HINT), "{said}");
        } else {
            assert_eq!(code, Some(1), "{sort}: {said}");
            let bad = |line: &&str| line.starts_with("incomplete") || line.starts_with("damage");
            let bad: Vec<&str> = said.lines().filter(bad).collect();
            assert_eq!(bad, [format!("incomplete unreadable {name}")], "{said}");
        }
        set(&file, 0o444);
    }
}

/// Nobody knows whether a blob is missing from a folder that can't be looked through.
#[test]
fn of_what_is_in_a_closed_folder_nothing_is_said_to_be_missing() {
    let foreign = Foreign::new();
    let blob = foreign.archive.file(&["blobs/", "b1f68e3f"]);
    let rack = blob.parent().unwrap();
    set(rack, 0o000);
    let (said, code) = foreign.run(&["verify"]);
    set(rack, 0o555);
    assert_eq!(code, Some(1), "{said}");
    let name = blob.strip_prefix(foreign.archive.root()).unwrap();
    let name = name.to_str().unwrap();
    let bad = said.lines().filter(|line| line.starts_with("incomplete"));
    let expected = ["blobs/sha256/b1", name].map(|it| format!("incomplete unreadable {it}"));
    assert_eq!(bad.collect::<Vec<_>>(), expected, "{said}");
    let says = "blobs/sha256/b1 can't be looked through (article ";
    assert!(said.contains(says), "{said}");
}

#[test]
fn who_may_not_write_is_told_where_and_what_to_do() {
    let foreign = Foreign::new();
    let view = foreign.archive.file(&["one-", "index.html"]);
    let other = foreign.archive.file(&["two-", "index.html"]);
    set(&view, 0o644);
    fs::copy(other, &view).unwrap();
    set(&view, 0o444);
    let before = foreign.archive.contents();
    let inputs = tempfile::tempdir().unwrap();
    set(inputs.path(), 0o755);
    let post = inputs.path().join("new.md");
    fs::write(&post, "New").unwrap();
    let copy = inputs.path().join("copy");
    let (post, copy) = (post.to_str().unwrap(), copy.to_str().unwrap());
    for (arguments, what) in [
        (&["add", post][..], "can't open for writing ./lock"),
        (&["repair"], "can't open for writing ./lock"),
        (&["remove", "One"], "can't open for writing ./lock"),
        (&["verify", "--resume"], "can't create the folder ./state"),
        (&["copy", copy], "can't create the folder "),
    ] {
        let (said, code) = foreign.run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        let says = format!("error: {what}");
        assert!(said.contains(&says), "{arguments:?}: {said}");
        let why = "\n  └─ Permission denied (os error 13)\n";
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert!(
            said.ends_with(&format!("{HINT}\n")),
            "{arguments:?}: {said}"
        );
    }
    assert_eq!(before, foreign.archive.contents(), "something was written");
}
