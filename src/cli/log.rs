//! What is told to somebody who wants to know more? Events of our own code become lines on stderr. Home of
//! tracing-subscriber.
//!
//! Of our own code alone: what the crates below us say is not ours to keep free of secrets.

use std::fmt::{self, Write as _};
use std::time::Instant;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use super::output::{self, Output, Style, plain};
use super::progress::Progress;
use super::record::Record;

/// The name that the events of our own code begin with.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// Begins to write what happens, as much of it as was asked for, above the bar if there is one. Where nothing is wanted,
/// nothing is set up; what is not wanted costs a look at one number.
pub(super) fn begin(output: Output, progress: Option<&Progress>) {
    let level = output.log_level();
    if level == LevelFilter::OFF {
        return;
    }
    let lines = Lines {
        output,
        progress: progress.cloned(),
        begun: Instant::now(),
    };
    let ours = Targets::new().with_target(OURS, level);
    let subscriber = tracing_subscriber::registry().with(lines).with(ours);
    // A process runs one command, so nobody has been here before.
    tracing::subscriber::set_global_default(subscriber).ok();
}

/// Writes each event as a line: seconds since the beginning, level, room, what happened, and its particulars.
struct Lines {
    output: Output,
    progress: Option<Progress>,
    begun: Instant,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if self.output.is_records() {
            return record(event);
        }
        let mut words = Words::default();
        event.record(&mut words);
        let line = self.line(event.metadata(), &words);
        match &self.progress {
            Some(progress) => progress.aside(|| self.output.say(line)),
            None => self.output.say(line),
        }
    }
}

impl Lines {
    fn line(&self, event: &Metadata<'_>, words: &Words) -> String {
        let (style, level) = match *event.level() {
            Level::ERROR => (Style::Bad, "error"),
            Level::WARN => (Style::Warn, "warn "),
            Level::INFO => (Style::Good, "info "),
            Level::DEBUG => (Style::Faint, "debug"),
            Level::TRACE => (Style::Faint, "trace"),
        };
        format!(
            "{:9.3} {} {}: {}{}",
            self.begun.elapsed().as_secs_f64(),
            self.output.paint(style, level),
            room(event.target()),
            plain(&words.message),
            plain(&words.particulars)
        )
    }
}

/// Writes an event for a machine; there is no bar then.
fn record(event: &Event<'_>) {
    let mut members = Members::default();
    event.record(&mut members);
    let metadata = event.metadata();
    let level = metadata.level().as_str().to_ascii_lowercase();
    let record = Record::new(&level, room(metadata.target()), &members.message);
    output::record(&record.with(members.fields));
}

/// Returns the room of a module: `fetch` of `offprint::fetch::client`.
fn room(target: &str) -> &str {
    target.split("::").nth(1).unwrap_or(target)
}

/// What an event says.
#[derive(Debug, Default)]
struct Words {
    message: String,
    /// ` name=value` each.
    particulars: String,
}

impl Words {
    fn put(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
            return;
        }
        let is_bare = !value.is_empty() && !value.contains([' ', '"']);
        // Writing into a text never fails.
        let _written = if is_bare {
            write!(self.particulars, " {}={value}", field.name())
        } else {
            write!(self.particulars, " {}={value:?}", field.name())
        };
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

/// What an event says, for a machine: numbers stay numbers.
#[derive(Debug, Default)]
struct Members {
    message: String,
    fields: Map<String, Value>,
}

impl Members {
    fn put(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message.push_str(&text),
            (name, value) => {
                self.fields.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Members {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}
