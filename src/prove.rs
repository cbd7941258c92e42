//! How is one capture proven to a stranger? A proof is made of the log, a signed checkpoint and the snapshot.

use std::collections::BTreeSet;

use crate::archive::{Archive, ArchiveError, ArchivePath, SnapshotFile};
use crate::checkpoint::Signed;
use crate::diff::{self, DiffError};
use crate::merkle::{self, Subtrees};
use crate::proof::{self, Earlier, Flawed, Included, Proof, Sealed};
use crate::snapshot::SNAPSHOT_BYTES_MAX;

/// Which capture is to be proven.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The article, as a person says it.
    pub article: &'a str,
    /// Which of its snapshots; the newest where `None`.
    pub snapshot: Option<&'a str>,
    /// The older checkpoint that the log is to be proven consistent with: its path, or its number of entries.
    pub since: Option<&'a str>,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The archive can't be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No snapshot is meant, or several are.
    #[error(transparent)]
    Which(#[from] DiffError),
    /// The article is no part of the archive.
    #[error("no snapshot of {0:?} is committed")]
    Uncommitted(String),
    /// Nobody signed since the capture.
    #[error("nobody has signed the log since {0} was committed")]
    Unsigned(ArchivePath),
    /// No such checkpoint, or not an older one.
    #[error("no checkpoint before the one of {entries} entries is {text:?}")]
    UnknownCheckpoint {
        /// What was said.
        text: String,
        /// How many entries the newest has.
        entries: u64,
    },
    /// What was made of the archive proves nothing.
    #[error("the archive is damaged, so that nothing can be proven of it")]
    Damaged(#[source] Flawed),
}

impl ProveError {
    /// Returns what a person could do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Archive(error) => error.hint(),
            Self::Unsigned(_) => Some("`offprint sign` signs what is archived now"),
            Self::Damaged(_) => Some("`offprint verify` lists everything that is damaged"),
            Self::UnknownCheckpoint { .. } => {
                Some("name one that lies in checkpoints/, or say how many entries it has")
            }
            Self::Which(_) | Self::Uncommitted(_) => None,
        }
    }
}

/// Makes the proof of a capture, and checks it.
///
/// # Errors
/// When there is no such capture, nobody signed since, or the archive is damaged.
pub fn prove(archive: &Archive, wanted: &Wanted<'_>) -> Result<Proof, ProveError> {
    let (file, index) = meant(archive, wanted)?;
    let signed = archive.signed()?;
    let (path, newest) =
        newest(archive, &signed, index)?.ok_or_else(|| ProveError::Unsigned(file.path.clone()))?;
    let entries = newest.checkpoint.entries;
    let earlier = match wanted.since {
        None => None,
        Some(text) => Some(older(&signed, text, entries)?),
    };
    let since = earlier.map_or(0, |(_, signed)| signed.checkpoint.entries);

    let mut inclusion = Subtrees::of_inclusion(index, entries);
    let mut consistency = Subtrees::of_consistency(since, entries);
    let (mut number, mut written) = (0, Vec::new());
    archive.log_lines(|line| {
        if number == index {
            written = line.to_vec();
        }
        let leaf = merkle::leaf(line);
        inclusion.push(leaf);
        consistency.push(leaf);
        number += 1;
    })?;
    let entry = Included {
        index,
        line: text(written),
        path: inclusion.path(),
    };
    let earlier = match earlier {
        None => None,
        Some((path, _)) => {
            let sealed = sealed(archive, path)?;
            Some(Earlier {
                path: consistency.path(),
                signature: sealed.signature,
                text: sealed.text,
            })
        }
    };
    let snapshot = text(archive.read(&file.path, SNAPSHOT_BYTES_MAX)?);
    let proof = Proof::new(sealed(archive, path)?, entry, snapshot, earlier);
    proof::check(&proof).map_err(ProveError::Damaged)?;
    Ok(proof)
}

/// Returns the snapshot that is meant, and the index of the entry that committed it.
fn meant(archive: &Archive, wanted: &Wanted<'_>) -> Result<(SnapshotFile, u64), ProveError> {
    let folder = archive.resolve(wanted.article)?;
    let history = archive.history(&folder)?;
    let file = match wanted.snapshot {
        Some(text) => Some(diff::choose(&history, text)?),
        None => history.last(),
    };
    let uncommitted = || ProveError::Uncommitted(wanted.article.to_owned());
    let file = file.ok_or_else(uncommitted)?;
    let index = archive.committed(&file.digest)?.ok_or_else(uncommitted)?;
    Ok((file.clone(), index))
}

/// Returns the checkpoint of the most entries that holds, among them the one with this index.
fn newest<'a>(
    archive: &Archive,
    signed: &'a [(ArchivePath, Signed)],
    index: u64,
) -> Result<Option<&'a (ArchivePath, Signed)>, ArchiveError> {
    let sizes: BTreeSet<u64> = signed.iter().map(|(_, it)| it.checkpoint.entries).collect();
    let roots = archive.roots_at(&sizes)?;
    let holds = |(_, it): &&(ArchivePath, Signed)| {
        let checkpoint = &it.checkpoint;
        checkpoint.entries > index && roots.get(&checkpoint.entries) == Some(&checkpoint.root)
    };
    let holding = signed.iter().filter(holds);
    Ok(holding.max_by_key(|(_, it)| it.checkpoint.entries))
}

/// Returns the checkpoint that `text` means, which has fewer entries than `entries`.
fn older<'a>(
    signed: &'a [(ArchivePath, Signed)],
    text: &str,
    entries: u64,
) -> Result<&'a (ArchivePath, Signed), ProveError> {
    let number = text.parse::<u64>().ok();
    let name = text.rsplit('/').next().unwrap_or_default();
    let is_meant = |(path, it): &&(ArchivePath, Signed)| {
        let own = it.checkpoint.entries;
        own < entries && (Some(own) == number || path.name() == name)
    };
    let meant = signed.iter().find(is_meant);
    meant.ok_or_else(|| ProveError::UnknownCheckpoint {
        text: text.to_owned(),
        entries,
    })
}

fn sealed(archive: &Archive, path: &ArchivePath) -> Result<Sealed, ArchiveError> {
    let (checkpoint, signature) = archive.read_checkpoint(path)?;
    Ok(Sealed {
        signature: text(signature),
        text: text(checkpoint),
    })
}

/// What is no text proves nothing, which is noticed when the proof is checked.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
