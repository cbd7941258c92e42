//! Does a feed that is broken, strange or hostile leave the archive sound, and the next run able to go on?

use serde_json::{Value, json};

use crate::mirrored::{FEED, articles, mirror, objects, sources, with};
use crate::origin::{Body, Reply};
use crate::ran::events;
use crate::test::Test;

fn feed(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply::ok("application/xml", bytes)
}

/// Runs `mirror`, which is to tell this of its only source; returns what was captured.
#[track_caller]
fn check(test: &Test, code: i32, part: &str) -> Vec<String> {
    let told = objects(test, code);
    let source = events(&told, "source")[0];
    let error = source["error"].as_str().unwrap_or_default();
    assert!(
        error.contains(part) && part.is_empty() == error.is_empty(),
        "{source}"
    );
    test.assert_sound();
    articles(&told, "captured")
}

const A: &str = "<item><link>https://a.test/a</link></item>";

#[test]
fn a_feed_that_breaks_off_gives_what_is_whole_and_is_made_up_for() {
    let test = with(FEED);
    let whole = r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"https://a.test/a"},{"id":"2","url":"https://a.test/b"}]}"#;
    test.serve_each(
        "a.test/feed",
        [
            Reply::ok("application/feed+json", &whole[..whole.len() - 10]),
            Reply::ok("application/feed+json", whole),
        ],
    );
    assert_eq!(
        check(&test, 1, "it breaks off before its end (line 1,"),
        ["https://a.test/a"]
    );
    assert_eq!(check(&test, 0, ""), ["https://a.test/b"]);
}

#[test]
fn a_page_instead_of_a_feed_fails_and_is_made_up_for() {
    let test = with(&format!("{FEED}kind = 'feed'\n"));
    test.serve_each(
        "a.test/feed",
        [
            Reply::ok(
                "application/rss+xml",
                "<!doctype html><title>Down for maintenance</title>",
            ),
            feed(format!("<rss>{A}</rss>")),
        ],
    );
    assert!(check(&test, 1, "is an HTML page that announces no feed").is_empty());
    assert_eq!(check(&test, 0, ""), ["https://a.test/a"]);
}

/// Entities that multiply are never expanded, neither in a title nor in an address.
#[test]
fn an_entity_bomb_is_harmless() {
    let test = with(FEED);
    let entity = |level: u32| {
        let inner = format!("&a{};", level - 1).repeat(10);
        format!("<!ENTITY a{level} '{inner}'>")
    };
    let entities: Vec<String> = (1..40).map(entity).collect();
    let bomb = format!(
        "<!DOCTYPE rss [<!ENTITY a0 'aaaaaaaaaa'>{}<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\
         <rss><item><title>&a39; &x;</title><link>https://a.test/&a39;</link></item>{A}</rss>",
        entities.concat()
    );
    test.serve("a.test/feed", feed(bomb));
    assert_eq!(check(&test, 0, ""), ["https://a.test/a"]);
    assert_eq!(
        test.count("a.test/&a39;"),
        1,
        "it is asked for as it is written"
    );
}

/// What a feed declares and what it is written in differ often enough.
#[test]
fn wrongly_encoded_feeds_are_read() {
    let xml = "<?xml version='1.0' encoding='utf-8'?><rss><item><title>\u{4e00}</title><link>https://a.test/a</link></item></rss>";
    let utf16: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (gbk, _, _) = encoding_rs::GBK.encode(xml);
    for bytes in [[&[0xff, 0xfe], &utf16[..]].concat(), gbk.into_owned()] {
        let test = with(FEED);
        test.serve("a.test/feed", feed(bytes));
        assert_eq!(check(&test, 0, ""), ["https://a.test/a"]);
    }
}

#[test]
fn entries_without_ids_with_shared_ids_and_of_the_future_are_articles() {
    let test = with(&format!("{FEED}since = 2024-01-01\nnewest = 3\n"));
    let item = |link: &str, id: &str, date: &str| {
        format!("<item><link>https://a.test/{link}</link>{id}<pubDate>{date}</pubDate></item>")
    };
    let shared = "<guid isPermaLink='false'>the-same-one</guid>";
    test.serve(
        "a.test/feed",
        feed(format!(
            "<rss>{}{}{}{}</rss>",
            item("a", "", "Fri, 01 Jan 2100 00:00:00 GMT"),
            item("b", shared, "01 Jan 2025 00:00:00 GMT"),
            item("c", shared, "02 Jan 2025 00:00:00 GMT"),
            item("old", "", "02 Jan 2020 00:00:00 GMT"),
        )),
    );
    assert_eq!(
        check(&test, 0, ""),
        ["https://a.test/a", "https://a.test/b", "https://a.test/c"]
    );
    assert!(
        check(&test, 0, "").is_empty(),
        "each is an article of its own"
    );
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn entries_without_an_address_are_told() {
    let test = with(FEED);
    let nameless = "<item><description>x</description></item>";
    test.serve(
        "a.test/feed",
        feed(format!(
            "<rss><item><title>Note one</title></item>{A}{nameless}</rss>"
        ))
        .with("etag", "\"1\""),
    );
    let told = objects(&test, 0);
    assert_eq!(sources(&told), [json!(["feed", "read", 3, 1])]);
    assert_eq!(
        events(&told, "source")[0]["unaddressed"],
        json!({"number": 2, "first": ["Note one", "entry 3"]})
    );
    let again = objects(&test, 0);
    assert_eq!(events(&again, "source")[0]["unaddressed"], Value::Null);
    std::fs::remove_dir_all(test.path("archive/state")).unwrap();
    mirror(&test, &[]).expect_code(
        0,
        &["https://a.test/feed: 2 entries without an address left out: Note one, entry 3"],
    );
}

/// A source that is something else each time: what one of its answers named stays.
#[test]
fn a_source_that_answers_differently_each_time_loses_nothing() {
    let test = with(&format!("{FEED}kind = 'feed'\n"));
    let named = |link: &str| format!("<item><link>https://a.test/{link}</link></item>");
    test.serve_each(
        "a.test/feed",
        [
            feed(format!("<rss>{}</rss>", named("a"))),
            Reply::new(500, Body::Fixed(Vec::new())),
            feed(format!("<rss>{}</rss>", named("b"))),
            Reply::ok("image/png", b"\x89PNG\r\n\x1a\n".to_vec()),
            Reply::ok("application/json", r#"{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://a.test/c"}]}"#),
            feed(""),
            feed("<feed><entry><link href='https://a.test/a'/></entry></feed>"),
        ],
    );
    assert_eq!(check(&test, 0, ""), ["https://a.test/a"]);
    check(&test, 1, "HTTP 500");
    assert_eq!(check(&test, 0, ""), ["https://a.test/b"]);
    check(&test, 1, "not a feed");
    assert_eq!(check(&test, 0, ""), ["https://a.test/c"]);
    check(&test, 1, "not a feed");
    assert!(check(&test, 0, "").is_empty());
    assert_eq!(test.assert_sound(), 3);
}

/// Of a list of sitemaps, `newest` counts for the whole.
#[test]
fn the_newest_of_several_sitemaps() {
    let test = with("[[source]]\nurl = 'https://a.test/index.xml'\nnewest = 2\n");
    let url = |name: &str, day: &str| {
        format!("<url><loc>https://a.test/{name}</loc><lastmod>{day}</lastmod></url>")
    };
    let map = |urls: &[String]| feed(format!("<urlset>{}</urlset>", urls.concat()));
    test.serve(
        "a.test/1.xml",
        map(&[url("a", "2024-01-01"), url("old", "2020-01-01")]),
    );
    test.serve(
        "a.test/2.xml",
        map(&[url("older", "2019-01-01"), url("b", "2024-01-02")]),
    );
    test.serve(
        "a.test/index.xml",
        feed("<sitemapindex><sitemap><loc>/1.xml</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>"),
    );
    assert_eq!(
        check(&test, 0, ""),
        ["https://a.test/a", "https://a.test/b"]
    );
}
