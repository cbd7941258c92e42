//! Does every wait have an end, and every crowd a limit?

use std::sync::mpsc::{self, Receiver};

use super::*;

const BRIEF: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(30);
const UNHURRIED: Timeouts = Timeouts {
    connect: LONG,
    first_byte: LONG,
    idle: LONG,
    whole: LONG,
    total: LONG,
};

#[tokio::test]
async fn every_wait_has_an_end() {
    let origin = plain(|request| match request.path.as_str() {
        "/silence" => Reply::new(200, Body::Silence),
        "/stall" => Reply::new(200, Body::Stall(b"0123456789".to_vec())),
        "/stalled-error" => Reply::new(503, Body::Stall(b"0123456789".to_vec())),
        _ => Reply::new(200, Body::Drip(b"x".to_vec(), Duration::from_millis(5))),
    });
    let time = Some(Truncation::Time);
    for (path, timeouts, expected) in [
        (
            "silence",
            Timeouts {
                first_byte: BRIEF,
                ..UNHURRIED
            },
            (Why::TimedOut, None, None, None),
        ),
        (
            "stall",
            Timeouts {
                idle: BRIEF,
                ..UNHURRIED
            },
            (Why::TimedOut, Some(200), Some(10), time),
        ),
        (
            "stalled-error",
            Timeouts {
                idle: BRIEF,
                ..UNHURRIED
            },
            (Why::HttpStatus, Some(503), Some(10), time),
        ),
        (
            "drip",
            Timeouts {
                whole: BRIEF,
                ..UNHURRIED
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
}

#[tokio::test]
async fn a_body_that_drips_is_ended_and_one_that_is_slow_is_not() {
    let origin = plain(|_| {
        let body = [b'x'; 64];
        Reply::ok("image/png", &body[..]).dripping(1, Duration::from_millis(10))
    });
    let asking = |bytes| {
        let rate = Rate { bytes, over: BRIEF };
        let client = Client::new(&Options {
            rate,
            timeouts: UNHURRIED,
            ..options(origin.addr, "")
        });
        async move { get(&client.unwrap(), "http://h.test/").await }
    };
    // A byte each 10 ms is 15 in the time that is looked at, or fewer on a busy machine.
    let expected = (Why::TimedOut, Some(200), None, Some(Truncation::Time));
    let answer = asking(60).await;
    check(&answer, "too slow", expected);
    assert_eq!(failure(&answer).detail, "fewer than 60 bytes in 150ms");
    assert_eq!(body(asking(1).await).sink.len(), 64);
}

/// A listener that nobody accepts from: TCP connects, TLS never answers.
#[tokio::test]
async fn connecting_has_an_end() {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let timeouts = Timeouts {
        connect: BRIEF,
        ..UNHURRIED
    };
    let options = Options {
        timeouts,
        ..options(listener.local_addr().unwrap(), "")
    };
    let answer = get(&Client::new(&options).unwrap(), "https://h.test/").await;
    check(&answer, "connect", (Why::TimedOut, None, None, None));
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

/// Makes nothing of its body before somebody else is asked for.
struct Patient(Receiver<()>);

impl Sink for Patient {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn restart(&mut self) {}

    fn end(&mut self) -> io::Result<()> {
        self.0.recv_timeout(LONG).map_err(io::Error::other)
    }
}

#[tokio::test]
async fn a_host_is_asked_on_while_what_it_sent_is_taken_in() {
    let (asked, others) = mpsc::channel();
    let origin = plain(move |request| {
        if request.path == "/second" {
            asked.send(()).unwrap();
        }
        Reply::ok("image/png", TEXT)
    });
    let client = Client::new(&Options {
        jobs: 1,
        per_host: 1,
        ..options(origin.addr, "")
    })
    .unwrap();
    let first = client.get(request("http://h.test/first"), Patient(others));
    let (first, second) = tokio::join!(first, get(&client, "http://h.test/second"));
    assert!(matches!(first.result, Ok(Received::Body(_))));
    assert!(matches!(second.result, Ok(Received::Body(_))));
    assert_eq!(origin.peak(), 1);
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
async fn many_streams_of_one_connection_come_at_once() {
    const MANY: usize = 64;
    let barrier = Arc::new(Barrier::new(MANY));
    let at_barrier = Arc::clone(&barrier);
    let origin = Origin::start(&Config::tls(&["h.test"]), move |request| {
        let reply = Reply::ok("image/png", TEXT);
        if request.path == "/first" {
            reply
        } else {
            reply.after(&at_barrier)
        }
    })
    .unwrap();
    let client = Client::new(&Options {
        jobs: MANY,
        per_host: MANY,
        ..options(origin.addr, &origin.ca_pem)
    })
    .unwrap();
    get(&client, "https://h.test/first").await;
    let urls: Vec<_> = (0..MANY)
        .map(|number| format!("https://h.test/{number}"))
        .collect();
    let answers = join_all(urls.iter().map(|url| get(&client, url))).await;
    // None is answered before all are there.
    for answer in answers {
        assert_eq!(answer.exchanges[0].protocol.as_deref(), Some("HTTP/2"));
        assert_eq!(body(answer).sink, TEXT);
    }
    assert_eq!(origin.peak(), MANY);
}
