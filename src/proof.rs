//! What shows a stranger that a capture was in the archive when somebody signed it? A file that needs nothing else. Pure.

mod check;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

pub use check::{Flawed, Proven, SignedAs, check};

/// The longest proof that is read: a snapshot, written as a text in JSON, and little beside it.
pub const PROOF_BYTES_MAX: u64 = 160 * 1024 * 1024;

/// The format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// A proof, as it claims to be one until it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// What somebody signed.
    pub checkpoint: Sealed,
    /// An older checkpoint of the same log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
    /// The entry of the log that committed the capture.
    pub entry: Included,
    /// The format of this file.
    format: u32,
    /// The file of the snapshot, which is the record of the capture.
    pub snapshot: String,
}

/// A checkpoint and its signature, each as its file says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// The signature.
    pub signature: String,
    /// The checkpoint.
    pub text: String,
}

/// An older checkpoint, and what leads from it to the newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// The consistency path (RFC 9162 §2.1.4).
    pub path: Vec<Digest>,
    /// The signature.
    pub signature: String,
    /// The checkpoint.
    pub text: String,
}

/// A line of the log, and what leads from it to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Included {
    /// Which line it is, counted from 0.
    pub index: u64,
    /// The line, without its line feed.
    pub line: String,
    /// The inclusion path (RFC 9162 §2.1.3).
    pub path: Vec<Digest>,
}

/// A file that is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// It is not what one looks like.
    #[error("it is no proof of Offprint's")]
    Shape(#[source] serde_json::Error),
    /// It is of a later version.
    #[error("it has format {0}; this program knows format {FORMAT}")]
    LaterFormat(u64),
    /// It says what one says, but not in its one written form: somebody changed it.
    #[error("it is not in the form in which proofs are written; somebody changed it")]
    Form,
}

impl Proof {
    /// Returns a proof of these parts.
    #[must_use]
    pub fn new(
        checkpoint: Sealed,
        entry: Included,
        snapshot: String,
        earlier: Option<Earlier>,
    ) -> Self {
        Self {
            checkpoint,
            earlier,
            entry,
            format: FORMAT,
            snapshot,
        }
    }

    /// Returns the file: one line of JSON in its canonical form (RFC 8785).
    ///
    /// # Panics
    /// Never: all of it are texts and numbers.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Through a value, whose members are sorted.
        let value = serde_json::to_value(self).expect("a record of texts and numbers");
        format!("{value}\n").into_bytes()
    }

    /// Reads a file. Only in its one written form, so that whatever is changed in it is noticed.
    ///
    /// # Errors
    /// When it is none, or of a later format.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let Format { format } = serde_json::from_slice(bytes).map_err(ProofError::Shape)?;
        if format != u64::from(FORMAT) {
            return Err(ProofError::LaterFormat(format));
        }
        let proof: Self = serde_json::from_slice(bytes).map_err(ProofError::Shape)?;
        if proof.to_bytes() == bytes {
            Ok(proof)
        } else {
            Err(ProofError::Form)
        }
    }
}

#[cfg(test)]
mod tests;
