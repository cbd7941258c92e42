//! Which lines went, and which came? The hunks of a unified diff. Pure.
//!
//! Lines that stand once on either side, in the same order, are the anchors; between two of them the same again. Where there are
//! none, a short part is compared line by line, and a long one is replaced as a whole, so that it takes linear time.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::{Serialize, Serializer};

/// Lines of context around what differs.
const CONTEXT: usize = 3;

/// How often anchors are looked for between anchors.
const DEPTH_MAX: u32 = 32;

/// How many pairs of lines of a part without anchors are compared.
const PAIRS_MAX: usize = 250_000;

/// Lines that differ, with some around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hunk {
    /// The number of its first line before, counted from 1; 0 where there is none before.
    pub before: usize,
    /// The number of its first line after, likewise.
    pub after: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk. Serialised as a unified diff has it: its sign, then its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// It stands in both.
    Same(String),
    /// It is not there any more.
    Removed(String),
    /// It is new.
    Added(String),
}

impl Line {
    /// Returns the sign that it has in a unified diff.
    #[must_use]
    pub fn sign(&self) -> char {
        match self {
            Self::Same(_) => ' ',
            Self::Removed(_) => '-',
            Self::Added(_) => '+',
        }
    }

    /// Returns its text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Same(text) | Self::Removed(text) | Self::Added(text) => text,
        }
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", self.sign(), self.text()))
    }
}

impl Hunk {
    /// Returns its head in a unified diff.
    #[must_use]
    pub fn head(&self) -> String {
        let count = |other: char| {
            self.lines
                .iter()
                .filter(|line| line.sign() != other)
                .count()
        };
        let (before, after) = (count('+'), count('-'));
        format!("@@ -{},{before} +{},{after} @@", self.before, self.after)
    }
}

/// Returns what differs between two texts, as few lines as are found soon.
#[must_use]
pub fn hunks(before: &[String], after: &[String]) -> Vec<Hunk> {
    let mut pairs = Vec::new();
    same(
        before,
        after,
        (0..before.len(), 0..after.len()),
        DEPTH_MAX,
        &mut pairs,
    );
    let mut changes = Vec::new();
    let (mut old, mut new) = (0, 0);
    for (at, to) in pairs.into_iter().chain([(before.len(), after.len())]) {
        if at > old || to > new {
            changes.push((old..at, new..to));
        }
        (old, new) = (at + 1, to + 1);
    }
    let mut hunks: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        match hunks.last_mut() {
            Some(hunk)
                if hunk
                    .last()
                    .is_some_and(|last| change.0.start <= last.0.end + 2 * CONTEXT) =>
            {
                hunk.push(change);
            }
            _ => hunks.push(vec![change]),
        }
    }
    hunks
        .iter()
        .map(|changes| hunk(before, after, changes))
        .collect()
}

/// Lines before, and those that stand in their place after.
type Change = (Range<usize>, Range<usize>);

fn hunk(before: &[String], after: &[String], changes: &[Change]) -> Hunk {
    let first = &changes[0];
    let lead = first.0.start.min(CONTEXT);
    let (mut old, new) = (first.0.start - lead, first.1.start - lead);
    let mut lines = Vec::new();
    for (gone, came) in changes {
        lines.extend(before[old..gone.start].iter().cloned().map(Line::Same));
        lines.extend(before[gone.clone()].iter().cloned().map(Line::Removed));
        lines.extend(after[came.clone()].iter().cloned().map(Line::Added));
        old = gone.end;
    }
    let end = before.len().min(old + CONTEXT);
    lines.extend(before[old..end].iter().cloned().map(Line::Same));
    let number = |start: usize, other: char| {
        let any = lines.iter().any(|line| line.sign() != other);
        if any { start + 1 } else { start }
    };
    Hunk {
        before: number(first.0.start - lead, '+'),
        after: number(new, '-'),
        lines,
    }
}

/// Finds the lines that stay, as pairs of their places, ascending.
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
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[&str]) {
        let mut told = Vec::new();
        for hunk in hunks(&lines(before), &lines(after)) {
            let text = hunk
                .lines
                .iter()
                .map(|line| format!("{}{}", line.sign(), line.text()));
            told.push(format!("{} {}", hunk.head(), text.collect::<String>()));
        }
        assert_eq!(told, expected, "{before} / {after}");
    }

    #[test]
    fn tells_what_differs() {
        check("", "", &[]);
        check("a b", "a b", &[]);
        check("", "a", &["@@ -0,0 +1,1 @@ +a"]);
        check("a", "", &["@@ -1,1 +0,0 @@ -a"]);
        check("a b c", "a x c", &["@@ -1,3 +1,3 @@  a-b+x c"]);
        check("a a b", "a b b", &["@@ -1,3 +1,3 @@  a-a+b b"]);
        check(
            "a 1 2 3 4 5 6 7 8 9 b",
            "x 1 2 3 4 5 6 7 8 9 y",
            &["@@ -1,4 +1,4 @@ -a+x 1 2 3", "@@ -8,4 +8,4 @@  7 8 9-b+y"],
        );
        check(
            "a 1 2 3 4 b",
            "x 1 2 3 4 y",
            &["@@ -1,6 +1,6 @@ -a+x 1 2 3 4-b+y"],
        );
    }

    #[test]
    fn a_long_text_without_anchors_is_compared_in_linear_time() {
        let text = |number: usize| {
            (0..60_000)
                .map(|at| ((at / number) % 2).to_string())
                .collect()
        };
        let (before, after): (Vec<String>, Vec<String>) = (text(2), text(3));
        assert!(!hunks(&before, &after).is_empty());
    }

    proptest! {
        #[test]
        fn the_hunks_lead_from_one_to_the_other(before in "([a-d] ){0,40}", after in "([a-d] ){0,40}") {
            let (before, after) = (lines(&before), lines(&after));
            let (mut made, mut at) = (Vec::new(), 0);
            for hunk in hunks(&before, &after) {
                let start = if hunk.lines.iter().any(|it| it.sign() != '+') { hunk.before - 1 } else { hunk.before };
                made.extend_from_slice(&before[at..start]);
                at = start;
                for line in &hunk.lines {
                    if line.sign() != '+' {
                        prop_assert_eq!(line.text(), &before[at]);
                        at += 1;
                    }
                    if line.sign() != '-' {
                        made.push(line.text().to_owned());
                    }
                }
            }
            made.extend_from_slice(&before[at..]);
            prop_assert_eq!(made, after);
        }
    }
}
