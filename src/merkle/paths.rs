//! Which hashes lead from one line to the root, or from an earlier root to a later one, and do they? RFC 9162 §2.1.3 and §2.1.4. Pure.

use std::ops::Range;

use super::{Tree, node};
use crate::digest::Digest;

/// The roots of some parts of a tree, while its leaves go by, in order: whoever wants them holds no leaf. A path is such roots.
#[derive(Debug)]
pub struct Subtrees {
    parts: Vec<(Range<u64>, Tree)>,
    /// How many leaves have gone by.
    seen: u64,
}

impl Subtrees {
    /// Returns what an inclusion path consists of: that of the leaf `index` in a tree of `size` leaves. None where there is no such leaf.
    #[must_use]
    pub fn of_inclusion(index: u64, size: u64) -> Self {
        let mut parts = Vec::new();
        let mut tree = 0..size;
        while index < size && tree.end - tree.start > 1 {
            let (left, right) = halves(&tree);
            let (taken, other) = if index < left.end {
                (left, right)
            } else {
                (right, left)
            };
            parts.push(other);
            tree = taken;
        }
        Self::new(parts)
    }

    /// Returns what a consistency path consists of: that from a tree of its first `old` leaves to the one of `size`. None where one is
    /// as long as the other, or either is empty.
    #[must_use]
    pub fn of_consistency(old: u64, size: u64) -> Self {
        let mut parts = Vec::new();
        let mut tree = 0..size;
        let is_proper = old > 0 && old < size;
        while is_proper && tree.end != old {
            let (left, right) = halves(&tree);
            let (taken, other) = if old <= left.end {
                (left, right)
            } else {
                (right, left)
            };
            parts.push(other);
            tree = taken;
        }
        // What begins with the first leaf is the old tree itself, whose root is known.
        if is_proper && tree.start > 0 {
            parts.push(tree);
        }
        Self::new(parts)
    }

    fn new(parts: Vec<Range<u64>>) -> Self {
        // From the leaf up, which is the order of a path.
        let parts = parts.into_iter().rev();
        Self {
            parts: parts.map(|part| (part, Tree::default())).collect(),
            seen: 0,
        }
    }

    /// Takes the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        let index = self.seen;
        let of_it = |(part, _): &&mut (Range<u64>, Tree)| part.contains(&index);
        if let Some((_, tree)) = self.parts.iter_mut().find(of_it) {
            tree.push(leaf);
        }
        self.seen += 1;
    }

    /// Returns the path, when all leaves went by.
    #[must_use]
    pub fn path(&self) -> Vec<Digest> {
        self.parts.iter().map(|(_, tree)| tree.root()).collect()
    }
}

/// Divides a tree of two leaves or more where the standard does: the left half has the largest power of two that is less than all.
fn halves(tree: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let size = tree.end - tree.start;
    let left = 1 << (size - 1).ilog2();
    let middle = tree.start + left;
    (tree.start..middle, middle..tree.end)
}

/// Returns whether `path` leads from the leaf `index`, by its hash, to `root`, that of a tree of `size` leaves (RFC 9162 §2.1.3.2).
#[must_use]
pub fn is_included(leaf: &Digest, index: u64, size: u64, path: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let mut place = Place {
        own: index,
        last: size - 1,
    };
    let mut hash = *leaf;
    for sibling in path {
        match place.climb() {
            None => return false,
            Some(Side::Left) => hash = node(sibling, &hash),
            Some(Side::Right) => hash = node(&hash, sibling),
        }
    }
    place.last == 0 && hash == *root
}

/// Returns whether `path` shows that the tree of `old` leaves with the root `old_root` is the beginning of the one of `new` leaves with the root
/// `new_root` (RFC 9162 §2.1.4.2). That nothing is its beginning needs no path, and says nothing.
#[must_use]
pub fn is_consistent(
    (old, old_root): (u64, &Digest),
    (new, new_root): (u64, &Digest),
    path: &[Digest],
) -> bool {
    if old == 0 || old >= new {
        let is_same = old == new && old_root == new_root;
        let is_nothing = old == 0 && *old_root == Tree::default().root();
        return path.is_empty() && (is_same || is_nothing);
    }
    // Of a complete tree the root is known, and so is no part of the path.
    let (start, rest) = match path.split_first() {
        _ if old.is_power_of_two() => (old_root, path),
        Some((first, rest)) => (first, rest),
        None => return false,
    };
    let ones = (old - 1).trailing_ones();
    let mut place = Place {
        own: (old - 1) >> ones,
        last: (new - 1) >> ones,
    };
    let (mut before, mut after) = (*start, *start);
    for sibling in rest {
        match place.climb() {
            None => return false,
            Some(Side::Left) => {
                before = node(sibling, &before);
                after = node(sibling, &after);
            }
            Some(Side::Right) => after = node(&after, sibling),
        }
    }
    place.last == 0 && before == *old_root && after == *new_root
}

/// Where a node stands in its row: its own index, and that of the last one.
struct Place {
    own: u64,
    last: u64,
}

/// On which side the sibling of a node stands.
enum Side {
    Left,
    Right,
}

impl Place {
    /// Goes up to the next node that has a sibling, and says on which side of the node below that stood; `None` at the root.
    fn climb(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.own & 1 == 1 {
            Side::Left
        } else if self.own == self.last {
            // It has none here, and goes up alone until it is a right child.
            let rows = self.own.trailing_zeros();
            self.own >>= rows;
            self.last >>= rows;
            Side::Left
        } else {
            Side::Right
        };
        self.own >>= 1;
        self.last >>= 1;
        Some(side)
    }
}
