//! ?
use super::Reference;
use crate::document::Document;
/// Finds.
#[must_use]
pub fn find(_document: &Document) -> Vec<Reference> {
    Vec::new()
}
