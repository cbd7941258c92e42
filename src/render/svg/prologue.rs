//! What precedes the root of this SVG, and which entities does it declare? Pure.

use std::collections::HashMap;

use super::xml::{is_name, is_space};

/// How many bytes entities may add in all. Drawing programs declare some names of namespaces; bombs declare more.
const EXPANSION_BYTES_MAX: usize = 1024 * 1024;

/// The entities that a document declares for itself.
#[derive(Debug, Default)]
pub(super) struct Entities<'t>(HashMap<&'t str, &'t str>);

/// Splits off what precedes the root: XML declaration, comments, instructions and the document type, whose entities are
/// read. `None` where it is not well-formed, or declares what is not understood.
pub(super) fn read(text: &str) -> Option<(&str, Entities<'_>)> {
    let mut entities = Entities::default();
    let mut rest = text.trim_start_matches(is_space);
    loop {
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")? + 3..];
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            rest = &instruction[instruction.find("?>")? + 2..];
        } else if let Some(doctype) = rest.strip_prefix("<!DOCTYPE") {
            rest = entities.read_doctype(doctype)?;
        } else {
            return Some((rest, entities));
        }
        rest = rest.trim_start_matches(is_space);
    }
}

impl<'t> Entities<'t> {
    /// Reads a document type and returns what follows it.
    fn read_doctype(&mut self, doctype: &'t str) -> Option<&'t str> {
        let mut rest = outside_quotes(doctype, &['[', '>'])?;
        if let Some(subset) = rest.strip_prefix('[') {
            rest = self.read_subset(subset)?.trim_start_matches(is_space);
        }
        rest.strip_prefix('>')
    }

    fn read_subset(&mut self, subset: &'t str) -> Option<&'t str> {
        let mut rest = subset.trim_start_matches(is_space);
        loop {
            if let Some(after) = rest.strip_prefix(']') {
                return Some(after);
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = &comment[comment.find("-->")? + 3..];
            } else if let Some(entity) = rest.strip_prefix("<!ENTITY") {
                rest = self.read_entity(entity)?;
            } else {
                // What else a document type says goes with it.
                let declared = ["<!ELEMENT", "<!ATTLIST", "<!NOTATION"]
                    .iter()
                    .find_map(|start| rest.strip_prefix(start))?;
                rest = outside_quotes(declared, &['>'])?.strip_prefix('>')?;
            }
            rest = rest.trim_start_matches(is_space);
        }
    }

    /// Reads ` name "value">`. What stands for markup, for other entities or for a file is not understood.
    fn read_entity(&mut self, entity: &'t str) -> Option<&'t str> {
        let (name, rest) = entity.trim_start_matches(is_space).split_once(is_space)?;
        let rest = rest.trim_start_matches(is_space);
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, rest) = rest[1..].split_once(quote)?;
        if !is_name(name) || value.contains(['<', '&', '%', '"', '\'']) {
            return None;
        }
        self.0.entry(name).or_insert(value);
        rest.trim_start_matches(is_space).strip_prefix('>')
    }

    /// Returns `text` with the declared entities written out; `None` where they grow beyond measure.
    pub(super) fn expand(&self, text: &'t str) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('&') {
            expanded.push_str(before);
            let reference = after
                .split_once(';')
                .and_then(|(name, rest)| Some((*self.0.get(name)?, rest)));
            let (value, after) = reference.unwrap_or(("&", after));
            expanded.push_str(value);
            rest = after;
            if expanded.len() > text.len() + EXPANSION_BYTES_MAX {
                return None;
            }
        }
        expanded.push_str(rest);
        Some(expanded)
    }
}

/// Returns `text` from the first of `ends` on that does not stand in quotes.
fn outside_quotes<'t>(text: &'t str, ends: &[char]) -> Option<&'t str> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if ends.contains(&c) => return Some(&text[at..]),
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    None
}
