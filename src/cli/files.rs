//! How many files may a run hold open? What it needs follows from its options, and is asked of the system when it begins.

use tracing::info;

use crate::fetch::idle_max;

/// Files that any run holds open: the three standard streams, the runtime's own, locks, log, notes, and what is committed.
const OPEN_BASE: u64 = 48;
/// Requests in flight at most for each that `--jobs` allows: what takes long makes room for another.
const REQUESTS_PER_JOB: u64 = 2;
/// Files for each request in flight: a connection, a second one where a host has addresses of both kinds, the blob that its
/// body goes into, and one more where that is committed meanwhile.
const OPEN_PER_REQUEST: u64 = 4;
/// Files for each thread that reads, writes or resolves: a file, its folder, and what the system's resolver opens.
const OPEN_PER_THREAD: u64 = 4;

/// Returns how many files a run holds open at most.
pub(super) fn needed(jobs: u16, threads: usize) -> u64 {
    let requests = REQUESTS_PER_JOB * u64::from(jobs);
    let idle = idle_max(jobs.into()) as u64;
    OPEN_BASE + OPEN_PER_REQUEST * requests + OPEN_PER_THREAD * threads as u64 + idle
}

/// Sees to it that so many files may be open, as far as the system lets us. Where it does not, requests wait for each other.
#[cfg(unix)]
pub(super) fn allow(needed: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(wanted) = raised(current, maximum, needed) else {
        return;
    };
    let limit = Rlimit {
        current: Some(wanted),
        maximum,
    };
    let refused = setrlimit(Resource::Nofile, limit).err();
    let refused = refused.map(tracing::field::display);
    info!(
        needed,
        before = current,
        wanted,
        refused,
        "raises how many files may be open"
    );
}

/// The system has no such limit.
#[cfg(not(unix))]
pub(super) fn allow(_needed: u64) {}

/// Returns what the limit should become; `None` where it is high enough, or can't be higher.
#[cfg(unix)]
fn raised(current: Option<u64>, maximum: Option<u64>, needed: u64) -> Option<u64> {
    let current = current?;
    let wanted = needed.min(maximum.unwrap_or(u64::MAX));
    (wanted > current).then_some(wanted)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_where_that_is_needed_and_possible() {
        for (current, maximum, needed, expected) in [
            (Some(1024), Some(4096), 576, None),
            (Some(256), Some(4096), 576, Some(576)),
            (Some(256), None, 576, Some(576)),
            (Some(256), Some(300), 576, Some(300)),
            (Some(300), Some(300), 576, None),
            (None, None, 576, None),
        ] {
            assert_eq!(raised(current, maximum, needed), expected, "{current:?}");
        }
    }

    #[test]
    fn what_is_needed_follows_from_the_options() {
        assert_eq!(needed(32, 4), 576);
        assert_eq!(
            needed(64, 4) - needed(32, 4),
            32 * 2 * OPEN_PER_REQUEST + 256
        );
    }
}
