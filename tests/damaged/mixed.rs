//! Two archives mixed: all that `verify` says, and `repair` from a copy of the first, is compared with `NAME.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::fixture::{Damaged, add, copy, walk};
use crate::signed::signed;
use crate::sorts::with_key;
use crate::{agree, compare, verify};

/// One test a mixture.
macro_rules! mixtures {
    ($($name:ident: $mix:expr;)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name), $mix);
        })*
    };
}

mixtures! {
    mixed_articles: |it, other| over(it, other, &["articles"]);
    mixed_blobs: |it, other| over(it, other, &["blobs"]);
    mixed_log_replaced: |it, other| over(it, other, &["log"]);
    mixed_log_continued: |it, other| {
        // The file that comes after the first's, by its name.
        let log = other.join("log/000000000000.jsonl");
        fs::copy(log, it.join("log/000000000004.jsonl")).unwrap();
    };
    mixed_articles_and_blobs: |it, other| over(it, other, &["articles", "blobs"]);
    mixed_articles_and_log: |it, other| over(it, other, &["articles", "log"]);
    mixed_blobs_and_log: |it, other| over(it, other, &["blobs", "log"]);
    mixed_articles_blobs_and_log: |it, other| over(it, other, &["articles", "blobs", "log"]);
    mixed_whole_beneath: |it, other| {
        // What is there stays: `cp -rn`.
        for (path, bytes) in files(other) {
            let path = it.join(path);
            if !path.exists() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    };
}

fn files(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    walk(archive, archive, &mut files);
    files
}

fn over(archive: &Path, other: &Path, folders: &[&str]) {
    for folder in folders {
        copy(&other.join(folder), &archive.join(folder));
    }
}

/// Returns an archive with an article of its own, and one that the first has, too, with another text.
fn other() -> &'static Path {
    static OTHER: OnceLock<TempDir> = OnceLock::new();
    let make = || {
        let (folder, posts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["three", "two"] {
            let text = format!("---\ntitle: {name}\n---\n\nAnother archive's {name}.\n");
            let file = format!("{name}.md");
            fs::write(posts.path().join(&file), text).unwrap();
            add(folder.path(), posts.path(), &[&file], 0);
        }
        fs::remove_dir_all(folder.path().join("tmp")).unwrap();
        fs::remove_file(folder.path().join("lock")).unwrap();
        folder
    };
    OTHER.get_or_init(make).path()
}

#[track_caller]
fn check(name: &str, mix: impl FnOnce(&Path, &Path)) {
    let archive = Damaged::of(&signed().join("archive"));
    mix(archive.root(), other());
    let before = archive.contents();
    let found = verify(archive.root(), &[]);
    assert_eq!(before, archive.contents(), "verify has written something");
    agree(archive.root(), found.contains("damage     blob-altered"));
    let repaired = repair(archive.root());
    let after = verify(archive.root(), &[]);
    let contents = archive.contents();
    let kept: BTreeSet<&Vec<u8>> = contents.values().collect();
    for (path, bytes) in before.iter().filter(|(path, _)| is_truth(path)) {
        assert!(kept.contains(bytes), "{name}: {path} was not kept");
    }
    let all = [
        ("verify", archive.plain(&found)),
        ("repair --from COPY", repaired),
        ("verify", archive.plain(&after)),
    ];
    let all = all.map(|(command, said)| {
        let said = plain(&archive, &said);
        format!("$ offprint {command}\n{said}")
    });
    compare(name, &with_key(&all.concat()));
}

fn is_truth(path: &str) -> bool {
    path.starts_with("blobs/") || path.contains("/snapshots/")
}

fn repair(archive: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.arg("--archive").arg(archive);
    command.args(["repair", "--from"]);
    let output = command.arg(signed().join("archive")).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "{}{}exit code {}\n",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().unwrap()
    )
}

/// Replaces what differs from run to run, and sorts anew what was sorted by it.
fn plain(archive: &Damaged, said: &str) -> String {
    let copy = signed().join("archive");
    let copy = copy.to_str().unwrap();
    let mut said = archive.without_names(said).replace(copy, "COPY");
    for path in files(other())
        .keys()
        .filter(|path| path.contains("/snapshots/"))
    {
        let (folder, file) = path.rsplit_once('/').unwrap();
        let title = if folder.contains("/three-") {
            "THREE"
        } else {
            "TWO"
        };
        let digest = file.split(['-', '.']).nth(1).unwrap();
        said = said.replace(file, &format!("OTHER-{title}.json"));
        said = said.replace(digest, &format!("OTHER-{title}-DIGEST"));
    }
    let mut blocks: Vec<String> = Vec::new();
    for line in said.split_inclusive('\n') {
        match blocks.last_mut() {
            Some(last) if line.starts_with(' ') => last.push_str(line),
            _ => blocks.push(line.to_owned()),
        }
    }
    // Findings first; the lines after them stay in their order.
    blocks.sort_by_key(|block| {
        let is_finding = block.contains("\n ");
        (!is_finding, is_finding.then(|| block.clone()))
    });
    blocks.concat()
}
