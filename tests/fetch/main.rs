//! What does the network room do with a real origin? Every header is looked at, every fault has its word.

#![expect(clippy::unwrap_used, reason = "in a test a panic is an answer")]

#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the example, which uses other parts"
)]
#[path = "../../examples/origin/mod.rs"]
mod origin;

mod bodies;
mod credentials;
mod faults;
mod guard;
mod proxies;
mod records;
mod referrers;
mod retries;
mod robots;
mod tunnel;
mod waits;

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use futures_util::future::join_all;
use offprint::digest::{Digest, Hasher};
use offprint::exchange::{Exchange, Referrer, Truncation, WITHHELD, Why};
use offprint::fetch::{
    Accept, Answer, Client, Failure, FetchError, Header, Hosts, Jar, Options, Override, OwnHeaders,
    Paces, ProxyChoice, Rate, Received, Request, Retries, Said, Sink, Stop, Timeouts, Validators,
    Wishes,
};
use offprint::link::Link;
use tokio::sync::{Barrier, Notify};

use origin::{Body, Config, Origin, Recorded, Reply, Script, gzip};

const BYTES_MAX: u64 = 1 << 20;
const TEXT: &[u8] = "正文, and more text, more text, more text".as_bytes();
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What is asked for is asked for once.
const NEVER: Retries = Retries {
    times: 0,
    pause: Duration::ZERO,
    wait_max: Duration::from_secs(1),
};

/// Returns options that send every name to `address` and trust `ca_pem`.
fn options(address: SocketAddr, ca_pem: &str) -> Options {
    Options {
        jobs: 8,
        per_host: 6,
        delay: Duration::ZERO,
        paces: Paces::default(),
        timeouts: Timeouts::within(Duration::from_secs(8)),
        retries: NEVER,
        rate: Rate::a_second(0),
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
        headers: OwnHeaders::default(),
        referrers: Said::default(),
        cookies: Jar::default(),
    }
}

fn client(origin: &Origin) -> Client {
    Client::new(&options(origin.addr, &origin.ca_pem)).unwrap()
}

fn request(url: &str) -> Request {
    Request {
        link: Link::parse(url).unwrap(),
        accept: Accept::Image,
        site: None,
        page: None,
        robots: false,
        validators: None,
        bytes_max: None,
        wishes: Wishes::default(),
    }
}

async fn get(client: &Client, url: &str) -> Answer<Vec<u8>> {
    client.get(request(url), Vec::new()).await
}

#[track_caller]
fn body<S: std::fmt::Debug>(answer: Answer<S>) -> offprint::fetch::Body<S> {
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
    Origin::start(&Config::default(), answer).unwrap()
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

/// Returns whether a record holds a text anywhere.
fn holds(exchanges: &[Exchange], text: &str) -> bool {
    format!("{exchanges:?}").contains(text)
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
