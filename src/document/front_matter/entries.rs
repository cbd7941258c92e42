//! How do nested maps and lists become values with paths? What the readers of all languages share. Pure.

use std::collections::HashSet;

use super::Scalar;
use crate::document::Span;

/// How deep values may nest. Front matter of real posts nests three or four deep; each level is part of every path.
pub(super) const NESTING_MAX: usize = 32;

/// How many values are read: no post has that many, and hostile ones would fill the memory with paths.
pub(super) const VALUES_MAX: usize = 10_000;

/// The longest key that is kept as it is; a longer one counts as nameless, as nothing asks for it.
const KEY_BYTES_MAX: usize = 128;

/// What was read of a front matter.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Every scalar value in order.
    pub(super) entries: Vec<Scalar>,
    /// The first thing that is not right. What could be read beside it is read.
    pub(super) flaw: Option<Flaw>,
}

/// What is not right.
#[derive(Debug)]
pub(super) struct Flaw {
    /// Counted from 1 within what was read.
    pub(super) line: usize,
    pub(super) reason: String,
}

impl Flaw {
    /// Returns the flaw that stands at `offset` of `text`.
    pub(super) fn at(offset: usize, text: &str, reason: impl Into<String>) -> Self {
        let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
        Self {
            line: 1 + memchr::memchr_iter(b'\n', before).count(),
            reason: reason.into(),
        }
    }
}

/// A list or map that is being read.
#[derive(Debug)]
enum Frame {
    /// A map, with the key whose value comes next.
    Map(Option<String>),
    /// A list, with the number of its next item.
    List(usize),
}

/// The values in the making.
#[derive(Debug, Default)]
pub(super) struct Builder {
    frames: Vec<Frame>,
    entries: Vec<Scalar>,
    /// Where the first value stands that was one too many.
    beyond: Option<usize>,
}

impl Builder {
    pub(super) fn open_map(&mut self) {
        self.frames.push(Frame::Map(None));
    }

    pub(super) fn open_list(&mut self) {
        self.frames.push(Frame::List(0));
    }

    /// Ends the innermost map or list, which was a value itself.
    pub(super) fn close(&mut self) {
        self.frames.pop();
        self.pass("");
    }

    /// Forgets all that is open, and goes on in a map under `path`.
    pub(super) fn begin_under(&mut self, path: &[String]) {
        let steps = path.iter().map(|step| Frame::Map(Some(step.clone())));
        self.frames = steps.chain([Frame::Map(None)]).collect();
    }

    pub(super) fn awaits_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Map(None)))
    }

    /// Whether nothing is open.
    pub(super) fn is_outside(&self) -> bool {
        self.frames.is_empty()
    }

    /// How many values there are so far.
    pub(super) fn count(&self) -> usize {
        self.entries.len()
    }

    /// How many maps and lists are open.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn entry(&self, index: usize) -> Option<&Scalar> {
        self.entries.get(index)
    }

    /// Takes in the values of another text.
    pub(super) fn append(&mut self, other: Self) {
        let room = VALUES_MAX.saturating_sub(self.entries.len());
        self.beyond = self
            .beyond
            .or(other.entries.get(room).map(|entry| entry.span.start));
        self.entries.extend(other.entries.into_iter().take(room));
    }

    /// Takes in a scalar value.
    pub(super) fn value(&mut self, span: Span, value: String) {
        self.add(span, value, &[]);
        self.pass("");
    }

    /// Takes in one more value below the one that comes next; `beneath` leads from there to it.
    pub(super) fn add(&mut self, span: Span, value: String, beneath: &[String]) {
        if self.entries.len() >= VALUES_MAX {
            self.beyond.get_or_insert(span.start);
            return;
        }
        let mut path = self.path();
        path.extend_from_slice(beneath);
        self.entries.push(Scalar { path, span, value });
    }

    /// A node is complete: it was a key called `node`, a value or an item.
    pub(super) fn pass(&mut self, node: &str) {
        match self.frames.last_mut() {
            Some(Frame::Map(key @ None)) => {
                let name = if node.len() <= KEY_BYTES_MAX {
                    node
                } else {
                    ""
                };
                *key = Some(name.to_owned());
            }
            Some(Frame::Map(key)) => *key = None,
            Some(Frame::List(index)) => *index += 1,
            None => {}
        }
    }

    fn path(&self) -> Vec<String> {
        let step = |frame: &Frame| match frame {
            Frame::Map(key) => key.clone().unwrap_or_default(),
            Frame::List(index) => index.to_string(),
        };
        self.frames.iter().map(step).collect()
    }

    /// Returns what was read of `text`, with `flaw` or else the one that shows only in the end.
    pub(super) fn finish(self, text: &str, flaw: Option<Flaw>) -> Values {
        let too_many = || {
            let reason = format!("more than {VALUES_MAX} values, the others are not read");
            Some(Flaw::at(self.beyond?, text, reason))
        };
        Values {
            flaw: flaw
                .or_else(too_many)
                .or_else(|| repeated(&self.entries, text)),
            entries: self.entries,
        }
    }
}

/// Generators refuse a key that stands twice in a map, or take the last: here all its values count, and it is told.
fn repeated(entries: &[Scalar], text: &str) -> Option<Flaw> {
    let mut seen = HashSet::new();
    let mut named = entries
        .iter()
        .filter(|entry| entry.path.iter().all(|step| !step.is_empty()));
    let second = named.find(|entry| !seen.insert(&entry.path))?;
    let reason = format!("the key {} stands there twice", second.path.join("."));
    Some(Flaw::at(second.span.start, text, reason))
}

/// Returns the part of `written`, a text of several lines, that a replacement replaces: the one line that is `value`,
/// where there is one.
pub(super) fn only_line(written: &str, value: &str) -> Span {
    let line = value.trim();
    match written.find(line) {
        Some(start) => Span {
            start,
            end: start + line.len(),
        },
        None => Span {
            start: 0,
            end: written.len(),
        },
    }
}
