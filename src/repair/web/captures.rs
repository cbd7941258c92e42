//! Which captures has an archive of the web of an address, and does one of them have the bytes? RFC 7089: its `TimeGate` is asked
//! for the time that a snapshot says, then its `TimeMap`; each capture is asked for as it came.

use crate::archive::ArchiveError;
use crate::exchange::Exchange;
use crate::fetch::{Accept, Received, Request, Wishes};
use crate::link::Link;
use crate::memento::{self, Related};

use super::{Address, Had, Search, request};

/// Captures of one address that are asked for at most: those nearest to the time that the snapshot says.
const CAPTURES_MAX: usize = 6;

/// The longest `TimeMap` that is read.
const MAP_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Where the `TimeMap` of an address lies at Wayback machines, where none of their answers says it.
const MAP: &str = "timemap/link/";

/// Looks for the bytes among the captures of an address.
pub(super) async fn search(
    search: &mut Search<'_>,
    archive: &Link,
    address: &Address,
) -> Result<Had, ArchiveError> {
    let wanted = address.link.without_fragment().without_user_info();
    let Ok(gate) = Link::parse(&format!("{}{wanted}", folder(archive))) else {
        return Ok(None);
    };
    let mut asked = Vec::new();
    let (capture, mut related) = ask_gate(search, &gate, address).await;
    if let Some(capture) = capture
        && let Some(had) = ask(search, &capture, &mut asked).await?
    {
        return Ok(Some(had));
    }
    let map = related.iter().find(|link| link.is_list());
    let map = map.map(|link| link.link.clone());
    let map = map.or_else(|| Link::parse(&format!("{}{MAP}{wanted}", folder(archive))).ok());
    if let Some(map) = map {
        related.extend(ask_map(search, &map).await);
    }
    for capture in memento::nearest(&related, address.time) {
        if asked.len() >= CAPTURES_MAX {
            break;
        }
        if let Some(had) = ask(search, &capture, &mut asked).await? {
            return Ok(Some(had));
        }
    }
    if asked.is_empty() {
        search
            .troubles
            .push(format!("{archive} has no capture of {wanted}"));
    }
    Ok(None)
}

/// Returns what stands before an address in the archive: a prefix as it was given, with a slash at its end unless it asks.
fn folder(archive: &Link) -> String {
    let text = archive.as_str();
    if text.ends_with(['/', '=']) {
        text.to_owned()
    } else {
        format!("{text}/")
    }
}

/// Asks for a capture as it came, once.
async fn ask(
    search: &mut Search<'_>,
    capture: &Link,
    asked: &mut Vec<Link>,
) -> Result<Had, ArchiveError> {
    let raw = memento::raw(capture).unwrap_or_else(|| capture.clone());
    if asked.contains(&raw) {
        return Ok(None);
    }
    asked.push(raw.clone());
    search.ask(&request(&raw, Accept::Any)).await
}

/// Asks which capture is nearest to the time of the snapshot. Returns it, and what else its answers name; its page is not wanted.
async fn ask_gate(
    search: &Search<'_>,
    gate: &Link,
    address: &Address,
) -> (Option<Link>, Vec<Related>) {
    let asked = Request {
        robots: search.web.robots,
        bytes_max: Some(0),
        wishes: Wishes {
            as_of: Some(address.time),
            ..Wishes::default()
        },
        ..request(gate, Accept::Any)
    };
    let exchanges = search.web.client.get(asked, Vec::new()).await.exchanges;
    let mut related = Vec::new();
    for exchange in &exchanges {
        for value in fields(exchange, "link") {
            related.extend(memento::links(value, &exchange.url));
        }
    }
    let captures = exchanges.iter().rev().find(|it| is_capture(it));
    let capture = captures.map(|exchange| {
        let elsewhere = fields(exchange, "content-location").next();
        let elsewhere = elsewhere.and_then(|text| exchange.url.join(text, None).ok());
        elsewhere.unwrap_or_else(|| exchange.url.clone())
    });
    (capture, related)
}

/// Reads a list of captures; none where it can't be had.
async fn ask_map(search: &Search<'_>, map: &Link) -> Vec<Related> {
    let asked = Request {
        robots: search.web.robots,
        bytes_max: Some(MAP_BYTES_MAX),
        ..request(map, Accept::Any)
    };
    match search.web.client.get(asked, Vec::new()).await.result {
        Ok(Received::Body(body)) => {
            memento::links(&String::from_utf8_lossy(&body.sink), &body.final_url)
        }
        Ok(Received::NotModified { .. }) | Err(_) => Vec::new(),
    }
}

/// Returns whether an answer says that it is a capture.
fn is_capture(exchange: &Exchange) -> bool {
    let response = exchange.response.as_ref();
    response.is_some_and(|it| (200..300).contains(&it.status))
        && (fields(exchange, "memento-datetime").next().is_some()
            || memento::raw(&exchange.url).is_some())
}

fn fields<'a>(exchange: &'a Exchange, name: &'a str) -> impl Iterator<Item = &'a str> {
    let headers = exchange.response.iter().flat_map(|it| &it.headers);
    headers
        .filter(move |(field, _)| field == name)
        .map(|(_, value)| value.as_str())
}
