//! How is a body read? In batches from the wire, hashed as sent, decoded and handed on where blocking is allowed.

mod intake;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, timeout_at};
use tracing::trace;

use self::intake::Intake;
use super::Sink;
use super::coding::{self, Room};
use super::connections::Place;
use super::fault::{self, Fault, Halt};
use super::options::Rate;
use super::pace::Permit;
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
    /// The place among the connections of its client: until the body is here, the connection is not free for another.
    place: Option<Place>,
    until: Instant,
    idle: Duration,
    rate: Rate,
    /// Since the rate was last looked at: the time that was waited, and the bytes that came.
    lately: (Duration, u64),
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
    /// Takes a response whose body must be there at `until`, without a pause longer than `idle`, and at `rate` at least.
    pub(super) fn new(
        response: reqwest::Response,
        until: Instant,
        idle: Duration,
        rate: Rate,
    ) -> Self {
        let length = response.content_length();
        Self {
            response,
            place: None,
            until,
            idle,
            rate,
            lately: (Duration::ZERO, 0),
            bytes: 0,
            length,
        }
    }

    /// Takes the place that is held until the body is here.
    pub(super) fn at(self, place: Option<Place>) -> Self {
        Self { place, ..self }
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

    /// Waits for the next piece. Time that passes elsewhere, as with a slow disk, is not the host's.
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let asked = Instant::now();
        let pause = asked + self.idle;
        loop {
            let begun = Instant::now();
            let mut end = self.until.min(pause);
            if self.rate.bytes > 0 {
                end = end.min(begun + self.rate.over.saturating_sub(self.lately.0));
            }
            let came = timeout_at(end, self.response.chunk()).await;
            self.lately.0 += begun.elapsed();
            if let Ok(Ok(Some(piece))) = &came {
                self.lately.1 += piece.len() as u64;
            }
            let is_slow = self.is_slow();
            match came {
                Ok(Ok(None)) => return Ok(None),
                Ok(Ok(Some(_))) | Err(_) if is_slow => return Err(self.too_slow()),
                Ok(Ok(piece)) => return Ok(piece),
                Ok(Err(error)) => {
                    let short = self.length.is_some_and(|length| self.bytes < length);
                    return Err(fault::of_body(&error, short));
                }
                Err(_) if end == self.until => {
                    let fault = Fault::new(Why::TimedOut, "the body did not end in time");
                    // It would not the next time either.
                    return Err(fault.passing(false));
                }
                Err(_) if end == pause => {
                    let detail = format!("no byte for {:?}", self.idle);
                    return Err(Fault::new(Why::TimedOut, detail));
                }
                Err(_) => {}
            }
        }
    }

    /// Looks at the rate where it is time for that. Returns whether it is too low.
    fn is_slow(&mut self) -> bool {
        let (waited, bytes) = self.lately;
        if waited < self.rate.over {
            return false;
        }
        self.lately = (Duration::ZERO, 0);
        bytes < self.rate.bytes
    }

    fn too_slow(&self) -> Fault {
        let Rate { bytes, over } = self.rate;
        Fault::new(
            Why::TimedOut,
            format!("fewer than {bytes} bytes in {over:?}"),
        )
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

/// A body that was read, to its end or not.
#[derive(Debug)]
pub(super) struct Read<S> {
    /// What came over the network.
    pub(super) transfer: Transfer,
    /// The sink, with what came of it.
    pub(super) sink: S,
    pub(super) result: Result<(), Halt>,
}

/// Reads a body into `sink`. Another may come in as soon as this one is here, while what came last is taken in.
pub(super) async fn receive<S: Sink>(
    mut wire: Wire,
    sink: S,
    room: Room,
    permit: &mut Permit,
) -> Read<S> {
    let bytes_max = room.bytes_max.saturating_sub(room.already);
    let codings = match open(&wire, bytes_max) {
        Ok(codings) => codings,
        Err(fault) => {
            return Read {
                transfer: unread(fault.truncation()),
                sink,
                result: Err(Halt::Fault(fault)),
            };
        }
    };
    let mut intake = Intake::new(&codings, sink, room);
    loop {
        let Batch { pieces, end } = wire.gather(bytes_max).await;
        trace!(bytes = wire.bytes, ended = end.is_some(), "read on");
        let complete = matches!(end, Some(Ok(())));
        if complete {
            drop(wire.place.take());
            permit.arrived().await;
        }
        let (back, taken) = off_the_runtime(move || {
            let taken = intake.take(&pieces, complete);
            (intake, taken)
        })
        .await;
        intake = back;
        let result = match (taken, end) {
            (Ok(()), None) => continue,
            (Ok(()), Some(end)) => end.map_err(Halt::Fault),
            (Err(halt), _) => Err(halt),
        };
        let halt = result.as_ref().err();
        let truncated = halt.filter(|_| !complete).map(Halt::truncation);
        return intake.close(truncated, result);
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

/// Returns how a body is coded, unless its head already says that it can't be had.
fn open(wire: &Wire, bytes_max: u64) -> Result<Vec<coding::Coding>, Fault> {
    if wire.length.is_some_and(|length| length > bytes_max) {
        return Err(too_large(bytes_max));
    }
    coding::parse(&wire.codings())
}

fn unread(truncated: Truncation) -> Transfer {
    Transfer {
        bytes: 0,
        digest: Digest::of(b""),
        truncated: Some(truncated),
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
