//! What goes through a proxy, and what does it see?

use super::*;

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

/// Returns a client that sends everything through `proxy`.
fn through(proxy: String, ca_pem: &str) -> Client {
    Client::new(&Options {
        proxy: ProxyChoice::Url(proxy),
        resolve: Vec::new(),
        ..options(SocketAddr::from(([127, 0, 0, 1], 1)), ca_pem)
    })
    .unwrap()
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let origin =
        Origin::start(&Config::tls(&["h.test"]), |_| Reply::ok("image/png", TEXT)).unwrap();
    for (scheme, credentials, asked) in [
        ("http", "", "h.test:443"),
        ("http", "me:p%40ss@", "Basic bWU6cEBzcw==@h.test:443"),
        ("socks4", "", "h.test:443"),
        ("socks4a", "", "h.test:443"),
        ("socks5", "", "h.test:443"),
        ("socks5h", "me:p%40ss@", "me:p@ss@h.test:443"),
    ] {
        let tunnel = tunnel::Tunnel::start(Some(origin.addr));
        let client = through(
            format!("{scheme}://{credentials}{}", tunnel.address),
            &origin.ca_pem,
        );
        let answer = get(&client, "https://h.test/a").await;
        // Names go to the proxy as names, whatever the scheme says.
        assert_eq!(tunnel.asked(), asked, "{scheme}");
        assert_eq!(answer.exchanges[0].protocol.as_deref(), Some("HTTP/2"));
        // What is for the proxy alone is in no record of what the origin was sent.
        let record = &answer.exchanges[0].request;
        assert!(!record.iter().any(|field| field.0 == "proxy-authorization"));
        for secret in ["p@ss", "p%40ss", "bWU6"] {
            assert!(!holds(&answer.exchanges, secret));
            assert!(!format!("{client:?}").contains(secret));
        }
        assert_eq!(body(answer).sink, TEXT);
    }
    assert!(
        origin
            .log()
            .iter()
            .all(|it| it.header("proxy-authorization").is_none())
    );
}

#[tokio::test]
async fn http_goes_through_socks_with_a_true_record() {
    let origin = plain(|_| Reply::ok("image/png", TEXT));
    for (scheme, credentials, asked) in [
        ("socks4a", "", "h.test:80"),
        ("socks5", "me:hush@", "me:hush@h.test:80"),
    ] {
        let tunnel = tunnel::Tunnel::start(Some(origin.addr));
        let client = through(format!("{scheme}://{credentials}{}", tunnel.address), "");
        let answer = get(&client, "http://h.test/a").await;
        assert_eq!(tunnel.asked(), asked);
        assert_eq!(
            answer.exchanges[0].request,
            origin.log().pop().unwrap().headers
        );
        assert!(!holds(&answer.exchanges, "hush"));
        assert_eq!(body(answer).sink, TEXT);
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_of_without_its_password() {
    for scheme in ["http", "socks4", "socks5"] {
        let tunnel = tunnel::Tunnel::start(None);
        let credentials = if scheme == "socks4" { "" } else { "me:hush@" };
        let client = through(format!("{scheme}://{credentials}{}", tunnel.address), "");
        let answer = get(&client, "https://h.test/a").await;
        check(&answer, scheme, (Why::ConnectFailed, None, None, None));
        let found = failure(&answer);
        assert!(
            !found.detail.contains("hush") && !found.detail.is_empty(),
            "{found:?}"
        );
        // Nothing was sent to the origin.
        assert!(answer.exchanges[0].request.is_empty() && !holds(&answer.exchanges, "hush"));
        tunnel.asked();
    }
    let proxy = plain(|_| {
        Reply::new(407, Body::Fixed(b"who are you?".to_vec())).with("proxy-authenticate", "Basic")
    });
    let client = through(format!("http://me:hush@{}", proxy.addr), "");
    let answer = get(&client, "http://h.test/a").await;
    check(&answer, "407", (Why::HttpStatus, Some(407), Some(12), None));
    assert!(!holds(&answer.exchanges, "hush") && !holds(&answer.exchanges, "bWU6"));
}
