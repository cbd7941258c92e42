//! Was a checkpoint signed by the key that its signature names? Pure.

use super::{Checkpoint, CheckpointError};
use crate::ssh::{NAMESPACE, PublicKey, Signature, SignatureError, Signers, Standing, Verdict};

/// A checkpoint that the key signed which its signature names. Whose key that is, only a file of signers says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The key.
    pub key: PublicKey,
}

/// Why a text and a signature are no signed checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The text is none.
    #[error("it is no checkpoint: {0}")]
    Text(CheckpointError),
    /// The signature is none.
    #[error("{0}")]
    Signature(SignatureError),
    /// One of them was changed, or the signature is of something else.
    #[error("the signature is not that of this text")]
    Broken,
    /// The key is of a kind that is not judged here.
    #[error("its key is of a kind that Offprint does not judge; `ssh-keygen -Y verify` may")]
    Unjudged,
}

impl Signed {
    /// Reads a checkpoint, and proves that the key that `signature` names signed it for this purpose.
    ///
    /// # Errors
    /// When either is none, or they do not belong together.
    pub fn read(text: &[u8], signature: &[u8]) -> Result<Self, Flaw> {
        let checkpoint = Checkpoint::parse(text).map_err(Flaw::Text)?;
        let signature = Signature::parse(signature).map_err(Flaw::Signature)?;
        match signature.judge(NAMESPACE, text) {
            Verdict::Holds => Ok(Self {
                checkpoint,
                key: signature.key().clone(),
            }),
            Verdict::Broken => Err(Flaw::Broken),
            Verdict::Unknown => Err(Flaw::Unjudged),
        }
    }

    /// Says what `signers` make of its key, at the time that it says it was made.
    #[must_use]
    pub fn standing(&self, signers: &Signers) -> Standing {
        let Checkpoint { time, by, .. } = &self.checkpoint;
        signers.standing(&self.key, NAMESPACE, *time, by.as_deref())
    }
}
