//! How many requests does one host get, and how far apart?

use std::sync::{Arc, Mutex as StdMutex, MutexGuard as StdMutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::health::{Advice, Health, Rest};

/// One host: whatever its scheme and port, it is one machine that is to be spared.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) permits: Arc<Semaphore>,
    state: StdMutex<State>,
    /// Tells those that wait for its pause to end that it is left alone now.
    pub(super) left: Notify,
    /// When the last request to it began. Whoever is next in turn holds this while it waits.
    last_start: Mutex<Option<Instant>>,
}

/// How a host is doing, and what was made of it.
#[derive(Debug)]
pub(super) struct State {
    pub(super) health: Health,
    /// Permits that are not given out, because it can't take so many.
    withheld: usize,
    /// Time between the starts of two requests to it at least.
    pub(super) delay: Duration,
}

impl Host {
    pub(super) fn new(per_host: usize, delay: Duration) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(per_host)),
            state: StdMutex::new(State {
                health: Health::new(per_host),
                withheld: 0,
                delay,
            }),
            left: Notify::new(),
            last_start: Mutex::default(),
        }
    }

    /// Returns whether it is asked for something, has not had its pause, or is to be spared.
    pub(super) fn is_needed(self: &Arc<Self>) -> bool {
        let delay = self.state().delay;
        let pauses = || match self.last_start.try_lock() {
            Ok(last_start) => last_start.is_some_and(|start| start.elapsed() < delay),
            Err(_) => true,
        };
        Arc::strong_count(self) > 1 || self.state().health.is_remarkable(Instant::now()) || pauses()
    }

    pub(super) fn state(&self) -> StdMutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the host has had its pause. Requests take turns in the order in which they came; the turn is held until
    /// the request begins, for it may still have to wait for a place among all.
    pub(super) async fn turn(&self) -> Option<MutexGuard<'_, Option<Instant>>> {
        let delay = self.state().delay;
        if delay.is_zero() {
            return None;
        }
        let last_start = self.last_start.lock().await;
        if let Some(last_start) = *last_start {
            sleep_until(last_start + delay).await;
        }
        Some(last_start)
    }

    /// Waits until it has had the pause that it needs.
    pub(super) async fn ready(&self) -> Result<(), Rest> {
        loop {
            let left = self.left.notified();
            let advice = self.state().health.advice(Instant::now());
            match advice {
                Advice::Ask => return Ok(()),
                Advice::Leave(rest) => return Err(rest),
                // Whichever comes first; then it is asked for again how it is doing.
                Advice::Wait(until) => drop(timeout_at(until, left).await),
            }
        }
    }

    /// Gives out as many permits as it can take. Those that are in flight are withheld when they come back.
    pub(super) fn widen(&self, state: &mut State) {
        let excess = state.health.excess();
        if state.withheld < excess {
            state.withheld += self.permits.forget_permits(excess - state.withheld);
        } else {
            self.permits.add_permits(state.withheld - excess);
            state.withheld = excess;
        }
    }

    /// Takes a permit back. It is withheld where it can't take so many.
    pub(super) fn take_back(&self, permit: OwnedSemaphorePermit) {
        let mut state = self.state();
        if state.withheld < state.health.excess() {
            permit.forget();
            state.withheld += 1;
        }
    }
}
