//! What is written down of an exchange? Truthful header lists, with the secrets withheld.

use jiff::Timestamp;
use reqwest::Version;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::digest::Digest;
use crate::exchange::{Exchange, Referrer, Response, Truncation, WITHHELD};
use crate::link::{Link, without_secrets};

/// Fields whose values are credentials.
const SECRET: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "set-cookie2",
];

/// What was read of a body, before content decoding.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) bytes: u64,
    pub(super) digest: Digest,
    pub(super) truncated: Option<Truncation>,
}

/// Begins the record of a request made now.
pub(super) fn begin(link: &Link) -> Exchange {
    Exchange {
        method: "GET".to_owned(),
        url: address(link),
        started: Timestamp::now(),
        protocol: None,
        peer: None,
        request: Vec::new(),
        referrer: Referrer::None,
        response: None,
        failure: None,
    }
}

/// Records the header fields that are sent; a proxy's credentials are added on the way where it asks for them.
pub(super) fn request(exchange: &mut Exchange, headers: &HeaderMap, proxy_authorization: bool) {
    exchange.request = pairs(headers);
    for ((_, text), value) in exchange.request.iter_mut().zip(headers.values()) {
        // What the user gave, unless it is known to be harmless.
        if value.is_sensitive() {
            WITHHELD.clone_into(text);
        }
    }
    if proxy_authorization {
        exchange
            .request
            .push(("proxy-authorization".to_owned(), WITHHELD.to_owned()));
    }
}

/// Returns the URL as it may be written down and shown: without fragment and user info.
pub(super) fn address(link: &Link) -> Link {
    link.without_fragment().without_user_info()
}

/// Adds the host where the HTTP stack puts it: the last field in HTTP/1, before all others in HTTP/2 (`:authority`).
pub(super) fn add_host(exchange: &mut Exchange, version: Option<Version>) {
    let authority = exchange.url.as_url();
    let host = match authority.port() {
        Some(port) => format!("{}:{port}", exchange.url.host()),
        None => exchange.url.host().to_owned(),
    };
    let place = if version == Some(Version::HTTP_2) {
        0
    } else {
        exchange.request.len()
    };
    exchange.request.insert(place, ("host".to_owned(), host));
}

/// Records what came back, except the body.
pub(super) fn head(exchange: &mut Exchange, response: &reqwest::Response) {
    exchange.protocol = Some(protocol(response.version()).to_owned());
    exchange.peer = response.remote_addr();
    exchange.response = Some(Response {
        status: response.status().as_u16(),
        headers: pairs(response.headers()),
        body_bytes: 0,
        body_digest: Digest::of(b""),
        truncated: None,
    });
}

/// Records the body.
pub(super) fn body(exchange: &mut Exchange, transfer: &Transfer) {
    if let Some(response) = &mut exchange.response {
        response.body_bytes = transfer.bytes;
        response.body_digest = transfer.digest;
        response.truncated = transfer.truncated;
    }
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), shown(name, value)))
        .collect()
}

fn shown(name: &HeaderName, value: &HeaderValue) -> String {
    if SECRET.contains(&name.as_str()) {
        return WITHHELD.to_owned();
    }
    let text = text(value);
    // An address with a password in it is a credential wherever it stands; `Location` is where servers put one.
    match name.as_str() {
        "location" | "content-location" | "refresh" | "link" => without_secrets(&text),
        _ => text,
    }
}

/// Returns a field's value as text; bytes that are no UTF-8 are replaced.
pub(super) fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_09 => "HTTP/0.9",
        _ => "HTTP/1.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_keep_their_order_and_lose_their_secrets() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-b", &b"1"[..]),
            ("set-cookie", b"id=secret"),
            ("x-a", b"\xe9"),
            ("x-b", b"2"),
        ] {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        let shown = pairs(&headers);
        let expected = [
            ("x-b", "1"),
            ("x-b", "2"),
            ("set-cookie", WITHHELD),
            ("x-a", "\u{fffd}"),
        ];
        assert_eq!(
            shown,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
