//! Does a removed article stay out, and is the archive sound at every moment of it?

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use serde_json::{Value, json};

use crate::mirrored::{FEED, html, objects, rss, rss_of_three, sources, with};
use crate::ran::{Ran, events};
use crate::test::Test;

const A: &str = "https://a.test/a";

/// Returns a test with two articles in its archive.
fn with_two() -> Test {
    let test = with("");
    for it in [A, "https://a.test/b"] {
        test.add(&[it]).expect_code(0, &[]);
    }
    test
}

fn listed(test: &Test) -> Vec<String> {
    let listed = test.run(&["list", "--json"]).objects();
    let key = |row: &Value| row["key"].as_str().unwrap().to_owned();
    listed.iter().map(key).collect()
}

fn views(test: &Test) -> usize {
    let archive = offprint::archive::Archive::open(&test.path("archive")).unwrap();
    let articles = archive.articles().unwrap();
    let exists =
        |path: &offprint::archive::ArchivePath| test.path("archive").join(path.as_str()).exists();
    articles.iter().filter(|it| exists(&it.view())).count()
}

fn front(test: &Test) -> String {
    fs::read_to_string(test.path("archive/index.html")).unwrap()
}

#[test]
fn a_removed_article_is_in_no_list_and_has_no_view() {
    let test = with_two();
    let blobs = test.blobs();
    assert!(front(&test).contains(">a</"), "{}", front(&test));
    test.run(&["remove", A])
        .expect_code(0, &["removed  a (1 snapshot)", "offprint prune"]);
    assert_eq!(listed(&test), ["url:https://a.test/b"]);
    assert_eq!(views(&test), 1);
    assert!(!front(&test).contains(">a</") && front(&test).contains(">b</"));
    for arguments in [
        &["show", A][..],
        &["restore", A],
        &["diff", A],
        &["remove", A],
    ] {
        test.run(arguments)
            .expect_code(2, &["no article in the archive"]);
    }
    assert_eq!(test.blobs(), blobs, "nothing but the view is deleted");
    assert_eq!(test.assert_sound(), 1);
    let said = test.run(&["verify"]).stdout;
    assert!(
        said.contains("notice     snapshot-removed") && !said.contains("blob-orphan"),
        "{said}"
    );
}

#[test]
fn what_was_removed_is_told_to_a_script() {
    let test = with_two();
    let ran = test.run(&["remove", "--json", A]).objects();
    assert_eq!(
        ran[0],
        json!({"event": "start", "schema": 1, "command": "remove"})
    );
    let removed = events(&ran, "removed")[0];
    assert_eq!(removed["key"], format!("url:{A}"));
    assert_eq!(
        (&removed["title"], &removed["source"]),
        (&json!("a"), &json!(A))
    );
    assert_eq!(
        (&removed["snapshots"], &removed["entry"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(ran.last().unwrap()["removed"], 1);
    let refused = test.run(&["remove", "--json", A]);
    assert_eq!(refused.code, Some(2));
    let last = refused.objects().pop().unwrap();
    assert_eq!(
        (&last["event"], &last["removed"]),
        (&json!("summary"), &json!(0))
    );
}

#[test]
fn add_brings_a_removed_article_back() {
    let test = with_two();
    test.run(&["remove", A]).expect_code(0, &[]);
    test.add(&[A]).expect_code(0, &["1 article captured"]);
    assert_eq!(listed(&test).len(), 2);
    let shown = &test.run(&["show", A, "--json"]).objects()[0];
    assert_eq!(
        (
            &shown["snapshots"],
            shown["history"].as_array().unwrap().len()
        ),
        (&json!(1), 1)
    );
    assert_eq!(test.assert_sound(), 2);
    assert!(front(&test).contains(">a</"));
    test.run(&["remove", A]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn mirror_leaves_out_what_was_removed_and_does_not_ask_for_it() {
    let test = with(&format!(
        "{FEED}[[source]]\nurl = '{A}'\nkind = 'page'\n[[source]]\npath = 'posts'\n"
    ));
    test.write("posts/one.md", "# One\n");
    test.write("posts/two.md", "# Two\n");
    test.serve(
        "a.test/feed",
        rss(&[("entry-one", "/a?utm_source=rss"), ("entry-two", "/b")]),
    );
    objects(&test, 0);
    assert_eq!(listed(&test).len(), 4);
    test.run(&["remove", A]).expect_code(0, &[]);
    test.run(&["remove", "file:one.md"]).expect_code(0, &[]);
    let asked = test.count("a.test/a");
    // Forgotten, it is found out from the log.
    fs::remove_dir_all(test.path("archive/state/aliases")).unwrap();
    test.serve("a.test/feed", rss_of_three());
    let again = objects(&test, 0);
    assert_eq!(
        sources(&again),
        [
            json!(["feed", "read", 3, 2]),
            json!(["page", "unchanged", 1, 0]),
            json!(["folder", "read", 2, 2])
        ]
    );
    let inputs: Vec<&Value> = events(&again, "article")
        .iter()
        .map(|it| &it["input"])
        .collect();
    assert!(
        !inputs
            .iter()
            .any(|it| *it == A || it.as_str().unwrap().contains("one")),
        "{inputs:?}"
    );
    assert_eq!(test.count("a.test/a"), asked);
    assert_eq!(listed(&test).len(), 3);
    // An address that only leads there is not known before it is asked for.
    test.serve("a.test/old", crate::origin::Reply::redirect(301, A));
    test.serve("a.test/feed", rss(&[("entry-four", "/old")]));
    objects(&test, 0);
    assert_eq!(listed(&test).len(), 3);
    test.assert_sound();
    // Somebody says otherwise.
    test.add(&[A]).expect_code(0, &["1 article captured"]);
    objects(&test, 0);
    assert!(test.count("a.test/a") > asked + 1);
    test.serve("a.test/a", html("again"));
    test.assert_sound();
}

#[test]
fn a_kill_at_any_step_leaves_the_article_in_or_out() {
    for step in ["Planned", "Logged", "Committed"] {
        let test = with_two();
        let mut dying = test.command(&["remove", A]);
        dying.env("OFFPRINT_ABORT_AT", step);
        let output = dying.output().unwrap();
        assert_eq!(output.status.signal(), Some(6), "{step}: {output:?}");
        test.run(&["verify"]).expect_code(0, &["sound: "]);
        let left = if step == "Planned" { 2 } else { 1 };
        assert_eq!(listed(&test).len(), left, "{step}");
        test.add(&["https://a.test/b"])
            .expect_code(0, &["unchanged"]);
        assert_eq!((listed(&test).len(), views(&test)), (left, left), "{step}");
        assert_eq!(front(&test).contains(">a</"), left == 2, "{step}");
        assert_eq!(test.assert_sound(), left, "{step}");
    }
}

#[test]
fn what_is_damaged_or_lost_can_be_removed() {
    let test = with_two();
    let path = test.snapshots()[0].path.to_string();
    let folder = path.split("/snapshots").next().unwrap();
    let id = folder.rsplit('-').next().unwrap().to_owned();
    fs::write(test.path("archive").join(&path), "{}").unwrap();
    test.run(&["verify"]).expect_code(1, &["NOT SOUND"]);
    test.run(&["remove", &id]).expect_code(0, &["removed"]);
    test.run(&["verify"]).expect_code(0, &["sound"]);

    let test = with_two();
    fs::remove_dir_all(test.path("archive").join(folder)).unwrap();
    test.run(&["verify"]).expect_code(1, &["NOT SOUND"]);
    test.run(&["remove", A]).expect_code(0, &["removed"]);
    test.run(&["verify"]).expect_code(0, &["sound"]);
}

#[test]
fn nobody_writes_meanwhile() {
    let test = with_two();
    let lock = fs::File::options()
        .write(true)
        .open(test.path("archive/lock"))
        .unwrap();
    lock.lock_shared().unwrap();
    let refused = test.run(&["remove", A, "--lock-wait", "10ms"]);
    refused.expect_code(2, &["another process is writing to the archive", "hint: "]);
    assert_eq!(listed(&test).len(), 2);
    drop(lock);
    let ran: Ran = test.run(&["remove", A, "--lock-wait", "10ms"]);
    ran.expect_code(0, &[]);
}
