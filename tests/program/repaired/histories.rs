//! The log comes back from a copy in a folder or on a server, and a copy of another history only takes its place where what lies
//! here says so.

use std::fs;
use std::process::Command;

use super::{blob, copy_of_the_archive, repair, with_article};
use crate::origin::Reply;
use crate::signed::{keygen, sign};
use crate::test::{Test, page_with};

/// The only file of the log.
const LOG: &str = "log/000000000000.jsonl";

/// Returns a test with the one article, whose archive is signed and copied.
fn signed() -> Test {
    let test = with_article();
    keygen(test.dir.path(), "key", &["ed25519"]);
    sign(&test, "key");
    copy_of_the_archive(&test);
    test
}

/// Returns a test with another article in its archive.
fn other() -> Test {
    let test = Test::new();
    let page = Reply::ok("text/html", page_with(["/2.png"]));
    test.serve("a.test/other", page);
    test.serve_image("a.test/2.png", "plain.gif");
    test.add(&["https://a.test/other"]).expect_code(0, &[]);
    test
}

/// Puts a file of the copy on a web server.
fn serve(test: &Test, path: &str) {
    let bytes = fs::read(test.path("copy").join(path)).unwrap();
    let address = format!("b.test/copy/{path}");
    test.serve(&address, Reply::ok("application/octet-stream", bytes));
}

/// Returns the paths of the checkpoint and of its signature.
fn checkpoint(test: &Test) -> [String; 2] {
    let names = fs::read_dir(test.path("archive/checkpoints")).unwrap();
    let names = names.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut paths: Vec<String> = names.map(|name| format!("checkpoints/{name}")).collect();
    paths.sort();
    paths.try_into().unwrap()
}

#[track_caller]
fn check_log_left(test: &Test, from: &str, why: &str) {
    let before = fs::read(test.path("archive").join(LOG)).ok();
    let ran = repair(test, &["--from", from]);
    ran.expect_code(1, &["NOT SOUND"]);
    assert!(ran.stdout.contains(why), "no {why:?} in {ran:#?}");
    let after = fs::read(test.path("archive").join(LOG)).ok();
    assert_eq!(after, before, "it is as it was");
}

#[track_caller]
fn check_log_mended(test: &Test, from: &str, log: &[u8]) {
    let ran = repair(test, &["--from", from]);
    ran.expect_code(0, &["sound"]);
    let told = format!("put back from {from}");
    assert!(ran.stdout.contains(&told), "{ran:#?}");
    assert!(test.archived(LOG).starts_with(log));
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_web_server_gives_the_log() {
    const COPY: &str = "https://b.test/copy";
    let test = with_article();
    copy_of_the_archive(&test);
    let log = test.archived(LOG);
    fs::remove_dir_all(test.path("archive/log")).unwrap();
    check_log_left(&test, COPY, "https://b.test/copy does not serve its log");
    let served = format!("b.test/copy/{LOG}");
    test.serve(&served, Reply::ok("text/html", "<html>not found</html>\n"));
    check_log_left(&test, COPY, "the log there does not hold together either");
    test.serve(&served, Reply::ok("text/plain", other().archived(LOG)));
    check_log_left(&test, COPY, "the log there tells of nothing that lies here");
    serve(&test, LOG);
    let before = test.count(&served);
    check_log_mended(&test, COPY, &log);
    assert_eq!(test.count(&served), before + 1);
    let requests = test.origin.log();
    assert!(requests.iter().all(|it| it.header("referer").is_none()));
    let left = fs::read_dir(test.path("archive/tmp")).unwrap();
    let left = left.filter(|it| it.as_ref().unwrap().path().is_dir());
    assert_eq!(left.count(), 0, "what was fetched is gone");
}

#[test]
fn a_web_server_gives_checkpoints() {
    let test = signed();
    let paths = checkpoint(&test);
    let copy = ["--from", "https://b.test/copy"];
    let [said, signature] = &paths;
    let address = format!("b.test/copy/{said}");
    let altered = fs::read_to_string(test.path("copy").join(said)).unwrap();
    let altered = altered.replacen("\n1\n", "\n2\n", 1);
    for path in &paths {
        let lost = test.path("archive").join(path);
        let bytes = fs::read(&lost).unwrap();
        fs::remove_file(&lost).unwrap();
        let left = |why: &str| {
            let ran = repair(&test, &copy);
            ran.expect_code(1, &["1 left"]);
            assert!(ran.stdout.contains(why), "no {why:?} in {ran:#?}");
        };
        test.serve(&address, Reply::not_found());
        left("does not have both its text and its signature");
        test.serve(&address, Reply::ok("text/plain", altered.clone()));
        serve(&test, signature);
        left("the signature is not that of this text");
        serve(&test, said);
        repair(&test, &copy).expect_code(0, &["sound: 1 finding mended"]);
        assert_eq!(fs::read(&lost).unwrap(), bytes);
    }
}

#[test]
fn a_log_that_was_replaced_comes_back_where_only_the_copy_tells_of_what_lies_here() {
    let test = with_article();
    copy_of_the_archive(&test);
    let log = test.archived(LOG);
    let replaced = other().archived(LOG);
    test.write(&format!("archive/{LOG}"), &replaced);
    check_log_mended(&test, "copy", &log);
    let aside = test.archived("state/damaged/0-000000000000.jsonl");
    assert_eq!(aside, replaced, "it is kept");
}

#[test]
fn nothing_is_decided_where_both_logs_tell_of_what_lies_here() {
    let test = with_article();
    copy_of_the_archive(&test);
    mix(&test, &other());
    check_log_left(&test, "copy", "nothing that lies here says which is right");
    // A checkpoint says it, and is not obeyed where a capture would be told of by nothing then.
    let (test, other) = (signed(), other());
    mix(&test, &other);
    check_log_left(&test, "copy", "two archives lie in one folder");
    let article = other.snapshots()[0].path.to_string();
    let (folder, _) = article.split_once("/snapshots/").unwrap();
    fs::remove_dir_all(test.path("archive").join(folder)).unwrap();
    let log = fs::read(test.path("copy").join(LOG)).unwrap();
    check_log_mended(&test, "copy", &log);
}

/// Puts the articles, the blobs and the log of another archive over those that are here.
fn mix(test: &Test, other: &Test) {
    for folder in ["articles", "blobs", "log"] {
        let mut copy = Command::new("cp");
        copy.arg("-r").arg(other.path("archive").join(folder));
        assert!(copy.arg(test.path("archive")).status().unwrap().success());
    }
}

#[test]
fn the_newest_entry_comes_back_where_a_checkpoint_says_what_it_was() {
    let test = signed();
    let log = test.archived(LOG);
    let altered = String::from_utf8(log.clone()).unwrap();
    let altered = altered.replacen("\"time\":\"20", "\"time\":\"19", 1);
    test.write(&format!("archive/{LOG}"), &altered);
    check_log_mended(&test, "copy", &log);
}

#[test]
fn the_log_that_was_signed_makes_way_for_no_other() {
    let (test, other) = (signed(), other());
    let key = test.path("key");
    sign(&other, key.to_str().unwrap());
    for path in checkpoint(&other) {
        let name = path.replacen("000000000001", "000000000002", 1);
        test.write(&format!("archive/{name}"), other.archived(&path));
    }
    let root = other.path("archive");
    check_log_left(
        &test,
        root.to_str().unwrap(),
        "was signed, and the one here is not",
    );
}

#[test]
fn a_log_is_believed_with_what_it_tells_of_as_far_as_a_checkpoint_proves_it() {
    let test = signed();
    let log = test.archived(LOG);
    let snapshot = test.snapshots()[0].path.to_string();
    let (folder, _) = snapshot.split_once("/snapshots/").unwrap();
    let image = blob(&test);
    let lose = || {
        fs::remove_dir_all(test.path("archive").join(folder)).unwrap();
        fs::remove_file(&image).unwrap();
        fs::remove_dir_all(test.path("archive/log")).unwrap();
    };
    lose();
    check_log_mended(&test, "copy", &log);
    for path in checkpoint(&test) {
        fs::remove_file(test.path("archive").join(path)).unwrap();
    }
    lose();
    check_log_left(
        &test,
        "copy",
        "the log there tells of nothing that lies here",
    );
}
