//! What is told of requests to somebody who wants to know more? Never a secret: addresses without user info, header fields
//! by their names.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use tracing::{debug, error, info, trace, warn};

use super::pace::News;
use super::range::Part;
use super::record;
use super::{Answer, Failure, Received, Stop};
use crate::exchange::{Exchange, Why};
use crate::link::Link;

/// Tells what a request came to, with all its redirects; `took` counts the waiting before it, too.
pub(super) fn answer<S>(link: &Link, answer: &Answer<S>, took: Duration) {
    let url = record::address(link);
    let responses = || {
        let responses = answer.exchanges.iter();
        responses.filter_map(|exchange| exchange.response.as_ref())
    };
    let status = responses().next_back().map(|response| response.status);
    let bytes: u64 = responses().map(|response| response.body_bytes).sum();
    let (hops, ms) = (answer.exchanges.len(), milliseconds(took));
    let retries = Some(answer.retries).filter(|retries| *retries > 0);
    match &answer.result {
        Ok(Received::Body(_)) => info!(%url, status, bytes, hops, retries, ms, "fetched"),
        Ok(Received::NotModified { .. }) => {
            info!(%url, status, bytes, hops, retries, ms, "not modified");
        }
        Err(Stop::Failure(failure)) => {
            let why = failure.why.code();
            let detail = Some(&*failure.detail).filter(|detail| !detail.is_empty());
            info!(%url, why, detail, status, bytes, hops, retries, ms, "not fetched");
        }
        Err(Stop::Sink(cause)) => error!(%url, %cause, bytes, "can't be stored"),
        Err(Stop::Machine(cause)) => error!(%url, %cause, "this machine can't connect any more"),
    }
}

/// Tells of one hop, as it is recorded.
pub(super) fn hop(exchange: &Exchange, took: Duration) {
    let response = exchange.response.as_ref();
    debug!(
        url = %exchange.url,
        protocol = exchange.protocol,
        peer = exchange.peer.map(tracing::field::display),
        status = response.map(|response| response.status),
        bytes = response.map(|response| response.body_bytes),
        failure = exchange.failure.map(Why::code),
        ms = milliseconds(took),
        "hop"
    );
}

/// Tells which header fields go along.
pub(super) fn fields(link: &Link, headers: &HeaderMap) {
    let url = record::address(link);
    let names = || -> Vec<&str> { headers.keys().map(HeaderName::as_str).collect() };
    trace!(%url, fields = names().join(" "), "asking");
}

/// Tells how long a host or a place among all was waited for, if it was.
pub(super) fn waited(host: &str, wait: Duration) {
    let ms = milliseconds(wait);
    if ms > 0 {
        debug!(host, ms, "waited for its turn");
    }
}

/// Tells that something is tried again, and what for.
pub(super) fn again(link: &Link, stop: &Stop, part: Option<&Part>, pause: Duration) {
    let url = record::address(link);
    let (from, ms) = (part.map(|part| part.bytes), milliseconds(pause));
    match stop {
        Stop::Failure(Failure { why, status, .. }) => {
            info!(%url, why = why.code(), status, from, ms, "trying again");
        }
        Stop::Machine(cause) | Stop::Sink(cause) => info!(%url, %cause, from, ms, "trying again"),
    }
}

/// Tells what is new with a host.
pub(super) fn news(host: &str, news: News) {
    match news {
        News::Pause { wait, asked } => {
            info!(host, ms = milliseconds(wait), asked, "waiting for it");
        }
        News::Rest(rest) => warn!(host, why = %rest, "left alone"),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
