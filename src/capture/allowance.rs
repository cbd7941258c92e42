//! How much more may be fetched for one article?

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that may still come. What is in flight when they are spent is not cut, so that as much more may come as requests
/// are in flight, each of one resource's limit.
#[derive(Debug)]
pub(super) struct Allowance(AtomicU64);

impl Allowance {
    /// Begins with so many bytes.
    pub(super) fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Returns whether nothing more is to be asked for.
    pub(super) fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Takes `bytes` off.
    pub(super) fn spend(&self, bytes: u64) {
        let spent = |left: u64| Some(left.saturating_sub(bytes));
        let _before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_does_not_come_back() {
        let allowance = Allowance::new(10);
        allowance.spend(9);
        assert!(!allowance.is_spent());
        allowance.spend(u64::MAX);
        assert!(allowance.is_spent());
        allowance.spend(1);
        assert!(allowance.is_spent());
    }
}
