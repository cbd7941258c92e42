//! Is the robots.txt of each site obeyed where it is to be, and asked for once?

use super::*;

const HOSTS: [&str; 3] = ["a.test", "b.test", "c.test"];

/// Returns an origin where every host answers requests for its robots.txt with `reply`, and all others with a body.
fn ruled(reply: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Origin {
    Origin::start(&Config::tls(&HOSTS), move |request| {
        match request.path.as_str() {
            "/robots.txt" | "/elsewhere/robots.txt" => reply(request),
            "/away" => Reply::redirect(302, "https://b.test/private/1"),
            _ => Reply::ok("image/png", TEXT),
        }
    })
    .unwrap()
}

fn rules(text: &str) -> Reply {
    Reply::ok("text/plain", text.as_bytes())
}

fn obeying(origin: &Origin) -> Client {
    Client::new(&Options {
        user_agent: "Offprint/1 (test)".to_owned(),
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap()
}

async fn ask(client: &Client, url: &str) -> Answer<Vec<u8>> {
    let request = Request {
        robots: true,
        page: Some(Link::parse("https://a.test/x").unwrap()),
        ..request(url)
    };
    client.get(request, Vec::new()).await
}

fn paths(origin: &Origin) -> Vec<String> {
    let log = origin.log();
    let path = |request: &Recorded| format!("{}{}", request.host, request.path);
    log.iter().map(path).collect()
}

#[tokio::test]
async fn what_is_forbidden_is_not_asked_for_and_the_file_once() {
    let origin = ruled(|_| rules("User-agent: offprint\nDisallow: /private/ # ours\n"));
    let client = obeying(&origin);
    let urls = [
        "https://a.test/1",
        "https://a.test/private/2",
        "https://a.test/3",
    ];
    let answers = join_all(urls.map(|url| ask(&client, url))).await;
    let refused = failure(&answers[1]);
    assert_eq!((refused.why, refused.status), (Why::Robots, None));
    let says = "line 2 of https://a.test/robots.txt: Disallow: /private/";
    assert_eq!(refused.detail, says);
    let last = answers[1].exchanges.last().unwrap();
    assert_eq!(
        (last.failure, &last.request),
        (Some(Why::Robots), &Vec::new())
    );
    let mut asked = paths(&origin);
    assert_eq!(asked.remove(0), "a.test/robots.txt");
    asked.sort();
    assert_eq!(asked, ["a.test/1", "a.test/3"]);
    // Who asked for the file has it in the record, and nobody else.
    let exchanges = answers.iter().flat_map(|answer| &answer.exchanges);
    let robots = exchanges.filter(|it| it.url.as_url().path() == "/robots.txt");
    assert_eq!(robots.count(), 1);
    assert!(origin.log().iter().all(|it| it.header("referer").is_none()));
}

#[tokio::test]
async fn who_does_not_ask_is_not_bound() {
    let origin = ruled(|_| rules("User-agent: *\nDisallow: /\n"));
    let client = obeying(&origin);
    assert_eq!(body(get(&client, "https://a.test/1").await).sink, TEXT);
    assert_eq!(paths(&origin), ["a.test/1"]);
}

#[tokio::test]
async fn each_hop_is_judged_by_its_own_site() {
    let origin = ruled(|request| match request.host.as_str() {
        "b.test" => rules("User-agent: *\nDisallow: /private\n"),
        _ => Reply::not_found(),
    });
    let answer = ask(&obeying(&origin), "https://a.test/away").await;
    assert_eq!(failure(&answer).why, Why::Robots);
    assert_eq!(
        paths(&origin),
        ["a.test/robots.txt", "a.test/away", "b.test/robots.txt"]
    );
}

#[tokio::test]
async fn what_came_instead_of_a_file_decides() {
    let status = |status| {
        Reply::new(
            status,
            Body::Fixed(b"User-agent: *\nDisallow: /\n".to_vec()),
        )
    };
    let cases: [(&str, Reply, Option<Why>); 9] = [
        ("not found", status(404), None),
        ("forbidden", status(403), None),
        ("gone", status(410), None),
        ("busy", status(429), Some(Why::Robots)),
        ("broken", status(500), Some(Why::Robots)),
        ("away", status(503), Some(Why::Robots)),
        ("empty", rules(""), None),
        ("circle", Reply::redirect(301, "/robots.txt"), None),
        (
            "cut",
            Reply::new(200, Body::Short(b"User".to_vec(), 99)),
            Some(Why::ShortBody),
        ),
    ];
    for (name, reply, why) in cases {
        let origin = ruled(move |_| reply.clone());
        let answer = ask(&obeying(&origin), "https://a.test/1").await;
        match why {
            None => assert_eq!(body(answer).sink, TEXT, "{name}"),
            Some(why) => {
                assert_eq!(failure(&answer).why, why, "{name}");
                assert_eq!(paths(&origin), ["a.test/robots.txt"], "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_robots_txt_may_lie_elsewhere_and_is_read_to_its_limit() {
    let origin = ruled(|request| {
        if request.host == "a.test" {
            return Reply::redirect(301, "https://c.test/elsewhere/robots.txt");
        }
        let filler = "# nothing\n".repeat(60_000);
        rules(&format!(
            "User-agent: *\nDisallow: /one\n{filler}Disallow: /two\n"
        ))
    });
    let client = obeying(&origin);
    assert_eq!(
        failure(&ask(&client, "https://a.test/one").await).why,
        Why::Robots
    );
    assert_eq!(body(ask(&client, "https://a.test/two").await).sink, TEXT);
}

#[tokio::test]
async fn who_is_not_to_be_asked_at_all_is_not_asked_for_it() {
    let origin = ruled(|_| rules(""));
    let client = obeying(&origin);
    let url = format!("https://127.0.0.1:{}/1", origin.addr.port());
    assert_eq!(failure(&ask(&client, &url).await).why, Why::AddressRefused);
    assert_eq!(paths(&origin), [""; 0]);
}

#[tokio::test]
async fn the_pause_that_it_asks_for_is_kept() {
    let origin = ruled(|_| rules("User-agent: *\nCrawl-delay: 0.4\n"));
    let client = obeying(&origin);
    let begun = std::time::Instant::now();
    join_all(["https://a.test/1", "https://a.test/2"].map(|url| ask(&client, url))).await;
    assert!(begun.elapsed() >= Duration::from_millis(400));
    assert_eq!(origin.log().len(), 3);
}
