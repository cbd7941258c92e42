//! What is told of requests to somebody who wants to know more? Never a secret: addresses without user info, header fields
//! by their names.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use tracing::{debug, error, info, trace};

use super::record;
use super::{Answer, Received, Stop};
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
    match &answer.result {
        Ok(Received::Body(_)) => info!(%url, status, bytes, hops, ms, "fetched"),
        Ok(Received::NotModified { .. }) => info!(%url, status, bytes, hops, ms, "not modified"),
        Err(Stop::Failure(failure)) => {
            let (why, detail) = (failure.why.code(), &*failure.detail);
            info!(%url, why, detail, status, bytes, hops, ms, "not fetched");
        }
        Err(Stop::Sink(cause)) => error!(%url, %cause, bytes, "can't be stored"),
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

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
