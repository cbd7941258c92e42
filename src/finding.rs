//! What is wrong with the archive, how bad is it, and what is to be done? Never an error: a result. Pure.

mod code;
mod hint;
mod report;

use serde::Serialize;

pub use code::{Code, Severity};
pub use report::{LogSeen, Report, RoundSeen, SignedTo};

/// One thing that `verify` saw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Which kind of thing it is; stable for ever.
    pub code: Code,
    /// The file, relative to the archive.
    pub path: String,
    /// The ID of the article that is affected; several are several findings.
    pub article: Option<String>,
    /// What was seen, in words.
    pub message: String,
}
