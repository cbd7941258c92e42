//! What is told of a repair?

use serde::Serialize;

use super::deed::{Deed, deed};
use crate::finding::Finding;

/// What came of a finding. Serialised as the `repair` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mending {
    /// What is wrong, or was.
    #[serde(flatten)]
    pub finding: Finding,
    /// What is done about it.
    pub deed: Deed,
    /// What came of that.
    pub outcome: Outcome,
    /// Where what was put back came from.
    pub from: Option<String>,
    /// Why it is left as it is.
    pub why: Option<String>,
}

/// What came of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It would be mended, if that can be done.
    Planned,
    /// It is as it must be.
    Mended,
    /// It is as it was.
    Left,
}

impl Mending {
    pub(super) fn planned(finding: Finding) -> Self {
        Self {
            deed: deed(&finding),
            finding,
            outcome: Outcome::Planned,
            from: None,
            why: None,
        }
    }

    pub(super) fn mended(finding: Finding, from: Option<String>) -> Self {
        Self {
            outcome: Outcome::Mended,
            from,
            ..Self::planned(finding)
        }
    }

    pub(super) fn left(finding: Finding, why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Left,
            why: Some(why.into()),
            ..Self::planned(finding)
        }
    }
}

/// What a repair came to. Serialised as the `summary` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Whether the archive is sound now; of a plan, whether it is.
    pub sound: bool,
    /// Whether only a plan was made.
    pub planned: bool,
    /// Findings about which something is to be done, of a plan.
    pub due: u64,
    /// Findings that are mended.
    pub mended: u64,
    /// Findings that are not.
    pub left: u64,
    /// Whether it ended early because somebody asked for it.
    pub interrupted: bool,
}

impl Summary {
    pub(super) fn count(&mut self, mending: &Mending) {
        *match mending.outcome {
            Outcome::Planned if mending.deed == Deed::None => &mut self.left,
            Outcome::Planned => &mut self.due,
            Outcome::Mended => &mut self.mended,
            Outcome::Left => &mut self.left,
        } += 1;
    }
}
