//! What did a run of the program say, and what in it is the same in every run?

use std::process::{Child, Output};

use serde_json::Value;

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        }
    }

    /// Waits for a run that was started.
    pub(crate) fn end(child: Child) -> Self {
        Self::of(child.wait_with_output().unwrap())
    }

    /// Returns the JSON objects on stdout.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{self:#?}")))
            .collect()
    }

    /// Checks all of the output, with what differs from run to run written as [`steady`] does.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (
                self.code,
                steady(&self.stdout).as_str(),
                steady(&self.stderr).as_str()
            ),
            (Some(code), stdout, stderr),
            "{self:#?}"
        );
    }

    /// Checks the exit code, and that stderr has every one of `parts`.
    #[track_caller]
    pub(crate) fn expect_code(&self, code: i32, parts: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {self:#?}");
        }
        self
    }
}

/// Returns the objects of an event.
pub(crate) fn events<'a>(objects: &'a [Value], event: &str) -> Vec<&'a Value> {
    objects
        .iter()
        .filter(|object| object["event"] == event)
        .collect()
}

/// Returns the text with seconds, dates, times and digests of snapshots written as `S`, `DATE`, `CLOCK` and
/// `TIME-DIGEST.json`.
pub(crate) fn steady(text: &str) -> String {
    let mut before = "";
    let words = text.split_inclusive([' ', '\n', '"', ',', '/']);
    words
        .map(|word| steady_word(std::mem::replace(&mut before, word), word))
        .collect()
}

fn steady_word(before: &str, word: &str) -> String {
    let end = word.len() - word.trim_end_matches([' ', '\n', '"', ',', '/']).len();
    let (core, tail) = word.split_at(word.len() - end);
    let shape: String = core
        .chars()
        .map(|it| if it.is_ascii_digit() { '0' } else { it })
        .collect();
    let is_snapshot = shape.starts_with("00000000T000000Z-") && core.ends_with("json");
    let name = match shape.as_str() {
        "0.0" if before == "in " => "S",
        "0000-00-00" => "DATE",
        "00:00:00" => "CLOCK",
        _ if is_snapshot => "TIME-DIGEST.json",
        _ => core,
    };
    format!("{name}{tail}")
}
