//! What becomes of bytes when some spans are replaced, and how is it undone? Parser-free, encoding-free. Pure.

use std::cmp::Reverse;

use crate::document::Span;

/// A span of the original, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there instead; empty for a cut.
    pub put: Vec<u8>,
}

/// An edit that was made, with all that is needed to undo it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Offset in the edited bytes where `put` begins.
    pub at: usize,
    /// What stood there.
    pub cut: Vec<u8>,
    /// What stands there now.
    pub put: Vec<u8>,
}

impl Edit {
    /// Returns the edit that puts `put` in the place of `span`.
    pub fn new(span: impl Into<Span>, put: impl Into<Vec<u8>>) -> Self {
        Self {
            span: span.into(),
            put: put.into(),
        }
    }
}

/// Returns those of `edits` that can stand together, in order: an outer edit swallows those inside it, an insertion at
/// the beginning of another edit stands before it, and of two that overlap otherwise the earlier one stays. Spans that
/// reach beyond `length` are left out.
#[must_use]
pub fn settle(mut edits: Vec<Edit>, length: usize) -> Vec<Edit> {
    edits.retain(|edit| edit.span.start <= edit.span.end && edit.span.end <= length);
    edits.sort_by_key(|edit| {
        (
            edit.span.start,
            edit.span.end != edit.span.start,
            Reverse(edit.span.end),
        )
    });
    let mut settled: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        let collides = settled
            .last()
            .is_some_and(|last| edit.span.start < last.span.end || edit.span == last.span);
        if !collides {
            settled.push(edit);
        }
    }
    settled
}

/// Returns `original` with every edit made. `edits` are what [`settle`] returns: sorted, apart, within `original`.
#[must_use]
pub fn splice(original: &[u8], edits: &[Edit]) -> Vec<u8> {
    let added: usize = edits.iter().map(|edit| edit.put.len()).sum();
    let removed: usize = edits.iter().map(|edit| edit.span.length()).sum();
    let mut spliced = Vec::with_capacity((original.len() + added).saturating_sub(removed));
    let mut copied = 0;
    for edit in edits {
        spliced.extend_from_slice(original.get(copied..edit.span.start).unwrap_or_default());
        spliced.extend_from_slice(&edit.put);
        copied = edit.span.end;
    }
    spliced.extend_from_slice(original.get(copied..).unwrap_or_default());
    spliced
}

/// Returns what [`splice`] does to `original`, in the form that can be undone.
#[must_use]
pub fn done(original: &[u8], edits: &[Edit]) -> Vec<Done> {
    let (mut added, mut removed) = (0, 0);
    let mut done = Vec::with_capacity(edits.len());
    for edit in edits {
        let cut = edit.span.slice(original).to_vec();
        let at = edit.span.start + added - removed;
        added += edit.put.len();
        removed += cut.len();
        done.push(Done {
            at,
            cut,
            put: edit.put.clone(),
        });
    }
    done
}

/// Returns what `view` was before the edits were made; `None` where it is not what they left.
#[must_use]
pub fn unsplice(view: &[u8], done: &[Done]) -> Option<Vec<u8>> {
    let mut original = Vec::with_capacity(view.len());
    let mut copied = 0;
    for edit in done {
        original.extend_from_slice(view.get(copied..edit.at)?);
        copied = edit.at.checked_add(edit.put.len())?;
        if view.get(edit.at..copied)? != edit.put {
            return None;
        }
        original.extend_from_slice(&edit.cut);
    }
    original.extend_from_slice(view.get(copied..)?);
    Some(original)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(original: &str, edits: &[(usize, usize, &str)], expected: &str) {
        let edits = edits
            .iter()
            .map(|&(start, end, put)| Edit::new(start..end, put))
            .collect();
        let edits = settle(edits, original.len());
        let view = splice(original.as_bytes(), &edits);
        assert_eq!(String::from_utf8(view.clone()).unwrap(), expected);
        assert_eq!(
            unsplice(&view, &done(original.as_bytes(), &edits)).unwrap(),
            original.as_bytes()
        );
    }

    #[test]
    fn replaces_inserts_and_cuts() {
        check("abc", &[], "abc");
        check("abc", &[(1, 2, "XY")], "aXYc");
        check("abc", &[(3, 3, "!"), (0, 0, "<")], "<abc!");
        check("abc", &[(0, 1, ""), (1, 3, "Z"), (1, 1, "-")], "-Z");
        check("abc", &[(0, 1, "1"), (1, 2, "2")], "12c");
    }

    #[test]
    fn an_outer_edit_swallows_inner_ones() {
        check("abcdef", &[(2, 3, "x"), (1, 5, "O"), (4, 6, "late")], "aOf");
        check("abcdef", &[(2, 9, "beyond"), (1, 2, "O")], "aOcdef");
    }

    #[test]
    fn a_view_that_was_changed_is_not_undone() {
        let edits = [Edit::new(1..2, "XY")];
        let done = done(b"abc", &edits);
        for view in ["aXZc", "aX", "", "a"] {
            assert_eq!(unsplice(view.as_bytes(), &done), None, "{view}");
        }
    }

    proptest! {
        #[test]
        fn undoing_gives_the_original(
            original in vec(any::<u8>(), 0..80),
            edits in vec((0_usize..90, 0_usize..20, vec(any::<u8>(), 0..6)), 0..12),
        ) {
            let edits = edits.into_iter().map(|(start, length, put)| Edit::new(start..start + length, put)).collect();
            let edits = settle(edits, original.len());
            let view = splice(&original, &edits);
            prop_assert_eq!(unsplice(&view, &done(&original, &edits)), Some(original.clone()));
            let kept: usize = original.len() - edits.iter().map(|edit| edit.span.end - edit.span.start).sum::<usize>();
            prop_assert_eq!(view.len(), kept + edits.iter().map(|edit| edit.put.len()).sum::<usize>());
        }
    }
}
