//! Which connections are kept for the next request, and how many? Each is an open file, and a run may meet any number of hosts.
//!
//! reqwest bounds what it keeps of each host, and not of all. So a client serves so many hosts and no more; the next host begins
//! another one, and what the former kept is closed as soon as its last request has its answer.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::error::FetchError;

/// Connections that are kept at most, to all hosts together. A few hosts at a time have many images each.
pub const IDLE_MAX: usize = 256;

/// Connections that are kept to one host at most. Fewer hosts could be served with more; where more requests than that are in
/// flight to one host, some connections are made anew.
const IDLE_PER_HOST_MAX: usize = 16;

/// Clients that may keep connections at a time: the one in use, and the one before it.
const KEEPING: usize = 2;

/// Makes a client that keeps so many connections to each host.
type Make = dyn Fn(usize) -> Result<reqwest::Client, FetchError> + Send + Sync;

/// Connections to hosts, or to proxies.
pub(super) struct Connections {
    make: Box<Make>,
    /// Connections that are kept to one host.
    idle_per_host: usize,
    /// Hosts that a client serves.
    hosts_max: usize,
    /// Keeps no connection.
    fleeting: Arc<reqwest::Client>,
    keeping: Mutex<Keeping>,
}

struct Keeping {
    client: Arc<reqwest::Client>,
    /// The scheme, host and port of each that it serves.
    origins: HashSet<String>,
    /// The one before, as long as a request of it waits for its answer.
    before: Weak<reqwest::Client>,
}

impl Connections {
    /// Begins without any, and will keep `per_host` to one host, and `idle_max` in all.
    pub(super) fn new(
        idle_max: usize,
        per_host: usize,
        make: impl Fn(usize) -> Result<reqwest::Client, FetchError> + Send + Sync + 'static,
    ) -> Result<Self, FetchError> {
        let each = idle_max / KEEPING;
        let idle_per_host = per_host.clamp(1, each.min(IDLE_PER_HOST_MAX));
        let keeping = Keeping {
            client: Arc::new(make(idle_per_host)?),
            origins: HashSet::new(),
            before: Weak::new(),
        };
        Ok(Self {
            idle_per_host,
            hosts_max: each / idle_per_host,
            fleeting: Arc::new(make(0)?),
            keeping: Mutex::new(keeping),
            make: Box::new(make),
        })
    }

    /// Returns the client for a request to `origin`: scheme, host and port. Whoever asks lets go of it when the head of the
    /// answer is there.
    pub(super) fn client(&self, origin: &str) -> Arc<reqwest::Client> {
        let mut keeping = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        if !keeping.origins.contains(origin) {
            if keeping.origins.len() == self.hosts_max {
                if keeping.before.strong_count() > 0 {
                    return Arc::clone(&self.fleeting);
                }
                let Ok(next) = (self.make)(self.idle_per_host) else {
                    return Arc::clone(&self.fleeting);
                };
                keeping.before = Arc::downgrade(&keeping.client);
                keeping.client = Arc::new(next);
                keeping.origins.clear();
            }
            keeping.origins.insert(origin.to_owned());
        }
        Arc::clone(&keeping.client)
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(per_host: usize) -> Connections {
        let make = |idle| {
            let builder = reqwest::Client::builder().pool_max_idle_per_host(idle);
            let builder = builder.tls_certs_only(std::iter::empty());
            builder.build().map_err(FetchError::Client)
        };
        let provider = rustls::crypto::ring::default_provider();
        provider.install_default().ok();
        Connections::new(IDLE_MAX, per_host, make).unwrap()
    }

    /// Asks for so many hosts that the next one needs another client.
    fn fill(connections: &Connections) -> Arc<reqwest::Client> {
        let asked = (0..connections.hosts_max).map(|it| connections.client(&format!("{it}")));
        asked.last().unwrap()
    }

    #[test]
    fn a_client_serves_so_many_hosts_that_no_more_is_kept() {
        for per_host in [0, 1, 6, 100, 10_000] {
            let kept = connections(per_host);
            assert!(kept.hosts_max > 0 && kept.idle_per_host > 0);
            let kept_max = KEEPING * kept.hosts_max * kept.idle_per_host;
            assert!(kept_max <= IDLE_MAX, "{per_host}");
        }
    }

    #[test]
    fn the_next_host_begins_another_client_unless_the_one_before_is_at_work() {
        let connections = connections(64);
        let first = fill(&connections);
        assert!(Arc::ptr_eq(&first, &connections.client("0")));
        let second = connections.client("another");
        assert!(!Arc::ptr_eq(&first, &second));
        // The first is still held, and so a third would be one too many.
        for others in 1..connections.hosts_max {
            connections.client(&format!("another {others}"));
        }
        let third = connections.client("and one more");
        assert!(Arc::ptr_eq(&third, &connections.fleeting));
        assert!(Arc::ptr_eq(&second, &connections.client("another")));
        drop(first);
        let third = connections.client("and one more");
        assert!(!Arc::ptr_eq(&third, &connections.fleeting));
        assert!(!Arc::ptr_eq(&third, &second));
    }
}
