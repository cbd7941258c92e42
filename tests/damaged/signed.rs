//! An archive that somebody signed: what only its checkpoint shows.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use offprint::digest::Digest;
use tempfile::TempDir;

use crate::fixture::{Damaged, copy, sound};
use crate::{agree, verify};

/// Who signed, and what the one who checks has: a file of signers.
const WHO: &str = "kai@example.com";

/// Returns a folder with the sound archive, signed, and the signers.
pub(crate) fn signed() -> &'static Path {
    static SIGNED: OnceLock<TempDir> = OnceLock::new();
    SIGNED.get_or_init(make).path()
}

fn make() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    copy(sound(), &archive);
    let key = folder.path().join("key");
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]);
    assert!(command.arg(&key).status().unwrap().success());
    let public = fs::read_to_string(folder.path().join("key.pub")).unwrap();
    let signers = format!("{WHO} {public}");
    fs::write(folder.path().join("signers"), signers).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command
        .arg("--archive")
        .arg(&archive)
        .arg("sign")
        .arg("--key")
        .arg(&key);
    let status = command
        .args(["--identity", WHO, "--quiet"])
        .output()
        .unwrap()
        .status;
    assert!(status.success());
    for name in ["tmp", "lock", "state"] {
        let path = archive.join(name);
        drop(fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path)));
    }
    folder
}

/// Damages the signed archive, and returns what `verify` says to whoever has the signers.
fn said(damage: impl FnOnce(&Damaged)) -> String {
    let archive = Damaged::of(&signed().join("archive"));
    damage(&archive);
    let signers = signed().join("signers");
    let said = verify(archive.root(), &["--signers", signers.to_str().unwrap()]);
    agree(archive.root(), said.contains("damage     blob-altered"));
    said
}

#[track_caller]
fn check(damage: impl FnOnce(&Damaged), codes: &[&str]) {
    let said = said(damage);
    assert!(said.ends_with("exit code 1\n"), "{said}");
    for code in codes {
        assert!(said.contains(&format!(" {code} ")), "no {code}: {said}");
    }
}

/// Makes each line follow from the one before, as somebody would who hides what they did.
fn rechain(lines: &mut [String]) {
    let mut previous = "0".repeat(64);
    for (index, line) in lines.iter_mut().enumerate() {
        let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
        entry["index"] = index.into();
        entry["previous"] = previous.into();
        *line = entry.to_string();
        previous = Digest::of(line.as_bytes()).to_string();
    }
}

#[test]
fn what_was_signed_is_sound() {
    let said = said(|_| {});
    assert!(
        said.contains("signed by kai@example.com: the log up to 4 entries"),
        "{said}"
    );
    assert!(said.ends_with("exit code 0\n"), "{said}");
}

/// With the log, the snapshot and the blobs of an article gone and the chain made anew, nothing else would show it.
#[test]
fn an_entry_that_was_removed_and_the_chain_made_anew() {
    check(
        |it| {
            it.log(|lines| {
                lines.remove(1);
                rechain(lines);
            });
            let folder = it.file(&["one-", "view.json"]);
            fs::remove_dir_all(folder.parent().unwrap()).unwrap();
        },
        &["checkpoint-broken", "unsigned"],
    );
}

#[test]
fn the_last_entries_are_gone() {
    check(
        |it| it.log(|lines| lines.truncate(2)),
        &["checkpoint-broken", "unsigned"],
    );
}

#[test]
fn entries_in_another_order_and_the_chain_made_anew() {
    let swap = |lines: &mut Vec<String>| {
        lines.swap(1, 2);
        rechain(lines);
    };
    check(|it| it.log(swap), &["checkpoint-broken", "unsigned"]);
}

/// Edits a snapshot, names it by its new digest, and makes the log name it.
fn edit_and_hash(it: &Damaged, path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    let before = Digest::of(text.as_bytes()).to_string();
    let edited = text.replace(old, new);
    assert_ne!(edited, text);
    let after = Digest::of(edited.as_bytes()).to_string();
    let name = path.file_name().unwrap().to_str().unwrap();
    let name = name.replace(&before[..32], &after[..32]);
    fs::write(path.with_file_name(name), edited).unwrap();
    fs::remove_file(path).unwrap();
    it.log(|lines| {
        for line in lines.iter_mut() {
            *line = line.replace(&before, &after);
        }
        rechain(lines);
    });
}

/// A snapshot that says of every PNG that it is a JPEG, and the pictures named so: their digests are right.
#[test]
fn a_type_that_the_bytes_do_not_have() {
    check(
        |it| {
            for path in it.contents().into_keys() {
                let path = it.root().join(path);
                if path.to_string_lossy().contains("/blobs/sha256/")
                    && path.extension().is_some_and(|it| it == "png")
                {
                    fs::rename(&path, path.with_extension("jpg")).unwrap();
                } else if path.to_string_lossy().contains("/snapshots/")
                    && fs::read_to_string(&path)
                        .unwrap()
                        .contains("\"media\":\"image/png\"")
                {
                    let (old, new) = ("\"media\":\"image/png\"", "\"media\":\"image/jpeg\"");
                    edit_and_hash(it, &path, old, new);
                }
            }
        },
        &["media-wrong", "checkpoint-broken"],
    );
}

/// A snapshot that was edited, named by its new digest, and put into the log in the place of the old one.
#[test]
fn a_snapshot_that_was_edited_and_hashed_again() {
    check(
        |it| {
            let path = it.file(&["one-", "/snapshots/"]);
            edit_and_hash(it, &path, "\"title\":\"One\"", "\"title\":\"0ne\"");
        },
        &["checkpoint-broken", "unsigned"],
    );
}

/// The clock was set back when an article was captured: the log goes on, and says so.
#[test]
fn a_clock_that_was_set_back_is_no_damage() {
    let said = said(|it| {
        it.log(|lines| {
            let mut entry: serde_json::Value = serde_json::from_str(lines.last().unwrap()).unwrap();
            entry["previous"] = Digest::of(lines.last().unwrap().as_bytes())
                .to_string()
                .into();
            entry["index"] = lines.len().into();
            entry["time"] = "2001-01-01T00:00:00Z".into();
            entry["kind"] = "observed".into();
            entry["saw"] = "gone".into();
            lines.push(entry.to_string());
        });
    });
    assert!(
        said.contains("signed by kai@example.com: the log up to 4 entries"),
        "{said}"
    );
    assert!(said.ends_with("exit code 0\n"), "{said}");
}

/// The checkpoint of one archive in another, as when somebody mixes two.
#[test]
fn a_checkpoint_of_another_archive() {
    let other = Damaged::fresh();
    other.log(|lines| {
        lines.swap(0, 1);
        rechain(lines);
    });
    copy(
        &signed().join("archive/checkpoints"),
        &other.root().join("checkpoints"),
    );
    let said = verify(other.root(), &[]);
    assert!(said.contains("damage     checkpoint-broken"), "{said}");
}

#[test]
fn whoever_removes_the_checkpoints_is_noticed_by_who_expects_one() {
    check(
        |it| fs::remove_dir_all(it.root().join("checkpoints")).unwrap(),
        &["unsigned"],
    );
}
