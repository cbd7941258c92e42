//! How does a second archive come to hold what the first one holds? What is new there comes over, proven on arrival.
//!
//! Where the copy's log is the begin of the original's, it is continued line by line and stays the same log, so that what was signed
//! or proven of one holds for the other. Where the two part, their snapshots are merged, with entries of the copy's own. Only the
//! truth is copied; what is derived is made anew. What can't be read is told, and the rest comes.

mod checkpoints;
mod deliver;
mod fetch;
mod lacking;
mod plan;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::log::Relation;
use crate::archive::{Archive, ArchiveError, Keeper};
use crate::catalogue;
use crate::event::Listener;
use crate::finding::Finding;

use deliver::Delivery;
use fetch::Fetch;
use plan::Plan;

/// Batches that wait for the one that is put in its place: the disk works while the next one is read.
const WAITING_MAX: usize = 1;

/// What a run may do.
#[derive(Debug, Clone)]
pub struct Options {
    /// What time it is.
    pub now: Timestamp,
    /// Set by whoever wants the run to end early.
    pub stop: Arc<AtomicBool>,
}

impl Options {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What a run came to. Serialised as the `summary` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Snapshots that came.
    pub snapshots: u64,
    /// Blobs that came.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Entries that the copy's log got.
    pub entries: u64,
    /// Signed checkpoints that came.
    pub checkpoints: u64,
    /// Whether the two logs part, so that the copy has entries of its own.
    pub merged: bool,
    /// Snapshots that did not come because the copy took their articles out.
    pub left_out: u64,
    /// Whether it ended early because somebody asked for it.
    pub interrupted: bool,
    /// What could not be copied.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

/// What was done so far, by several threads.
#[derive(Debug, Default)]
struct Done {
    summary: Summary,
    /// The first entry of the original of which not all came.
    lacking: Option<u64>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Copies what the archive that the `keeper` has alone lacks of the archive `from`. `tell` hears of each blob that came.
///
/// # Errors
/// When one of the logs can't be read, or the disk refuses. What was entered in the copy's log until then is whole.
pub fn copy(
    from: &Archive,
    keeper: &Keeper,
    options: &Options,
    tell: &Listener,
) -> Result<Summary, ArchiveError> {
    let to = keeper.writer().archive();
    let relation = to.relation(from)?;
    if relation == Relation::GoesOn {
        return Ok(Summary {
            checkpoints: checkpoints::bring(from, keeper.writer())?,
            ..Summary::default()
        });
    }
    let lacking = lacking::read(from, to)?;
    let plan = Plan::new(from, to, relation, lacking)?;
    let done = Mutex::new(Done::default());
    locked(&done).summary.merged = relation == Relation::Parted;
    let fetch = Fetch {
        from,
        keeper,
        options,
        tell,
        done: &done,
    };
    let delivery = Delivery::new(&plan, keeper, options, &done);
    go(plan, &fetch, delivery)?;
    catalogue::update(to, keeper.writer())?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.summary.interrupted = options.is_stopped();
    done.summary.checkpoints = checkpoints::bring(from, keeper.writer())?;
    // Who was ended early did not look at everything again that was lacking.
    let before = lacking.filter(|_| done.summary.interrupted);
    let lacks = [before, done.lacking].into_iter().flatten().min();
    lacking::remember(from, keeper.writer(), lacks)?;
    done.summary.findings.sort();
    Ok(done.summary)
}

/// Reads batch by batch, and has each put in its place meanwhile.
fn go(plan: Plan, fetch: &Fetch<'_>, mut delivery: Delivery<'_>) -> Result<(), ArchiveError> {
    thread::scope(|scope| {
        let (sender, batches) = mpsc::sync_channel(WAITING_MAX);
        let delivering = scope.spawn(move || {
            for batch in batches {
                delivery.deliver(batch)?;
            }
            delivery.end()
        });
        let fetched = fetch.all(plan, |batch| sender.send(batch).is_ok());
        drop(sender);
        let delivered = delivering
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        delivered.and(fetched)
    })
}
