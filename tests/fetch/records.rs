//! What is written down? What was sent, what came, and no secret.

use super::*;

#[tokio::test]
async fn no_referer_goes_over_any_redirect() {
    let config = || Config::tls(&["a.test", "b.test", "c.test"]);
    for (http1_only, protocol) in [(false, "HTTP/2"), (true, "HTTP/1.1")] {
        let config = Config {
            http1_only,
            ..config()
        };
        let origin = Origin::start(&config, |request| match request.host.as_str() {
            "a.test" => Reply::redirect(302, "https://b.test/two?secret=1"),
            "b.test" => Reply::redirect(308, "//c.test/three#part"),
            _ => Reply::ok("image/png", TEXT),
        })
        .unwrap();
        let answer = get(&client(&origin), "https://a.test/one?token=2#top").await;
        let log = origin.log();
        assert_eq!(log.len(), 3);
        for (exchange, request) in answer.exchanges.iter().zip(&log) {
            assert_eq!(request.header("referer"), None);
            assert_eq!(
                without_host(&exchange.request),
                without_host(&request.headers)
            );
            assert!(
                exchange
                    .request
                    .contains(&("host".to_owned(), request.host.clone()))
            );
            assert_eq!(exchange.protocol.as_deref(), Some(protocol));
            assert_eq!(exchange.peer, Some(origin.addr));
        }
        let urls: Vec<_> = answer
            .exchanges
            .iter()
            .map(|exchange| exchange.url.as_str())
            .collect();
        assert_eq!(
            urls,
            [
                "https://a.test/one?token=2",
                "https://b.test/two?secret=1",
                "https://c.test/three"
            ]
        );
        let body = body(answer);
        assert_eq!(
            (&*body.sink, body.final_url.as_str()),
            (TEXT, "https://c.test/three")
        );
        assert_eq!(body.content_type.as_deref(), Some("image/png"));
    }
}

/// The fields of a record without the host, which HTTP/2 writes in another place.
fn without_host(headers: &[(String, String)]) -> Vec<&(String, String)> {
    headers.iter().filter(|field| field.0 != "host").collect()
}

#[tokio::test]
async fn the_record_is_what_was_sent() {
    let origin = plain(|_| {
        Reply::ok("image/png", TEXT)
            .with("x-first", "1")
            .with("x-second", "2")
    });
    let answer = get(&client(&origin), "http://h.test:80/a").await;
    let exchange = &answer.exchanges[0];
    assert_eq!(exchange.request, origin.log()[0].headers);
    let names: Vec<_> = exchange
        .request
        .iter()
        .map(|field| field.0.as_str())
        .collect();
    assert_eq!(names, ["user-agent", "accept", "accept-encoding", "host"]);
    let response = exchange.response.as_ref().unwrap();
    let names: Vec<_> = response
        .headers
        .iter()
        .map(|field| field.0.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "content-type",
            "x-first",
            "x-second",
            "content-length",
            "date"
        ]
    );
    assert_eq!(
        (response.status, response.body_bytes),
        (200, TEXT.len() as u64)
    );
    assert_eq!(
        (response.body_digest, response.truncated),
        (Digest::of(TEXT), None)
    );
    assert_eq!((&*exchange.method, exchange.failure), ("GET", None));
}

#[tokio::test]
async fn what_is_not_modified_is_not_sent() {
    let origin = plain(|request| match request.path.as_str() {
        "/etag" => Reply::ok("image/png", TEXT).with("etag", "\"v1\""),
        "/date" => {
            Reply::ok("image/png", TEXT).with("last-modified", "Tue, 26 Apr 2022 10:00:00 GMT")
        }
        _ => Reply::redirect(302, "/etag"),
    });
    let client = client(&origin);
    for path in ["etag", "date", "moved"] {
        let first = body(get(&client, &format!("http://h.test/{path}")).await);
        let validators = first.validators.clone();
        assert!(validators.is_some());
        let request = Request {
            validators,
            ..request(&format!("http://h.test/{path}"))
        };
        let answer = client.get(request, Vec::new()).await;
        assert!(
            matches!(&answer.result, Ok(Received::NotModified { final_url }) if *final_url == first.final_url)
        );
        let last = answer.exchanges.last().unwrap();
        assert_eq!(
            (last.response.as_ref().unwrap().status, last.failure),
            (304, None)
        );
    }
    // The redirect was asked unconditionally: the validators are another URL's.
    let conditional = |request: &Recorded| request.header("if-none-match").is_some();
    assert!(
        !origin
            .log()
            .iter()
            .any(|request| request.path == "/moved" && conditional(request))
    );
    let changed = Validators {
        url: Link::parse("http://h.test/etag").unwrap(),
        etag: Some("\"v0\"".to_owned()),
        last_modified: None,
    };
    let request = Request {
        validators: Some(changed),
        ..request("http://h.test/etag")
    };
    assert_eq!(body(client.get(request, Vec::new()).await).sink, TEXT);
}

#[tokio::test]
async fn secrets_go_to_their_origin_and_into_no_record() {
    let origin = Origin::start(&Config::tls(&["a.test", "b.test"]), |request| match request
        .path
        .as_str()
    {
        "/one" => Reply::redirect(302, "/two"),
        "/two" => Reply::redirect(302, "https://b.test/three").with("set-cookie", "id=hush"),
        "/three" => Reply::redirect(302, "https://you:hush@b.test/four"),
        _ => Reply::ok("image/png", TEXT),
    })
    .unwrap();
    let answer = get(&client(&origin), "https://me:p%40ss@a.test/one").await;
    let sent: Vec<_> = origin
        .log()
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    // me:p@ss, me:p@ss, nothing, you:hush
    let expected = [
        Some("Basic bWU6cEBzcw=="),
        Some("Basic bWU6cEBzcw=="),
        None,
        Some("Basic eW91Omh1c2g="),
    ];
    assert_eq!(sent, expected.map(|value| value.map(str::to_owned)));
    for secret in ["hush", "p%40ss", "p@ss", "bWU6", "eW91"] {
        assert!(
            !holds(&answer.exchanges, secret),
            "{secret} in {:?}",
            answer.exchanges
        );
    }
    let field = |name: &str| (name.to_owned(), WITHHELD.to_owned());
    assert!(
        answer.exchanges[0]
            .request
            .contains(&field("authorization"))
    );
    assert!(
        answer.exchanges[1]
            .response
            .as_ref()
            .unwrap()
            .headers
            .contains(&field("set-cookie"))
    );
    assert_eq!(body(answer).final_url.as_str(), "https://b.test/four");
}
