//! What is a run like that has to ask again: for the page itself, for the rest of an image, with secrets in its hands?

use std::time::{Duration, Instant};

use offprint::exchange::{Exchange, Why};

use crate::network::sent;
use crate::origin::Reply;
use crate::ran::events;
use crate::test::{Test, page_with};

/// Returns a page with one image.
fn page() -> Reply {
    Reply::ok("text/html", page_with(["https://b.test/1.svg"]))
}

/// Returns a drawing that is large enough to go on with where it broke off.
fn drawing() -> Reply {
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><!--{}--></svg>",
        "x".repeat(200_000)
    );
    Reply::ok("image/svg+xml", svg)
}

/// Returns the exchanges of the last snapshot that went to `url`: status and failure.
fn told(test: &Test, url: &str) -> Vec<(Option<u16>, Option<Why>)> {
    let file = test.snapshots().pop().unwrap();
    let exchanges = file.snapshot.exchanges.into_iter();
    let to_it = exchanges.filter(|exchange| exchange.url.as_str() == url);
    to_it
        .map(|exchange| (status(&exchange), exchange.failure))
        .collect()
}

fn status(exchange: &Exchange) -> Option<u16> {
    Some(exchange.response.as_ref()?.status)
}

#[test]
fn a_page_that_fails_at_first_is_asked_for_again() {
    let second = Duration::from_secs(1);
    for (fault, status, why, at_least) in [
        (
            Reply::busy(503, Some("1")),
            Some(503),
            Why::HttpStatus,
            second,
        ),
        (
            page().reset_after(20),
            Some(200),
            Why::ShortBody,
            Duration::ZERO,
        ),
        (
            page().cut_after(20),
            Some(200),
            Why::ShortBody,
            Duration::ZERO,
        ),
        (
            Reply::refused(),
            None,
            Why::ConnectionBroken,
            Duration::ZERO,
        ),
    ] {
        let test = Test::new();
        test.serve_each("a.test/x", [fault, page()]);
        test.serve("b.test/1.svg", drawing());
        let begun = Instant::now();
        let objects = test.add_json(&["https://a.test/x"]);
        assert!(begun.elapsed() >= at_least, "{why:?}");
        let article = events(&objects, "article")[0];
        assert_eq!(article["outcome"], "captured", "{article:#}");
        assert_eq!(article["images"]["kept"], 1, "{article:#}");
        assert_eq!(events(&objects, "summary")[0]["retries"], 1);
        // Each try is on record, and the one that brought the page is the last.
        let expected = [(status, Some(why)), (Some(200), None)];
        assert_eq!(told(&test, "https://a.test/x"), expected);
        assert_eq!(test.assert_sound(), 1);
    }
}

#[test]
fn a_host_that_can_not_be_is_asked_for_once() {
    let label = "x".repeat(64);
    let address = format!("https://{label}.test/1.png");
    let test = Test::new();
    test.serve("a.test/x", Reply::ok("text/html", page_with([&address])));
    let objects = test.add_json(&["--retries", "3", "https://a.test/x"]);
    let missing = &events(&objects, "article")[0]["missing"][0];
    assert_eq!(missing["why"], "name-not-resolved", "{missing:#}");
    assert_eq!(events(&objects, "summary")[0]["retries"], 0);
    assert_eq!(test.requested(), ["a.test/x"]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_page_that_never_comes_is_an_article_that_failed() {
    let test = Test::new();
    test.serve("a.test/x", page().reset_after(20));
    let ran = test.add(&["--retries", "1", "https://a.test/x"]);
    ran.expect_code(1, &["failed", "can't fetch it"]);
    assert_eq!(test.requested(), ["a.test/x"; 2]);
    assert_eq!(test.assert_sound(), 0);
}

#[test]
fn what_came_in_two_pieces_is_recorded_and_asked_for_conditionally() {
    let test = Test::new();
    test.serve("a.test/x", page());
    let etag = "\"strong\"";
    let whole = drawing().resumable(etag);
    test.serve_each(
        "b.test/1.svg",
        [whole.clone().reset_after(150_000), whole.clone()],
    );
    test.add(&["https://a.test/x"])
        .expect_code(0, &["images: 1 kept"]);
    let expected = [(Some(200), Some(Why::ShortBody)), (Some(206), None)];
    assert_eq!(told(&test, "https://b.test/1.svg"), expected);
    let file = test.snapshots().pop().unwrap();
    let pieces: Vec<&Exchange> = file
        .snapshot
        .exchanges
        .iter()
        .filter(|exchange| exchange.url.host() == "b.test")
        .collect();
    // Each piece says what came of it, so that the two can be put together again.
    let field = |exchange: &Exchange, name: &str| {
        let headers = &exchange.response.as_ref().unwrap().headers;
        let field = headers.iter().find(|(it, _)| it == name);
        field.map(|(_, value)| value.clone())
    };
    let bytes = |exchange: &Exchange| exchange.response.as_ref().unwrap().body_bytes;
    let total = whole.body.clone();
    let total = match total {
        crate::origin::Body::Fixed(bytes) => bytes.len() as u64,
        other => panic!("{other:?}"),
    };
    assert_eq!(bytes(pieces[0]) + bytes(pieces[1]), total);
    for piece in &pieces {
        assert_eq!(field(piece, "etag").as_deref(), Some(etag));
    }
    let range = format!("bytes {}-{}/{total}", bytes(pieces[0]), total - 1);
    assert_eq!(field(pieces[1], "content-range"), Some(range));
    assert_eq!(test.assert_sound(), 1);

    // The next run asks whether the whole has changed, and never for a piece of it.
    test.serve("b.test/1.svg", Reply::new(304, whole.body.clone()));
    test.add(&["--refresh", "https://a.test/x"])
        .expect_code(0, &["1 reused"]);
    let last = |name| sent(&test, "b.test/1.svg", name).pop().unwrap();
    assert_eq!(last("if-none-match").as_deref(), Some(etag));
    assert_eq!((last("range"), last("if-range")), (None, None));
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn who_is_asked_again_is_told_no_more_than_at_first() {
    let test = Test::new();
    let image = "https://a.test/1.svg";
    test.serve("a.test/x", Reply::ok("text/html", page_with([image])));
    // On its way to another site and back, every hop fails once, and the last in the midst of the body.
    test.serve_each(
        "a.test/1.svg",
        [
            Reply::busy(500, None),
            Reply::redirect(302, "https://b.test/2.svg"),
        ],
    );
    test.serve_each(
        "b.test/2.svg",
        [
            Reply::refused(),
            Reply::redirect(302, "https://a.test/3.svg"),
        ],
    );
    let whole = drawing().resumable("\"3\"");
    test.serve_each("a.test/3.svg", [whole.clone().reset_after(150_000), whole]);
    test.write("cookies.txt", "a.test\tFALSE\t/\tTRUE\t0\tkey\thush\n");
    let ran = test.add(&[
        "--retries",
        "3",
        "--cookies",
        "cookies.txt",
        "--header",
        "X-Key: hush",
        "https://a.test/x",
    ]);
    ran.expect_code(0, &["images: 1 kept"]);
    for address in ["a.test/1.svg", "a.test/3.svg"] {
        let cookie = Some("key=hush".to_owned());
        assert_eq!(sent(&test, address, "cookie"), [cookie.clone(), cookie]);
        let key = Some("hush".to_owned());
        assert_eq!(sent(&test, address, "x-key"), [key.clone(), key]);
    }
    for name in ["cookie", "x-key", "authorization", "referer"] {
        assert_eq!(sent(&test, "b.test/2.svg", name), [None, None], "{name}");
    }
    assert_eq!(sent(&test, "a.test/3.svg", "range").len(), 2);
    assert!(sent(&test, "a.test/3.svg", "range")[1].is_some());
    let log = test.origin.log();
    assert!(
        log.iter()
            .all(|request| request.header("referer").is_none())
    );
    assert_eq!(test.assert_sound(), 1);
}
