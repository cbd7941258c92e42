//! How does a run note down what a URL brought, so that it can read it again, or another run if this one is killed?
//!
//! A note stands for itself: what came, how it came, and what tells whether another run would have asked for the same.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exchange::Exchange;
use crate::fetch::{Fingerprint, Salt};

use super::fetched::Fetched;

/// The form of these notes. Another program's are not read.
const FORMAT: u32 = 1;

/// The first note of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Begin {
    format: u32,
    /// What the fingerprints of this run are mixed with.
    salt: Salt,
}

/// What a URL brought, and how.
#[derive(Debug, Serialize)]
pub(super) struct Noted<'a> {
    /// When it was asked for.
    pub(super) asked: Timestamp,
    /// What the request was; `None` where another run has to ask anew.
    pub(super) request: Option<Fingerprint>,
    /// The number of the file in the writer's folder that holds the bytes; `None` where they are in the archive.
    pub(super) file: Option<u64>,
    pub(super) fetched: &'a Fetched,
    /// Every hop.
    pub(super) exchanges: &'a [Exchange],
}

/// What of a note says whether it is of use to another run.
#[derive(Debug, Deserialize)]
pub(super) struct Brief {
    pub(super) asked: Timestamp,
    pub(super) request: Option<Fingerprint>,
    pub(super) file: Option<u64>,
}

/// What of a note says what came.
#[derive(Debug, Deserialize)]
pub(super) struct What {
    pub(super) fetched: Fetched,
}

/// What of a note says how it came.
#[derive(Debug, Deserialize)]
pub(super) struct How {
    pub(super) exchanges: Vec<Exchange>,
}

impl Begin {
    /// Begins the notes of a run.
    pub(super) fn new(salt: Salt) -> Self {
        Self {
            format: FORMAT,
            salt,
        }
    }

    /// Reads the first note of another run; `None` where what follows can't be read.
    pub(super) fn parse(json: &[u8]) -> Option<Salt> {
        let begin: Self = serde_json::from_slice(json).ok()?;
        (begin.format == FORMAT).then_some(begin.salt)
    }
}
