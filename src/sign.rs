//! How is the head of the log signed? A checkpoint is written and signed by the machine's own ssh-keygen; only what holds is kept.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, ArchivePath, Head, Writer, layout};
use crate::checkpoint::{Checkpoint, Flaw, Signed};
use crate::keygen::{self, KeygenError};
use crate::ssh::PublicKey;

/// Who signs, with what.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The key's file: ssh-keygen opens it.
    pub key: PathBuf,
    /// The key's public half, where it is known before: who signed all there is need not be asked.
    pub public: Option<PublicKey>,
    /// The name that the checkpoint says.
    pub by: Option<String>,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The checkpoint's file; its signature is beside it, with `.sig` after its name.
    pub checkpoint: String,
    /// How many entries the log had.
    pub entries: u64,
    /// The root of the log, in hexadecimal digits.
    pub root: String,
    /// When it was signed.
    pub time: Timestamp,
    /// Who signed, as the checkpoint says.
    pub by: Option<String>,
    /// The fingerprint of the key.
    pub key: String,
    /// Whether it is new: where nothing was committed since this key signed last, nothing is.
    pub new: bool,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The archive can't be read or written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// There is nothing that could be proven later.
    #[error("the log has no entry yet, so there is nothing to sign")]
    Empty,
    /// The log is not whole.
    #[error("the log is damaged at {0}, and is not signed as it is")]
    Damaged(ArchivePath),
    /// The log is another one than was signed before.
    #[error("the log is not the one that {0} was signed of, and is not signed as it is")]
    Contradicted(ArchivePath),
    /// It was not signed.
    #[error(transparent)]
    Keygen(#[from] KeygenError),
    /// It was, but not in a way that can be checked.
    #[error("what ssh-keygen signed with {} can't be kept: {flaw}", key.display())]
    Flawed {
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        flaw: Flaw,
    },
}

impl SignError {
    /// Returns what a person could do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Archive(error) => error.hint(),
            Self::Keygen(error) => error.hint(),
            Self::Empty => Some("`offprint add` an article first"),
            Self::Damaged(_) | Self::Contradicted(_) => {
                Some("`offprint verify` says what is wrong with it")
            }
            Self::Flawed { .. } => Some(
                "use a key of the kind Ed25519, ECDSA (P-256 or P-384), or RSA of 2048 bits or more",
            ),
        }
    }
}

/// Signs what is committed, where the key did not sign it before. `tell` hears what ssh-keygen says.
///
/// # Errors
/// When the log is empty, damaged, or not the one that was signed before; when ssh-keygen does not sign, or the disk refuses.
pub fn sign(
    writer: &Writer,
    signer: &Signer,
    now: Timestamp,
    tell: &dyn Fn(&str),
) -> Result<Told, SignError> {
    let archive = writer.archive();
    let head = writer.head()?;
    if head.entries == 0 {
        return Err(SignError::Empty);
    }
    if let Some(path) = head.damaged {
        return Err(SignError::Damaged(path));
    }
    let before = archive.signed()?;
    expect_consistent(archive, &before)?;
    let told = |key: &PublicKey| told_before(&before, &head, key);
    if let Some(told) = signer.public.as_ref().and_then(told) {
        return Ok(told);
    }
    let checkpoint = Checkpoint {
        log: head.log,
        entries: head.entries,
        root: head.root,
        time: now.round(jiff::Unit::Second).unwrap_or(now),
        by: signer.by.clone(),
    };
    // The lock is not held meanwhile: a person may have to type a passphrase, and the log only grows.
    let text = checkpoint.to_text();
    let signature = keygen::sign(&signer.key, text.as_bytes(), tell)?;
    let new = Signed::read(text.as_bytes(), &signature).map_err(|flaw| SignError::Flawed {
        key: signer.key.clone(),
        flaw,
    })?;
    if let Some(told) = told_before(&before, &head, &new.key) {
        return Ok(told);
    }
    let path = layout::checkpoint(head.entries, &new.key.short_name());
    writer.place_checkpoint(&path, text.as_bytes(), &signature)?;
    Ok(told_of(&path, &new, true))
}

/// Proves that the log is the one that was signed before: else its new signature would hide what was done to it.
fn expect_consistent(archive: &Archive, before: &[(ArchivePath, Signed)]) -> Result<(), SignError> {
    let sizes = before.iter().map(|(_, signed)| signed.checkpoint.entries);
    let roots = archive.roots_at(&sizes.collect())?;
    let is_other = |(_, signed): &&(ArchivePath, Signed)| {
        roots.get(&signed.checkpoint.entries) != Some(&signed.checkpoint.root)
    };
    match before.iter().find(is_other) {
        Some((path, _)) => Err(SignError::Contradicted(path.clone())),
        None => Ok(()),
    }
}

fn told_before(before: &[(ArchivePath, Signed)], head: &Head, key: &PublicKey) -> Option<Told> {
    let is_it = |signed: &Signed| signed.key == *key && signed.checkpoint.entries == head.entries;
    let (path, signed) = before.iter().find(|(_, signed)| is_it(signed))?;
    Some(told_of(path, signed, false))
}

fn told_of(path: &ArchivePath, signed: &Signed, new: bool) -> Told {
    let checkpoint = &signed.checkpoint;
    Told {
        checkpoint: path.to_string(),
        entries: checkpoint.entries,
        root: checkpoint.root.to_string(),
        time: checkpoint.time,
        by: checkpoint.by.clone(),
        key: signed.key.fingerprint(),
        new,
    }
}

/// Returns the file of the public half of a key, which lies beside it; a public key's is its own.
#[must_use]
pub fn public_file(key: &Path) -> PathBuf {
    match key.extension() {
        Some(extension) if extension == "pub" => key.to_owned(),
        _ => {
            let mut name = key.as_os_str().to_owned();
            name.push(".pub");
            name.into()
        }
    }
}
