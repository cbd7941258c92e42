//! `offprint verify`: a part at a time, since then, and with what was proven before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::origin::Reply;
use crate::ran::{Ran, events};
use crate::test::Test;

/// Articles of the archive.
const ARTICLES: usize = 12;

/// Makes an archive of some posts, each with an image of its own and one that all share.
pub(crate) fn with_articles() -> Test {
    let test = Test::new();
    test.serve_image("example.com/shared.png", "plain.png");
    for number in 0..ARTICLES {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg'><text>{number}</text></svg>");
        test.serve(
            &format!("example.com/{number}.svg"),
            Reply::ok("image/svg+xml", svg),
        );
        let post = format!(
            "---\ntitle: Number {number}\n---\n![](https://example.com/shared.png)\n![](https://example.com/{number}.svg)\n"
        );
        test.write(&format!("posts/{number}.md"), post);
    }
    test.add(&["posts"]).expect_code(0, &[]);
    test
}

/// Returns every file below a folder of the archive.
fn files(test: &Test, folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![test.path("archive").join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn summary(ran: &Ran) -> Value {
    ran.objects().pop().unwrap()
}

/// Returns what was found: codes and paths, each as often as it was told.
fn found(ran: &Ran) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let objects = ran.objects();
    for finding in events(&objects, "finding") {
        let text = format!(
            "{} {} {}",
            finding["code"], finding["path"], finding["article"]
        );
        *found.entry(text).or_default() += 1;
    }
    found
}

/// Damages something of every kind.
fn damage(test: &Test) {
    let blobs = files(test, "blobs");
    fs::write(&blobs[0], "other").unwrap();
    fs::remove_file(&blobs[1]).unwrap();
    fs::write(blobs[2].with_extension("gif"), "other").unwrap();
    test.write("archive/blobs/sha256/zz/stray", "");
    test.write(
        &format!(
            "archive/blobs/sha256/2c/{}",
            "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae.bin"
        ),
        "foo",
    );
    let snapshots: Vec<PathBuf> = files(test, "articles")
        .into_iter()
        .filter(|path| path.parent().unwrap().ends_with("snapshots"))
        .collect();
    fs::remove_file(&snapshots[3]).unwrap();
    fs::write(&snapshots[4], "{}").unwrap();
    let views: Vec<PathBuf> = files(test, "articles")
        .into_iter()
        .filter(|path| path.ends_with("index.html"))
        .collect();
    fs::write(&views[5], "other").unwrap();
    fs::remove_file(&views[6]).unwrap();
}

#[test]
fn all_parts_together_are_everything_and_nothing_twice() {
    let test = with_articles();
    let blobs = summary(&test.run(&["verify", "--json"]))["blobs"]
        .as_u64()
        .unwrap();
    let parts = |of: usize| (1..=of).map(move |number| format!("{number}/{of}"));
    for of in [1, 2, 3, 7] {
        let (mut sum, mut views, mut snapshots) = (0, 0, 0);
        for part in parts(of) {
            let ran = test.run(&["verify", "--json", "--subset", &part]);
            let summary = summary(&ran);
            assert_eq!(
                (ran.code, &summary["sound"], &summary["whole"]),
                (Some(0), &true.into(), &false.into()),
                "{summary}"
            );
            sum += summary["blobs"].as_u64().unwrap();
            views += summary["views"].as_u64().unwrap();
            snapshots += summary["snapshots"].as_u64().unwrap();
        }
        let articles = ARTICLES as u64;
        assert_eq!(
            (sum, views, snapshots),
            (blobs, articles, articles),
            "of {of}"
        );
    }
    damage(&test);
    let everything = found(&test.run(&["verify", "--json"]));
    for of in [2, 5] {
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        for part in parts(of) {
            for (finding, times) in found(&test.run(&["verify", "--json", "--subset", &part])) {
                *all.entry(finding).or_default() += times;
            }
        }
        assert_eq!(all, everything, "of {of}");
    }
}

#[test]
fn a_share_of_the_day_comes_round_to_all() {
    let test = with_articles();
    let mut blobs = 0;
    for day in 1..=4 {
        let ran = test
            .command(&["verify", "--json", "--subset", "25%"])
            .env("OFFPRINT_NOW", format!("2026-11-0{day}T12:00:00Z"))
            .output()
            .unwrap();
        blobs += summary(&Ran::of(ran))["blobs"].as_u64().unwrap();
    }
    assert_eq!(blobs, summary(&test.run(&["verify", "--json"]))["blobs"]);
    for (subset, words) in [
        ("0/4", "a part is"),
        ("101%", "a part is"),
        ("x", "a part is"),
    ] {
        test.run(&["verify", "--subset", subset])
            .expect_code(2, &[words]);
    }
}

#[test]
fn articles_of_late_are_checked_alone() {
    let test = with_articles();
    damage(&test);
    test.write("late.md", "Late\n");
    let late = test
        .adding(&["late.md"])
        .env("OFFPRINT_NOW", "2099-01-01T00:00:00Z")
        .output()
        .unwrap();
    assert_eq!(late.status.code(), Some(0));
    let ran = test.run(&["verify", "--json", "--since", "2098-12-31"]);
    let summary = summary(&ran);
    assert_eq!(
        (ran.code, &summary["views"], &summary["blobs"]),
        (Some(0), &1.into(), &1.into()),
        "{ran:?}"
    );
    let all = test.run(&["verify", "--json", "--since", "87600h"]);
    assert_eq!(all.code, Some(1));
    test.run(&["verify", "--since", "yesterday"])
        .expect_code(2, &["--since yesterday"]);
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let test = with_articles();
    for arguments in [
        &["--quick", "--resume"][..],
        &["--quick", "--fresh"],
        &["--article", "x", "--subset", "1/2"],
        &["--article", "x", "--since", "1h"],
        &["--since", "1h", "--subset", "1/2"],
        &["--resume", "--subset", "1/2"],
    ] {
        let mut line = vec!["verify"];
        line.extend(arguments);
        test.run(&line).expect_code(2, &["cannot be used with"]);
    }
}

/// Returns `verify` with a folder for what it proves.
fn proving(test: &Test, arguments: &[&str]) -> Command {
    let mut command = test.command(&["verify", "--json"]);
    command
        .args(arguments)
        .env("XDG_CACHE_HOME", test.path("cache"));
    command
}

fn prove(test: &Test, arguments: &[&str]) -> Ran {
    Ran::of(proving(test, arguments).output().unwrap())
}

#[test]
fn what_was_proven_is_remembered_and_never_covers_damage() {
    let test = with_articles();
    let without = summary(&test.run(&["verify", "--json"]));
    let same = |ran: &Ran| {
        let mut summary = summary(ran);
        summary["seconds"] = without["seconds"].clone();
        assert_eq!(summary, without);
    };
    same(&prove(&test, &[]));
    let cache = || files_of(&test.path("cache"));
    assert_eq!(cache().len(), 1, "{:?}", cache());
    let kept = fs::read(&cache()[0]).unwrap();
    same(&prove(&test, &[]));
    same(&prove(&test, &["--fresh"]));
    // One of another program or a damaged one is as good as none.
    for bad in [&b""[..], b"offprint proven 1\n", &kept[..kept.len() - 1]] {
        fs::write(&cache()[0], bad).unwrap();
        same(&prove(&test, &[]));
        assert_eq!(fs::read(&cache()[0]).unwrap(), kept);
    }
    damage(&test);
    let everything = found(&test.run(&["verify", "--json"]));
    assert_eq!(found(&prove(&test, &[])), everything);
    assert_eq!(found(&prove(&test, &[])), everything);
    // A place that can't be written to is no reason to fail.
    fs::remove_dir_all(test.path("cache")).unwrap();
    fs::write(test.path("cache"), "").unwrap();
    assert_eq!(found(&prove(&test, &[])), everything);
}

fn files_of(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_of(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_finding_about_a_blob_names_the_articles_that_show_it() {
    let test = with_articles();
    let shared = files(&test, "blobs")
        .into_iter()
        .find(|path| path.extension().is_some_and(|it| it == "png"))
        .unwrap();
    fs::remove_file(&shared).unwrap();
    let objects = test.run(&["verify", "--json"]).objects();
    let articles: BTreeSet<&str> = events(&objects, "finding")
        .iter()
        .filter(|it| it["code"] == "blob-missing")
        .map(|it| it["article"].as_str().unwrap())
        .collect();
    assert_eq!(articles.len(), ARTICLES);
}
