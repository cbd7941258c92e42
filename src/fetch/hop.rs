//! What happens in one exchange? The request goes out, its status decides what is read, all of it is recorded.

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap, HeaderName};
use tokio::time::{Instant, timeout_at};

use super::body::{self, Wire};
use super::connect::HEADER_BYTES_MAX;
use super::fault::Fault;
use super::options::Timeouts;
use super::{Body, Received, Sink, Stop, Validators, record};
use crate::exchange::{Exchange, Why};
use crate::link::Link;

/// One request, ready to be sent.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) link: &'a Link,
    pub(super) request: reqwest::Request,
    /// Whether the proxy's credentials are added on the way.
    pub(super) proxy_authorization: bool,
    pub(super) timeouts: Timeouts,
    /// When the time for the whole is up.
    pub(super) until: Instant,
    pub(super) bytes_max: u64,
}

/// What one exchange came to.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, moved once"
)]
pub(super) enum Outcome<S> {
    Received(Received<S>),
    /// To be asked elsewhere; the sink has taken nothing.
    Redirect {
        status: u16,
        /// The `Location` field.
        location: Option<String>,
        sink: S,
    },
}

/// Sends the request, and records into `exchange` what comes back.
pub(super) async fn converse<S: Sink>(
    call: Call<'_>,
    sink: S,
    exchange: &mut Exchange,
) -> Result<Outcome<S>, Stop> {
    let Call {
        client,
        link,
        request,
        timeouts,
        until,
        bytes_max,
        ..
    } = call;
    let conditional = [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE]
        .iter()
        .any(|name| request.headers().contains_key(name));
    record::request(exchange, request.headers(), call.proxy_authorization);
    let first_byte = Instant::now() + timeouts.first_byte;
    let head = send(client, request, until.min(first_byte)).await;
    match &head {
        Err(fault) if fault.why.is_before_request() => exchange.request.clear(),
        Err(_) => record::add_host(exchange, None),
        Ok(response) => record::add_host(exchange, Some(response.version())),
    }
    let response = head.map_err(|fault| Stop::Failure(fault.with_status(None)))?;
    record::head(exchange, &response);
    let status = response.status();
    let headers = response.headers().clone();
    let wire = Wire::new(response, until, timeouts.idle);
    // A part is not the whole, and no part was asked for.
    if status.is_success() && status != StatusCode::PARTIAL_CONTENT {
        let (transfer, result) = body::receive(wire, sink, bytes_max).await;
        record::body(exchange, &transfer);
        let sink = result.map_err(|halt| halt.with_status(status.as_u16()))?;
        let body = whole(link, status, &headers, sink);
        return Ok(Outcome::Received(Received::Body(body)));
    }
    record::body(exchange, &body::drain(wire).await);
    match status.as_u16() {
        301 | 302 | 303 | 307 | 308 => Ok(Outcome::Redirect {
            status: status.as_u16(),
            location: headers.get(header::LOCATION).map(record::text),
            sink,
        }),
        304 if conditional => Ok(Outcome::Received(Received::NotModified {
            final_url: record::address(link),
        })),
        code => {
            let fault = Fault::new(Why::HttpStatus, status.to_string());
            Err(Stop::Failure(fault.with_status(Some(code))))
        }
    }
}

async fn send(
    client: &reqwest::Client,
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

fn whole<S>(link: &Link, status: StatusCode, headers: &HeaderMap, sink: S) -> Body<S> {
    // Validators that are not plain ASCII can't be sent back as they came.
    let ascii = |name: HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let (etag, last_modified) = (ascii(header::ETAG), ascii(header::LAST_MODIFIED));
    let final_url = record::address(link);
    let validators = (etag.is_some() || last_modified.is_some()).then(|| Validators {
        url: final_url.clone(),
        etag,
        last_modified,
    });
    let content_type = headers.get(header::CONTENT_TYPE).map(record::text);
    Body {
        sink,
        final_url,
        status: status.as_u16(),
        content_type,
        validators,
    }
}
