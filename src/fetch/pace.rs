//! When may a request begin? So many in flight at once, in all and to one host, a pause between two to one host, and none to a
//! host that can't take more.

mod health;
mod host;
mod permit;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use self::health::Advice;
use self::host::Host;
use self::permit::DESKS;
use super::options::{Paces, Retries};
use super::places::Places;

pub(super) use self::health::{News, Rest, Sign};
pub(super) use self::permit::Permit;

/// Hosts remembered before those that nobody needs are forgotten: a mirror meets very many.
const HOSTS_KEPT: usize = 1024;

/// Hands out permits.
#[derive(Debug)]
pub(super) struct Pace {
    jobs: Places,
    per_host: usize,
    delay: Duration,
    /// What is said of some hosts instead.
    own: Paces,
    retries: Retries,
    hosts: Mutex<Hosts>,
    desks: Arc<Semaphore>,
}

/// The hosts that requests went to.
#[derive(Debug)]
struct Hosts {
    known: HashMap<String, Arc<Host>>,
    /// How many there may be before they are looked through. Doubled where they are all needed, so that looking through
    /// them costs little in all.
    sweep_at: usize,
}

impl Pace {
    /// Begins with nothing in flight. `delay` is the least time between the starts of two requests to one host.
    pub(super) fn new(jobs: usize, per_host: usize, delay: Duration, retries: Retries) -> Self {
        Self {
            // Hosts that stall or drip hold up no other: what takes long makes room for as many more, less one, so that who
            // asks for one request at a time gets that.
            jobs: Places::new(jobs, jobs.saturating_sub(1)),
            per_host: per_host.max(1),
            delay,
            own: Paces::default(),
            retries,
            hosts: Mutex::new(Hosts {
                known: HashMap::new(),
                sweep_at: HOSTS_KEPT,
            }),
            desks: Arc::new(Semaphore::new(DESKS)),
        }
    }

    /// Takes what is said of some hosts instead.
    pub(super) fn with(self, own: Paces) -> Self {
        Self { own, ..self }
    }

    /// Lets at least so much time pass between the starts of two requests to `host` from now on.
    pub(super) fn slow_down(&self, host: &str, delay: Duration) {
        let host = self.host(host);
        let mut state = host.state();
        state.delay = state.delay.max(delay);
    }

    /// Waits until a request to `host` may begin.
    ///
    /// # Errors
    /// When the host is left alone.
    pub(super) async fn permit(&self, host: &str) -> Result<Permit, Rest> {
        let host = self.host(host);
        // The host's first: who waits for a busy host must not hold a place that another host could use.
        let place = acquire(Arc::clone(&host.permits)).await;
        let mut permit = Permit::new(host, place, Arc::clone(&self.desks));
        let host = Arc::clone(&permit.host);
        loop {
            host.ready().await?;
            let turn = host.turn().await;
            let job = self.jobs.take().await;
            // It may have got worse meanwhile.
            if host.state().health.advice(Instant::now()) != Advice::Ask {
                continue;
            }
            permit.begin(job);
            if let Some(mut last_start) = turn {
                *last_start = Some(permit.begun);
            }
            return Ok(permit);
        }
    }

    /// Gives a permit back with what the request came to. Returns what is new with its host.
    pub(super) fn end(&self, permit: Permit, sign: Sign) -> Option<News> {
        let now = Instant::now();
        let host = Arc::clone(&permit.host);
        let news = {
            let mut state = host.state();
            let news = state.health.note(sign, permit.begun, now, &self.retries);
            host.widen(&mut state);
            news
        };
        drop(permit);
        if let Some(News::Rest(_)) = news {
            host.left.notify_waiters();
        }
        news
    }

    /// Returns how many requests may be in flight to `host`, while it is well.
    pub(super) fn at_once(&self, host: &str) -> usize {
        let own = self.own.per_host.of_host(host).copied();
        own.unwrap_or(self.per_host).max(1)
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.known.get(name) {
            return Arc::clone(host);
        }
        if hosts.known.len() >= hosts.sweep_at {
            hosts.known.retain(|_, host| host.is_needed());
            hosts.sweep_at = HOSTS_KEPT.max(2 * hosts.known.len());
        }
        let delay = self.own.delay.of_host(name).copied();
        let host = Arc::new(Host::new(self.at_once(name), delay.unwrap_or(self.delay)));
        hosts.known.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

async fn acquire(semaphore: Arc<Semaphore>) -> OwnedSemaphorePermit {
    semaphore
        .acquire_owned()
        .await
        .expect("these semaphores are never closed")
}

#[cfg(test)]
mod tests;
