//! What is it called when something goes wrong?

use super::*;

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
        "/fields" => (0..300).fold(Reply::ok("image/png", TEXT), |reply, number| {
            reply.with(&format!("x-{number}"), "1")
        }),
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
        ("fields", (Why::TooLarge, None, None, None)),
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

/// What an origin says of itself counts, too: that is asked for first.
#[tokio::test]
async fn a_head_has_its_size() {
    let origin = plain(|request| {
        let (kind, count) = request.path[1..].split_once('/').unwrap();
        let count: usize = count.parse().unwrap();
        let reply = Reply::ok("image/png", TEXT);
        match kind {
            "fields" => (0..count).fold(reply, |reply, at| reply.with(&format!("x-{at}"), "1")),
            _ => reply.with("x", &"1".repeat(count)),
        }
    });
    let client = client(&origin);
    let came = async |kind: &str, count: usize| {
        let answer = get(&client, &format!("http://h.test/{kind}/{count}")).await;
        if answer.result.is_err() {
            check(&answer, kind, (Why::TooLarge, None, None, None));
            return None;
        }
        let headers = answer.exchanges[0].response.clone().unwrap().headers;
        let bytes = headers.iter().map(|(name, value)| name.len() + value.len());
        Some((headers.len(), bytes.sum::<usize>()))
    };
    let (fields, _) = came("fields", 0).await.unwrap();
    assert_eq!(came("fields", 256 - fields).await.unwrap().0, 256);
    assert_eq!(came("fields", 257 - fields).await, None);
    let (_, bytes) = came("bytes", 0).await.unwrap();
    let most = 64 << 10;
    assert_eq!(came("bytes", most - bytes).await.unwrap().1, most);
    assert_eq!(came("bytes", most + 1 - bytes).await, None);
}

#[tokio::test]
async fn http_2_has_the_same_words() {
    let origin = Origin::start(&Config::tls(&["h.test"]), faulty).unwrap();
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

    let origin =
        Origin::start(&Config::tls(&["h.test"]), |_| Reply::ok("image/png", TEXT)).unwrap();
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
    for broken in [
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
    ] {
        let ca_certs = vec![broken.as_bytes().to_vec()];
        let error = Client::new(&Options {
            ca_certs,
            ..options.clone()
        })
        .unwrap_err();
        assert!(matches!(error, FetchError::CaCert(_)), "{error:?}");
    }
}
