//! Which article is an input a capture of, and what becomes of several at once?

use serde_json::json;

use crate::origin::Reply;
use crate::pages::{UTF_8, html, with_images};
use crate::ran::events;
use crate::test::{Test, image};

#[test]
fn saved_html_gets_its_address_back() {
    let test = with_images();
    test.write(
        "saved.html",
        "<title>S</title><img src=1.png><img src=/2.png>",
    );
    let alone = test.add(&["saved.html"]);
    alone.expect_code(
        1,
        &[
            "  missing 1.png (no-address)\n",
            "  missing /2.png (no-address)\n",
        ],
    );
    let based = test.add(&["--base", "https://b.test/dir/page.html", "saved.html"]);
    based.expect_code(
        1,
        &["missing https://b.test/dir/1.png (http-status, HTTP 404)\n"],
    );
    test.serve(
        "b.test/dir/1.png",
        Reply::ok("image/png", image("plain.png")),
    );
    let whole = test.add(&["--base", "https://b.test/dir/page.html", "saved.html"]);
    whole.expect_code(0, &["captured  S (images: 1 kept, 1 reused)\n"]);
    assert_eq!(test.assert_sound(), 3);
    assert_eq!(test.run(&["list"]).stdout.lines().count(), 1);
}

#[test]
fn a_redirected_page_is_one_article_under_all_its_names() {
    let test = with_images();
    let page = "<title>R</title><link rel=canonical href=/canonical><img src=1.png>";
    for address in ["b.test/final", "b.test/canonical"] {
        test.serve(address, html(UTF_8, page).with("etag", "\"1\""));
    }
    test.serve(
        "a.test/short",
        Reply::redirect(301, "https://b.test/final#part"),
    );
    let first = test.add_json(&["https://a.test/short"]);
    let article = events(&first, "article")[0];
    assert_eq!(article["outcome"], "captured");
    assert_eq!(article["source"], "https://b.test/final");
    let source = test.snapshots()[0].snapshot.source.clone();
    assert_eq!(source.key, "url:https://a.test/short");
    let aliases = ["url:https://b.test/final", "url:https://b.test/canonical"];
    assert_eq!(source.aliases, aliases);
    for other in ["https://b.test/final", "https://b.test/canonical#top"] {
        let again = test.add_json(&[other]);
        let found = events(&again, "article")[0];
        assert_eq!(
            (&found["id"], &found["outcome"]),
            (&article["id"], &json!("unchanged")),
            "{other}"
        );
        assert_eq!(test.run(&["show", other]).code, Some(0));
    }
    assert_eq!(test.assert_sound(), 1);
    assert_eq!(test.count("b.test/1.png"), 1);
}

#[test]
fn two_addresses_of_one_page_are_one_article_in_one_run() {
    let test = with_images();
    test.serve(
        "b.test/final",
        html(UTF_8, "<title>R</title><img src=1.png>"),
    );
    test.serve("a.test/short", Reply::redirect(301, "https://b.test/final"));
    let objects = test.add_json(&[
        "https://a.test/short",
        "https://b.test/final",
        "https://a.test/short#top",
    ]);
    let told = events(&objects, "article");
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|it| it["id"] == told[0]["id"]), "{told:#?}");
    assert_eq!(
        events(&objects, "summary")[0]["articles"],
        json!({"captured": 1, "unchanged": 2, "failed": 0})
    );
    assert_eq!(test.count("b.test/1.png"), 1);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn several_inputs_are_archived_whatever_becomes_of_one() {
    let test = with_images();
    test.serve("a.test/x", html(UTF_8, "<title>X</title><img src=1.png>"));
    test.write("y.md", "---\ntitle: Y\n---\n![](https://a.test/1.png)");
    test.write("z.html", "<title>Z</title>no image");
    let inputs = [
        "https://a.test/x",
        "y.md",
        "z.html",
        "nowhere.md",
        "https://a.test/nowhere",
        "photo.jpg",
    ];
    let objects = test.add_json(&inputs);
    let mut outcomes: Vec<_> = events(&objects, "article")
        .iter()
        .map(|it| {
            (
                it["input"].as_str().unwrap(),
                it["outcome"].as_str().unwrap(),
                it["error"].as_str(),
            )
        })
        .collect();
    outcomes.sort_unstable();
    let kinds = "photo.jpg is neither an http(s) address nor a file";
    assert_eq!(
        outcomes,
        [
            (
                "https://a.test/nowhere",
                "failed",
                Some("can't fetch it: the server refused it (HTTP 404)")
            ),
            ("https://a.test/x", "captured", None),
            (
                "nowhere.md",
                "failed",
                Some("can't read nowhere.md: No such file or directory (os error 2)")
            ),
            ("photo.jpg", "failed", Some(kinds)),
            ("y.md", "captured", None),
            ("z.html", "captured", None),
        ]
    );
    let summary = events(&objects, "summary")[0];
    assert_eq!(
        summary["articles"],
        json!({"captured": 3, "unchanged": 0, "failed": 3})
    );
    assert_eq!(
        test.count("a.test/1.png"),
        1,
        "one URL is fetched once a run"
    );
    assert_eq!(test.assert_sound(), 3);
    test.add(&inputs)
        .expect_code(1, &["0 articles captured, 3 unchanged, 3 failed; "]);
}

#[test]
fn one_article_named_twice_is_told_twice() {
    let test = with_images();
    test.write("x.md", "# X\n\n![](https://a.test/1.png)");
    let objects = test.add_json(&["x.md", "./x.md", "x.md"]);
    let told = events(&objects, "article");
    let mut outcomes: Vec<_> = told
        .iter()
        .map(|it| it["outcome"].as_str().unwrap())
        .collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["captured", "unchanged"]);
    assert_eq!(told[0]["id"], told[1]["id"]);
    assert_eq!(test.count("a.test/1.png"), 1);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn an_address_is_fetched_once_whatever_its_fragment() {
    let test = Test::new();
    test.serve("a.test/x", Reply::ok("text/html", "<title>X</title>"));
    let ran = test.add(&[
        "https://a.test/x",
        "https://a.test/x#part",
        "https://A.test:443/x#",
    ]);
    ran.expect_code(0, &["1 article captured, 2 unchanged; 1 request"]);
    assert_eq!(test.count("a.test/x"), 1);
}

#[test]
fn two_files_with_one_key_are_both_kept_and_noticed() {
    let test = with_images();
    test.write("one/x.md", "# One\n");
    test.write("two/x.md", "# Two\n");
    let ran = test.add(&["one/x.md", "two/x.md"]);
    ran.expect_code(
        0,
        &[
            "note ",
            "are both known as file:x.md",
            "--as",
            "2 articles captured",
        ],
    );
    assert_eq!(test.assert_sound(), 2);
    assert_eq!(test.run(&["list"]).stdout.lines().count(), 1);
    let named = test.add(&["--as", "file:two", "two/x.md"]);
    named.expect_code(0, &[]);
    assert!(!named.stderr.contains("note"), "{named:?}");
    assert_eq!(test.run(&["list"]).stdout.lines().count(), 2);
    assert_eq!(test.run(&["show", "file:two"]).code, Some(0));
    test.add(&["--as", "my own", "two/x.md"])
        .expect_code(0, &[]);
    assert_eq!(test.run(&["restore", "my own"]).stdout, "# Two\n");
    let nameless = test.add(&["--as", "", "two/x.md"]);
    nameless.expect_code(2, &["error: --as needs a key"]);
}
