//! What did a pass over an archive come to? Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{Code, Finding};
use crate::digest::Digest;

/// Up to where the log is proven by a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedTo {
    /// How many entries of the log, from the first on, are those that were signed.
    pub entries: u64,
    /// When, as whoever signed says.
    pub time: Timestamp,
    /// Who signed, as the file of signers knows the key.
    pub by: String,
    /// The checkpoint's file.
    pub checkpoint: String,
}

/// What a whole pass of `verify` came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything that was looked at is there and is what it must be.
    pub sound: bool,
    /// Whether everything was looked at, as closely as can be.
    pub whole: bool,
    /// Blobs whose presence was checked.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Snapshots checked.
    pub snapshots: u64,
    /// Views checked.
    pub views: u64,
    /// Files of the truth whose bytes were not read: skipped by an option, or unreadable.
    pub not_checked: u64,
    /// Up to where the log is proven by a signature that counts, where somebody said whose do.
    pub signed: Option<SignedTo>,
    /// Whether it ended before all was checked because somebody asked for it; then it is never sound.
    pub interrupted: bool,
    /// What the log is.
    pub log: LogSeen,
    /// How far a round of several runs has come, where it is one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundSeen>,
    /// Everything that was seen, sorted.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// How many more there were of a code, where there were too many to tell all.
    #[serde(skip)]
    pub more: BTreeMap<Code, u64>,
}

impl Report {
    /// Returns how many findings there were, told or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.findings.len() as u64 + self.more.values().sum::<u64>()
    }
}

/// What a pass has seen of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LogSeen {
    /// How many entries it has.
    pub entries: u64,
    /// The root of its tree (RFC 9162 §2.1); `None` where it can't be read.
    pub root: Option<Digest>,
}

/// How far a round of several runs has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundSeen {
    /// When it began.
    pub begun: Timestamp,
    /// Parts that were checked since then.
    pub checked: u16,
    /// All parts.
    pub of: u16,
}
