//! Does the guard stand before every hop?

use super::*;

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
