//! What is tried again, and what is made of a body that broke off?

use std::sync::Mutex;

use super::*;

const BRIEF: Duration = Duration::from_millis(100);

/// More than is worth a request for the rest; no byte is as the one before it.
fn long() -> Vec<u8> {
    (0..200_000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect()
}

/// Returns an origin that goes by a script.
fn acting(script: Script) -> Origin {
    let script = Mutex::new(script);
    plain(move |request| script.lock().unwrap().reply(request))
}

/// Returns options with two more tries, and hardly a pause before them.
fn patient(origin: &Origin) -> Options {
    Options {
        retries: Retries {
            times: 2,
            pause: Duration::from_millis(1),
            wait_max: Duration::from_secs(1),
        },
        timeouts: Timeouts {
            first_byte: BRIEF,
            idle: BRIEF,
            ..Timeouts::within(Duration::from_secs(8))
        },
        ..options(origin.addr, &origin.ca_pem)
    }
}

/// Returns what becomes of `http://h.test/a` where these replies come.
async fn play(replies: impl Into<Vec<Reply>>) -> (Answer<Vec<u8>>, Origin) {
    let origin = acting(Script::default().saying("h.test/a", replies));
    let client = Client::new(&patient(&origin)).unwrap();
    (get(&client, "http://h.test/a").await, origin)
}

fn good() -> Reply {
    Reply::ok("image/png", TEXT)
}

/// Returns the status and the failure of each exchange.
fn told(answer: &Answer<Vec<u8>>) -> Vec<(Option<u16>, Option<Why>)> {
    let exchanges = answer.exchanges.iter();
    exchanges
        .map(|exchange| {
            let status = exchange.response.as_ref().map(|response| response.status);
            (status, exchange.failure)
        })
        .collect()
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let cases = [
        (Reply::refused(), None, Why::ConnectionBroken),
        (Reply::silent(), None, Why::TimedOut),
        (good().cut_after(9), Some(200), Why::ShortBody),
        (good().reset_after(9), Some(200), Why::ConnectionBroken),
        (good().stalled_after(9), Some(200), Why::TimedOut),
    ]
    .into_iter()
    .chain(
        [408, 425, 429, 500, 502, 503, 504]
            .map(|status| (Reply::busy(status, None), Some(status), Why::HttpStatus)),
    );
    for (fault, status, why) in cases {
        let name = format!("{fault:?}");
        let (answer, origin) = play([fault, good()]).await;
        assert_eq!(
            told(&answer),
            [(status, Some(why)), (Some(200), None)],
            "{name}"
        );
        assert_eq!(answer.retries, 1, "{name}");
        assert_eq!(origin.log().len(), 2, "{name}");
        // What came at first is forgotten.
        assert_eq!(body(answer).sink, TEXT, "{name}");
    }
}

#[tokio::test]
async fn what_is_final_is_asked_once() {
    for (reply, why) in [
        (Reply::not_found(), Why::HttpStatus),
        (Reply::busy(403, None), Why::HttpStatus),
        (Reply::busy(410, Some("1")), Why::HttpStatus),
        (Reply::busy(501, None), Why::HttpStatus),
        (Reply::redirect(302, "/a"), Why::TooManyRedirects),
        (Reply::redirect(302, "mailto:a@b.test"), Why::BadRedirect),
        (good().with("content-encoding", "gzip"), Why::BadEncoding),
        (Reply::gzip_bomb(8 << 20), Why::TooLarge),
    ] {
        let (answer, origin) = play([reply, good()]).await;
        assert_eq!(failure(&answer).why, why);
        assert_eq!((answer.retries, origin.log().len()), (0, 1), "{why:?}");
    }
    let origin = Origin::start(&Config::tls(&["h.test"]), |_| good()).unwrap();
    let distrustful = Options {
        ca_certs: Vec::new(),
        ..patient(&origin)
    };
    let answer = get(&Client::new(&distrustful).unwrap(), "https://h.test/a").await;
    assert_eq!((failure(&answer).why, answer.retries), (Why::TlsFailed, 0));
}

#[tokio::test]
async fn tries_have_an_end() {
    let (answer, origin) = play([Reply::busy(500, None)]).await;
    assert_eq!(told(&answer), [(Some(500), Some(Why::HttpStatus)); 3]);
    assert_eq!((failure(&answer).status, answer.retries), (Some(500), 2));
    assert_eq!(origin.log().len(), 3);
}

#[tokio::test]
async fn a_hop_is_tried_again_where_it_failed() {
    let script = Script::default()
        .saying("h.test/a", [Reply::redirect(302, "/b")])
        .saying("h.test/b", [Reply::refused(), good()]);
    let origin = acting(script);
    let client = Client::new(&patient(&origin)).unwrap();
    let answer = get(&client, "http://h.test/a").await;
    let expected = [
        (Some(302), None),
        (None, Some(Why::ConnectionBroken)),
        (Some(200), None),
    ];
    assert_eq!(told(&answer), expected);
    assert_eq!(body(answer).final_url.as_str(), "http://h.test/b");
}

#[tokio::test]
async fn http_2_is_tried_again_too() {
    let script = Mutex::new(Script::default().saying("h.test/a", [good().cut_after(9), good()]));
    let origin = Origin::start(&Config::tls(&["h.test"]), move |request| {
        script.lock().unwrap().reply(request)
    })
    .unwrap();
    let client = Client::new(&patient(&origin)).unwrap();
    let answer = get(&client, "https://h.test/a").await;
    assert_eq!(answer.exchanges[0].protocol.as_deref(), Some("HTTP/2"));
    assert_eq!(body(answer).sink, TEXT);
}

/// Returns the `Range` fields that were sent.
fn ranges(origin: &Origin) -> Vec<Option<String>> {
    let log = origin.log();
    let ranges = log.iter();
    ranges
        .map(|request| request.header("range").map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_body_goes_on_where_it_broke_off() {
    let whole = Reply::ok("image/png", long()).resumable("\"v\"");
    let (answer, origin) = play([
        whole.clone().reset_after(70_000),
        whole.clone().cut_after(150_000),
        whole,
    ])
    .await;
    let exchanges = answer.exchanges.clone();
    let statuses: Vec<_> = told(&answer)
        .into_iter()
        .map(|(status, _)| status)
        .collect();
    assert_eq!(statuses, [Some(200), Some(206), Some(206)]);
    assert!(body(answer).sink == long());
    // What each one carried is what the record says, and together they are the whole.
    let mut from = 0;
    for (exchange, asked) in exchanges.iter().zip(ranges(&origin)) {
        let response = exchange.response.as_ref().unwrap();
        let to = from + usize::try_from(response.body_bytes).unwrap();
        assert_eq!(response.body_digest, Digest::of(&long()[from..to]));
        let expected = (from > 0).then(|| format!("bytes={from}-"));
        assert_eq!(asked, expected);
        assert_eq!(response.truncated.is_some(), to < long().len());
        from = to;
    }
    assert_eq!(from, long().len());
    assert_eq!(origin.log()[1].header("if-range"), Some("\"v\""));
}

#[tokio::test]
async fn what_is_not_surely_the_same_begins_anew() {
    let whole = |etag| Reply::ok("image/png", long()).resumable(etag);
    let cut = |etag| whole(etag).cut_after(70_000);
    let lying =
        |range: &str| Reply::new(206, Body::Fixed(b"x".to_vec())).with("content-range", range);
    for (name, replies, asked) in [
        ("weak", [cut("W/\"v\""), whole("W/\"v\"")].to_vec(), 2),
        ("changed", [cut("\"v\""), whole("\"w\"")].to_vec(), 2),
        (
            "little",
            [whole("\"v\"").cut_after(7), whole("\"v\"")].to_vec(),
            2,
        ),
        (
            "another part",
            [cut("\"v\""), lying("bytes 0-0/200000"), whole("\"v\"")].to_vec(),
            3,
        ),
        (
            "another length",
            [
                cut("\"v\""),
                lying("bytes 70000-70000/70001"),
                whole("\"v\""),
            ]
            .to_vec(),
            3,
        ),
        (
            "no such part",
            [cut("\"v\""), Reply::busy(416, None), whole("\"v\"")].to_vec(),
            3,
        ),
        (
            "moved",
            [
                cut("\"v\""),
                Reply::redirect(302, "/a?"),
                Reply::not_found(),
            ]
            .to_vec(),
            2,
        ),
    ] {
        let script = Script::default()
            .saying("h.test/a", replies)
            .saying("h.test/a?", [whole("\"v\"")]);
        let origin = acting(script);
        let client = Client::new(&patient(&origin)).unwrap();
        let answer = get(&client, "http://h.test/a").await;
        let counted = origin.log().iter().filter(|it| it.path == "/a").count();
        assert_eq!(counted, asked, "{name}");
        assert!(body(answer).sink == long(), "{name}");
    }
}

/// It says that it is the rest, and ends after a byte without having broken off.
#[tokio::test]
async fn a_part_that_is_short_is_no_rest() {
    let whole = Reply::ok("image/png", long()).resumable("\"v\"");
    let short = Reply::new(206, Body::Fixed(b"x".to_vec()))
        .with("content-range", "bytes 70000-199999/200000");
    let (answer, origin) = play([whole.clone().cut_after(70_000), short, whole]).await;
    assert_eq!(told(&answer)[1], (Some(206), Some(Why::ShortBody)));
    assert_eq!(ranges(&origin)[2], None);
    assert!(body(answer).sink == long());
}

#[tokio::test]
async fn a_body_that_did_not_end_in_time_goes_on_but_does_not_begin_anew() {
    let whole = Reply::ok("image/png", long());
    let hurried = |origin: &Origin| Options {
        timeouts: Timeouts {
            total: Duration::from_secs(8),
            ..Timeouts::within(2 * BRIEF)
        },
        ..patient(origin)
    };
    for (reply, expected) in [(whole.clone().resumable("\"v\""), true), (whole, false)] {
        // 140,000 bytes come in time, the others would not.
        let slow = reply.clone().dripping(35_000, BRIEF / 3);
        let origin = acting(Script::default().saying("h.test/a", [slow, reply]));
        let client = Client::new(&hurried(&origin)).unwrap();
        let answer = get(&client, "http://h.test/a").await;
        assert_eq!(answer.exchanges[0].failure, Some(Why::TimedOut));
        assert_eq!(answer.result.is_ok(), expected);
    }
}

#[tokio::test]
async fn a_host_that_asks_for_long_is_left_alone_and_others_are_not() {
    let script = Script::default()
        .saying("h.test/a", [Reply::busy(503, Some("3600"))])
        .saying("h.test/b", [good()])
        .saying("i.test/c", [good()]);
    let origin = acting(script);
    let told: Arc<Mutex<Vec<_>>> = Arc::default();
    let hears = Arc::clone(&told);
    let client = Client::new(&patient(&origin))
        .unwrap()
        .telling(Arc::new(move |event| hears.lock().unwrap().push(event)));
    let answer = get(&client, "http://h.test/a").await;
    assert_eq!(
        failure(&answer).to_string(),
        "the server refused it (HTTP 503, it asks to be left alone for 3600 s)"
    );
    let answer = get(&client, "http://h.test/b").await;
    let rests = failure(&answer);
    assert_eq!((rests.why, rests.status), (Why::HostResting, None));
    let said = rests.to_string();
    assert!(
        said.starts_with("its host is left alone for a while (it asks"),
        "{said}"
    );
    assert_eq!(answer.exchanges[0].failure, Some(Why::HostResting));
    assert_eq!(answer.exchanges[0].request, []);
    assert_eq!(body(get(&client, "http://i.test/c").await).sink, TEXT);
    assert_eq!(origin.log().len(), 2);
    let notice = "h.test: it asks to be left alone for 3600 s; what is still to come from there is missing (host-resting)";
    let notice = offprint::event::Event::Notice(notice.to_owned());
    assert_eq!(*told.lock().unwrap(), [notice]);
}

#[tokio::test]
async fn a_host_that_is_busy_is_waited_for() {
    // A date that is as late as the answer's own asks for no pause at all, whatever our clock says.
    let date = "Sun, 06 Nov 2044 08:49:37 GMT";
    let busy = Reply::busy(429, Some(date)).with("date", date);
    let (answer, _origin) = play([busy.clone(), busy, good()]).await;
    assert_eq!((answer.retries, body(answer).sink), (2, TEXT.to_vec()));
}
