//! What does a line on stderr look like for a machine? One JSON object, the same for words, logs and errors (`docs/json.md`).

use serde::Serialize;
use serde_json::{Map, Value};

use super::now;
use super::output::plain;

/// Who speaks where it is no room of its own.
pub(super) const CLI: &str = "cli";

/// A line on stderr.
#[derive(Debug, Serialize)]
pub(super) struct Record<'a> {
    time: String,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    level: &'a str,
    room: &'a str,
    message: &'a str,
    /// The particulars of what happened.
    #[serde(skip_serializing_if = "Map::is_empty")]
    fields: Map<String, Value>,
    /// Why an error came to be, cause by cause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// Returns a line that says this now.
    pub(super) fn new(level: &'a str, room: &'a str, message: &'a str) -> Self {
        Self {
            // With milliseconds always, so that texts of times have the order of times.
            time: now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            level,
            room,
            message,
            fields: Map::new(),
            causes: Vec::new(),
            hint: None,
        }
    }

    /// Adds particulars.
    pub(super) fn with(self, fields: Map<String, Value>) -> Self {
        Self { fields, ..self }
    }

    /// Adds why, and what now.
    pub(super) fn because(self, causes: Vec<String>, hint: Option<&'a str>) -> Self {
        Self {
            causes,
            hint,
            ..self
        }
    }

    /// Returns it as one line, which does a terminal no harm.
    pub(super) fn line(&self) -> String {
        let line = serde_json::to_string(self).expect("a record has string keys");
        plain(&line)
    }
}
