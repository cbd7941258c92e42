//! How is an error said in one line? With its causes, each after the one that it led to. Pure.

use std::error::Error;

/// Returns an error with its causes.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words = format!("{words}: {source}");
        cause = source.source();
    }
    words
}
