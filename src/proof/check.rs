//! What does a proof prove, if anything? Pure.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Earlier, Proof};
use crate::checkpoint::{Checkpoint, Flaw, Signed};
use crate::digest::Digest;
use crate::merkle;
use crate::snapshot::{Snapshot, SnapshotError};

/// What is proven: this snapshot was committed by this entry of the log that was signed.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The record of the capture.
    pub snapshot: Snapshot,
    /// The digest of its file.
    pub digest: Digest,
    /// When it was committed, as the log says.
    pub committed: Timestamp,
    /// What was signed, and with which key.
    pub signed: Signed,
    /// The older checkpoint that the log is consistent with.
    pub earlier: Option<Signed>,
}

/// Which of the two checkpoints of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedAs {
    /// The one that the entry is included in.
    Newer,
    /// The one that the log is consistent with.
    Earlier,
}

/// Why a proof proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Flawed {
    /// A checkpoint is not signed by the key that its signature names.
    #[error("its {} is not signed: {flaw}", of(*which))]
    Checkpoint {
        /// Which.
        which: SignedAs,
        /// Why.
        flaw: Flaw,
    },
    /// The line is none of those that were signed.
    #[error("its entry is not in the log that was signed")]
    NotIncluded,
    /// The line is no entry that commits a snapshot.
    #[error("its entry is none that commits a snapshot")]
    NoCommit,
    /// The snapshot is not the one that the entry names.
    #[error("its snapshot is not the one that the entry names")]
    OtherSnapshot,
    /// The snapshot can't be read.
    #[error("its snapshot is none")]
    NoSnapshot(#[source] SnapshotError),
    /// The snapshot is of another article than the entry says.
    #[error("its snapshot is of another article than the entry says")]
    OtherArticle,
    /// The older checkpoint is of another log, or of one that was changed since.
    #[error("the log that was signed is not the one that was signed earlier")]
    Inconsistent,
}

fn of(which: SignedAs) -> &'static str {
    match which {
        SignedAs::Newer => "checkpoint",
        SignedAs::Earlier => "earlier checkpoint",
    }
}

/// What is read of a line of the log.
#[derive(Deserialize)]
struct Line {
    article: String,
    index: u64,
    kind: String,
    snapshot: Digest,
    time: Timestamp,
}

/// Checks a proof. Whose the keys are that signed, and whether their signatures count, the caller decides.
///
/// # Errors
/// When it proves nothing.
pub fn check(proof: &Proof) -> Result<Proven, Flawed> {
    let sealed = &proof.checkpoint;
    let signed = signed(SignedAs::Newer, &sealed.text, &sealed.signature)?;
    let checkpoint = &signed.checkpoint;
    let entry = &proof.entry;
    let leaf = merkle::leaf(entry.line.as_bytes());
    let (entries, root) = (checkpoint.entries, &checkpoint.root);
    if !merkle::is_included(&leaf, entry.index, entries, &entry.path, root) {
        return Err(Flawed::NotIncluded);
    }
    let line: Line = serde_json::from_str(&entry.line).map_err(|_| Flawed::NoCommit)?;
    let commits = matches!(line.kind.as_str(), "snapshot" | "adopt");
    if !commits || line.index != entry.index {
        return Err(Flawed::NoCommit);
    }
    let digest = Digest::of(proof.snapshot.as_bytes());
    if digest != line.snapshot {
        return Err(Flawed::OtherSnapshot);
    }
    let snapshot = Snapshot::parse(proof.snapshot.as_bytes()).map_err(Flawed::NoSnapshot)?;
    // An article's ID is the beginning of the digest of its key.
    let id = Digest::of(snapshot.source.key.as_bytes()).to_string();
    if line.article.is_empty() || !id.starts_with(&line.article) {
        return Err(Flawed::OtherArticle);
    }
    let earlier = proof.earlier.as_ref();
    let earlier = earlier.map(|it| consistent(it, checkpoint)).transpose()?;
    Ok(Proven {
        snapshot,
        digest,
        committed: line.time,
        signed,
        earlier,
    })
}

fn signed(which: SignedAs, text: &str, signature: &str) -> Result<Signed, Flawed> {
    let signed = Signed::read(text.as_bytes(), signature.as_bytes());
    signed.map_err(|flaw| Flawed::Checkpoint { which, flaw })
}

fn consistent(earlier: &Earlier, newer: &Checkpoint) -> Result<Signed, Flawed> {
    let signed = signed(SignedAs::Earlier, &earlier.text, &earlier.signature)?;
    let old = &signed.checkpoint;
    let is_consistent = merkle::is_consistent(
        (old.entries, &old.root),
        (newer.entries, &newer.root),
        &earlier.path,
    );
    if is_consistent && old.log == newer.log {
        Ok(signed)
    } else {
        Err(Flawed::Inconsistent)
    }
}
