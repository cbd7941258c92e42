//! Which inputs ask for the same? What is named twice is loaded once, and told of as often as it was named.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};

use crate::link::Link;

use super::told::public;

/// Inputs that ask for what another one asks for, by what is told of that one: addresses that differ in their fragment.
pub(super) type Repeats = HashMap<String, Vec<String>>;

/// Returns the inputs in order, what they ask for once, and who else asks for the same. The very same input counts once.
pub(super) fn distinct(inputs: Vec<OsString>) -> (Vec<OsString>, Repeats) {
    let (mut distinct, mut repeats) = (Vec::new(), Repeats::new());
    let (mut seen, mut first_of) = (HashSet::new(), HashMap::<Link, String>::new());
    for input in inputs {
        if !seen.insert(input.clone()) {
            continue;
        }
        if let Some((text, link)) = address(&input) {
            if let Some(first) = first_of.get(&link) {
                repeats.entry(public(first)).or_default().push(text);
                continue;
            }
            first_of.insert(link, text);
        }
        distinct.push(input);
    }
    (distinct, repeats)
}

/// Returns an input that is an address, as text and as what a request is sent for.
fn address(input: &OsStr) -> Option<(String, Link)> {
    let text = input.to_str()?;
    let link = Link::parse(text).ok()?;
    Some((text.to_owned(), link.without_fragment()))
}
