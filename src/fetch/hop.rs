//! What happens in one exchange? The request goes out, its status decides what is read, all of it is recorded.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap, HeaderName};
use tokio::time::{Instant, timeout_at};

use super::body::{self, Wire};
use super::coding::Room;
use super::connect::HEADER_BYTES_MAX;
use super::connections::Place;
use super::fault::Fault;
use super::options::{Rate, Timeouts};
use super::pace::Permit;
use super::range::Part;
use super::{Sink, Stop, Validators, record, retry};
use crate::exchange::{Exchange, Referrer, Why};
use crate::link::Link;

/// One request, ready to be sent.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) client: Arc<reqwest::Client>,
    /// The place among the connections of the client.
    pub(super) place: Option<Place>,
    pub(super) link: &'a Link,
    pub(super) request: reqwest::Request,
    /// What the request tells of the article that it is for.
    pub(super) referrer: Referrer,
    /// Whether the proxy's credentials are added on the way.
    pub(super) proxy_authorization: bool,
    pub(super) timeouts: Timeouts,
    pub(super) rate: Rate,
    /// When the time for the whole is up.
    pub(super) until: Instant,
    /// How much may come.
    pub(super) room: Room,
    /// What the sink has of the body, where the rest is asked for.
    pub(super) part: Option<Part>,
}

/// What came of one exchange, and the sink.
#[derive(Debug)]
pub(super) struct Came<S> {
    pub(super) sink: S,
    pub(super) outcome: Result<Outcome, Stop>,
    /// What the sink has of a body, if the rest of it can be asked for. It must be begun anew otherwise.
    pub(super) part: Option<Part>,
    /// How long the host asks to be left alone.
    pub(super) asked: Option<Duration>,
}

/// What one exchange came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer.
    End(End),
    /// To be asked elsewhere; the sink has taken nothing.
    Redirect {
        status: u16,
        /// The `Location` field.
        location: Option<String>,
    },
}

/// What the last exchange of all came to.
#[derive(Debug)]
pub(super) enum End {
    /// The sink has the whole body.
    Whole(Head),
    /// What the validators name is still what would be sent.
    NotModified,
}

/// What an answer says of its body.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) validators: Option<Validators>,
}

/// An answer whose body is still to come.
#[derive(Debug)]
struct Reply<'a> {
    link: &'a Link,
    conditional: bool,
    status: StatusCode,
    headers: HeaderMap,
    wire: Wire,
    room: Room,
}

impl<S> Came<S> {
    pub(super) fn of(sink: S, part: Option<Part>, outcome: Result<Outcome, Stop>) -> Self {
        Self {
            sink,
            outcome,
            part,
            asked: None,
        }
    }
}

/// Sends the request, and records into `exchange` what comes back.
pub(super) async fn converse<S: Sink>(
    call: Call<'_>,
    mut sink: S,
    exchange: &mut Exchange,
    permit: &mut Permit,
) -> Came<S> {
    let conditional = [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE]
        .iter()
        .any(|name| call.request.headers().contains_key(name));
    record::request(exchange, call.request.headers(), call.proxy_authorization);
    exchange.referrer = call.referrer;
    let first_byte = Instant::now() + call.timeouts.first_byte;
    let head = send(call.client, call.request, call.until.min(first_byte)).await;
    match &head {
        Err(fault) if fault.why.is_before_request() => {
            exchange.request.clear();
            exchange.referrer = Referrer::None;
        }
        Err(_) => record::add_host(exchange, None),
        Ok(response) => record::add_host(exchange, Some(response.version())),
    }
    let response = match head {
        Ok(response) => response,
        Err(fault) => {
            return Came::of(sink, call.part, Err(fault.stop(None)));
        }
    };
    record::head(exchange, &response);
    let reply = Reply {
        link: call.link,
        conditional,
        status: response.status(),
        headers: response.headers().clone(),
        wire: Wire::new(response, call.until, call.timeouts.idle, call.rate).at(call.place),
        room: call.room,
    };
    if reply.status == StatusCode::PARTIAL_CONTENT {
        let begun = call.part.as_ref();
        let rest = begun.and_then(|part| Some((part.clone(), part.continued_by(&reply.headers)?)));
        if rest.is_some() {
            return take(reply, (sink, rest), exchange, permit).await;
        }
    } else if reply.status.is_success() {
        if call.part.is_some() {
            // It has changed since, or is never given in parts.
            sink.restart();
        }
        return take(reply, (sink, None), exchange, permit).await;
    }
    turn_down(reply, sink, call.part, exchange).await
}

/// Takes a body in: a whole one, or the rest of what `begun` says, of so many bytes in all.
async fn take<S: Sink>(
    reply: Reply<'_>,
    (sink, begun): (S, Option<(Part, u64)>),
    exchange: &mut Exchange,
    permit: &mut Permit,
) -> Came<S> {
    let already = begun.as_ref().map_or(0, |(part, _)| part.bytes);
    let room = Room {
        already,
        total: begun.as_ref().map(|(_, total)| *total),
        ..reply.room
    };
    let read = body::receive(reply.wire, sink, room, permit).await;
    record::body(exchange, &read.transfer);
    let bytes = read.transfer.bytes;
    let (result, part) = match begun {
        None => (read.result, Part::of(reply.link, &reply.headers, bytes)),
        Some((part, total)) => {
            // What ended elsewhere than it said is no beginning of anything.
            let ended = read.transfer.truncated.is_none();
            let is_sound = !ended || already + bytes == total;
            let part = is_sound.then(|| part.with(bytes, total));
            (read.result, part)
        }
    };
    let status = reply.status.as_u16();
    match result {
        Ok(()) => {
            let head = head(reply.link, status, &reply.headers);
            Came::of(read.sink, None, Ok(Outcome::End(End::Whole(head))))
        }
        Err(halt) => Came::of(
            read.sink,
            part.filter(Part::lacks_something),
            Err(halt.with_status(status)),
        ),
    }
}

/// Takes no body in: it is not the one that was asked for.
async fn turn_down<S: Sink>(
    reply: Reply<'_>,
    sink: S,
    part: Option<Part>,
    exchange: &mut Exchange,
) -> Came<S> {
    record::body(exchange, &body::drain(reply.wire).await);
    let status = reply.status.as_u16();
    let text = |name: HeaderName| reply.headers.get(name).map(record::text);
    let fault = |detail: &str| Fault::new(Why::HttpStatus, detail);
    match status {
        301 | 302 | 303 | 307 | 308 => {
            let location = text(header::LOCATION);
            Came::of(sink, None, Ok(Outcome::Redirect { status, location }))
        }
        304 if reply.conditional => Came::of(sink, None, Ok(Outcome::End(End::NotModified))),
        // Another part than the one that was asked for, or none: the whole is asked for.
        206 | 416 if part.is_some() => {
            let fault = fault("not the rest that was asked for").passing(true);
            Came::of(
                sink,
                None,
                Err(Stop::Failure(fault.with_status(Some(status)))),
            )
        }
        code => {
            let failure = fault("").with_status(Some(code));
            let asked = text(header::RETRY_AFTER).filter(|_| failure.transient);
            let date = text(header::DATE);
            Came {
                asked: asked
                    .and_then(|asked| retry::asked(&asked, date.as_deref(), Timestamp::now())),
                ..Came::of(sink, part, Err(Stop::Failure(failure)))
            }
        }
    }
}

async fn send(
    client: Arc<reqwest::Client>,
    request: reqwest::Request,
    until: Instant,
) -> Result<reqwest::Response, Fault> {
    let response = match timeout_at(until, client.execute(request)).await {
        Ok(result) => result.map_err(|error| Fault::from(&error))?,
        Err(_) => return Err(Fault::new(Why::TimedOut, "no answer in time")),
    };
    let bytes: usize = response
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if bytes > HEADER_BYTES_MAX {
        return Err(Fault::new(
            Why::TooLarge,
            format!("more than {HEADER_BYTES_MAX} bytes of header fields"),
        ));
    }
    Ok(response)
}

fn head(link: &Link, status: u16, headers: &HeaderMap) -> Head {
    // Validators that are not plain ASCII can't be sent back as they came.
    let ascii = |name: HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let (etag, last_modified) = (ascii(header::ETAG), ascii(header::LAST_MODIFIED));
    let validators = (etag.is_some() || last_modified.is_some()).then(|| Validators {
        url: record::address(link),
        etag,
        last_modified,
    });
    Head {
        status,
        content_type: headers.get(header::CONTENT_TYPE).map(record::text),
        validators,
    }
}
