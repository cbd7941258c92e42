//! Is the log the one that was signed, and by whom?

use std::collections::BTreeSet;

use crate::archive::{Archive, ArchiveError, ArchivePath, layout};
use crate::checkpoint::{CHECKPOINT_BYTES_MAX, Checkpoint, Flaw, Signed};
use crate::finding::{Code, SignedTo};
use crate::ssh::{SIGNATURE_BYTES_MAX, Signature, Standing};

use super::Options;
use super::findings::Findings;

/// A checkpoint that its own key signed, as far as that can be judged.
struct Read {
    path: ArchivePath,
    checkpoint: Checkpoint,
    /// What it is by its signature; `None` where its key is of a kind that is not judged.
    signed: Option<Signed>,
}

/// Checks every checkpoint against the log, and says up to where a signature that counts proves it.
pub(super) fn check(archive: &Archive, options: &Options, findings: &Findings) -> Option<SignedTo> {
    // In this order: what is signed was in the log before, so whoever adds to it meanwhile does no harm.
    let paths = archive.checkpoints().unwrap_or_else(|error| {
        findings.trouble("checkpoints", None, &error);
        Vec::new()
    });
    let read = paths
        .into_iter()
        .filter_map(|path| read(archive, path, findings));
    let read: Vec<Read> = read.collect();
    let holding = if read.is_empty() {
        Vec::new()
    } else {
        holding(archive, read, findings)
    };
    let signers = options.signers.as_ref()?;
    let mut best: Option<SignedTo> = None;
    for Read { path, signed, .. } in holding {
        let Some(signed) = signed else { continue };
        let message = match signed.standing(signers) {
            Standing::Good(by) => {
                let checkpoint = &signed.checkpoint;
                if best
                    .as_ref()
                    .is_none_or(|it| it.entries <= checkpoint.entries)
                {
                    best = Some(SignedTo {
                        entries: checkpoint.entries,
                        time: checkpoint.time,
                        by,
                        checkpoint: path.to_string(),
                    });
                }
                continue;
            }
            Standing::Refused(why) => why.to_owned(),
            Standing::Stranger => format!("the signers do not know {}", signed.key.fingerprint()),
        };
        findings.add(
            Code::SignatureUnknown,
            layout::signature(&path),
            None,
            message,
        );
    }
    if best.is_none() {
        let message = "none of the signers has signed this log";
        findings.add(Code::Unsigned, "checkpoints", None, message);
    }
    best
}

/// Reads a checkpoint with its signature, and says what is wrong with the two.
fn read(archive: &Archive, path: ArchivePath, findings: &Findings) -> Option<Read> {
    let sign = layout::signature(&path);
    let text = archive.read(&path, CHECKPOINT_BYTES_MAX);
    let signature = archive.read(&sign, SIGNATURE_BYTES_MAX);
    for (path, read, missing) in [
        (&path, &text, Code::CheckpointMissing),
        (&sign, &signature, Code::SignatureMissing),
    ] {
        match read {
            // That was told of when the folder was looked through.
            Ok(_) | Err(ArchiveError::Obstructed { .. }) => {}
            Err(error) if error.is_absent() => {
                findings.add(missing, path, None, "only the other of the two is there");
            }
            Err(ArchiveError::TooLarge { .. }) => {
                let code = match missing {
                    Code::CheckpointMissing => Code::CheckpointInvalid,
                    _ => Code::SignatureInvalid,
                };
                findings.add(code, path, None, "it is longer than any");
            }
            Err(error) => findings.trouble(path, None, error),
        }
    }
    let (text, signature) = (text.ok()?, signature.ok()?);
    let signed = match Signed::read(&text, &signature) {
        Ok(signed) => Some(signed),
        Err(flaw @ Flaw::Text(_)) => {
            findings.add(Code::CheckpointInvalid, path, None, flaw.to_string());
            // What is wrong with one must not hide what is wrong with the other.
            if let Err(flaw) = Signature::parse(&signature) {
                findings.add(Code::SignatureInvalid, sign, None, flaw.to_string());
            }
            return None;
        }
        Err(flaw @ (Flaw::Signature(_) | Flaw::Broken)) => {
            findings.add(Code::SignatureInvalid, sign, None, flaw.to_string());
            return None;
        }
        Err(flaw @ Flaw::Unjudged) => {
            findings.add(Code::SignatureUnjudged, sign, None, flaw.to_string());
            None
        }
    };
    let checkpoint = Checkpoint::parse(&text).ok()?;
    // Also of a key that is not judged: a changed bit may have made it one.
    let named = Signature::parse(&signature).ok();
    let named = named.map(|it| it.key().short_name());
    let named = named.map(|key| layout::checkpoint(checkpoint.entries, &key));
    if named.is_some_and(|named| named != path) {
        let message = "its name is not that of its entries and its key";
        findings.add(Code::CheckpointInvalid, &path, None, message);
    }
    Some(Read {
        path,
        checkpoint,
        signed,
    })
}

/// Returns the checkpoints of the log as it is, and says of the others that it is not what was signed.
fn holding(archive: &Archive, read: Vec<Read>, findings: &Findings) -> Vec<Read> {
    let sizes = read.iter().map(|it| it.checkpoint.entries);
    let sizes: BTreeSet<u64> = sizes.chain([FIRST]).collect();
    // Where the log can't be read, that was told of.
    let Ok(roots) = archive.roots_at(&sizes) else {
        return Vec::new();
    };
    let holds = |it: &Read| {
        let checkpoint = &it.checkpoint;
        let message = match roots.get(&checkpoint.entries) {
            None => format!(
                "the log has not the {} entries any more",
                checkpoint.entries
            ),
            Some(root) if *root != checkpoint.root => format!(
                "the first {} entries of the log are not those",
                checkpoint.entries
            ),
            Some(_) if roots.get(&FIRST) != Some(&checkpoint.log) => {
                "it is of another log".to_owned()
            }
            Some(_) => return true,
        };
        let by = checkpoint.by.as_deref().unwrap_or("somebody");
        let message = format!("{message} that {by} signed at {}", checkpoint.time);
        findings.add(Code::CheckpointBroken, &it.path, None, message);
        false
    };
    read.into_iter().filter(holds).collect()
}

/// With how many entries a log has the root that it is known by.
const FIRST: u64 = 1;
