//! How much is compared line by line?

use crate::change::lines::{Line, hunks};

/// Texts of so many lines of two kinds, of which none stands once and no two that stay are at one end.
fn differing(lines: usize) -> usize {
    let text = |first: usize| -> Vec<String> {
        let lines = (0..lines).map(|at| ((at + first) % 2).to_string());
        lines.collect()
    };
    let hunks = hunks(&text(0), &text(1));
    let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
    lines.filter(|line| !matches!(line, Line::Same(_))).count()
}

#[test]
fn lines_are_compared_one_by_one_up_to_so_many_pairs() {
    assert_eq!(differing(500), 2, "250,000 pairs");
    assert_eq!(differing(502), 2 * 502, "more are told as replaced");
}
