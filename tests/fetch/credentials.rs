//! Whom are secrets told? The site that they are for, at each hop anew, and no record.

use super::*;

const HOSTS: [&str; 4] = ["a.test", "img.a.test", "b.test", "c.example"];

/// Returns an origin where `a.test/away` leads to another site and from there back.
fn travelling() -> Origin {
    Origin::start(&Config::tls(&HOSTS), |request| {
        match format!("{}{}", request.host, request.path).as_str() {
            "a.test/away" => Reply::redirect(302, "https://b.test/on"),
            "b.test/on" => Reply::redirect(302, "https://img.a.test/on"),
            "img.a.test/on" => Reply::redirect(302, "https://a.test/home"),
            _ => Reply::ok("image/png", TEXT).with("set-cookie", "new=hush; Domain=a.test"),
        }
    })
    .unwrap()
}

/// Returns what a header field was in each request, in order.
fn sent(origin: &Origin, name: &str) -> Vec<String> {
    let value = |request: &Recorded| request.header(name).unwrap_or_default().to_owned();
    origin.log().iter().map(value).collect()
}

fn with_headers(origin: &Origin, headers: &[&str]) -> Client {
    let headers = headers.iter().map(|text| Header::parse(text).unwrap());
    Client::new(&Options {
        headers: OwnHeaders {
            by_flag: headers.collect(),
            ..OwnHeaders::default()
        },
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap()
}

fn with_cookies(origin: &Origin, lines: &[&str]) -> Client {
    Client::new(&Options {
        cookies: Jar::parse(lines.join("\n").as_bytes()).unwrap(),
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap()
}

async fn get_for(client: &Client, site: &str, url: &str) -> Answer<Vec<u8>> {
    let site = Some(Link::parse(site).unwrap());
    client
        .get(
            Request {
                site,
                ..request(url)
            },
            Vec::new(),
        )
        .await
}

#[tokio::test]
async fn a_header_for_the_site_stays_there_over_redirects_and_back() {
    let origin = travelling();
    let client = with_headers(
        &origin,
        &[
            "Authorization: Bearer hush",
            "X-Api-Key: hush",
            "Accept-Language: zh",
            "b.test=X-B: hush",
        ],
    );
    let answer = get_for(&client, "https://a.test/x", "https://a.test/away").await;
    for name in ["authorization", "x-api-key"] {
        let found = sent(&origin, name);
        assert!(!found[0].is_empty() && !found[3].is_empty(), "{found:?}");
        assert_eq!((&*found[1], &*found[2]), ("", ""), "{name}");
    }
    assert_eq!(sent(&origin, "accept-language"), ["zh"; 4]);
    assert_eq!(sent(&origin, "x-b"), ["", "hush", "", ""]);
    // What the record says was sent was sent, and nothing else; the values are nowhere.
    for (exchange, request) in answer.exchanges.iter().zip(origin.log()) {
        let names = |fields: &[(String, String)]| -> Vec<String> {
            let names = fields.iter().map(|field| field.0.clone());
            names.filter(|name| name != "host").collect()
        };
        assert_eq!(names(&exchange.request), names(&request.headers));
        assert!(
            exchange
                .request
                .contains(&("accept-language".to_owned(), "zh".to_owned()))
        );
    }
    let withheld = ("x-api-key".to_owned(), WITHHELD.to_owned());
    assert!(answer.exchanges[0].request.contains(&withheld));
    assert!(!holds(&answer.exchanges, "hush"));
    assert!(!format!("{client:?}").contains("hush"));
}

#[tokio::test]
async fn a_header_for_a_site_is_not_told_to_those_whose_images_it_shows() {
    let origin = travelling();
    let client = with_headers(&origin, &["Authorization: Bearer hush"]);
    for url in [
        "https://b.test/1",
        "https://img.a.test/1",
        "https://a.test/1",
    ] {
        get_for(&client, "https://a.test/x", url).await;
    }
    // For an article without an address there is no site.
    get(&client, "https://a.test/2").await;
    assert_eq!(sent(&origin, "authorization"), ["", "", "Bearer hush", ""]);
}

#[tokio::test]
async fn cookies_go_to_their_own_hosts_over_redirects_and_back() {
    let origin = travelling();
    let cookies = [
        ".a.test\tTRUE\t/\tTRUE\t0\tall\thush1",
        "a.test\tFALSE\t/\tTRUE\t0\tone\thush2",
        "#HttpOnly_a.test\tFALSE\t/away\tFALSE\t0\tpath\thush3",
        ".test\tTRUE\t/\tFALSE\t0\teverybody\thush4",
        ".example\tTRUE\t/\tFALSE\t0\teverybody\thush5",
        "c.example\tFALSE\t/\tFALSE\t0\tother\thush6",
        "a.test\tFALSE\t/\tFALSE\t1500000000\texpired\thush7",
    ];
    let client = with_cookies(&origin, &cookies);
    let answer = get(&client, "https://a.test/away").await;
    let expected = [
        "path=hush3; all=hush1; one=hush2",
        "",
        "all=hush1",
        "all=hush1; one=hush2",
    ];
    assert_eq!(sent(&origin, "cookie"), expected);
    let withheld = ("cookie".to_owned(), WITHHELD.to_owned());
    assert!(answer.exchanges[0].request.contains(&withheld));
    assert!(!holds(&answer.exchanges, "hush"), "{:?}", answer.exchanges);
    assert!(!format!("{client:?}").contains("hush"));
    // What an answer set is not kept.
    get(&client, "https://a.test/home").await;
    assert_eq!(sent(&origin, "cookie")[4], "all=hush1; one=hush2");
}

#[tokio::test]
async fn a_secure_cookie_is_not_sent_over_http() {
    let origin = plain(|_| Reply::ok("image/png", TEXT));
    let client = with_cookies(
        &origin,
        &[
            "a.test\tFALSE\t/\tTRUE\t0\tn\thush",
            "a.test\tFALSE\t/\tFALSE\t0\tm\tv",
        ],
    );
    get(&client, "http://a.test/").await;
    assert_eq!(sent(&origin, "cookie"), ["m=v"]);
}

#[tokio::test]
async fn cookies_of_the_file_and_by_hand_are_one_field() {
    let origin = travelling();
    let client = Client::new(&Options {
        cookies: Jar::parse(b"a.test\tFALSE\t/\tFALSE\t0\tn\tv").unwrap(),
        headers: OwnHeaders {
            by_flag: vec![Header::parse("Cookie: by=hand").unwrap()],
            ..OwnHeaders::default()
        },
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap();
    get_for(&client, "https://a.test/", "https://a.test/1").await;
    assert_eq!(sent(&origin, "cookie"), ["n=v; by=hand"]);
}

#[tokio::test]
async fn the_user_agent_is_sent_and_recorded() {
    let origin = travelling();
    let client = Client::new(&Options {
        user_agent: "归档/1 (联系 me@example.com)".to_owned(),
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap();
    let answer = get(&client, "https://a.test/away").await;
    assert_eq!(origin.log().len(), 4);
    let field = (
        "user-agent".to_owned(),
        "归档/1 (联系 me@example.com)".to_owned(),
    );
    assert!(
        answer
            .exchanges
            .iter()
            .all(|exchange| exchange.request.contains(&field))
    );
}
