//! What does a request hold while it is under way? Its share of its host and of all, until its body is here; then a desk.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::acquire;
use super::host::Host;
use crate::fetch::places::Place;

/// Bodies that are here and still taken in while others come in their stead: what is hashed and stored waits for processors
/// and for the disk, and the host should not wait with it. Each is at most what is gathered at once.
pub(super) const DESKS: usize = 4;

/// Leave for one request; what it holds is given back when dropped.
#[derive(Debug)]
pub(in crate::fetch) struct Permit {
    pub(super) host: Arc<Host>,
    pub(super) begun: Instant,
    /// Its share of the host.
    place: Option<OwnedSemaphorePermit>,
    /// Its share of all that is in flight.
    job: Option<Place>,
    desks: Arc<Semaphore>,
    desk: Option<OwnedSemaphorePermit>,
}

impl Permit {
    /// Begins with a share of the host.
    pub(super) fn new(host: Arc<Host>, place: OwnedSemaphorePermit, desks: Arc<Semaphore>) -> Self {
        Self {
            host,
            begun: Instant::now(),
            place: Some(place),
            job: None,
            desks,
            desk: None,
        }
    }

    /// The request begins, with its share of all.
    pub(super) fn begin(&mut self, job: Place) {
        (self.begun, self.job) = (Instant::now(), Some(job));
    }

    /// Lets another request begin: all of the body is here. Where too many bodies are here already, this one waits.
    pub(in crate::fetch) async fn arrived(&mut self) {
        self.desk = Some(acquire(Arc::clone(&self.desks)).await);
        self.give_back();
    }

    fn give_back(&mut self) {
        self.job = None;
        if let Some(place) = self.place.take() {
            self.host.take_back(place);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.give_back();
    }
}
