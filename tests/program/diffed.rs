//! Is it told what changed between two captures?

use serde_json::{Value, json};

use crate::origin::Reply;
use crate::test::{Test, image};

const PAGE: &str = "https://a.test/post";

/// Archives three versions of a page.
fn with_versions() -> Test {
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    test.serve("a.test/2.png?v=1", Reply::ok("image/png", other(2)));
    test.serve("a.test/2.png?v=2", Reply::ok("image/png", other(2)));
    test.serve("a.test/3.png", Reply::ok("image/png", other(3)));
    let pages = [
        "<title>Tides</title><p>One.<p>Two.<p>Three.<img src=1.png><img src='2.png?v=1'>",
        "<title>Tides</title><p>One.<p>Two!<p>Three.<img src=1.png><img src='2.png?v=1'>",
        "<title>The tides</title><p>One.<p>Two!<p>Three.<img src=1.png><img src='2.png?v=2'><img src=3.png><img src=gone.png>",
    ];
    for page in pages {
        test.serve("a.test/post", Reply::ok("text/html", page));
        test.add(&["--refresh", PAGE]);
        test.serve("a.test/1.png", Reply::ok("image/png", other(1)));
    }
    assert_eq!(test.assert_sound(), 3);
    test
}

fn other(number: u8) -> Vec<u8> {
    [image("plain.png"), vec![number]].concat()
}

fn told(test: &Test, arguments: &[&str]) -> Value {
    let ran = test.run(&[&["diff", "--json", PAGE], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_newest_is_compared_with_the_one_before() {
    let test = with_versions();
    let diff = told(&test, &[]);
    assert_eq!(
        diff["facts"],
        json!([{"name": "title", "before": "Tides", "after": "The tides"}])
    );
    assert_eq!(diff["text"], json!([]));
    let urls = |member: &str| -> Vec<&str> {
        let list = diff[member].as_array().unwrap().iter();
        list.map(|it| it["url"].as_str().unwrap()).collect()
    };
    // The second image has another address and brings the same.
    assert_eq!(
        urls("added"),
        ["https://a.test/3.png", "https://a.test/gone.png"]
    );
    assert_eq!(urls("removed"), [""; 0]);
    assert_eq!(urls("changed"), [""; 0]);
    assert_eq!(diff["added"][1]["outcome"], "missing");
    let ran = test.run(&["diff", PAGE]);
    assert!(
        ran.stdout.contains("title: Tides -> The tides\n"),
        "{ran:?}"
    );
    assert!(
        ran.stdout
            .contains("added    https://a.test/3.png (kept)\n"),
        "{ran:?}"
    );
}

#[test]
fn any_two_are_compared() {
    let test = with_versions();
    let diff = told(&test, &["1", "2"]);
    let lines = json!([" One.", "-Two.", "+Two!", " Three."]);
    assert_eq!(
        diff["text"],
        json!([{"before": 1, "after": 1, "lines": lines}])
    );
    assert_eq!(diff["changed"][0]["url"], "https://a.test/1.png");
    assert_ne!(
        diff["changed"][0]["before"]["digest"],
        diff["changed"][0]["after"]["digest"]
    );
    let ran = test.run(&["diff", PAGE, "1", "2"]);
    assert!(
        ran.stdout
            .contains("@@ -1,3 +1,3 @@\n One.\n-Two.\n+Two!\n Three.\n"),
        "{ran:?}"
    );
    let path = diff["before"]["snapshot"].as_str().unwrap();
    assert_eq!(told(&test, &[path])["before"], diff["before"]);
    assert_eq!(told(&test, &["1"])["after"], told(&test, &[])["after"]);
    let same = test.run(&["diff", PAGE, "2", "2"]);
    same.expect_code(0, &["nothing that a reader would notice has changed"]);
}

#[test]
fn what_can_not_be_compared_is_said() {
    let test = with_versions();
    test.run(&["diff", PAGE, "tide"])
        .expect_code(2, &["0 of the article's 3 snapshots are \"tide\""]);
    test.run(&["diff", PAGE, "20"])
        .expect_code(2, &["3 of the article's 3 snapshots are \"20\""]);
    test.run(&["diff", "https://a.test/other"])
        .expect_code(2, &["https://a.test/other"]);
    test.serve("a.test/one", Reply::ok("text/html", "<p>One."));
    test.add(&["https://a.test/one"]);
    test.run(&["diff", "https://a.test/one"])
        .expect_code(2, &["has one snapshot only"]);
}
