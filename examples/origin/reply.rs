//! What does the origin answer? Replies as data, faults included.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::Barrier;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    /// Where to wait for other requests before answering.
    pub(crate) barrier: Option<Arc<Barrier>>,
}

/// A body, and what becomes of it on the way.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Sent whole, with its Content-Length.
    Fixed(Vec<u8>),
    /// Sent whole, without a Content-Length.
    Streamed(Vec<u8>),
    /// Sent again and again for ever.
    Endless(Vec<u8>),
    /// Sent again and again for ever, with a pause after each time.
    Drip(Vec<u8>, Duration),
    /// Sent, then silence.
    Stall(Vec<u8>),
    /// Nothing at all, not even a head.
    Silence,
    /// Sent with a greater Content-Length than it has.
    Short(Vec<u8>, u64),
    /// Sent without a Content-Length, then cut off before the end is marked.
    Cut(Vec<u8>),
    /// Sent with a greater Content-Length than it has, then the connection is reset.
    Reset(Vec<u8>, u64),
    /// Sent with a smaller Content-Length than it has.
    Long(Vec<u8>, u64),
    /// Sent whole, with its Content-Length, so many bytes at a time with a pause after each.
    Slow(Vec<u8>, usize, Duration),
    /// Nothing at all: the connection is reset before an answer.
    Refused,
}

impl Reply {
    /// Returns a reply of any status.
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            barrier: None,
        }
    }

    /// Returns 200 with a body of a media type.
    pub(crate) fn ok(content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(200, Body::Fixed(bytes.into())).with("content-type", content_type)
    }

    /// Returns a redirect.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::new(status, Body::Fixed(b"moved".to_vec())).with("location", location)
    }

    /// Returns 404 with an HTML page.
    pub(crate) fn not_found() -> Self {
        Self::new(404, Body::Fixed(b"<!doctype html><p>Not found".to_vec()))
            .with("content-type", "text/html")
    }

    /// Returns 200 and a gzip that inflates to `bytes` zeros.
    pub(crate) fn gzip_bomb(bytes: usize) -> Self {
        Self::ok("image/png", gzip(&vec![0; bytes])).with("content-encoding", "gzip")
    }

    /// Adds a header field. A reply with an `etag` or `last-modified` answers 304 to a request that has the same.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Waits until as many requests as the barrier wants have come.
    pub(crate) fn after(mut self, barrier: &Arc<Barrier>) -> Self {
        self.barrier = Some(Arc::clone(barrier));
        self
    }

    /// Returns the value of a header field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    }
}

/// Returns the bytes as gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("a vector takes everything")
}
