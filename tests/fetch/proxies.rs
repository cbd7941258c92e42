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

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let origin =
        Origin::start(&Config::tls(&["h.test"]), |_| Reply::ok("image/png", TEXT)).unwrap();
    for scheme in ["http", "socks5"] {
        let tunnel = tunnel::Tunnel::start(origin.addr);
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
