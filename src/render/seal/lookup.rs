//! Is the address that stands here recorded, and is what it names at hand? Pure.

use std::collections::{HashMap, HashSet};

use super::super::relink::Known;
use crate::document::{Document, Span};
use crate::link::Link;

/// How recorded references are recognised in the page that is sealed.
#[derive(Debug)]
pub(crate) enum Lookup<'a> {
    /// By their spans: the page is the document that was captured. Sorted by span.
    Spans(&'a [Known<'a>]),
    /// By what they say, their places and their original addresses: the page was generated from the document that was
    /// captured.
    Addresses(HashMap<&'a str, &'a Known<'a>>),
}

impl<'a> Lookup<'a> {
    /// Returns a lookup for a generated page.
    pub(crate) fn by_address(known: &'a [Known<'a>]) -> Self {
        let mut index = HashMap::new();
        for known in known {
            for text in known
                .place
                .iter()
                .map(String::as_str)
                .chain(known.target.map(Link::as_str))
            {
                index.entry(text).or_insert(known);
            }
        }
        Self::Addresses(index)
    }

    pub(super) fn known(&self) -> &'a [Known<'a>] {
        match self {
            Self::Spans(known) => known,
            // What is promoted in a generated page was so before it was generated.
            Self::Addresses(_) => &[],
        }
    }

    /// Returns what is recorded of `text`, which stands at `span` of `page`.
    pub(super) fn find(&self, span: Span, text: &str, page: &Document) -> Option<&'a Known<'a>> {
        match self {
            Self::Spans(known) => {
                let at = known.partition_point(|known| known.span.start < span.start);
                known.get(at).filter(|known| known.span == span)
            }
            Self::Addresses(index) => {
                let known = index.get(text).copied();
                known.or_else(|| {
                    index
                        .get(page.base.as_ref()?.join(text, None).ok()?.as_str())
                        .copied()
                })
            }
        }
    }

    /// Returns the recorded references inside `span`.
    pub(super) fn within(&self, span: Span) -> &'a [Known<'a>] {
        let known = self.known();
        let start = known.partition_point(|known| known.span.start < span.start);
        let end = known.partition_point(|known| known.span.start < span.end);
        known.get(start..end).unwrap_or_default()
    }

    /// Returns the images that the page shows by itself, as [`Known::image`] names them.
    pub(super) fn shown(&self) -> HashSet<&'a str> {
        let shown = self.known().iter().filter(|known| known.is_shown());
        shown.map(Known::image).collect()
    }
}
