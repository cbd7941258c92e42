//! When may a request begin? So many in flight at once, in all and to one host, and a pause between two to one host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Hosts remembered before those that nobody needs are forgotten: a mirror meets very many.
const HOSTS_KEPT: usize = 1024;

/// Hands out permits.
#[derive(Debug)]
pub(super) struct Pace {
    jobs: Arc<Semaphore>,
    per_host: usize,
    delay: Duration,
    hosts: StdMutex<Hosts>,
}

/// The hosts that requests went to.
#[derive(Debug)]
struct Hosts {
    known: HashMap<String, Arc<Host>>,
    /// How many there may be before they are looked through. Doubled where they are all needed, so that looking through
    /// them costs little in all.
    sweep_at: usize,
}

/// One host: whatever its scheme and port, it is one machine that is to be spared.
#[derive(Debug)]
struct Host {
    permits: Arc<Semaphore>,
    /// When the last request to it began. Whoever is next in turn holds this while it waits.
    last_start: Mutex<Option<Instant>>,
}

/// Leave for one request; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    _host: OwnedSemaphorePermit,
    _job: OwnedSemaphorePermit,
}

impl Pace {
    /// Begins with nothing in flight. `delay` is the least time between the starts of two requests to one host.
    pub(super) fn new(jobs: usize, per_host: usize, delay: Duration) -> Self {
        Self {
            jobs: Arc::new(Semaphore::new(jobs.max(1))),
            per_host: per_host.max(1),
            delay,
            hosts: StdMutex::new(Hosts {
                known: HashMap::new(),
                sweep_at: HOSTS_KEPT,
            }),
        }
    }

    /// Waits until a request to `host` may begin.
    pub(super) async fn permit(&self, host: &str) -> Permit {
        let host = self.host(host);
        // The host's first: who waits for a busy host must not hold a place that another host could use.
        let permit = acquire(Arc::clone(&host.permits)).await;
        let turn = self.turn(&host).await;
        let job = acquire(Arc::clone(&self.jobs)).await;
        if let Some(mut last_start) = turn {
            *last_start = Some(Instant::now());
        }
        Permit {
            _host: permit,
            _job: job,
        }
    }

    /// Waits until the host has had its pause. Requests take turns in the order in which they came; the turn is held until
    /// the request begins, for it may still have to wait for a place among all.
    async fn turn<'a>(&self, host: &'a Host) -> Option<MutexGuard<'a, Option<Instant>>> {
        if self.delay.is_zero() {
            return None;
        }
        let last_start = host.last_start.lock().await;
        if let Some(last_start) = *last_start {
            sleep_until(last_start + self.delay).await;
        }
        Some(last_start)
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.known.get(name) {
            return Arc::clone(host);
        }
        if hosts.known.len() >= hosts.sweep_at {
            hosts.known.retain(|_, host| self.is_needed(host));
            hosts.sweep_at = HOSTS_KEPT.max(2 * hosts.known.len());
        }
        let host = Arc::new(Host {
            permits: Arc::new(Semaphore::new(self.per_host)),
            last_start: Mutex::default(),
        });
        hosts.known.insert(name.to_owned(), Arc::clone(&host));
        host
    }

    /// Returns whether a host is asked for something, or has not had its pause.
    fn is_needed(&self, host: &Arc<Host>) -> bool {
        let in_flight = host.permits.available_permits() < self.per_host;
        let pauses = || match host.last_start.try_lock() {
            Ok(last_start) => last_start.is_some_and(|start| start.elapsed() < self.delay),
            Err(_) => true,
        };
        Arc::strong_count(host) > 1 || in_flight || pauses()
    }
}

async fn acquire(semaphore: Arc<Semaphore>) -> OwnedSemaphorePermit {
    semaphore
        .acquire_owned()
        .await
        .expect("these semaphores are never closed")
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use futures_util::future::join_all;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn poll<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_busy_host_leaves_room_for_others() {
        let pace = Pace::new(3, 1, Duration::ZERO);
        let first = poll(pace.permit("a")).unwrap();
        assert!(poll(pace.permit("a")).is_none());
        let _second = poll(pace.permit("b")).unwrap();
        drop(first);
        assert!(poll(pace.permit("a")).is_some());
    }

    #[test]
    fn all_hosts_together_are_bounded() {
        let pace = Pace::new(1, 6, Duration::ZERO);
        let first = poll(pace.permit("a")).unwrap();
        assert!(poll(pace.permit("b")).is_none());
        drop(first);
        assert!(poll(pace.permit("b")).is_some());
    }

    #[test]
    fn idle_hosts_are_forgotten() {
        let pace = Pace::new(1, 1, Duration::ZERO);
        for number in 0..3 * HOSTS_KEPT {
            assert!(poll(pace.permit(&number.to_string())).is_some());
        }
        assert!(pace.hosts.lock().unwrap().known.len() <= HOSTS_KEPT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_pauses_is_not_forgotten() {
        let pace = Pace::new(2, 2, SECOND);
        drop(pace.permit("a").await);
        let _held = pace.permit("held").await;
        for number in 0..HOSTS_KEPT {
            drop(pace.permit(&number.to_string()).await);
        }
        assert!(poll(pace.permit("a")).is_none());
        tokio::time::advance(SECOND).await;
        for number in 0..2 * HOSTS_KEPT {
            drop(pace.permit(&format!("later{number}")).await);
        }
        let known = &pace.hosts.lock().unwrap().known;
        assert!(!known.contains_key("a") && known.contains_key("held"));
    }

    /// Returns when requests to these hosts began, in seconds, if all are asked for at once and each takes `takes`.
    async fn starts(pace: &Pace, hosts: &[&str], takes: Duration) -> Vec<f64> {
        let begun = Instant::now();
        let request = |host| async move {
            let permit = pace.permit(host).await;
            let start = begun.elapsed().as_secs_f64();
            tokio::time::sleep(takes).await;
            drop(permit);
            start
        };
        let starts = join_all(hosts.iter().copied().map(request)).await;
        starts.iter().map(|start| start.round()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_is_given_its_pause_and_others_do_not_wait_for_it() {
        let hosts = ["a", "a", "b", "a", "b"];
        let pace = Pace::new(32, 6, 2 * SECOND);
        let brief = SECOND / 10;
        assert_eq!(starts(&pace, &hosts, brief).await, [0., 2., 0., 4., 2.]);
        // Between starts, however long a request takes; and no more at once than allowed, however long the pause.
        let pace = Pace::new(32, 6, 2 * SECOND);
        assert_eq!(
            starts(&pace, &hosts, 5 * SECOND).await,
            [0., 2., 0., 4., 2.]
        );
        let pace = Pace::new(32, 1, 2 * SECOND);
        assert_eq!(
            starts(&pace, &hosts, 5 * SECOND).await,
            [0., 5., 0., 10., 5.]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_place_among_all_gives_the_pause_none_the_less() {
        let pace = Pace::new(1, 6, 2 * SECOND);
        // The first `a` begins when `b` is done, and the pauses of the others count from there.
        let hosts = ["b", "a", "a", "a"];
        assert_eq!(starts(&pace, &hosts, SECOND).await, [0., 1., 3., 5.]);
        let pace = Pace::new(1, 6, 2 * SECOND);
        assert_eq!(starts(&pace, &hosts, 7 * SECOND).await, [0., 7., 14., 21.]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_the_turn_to_the_next() {
        let pace = Pace::new(32, 6, 2 * SECOND);
        drop(pace.permit("a").await);
        assert!(poll(pace.permit("a")).is_none());
        assert_eq!(starts(&pace, &["a"], SECOND).await, [2.]);
    }
}
