//! Does a host forbid its pictures to who does not say for which page? Then there is something that the user can try.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::event::Forbidden;
use crate::exchange::{Exchange, Referrer};
use crate::link::Link;

/// Hosts that are remembered as told of; what comes beyond is not told of.
const HOSTS_MAX: usize = 1024;

/// The hosts of a run that were told of.
#[derive(Debug, Default)]
pub(super) struct Hosts(Mutex<HashSet<String>>);

/// Returns whether a request that told nothing of its article was forbidden.
pub(super) fn is_forbidden(exchange: &Exchange) -> bool {
    let status = exchange.response.as_ref().map(|response| response.status);
    status == Some(403) && exchange.referrer == Referrer::None
}

impl Hosts {
    /// Notes that `host` forbade `link`. Says so once a host.
    pub(super) fn note(&self, host: Option<&str>, link: &Link) -> Option<Forbidden> {
        let host = host?;
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = told.len() < HOSTS_MAX && told.insert(host.to_owned());
        is_new.then(|| Forbidden {
            host: host.to_owned(),
            example: link.without_user_info().to_string(),
        })
    }
}
