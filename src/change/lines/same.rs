//! Which lines of two texts are the same? Pure.
//!
//! Lines that stand once on either side, in the same order, are the anchors; between two of them the same again. Where there are
//! none, a short part is compared line by line, and a long one is replaced as a whole, so that it takes linear time.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How often anchors are looked for between anchors.
const DEPTH_MAX: u32 = 32;

/// How many pairs of lines of a part without anchors are compared.
const PAIRS_MAX: usize = 250_000;

/// Returns the lines that stay, as pairs of their places, ascending.
pub(super) fn lines(before: &[String], after: &[String]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let all = (0..before.len(), 0..after.len());
    same(before, after, all, DEPTH_MAX, &mut pairs);
    pairs
}

/// Finds the lines that stay between two places on either side.
fn same(
    before: &[String],
    after: &[String],
    (mut old, mut new): (Range<usize>, Range<usize>),
    depth: u32,
    pairs: &mut Vec<(usize, usize)>,
) {
    while !old.is_empty() && !new.is_empty() && before[old.start] == after[new.start] {
        pairs.push((old.start, new.start));
        old.start += 1;
        new.start += 1;
    }
    let mut ending = Vec::new();
    while !old.is_empty() && !new.is_empty() && before[old.end - 1] == after[new.end - 1] {
        old.end -= 1;
        new.end -= 1;
        ending.push((old.end, new.end));
    }
    if !old.is_empty() && !new.is_empty() && depth > 0 {
        let anchors = anchors(before, after, &old, &new);
        if anchors.is_empty() {
            compare(before, after, &old, &new, pairs);
        } else {
            let (mut at, mut to) = (old.start, new.start);
            for (old_anchor, new_anchor) in anchors {
                same(
                    before,
                    after,
                    (at..old_anchor, to..new_anchor),
                    depth - 1,
                    pairs,
                );
                pairs.push((old_anchor, new_anchor));
                (at, to) = (old_anchor + 1, new_anchor + 1);
            }
            same(before, after, (at..old.end, to..new.end), depth - 1, pairs);
        }
    }
    pairs.extend(ending.into_iter().rev());
}

/// Returns the lines that stand once on either side, as many as there are in one order.
fn anchors(
    before: &[String],
    after: &[String],
    old: &Range<usize>,
    new: &Range<usize>,
) -> Vec<(usize, usize)> {
    let mut places: HashMap<&str, [Option<usize>; 2]> = HashMap::new();
    let mut doubles: HashSet<&str> = HashSet::new();
    for (side, at, line) in old
        .clone()
        .map(|at| (0, at, &before[at]))
        .chain(new.clone().map(|at| (1, at, &after[at])))
    {
        if places.entry(line).or_default()[side].replace(at).is_some() {
            doubles.insert(line);
        }
    }
    let single = places.iter().filter(|(line, _)| !doubles.contains(*line));
    let mut pairs: Vec<(usize, usize)> = single
        .filter_map(|(_, [old, new])| Some(((*old)?, (*new)?)))
        .collect();
    pairs.sort_unstable();
    ascending(&pairs)
}

/// Returns the longest part of `pairs`, sorted by the first, that ascends by the second, too.
fn ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // Of the parts of each length, which pair ends the one that ends lowest; and what stands before each pair.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (number, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < pair.1);
        previous.push(length.checked_sub(1).map(|before| ends[before]));
        if length == ends.len() {
            ends.push(number);
        } else {
            ends[length] = number;
        }
    }
    let mut found = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(number) = next {
        found.push(pairs[number]);
        next = previous[number];
    }
    found.reverse();
    found
}

/// Finds the longest common part of what has no anchors, where that is short enough.
fn compare(
    before: &[String],
    after: &[String],
    old: &Range<usize>,
    new: &Range<usize>,
    pairs: &mut Vec<(usize, usize)>,
) {
    let (height, width) = (old.len(), new.len());
    if height.saturating_mul(width) > PAIRS_MAX {
        return;
    }
    let mut lengths = vec![vec![0_u32; width + 1]; height + 1];
    for row in (0..height).rev() {
        for column in (0..width).rev() {
            let is_same = before[old.start + row] == after[new.start + column];
            lengths[row][column] = if is_same {
                lengths[row + 1][column + 1] + 1
            } else {
                lengths[row + 1][column].max(lengths[row][column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    while row < height && column < width {
        if before[old.start + row] == after[new.start + column] {
            pairs.push((old.start + row, new.start + column));
            row += 1;
            column += 1;
        } else if lengths[row + 1][column] >= lengths[row][column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of lines that stand twice on either side, none is an anchor: so many pairs are compared, and one more are not.
    #[test]
    fn so_many_pairs_are_compared_and_not_one_more() {
        let doubled = |first: &str, lines: usize| -> Vec<String> {
            let line = |at: usize| {
                if at == 0 {
                    first.to_owned()
                } else {
                    (at % 2).to_string()
                }
            };
            let last = if first == "a" { "c" } else { "d" };
            (0..lines - 1).map(line).chain([last.to_owned()]).collect()
        };
        for (width, same) in [(500, 498), (501, 0)] {
            assert_eq!((500 * width <= PAIRS_MAX), same > 0);
            let found = lines(&doubled("a", 500), &doubled("b", width));
            assert_eq!(found.len(), same, "{width}");
        }
    }

    /// Returns two texts in which so many pairs of lines are anchors only between the two of the pair around them: what stands in
    /// a text twice is none.
    fn nested(depth: usize) -> (Vec<String>, Vec<String>) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut below: Vec<String> = Vec::new();
        for level in 0..depth {
            let pair = ["begin", "end"].map(|it| format!("{it} {level}"));
            let around = |first: String, inner: Vec<String>, last: Vec<String>| -> Vec<String> {
                let [begin, end] = pair.clone();
                [vec![first, begin], inner, vec![end], last].concat()
            };
            before = around(format!("old {level}"), before, below);
            after = around(format!("new {level}"), after, vec!["new".to_owned()]);
            below = pair.to_vec();
        }
        (before, after)
    }

    #[test]
    fn anchors_are_looked_for_so_deep_and_no_deeper() {
        for depth in [1, 31, 32, 33, 34] {
            let (before, after) = nested(depth);
            let found = lines(&before, &after).len();
            assert_eq!(found, 2 * depth.min(32), "{depth} deep");
        }
    }

    #[test]
    fn a_long_text_without_anchors_is_compared_in_linear_time() {
        let text = |number: usize| {
            (0..60_000)
                .map(|at| ((at / number) % 2).to_string())
                .collect()
        };
        let (before, after): (Vec<String>, Vec<String>) = (text(2), text(3));
        assert!(lines(&before, &after).len() < before.len());
    }
}
