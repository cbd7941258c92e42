//! What is told of a capture to somebody who wants to know more? Never a secret: addresses without user info.

use tracing::info;

use crate::document::Document;
use crate::link::Link;
use crate::refs::Reference;
use crate::snapshot::Outcome;

use super::told::public;

/// Tells what an input was taken for, and how much it refers to.
pub(super) fn document(given: &str, document: &Document, references: &[Reference]) {
    info!(
        input = public(given),
        kind = ?document.kind,
        bytes = document.bytes.len(),
        charset = document.charset.name(),
        references = references.len(),
        "read"
    );
}

/// Tells what came of a resource.
pub(super) fn resource(link: &Link, outcome: &Outcome) {
    let (resource, failure) = (outcome.resource(), outcome.failure());
    info!(
        url = %link.without_user_info(),
        bytes = resource.map(|resource| resource.size),
        digest = resource.map(|resource| tracing::field::display(resource.digest)),
        why = failure.map(|missing| missing.why.code()),
        status = failure.and_then(|missing| missing.status),
        "{}",
        outcome.word()
    );
}

/// Tells which picture stood for the one that was asked for.
pub(super) fn placeholder(link: &Link, name: &str) {
    info!(url = %link.without_user_info(), name, "placeholder");
}
