//! What do the objects of `--json` have in common? Each names its event; a run begins with `start` and ends with `summary`.

use serde::Serialize;
use serde_json::{Value, json};

use super::output::object;

/// Prints the object of an event: what `value` says, a struct, and the event's name.
pub(super) fn event(name: &str, value: &impl Serialize) {
    object(&named(name, value));
}

/// Prints the object that a run of `command` begins with.
pub(super) fn start(command: &str) {
    object(&json!({"event": "start", "schema": 1, "command": command}));
}

/// Prints the object that a run ends with: what it came to, and how long it took.
pub(super) fn summary(value: &impl Serialize, seconds: f64) {
    let mut json = named("summary", value);
    json["seconds"] = json!((seconds * 1000.0).round() / 1000.0);
    object(&json);
}

fn named(name: &str, value: &impl Serialize) -> Value {
    let mut json = serde_json::to_value(value).expect("what is told has string keys");
    json["event"] = name.into();
    json
}
