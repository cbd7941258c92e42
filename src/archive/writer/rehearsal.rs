//! What is told of the steps of a commit? For rehearsing what happens when a process dies at one.

use std::fmt;
use std::sync::Arc;

/// Told of each step of a commit as it is done: for rehearsing what happens when a process dies there.
#[derive(Clone)]
pub struct Rehearsal(Arc<dyn Fn(Step) + Send + Sync>);

/// A step of a commit, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The plan is written.
    Planned,
    /// The bytes of blobs are durable, under temporary names.
    ContentsDurable,
    /// Blobs have their names, and snapshots are written under temporary ones.
    BlobsNamed,
    /// The names of blobs and the bytes of snapshots are durable.
    NamesDurable,
    /// Snapshots have their names.
    SnapshotsNamed,
    /// The names of snapshots are durable.
    SnapshotsDurable,
    /// The log's entries are written.
    Logged,
    /// The log's entries are durable: the group is committed.
    Committed,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::ContentsDurable,
        Self::BlobsNamed,
        Self::NamesDurable,
        Self::SnapshotsNamed,
        Self::SnapshotsDurable,
        Self::Logged,
        Self::Committed,
    ];
}

impl Rehearsal {
    /// Calls `reached` after each step.
    #[must_use]
    pub fn new(reached: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self(Arc::new(reached))
    }

    /// Tells nobody.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|_| {})
    }

    pub(super) fn tell(&self, step: Step) {
        (self.0)(step);
    }
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rehearsal")
    }
}
