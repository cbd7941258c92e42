//! What does the network room do with a real origin? Every header is looked at, every fault has its word.

#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the example, which uses other parts"
)]
#[path = "../examples/origin/mod.rs"]
mod origin;

#[path = "fetch/proxy.rs"]
mod proxy;

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use futures_util::future::join_all;
use offprint::digest::Digest;
use offprint::exchange::{Exchange, Truncation, WITHHELD, Why};
use offprint::fetch::{
    Accept, Answer, Client, Failure, FetchError, Options, Override, ProxyChoice, Received, Request,
    Sink, Stop, Timeouts, Validators,
};
use offprint::link::Link;
use tokio::sync::{Barrier, Notify};

use origin::{Body, Config, Origin, Recorded, Reply, gzip};

const BYTES_MAX: u64 = 1 << 20;
const TEXT: &[u8] = "正文, and more text, more text, more text".as_bytes();
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Returns options that send every name to `address` and trust `ca_pem`.
fn options(address: SocketAddr, ca_pem: &str) -> Options {
    Options {
        jobs: 8,
        per_host: 6,
        timeouts: Timeouts::within(Duration::from_secs(8)),
        bytes_max: BYTES_MAX,
        ca_certs: if ca_pem.is_empty() {
            Vec::new()
        } else {
            vec![ca_pem.as_bytes().to_vec()]
        },
        resolve: vec![Override {
            host: None,
            address: address.ip(),
            port: Some(address.port()),
        }],
        proxy: ProxyChoice::Direct,
        allow_private: false,
        user_agent: "Offprint-test/1".to_owned(),
    }
}

fn client(origin: &Origin) -> Client {
    Client::new(&options(origin.addr, &origin.ca_pem)).unwrap()
}

fn request(url: &str) -> Request {
    Request {
        link: Link::parse(url).unwrap(),
        accept: Accept::Image,
        validators: None,
        bytes_max: None,
    }
}

async fn get(client: &Client, url: &str) -> Answer<Vec<u8>> {
    client.get(request(url), Vec::new()).await
}

#[track_caller]
fn body(answer: Answer<Vec<u8>>) -> offprint::fetch::Body<Vec<u8>> {
    match answer.result {
        Ok(Received::Body(body)) => body,
        other => panic!("no body: {other:?}"),
    }
}

#[track_caller]
fn failure<S: std::fmt::Debug>(answer: &Answer<S>) -> &Failure {
    match &answer.result {
        Err(Stop::Failure(failure)) => failure,
        other => panic!("no failure: {other:?}"),
    }
}

fn plain(answer: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Origin {
    Origin::start(Config::default(), answer).unwrap()
}

/// The fields of a record without the host, which HTTP/2 writes in another place.
fn without_host(headers: &[(String, String)]) -> Vec<&(String, String)> {
    headers.iter().filter(|field| field.0 != "host").collect()
}

#[tokio::test]
async fn no_referer_goes_over_any_redirect() {
    let config = || Config::tls(&["a.test", "b.test", "c.test"]);
    for (http1_only, protocol) in [(false, "HTTP/2"), (true, "HTTP/1.1")] {
        let config = Config {
            http1_only,
            ..config()
        };
        let origin = Origin::start(config, |request| match request.host.as_str() {
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

/// The rule is there, and it is ours to break: what sends a Referer gets nothing.
#[test]
fn the_origin_refuses_a_referer() {
    let origin = plain(|_| Reply::ok("image/png", TEXT));
    let mut stream = std::net::TcpStream::connect(origin.addr).unwrap();
    let request =
        "GET / HTTP/1.1\r\nHost: h.test\r\nReferer: http://h.test/\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}

/// What a fault must come to: the reason, the status, bytes of the body read (if it is certain), its truncation.
type Expected = (Why, Option<u16>, Option<u64>, Option<Truncation>);

#[track_caller]
fn check(answer: &Answer<Vec<u8>>, name: &str, expected: Expected) {
    let (why, status, bytes, truncated) = expected;
    let found = failure(answer);
    assert_eq!(
        (found.why, found.status),
        (why, status),
        "{name}: {found:?}"
    );
    let exchange = answer.exchanges.last().unwrap();
    assert_eq!(exchange.failure, Some(why), "{name}");
    let response = exchange.response.as_ref();
    assert_eq!(response.map(|response| response.status), status, "{name}");
    assert_eq!(
        response.and_then(|response| response.truncated),
        truncated,
        "{name}"
    );
    if let Some(bytes) = bytes {
        assert_eq!(
            response.map(|response| response.body_bytes),
            Some(bytes),
            "{name}"
        );
    }
}

fn faulty(request: &Recorded) -> Reply {
    let bytes = || b"0123456789".to_vec();
    let coded = |coding: &str, bytes: Vec<u8>| {
        Reply::ok("image/png", bytes).with("content-encoding", coding)
    };
    match request.path.as_str() {
        "/gone" => Reply::not_found(),
        "/broken" => Reply::new(500, Body::Endless(vec![b'x'; 8192])),
        "/part" => Reply::new(206, Body::Fixed(bytes())),
        "/unasked" => Reply::new(304, Body::Fixed(Vec::new())),
        "/short" => Reply::new(200, Body::Short(bytes(), 11)),
        "/cut" => Reply::new(200, Body::Cut(bytes())),
        "/reset" => Reply::new(200, Body::Reset(bytes(), 1 << 16)),
        "/endless" => Reply::new(200, Body::Endless(vec![b'x'; 65536])),
        "/long" => Reply::ok("image/png", vec![0; 1 + (1 << 20)]),
        "/bomb" => Reply::gzip_bomb(8 << 20),
        "/unknown" => coded("zstd", bytes()),
        "/no-gzip" => coded("gzip", bytes()),
        "/half-gzip" => coded("gzip", gzip(TEXT)[..20].to_vec()),
        "/circle" => Reply::redirect(302, "/circle"),
        "/nowhere" => Reply::new(302, Body::Fixed(bytes())),
        "/mail" => Reply::redirect(301, "mailto:a@b.test"),
        "/headers" => Reply::ok("image/png", TEXT).with("x-long", &"x".repeat(100_000)),
        path => {
            let next = path
                .trim_start_matches('/')
                .parse::<u32>()
                .map_or(0, |number| number + 1);
            Reply::redirect(307, &format!("/{next}"))
        }
    }
}

#[tokio::test]
async fn every_fault_has_its_word() {
    let origin = plain(faulty);
    let client = client(&origin);
    let short = Some(Truncation::Disconnect);
    let long = Some(Truncation::Length);
    for (path, expected) in [
        ("gone", (Why::HttpStatus, Some(404), Some(27), None)),
        ("broken", (Why::HttpStatus, Some(500), None, long)),
        ("part", (Why::HttpStatus, Some(206), Some(10), None)),
        ("unasked", (Why::HttpStatus, Some(304), Some(0), None)),
        ("short", (Why::ShortBody, Some(200), Some(10), short)),
        ("cut", (Why::ShortBody, Some(200), Some(10), short)),
        ("reset", (Why::ConnectionBroken, Some(200), None, short)),
        ("endless", (Why::TooLarge, Some(200), None, long)),
        ("long", (Why::TooLarge, Some(200), Some(0), long)),
        ("bomb", (Why::TooLarge, Some(200), None, None)),
        (
            "unknown",
            (
                Why::BadEncoding,
                Some(200),
                Some(0),
                Some(Truncation::Unspecified),
            ),
        ),
        ("no-gzip", (Why::BadEncoding, Some(200), Some(10), None)),
        ("half-gzip", (Why::BadEncoding, Some(200), Some(20), None)),
        ("circle", (Why::TooManyRedirects, Some(302), Some(5), None)),
        ("nowhere", (Why::BadRedirect, Some(302), Some(10), None)),
        ("mail", (Why::BadRedirect, Some(301), Some(5), None)),
        ("0", (Why::TooManyRedirects, Some(307), Some(5), None)),
        ("headers", (Why::TooLarge, None, None, None)),
    ] {
        let answer = get(&client, &format!("http://h.test/{path}")).await;
        check(&answer, path, expected);
    }
    let asked = origin
        .log()
        .iter()
        .filter(|request| request.path.trim_start_matches('/').parse::<u32>().is_ok())
        .count();
    assert_eq!(asked, 21, "20 redirects are followed, not one more");
}

#[tokio::test]
async fn http_2_has_the_same_words() {
    let origin = Origin::start(Config::tls(&["h.test"]), faulty).unwrap();
    let client = client(&origin);
    let short = Some(Truncation::Disconnect);
    for (path, expected) in [
        ("gone", (Why::HttpStatus, Some(404), Some(27), None)),
        ("short", (Why::ShortBody, Some(200), None, short)),
        ("cut", (Why::ConnectionBroken, Some(200), None, short)),
        (
            "endless",
            (Why::TooLarge, Some(200), None, Some(Truncation::Length)),
        ),
    ] {
        let answer = get(&client, &format!("https://h.test/{path}")).await;
        assert_eq!(answer.exchanges[0].protocol.as_deref(), Some("HTTP/2"));
        check(&answer, path, expected);
    }
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn bodies_are_decoded_and_hashed_as_sent() {
    // "hello\n" as one stored block (RFC 7932 §9.2), then the empty last one.
    let brotli = b"\x50\x00\x10hello\n\x03";
    for (coding, wire, expected) in [
        ("identity", TEXT.to_vec(), TEXT),
        ("gzip", gzip(TEXT), TEXT),
        (
            "x-gzip",
            [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat(),
            TEXT,
        ),
        ("deflate", zlib(TEXT), TEXT),
        ("deflate", deflate(TEXT), TEXT),
        ("br", brotli.to_vec(), b"hello\n"),
        ("deflate, gzip", gzip(&zlib(TEXT)), TEXT),
        ("gzip", Vec::new(), b""),
    ] {
        let sent = wire.clone();
        let origin = plain(move |_| {
            Reply::new(200, Body::Streamed(sent.clone())).with("content-encoding", coding)
        });
        let answer = get(&client(&origin), "http://h.test/").await;
        let response = answer.exchanges[0].response.clone().unwrap();
        assert_eq!(body(answer).sink, expected, "{coding}");
        assert_eq!(
            (response.body_bytes, response.body_digest),
            (wire.len() as u64, Digest::of(&wire))
        );
    }
}

#[tokio::test]
async fn long_bodies_come_in_batches() {
    let bytes: Vec<u8> = (0..900_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    let sent = bytes.clone();
    let origin = Origin::start(Config::tls(&["h.test"]), move |_| {
        Reply::ok("image/png", sent.clone())
    })
    .unwrap();
    let answer = get(&client(&origin), "https://h.test/").await;
    assert_eq!(
        answer.exchanges[0].response.as_ref().unwrap().body_digest,
        Digest::of(&bytes)
    );
    assert!(body(answer).sink == bytes);
}

#[derive(Debug)]
struct Full;

impl Sink for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

#[tokio::test]
async fn a_full_disk_is_not_the_origins_fault() {
    let origin = plain(|_| Reply::ok("image/png", TEXT));
    let answer = client(&origin).get(request("http://h.test/"), Full).await;
    assert!(
        matches!(&answer.result, Err(Stop::Sink(error)) if error.kind() == io::ErrorKind::StorageFull)
    );
    assert_eq!(answer.exchanges[0].failure, None);
}

#[tokio::test]
async fn a_request_can_have_a_limit_of_its_own() {
    let origin = plain(|_| Reply::new(200, Body::Streamed(TEXT.to_vec())));
    let limit = |bytes_max| Request {
        bytes_max: Some(bytes_max),
        ..request("http://h.test/")
    };
    let client = client(&origin);
    let exact = client.get(limit(TEXT.len() as u64), Vec::new()).await;
    assert_eq!(body(exact).sink, TEXT);
    let under = client.get(limit(TEXT.len() as u64 - 1), Vec::new()).await;
    assert_eq!(failure(&under).why, Why::TooLarge);
}

#[tokio::test]
async fn every_wait_has_an_end() {
    let origin = plain(|request| match request.path.as_str() {
        "/silence" => Reply::new(200, Body::Silence),
        "/stall" => Reply::new(200, Body::Stall(b"0123456789".to_vec())),
        "/stalled-error" => Reply::new(503, Body::Stall(b"0123456789".to_vec())),
        _ => Reply::new(200, Body::Drip(b"x".to_vec(), Duration::from_millis(5))),
    });
    let brief = Duration::from_millis(150);
    let long = Duration::from_secs(30);
    let unhurried = Timeouts {
        connect: long,
        first_byte: long,
        idle: long,
        whole: long,
    };
    let time = Some(Truncation::Time);
    for (path, timeouts, expected) in [
        (
            "silence",
            Timeouts {
                first_byte: brief,
                ..unhurried
            },
            (Why::TimedOut, None, None, None),
        ),
        (
            "stall",
            Timeouts {
                idle: brief,
                ..unhurried
            },
            (Why::TimedOut, Some(200), Some(10), time),
        ),
        (
            "stalled-error",
            Timeouts {
                idle: brief,
                ..unhurried
            },
            (Why::HttpStatus, Some(503), Some(10), time),
        ),
        (
            "drip",
            Timeouts {
                whole: brief,
                ..unhurried
            },
            (Why::TimedOut, Some(200), None, time),
        ),
    ] {
        let client = Client::new(&Options {
            timeouts,
            ..options(origin.addr, "")
        })
        .unwrap();
        check(
            &get(&client, &format!("http://h.test/{path}")).await,
            path,
            expected,
        );
    }
    // A listener that nobody accepts from: TCP connects, TLS never answers.
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let timeouts = Timeouts {
        connect: brief,
        ..unhurried
    };
    let options = Options {
        timeouts,
        ..options(listener.local_addr().unwrap(), "")
    };
    let answer = get(&Client::new(&options).unwrap(), "https://h.test/").await;
    check(&answer, "connect", (Why::TimedOut, None, None, None));
}

/// Returns what an exchange with a listener comes to that writes `bytes` to whoever comes and closes.
async fn against(bytes: &'static [u8], url: &str) -> Answer<Vec<u8>> {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _read = stream.read(&mut request).unwrap();
        stream.write_all(bytes).unwrap();
    });
    let answer = get(&Client::new(&options(address, "")).unwrap(), url).await;
    server.join().unwrap();
    answer
}

#[tokio::test]
async fn connections_fail_in_their_ways() {
    let none = |why| (why, None, None, None);
    check(
        &against(b"SSH-2.0-x\r\n\r\n", "http://h.test/").await,
        "not HTTP",
        none(Why::ConnectionBroken),
    );
    check(
        &against(b"", "http://h.test/").await,
        "closed",
        none(Why::ConnectionBroken),
    );
    check(
        &against(b"HTTP/1.1 400 no\r\n\r\n", "https://h.test/").await,
        "not TLS",
        none(Why::TlsFailed),
    );
    check(
        &against(b"", "https://h.test/").await,
        "closed in the handshake",
        none(Why::TlsFailed),
    );

    let free = TcpListener::bind((LOOPBACK, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let refused = Client::new(&options(free, "")).unwrap();
    check(
        &get(&refused, "http://h.test/").await,
        "refused",
        none(Why::ConnectFailed),
    );

    let origin = Origin::start(Config::tls(&["h.test"]), |_| Reply::ok("image/png", TEXT)).unwrap();
    let distrustful = Client::new(&options(origin.addr, "")).unwrap();
    check(
        &get(&distrustful, "https://h.test/").await,
        "unknown authority",
        none(Why::TlsFailed),
    );
    check(
        &get(&client(&origin), "https://other.test/").await,
        "wrong name",
        none(Why::TlsFailed),
    );

    let unaided = Client::new(&Options {
        resolve: Vec::new(),
        ..options(free, "")
    })
    .unwrap();
    // A label that is too long fails before any server is asked.
    let url = format!("http://{}.test/", "x".repeat(64));
    check(
        &get(&unaided, &url).await,
        "no such name",
        none(Why::NameNotResolved),
    );
}

#[tokio::test]
async fn the_guard_stands_before_every_hop() {
    let origin = plain(|request| match request.path.as_str() {
        "/literal" => Reply::redirect(302, "http://127.0.0.1/"),
        "/mapped" => Reply::redirect(302, "http://[::ffff:7f00:1]/"),
        "/metadata" => Reply::redirect(302, "http://169.254.169.254/latest/"),
        _ => Reply::ok("image/png", TEXT),
    });
    let only = Override {
        host: Some("h.test".to_owned()),
        address: origin.addr.ip(),
        port: Some(origin.addr.port()),
    };
    let guarded = Options {
        resolve: vec![only],
        ..options(origin.addr, "")
    };
    let client = Client::new(&guarded).unwrap();
    let port = origin.addr.port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://localhost:{port}/"),
    ] {
        let answer = get(&client, &url).await;
        check(&answer, &url, (Why::AddressRefused, None, None, None));
        assert_eq!(answer.exchanges[0].request, []);
    }
    assert_eq!(origin.log().len(), 0);
    for path in ["literal", "mapped", "metadata"] {
        let answer = get(&client, &format!("http://h.test/{path}")).await;
        assert_eq!(answer.exchanges.len(), 2);
        check(&answer, path, (Why::AddressRefused, None, None, None));
    }
    assert_eq!(body(get(&client, "http://h.test/").await).sink, TEXT);
    let anywhere = Client::new(&Options {
        allow_private: true,
        ..guarded
    })
    .unwrap();
    assert_eq!(
        body(get(&anywhere, &format!("http://127.0.0.1:{port}/")).await).sink,
        TEXT
    );
    assert_eq!(
        body(get(&anywhere, &format!("http://localhost:{port}/")).await).sink,
        TEXT
    );
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

/// Returns whether a record holds a text anywhere.
fn holds(exchanges: &[Exchange], text: &str) -> bool {
    format!("{exchanges:?}").contains(text)
}

#[tokio::test]
async fn secrets_go_to_their_origin_and_into_no_record() {
    let origin = Origin::start(Config::tls(&["a.test", "b.test"]), |request| match request
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

#[tokio::test]
async fn no_host_gets_more_at_once_than_allowed() {
    let barrier = Arc::new(Barrier::new(3));
    let at_barrier = Arc::clone(&barrier);
    let origin = plain(move |_| Reply::ok("image/png", TEXT).after(&at_barrier));
    let client = Client::new(&Options {
        per_host: 3,
        ..options(origin.addr, "")
    })
    .unwrap();
    let urls: Vec<_> = (0..12)
        .map(|number| format!("http://h.test/{number}"))
        .collect();
    let answers = join_all(urls.iter().map(|url| get(&client, url))).await;
    assert!(answers.iter().all(|answer| answer.result.is_ok()));
    // Three at a time pass the barrier, so three came at once; and never a fourth.
    assert_eq!(origin.peak(), 3);
}

#[tokio::test]
async fn a_dropped_request_leaves_nothing_behind() {
    let arrived = Arc::new(Notify::new());
    let notify = Arc::clone(&arrived);
    let origin = plain(move |request| {
        if request.attempt > 0 {
            return Reply::ok("image/png", TEXT);
        }
        notify.notify_one();
        Reply::new(200, Body::Stall(TEXT.to_vec()))
    });
    let client = Client::new(&Options {
        jobs: 1,
        per_host: 1,
        ..options(origin.addr, "")
    })
    .unwrap();
    tokio::select! {
        answer = get(&client, "http://h.test/") => panic!("it stalls: {answer:?}"),
        () = arrived.notified() => {}
    }
    assert_eq!(body(get(&client, "http://h.test/").await).sink, TEXT);
}

#[tokio::test]
async fn plain_http_goes_to_the_proxy_whole() {
    let proxy = plain(|_| Reply::ok("image/png", TEXT));
    let url = format!("http://me:hush@{}", proxy.addr);
    let through = Options {
        proxy: ProxyChoice::Url(url),
        resolve: Vec::new(),
        ..options(proxy.addr, "")
    };
    let client = Client::new(&through).unwrap();
    // The name does not exist; the proxy is asked for it, not the resolver.
    let answer = get(&client, "http://nowhere.invalid/a?b").await;
    let log = proxy.log();
    assert_eq!(log[0].target, "http://nowhere.invalid/a?b");
    assert_eq!(
        log[0].header("proxy-authorization"),
        Some("Basic bWU6aHVzaA==")
    );
    let names = |headers: &[(String, String)]| {
        headers
            .iter()
            .map(|field| field.0.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&answer.exchanges[0].request), names(&log[0].headers));
    assert!(!holds(&answer.exchanges, "bWU6"));
    assert_eq!(answer.exchanges[0].peer, Some(proxy.addr));
    assert_eq!(body(answer).sink, TEXT);
    // Literal addresses and this machine are judged all the same.
    for url in ["http://10.0.0.1/", "http://localhost/"] {
        assert_eq!(failure(&get(&client, url).await).why, Why::AddressRefused);
    }
    assert_eq!(proxy.log().len(), 1);
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let origin = Origin::start(Config::tls(&["h.test"]), |_| Reply::ok("image/png", TEXT)).unwrap();
    for scheme in ["http", "socks5"] {
        let tunnel = proxy::Tunnel::start(origin.addr);
        let through = Options {
            proxy: ProxyChoice::Url(format!("{scheme}://{}", tunnel.address)),
            resolve: Vec::new(),
            ..options(origin.addr, &origin.ca_pem)
        };
        let answer = get(&Client::new(&through).unwrap(), "https://h.test/a").await;
        assert_eq!(body(answer).sink, TEXT);
        // Names go to the proxy as names, whatever the scheme says.
        assert_eq!(tunnel.asked(), "h.test:443");
    }
}

#[test]
fn what_is_not_usable_is_said_before_the_first_request() {
    let options = options(SocketAddr::new(LOOPBACK, 1), "");
    let proxy = Options {
        proxy: ProxyChoice::Url("gopher://me:hush@p.test".to_owned()),
        ..options.clone()
    };
    let error = Client::new(&proxy).unwrap_err();
    assert!(matches!(error, FetchError::Proxy));
    assert!(!error.to_string().contains("hush"));
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec();
    assert!(
        Client::new(&Options {
            ca_certs: vec![broken],
            ..options
        })
        .is_err()
    );
}
