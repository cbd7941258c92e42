//! What may the user decide about the network?

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::cookies::Jar;
use super::headers::OwnHeaders;
use super::hosts::Said;
use crate::exchange::Referrer;

/// Time for TCP and TLS together. A host that needs longer is as good as away; browsers wait about as long.
const CONNECT: Duration = Duration::from_secs(15);
/// Time until the head of an answer is there, connecting included. Pages made on demand take their time.
const FIRST_BYTE: Duration = Duration::from_secs(30);
/// Time between two pieces of a body: longer silence means that nothing more will come.
const IDLE: Duration = Duration::from_secs(20);

/// How many times `--timeout` a resource may take in all: with every attempt and the pauses between them, the waiting for its
/// host aside.
const TOTAL: u32 = 4;
/// Over how long a body must come at its least rate: a connection that changes hands is silent for some seconds.
const RATE_WINDOW: Duration = Duration::from_secs(10);

/// How the network is used. A plain value, built where a person or a scheduler decides.
#[derive(Debug, Clone)]
pub struct Options {
    /// Requests in flight in all (at least 1).
    pub jobs: usize,
    /// Requests in flight to one host (at least 1), whatever their schemes and ports.
    pub per_host: usize,
    /// Time between the starts of two requests to one host at least.
    pub delay: Duration,
    /// What is said of some hosts instead.
    pub paces: Paces,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// What is tried again, and when.
    pub retries: Retries,
    /// How slow a body may come.
    pub rate: Rate,
    /// Bytes of one body at most, as sent and as decoded.
    pub bytes_max: u64,
    /// Further trusted roots, each text holding one certificate or more in PEM.
    pub ca_certs: Vec<Vec<u8>>,
    /// Addresses that stand in for the resolver's answers.
    pub resolve: Vec<Override>,
    /// Who decides about proxies.
    pub proxy: ProxyChoice,
    /// Whether addresses that are not public may be asked.
    pub allow_private: bool,
    /// The `User-Agent` field.
    pub user_agent: String,
    /// Further header fields, each for where it may go.
    pub headers: OwnHeaders,
    /// What hosts are told of the article that a request is for: nothing where nothing is said.
    pub referrers: Said<Referrer>,
    /// Cookies, each for its own domain.
    pub cookies: Jar,
}

/// What is said of some hosts instead of what is said of all.
#[derive(Debug, Clone, Default)]
pub struct Paces {
    /// Requests in flight.
    pub per_host: Said<usize>,
    /// Time between the starts of two requests at least.
    pub delay: Said<Duration>,
}

/// Who decides about proxies.
#[derive(Clone, PartialEq, Eq)]
pub enum ProxyChoice {
    /// The environment: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, in lower or upper case.
    Environment,
    /// This one is for every URL that `no_proxy` in the environment does not except, as it is with curl.
    Url(String),
    /// None at all.
    Direct,
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            // It may hold a password.
            Self::Url(_) => "Url(…)",
            Self::Direct => "Direct",
        })
    }
}

/// How long to wait for what. Time spent waiting for a permit does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For TCP and TLS together.
    pub connect: Duration,
    /// Until the head of an answer is there, connecting included.
    pub first_byte: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// For a request with all its redirects and its body.
    pub whole: Duration,
    /// For a resource with every attempt to get it.
    pub total: Duration,
}

/// What is tried again, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often at most, for one resource.
    pub times: u32,
    /// The longest pause before the first time; doubled for each that follows.
    pub pause: Duration,
    /// The longest time that a host is waited for because it asks for that. One that asks for more is left alone.
    pub wait_max: Duration,
}

/// The least rate of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Bytes at least; 0 where any rate will do.
    pub bytes: u64,
    /// In this time.
    pub over: Duration,
}

impl Rate {
    /// Returns the rate of so many bytes a second.
    #[must_use]
    pub fn a_second(bytes: u64) -> Self {
        Self {
            bytes: bytes.saturating_mul(RATE_WINDOW.as_secs()),
            over: RATE_WINDOW,
        }
    }
}

impl Timeouts {
    /// Returns the customary times, none longer than `whole`.
    #[must_use]
    pub fn within(whole: Duration) -> Self {
        Self {
            connect: CONNECT.min(whole),
            first_byte: FIRST_BYTE.min(whole),
            idle: IDLE.min(whole),
            whole,
            total: whole.saturating_mul(TOTAL),
        }
    }
}

/// An address that stands in for the resolver's answer, and counts as allowed. Hosts that are literal addresses are
/// never resolved, so nothing stands in for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The host name in lowercase; `None` is every name without one of its own.
    pub host: Option<String>,
    /// Where to connect to.
    pub address: IpAddr,
    /// The port for URLs that name none; the scheme's own where `None`.
    pub port: Option<u16>,
}

#[cfg(test)]
impl Options {
    /// Returns options that say as little as possible.
    pub(super) fn plain() -> Self {
        Self {
            jobs: 1,
            per_host: 1,
            delay: Duration::ZERO,
            paces: Paces::default(),
            timeouts: Timeouts::within(Duration::from_secs(5)),
            retries: Retries {
                times: 0,
                pause: Duration::ZERO,
                wait_max: Duration::ZERO,
            },
            rate: Rate::a_second(0),
            bytes_max: 1,
            ca_certs: Vec::new(),
            resolve: Vec::new(),
            proxy: ProxyChoice::Direct,
            allow_private: false,
            user_agent: "test".to_owned(),
            headers: OwnHeaders::default(),
            referrers: Said::default(),
            cookies: Jar::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_customary_and_none_is_longer_than_that_of_a_request() {
        let seconds = |whole: u64| {
            let times = Timeouts::within(Duration::from_secs(whole));
            [
                times.connect,
                times.first_byte,
                times.idle,
                times.whole,
                times.total,
            ]
            .map(|time| time.as_secs())
        };
        assert_eq!(seconds(60), [15, 30, 20, 60, 240]);
        assert_eq!(seconds(20), [15, 20, 20, 20, 80]);
        assert_eq!(seconds(1), [1, 1, 1, 1, 4]);
    }

    #[test]
    fn a_rate_counts_over_ten_seconds() {
        let Rate { bytes, over } = Rate::a_second(500);
        assert_eq!((bytes, over), (5000, Duration::from_secs(10)));
    }
}
