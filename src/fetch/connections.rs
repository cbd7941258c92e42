//! Which connections are kept for the next request, and how many? Each is an open file, and a run may meet any number of hosts.
//!
//! reqwest bounds what it keeps of each host, and not of all. So a client serves hosts until those have had as many requests in
//! flight as connections may be kept; the next one begins another client, and what the former kept is closed as soon as its last
//! request has its answer.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::error::FetchError;

/// Connections that are kept at most, to all hosts together, where few requests are in flight. A few hosts at a time have many
/// images each.
const IDLE_BASE: usize = 256;

/// Connections that are kept at most for each request that `--jobs` allows: twice as many may be in flight, twice as many
/// connections may have been made for them, and there are a client and the one before it.
const IDLE_PER_JOB: usize = 8;

/// Clients that may keep connections at a time: the one in use, and the one before it.
const KEEPING: usize = 2;

/// Returns how many connections are kept at most, to all hosts together.
#[must_use]
pub fn idle_max(jobs: usize) -> usize {
    IDLE_BASE.max(IDLE_PER_JOB.saturating_mul(jobs))
}

/// Makes a client that keeps so many connections to each host.
type Make = dyn Fn(usize) -> Result<reqwest::Client, FetchError> + Send + Sync;

/// Connections to hosts, or to proxies.
pub(super) struct Connections {
    make: Box<Make>,
    /// Connections that are kept to one host.
    idle_per_host: usize,
    /// Connections that a client may keep.
    each: usize,
    /// Keeps no connection.
    fleeting: Arc<reqwest::Client>,
    keeping: Arc<Mutex<Keeping>>,
}

struct Keeping {
    client: Arc<reqwest::Client>,
    /// Clients that were begun before this one.
    generation: u64,
    /// What each scheme, host and port has of the client.
    origins: HashMap<String, Use>,
    /// Connections that it may have kept by now.
    kept: usize,
    /// The one before, as long as a request of it waits for its answer.
    before: Weak<reqwest::Client>,
}

/// Requests to one origin.
#[derive(Debug, Default, Clone, Copy)]
struct Use {
    in_flight: usize,
    /// The most that were in flight at once.
    peak: usize,
}

/// A request's place among those to its origin, until it is dropped: when the body is here, or given up.
pub(super) struct Place {
    keeping: Arc<Mutex<Keeping>>,
    generation: u64,
    origin: String,
}

impl Connections {
    /// Begins without any, and will keep `per_host` to one host, and `idle_max` in all.
    pub(super) fn new(
        idle_max: usize,
        per_host: usize,
        make: impl Fn(usize) -> Result<reqwest::Client, FetchError> + Send + Sync + 'static,
    ) -> Result<Self, FetchError> {
        let each = (idle_max / KEEPING).max(1);
        let idle_per_host = per_host.clamp(1, each);
        let keeping = Keeping {
            client: Arc::new(make(idle_per_host)?),
            generation: 0,
            origins: HashMap::new(),
            kept: 0,
            before: Weak::new(),
        };
        Ok(Self {
            idle_per_host,
            each,
            fleeting: Arc::new(make(0)?),
            keeping: Arc::new(Mutex::new(keeping)),
            make: Box::new(make),
        })
    }

    /// Returns the client for a request to `origin`: scheme, host and port. Whoever asks lets go of it when the head of the
    /// answer is there, and of the place when the body is. A client that keeps no connections has no place.
    pub(super) fn client(&self, origin: &str) -> (Arc<reqwest::Client>, Option<Place>) {
        let mut keeping = lock(&self.keeping);
        let mut more = self.more(&keeping, origin);
        if keeping.kept + more > self.each {
            if !self.begin_anew(&mut keeping) {
                return (Arc::clone(&self.fleeting), None);
            }
            more = self.more(&keeping, origin);
        }
        keeping.kept += more;
        let of_origin = keeping.origins.entry(origin.to_owned()).or_default();
        of_origin.in_flight += 1;
        of_origin.peak = of_origin.peak.max(of_origin.in_flight);
        let place = Place {
            keeping: Arc::clone(&self.keeping),
            generation: keeping.generation,
            origin: origin.to_owned(),
        };
        (Arc::clone(&keeping.client), Some(place))
    }

    /// Returns how many more connections may be kept after one more request to `origin`.
    fn more(&self, keeping: &Keeping, origin: &str) -> usize {
        let Use { in_flight, peak } = keeping.origins.get(origin).copied().unwrap_or_default();
        self.kept(peak.max(in_flight + 1)) - self.kept(peak)
    }

    /// Returns how many connections may be kept to a host with so many requests in flight: while one is made, another may
    /// become free and be used instead.
    fn kept(&self, in_flight: usize) -> usize {
        (2 * in_flight).min(self.idle_per_host)
    }

    /// Begins another client, unless the one before this is still at work. Returns whether it did.
    fn begin_anew(&self, keeping: &mut Keeping) -> bool {
        if keeping.before.strong_count() > 0 {
            return false;
        }
        let Ok(next) = (self.make)(self.idle_per_host) else {
            return false;
        };
        keeping.before = Arc::downgrade(&keeping.client);
        keeping.client = Arc::new(next);
        keeping.generation += 1;
        keeping.origins.clear();
        keeping.kept = 0;
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut keeping = lock(&self.keeping);
        if keeping.generation == self.generation
            && let Some(of_origin) = keeping.origins.get_mut(&self.origin)
        {
            of_origin.in_flight -= 1;
        }
    }
}

fn lock(keeping: &Mutex<Keeping>) -> MutexGuard<'_, Keeping> {
    keeping.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Leased = (Arc<reqwest::Client>, Option<Place>);

    fn connections(idle_max: usize, per_host: usize) -> Connections {
        let make = |idle| {
            let builder = reqwest::Client::builder().pool_max_idle_per_host(idle);
            let builder = builder.tls_certs_only(std::iter::empty());
            builder.build().map_err(FetchError::Client)
        };
        let provider = rustls::crypto::ring::default_provider();
        provider.install_default().ok();
        Connections::new(idle_max, per_host, make).unwrap()
    }

    /// Asks `hosts` hosts for `each` at once.
    fn ask(connections: &Connections, hosts: usize, each: usize) -> Vec<Leased> {
        let origins = (0..hosts).flat_map(|host| vec![format!("{host}"); each]);
        origins.map(|origin| connections.client(&origin)).collect()
    }

    /// Asks for so many hosts, one after the other, that the next one needs another client.
    fn fill(connections: &Connections, name: &str) -> Arc<reqwest::Client> {
        for host in 1..64 {
            drop(connections.client(&format!("{name} {host}")));
        }
        connections.client(&format!("{name} 0")).0
    }

    fn is_one_client(leased: &[Leased]) -> bool {
        leased.iter().all(|it| Arc::ptr_eq(&it.0, &leased[0].0))
    }

    #[test]
    fn what_may_be_kept_grows_with_the_jobs() {
        for (jobs, expected) in [(1, 256), (32, 256), (64, 512), (usize::MAX, usize::MAX)] {
            assert_eq!(idle_max(jobs), expected, "{jobs}");
        }
    }

    #[test]
    fn all_that_may_be_in_flight_goes_through_one_client() {
        for (jobs, hosts, each) in [(32, 1, 64), (32, 64, 1), (64, 2, 64), (64, 128, 1)] {
            // A proxy has half of them.
            let connections = connections(idle_max(jobs) / 2, each);
            assert!(
                is_one_client(&ask(&connections, hosts, each)),
                "{hosts} {each}"
            );
        }
    }

    #[test]
    fn hosts_that_have_one_request_at_a_time_share_a_client_by_the_dozen() {
        let connections = connections(256, 6);
        let clients: Vec<_> = (0..64)
            .map(|host| connections.client(&format!("{host}")).0)
            .collect();
        assert!(clients.iter().all(|it| Arc::ptr_eq(it, &clients[0])));
        assert!(!Arc::ptr_eq(&connections.client("another").0, &clients[0]));
    }

    #[test]
    fn a_client_serves_so_many_requests_at_once_that_no_more_is_kept() {
        for (per_host, hosts) in [(0, 128), (1, 128), (6, 21), (100, 1), (10_000, 1)] {
            let connections = connections(256, per_host);
            assert!(connections.idle_per_host > 0);
            let leased = ask(&connections, hosts, connections.idle_per_host);
            assert!(is_one_client(&leased), "{per_host}");
            assert!(
                KEEPING * hosts * connections.idle_per_host <= 256,
                "{per_host}"
            );
            let (others, _) = ask(&connections, hosts + 64, 1).pop().unwrap();
            assert!(!Arc::ptr_eq(&others, &leased[0].0), "{per_host}");
        }
    }

    #[test]
    fn a_place_that_is_free_again_is_taken_by_the_next() {
        let connections = connections(256, 64);
        let leased = ask(&connections, 1, 2);
        for _ in 0..1_000 {
            drop(connections.client("0").1);
        }
        assert_eq!(lock(&connections.keeping).kept, 6);
        drop(leased);
        assert_eq!(lock(&connections.keeping).origins["0"].in_flight, 0);
    }

    #[test]
    fn the_next_host_begins_another_client_unless_the_one_before_is_at_work() {
        let connections = connections(256, 64);
        let first = fill(&connections, "first");
        assert!(Arc::ptr_eq(&first, &connections.client("first 0").0));
        let second = fill(&connections, "second");
        assert!(!Arc::ptr_eq(&first, &second));
        // The first is still held, and so a third would be one too many.
        let (third, place) = connections.client("and one more");
        assert!(Arc::ptr_eq(&third, &connections.fleeting) && place.is_none());
        assert!(Arc::ptr_eq(&second, &connections.client("second 0").0));
        drop(first);
        let (third, _) = connections.client("and one more");
        assert!(!Arc::ptr_eq(&third, &connections.fleeting));
        assert!(!Arc::ptr_eq(&third, &second));
    }
}
