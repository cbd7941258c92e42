//! What is given to the captures of a run? Inputs, what feeds carry of them, and what is wanted of each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::capture::{Entries, Wishes};
use crate::inputs::Named;

use super::expand::Expanded;

/// Returns the articles of all sources, one after the other.
pub(super) fn named(expanded: &[Expanded]) -> Vec<Named> {
    let wanted = expanded.iter().flat_map(|source| &source.wanted);
    wanted
        .map(|wanted| match &wanted.text {
            Some((page, _)) => Named::Entry(page.clone()),
            None => Named::Argument(wanted.given.clone().into()),
        })
        .collect()
}

/// Returns what is wanted of articles. One that several sources name has the tags of all, and of all else what the first of them says.
pub(super) fn wishes(expanded: &[Expanded]) -> HashMap<String, Arc<Wishes>> {
    let mut wishes: HashMap<String, Arc<Wishes>> = HashMap::new();
    for source in expanded {
        for wanted in &source.wanted {
            match wishes.entry(wanted.given.clone()) {
                Entry::Vacant(free) => {
                    free.insert(Arc::clone(&source.wishes));
                }
                Entry::Occupied(mut known) => {
                    let of_both = [&known.get().tags, &source.wishes.tags];
                    let mut tags: Vec<String> = of_both.into_iter().flatten().cloned().collect();
                    tags.sort();
                    tags.dedup();
                    if tags.len() > known.get().tags.len() {
                        Arc::make_mut(known.get_mut()).tags = tags;
                    }
                }
            }
        }
    }
    let default = Wishes::default();
    wishes.retain(|_, wishes| **wishes != default);
    wishes
}

/// Takes what feeds carry of articles out of what is wanted.
pub(super) fn texts(expanded: &mut [Expanded]) -> Entries {
    let wanted = expanded.iter_mut().flat_map(|source| &mut source.wanted);
    let mut texts = Entries::new();
    for wanted in wanted {
        let Some((_, entry)) = &mut wanted.text else {
            continue;
        };
        let text = texts.entry(wanted.given.clone()).or_default();
        // Of two feeds that carry it, the first that has something new counts.
        if text.held.is_none() {
            *text = std::mem::take(entry);
        }
    }
    texts
}
