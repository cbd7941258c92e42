//! Could one of these names be in this tag? Most tags have none, and are spared the lists. Pure.

use crate::document::markup::StartTag;

/// The lengths and first letters of names. What it turns away is surely none of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gate {
    lengths: u64,
    letters: u64,
}

impl Gate {
    /// Returns the gate of these names.
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n String>) -> Self {
        let mut gate = Self::default();
        for name in names {
            gate.lengths |= length_bit(name);
            gate.letters |= letter_bit(name);
        }
        gate
    }

    /// Returns whether an attribute of `tag` may have one of the names.
    pub(super) fn admits(self, tag: &StartTag<'_>) -> bool {
        tag.attributes.iter().any(|attribute| {
            let name = &attribute.name;
            self.lengths & length_bit(name) != 0 && self.letters & letter_bit(name) != 0
        })
    }
}

/// Returns the bit of a name's length; all long ones share the last.
fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

/// Returns the bit of a name's first letter; some share one.
fn letter_bit(name: &str) -> u64 {
    1 << (name.as_bytes().first().copied().unwrap_or_default() % 64)
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_8;

    use super::*;
    use crate::document::markup::{Token, walk};
    use crate::refs::html::LazyTable;

    #[track_caller]
    fn check(gate: Gate, html: &str, expected: bool) {
        walk(html.as_bytes(), UTF_8, &mut |token| {
            if let Token::Start(tag) = token {
                assert_eq!(gate.admits(&tag), expected, "{html}");
            }
        });
    }

    #[test]
    fn names_of_the_list_get_through_and_common_ones_do_not() {
        let backgrounds = &LazyTable::built_in().backgrounds;
        let gate = Gate::of(backgrounds.iter());
        for name in backgrounds {
            check(gate, &format!("<p class=x {name}=y>"), true);
        }
        for name in ["id", "class", "href", "src", "style", "title"] {
            check(gate, &format!("<p {name}=y>"), false);
        }
        let long = "x".repeat(100);
        check(
            Gate::of([long.clone()].iter()),
            &format!("<p {long}>"),
            true,
        );
        check(Gate::default(), "<p a b>", false);
    }
}
