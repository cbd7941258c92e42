//! From which entry on did something not come the last time? So that a later run looks for it again, and not at all the rest.

use serde::{Deserialize, Serialize};

use crate::archive::{Archive, ArchiveError, Writer};
use crate::digest::Digest;

/// Archives that are remembered: who merges more of them looks at the others again with `verify` and `repair`.
const ORIGINALS_MAX: usize = 64;

/// What is remembered, in `state/lacking.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory(Vec<Lacking>);

/// What is remembered of one original.
#[derive(Debug, Serialize, Deserialize)]
struct Lacking {
    /// The hash of the first line of its log.
    original: Digest,
    /// The entry of its log.
    from: u64,
}

/// Returns from which entry of the original's log on something did not come.
pub(super) fn read(from: &Archive, to: &Archive) -> Result<Option<u64>, ArchiveError> {
    let Some(original) = original(from)? else {
        return Ok(None);
    };
    let memory = memory(to)?;
    let known = memory.0.iter().find(|it| it.original == original);
    Ok(known.map(|it| it.from))
}

/// Remembers from which entry of the original's log on something did not come; forgets what was remembered where all came.
pub(super) fn remember(
    from: &Archive,
    to: &Writer,
    lacks: Option<u64>,
) -> Result<(), ArchiveError> {
    let Some(original) = original(from)? else {
        return Ok(());
    };
    let mut memory = memory(to.archive())?;
    let before = memory.0.iter().find(|it| it.original == original);
    if before.map(|it| it.from) == lacks {
        return Ok(());
    }
    memory.0.retain(|it| it.original != original);
    memory
        .0
        .extend(lacks.map(|from| Lacking { original, from }));
    let surplus = memory.0.len().saturating_sub(ORIGINALS_MAX);
    memory.0.drain(..surplus);
    let json = serde_json::to_vec(&memory).expect("digests and numbers");
    to.remember_lacking(&json)
}

/// A memory that is not what it should be says nothing.
fn memory(to: &Archive) -> Result<Memory, ArchiveError> {
    let json = to.lacking()?.unwrap_or_default();
    Ok(serde_json::from_slice(&json).unwrap_or_default())
}

fn original(from: &Archive) -> Result<Option<Digest>, ArchiveError> {
    let first = from.lines(0)?.next();
    Ok(first.and_then(Result::ok).map(|line| line.digest()))
}
