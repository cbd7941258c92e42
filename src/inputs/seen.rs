//! Was this met before? Remembers 128 bits of it.

use std::collections::HashSet;

use crate::digest::Digest;

/// How many things are remembered at most: some 72 MiB. When there are more, all are forgotten, and what is named again
/// is asked for again.
const SEEN_MAX: usize = 1 << 21;

/// What was met. Of each thing half a digest is kept: that two of a million things share one is less likely than a fault
/// of the machine.
#[derive(Debug, Default)]
pub struct Seen(HashSet<[u8; 16]>);

impl Seen {
    /// Returns whether `thing` was not met before, and remembers it.
    pub fn is_new(&mut self, thing: &[u8]) -> bool {
        if self.0.len() >= SEEN_MAX {
            self.0.clear();
        }
        let mut half = [0; 16];
        half.copy_from_slice(&Digest::of(thing).as_bytes()[..16]);
        self.0.insert(half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_new_once() {
        let mut seen = Seen::default();
        assert!(seen.is_new(b"a") && seen.is_new(b"b") && seen.is_new(b""));
        assert!(!seen.is_new(b"a") && !seen.is_new(b""));
    }
}
