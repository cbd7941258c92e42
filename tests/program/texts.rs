//! Is what a feed carries of an article archived as one, beside its page or in its stead, and never lost?

use std::fs;

use serde_json::{Value, json};

use crate::mirrored::{articles, mirroring, objects, sources, with};
use crate::origin::Reply;
use crate::ran::{Ran, events};
use crate::test::Test;

const LONG: &str = "<p>The first paragraph of a text that is long enough to be told from others of its kind.</p>\
                    <p>The second one goes on for a while about things that the first did not come to speak of.</p>\
                    <p>The third says what follows from both of them, and why that matters to whoever reads it.</p>\
                    <p>The fourth is there so that there is something to be cut away by those who want visitors.</p>\
                    <p>The fifth thanks the reader, names a few sources, and says when the next one will come out.</p>\
                    <p>The sixth and last is a farewell in several words, as such texts have it for some reason.</p>";

/// Returns an item with its text as `content:encoded`.
fn item(name: &str, text: &str) -> String {
    format!(
        "<item><guid isPermaLink='false'>entry-no-{name}</guid><title>{name}</title><link>https://a.test/{name}</link>\
         <content:encoded><![CDATA[{text}]]></content:encoded></item>"
    )
}

fn rss(items: &[String]) -> Reply {
    let feed = format!(
        "<rss version='2.0'><channel>{}</channel></rss>",
        items.concat()
    );
    Reply::ok("application/rss+xml", feed)
}

fn taking(what: &str) -> Test {
    with(&format!(
        "[[source]]\nurl = 'https://a.test/feed'\ncontent = '{what}'\n"
    ))
}

/// Returns the newest snapshot of an article, and its view.
#[track_caller]
fn newest(test: &Test, article: &str) -> (Value, String) {
    let shown = &test.run(&["--json", "show", article]).objects()[0];
    let history = shown["history"].as_array().unwrap();
    let path = history.last().unwrap()["path"].as_str().unwrap();
    let read = |path: &str| fs::read_to_string(test.path("archive").join(path)).unwrap();
    let snapshot = serde_json::from_str(&read(path)).unwrap();
    (snapshot, read(shown["view"].as_str().unwrap()))
}

#[test]
fn page_and_text_stand_beside_each_other() {
    let test = taking("both");
    let enclosed = "<media:content url='/lead.png' medium='image'/><enclosure url='/talk.mp3' type='audio/mpeg'/>";
    let first = item("a", "<p>carried <img src='/i.png'>")
        .replace("</item>", &format!("{enclosed}</item>"));
    test.serve(
        "a.test/feed",
        rss(&[first, item("b", "<p>b")]).with("etag", "\"1\""),
    );
    test.serve_image("a.test/lead.png", "plain.png");
    let told = objects(&test, 0);
    assert_eq!(
        articles(&told, "captured"),
        [
            "feed:https://a.test/a",
            "feed:https://a.test/b",
            "https://a.test/a",
            "https://a.test/b"
        ]
    );
    let (snapshot, view) = newest(&test, "feed:https://a.test/a");
    let source = &snapshot["source"];
    assert_eq!(source["key"], "feed:https://a.test/a");
    assert_eq!(source["url"], "https://a.test/a");
    assert_eq!(
        source["entry"],
        json!({"feed": "https://a.test/feed", "id": "entry-no-a", "carrier": "content:encoded"})
    );
    assert_eq!(snapshot["exchanges"][0]["url"], "https://a.test/feed");
    assert!(
        view.contains("<p>carried <img src='../../../../blobs/"),
        "{view}"
    );
    assert!(view.contains("href=\"https://a.test/talk.mp3\""), "{view}");
    assert_eq!(events(&told, "article")[0]["images"]["missing"], 0);
    assert_eq!(
        (test.count("a.test/lead.png"), test.count("a.test/talk.mp3")),
        (1, 0)
    );
    let (page, _) = newest(&test, "https://a.test/a");
    assert_eq!(page["source"]["key"], "url:https://a.test/a");
    assert_eq!(test.assert_sound(), 4);

    // What did not change costs the request for the feed, and no other but conditional ones.
    let before = test.origin.log().len();
    let again = objects(&test, 0);
    assert_eq!(articles(&again, "captured"), [""; 0]);
    for request in &test.origin.log()[before..] {
        let is_asked_anew = request.header("if-none-match").is_none();
        assert!(
            !is_asked_anew || request.path == "/robots.txt",
            "{request:?}"
        );
    }
}

#[test]
fn of_what_a_feed_carries_the_page_is_not_asked_for() {
    let test = taking("feed");
    let summary = "<item><link>https://a.test/b</link><description>short</description></item>";
    test.serve(
        "a.test/feed",
        rss(&[item("a", "<p>carried"), summary.to_owned()]),
    );
    assert_eq!(
        articles(&objects(&test, 0), "captured"),
        ["feed:https://a.test/a", "https://a.test/b"]
    );
    assert_eq!(test.count("a.test/a"), 0);
    // The address alone means what is there.
    let (snapshot, _) = newest(&test, "https://a.test/a");
    assert_eq!(snapshot["article"]["title"], "a");
    test.assert_sound();
}

#[test]
fn a_text_that_changed_is_a_new_snapshot_and_the_others_are_left_alone() {
    let test = taking("feed");
    test.serve_each(
        "a.test/feed",
        [
            rss(&[item("a", "<p>one"), item("b", "<p>two")]),
            rss(&[item("c", "<p>new"), item("a", "<p>one, edited")]),
            rss(&[item("c", "<p>new"), item("a", "<p  class=x>one, edited")]),
        ],
    );
    objects(&test, 0);
    assert_eq!(
        articles(&objects(&test, 0), "captured"),
        ["feed:https://a.test/a", "feed:https://a.test/c"]
    );
    assert_eq!(
        articles(&objects(&test, 0), "captured"),
        [""; 0],
        "a reader sees no change"
    );
    assert_eq!(
        test.run(&["--json", "list"]).objects().len(),
        3,
        "what fell out of the feed stays"
    );
    test.assert_sound();
}

#[test]
fn an_excerpt_never_replaces_the_text() {
    let test = taking("feed");
    let excerpt = LONG.split("</p>").next().unwrap();
    let short = item("a", &format!("{excerpt} …"));
    let summary = "<item><guid isPermaLink='false'>entry-no-a</guid><link>https://a.test/a</link><description>x</description></item>";
    test.serve_each(
        "a.test/feed",
        [
            rss(&[item("a", LONG)]),
            rss(std::slice::from_ref(&short)),
            rss(&[short.replace('…', "...")]),
            rss(&[summary.to_owned()]),
            rss(&[item("a", LONG)]),
        ],
    );
    objects(&test, 0);
    for _ in 0..2 {
        let told = objects(&test, 0);
        let article = events(&told, "article")[0];
        assert_eq!(
            (&article["outcome"], &article["standing"]),
            (&json!("failed"), &json!("changed"))
        );
        let error = article["error"].as_str().unwrap();
        assert!(
            error.contains("its page is carried in part only by its feed; what was captured on"),
            "{error}"
        );
    }
    let log = fs::read_to_string(test.path("archive/log/000000000000.jsonl")).unwrap();
    assert_eq!(log.matches("\"saw\":\"changed\"").count(), 1, "{log}");
    // A feed that carries nothing any more says nothing of the text; the page is taken in its stead, beside it.
    assert_eq!(
        articles(&objects(&test, 0), "captured"),
        ["https://a.test/a"]
    );
    let (_, view) = newest(&test, "feed:https://a.test/a");
    assert!(view.contains("The sixth and last is a farewell"), "{view}");
    objects(&test, 0);
    assert_eq!(test.assert_sound(), 2);
}

/// A feed that was read for its addresses alone, and is as it was, is asked for as a whole for its texts.
#[test]
fn texts_that_are_not_here_are_asked_for() {
    let test = taking("page");
    test.serve(
        "a.test/feed",
        rss(&[item("a", "<p>one")]).with("etag", "\"1\""),
    );
    objects(&test, 0);
    test.write(
        "offprint.toml",
        "[[source]]\nurl = 'https://a.test/feed'\ncontent = 'both'\n",
    );
    assert_eq!(
        articles(&objects(&test, 0), "captured"),
        ["feed:https://a.test/a"]
    );
    assert_eq!(sources(&objects(&test, 0))[0][1], "unchanged");
    fs::remove_dir_all(test.path("archive/state")).unwrap();
    assert_eq!(articles(&objects(&test, 0), "captured"), [""; 0]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn texts_of_every_kind_of_feed() {
    let test = with(
        "[[source]]\nurl = 'https://a.test/atom'\ncontent = 'feed'\n[[source]]\nurl = 'https://a.test/json'\ncontent = 'feed'\n",
    );
    test.serve(
        "a.test/atom",
        Reply::ok(
            "application/atom+xml",
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ar'><entry><link href='/x'/><id>urn:uuid:x</id><title>س</title>\
             <content type='xhtml' xml:base='https://a.test/deep/'><div xmlns='http://www.w3.org/1999/xhtml'>\
             <a id='top'/><p>نص <img src='../i.png'/></p></div></content></entry></feed>",
        ),
    );
    test.serve(
        "a.test/json",
        Reply::ok(
            "application/feed+json",
            r#"{"version":"https://jsonfeed.org/version/1.1","language":"ja","items":[
            {"id":"j","url":"https://a.test/j","content_html":"<p>本文<img src=\"/i.png\">"},
            {"id":"k","url":"https://a.test/k","content_text":"a < b"}]}"#,
        ),
    );
    let told = objects(&test, 0);
    assert_eq!(
        articles(&told, "captured"),
        [
            "feed:https://a.test/j",
            "feed:https://a.test/k",
            "feed:https://a.test/x"
        ]
    );
    let (atom, view) = newest(&test, "feed:https://a.test/x");
    assert_eq!(atom["documents"][0]["syntax"], "xml");
    assert_eq!(atom["article"]["language"], "ar");
    assert!(
        view.contains("<a id='top'></a>") && view.contains("blobs/sha256/"),
        "{view}"
    );
    let (json, view) = newest(&test, "feed:https://a.test/j");
    assert_eq!(json["article"]["language"], "ja");
    assert!(
        view.contains("<p>本文<img src=\"../../../../blobs/"),
        "{view}"
    );
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn an_entry_that_moved_keeps_its_text_and_a_killed_run_is_made_up_for() {
    let test = taking("feed");
    let moved = item("a", "<p>one, moved").replace("https://a.test/a", "https://a.test/c");
    test.serve_each(
        "a.test/feed",
        [
            rss(&[item("a", "<p>one")]),
            rss(&[item("a", "<p>one")]),
            rss(&[moved]),
        ],
    );
    let mut command = mirroring(&test, &[]);
    let ran = Ran::of(
        command
            .env("OFFPRINT_ABORT_AT", "BlobsNamed")
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, None, "{ran:#?}");
    objects(&test, 0);
    let told = objects(&test, 0);
    assert_eq!(articles(&told, "captured"), ["feed:https://a.test/c"]);
    let (snapshot, _) = newest(&test, "feed:https://a.test/a");
    assert_eq!(
        snapshot["source"]["url"], "https://a.test/c",
        "it is one article"
    );
    assert_eq!(test.run(&["--json", "list"]).objects().len(), 1);
    assert_eq!(test.assert_sound(), 2, "it has two snapshots");
}
