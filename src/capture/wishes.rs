//! What does the user want of some articles instead of what is said of all?

use std::sync::Arc;

use crate::fetch;

use super::Obeyed;
use super::allowance::Allowance;
use super::run::Run;

/// What is wanted of some articles. Where nothing is said, [`super::Options`] and the options of the network count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Words that the user sorts articles by.
    pub tags: Vec<String>,
    /// What the robots.txt of each site is obeyed for.
    pub robots: Option<Obeyed>,
    /// Bytes, as sent, of the resources of one article, after which no more are asked for.
    pub article_bytes_max: Option<u64>,
    /// What is wanted of the requests.
    pub requests: fetch::Wishes,
}

impl Run {
    /// Returns what is wanted of an input.
    pub(super) fn wishes(&self, given: &str) -> Arc<Wishes> {
        let known = self.world.wishes.get(given);
        known.map(Arc::clone).unwrap_or_default()
    }

    /// Returns what the robots.txt of each site is obeyed for, of an article of which this is wanted.
    pub(super) fn obeyed(&self, wishes: &Wishes) -> Obeyed {
        wishes.robots.unwrap_or(self.world.options.robots)
    }

    /// Returns what may be fetched for an article of which this is wanted.
    pub(super) fn allowance(&self, wishes: &Wishes) -> Allowance {
        let most = wishes.article_bytes_max;
        Allowance::new(most.unwrap_or(self.world.options.article_bytes_max))
    }
}
