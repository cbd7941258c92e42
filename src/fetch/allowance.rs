//! How much may a number of bodies come to together?

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are left for all bodies that share it, as decoded. Clones share it.
#[derive(Debug, Clone)]
pub struct Allowance(Arc<AtomicU64>);

impl Allowance {
    /// Begins with so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    /// Returns whether nothing more may come.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Takes `bytes` off. Where there are not so many, nothing is left, and the answer is no.
    pub(super) fn spend(&self, bytes: u64) -> bool {
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                Some(left.saturating_sub(bytes))
            });
        before.is_ok_and(|left| left >= bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_spent_for_all() {
        let allowance = Allowance::new(10);
        let other = allowance.clone();
        assert!(allowance.spend(4) && other.spend(6));
        assert!(allowance.is_spent() && !other.spend(1));
        let allowance = Allowance::new(10);
        assert!(!allowance.spend(11) && allowance.is_spent());
    }
}
