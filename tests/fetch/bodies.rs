//! What becomes of bodies? They are hashed as sent, decoded, and handed on up to a limit.

use super::*;

#[tokio::test]
async fn bodies_are_decoded_and_hashed_as_sent() {
    // "hello\n" as one stored block (RFC 7932 §9.2), then the empty last one.
    let brotli = b"\x50\x00\x10hello\n\x03";
    for (coding, wire, expected) in [
        ("identity", TEXT.to_vec(), TEXT),
        ("gzip", gzip(TEXT), TEXT),
        (
            "x-gzip",
            [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat(),
            TEXT,
        ),
        ("deflate", zlib(TEXT), TEXT),
        ("deflate", deflate(TEXT), TEXT),
        ("br", brotli.to_vec(), b"hello\n"),
        ("deflate, gzip", gzip(&zlib(TEXT)), TEXT),
        ("gzip", Vec::new(), b""),
    ] {
        let sent = wire.clone();
        let origin = plain(move |_| {
            Reply::new(200, Body::Streamed(sent.clone())).with("content-encoding", coding)
        });
        let answer = get(&client(&origin), "http://h.test/").await;
        let response = answer.exchanges[0].response.clone().unwrap();
        assert_eq!(body(answer).sink, expected, "{coding}");
        assert_eq!(
            (response.body_bytes, response.body_digest),
            (wire.len() as u64, Digest::of(&wire))
        );
    }
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn long_bodies_come_in_batches() {
    let bytes: Vec<u8> = (0..900_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    let sent = bytes.clone();
    let origin = Origin::start(&Config::tls(&["h.test"]), move |_| {
        Reply::ok("image/png", sent.clone())
    })
    .unwrap();
    let answer = get(&client(&origin), "https://h.test/").await;
    assert_eq!(
        answer.exchanges[0].response.as_ref().unwrap().body_digest,
        Digest::of(&bytes)
    );
    assert!(body(answer).sink == bytes);
}

#[tokio::test]
async fn a_request_can_have_a_limit_of_its_own() {
    let origin = plain(|_| Reply::new(200, Body::Streamed(TEXT.to_vec())));
    let limit = |bytes_max| Request {
        bytes_max: Some(bytes_max),
        ..request("http://h.test/")
    };
    let client = client(&origin);
    let exact = client.get(limit(TEXT.len() as u64), Vec::new()).await;
    assert_eq!(body(exact).sink, TEXT);
    let under = client.get(limit(TEXT.len() as u64 - 1), Vec::new()).await;
    assert_eq!(failure(&under).why, Why::TooLarge);
}

#[derive(Debug)]
struct Full;

impl Sink for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn restart(&mut self) {}
}

#[tokio::test]
async fn a_full_disk_is_not_the_origins_fault() {
    let origin = plain(|_| Reply::ok("image/png", TEXT));
    let answer = client(&origin).get(request("http://h.test/"), Full).await;
    assert!(
        matches!(&answer.result, Err(Stop::Sink(error)) if error.kind() == io::ErrorKind::StorageFull)
    );
    assert_eq!(answer.exchanges[0].failure, None);
}

/// Keeps a SHA-256 of what it takes, and whether it was told of the end.
#[derive(Debug, Default)]
struct Hashing {
    hasher: Hasher,
    ends: usize,
    refuses: bool,
}

impl Sink for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        Ok(())
    }

    fn restart(&mut self) {
        self.hasher = Hasher::default();
    }

    fn end(&mut self) -> io::Result<()> {
        self.ends += 1;
        if self.refuses {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn hasher(&self) -> Option<Hasher> {
        Some(self.hasher.clone())
    }
}

#[tokio::test]
async fn what_a_sink_hashes_is_recorded_as_sent() {
    let short: &[u8] = b"";
    for (coding, wire, decoded) in [
        ("identity", TEXT.to_vec(), TEXT),
        ("identity", Vec::new(), short),
        ("gzip", gzip(TEXT), TEXT),
        ("gzip", Vec::new(), short),
    ] {
        let sent = wire.clone();
        let origin = plain(move |_| {
            Reply::new(200, Body::Streamed(sent.clone())).with("content-encoding", coding)
        });
        let client = client(&origin);
        let answer = client.get(request("http://h.test/"), Hashing::default());
        let answer = answer.await;
        let response = answer.exchanges[0].response.clone().unwrap();
        assert_eq!(response.body_digest, Digest::of(&wire), "{coding}");
        let sink = body(answer).sink;
        assert_eq!(sink.hasher.finish(), Digest::of(decoded), "{coding}");
        assert_eq!(sink.ends, 1, "{coding}");
    }
}

#[tokio::test]
async fn what_a_hashing_sink_does_not_get_was_sent_all_the_same() {
    let sent: Vec<u8> = (0..600_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let bytes = sent.clone();
    let origin = plain(move |_| Reply::new(200, Body::Streamed(bytes.clone())));
    let limit = Request {
        bytes_max: Some(300_000),
        ..request("http://h.test/")
    };
    let answer = client(&origin).get(limit, Hashing::default()).await;
    assert_eq!(failure(&answer).why, Why::TooLarge);
    let response = answer.exchanges[0].response.clone().unwrap();
    let came = usize::try_from(response.body_bytes).unwrap();
    assert!((300_001..600_000).contains(&came), "{came} bytes came");
    assert_eq!(response.body_digest, Digest::of(&sent[..came]));
}

#[tokio::test]
async fn a_sink_that_can_make_nothing_of_a_body_ends_the_request() {
    let origin = plain(|_| Reply::ok("image/png", TEXT));
    let sink = Hashing {
        refuses: true,
        ..Hashing::default()
    };
    let answer = client(&origin).get(request("http://h.test/"), sink).await;
    assert!(
        matches!(&answer.result, Err(Stop::Sink(error)) if error.kind() == io::ErrorKind::StorageFull)
    );
    let response = answer.exchanges[0].response.clone().unwrap();
    assert_eq!(response.body_digest, Digest::of(TEXT));
}
