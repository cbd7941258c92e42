//! What goes wrong at an origin? Each fault is a word after the answer that would have come: `Reply::ok(…).cut_after(1000)`.
//!
//! A [`Script`](super::Script) says which of them comes at which attempt.

use std::time::Duration;

use super::{Body, Reply};

impl Reply {
    /// Resets the connection instead of answering.
    pub(crate) fn refused() -> Self {
        Self::new(0, Body::Refused)
    }

    /// Never answers.
    pub(crate) fn silent() -> Self {
        Self::new(0, Body::Silence)
    }

    /// Has too much to do, until the `Retry-After` if there is one.
    pub(crate) fn busy(status: u16, retry_after: Option<&str>) -> Self {
        let reply = Self::new(status, Body::Fixed(b"busy".to_vec()));
        match retry_after {
            Some(value) => reply.with("retry-after", value),
            None => reply,
        }
    }

    /// Closes the connection after so many bytes of the body, as if it had a Content-Length that is too great.
    pub(crate) fn cut_after(self, bytes: usize) -> Self {
        self.spoiled(|body| Body::Short(body[..bytes].to_vec(), body.len() as u64))
    }

    /// Resets the connection after so many bytes of the body.
    pub(crate) fn reset_after(self, bytes: usize) -> Self {
        self.spoiled(|body| Body::Reset(body[..bytes].to_vec(), body.len() as u64))
    }

    /// Is silent after so many bytes of the body, and leaves the connection open.
    pub(crate) fn stalled_after(self, bytes: usize) -> Self {
        self.spoiled(|body| Body::Stall(body[..bytes].to_vec()))
    }

    /// Sends the body so many bytes at a time, with a pause after each.
    pub(crate) fn dripping(self, bytes: usize, pause: Duration) -> Self {
        self.spoiled(|body| Body::Slow(body.to_vec(), bytes, pause))
    }

    /// Says that the body is shorter than it is.
    pub(crate) fn claiming(self, bytes: u64) -> Self {
        self.spoiled(|body| Body::Long(body.to_vec(), bytes))
    }

    /// Bears an `ETag`, and gives the rest of the body where it is asked for with the same one in `If-Range`.
    pub(crate) fn resumable(self, etag: &str) -> Self {
        self.with("accept-ranges", "bytes").with("etag", etag)
    }

    fn spoiled(self, body: impl Fn(&[u8]) -> Body) -> Self {
        let body = body(self.body.bytes());
        Self { body, ..self }
    }

    /// Returns the rest of this answer from a byte on, as a part; the fault on its way stays where it was.
    pub(super) fn from(self, start: usize) -> Self {
        let tail = |bytes: &[u8]| bytes[start.min(bytes.len())..].to_vec();
        let less = |length: u64| length - start as u64;
        let (body, length) = match self.body {
            Body::Short(bytes, length) => (Body::Short(tail(&bytes), less(length)), length),
            Body::Reset(bytes, length) => (Body::Reset(tail(&bytes), less(length)), length),
            Body::Stall(bytes) => (Body::Stall(tail(&bytes)), bytes.len() as u64),
            other => (Body::Fixed(tail(other.bytes())), other.bytes().len() as u64),
        };
        let range = format!("bytes {start}-{}/{length}", length - 1);
        Self {
            status: 206,
            body,
            ..self
        }
        .with("content-range", &range)
    }
}

impl Body {
    /// Returns the bytes that are sent of it; where they are sent again and again, once.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Fixed(bytes)
            | Self::Streamed(bytes)
            | Self::Endless(bytes)
            | Self::Drip(bytes, _)
            | Self::Stall(bytes)
            | Self::Short(bytes, _)
            | Self::Cut(bytes)
            | Self::Reset(bytes, _)
            | Self::Long(bytes, _)
            | Self::Slow(bytes, _, _) => bytes,
            Self::Silence | Self::Refused => &[],
        }
    }
}
