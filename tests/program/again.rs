//! What does a second run ask for, and what becomes of what was stored?

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::origin::Reply;
use crate::ran::events;
use crate::test::{Test, image, page_with};

fn png(text: &str) -> Vec<u8> {
    [image("plain.png"), text.as_bytes().to_vec()].concat()
}

/// Returns a test with a page that shows `1.png` to `3.png`: with an `ETag`, with a date, with neither.
fn with_page() -> Test {
    let test = Test::new();
    let page = "<title>P</title><img src=1.png><img src=2.png><img src=3.png>";
    test.serve(
        "a.test/x",
        Reply::ok("text/html", page).with("etag", "\"p\""),
    );
    test.serve(
        "a.test/1.png",
        Reply::ok("image/png", png("1")).with("etag", "\"1\""),
    );
    let date = "Sun, 01 Nov 2026 08:00:00 GMT";
    test.serve(
        "a.test/2.png",
        Reply::ok("image/png", png("2"))
            .with("last-modified", date)
            .with("cache-control", "no-cache"),
    );
    test.serve("a.test/3.png", Reply::ok("image/png", png("3")));
    test
}

fn images(kept: u64, reused: u64, carried: u64, missing: u64) -> Value {
    json!({"kept": kept, "reused": reused, "carried": carried, "missing": missing, "trackers": 0})
}

/// Archives the page and checks what is told of it.
#[track_caller]
fn check(test: &Test, flags: &[&str], outcome: &str, expected: &Value) -> Value {
    let objects = test.add_json(&[flags, &["https://a.test/x"]].concat());
    let article = events(&objects, "article")[0];
    assert_eq!(
        (&article["outcome"], &article["images"]),
        (&json!(outcome), expected),
        "{article:#}"
    );
    assert_eq!(events(&objects, "summary")[0]["images"], *expected);
    article.clone()
}

#[test]
fn what_has_validators_is_asked_for_conditionally() {
    let test = with_page();
    check(&test, &[], "captured", &images(3, 0, 0, 0));
    check(&test, &[], "unchanged", &images(0, 3, 0, 0));
    let log = test.origin.log();
    let second = |path: &str| log.iter().find(|it| it.path == path && it.attempt == 1);
    assert_eq!(second("/x").unwrap().header("if-none-match"), Some("\"p\""));
    assert_eq!(
        second("/1.png").unwrap().header("if-none-match"),
        Some("\"1\"")
    );
    let since = second("/2.png").unwrap().header("if-modified-since");
    assert_eq!(since, Some("Sun, 01 Nov 2026 08:00:00 GMT"));
    assert!(
        second("/3.png").is_none(),
        "what has no validator is not asked for"
    );
    assert!(log.iter().all(|it| it.header("referer").is_none()));
    check(&test, &["--refresh"], "unchanged", &images(1, 2, 0, 0));
    assert_eq!(test.count("a.test/3.png"), 2);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn what_vanished_is_carried() {
    let test = with_page();
    check(&test, &[], "captured", &images(3, 0, 0, 0));
    let blobs = test.blobs();
    test.serve("a.test/1.png", Reply::not_found());
    let told = check(&test, &[], "unchanged", &images(0, 2, 1, 0));
    let lost = json!([{"url": "https://a.test/1.png", "why": "http-status", "status": 404}]);
    assert_eq!(told["lost"], lost);
    // A changed page makes a new snapshot, which says so.
    test.serve(
        "a.test/x",
        Reply::ok(
            "text/html",
            "<title>Q</title><img src=1.png><img src=2.png>",
        ),
    );
    check(&test, &[], "captured", &images(0, 1, 1, 0));
    let snapshot = test.snapshots().pop().unwrap().snapshot;
    let json = serde_json::to_value(&snapshot.documents[0].references[0]).unwrap();
    assert_eq!(json["outcome"], "carried");
    assert_eq!(
        (&json["observed"]["saw"], &json["observed"]["status"]),
        (&json!("lost"), &json!(404))
    );
    assert!(blobs.iter().all(|blob| test.blobs().contains(blob)));
    assert!(test.view("index.html").contains("../../../../blobs/"));
    // Where it comes back, it is simply kept again.
    test.serve(
        "a.test/1.png",
        Reply::ok("image/png", png("1")).with("etag", "\"1\""),
    );
    test.serve(
        "a.test/x",
        Reply::ok("text/html", "<title>R</title><img src=1.png>"),
    );
    check(&test, &[], "captured", &images(1, 0, 0, 0));
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn other_bytes_make_a_new_snapshot_beside_the_old_one() {
    let test = with_page();
    check(&test, &[], "captured", &images(3, 0, 0, 0));
    let (blobs, first) = (test.blobs(), test.snapshots().remove(0));
    let bytes =
        |test: &Test| -> Vec<Vec<u8>> { blobs.iter().map(|blob| test.archived(blob)).collect() };
    let before = (bytes(&test), test.archived(first.path.as_str()));
    test.serve(
        "a.test/1.png",
        Reply::ok("image/png", png("new")).with("etag", "\"2\""),
    );
    check(&test, &[], "captured", &images(1, 2, 0, 0));
    assert_eq!(test.blobs().len(), blobs.len() + 1);
    assert_eq!((bytes(&test), test.archived(first.path.as_str())), before);
    assert_eq!(test.assert_sound(), 2);
    let shown = test.run(&["show", "https://a.test/x"]);
    assert!(shown.stdout.contains("\n2 snapshots\n"), "{shown:?}");
}

#[test]
fn what_was_missing_is_tried_again() {
    let test = with_page();
    test.serve(
        "a.test/3.png",
        Reply::new(503, crate::origin::Body::Fixed(Vec::new())),
    );
    check(&test, &[], "captured", &images(2, 0, 0, 1));
    check(&test, &[], "unchanged", &images(0, 2, 0, 1));
    assert!(
        test.view("index.html")
            .contains("the%20server%20refused%20it%20%28503%29")
    );
    test.serve("a.test/3.png", Reply::ok("image/png", png("3")));
    check(&test, &[], "captured", &images(1, 2, 0, 0));
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn the_same_bytes_are_stored_once_whatever_their_address() {
    let test = Test::new();
    for number in 0..20 {
        test.serve_image(&format!("a.test/{number}.png"), "plain.png");
    }
    let page = page_with((0..20).map(|number| format!("{number}.png")));
    test.serve("a.test/x", Reply::ok("text/html", page));
    test.add(&["https://a.test/x"])
        .expect_code(0, &["images: 20 kept", "21 requests"]);
    assert_eq!(test.blobs().len(), 2);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn an_address_in_many_articles_is_fetched_once() {
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    let names: Vec<String> = (0..30).map(|number| format!("{number}.md")).collect();
    for name in &names {
        test.write(
            name,
            format!("# {name}\n\n![](https://a.test/1.png#{name})"),
        );
    }
    let inputs: Vec<&str> = names.iter().map(String::as_str).collect();
    test.add(&inputs)
        .expect_code(0, &["30 articles captured; 1 request, "]);
    assert_eq!(test.requested(), ["a.test/1.png"]);
    assert_eq!(test.blobs().len(), 31);
    assert_eq!(test.assert_sound(), 30);
}

#[test]
fn an_address_in_places_of_two_kinds_is_fetched_once() {
    let test = Test::new();
    let page = "<title>P</title><img src=f><style>@font-face{src:url(f)}</style>";
    test.serve("a.test/x", Reply::ok("text/html", page));
    let font = [b"wOF2\0\x01\0\0".as_slice(), &[0; 40]].concat();
    test.serve("a.test/f", Reply::ok("font/woff2", font));
    test.add(&["https://a.test/x"])
        .expect_code(1, &["wrong-kind"]);
    assert_eq!(test.count("a.test/f"), 1);
    let snapshots = test.snapshots();
    let outcomes: Vec<_> = snapshots[0]
        .snapshot
        .mentions()
        .map(|(_, mention)| mention.outcome.word())
        .collect();
    assert_eq!(outcomes, ["missing", "kept"]);
    test.assert_sound();
}

#[test]
fn a_page_that_vanished_is_fetched_again() {
    let test = with_page();
    check(&test, &[], "captured", &images(3, 0, 0, 0));
    let original = test
        .blobs()
        .into_iter()
        .find(|path| path.ends_with("bin"))
        .unwrap();
    for bytes in [None, Some("torn")] {
        std::fs::remove_file(test.path("archive").join(&original)).unwrap();
        if let Some(bytes) = bytes {
            test.write(&format!("archive/{original}"), bytes);
        }
        check(&test, &[], "captured", &images(0, 3, 0, 0));
    }
    let statuses: Vec<_> = test.snapshots()[1]
        .snapshot
        .exchanges
        .iter()
        .take(2)
        .map(|it| it.response.as_ref().unwrap().status)
        .collect();
    assert_eq!(statuses, [304, 200], "every request is recorded");
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn a_blob_that_vanished_is_fetched_again() {
    let test = with_page();
    check(&test, &[], "captured", &images(3, 0, 0, 0));
    let image = test
        .blobs()
        .into_iter()
        .find(|path| path.ends_with("png"))
        .unwrap();
    std::fs::remove_file(test.path("archive").join(&image)).unwrap();
    check(&test, &[], "captured", &images(1, 2, 0, 0));
    assert!(test.blobs().contains(&image));
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn what_is_derived_can_be_deleted() {
    let test = Test::new();
    test.serve(
        "a.test/x",
        Reply::ok("text/html", "<title>P</title><img src=1.svg>"),
    );
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg'><script/><circle r='4'/></svg>";
    test.serve("a.test/1.svg", Reply::ok("image/svg+xml", drawing));
    check(&test, &[], "captured", &images(1, 0, 0, 0));
    let archive = test.path("archive");
    let view = test.snapshots()[0]
        .path
        .as_str()
        .rsplit_once("/snapshots/")
        .unwrap()
        .0
        .to_owned();
    let of_view = ["index.html", "view.json"].map(|name| format!("{view}/{name}"));
    let derived = ["index.html", "README.txt", "derived"].map(str::to_owned);
    let all = contents(&archive);

    for name in of_view.iter().chain(&derived) {
        let path = archive.join(name);
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.unwrap();
        check(&test, &[], "unchanged", &images(0, 1, 0, 0));
        assert_eq!(contents(&archive), all, "without {name}");
    }
    fs::remove_dir_all(archive.join("state")).unwrap();
    let record = archive.join(&of_view[1]);
    let spoilt = fs::read_to_string(&record)
        .unwrap()
        .replace("script", "scripts");
    fs::write(record, spoilt).unwrap();
    check(&test, &[], "unchanged", &images(0, 1, 0, 0));
    assert_eq!(contents(&archive), all);
    test.assert_sound();
}

/// Returns every file below a folder with its bytes, but for locks.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.append(&mut contents(&path));
        } else if path.extension().is_none_or(|extension| extension != "lock") {
            let bytes = fs::read(&path).unwrap();
            files.insert(path, bytes);
        }
    }
    files
}
