//! How is a body read? In batches from the wire, hashed as sent, decoded and handed on where blocking is allowed.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, timeout_at};
use tracing::trace;

use super::Sink;
use super::coding::{self, Decoder, Outlet};
use super::fault::{self, Fault, Halt};
use super::record::{self, Transfer};
use crate::digest::{Digest, Hasher};
use crate::exchange::{Truncation, Why};

/// Bytes gathered from the wire before they are handed on: one hop off the runtime for most images and pages, and
/// with `--jobs` of these at once still little memory.
const GATHER_BYTES: u64 = 256 << 10;
/// Bytes read of a body that isn't wanted (of a redirect, of an error page), so that the connection can be used again.
const UNWANTED_BYTES_MAX: u64 = 64 << 10;
/// How long such a body is waited for: it comes with its head or isn't worth the time.
const UNWANTED_WAIT: Duration = Duration::from_secs(3);

/// A body that is coming.
#[derive(Debug)]
pub(super) struct Wire {
    response: reqwest::Response,
    until: Instant,
    idle: Duration,
    bytes: u64,
    /// The `Content-Length`, if there is one.
    length: Option<u64>,
}

/// A piece of a body, and how it ended if it did.
#[derive(Debug)]
struct Batch {
    pieces: Vec<Bytes>,
    end: Option<Result<(), Fault>>,
}

impl Wire {
    /// Takes a response whose body must be there at `until`, without a pause longer than `idle`.
    pub(super) fn new(response: reqwest::Response, until: Instant, idle: Duration) -> Self {
        let length = response.content_length();
        Self {
            response,
            until,
            idle,
            bytes: 0,
            length,
        }
    }

    /// Returns the values of the `Content-Encoding` fields, joined.
    fn codings(&self) -> String {
        let values = self
            .response
            .headers()
            .get_all(reqwest::header::CONTENT_ENCODING)
            .iter();
        values.map(record::text).collect::<Vec<_>>().join(",")
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let pause = Instant::now() + self.idle;
        match timeout_at(self.until.min(pause), self.response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => Err(fault::of_body(
                &error,
                self.length.is_some_and(|length| self.bytes < length),
            )),
            Err(_) if pause < self.until => Err(Fault::new(
                Why::TimedOut,
                format!("no byte for {:?}", self.idle),
            )),
            Err(_) => Err(Fault::new(Why::TimedOut, "the body did not end in time")),
        }
    }

    /// Reads on until there is enough to hand on, or the body ends, or is longer than `bytes_max`.
    async fn gather(&mut self, bytes_max: u64) -> Batch {
        let mut pieces = Vec::new();
        let enough = self.bytes + GATHER_BYTES;
        let end = loop {
            match self.next().await {
                Ok(Some(piece)) => {
                    self.bytes += piece.len() as u64;
                    pieces.push(piece);
                }
                Ok(None) => break Some(Ok(())),
                Err(fault) => break Some(Err(fault)),
            }
            if self.bytes > bytes_max {
                break Some(Err(too_large(bytes_max)));
            }
            if self.bytes >= enough {
                break None;
            }
        };
        Batch { pieces, end }
    }
}

fn too_large(bytes_max: u64) -> Fault {
    Fault::new(Why::TooLarge, format!("more than {bytes_max} bytes"))
}

/// Reads a body into `sink`, which comes back if the body came whole.
pub(super) async fn receive<S: Sink>(
    mut wire: Wire,
    sink: S,
    bytes_max: u64,
) -> (Transfer, Result<S, Halt>) {
    let mut intake = match open(&wire, sink, bytes_max) {
        Ok(decoder) => Intake {
            hasher: Hasher::default(),
            bytes: 0,
            decoder,
        },
        Err(fault) => return (unread(fault.truncation()), Err(Halt::Fault(fault))),
    };
    loop {
        let Batch { pieces, end } = wire.gather(bytes_max).await;
        trace!(bytes = wire.bytes, ended = end.is_some(), "read on");
        let complete = matches!(end, Some(Ok(())));
        let (back, taken) = off_the_runtime(move || {
            let taken = intake.take(&pieces, complete);
            (intake, taken)
        })
        .await;
        intake = back;
        let halt = match (taken, end) {
            (Ok(Some(sink)), _) => return (intake.transfer(None), Ok(sink)),
            (Ok(None), Some(Err(fault))) => Halt::Fault(fault),
            (Ok(None), _) => continue,
            (Err(halt), _) => halt,
        };
        let truncated = (!complete).then(|| halt.truncation());
        return (intake.transfer(truncated), Err(halt));
    }
}

/// Reads what there is of a body that isn't wanted, up to a small limit.
pub(super) async fn drain(mut wire: Wire) -> Transfer {
    let mut hasher = Hasher::default();
    wire.until = wire.until.min(Instant::now() + UNWANTED_WAIT);
    let Batch { pieces, end } = wire.gather(UNWANTED_BYTES_MAX).await;
    for piece in &pieces {
        hasher.update(piece);
    }
    let truncated = match end {
        Some(Ok(())) => None,
        Some(Err(fault)) => Some(fault.truncation()),
        None => Some(Truncation::Length),
    };
    Transfer {
        bytes: wire.bytes,
        digest: hasher.finish(),
        truncated,
    }
}

/// Makes the decoder of a body, unless its head already says that it can't be had.
fn open<S: Sink>(wire: &Wire, sink: S, bytes_max: u64) -> Result<Decoder<S>, Fault> {
    if wire.length.is_some_and(|length| length > bytes_max) {
        return Err(too_large(bytes_max));
    }
    coding::decoder(&wire.codings(), Outlet::new(sink, bytes_max))
}

fn unread(truncated: Truncation) -> Transfer {
    Transfer {
        bytes: 0,
        digest: Digest::of(b""),
        truncated: Some(truncated),
    }
}

/// Takes the bytes of a body in: counts and hashes them as sent, decodes them and hands them on. Blocks.
struct Intake<S> {
    hasher: Hasher,
    bytes: u64,
    decoder: Decoder<S>,
}

impl<S: Sink> Intake<S> {
    /// Takes the next pieces; returns the sink after the last ones.
    fn take(&mut self, pieces: &[Bytes], last: bool) -> Result<Option<S>, Halt> {
        for piece in pieces {
            self.hasher.update(piece);
            self.bytes += piece.len() as u64;
        }
        let mut written = pieces
            .iter()
            .try_for_each(|piece| self.decoder.write_all(piece));
        // No bytes at all are an empty body in every coding: servers name one even then.
        if last && self.bytes > 0 {
            written = written.and_then(|()| self.decoder.end());
        }
        match written {
            Ok(()) if last => Ok(self.decoder.outlet().close()),
            Ok(()) => Ok(None),
            Err(error) => Err(self.decoder.outlet().halted(&error)),
        }
    }

    fn transfer(self, truncated: Option<Truncation>) -> Transfer {
        Transfer {
            bytes: self.bytes,
            digest: self.hasher.finish(),
            truncated,
        }
    }
}

async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work)
        .await
        .map_err(JoinError::try_into_panic)
    {
        Ok(value) => value,
        // A panic of the sink is the caller's.
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // Only a runtime that is shutting down cancels, and nothing on it goes on.
        Err(Err(_)) => std::future::pending().await,
    }
}
