//! What becomes of what is here when its page changes, vanishes, or turns into something else?

use offprint::archive::Archive;
use offprint::archive::log::{EntryKind, Line};
use serde_json::{Value, json};

use crate::origin::Reply;
use crate::ran::events;
use crate::test::Test;

const PAGE: &str = "https://a.test/post";

/// Returns a page with a text that nobody takes for another, and what rotates at each visit.
fn page(token: u32, words: &str) -> String {
    format!(
        "<title>Tides</title><meta name=csrf-token content=t{token}><link rel=stylesheet href=/s.css?{token}>\
         <nav><a href=/>Home</a></nav><img src=/1.png?v={token}><script nonce=n{token}>var slot={token}</script>\
         <p>Twice a day the sea rises and falls, and the moon has most to do with it, though not all.\
         <p>The sun has a part in it as well, and where both pull together the tide is higher. {words}<!-- {token} -->"
    )
}

fn with_page() -> Test {
    let test = Test::new();
    test.serve("a.test/post", Reply::ok("text/html", page(0, "")));
    for token in 0..9 {
        test.serve_image(&format!("a.test/1.png?v={token}"), "plain.png");
        let style = Reply::ok("text/css", "p{color:red}");
        test.serve(&format!("a.test/s.css?{token}"), style);
    }
    check(&test, "captured", None);
    test
}

/// Archives the page and checks what is told of it.
#[track_caller]
fn check(test: &Test, outcome: &str, standing: Option<&str>) -> Value {
    let objects = test.add_json(&[PAGE]);
    let article = events(&objects, "article")[0].clone();
    let told = article.get("standing").and_then(Value::as_str);
    assert_eq!(
        (article["outcome"].as_str(), told),
        (Some(outcome), standing),
        "{article:#}"
    );
    article
}

/// Returns what the log says was seen, in order.
fn seen(test: &Test) -> Vec<String> {
    let archive = Archive::open(&test.path("archive")).unwrap();
    let entries = archive.log().unwrap().filter_map(|line| match line {
        Line::Entry(entry) => Some(entry),
        Line::Fault { .. } => None,
    });
    let observed = entries.filter(|entry| entry.kind == EntryKind::Observed);
    observed
        .map(|entry| entry.saw.unwrap().to_string())
        .collect()
}

fn row(test: &Test) -> Value {
    let listed = test.run(&["list", "--json"]);
    serde_json::from_str(&listed.stdout).unwrap()
}

#[test]
fn what_rotates_makes_no_new_snapshot_and_an_edit_does() {
    let test = with_page();
    let view = test.view("index.html");
    for token in 1..4 {
        test.serve("a.test/post", Reply::ok("text/html", page(token, "")));
        check(&test, "unchanged", None);
    }
    assert_eq!(test.view("index.html"), view);
    let blobs = test.blobs();
    test.serve("a.test/post", Reply::ok("text/html", page(4, "And so on.")));
    check(&test, "captured", None);
    assert!(test.view("index.html").contains("And so on."));
    assert_eq!(test.blobs().len(), blobs.len() + 1, "only the page is new");
    assert_eq!(seen(&test), [""; 0]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_page_that_is_gone_is_observed_once_and_stays() {
    let test = with_page();
    let view = test.view("index.html");
    test.serve(
        "a.test/post",
        Reply::new(410, crate::origin::Body::Fixed(Vec::new())),
    );
    for _ in 0..3 {
        let article = check(&test, "failed", Some("gone"));
        assert!(
            article["error"].as_str().unwrap().contains("HTTP 410"),
            "{article:#}"
        );
        assert!(article["snapshot"].is_string(), "what stays is named");
    }
    assert_eq!(seen(&test), ["gone"]);
    assert_eq!(test.view("index.html"), view);
    let row = row(&test);
    assert_eq!(row["standing"], "gone");
    assert!(row["since"].is_string());
    let told = |arguments: &[&str]| test.run(arguments).stdout;
    assert!(told(&["list"]).contains("Tides (2 images) - gone since 20"));
    assert!(told(&["show", PAGE]).contains("page       gone since 20"));
    // Rebuilt from the log alone.
    std::fs::remove_dir_all(test.path("archive/state")).unwrap();
    assert_eq!(self::row(&test), row);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_page_that_is_back_is_good_again_with_or_without_a_change() {
    let test = with_page();
    test.serve("a.test/post", Reply::not_found());
    check(&test, "failed", Some("gone"));
    test.serve("a.test/post", Reply::ok("text/html", page(5, "")));
    check(&test, "unchanged", None);
    assert_eq!(
        (&row(&test)["standing"], &row(&test)["since"]),
        (&json!("good"), &Value::Null)
    );
    test.serve(
        "a.test/post",
        Reply::new(403, crate::origin::Body::Fixed(Vec::new())),
    );
    check(&test, "failed", Some("blocked"));
    test.serve(
        "a.test/post",
        Reply::ok("text/html", page(6, "It is back.")),
    );
    check(&test, "captured", None);
    assert_eq!(row(&test)["standing"], "good");
    assert_eq!(seen(&test), ["gone", "good", "blocked"]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn what_stands_in_its_stead_replaces_nothing() {
    let test = with_page();
    let view = test.view("index.html");
    let front = "<title>A site</title><p>All the articles of this site, one after the other, the newest first.";
    test.serve("a.test/", Reply::ok("text/html", front));
    test.serve(
        "a.test/login",
        Reply::ok("text/html", "<form><input type=password></form>"),
    );
    let told = [
        (
            Reply::ok("text/html", "<title>Page not found</title><p>Sorry."),
            "gone",
        ),
        (Reply::redirect(302, "https://a.test/login"), "blocked"),
        (
            Reply::ok("text/html", "<p>This domain is for sale"),
            "changed",
        ),
        (Reply::redirect(301, "https://a.test/"), "gone"),
    ];
    for (reply, standing) in told {
        test.serve("a.test/post", reply);
        check(&test, "failed", Some(standing));
        assert_eq!(test.view("index.html"), view);
    }
    assert_eq!(seen(&test), ["gone", "blocked", "changed", "gone"]);
    assert_eq!(test.assert_sound(), 1);
    let accepted = test.add(&["--accept", PAGE]);
    accepted.expect_code(0, &["1 article captured"]);
    assert!(test.view("index.html").contains("one after the other"));
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn what_may_pass_is_not_observed() {
    let test = with_page();
    test.serve(
        "a.test/post",
        Reply::new(503, crate::origin::Body::Fixed(Vec::new())),
    );
    check(&test, "failed", None);
    assert_eq!(seen(&test), [""; 0]);
    assert_eq!(row(&test)["standing"], "good");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn what_never_was_here_is_not_observed() {
    let test = Test::new();
    test.serve("a.test/post", Reply::not_found());
    check(&test, "failed", None);
    assert_eq!(seen(&test), [""; 0]);
}
