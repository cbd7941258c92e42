//! When does a run of `mirror` need a person? It says so in one line and by its exit code, and is silent otherwise.

use std::fs::{self, File};

use serde_json::json;

use crate::mirrored::{FEED, html, mirror, rss, with};
use crate::origin::Reply;
use crate::test::Test;

/// Returns a test whose source was mirrored: one article, with an image.
fn mirrored() -> Test {
    let test = with(FEED);
    test.serve("a.test/feed", rss(&[("entry-one", "/a")]));
    mirror(&test, &[]).expect_code(0, &[]);
    test
}

#[test]
fn nothing_is_said_where_nobody_is_needed() {
    let test = mirrored();
    mirror(&test, &["--quiet"]).expect(0, "", "");
    // A new article, one that is gone, an image that is: they are in the report.
    test.serve(
        "a.test/feed",
        rss(&[("entry-one", "/a"), ("entry-two", "/b")]),
    );
    test.serve_image("a.test/i.png", "plain.png");
    mirror(&test, &["--quiet", "--refresh"]).expect_code(0, &[]);
    test.assert_sound();
}

#[test]
fn a_source_that_fails_is_said_in_one_line() {
    let test = mirrored();
    test.serve("a.test/feed", Reply::not_found());
    let ran = mirror(&test, &["--quiet"]);
    ran.expect_code(1, &["error: https://a.test/feed: "]);
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:#?}");
}

#[test]
fn stored_bytes_that_are_damaged_are_said_in_one_line() {
    let test = mirrored();
    let original = test.snapshots()[0].snapshot.original;
    let path = format!("blobs/sha256/{}/{original}.bin", original.short(2));
    let mut bytes = test.archived(&path);
    bytes[3] ^= 1;
    fs::write(test.path("archive").join(&path), bytes).unwrap();
    // To tell what changed in the page, the old one is read.
    test.serve("a.test/a", html("another"));
    let ran = mirror(&test, &["--quiet", "--refresh"]);
    ran.expect_code(
        1,
        &[
            "error: 1 stored file damaged, such as ",
            &path,
            "hint: `offprint verify`",
        ],
    );
    test.serve("a.test/a", html("a third"));
    let snapshot = test.snapshots().pop().unwrap().path.to_string();
    fs::write(test.path("archive").join(&snapshot), "{}").unwrap();
    let ran = mirror(&test, &["--json", "--refresh"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let damaged = &ran.objects().pop().unwrap()["damaged"];
    assert!(
        damaged.as_array().unwrap().contains(&json!(snapshot)),
        "{damaged}"
    );
}

#[test]
fn what_can_not_be_done_is_said_with_its_reason() {
    let test = mirrored();
    let lock = File::options()
        .write(true)
        .open(test.path("archive/state/mirror.lock"))
        .unwrap();
    lock.lock().unwrap();
    mirror(&test, &["--quiet"]).expect_code(
        2,
        &["another process is mirroring into this archive", "hint: "],
    );
    drop(lock);
    test.write(
        "offprint.toml",
        "[[source]]\nurl = 'https://a.test/feed'\nnewset = 3\n",
    );
    mirror(&test, &["--quiet"]).expect_code(2, &["offprint.toml", "newest"]);
    mirror(&test, &["--quiet", "--config", "nowhere.toml"]).expect_code(2, &["nowhere.toml"]);
}
