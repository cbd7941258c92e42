//! What is a host told of the article? Nothing, unless the user says so of it; each hop is a request of its own.

use super::*;

const HOSTS: [&str; 3] = ["a.test", "img.b.test", "c.test"];
const PAGE: &str = "https://a.test/x?q=1";

/// Returns an origin where `img.b.test/away` leads to another host and from there back.
fn travelling() -> Origin {
    let config = Config {
        allow_referer: true,
        ..Config::tls(&HOSTS)
    };
    Origin::start(&config, |request| {
        match format!("{}{}", request.host, request.path).as_str() {
            "img.b.test/away" => Reply::redirect(302, "https://c.test/on"),
            "c.test/on" => Reply::redirect(302, "https://img.b.test/home"),
            "img.b.test/busy" if request.attempt == 0 => Reply::new(503, Body::Fixed(Vec::new())),
            _ => Reply::ok("image/png", TEXT),
        }
    })
    .unwrap()
}

fn telling(origin: &Origin, said: &[(&str, Referrer)]) -> Client {
    let said = said
        .iter()
        .map(|(hosts, referrer)| (Hosts::parse(hosts).unwrap(), *referrer));
    Client::new(&Options {
        referrers: Said {
            by_flag: said.collect(),
            ..Said::default()
        },
        retries: Retries { times: 1, ..NEVER },
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap()
}

/// Checks what each hop of a request told, by the origin and by the record.
async fn check(said: &[(&str, Referrer)], request: Request, expected: &[(Referrer, Option<&str>)]) {
    let origin = travelling();
    let answer = telling(&origin, said).get(request, Vec::new()).await;
    let log = origin.log();
    let sent: Vec<_> = log.iter().map(|it| it.header("referer")).collect();
    let recorded: Vec<_> = answer.exchanges.iter().map(|it| it.referrer).collect();
    let (told, values): (Vec<_>, Vec<_>) = expected.iter().copied().unzip();
    assert_eq!((sent, recorded), (values.clone(), told));
    for (exchange, value) in answer.exchanges.iter().zip(values) {
        let field = exchange.request.iter().find(|field| field.0 == "referer");
        assert_eq!(field.map(|field| field.1.as_str()), value);
    }
}

fn of_page(url: &str) -> Request {
    Request {
        page: Some(Link::parse("https://me:hush@a.test/x?q=1#part").unwrap()),
        ..request(url)
    }
}

const NOTHING: (Referrer, Option<&str>) = (Referrer::None, None);

#[tokio::test]
async fn by_default_no_hop_and_no_retry_tells_anything() {
    for url in ["https://img.b.test/away", "https://img.b.test/busy"] {
        let hops = if url.ends_with("busy") { 2 } else { 3 };
        check(&[], of_page(url), &[NOTHING; 3][..hops]).await;
        let others = [("a.test", Referrer::Page), ("b.test", Referrer::Origin)];
        check(&others, of_page(url), &[NOTHING; 3][..hops]).await;
    }
}

#[tokio::test]
async fn a_host_is_told_what_the_user_says_and_a_redirect_elsewhere_nothing() {
    let page = (Referrer::Page, Some(PAGE));
    let origin = (Referrer::Origin, Some("https://a.test/"));
    let said = [(".b.test", Referrer::Page)];
    let away = of_page("https://img.b.test/away");
    check(&said, away.clone(), &[page, NOTHING, page]).await;
    let said = [("img.b.test", Referrer::Origin), ("c.test", Referrer::Page)];
    check(&said, away, &[origin, page, origin]).await;
    let said = [("img.b.test", Referrer::Page)];
    check(&said, of_page("https://img.b.test/busy"), &[page, page]).await;
    // Who asks for no article tells of none.
    check(&said, request("https://img.b.test/1"), &[NOTHING]).await;
}

#[tokio::test]
async fn an_https_page_is_not_told_over_http() {
    let origin = Origin::start(
        &Config {
            allow_referer: true,
            ..Config::default()
        },
        |_| Reply::ok("image/png", TEXT),
    )
    .unwrap();
    let client = telling(&origin, &[("b.test", Referrer::Page)]);
    client.get(of_page("http://b.test/1"), Vec::new()).await;
    let plain = Request {
        page: Some(Link::parse("http://a.test/x").unwrap()),
        ..request("http://b.test/2")
    };
    client.get(plain, Vec::new()).await;
    let log = origin.log();
    let sent: Vec<_> = log.iter().map(|it| it.header("referer")).collect();
    assert_eq!(sent, [None, Some("http://a.test/x")]);
}
