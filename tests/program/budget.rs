//! What does a run say when a person is needed? And does it end before the archive is larger than it may be, and does the next one go on?

use serde_json::json;

use crate::mirrored::{FEED, html, mirror, rss_of_three, with};
use crate::origin::Reply;
use crate::test::{Test, image};

/// Returns a test with a feed of three articles, each with an image of its own of 20 KiB.
fn with_feed(configuration: &str) -> Test {
    let test = with(&format!("{configuration}{FEED}"));
    for name in ["a", "b", "c"] {
        let page = format!("<title>{name}</title><img src=/{name}.png>");
        test.serve(&format!("a.test/{name}"), Reply::ok("text/html", page));
        let padding = name.repeat(20 * 1024).into_bytes();
        let picture = [image("plain.png"), padding].concat();
        test.serve(
            &format!("a.test/{name}.png"),
            Reply::ok("image/png", picture),
        );
    }
    test.serve("a.test/feed", rss_of_three());
    test
}

/// Returns the bytes of all files of the archive but the log and what is remembered.
fn bytes(test: &Test) -> u64 {
    use offprint::archive::{Archive, Area};
    let archive = Archive::open(&test.path("archive")).unwrap();
    let areas = [Area::Blobs, Area::Articles, Area::Derived];
    let sightings = areas.into_iter().flat_map(|area| archive.survey(area));
    sightings.map(|it| it.unwrap().bytes).sum()
}

#[test]
fn a_run_ends_before_the_archive_is_too_large_and_the_next_goes_on() {
    let test = with_feed("");
    let full = mirror(&test, &["--max-size", "60K", "--jobs", "1", "--json"]);
    full.expect_code(
        2,
        &[
            "there is no room for more in ",
            "more than the 61440 bytes",
            "hint: nothing archived before is lost",
        ],
    );
    let objects = full.objects();
    let summary = objects.last().unwrap();
    assert_eq!(summary["interrupted"], json!(false));
    let captured = summary["articles"]["captured"].as_u64().unwrap();
    assert!((1..3).contains(&captured), "{summary:#}");
    assert!(bytes(&test) <= 60 * 1024, "{}", bytes(&test));
    assert_eq!(test.assert_sound() as u64, captured);
    // There is room for nothing more, and so nothing is fetched, until somebody allows more.
    let requests = test.requested().len();
    let none = mirror(&test, &["--max-size", "1K", "--quiet"]);
    none.expect_code(2, &["there is no room for more"]);
    assert_eq!(test.requested().len(), requests);
    mirror(&test, &["--max-size", "1M"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 3);
    mirror(&test, &["--max-size", "1M", "--quiet"]).expect(0, "", "");
}

#[test]
fn the_configuration_says_how_large_it_may_become() {
    let test = with_feed("max-size = '40K'\n");
    mirror(&test, &["--jobs", "1"]).expect_code(2, &["more than the 40960 bytes"]);
    let before = test.assert_sound();
    assert!(before < 3);
    let refused = test.add(&["https://a.test/a", "https://a.test/b", "https://a.test/c"]);
    refused.expect_code(2, &["more than the 40960 bytes"]);
    mirror(&test, &["--max-size", "1M"]).expect_code(0, &[]);
    test.serve("a.test/a", html("new"));
    test.write("offprint.toml", "max-size = 'much'\n");
    mirror(&test, &[]).expect_code(2, &["offprint.toml", "a size is a number"]);
    assert_eq!(test.assert_sound(), 3);
}
