//! How do bytes come from the network, and what is written down about it? One request, its redirects, its body.
//!
//! The room knows nothing of archives and captures. It is asked for one [`Request`] at a time, follows the redirects
//! itself, judges every address, records every hop, and hands the decoded bytes to a [`Sink`]. What can't be had is a
//! [`Failure`], which is an answer like any other; only a sink that can't take more is an error of our own side.

mod attempts;
mod body;
mod client;
mod coding;
mod connect;
mod connections;
mod cookies;
mod error;
mod fault;
mod fingerprint;
mod gate;
mod guard;
mod headers;
mod hop;
mod hosts;
mod options;
mod pace;
mod places;
mod proxy;
mod range;
mod record;
mod redirect;
mod referrer;
mod resolve;
mod retry;
mod robots;
mod shortage;
mod logged;
mod told;

use std::fmt;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Hasher;
use crate::exchange::{Exchange, Referrer, Why};
use crate::link::Link;

pub use client::Client;
pub use coding::decode;
pub use connections::idle_max;
pub use cookies::{COOKIES_BYTES_MAX, CookiesError, Jar};
pub use error::FetchError;
pub use fingerprint::{Fingerprint, Salt};
pub use gate::{Gate, Way};
pub use guard::{Refusal, is_public, judge};
pub use headers::{HARMLESS, Header, HeaderError, OwnHeaders};
pub use hosts::{Hosts, HostsError, Said};
pub use options::{Options, Override, Paces, ProxyChoice, Rate, Retries, Timeouts};
pub(crate) use places::{Place, Places};

/// What to ask for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address. User info in it is sent as basic authentication, to its own origin only.
    pub link: Link,
    /// What the place it is needed for can use.
    pub accept: Accept,
    /// The address of the article that it is for, as the user named it. Header fields that are for its site alone are
    /// sent there and, where `None`, nowhere.
    pub site: Option<Link>,
    /// The address of the document that it is for, where hosts may be told of it that the user says so of.
    pub page: Option<Link>,
    /// Whether the robots.txt of each site that it is asked of is obeyed.
    pub robots: bool,
    /// What is already held, if it may be answered with "not modified".
    pub validators: Option<Validators>,
    /// Bytes of body at most, as sent and as decoded, where that is less than the user allows.
    pub bytes_max: Option<u64>,
    /// What the user wants of it.
    pub wishes: Wishes,
}

/// What the user wants of a request instead of what is said of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How long it may take, with all its redirects and its body.
    pub timeout: Option<Duration>,
    /// Bytes of body at most, as sent and as decoded, instead of [`Options::bytes_max`].
    pub bytes_max: Option<u64>,
    /// What hosts are told of the document that it is for, where nothing is said of them.
    pub referrer: Option<Referrer>,
    /// As of when it is wanted, where an archive of the web is asked (RFC 7089 §2.1.1).
    pub as_of: Option<Timestamp>,
}

/// What the place that a resource is needed for can use: the `Accept` field, as browsers send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// An article's page.
    Page,
    /// An image.
    Image,
    /// A stylesheet.
    Style,
    /// Anything: fonts, feeds, media.
    Any,
}

impl Accept {
    /// Returns the value of the `Accept` field.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Page => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            Self::Image => "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
            Self::Style => "text/css,*/*;q=0.1",
            Self::Any => "*/*",
        }
    }
}

/// What makes a later request conditional (RFC 9110 §8.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The URL whose answer carried them. They are sent to it alone: behind a redirect that has changed its mind
    /// stands another resource, which must not be taken for unmodified.
    pub url: Link,
    /// The `ETag`, quotes and `W/` included.
    pub etag: Option<String>,
    /// The `Last-Modified`, as written.
    pub last_modified: Option<String>,
}

/// What came of a request.
#[derive(Debug)]
pub struct Answer<S> {
    /// Every hop in order: redirects, failures and "not modified" too. What was tried again stands there each time.
    pub exchanges: Vec<Exchange>,
    /// How often something was tried again.
    pub retries: u32,
    /// What it came to.
    pub result: Result<Received<S>, Stop>,
}

/// What a request brought.
#[derive(Debug)]
pub enum Received<S> {
    /// A whole body.
    Body(Body<S>),
    /// What the validators name is still what would be sent.
    NotModified {
        /// The URL that said so, without user info.
        final_url: Link,
    },
}

/// A body that came whole and was decoded without fault.
#[derive(Debug)]
pub struct Body<S> {
    /// The sink, which has taken every byte.
    pub sink: S,
    /// The URL that answered, after redirects, without user info and fragment.
    pub final_url: Link,
    /// The status, a success.
    pub status: u16,
    /// The `Content-Type` field, as sent.
    pub content_type: Option<String>,
    /// What makes the next request conditional, if the answer gave it.
    pub validators: Option<Validators>,
}

/// Why there is no [`Received`].
#[derive(Debug)]
pub enum Stop {
    /// The resource can't be had: a result, to be recorded.
    Failure(Failure),
    /// The sink could not take the bytes (a full disk): a trouble of ours, which says nothing of the resource.
    Sink(io::Error),
    /// This machine has run out of open files, or of memory for connections, and that does not pass: a trouble of ours, too.
    Machine(io::Error),
}

/// Why a resource can't be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The reason, in one of the stable codes.
    pub why: Why,
    /// The status of the answer it happened with, if there was one.
    pub status: Option<u16>,
    /// The particulars, for a person; without secrets.
    pub detail: String,
    /// Whether it may be right the next time.
    pub transient: bool,
}

impl fmt::Display for Failure {
    /// The reason in words, with the status or the particulars.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why.describe())?;
        match self.status {
            Some(status) if !(200..300).contains(&status) => {
                let comma = if self.detail.is_empty() { "" } else { ", " };
                write!(f, " (HTTP {status}{comma}{})", self.detail)
            }
            _ if self.detail.is_empty() => Ok(()),
            _ => write!(f, " ({})", self.detail),
        }
    }
}

/// Takes the decoded bytes of a body. Called where blocking is allowed; begun anew where the body is, and dropped if it does
/// not come whole in the end.
pub trait Sink: Send + 'static {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they can't be taken; the request then ends with [`Stop::Sink`].
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Forgets what it has taken: the body comes anew, from its first byte.
    fn restart(&mut self);

    /// Told that what it has taken is the whole body, where blocking is allowed: it needs no other hop off the runtime for
    /// what it makes of it.
    ///
    /// # Errors
    /// When it can't make anything of it; the request then ends with [`Stop::Sink`].
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Returns the state of a SHA-256 of all that it has taken, if it keeps one: bytes that are handed on as they came are
    /// then not hashed a second time.
    fn hasher(&self) -> Option<Hasher> {
        None
    }
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    fn restart(&mut self) {
        self.clear();
    }
}
