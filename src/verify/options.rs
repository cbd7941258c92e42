//! What is to be checked, and how closely?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::archive::ArticleFolder;
use crate::proven::Proven;
use crate::ssh::Signers;

use super::part::Part;

/// Findings of one code that are held at most, where nobody says otherwise: some megabytes. More than these are counted.
pub const FINDINGS_MAX: usize = 10_000;

/// What is to be checked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Of which articles and blobs.
    pub scope: Scope,
    /// How closely.
    pub depth: Depth,
    /// What was proven before and need not be done again; it learns what is proven now.
    pub proven: Option<Arc<Proven>>,
    /// Whose signatures of the log count; where somebody says so, one of theirs must be there.
    pub signers: Option<Signers>,
    /// Set by whoever wants the pass to end at once.
    pub stop: Arc<AtomicBool>,
    /// Set by whoever wants the pass to begin nothing more.
    pub time_is_up: Arc<AtomicBool>,
    /// Findings of one code that are held at most; more are counted.
    pub findings_max: usize,
}

/// How closely something is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// As closely as can be.
    Whole,
    /// Blobs are not read; the views that are made of them are.
    WithoutBlobs,
    /// Blobs are not read, and views are only looked for.
    Quick,
}

/// Of which articles and blobs something is to be checked. The log is always checked as a whole.
#[derive(Debug, Clone)]
pub enum Scope {
    /// Of all.
    Everything,
    /// Of these articles, and their blobs.
    Articles(Vec<ArticleFolder>),
    /// Of the articles that the log tells of since then, and their blobs.
    Since(Timestamp),
    /// Of those that are in a part.
    Part(Part),
    /// Of those that were checked longest ago, until all were checked in this round. What was checked is remembered, with the
    /// time that it is now.
    Round(Timestamp),
}

impl Options {
    /// Checks everything, as closely as can be, until `stop` is set.
    #[must_use]
    pub fn whole(stop: Arc<AtomicBool>) -> Self {
        Self {
            scope: Scope::Everything,
            depth: Depth::Whole,
            proven: None,
            signers: None,
            stop,
            time_is_up: Arc::default(),
            findings_max: FINDINGS_MAX,
        }
    }

    /// Returns whether somebody wants an end at once.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Returns whether nothing more is to be begun.
    pub(super) fn is_over(&self) -> bool {
        self.is_stopped() || self.time_is_up.load(Ordering::Relaxed)
    }

    /// Returns whether a thing known by this path is to be looked at in this run.
    pub(super) fn covers_path(&self, path: &str) -> bool {
        match &self.scope {
            Scope::Part(part) => part.holds_path(path),
            Scope::Everything | Scope::Round(_) => true,
            Scope::Articles(_) | Scope::Since(_) => false,
        }
    }
}
