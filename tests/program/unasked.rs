//! What of an article that is as it was goes unasked, because it counts as new? (RFC 9111 §4.2)

use std::collections::BTreeSet;
use std::fs;

use crate::origin::Reply;
use crate::ran::events;
use crate::test::{Test, image, page_with};

const PAGE: &str = "https://a.test/x";

/// Returns a test with a page that shows `1.png`, new for an hour, and `2.png`, last changed long ago.
fn with_page() -> Test {
    let test = Test::new();
    serve_page(&test, "p");
    let fresh = |bytes: &str| Reply::ok("image/png", [image("plain.png"), bytes.into()].concat());
    let hour = fresh("1").with("etag", "\"1\"");
    test.serve("a.test/1.png", hour.with("cache-control", "max-age=3600"));
    let long_ago = "Sun, 01 Nov 2009 08:00:00 GMT";
    test.serve("a.test/2.png", fresh("2").with("last-modified", long_ago));
    test
}

fn serve_page(test: &Test, etag: &str) {
    let page = page_with(["1.png", "2.png"]);
    let reply = Reply::ok("text/html", page).with("etag", &format!("\"{etag}\""));
    test.serve("a.test/x", reply);
}

/// Archives the page again, and returns the paths that were asked for.
#[track_caller]
fn again(test: &Test, flags: &[&str], outcome: &str) -> Vec<String> {
    let before = test.origin.log().len();
    let objects = test.add_json(&[flags, &[PAGE]].concat());
    let article = events(&objects, "article")[0];
    assert_eq!(article["outcome"], outcome, "{article:#}");
    let log = test.origin.log().into_iter().skip(before);
    let mut asked: Vec<String> = log.map(|it| it.path).collect();
    asked.sort();
    asked
}

#[test]
fn what_counts_as_new_goes_unasked_where_the_page_is_as_it_was() {
    let test = with_page();
    assert_eq!(again(&test, &[], "captured"), ["/1.png", "/2.png", "/x"]);
    assert_eq!(again(&test, &[], "unchanged"), ["/x"]);
    let all = again(&test, &["--refresh"], "unchanged");
    assert_eq!(all, ["/1.png", "/2.png", "/x"]);
    let objects = test.add_json(&[PAGE]);
    let images = &events(&objects, "article")[0]["images"];
    assert_eq!((&images["kept"], &images["reused"]), (&0.into(), &2.into()));
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_page_without_validators_is_compared_by_what_it_says() {
    let test = with_page();
    let page = |token: u32| {
        let page = page_with(["1.png", "2.png"]) + "<p>Twice a day the sea rises and falls.";
        Reply::ok(
            "text/html",
            page.replace("<p>", &format!("<p data-token={token}>")),
        )
    };
    test.serve("a.test/x", page(4711));
    again(&test, &[], "captured");
    assert_eq!(again(&test, &[], "unchanged"), ["/x"]);
    test.serve("a.test/x", page(815));
    assert_eq!(again(&test, &[], "unchanged"), ["/x"]);
    assert_eq!(test.snapshots().len(), 1);
}

#[test]
fn a_new_snapshot_tells_of_the_requests_for_all_that_it_holds() {
    let test = with_page();
    again(&test, &[], "captured");
    test.serve(
        "a.test/x",
        Reply::ok("text/html", page_with(["1.png", "2.png", "3.png"])).with("etag", "\"q\""),
    );
    let asked = again(&test, &[], "captured");
    assert_eq!(asked, ["/1.png", "/2.png", "/3.png", "/x"]);
    // One that is missing is asked for again, the others are not; when it comes, they are.
    assert_eq!(again(&test, &[], "unchanged"), ["/3.png", "/x"]);
    test.serve_image("a.test/3.png", "plain.png");
    let asked: BTreeSet<String> = again(&test, &[], "captured").into_iter().collect();
    assert_eq!(asked.len(), 4, "{asked:?}");
    let newest = test.snapshots().pop().unwrap().snapshot;
    let told = |link: &str| newest.exchanges.iter().any(|it| it.url.as_str() == link);
    for (_, mention) in newest.mentions() {
        assert!(
            told(mention.target.as_ref().unwrap().as_str()),
            "{mention:?}"
        );
    }
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn what_vanished_from_the_archive_is_asked_for() {
    let test = with_page();
    again(&test, &[], "captured");
    let blob = test.blobs().into_iter().find(|path| path.ends_with("png"));
    fs::remove_file(test.path("archive").join(blob.unwrap())).unwrap();
    let asked = again(&test, &[], "captured");
    assert!(asked.len() >= 3, "{asked:?}");
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn what_a_user_teaches_is_looked_for_at_once() {
    let test = with_page();
    let page = "<title>P</title><img src=1.png><img data-odd=2.png>";
    test.serve(
        "a.test/x",
        Reply::ok("text/html", page).with("etag", "\"p\""),
    );
    assert_eq!(again(&test, &[], "captured"), ["/1.png", "/x"]);
    assert_eq!(again(&test, &[], "unchanged"), ["/x"]);
    test.write("offprint.toml", "[lazy]\nsources = [\"data-odd\"]\n");
    let taught = again(&test, &["--config", "offprint.toml"], "captured");
    assert!(taught.contains(&"/2.png".to_owned()), "{taught:?}");
}
