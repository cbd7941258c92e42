//! How many requests may be in flight at once, in all and to one origin?

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Origins remembered before those without a request in flight are forgotten: a mirror meets very many.
const ORIGINS_KEPT: usize = 1024;

/// Hands out permits.
#[derive(Debug)]
pub(super) struct Pace {
    jobs: Arc<Semaphore>,
    per_host: usize,
    origins: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Leave for one request; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    _origin: OwnedSemaphorePermit,
    _job: OwnedSemaphorePermit,
}

impl Pace {
    pub(super) fn new(jobs: usize, per_host: usize) -> Self {
        Self {
            jobs: Arc::new(Semaphore::new(jobs.max(1))),
            per_host: per_host.max(1),
            origins: Mutex::default(),
        }
    }

    /// Waits until a request to `origin` may begin.
    pub(super) async fn permit(&self, origin: String) -> Permit {
        // The origin's first: who waits for a busy host must not hold a place that another host could use.
        let origin = acquire(self.origin(origin)).await;
        let job = acquire(Arc::clone(&self.jobs)).await;
        Permit {
            _origin: origin,
            _job: job,
        }
    }

    fn origin(&self, origin: String) -> Arc<Semaphore> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.len() >= ORIGINS_KEPT {
            origins.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        let fresh = || Arc::new(Semaphore::new(self.per_host));
        Arc::clone(origins.entry(origin).or_insert_with(fresh))
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

    use super::*;

    fn poll<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_busy_origin_leaves_room_for_others() {
        let pace = Pace::new(3, 1);
        let first = poll(pace.permit("a".to_owned())).unwrap();
        assert!(poll(pace.permit("a".to_owned())).is_none());
        let _second = poll(pace.permit("b".to_owned())).unwrap();
        drop(first);
        assert!(poll(pace.permit("a".to_owned())).is_some());
    }

    #[test]
    fn all_origins_together_are_bounded() {
        let pace = Pace::new(1, 6);
        let first = poll(pace.permit("a".to_owned())).unwrap();
        assert!(poll(pace.permit("b".to_owned())).is_none());
        drop(first);
        assert!(poll(pace.permit("b".to_owned())).is_some());
    }

    #[test]
    fn idle_origins_are_forgotten() {
        let pace = Pace::new(1, 1);
        for number in 0..3 * ORIGINS_KEPT {
            assert!(poll(pace.permit(number.to_string())).is_some());
        }
        assert!(pace.origins.lock().unwrap().len() <= ORIGINS_KEPT);
    }
}
