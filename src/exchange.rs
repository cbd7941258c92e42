//! What was asked and what came back? The record of one request, enough to write an honest WARC from later. Pure.

mod date;
mod freshness;

use std::net::SocketAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::link::Link;

pub use crate::link::WITHHELD;
pub use date::http_date;

/// One request and what came back: one hop of a redirect chain.
///
/// Members are declared in the order of their names, and so written in the order that a snapshot's one text has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What went wrong, if something did, in one of the codes of [`Why`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Why>,
    /// `GET`.
    pub method: String,
    /// The address that answered; a proxy's where one was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<SocketAddr>,
    /// `HTTP/1.1` or `HTTP/2`; `None` when nothing came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// What the request told of the article that it was made for.
    #[serde(default)]
    pub referrer: Referrer,
    /// The header fields as sent, in order, names in lowercase; none where no request was sent. Values of credentials
    /// are [`WITHHELD`].
    pub request: Vec<(String, String)>,
    /// What came back, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// When the request was begun.
    pub started: Timestamp,
    /// The URL asked for, without fragment and user info.
    pub url: Link,
}

/// What a request tells of the article that it is made for: nothing, unless the user says otherwise of its host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Referrer {
    /// There is no `Referer`.
    #[default]
    None,
    /// The article's scheme, host and port.
    Origin,
    /// The article's address, without fragment and user info.
    Page,
}

impl Referrer {
    /// Returns its word in the configuration and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Origin => "origin",
            Self::Page => "page",
        }
    }
}

/// What came back. Declared in the order of names, as [`Exchange`] is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Length of the body as sent, before content decoding, as far as it was read.
    pub body_bytes: u64,
    /// SHA-256 of those bytes.
    pub body_digest: Digest,
    /// The header fields in order, names in lowercase; bytes that are no UTF-8 are replaced by U+FFFD. Values of credentials are [`WITHHELD`].
    pub headers: Vec<(String, String)>,
    /// The status code.
    pub status: u16,
    /// Why the body was not read to its end, as WARC 1.1 §5.15 names the reasons; `None` where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncation>,
}

/// Why a body was not read to its end (WARC 1.1 §5.15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncation {
    /// It is longer than allowed, or not wanted.
    Length,
    /// It took too long.
    Time,
    /// The connection ended early.
    Disconnect,
    /// For another reason.
    Unspecified,
}

/// Why something could not be had. The written codes are stable for ever and documented in `docs/format.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A relative reference in a document without an address.
    NoAddress,
    /// A URL of a scheme that can't be fetched.
    NotFetchable,
    /// The article refers to more resources than one capture fetches.
    TooMany,
    /// The address guard refused the host's address.
    AddressRefused,
    /// The site's robots.txt forbids it, or can't be had.
    Robots,
    /// The name did not resolve.
    NameNotResolved,
    /// No connection could be made.
    ConnectFailed,
    /// The TLS handshake failed.
    TlsFailed,
    /// The connection broke, or what came back is no HTTP.
    ConnectionBroken,
    /// It took too long.
    TimedOut,
    /// The host is left alone for a while, after many failures or because it asks for that.
    HostResting,
    /// A status other than success, in the record beside.
    HttpStatus,
    /// Too many redirects, or a circle of them.
    TooManyRedirects,
    /// A redirect that leads nowhere fetchable.
    BadRedirect,
    /// Longer than allowed, as sent or as decoded.
    TooLarge,
    /// With what came before it, more than an article may come to.
    ArticleTooLarge,
    /// Shorter than its Content-Length, or cut off.
    ShortBody,
    /// A content coding that is unknown or broken.
    BadEncoding,
    /// No body at all.
    EmptyBody,
    /// An HTML page where a resource should be.
    HtmlInstead,
    /// JSON where a resource should be.
    JsonInstead,
    /// The bytes are of no kind that the role allows.
    WrongKind,
    /// The bytes begin as an image but are cut off or broken.
    BrokenImage,
    /// A picture of more pixels than any browser shows.
    TooManyPixels,
    /// The picture that a host shows instead of the one that was asked for.
    Placeholder,
    /// A single pixel that counts readers, and shows nothing.
    Tracker,
}

impl Why {
    /// Returns the written code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAddress => "no-address",
            Self::NotFetchable => "not-fetchable",
            Self::TooMany => "too-many",
            Self::AddressRefused => "address-refused",
            Self::Robots => "robots",
            Self::NameNotResolved => "name-not-resolved",
            Self::ConnectFailed => "connect-failed",
            Self::TlsFailed => "tls-failed",
            Self::ConnectionBroken => "connection-broken",
            Self::TimedOut => "timed-out",
            Self::HostResting => "host-resting",
            Self::HttpStatus => "http-status",
            Self::TooManyRedirects => "too-many-redirects",
            Self::BadRedirect => "bad-redirect",
            Self::TooLarge => "too-large",
            Self::ArticleTooLarge => "article-too-large",
            Self::ShortBody => "short-body",
            Self::BadEncoding => "bad-encoding",
            Self::EmptyBody => "empty-body",
            Self::HtmlInstead => "html-instead",
            Self::JsonInstead => "json-instead",
            Self::WrongKind => "wrong-kind",
            Self::BrokenImage => "broken-image",
            Self::TooManyPixels => "too-many-pixels",
            Self::Placeholder => "placeholder",
            Self::Tracker => "tracker",
        }
    }

    /// Returns whether it goes wrong before a request is on its way.
    #[must_use]
    pub fn is_before_request(self) -> bool {
        matches!(
            self,
            Self::NotFetchable
                | Self::AddressRefused
                | Self::Robots
                | Self::NameNotResolved
                | Self::ConnectFailed
                | Self::HostResting
                | Self::TlsFailed
        )
    }

    /// Returns the reason in words, for a person.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::NoAddress => "relative, and the document has no address (give one with --base)",
            Self::NotFetchable => "not an http or https address",
            Self::TooMany => "the article refers to too many resources",
            Self::AddressRefused => "its address is not public (allow it with --allow-private)",
            Self::Robots => "the site's robots.txt forbids it (--robots ignore asks all the same)",
            Self::NameNotResolved => "its host name does not resolve",
            Self::ConnectFailed => "no connection could be made",
            Self::TlsFailed => "no secure connection could be made",
            Self::ConnectionBroken => "the connection broke",
            Self::TimedOut => "it took too long",
            Self::HostResting => "its host is left alone for a while",
            Self::HttpStatus => "the server refused it",
            Self::TooManyRedirects => "too many redirects",
            Self::BadRedirect => "it redirects to nothing fetchable",
            Self::TooLarge => "larger than allowed (see --max-bytes)",
            Self::ArticleTooLarge => {
                "the article comes to more than is allowed (see --max-article-bytes)"
            }
            Self::ShortBody => "cut off before its end",
            Self::BadEncoding => "its content coding is broken",
            Self::EmptyBody => "the answer is empty",
            Self::HtmlInstead => "a web page came instead",
            Self::JsonInstead => "data for a program (JSON) came instead",
            Self::WrongKind => "not what its place needs",
            Self::BrokenImage => "a broken image",
            Self::TooManyPixels => "more pixels than any browser shows",
            Self::Placeholder => "the host's picture for what it does not give",
            Self::Tracker => "a single pixel that counts readers",
        }
    }
}
