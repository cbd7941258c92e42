//! What does the other side of a test look like? A loopback origin that does what it is told and remembers all it saw.
//!
//! Shared by the tests, the demo and the example program of this name.

mod authority;
mod fault;
mod reply;
mod script;
mod serve;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub(crate) use authority::Authority;
pub(crate) use reply::{Body, Reply, gzip};
pub(crate) use script::Script;

/// One request, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// The target as written: a path, or a whole URL where a proxy is meant.
    pub(crate) target: String,
    /// The host without port, from `:authority`, the target or `Host`.
    pub(crate) host: String,
    /// The path with its query.
    pub(crate) path: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub(crate) version: String,
    /// All header fields, names in lowercase.
    pub(crate) headers: Vec<(String, String)>,
    /// How many requests for this host and path came before.
    pub(crate) attempt: usize,
}

impl Recorded {
    /// Returns the value of a header field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    }
}

/// What an origin is like.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The names to hold a certificate for, beside `localhost` and `127.0.0.1`; plain HTTP where `None`.
    pub(crate) tls: Option<Vec<String>>,
    /// Whether to speak HTTP/1.1 only.
    pub(crate) http1_only: bool,
    /// Whether a request with a `Referer` gets its answer. By default it gets 403, as from a host that fights hotlinks.
    pub(crate) allow_referer: bool,
}

impl Config {
    /// Returns an origin with TLS for these hosts.
    pub(crate) fn tls(hosts: &[&str]) -> Self {
        Self {
            tls: Some(hosts.iter().map(|&host| host.to_owned()).collect()),
            ..Self::default()
        }
    }
}

/// A running origin, on a port of 127.0.0.1 of the system's choice. It stops when dropped.
#[derive(Debug)]
pub(crate) struct Origin {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// The certificate to trust, in PEM; empty without TLS.
    pub(crate) ca_pem: String,
    book: Arc<Book>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What an origin remembers.
#[derive(Debug, Default)]
struct Book {
    requests: Mutex<Vec<Recorded>>,
    gauge: Mutex<Gauge>,
}

/// Requests in flight: now, and at most so far.
#[derive(Debug, Default)]
struct Gauge {
    now: usize,
    peak: usize,
}

impl Origin {
    /// Starts an origin that answers with `answer`.
    pub(crate) fn start(
        config: &Config,
        answer: impl Fn(&Recorded) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let authority = config.tls.as_deref().map(Authority::make).transpose()?;
        let ca_pem = authority
            .as_ref()
            .map(|authority| authority.ca_pem.clone())
            .unwrap_or_default();
        let tls = authority
            .map(|authority| authority.acceptor(config.http1_only))
            .transpose()?;
        let book = Arc::new(Book::default());
        let site = serve::Site {
            answer: Box::new(answer),
            book: Arc::clone(&book),
            tls,
            http1_only: config.http1_only,
            allow_referer: config.allow_referer,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(serve::serve(listener, Arc::new(site), stopped));
            runtime.shutdown_background();
        });
        Ok(Self {
            addr,
            ca_pem,
            book,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns what came so far.
    pub(crate) fn log(&self) -> Vec<Recorded> {
        held(&self.book.requests).clone()
    }

    /// Returns how many requests were in flight at once at most, bodies included.
    pub(crate) fn peak(&self) -> usize {
        held(&self.book.gauge).peak
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        // Dropping the sender is the signal.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the origin has been printed; what depends on it fails by itself.
            thread.join().ok();
        }
    }
}

impl Book {
    fn enter(&self, mut request: Recorded) -> Recorded {
        let mut requests = held(&self.requests);
        let same =
            |earlier: &&Recorded| earlier.host == request.host && earlier.path == request.path;
        request.attempt = requests.iter().filter(same).count();
        requests.push(request.clone());
        request
    }

    fn begin(self: &Arc<Self>) -> InFlight {
        let mut gauge = held(&self.gauge);
        gauge.now += 1;
        gauge.peak = gauge.peak.max(gauge.now);
        InFlight(Arc::clone(self))
    }
}

/// One request in flight, until dropped.
#[derive(Debug)]
struct InFlight(Arc<Book>);

impl Drop for InFlight {
    fn drop(&mut self) {
        held(&self.0.gauge).now -= 1;
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
