//! What went wrong, in one word? From the chains of errors of reqwest, hyper, rustls and the system to [`Why`].

use std::error::Error;
use std::io;

use rustls::pki_types::InvalidDnsNameError;

use super::guard::Refusal;
use super::resolve::NoSuchName;
use super::{Failure, Stop, retry, shortage};
use crate::exchange::{Truncation, Why};

/// What hyper says where the header fields of an answer are too many or too long. Its types are not ours to name.
const HEAD_TOO_LARGE: &str = "message head is too large";

/// What went wrong with one exchange.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) why: Why,
    pub(super) detail: String,
    /// Whether it passes, or does not, where that does not follow from the reason.
    passing: Option<bool>,
    /// The number of the system's error where it is this machine that has run out of something.
    shortage: Option<i32>,
}

/// What ends the reading of a body.
#[derive(Debug)]
pub(super) enum Halt {
    Fault(Fault),
    Sink(io::Error),
}

impl Fault {
    pub(super) fn new(why: Why, detail: impl Into<String>) -> Self {
        Self {
            why,
            detail: detail.into(),
            passing: None,
            shortage: None,
        }
    }

    /// Says whether it may be right the next time, where that does not follow from the reason.
    pub(super) fn passing(self, passing: bool) -> Self {
        Self {
            passing: Some(passing),
            ..self
        }
    }

    /// Returns what a request comes to that ended with an answer of `status`, or without one.
    pub(super) fn stop(self, status: Option<u16>) -> Stop {
        match self.shortage {
            Some(number) => Stop::Machine(io::Error::from_raw_os_error(number)),
            None => Stop::Failure(self.with_status(status)),
        }
    }

    /// Returns the failure of a request that ended with an answer of `status`.
    pub(super) fn with_status(self, status: Option<u16>) -> Failure {
        Failure {
            transient: self
                .passing
                .unwrap_or_else(|| retry::is_transient(self.why, status)),
            why: self.why,
            status,
            detail: self.detail,
        }
    }

    /// Returns how WARC names it when a body ends this way.
    pub(super) fn truncation(&self) -> Truncation {
        match self.why {
            Why::TooLarge => Truncation::Length,
            Why::TimedOut => Truncation::Time,
            Why::ShortBody | Why::ConnectionBroken | Why::TlsFailed => Truncation::Disconnect,
            _ => Truncation::Unspecified,
        }
    }
}

impl Halt {
    pub(super) fn with_status(self, status: u16) -> Stop {
        match self {
            Self::Fault(fault) => fault.stop(Some(status)),
            Self::Sink(error) => Stop::Sink(error),
        }
    }

    pub(super) fn truncation(&self) -> Truncation {
        match self {
            Self::Fault(fault) => fault.truncation(),
            Self::Sink(_) => Truncation::Unspecified,
        }
    }
}

impl From<&Refusal> for Fault {
    fn from(refusal: &Refusal) -> Self {
        Self::new(Why::AddressRefused, refusal.to_string())
    }
}

impl From<&reqwest::Error> for Fault {
    fn from(error: &reqwest::Error) -> Self {
        let fault = Self {
            shortage: shortage::among(chain(error)),
            ..Self::new(why(error), detail(error))
        };
        if passes(error, fault.why) {
            fault.passing(true)
        } else {
            fault
        }
    }
}

/// Returns what ended a body that reqwest could not read on; `short` if bytes of its Content-Length are outstanding.
pub(super) fn of_body(error: &reqwest::Error, short: bool) -> Fault {
    let fault = Fault::from(error);
    // HTTP/2 counts for itself and breaks the stream; there is no error of the system's then, as in a broken connection.
    let system = chain(error).any(<dyn Error>::is::<io::Error>);
    if fault.why == Why::ConnectionBroken && short && !system {
        Fault {
            why: Why::ShortBody,
            ..fault
        }
    } else {
        fault
    }
}

fn detail(error: &reqwest::Error) -> String {
    if chain(error).any(is_unknown_issuer) {
        return "its certificate is signed by nobody who is trusted; --ca-cert names further roots"
            .to_owned();
    }
    // The innermost error is the cause, and the only one that never repeats the URL.
    let cause = chain(error).last();
    cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

fn is_unknown_issuer(error: &(dyn Error + 'static)) -> bool {
    let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    error.downcast_ref() == Some(&unknown)
}

/// Returns whether what is final by its reason may pass all the same: a name server that has no time, a host that breaks off a
/// handshake.
fn passes(error: &reqwest::Error, why: Why) -> bool {
    match why {
        Why::NameNotResolved => chain(error)
            .filter_map(|link| link.downcast_ref::<NoSuchName>())
            .any(NoSuchName::is_passing),
        Why::TlsFailed => !chain(error).any(<dyn Error>::is::<rustls::Error>),
        _ => false,
    }
}

fn why(error: &reqwest::Error) -> Why {
    if error.is_builder() {
        // A URL that is longer than the HTTP stack takes, or has a host it can't write down.
        return Why::NotFetchable;
    }
    if let Some(why) = chain(error).find_map(named) {
        return why;
    }
    // The innermost is the system's; hyper-rustls wraps it in one of its own.
    let broken = chain(error)
        .filter_map(|link| link.downcast_ref::<io::Error>())
        .last();
    let broken = broken.map(io::Error::kind);
    if error.is_timeout() {
        Why::TimedOut
    } else if error.is_connect() {
        // The transport was there and broke before the connection was made: in the TLS handshake.
        let handshake = matches!(
            broken,
            Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
        );
        if handshake {
            Why::TlsFailed
        } else {
            Why::ConnectFailed
        }
    } else if chain(error).any(|link| link.to_string() == HEAD_TOO_LARGE) {
        Why::TooLarge
    } else if error.is_request() {
        Why::ConnectionBroken
    } else if broken == Some(io::ErrorKind::UnexpectedEof) {
        Why::ShortBody
    } else {
        Why::ConnectionBroken
    }
}

/// Returns the reason that one error of a chain names by its type.
fn named(error: &(dyn Error + 'static)) -> Option<Why> {
    if error.is::<Refusal>() {
        Some(Why::AddressRefused)
    } else if error.is::<NoSuchName>() || error.is::<InvalidDnsNameError>() {
        // Where TLS can't say whom it wants, no name server was asked: a label of more than 63 bytes, or an empty one.
        Some(Why::NameNotResolved)
    } else if error.is::<rustls::Error>() {
        Some(Why::TlsFailed)
    } else {
        None
    }
}

/// Returns the errors below `error`.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| below(*error))
}

/// Returns the next error of a chain. An `io::Error` passes over the one it wraps, and that is where rustls's stand.
fn below<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;
    use crate::fetch::options::Options;
    use crate::fetch::resolve::{HostResolver, Names};
    use crate::fetch::{FetchError, connect, guard};

    struct Answering(&'static str);

    impl Resolve for Answering {
        fn resolve(&self, name: Name) -> Resolving {
            let addresses = vec![self.0.parse().expect("a test's own address")];
            let admitted = guard::admit(name.as_str(), addresses);
            Box::pin(async move { Ok(Box::new(admitted?.into_iter()) as reqwest::dns::Addrs) })
        }
    }

    fn direct(options: &Options) -> Result<Arc<reqwest::Client>, FetchError> {
        let hosts = HostResolver {
            overrides: Vec::new(),
            allow_private: false,
            names: Names::of_system(),
        };
        connect::client(options, hosts)
    }

    #[tokio::test]
    async fn a_refusal_at_dial_time_is_seen_through_the_chain() {
        direct(&Options::plain()).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .dns_resolver(Answering("10.1.2.3:0"))
            .build()
            .unwrap();
        let fault = Fault::from(&client.get("http://rebound.test/").send().await.unwrap_err());
        assert_eq!(fault.why, Why::AddressRefused);
        assert_eq!(
            fault.detail,
            "rebound.test resolves to 10.1.2.3, which is not a public address"
        );
    }

    #[tokio::test]
    async fn a_url_beyond_the_stack_is_not_fetchable() {
        let client = direct(&Options::plain()).unwrap();
        let url = format!("http://h.test/{}", "x".repeat(70_000));
        assert_eq!(
            Fault::from(&client.get(url).send().await.unwrap_err()).why,
            Why::NotFetchable
        );
    }

    #[tokio::test]
    async fn a_name_that_can_not_be_is_final_by_either_scheme() {
        let client = direct(&Options::plain()).unwrap();
        let too_long = [vec!["x".repeat(63); 4].join("."), "x".repeat(64)];
        for (scheme, name) in ["http", "https"]
            .into_iter()
            .flat_map(|scheme| too_long.iter().map(move |name| (scheme, name)))
        {
            let error = client.get(format!("{scheme}://{name}.test/")).send().await;
            let failure = Fault::from(&error.unwrap_err()).with_status(None);
            let told = (failure.why, failure.transient);
            assert_eq!(told, (Why::NameNotResolved, false), "{scheme} {name}");
        }
    }

    #[test]
    fn what_is_not_usable_is_said_at_once() {
        let bad = Options {
            ca_certs: vec![b"no pem".to_vec()],
            ..Options::plain()
        };
        assert!(matches!(direct(&bad), Err(FetchError::NoCaCert)));
        for user_agent in ["a\nb", "", " "] {
            let bad = Options {
                user_agent: user_agent.to_owned(),
                ..Options::plain()
            };
            assert!(matches!(direct(&bad), Err(FetchError::UserAgent(_))));
        }
    }
}
