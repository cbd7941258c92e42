//! What was lost comes back from a copy, from a server, from an archive of the web or from its origin, and only with its own bytes.

mod donors;
mod histories;
mod killed;
mod marked;
mod web;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::origin::Reply;
use crate::ran::{Ran, events};
use crate::test::{Test, page_with};

/// The one article of these tests, and its image.
const PAGE: &str = "https://a.test/page";
const IMAGE: &str = "https://a.test/1.png";

/// Returns a test with one article in its archive.
fn with_article() -> Test {
    let test = Test::new();
    test.serve("a.test/page", Reply::ok("text/html", page_with(["/1.png"])));
    test.serve_image("a.test/1.png", "plain.png");
    test.add(&[PAGE]).expect_code(0, &[]);
    test
}

/// Returns the path of the image's blob.
fn blob(test: &Test) -> PathBuf {
    let blobs = test.blobs();
    let path = blobs.iter().find(|path| !path.ends_with("bin")).unwrap();
    test.path("archive").join(path)
}

/// Returns `offprint repair`, with every host led to the origin.
fn repairing(test: &Test, arguments: &[&str]) -> Command {
    let mut command = test.command(&["repair", "--ca-cert", "ca.pem", "--resolve"]);
    command.arg(format!("*={}", test.origin.addr));
    command.args(["--retries", "0"]).args(arguments);
    command
}

fn repair(test: &Test, arguments: &[&str]) -> Ran {
    Ran::of(repairing(test, arguments).output().unwrap())
}

/// Checks that what is lost is mended, and told to come from `from`.
#[track_caller]
fn check_mended(test: &Test, arguments: &[&str], from: &str) {
    let ran = repair(test, &[&["--json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let objects = ran.objects();
    let told: Vec<&str> = events(&objects, "repair")
        .iter()
        .filter_map(|it| it["from"].as_str())
        .collect();
    assert_eq!(told, [from], "{ran:#?}");
    assert_eq!(test.assert_sound(), 1);
}

/// Checks that what is lost stays lost, and why.
#[track_caller]
fn check_left(test: &Test, arguments: &[&str], why: &str) {
    let ran = repair(test, arguments);
    ran.expect_code(1, &["NOT SOUND"]);
    assert!(
        ran.stdout.contains("left       blob-") && ran.stdout.contains(why),
        "{ran:#?}"
    );
}

#[test]
fn the_origin_is_asked_without_a_referer_and_only_for_its_own_bytes() {
    let test = with_article();
    let path = blob(&test);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    check_left(&test, &[], "name a copy with --from");
    assert_eq!(test.count("a.test/1.png"), 1, "nobody said --origin");
    test.serve_image("a.test/1.png", "plain.gif");
    check_left(
        &test,
        &["--origin"],
        "https://a.test/1.png: it serves other bytes now",
    );
    test.serve("a.test/1.png", Reply::not_found());
    check_left(&test, &["--origin"], "https://a.test/1.png: ");
    assert!(!path.exists());
    test.serve_image("a.test/1.png", "plain.png");
    check_mended(&test, &["--origin"], IMAGE);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let log = test.origin.log();
    assert!(log.iter().all(|it| it.header("referer").is_none()));
}

#[test]
fn the_page_itself_comes_back_while_it_is_the_same() {
    let test = with_article();
    let snapshot = &test.snapshots()[0].snapshot;
    let path = offprint::archive::layout::blob(&snapshot.original, "bin");
    let path = test.path("archive").join(path.as_str());
    fs::write(&path, "rotten").unwrap();
    check_mended(&test, &["--origin"], PAGE);
    let aside: Vec<_> = fs::read_dir(test.path("archive/state/damaged"))
        .unwrap()
        .collect();
    assert_eq!(aside.len(), 1, "what was rotten is kept");
    let aside = aside[0].as_ref().unwrap().path();
    assert_eq!(fs::read(aside).unwrap(), b"rotten");
}

#[test]
fn the_log_says_what_was_put_back() {
    let test = with_article();
    fs::remove_file(blob(&test)).unwrap();
    check_mended(&test, &["--origin"], IMAGE);
    let log = String::from_utf8(test.archived("log/000000000000.jsonl")).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["kind"], "repair");
    assert_eq!(lines[1]["snapshot"], lines[0]["snapshot"]);
    assert_eq!(lines[1]["article"], lines[0]["article"]);
    repair(&test, &["--origin"]).expect_code(0, &["sound: 0 findings mended, 0 left"]);
    assert_eq!(test.archived("log/000000000000.jsonl"), log.as_bytes());
    // Whoever adds, removes and prunes after that takes the entry for what it is.
    test.add(&[PAGE]).expect_code(0, &["unchanged"]);
    test.run(&["remove", PAGE]).expect_code(0, &[]);
    test.run(&["prune", "--yes", "--grace", "0"])
        .expect_code(0, &[]);
    test.run(&["verify"])
        .expect_code(0, &["sound: 0 snapshots"]);
}

#[test]
fn nobody_writes_meanwhile() {
    let test = with_article();
    fs::remove_file(blob(&test)).unwrap();
    let lock = fs::File::options()
        .write(true)
        .open(test.path("archive/lock"))
        .unwrap();
    lock.lock_shared().unwrap();
    let refused = repair(&test, &["--origin", "--lock-wait", "10ms"]);
    refused.expect_code(2, &["another process is writing to the archive"]);
    assert_eq!(test.count("a.test/1.png"), 1);
    drop(lock);
    check_mended(&test, &["--origin"], IMAGE);
}

#[test]
fn one_article_is_mended_alone() {
    let test = with_article();
    test.write("post.md", "# Post\n");
    test.add(&["post.md"]).expect_code(0, &[]);
    let archive = offprint::archive::Archive::open(&test.path("archive")).unwrap();
    for article in archive.articles().unwrap() {
        fs::remove_file(test.path("archive").join(article.view().as_str())).unwrap();
    }
    repair(&test, &["file:post.md"]).expect_code(0, &["sound: 1 finding mended"]);
    test.run(&["verify"]).expect_code(1, &["1 × view-missing"]);
    repair(&test, &[]).expect_code(0, &["sound: 1 finding mended"]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn pages_and_the_text_for_strangers_come_back() {
    let test = with_article();
    let before = [test.archived("index.html"), test.archived("README.txt")];
    fs::remove_file(test.path("archive/index.html")).unwrap();
    fs::remove_file(test.path("archive/README.txt")).unwrap();
    repair(&test, &[]).expect_code(0, &["sound"]);
    let now = || [test.archived("index.html"), test.archived("README.txt")];
    assert_eq!(now(), before);
    fs::write(test.path("archive/README.txt"), "edited").unwrap();
    repair(&test, &[]).expect_code(0, &["sound"]);
    assert_eq!(now(), before);
    assert_eq!(test.archived("state/damaged/0-README.txt"), b"edited");
}

#[test]
fn a_signed_checkpoint_comes_back_from_a_copy() {
    let test = with_article();
    crate::signed::keygen(test.dir.path(), "key", &["ed25519"]);
    crate::signed::sign(&test, "key");
    copy_of_the_archive(&test);
    let folder = test.path("archive/checkpoints");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert_eq!(paths.len(), 2);
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        for damage in ["", "no checkpoint\n"] {
            if damage.is_empty() {
                fs::remove_file(path).unwrap();
            } else {
                fs::write(path, damage).unwrap();
            }
            repair(&test, &[]).expect_code(1, &["1 left"]);
            repair(&test, &["--from", "copy"]).expect_code(0, &["sound: 1 finding mended"]);
            assert_eq!(fs::read(path).unwrap(), bytes);
        }
    }
    // One of another log is not taken.
    let other = with_article();
    crate::signed::sign(&other, test.path("key").to_str().unwrap());
    fs::remove_file(&paths[0]).unwrap();
    let path = other.path("archive");
    repair(&test, &["--from", path.to_str().unwrap()]).expect_code(1, &["1 left"]);
    assert!(!paths[0].exists());
}

/// Copies the archive into the folder `copy`.
fn copy_of_the_archive(test: &Test) {
    let (from, to) = (test.path("archive"), test.path("copy"));
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

#[test]
fn who_wants_it_to_end_need_not_wait_for_a_host() {
    let test = with_article();
    fs::remove_file(blob(&test)).unwrap();
    test.serve("a.test/1.png", Reply::silent());
    let child = repairing(&test, &["--origin"]).spawn().unwrap();
    test.wait_for_more("a.test/1.png", 1);
    crate::killed::interrupt(&child);
    Ran::end(child).expect_code(130, &["interrupted; before that: 0 findings mended"]);
    test.serve_image("a.test/1.png", "plain.png");
    check_mended(&test, &["--origin"], IMAGE);
}
