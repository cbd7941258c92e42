//! Which lines went, and which came? The hunks of a unified diff. Pure.

mod same;

use std::ops::Range;

use serde::{Serialize, Serializer};

/// Lines of context around what differs.
const CONTEXT: usize = 3;

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
    let pairs = same::lines(before, after);
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
