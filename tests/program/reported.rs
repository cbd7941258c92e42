//! Does `mirror report` tell what changed and vanished, when, and on which hosts?

use serde_json::{Value, json};

use crate::mirrored::{FEED, html, mirror, rss_of_three, with};
use crate::origin::Reply;
use crate::ran::events;
use crate::test::Test;

/// Returns a test with three articles of a feed, of which one changed, one is gone, and the image of one vanished.
fn rotten() -> Test {
    let test = with(FEED);
    let page = "<title>c</title><img src=https://b.test/c.png><p>A line of text that stays as it is, for ever.";
    test.serve("a.test/c", Reply::ok("text/html", page));
    test.serve_image("b.test/c.png", "plain.png");
    test.serve("a.test/feed", rss_of_three());
    mirror(&test, &[]).expect_code(0, &["3 articles captured"]);
    let nothing = test.run(&["mirror", "report"]);
    nothing.expect(
        0,
        "",
        "0 pages, 0 images changed or vanished; 3 articles looked at\n",
    );
    test.serve("a.test/a", html("another title"));
    test.serve("a.test/b", Reply::not_found());
    test.serve("b.test/c.png", Reply::not_found());
    mirror(&test, &["--refresh"]).expect_code(0, &[]);
    test
}

fn told(test: &Test, arguments: &[&str]) -> Vec<Value> {
    let ran = test.run(&[&["mirror", "report", "--json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let objects = ran.objects();
    let rots = events(&objects, "rot").into_iter();
    rots.map(|it| {
        json!([
            it["kind"],
            it["host"],
            it["became"],
            it["url"],
            it["title"],
            it["why"],
            it["status"]
        ])
    })
    .collect()
}

#[test]
fn pages_and_images_that_changed_or_vanished_are_told_by_host() {
    let test = rotten();
    let changed = json!([
        "page",
        "a.test",
        "changed",
        "https://a.test/a",
        "another title",
        null,
        null
    ]);
    let gone = json!([
        "page",
        "a.test",
        "gone",
        "https://a.test/b",
        "b",
        null,
        null
    ]);
    let lost = json!([
        "image",
        "b.test",
        "lost",
        "https://b.test/c.png",
        "c",
        "http-status",
        404
    ]);
    let mut all = told(&test, &[]);
    all.sort_by_key(ToString::to_string);
    let mut expected = [changed, gone, lost.clone()];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(all, expected);
    let of_host = told(&test, &["--host", "b.test"]);
    assert_eq!(of_host, std::slice::from_ref(&lost));
    assert_eq!(told(&test, &["--host", ".test"]).len(), 3);
    assert_eq!(told(&test, &["--since", "2999-01-01"]), [Value::Null; 0]);
    let report = test.run(&["mirror", "report"]);
    for line in [
        "a.test\n  ",
        "b.test\n  lost      ",
        "https://b.test/c.png (HTTP 404)  c\n",
    ] {
        assert!(report.stdout.contains(line), "{line:?}: {report:#?}");
    }
    report.expect_code(
        0,
        &["2 pages, 1 image changed or vanished; 3 articles looked at"],
    );
    test.run(&["mirror", "report", "--since", "soon"])
        .expect_code(2, &["--since soon"]);
    // The page and its image as they were: what runs remember is all that tells of the image.
    std::fs::remove_file(test.path("archive/state/vanished.json")).unwrap();
    assert_eq!(told(&test, &["--host", "b.test"]), [Value::Null; 0]);
    mirror(&test, &["--refresh"]).expect_code(0, &[]);
    assert_eq!(told(&test, &["--host", "b.test"]), [lost]);
    test.assert_sound();
}

#[test]
fn what_is_back_is_told_no_more() {
    let test = rotten();
    let when = |test: &Test| {
        let ran = test.run(&["mirror", "report", "--json", "--host", "b.test"]);
        ran.objects()[0]["when"].clone()
    };
    let first = when(&test);
    mirror(&test, &["--refresh"]).expect_code(0, &[]);
    assert_eq!(when(&test), first, "since when it was seen first");
    test.serve_image("b.test/c.png", "plain.png");
    test.serve("a.test/b", html("b"));
    mirror(&test, &["--refresh"]).expect_code(0, &[]);
    assert_eq!(told(&test, &[]).len(), 1, "the change stays");
}

#[test]
fn the_report_of_a_run_says_what_stays_and_what_was_lost() {
    let test = rotten();
    let folder = test.path("archive/state/runs");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    names.sort();
    let json = std::fs::read(names.last().unwrap()).unwrap();
    let report: Value = serde_json::from_slice(&json).unwrap();
    let failed = &report["failed"][0];
    assert_eq!(
        (&failed["standing"], failed["id"].is_string()),
        (&json!("gone"), true),
        "{failed}"
    );
    let lost = &report["lacking"][0]["lost"][0];
    assert_eq!(
        (&lost["url"], &lost["status"]),
        (&json!("https://b.test/c.png"), &json!(404)),
        "{report:#}"
    );
}
