//! Which one digest stands for all lines of the log, so that a line is shown to be among them? RFC 9162 §2.1. Pure.

mod paths;

use crate::digest::{Digest, Hasher};

pub use paths::{Subtrees, is_consistent, is_included};

/// What is hashed before a leaf, so that no leaf passes for a node (RFC 9162 §2.1.1).
const LEAF: &[u8] = &[0];

/// What is hashed before a node.
const NODE: &[u8] = &[1];

/// Returns the hash of a leaf: a line of the log without its line feed.
#[must_use]
pub fn leaf(line: &[u8]) -> Digest {
    hash(&[LEAF, line])
}

/// Returns the hash of a node, of those of its children.
fn node(left: &Digest, right: &Digest) -> Digest {
    hash(&[NODE, left.as_bytes(), right.as_bytes()])
}

fn hash(parts: &[&[u8]]) -> Digest {
    let mut hasher = Hasher::default();
    for part in parts {
        hasher.update(part);
    }
    hasher.finish()
}

/// A tree that grows leaf by leaf, and holds no more of itself than its root takes: 64 hashes for more lines than there can be.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// The roots of the complete trees that it is made of, the largest first: one for each bit of `size`.
    complete: Vec<Digest>,
}

impl Tree {
    /// Adds a leaf, by its hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut root = leaf;
        // Each bit that carries over is two trees of one size that become one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.complete.pop() {
                root = node(&left, &root);
            }
        }
        self.complete.push(root);
        self.size += 1;
    }

    /// Returns how many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns its root; that of no leaves is the SHA-256 of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let smallest_first = self.complete.iter().rev().copied();
        let root = smallest_first.reduce(|right, left| node(&left, &right));
        root.unwrap_or_else(|| Digest::of(b""))
    }
}

#[cfg(test)]
mod tests;
