//! What does a checkpoint say of the log? A few lines that are signed, in the form of C2SP's tlog-checkpoint. Pure.
//!
//! ```text
//! offprint/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! 1234
//! qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
//! time 2026-11-28T01:07:00Z
//! by kai@example.com
//! ```

mod signed;

use jiff::Timestamp;

use crate::digest::Digest;

pub use signed::{Flaw, Signed};

/// The longest checkpoint that is read: ours have five lines.
pub const CHECKPOINT_BYTES_MAX: u64 = 4 * 1024;

/// The longest name of who signs.
pub const NAME_BYTES_MAX: usize = 255;

/// What the name of a log of ours begins with.
const ORIGIN: &str = "offprint/";

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is of: the root that it had with its first entry.
    pub log: Digest,
    /// How many entries the log had; never none.
    pub entries: u64,
    /// The root that it had then (RFC 9162 §2.1).
    pub root: Digest,
    /// When it was made, as whoever signed says.
    pub time: Timestamp,
    /// Who signed, as that says; `None` where it does not say.
    pub by: Option<String>,
}

/// A text that is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its line {line} is not {expected}")]
pub struct CheckpointError {
    /// Which line, counted from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

impl Checkpoint {
    /// Returns the text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let by = self.by.as_ref().map(|by| format!("by {by}\n"));
        format!(
            "{ORIGIN}{}\n{}\n{}\ntime {}\n{}",
            self.log,
            self.entries,
            self.root.to_base64(),
            self.time,
            by.unwrap_or_default()
        )
    }

    /// Reads a checkpoint. Lines that a later version may add are passed over: they are signed like the rest.
    ///
    /// # Errors
    /// When it is none of a log of Offprint's.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let wrong = |line, expected| CheckpointError { line, expected };
        let text = std::str::from_utf8(bytes).map_err(|_| wrong(1, "text in UTF-8"))?;
        let mut lines = text.split('\n');
        let log = lines.next().and_then(|line| line.strip_prefix(ORIGIN));
        let log = log.and_then(|digits| digits.parse().ok());
        let entries = lines.next().and_then(positive);
        let root = lines.next().and_then(Digest::from_base64);
        let time = lines.next().and_then(|line| line.strip_prefix("time "));
        let time = time.and_then(|time| time.parse().ok());
        let rest: Vec<&str> = lines.collect();
        let by = rest.iter().find_map(|line| line.strip_prefix("by "));
        let checkpoint = Self {
            log: log.ok_or(wrong(1, "the name of a log of Offprint's"))?,
            entries: entries.ok_or(wrong(2, "a number of entries"))?,
            root: root.ok_or(wrong(3, "a root in base64"))?,
            time: time.ok_or(wrong(4, "the time"))?,
            by: by.map(|by| (*by).to_owned()),
        };
        // It ends with a line feed, and an empty line would end what is signed (C2SP, signed-note).
        let (last, more) = rest.split_last().unwrap_or((&"", &[]));
        let is_ended = last.is_empty() && more.iter().all(|line| !line.is_empty());
        if !is_ended || rest.is_empty() || !by.is_none_or(is_name) {
            return Err(wrong(5, "the end, or a line that may follow"));
        }
        Ok(checkpoint)
    }
}

/// Reads a number above zero as it is written, without zeros before it.
fn positive(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

/// Returns whether `name` may stand for who signs: one word, that nothing else can be taken for.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_fit = |letter: char| !letter.is_control() && !letter.is_whitespace() && letter != ',';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.chars().all(is_fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            log: Digest::of(b"log"),
            entries: 1234,
            root: Digest::of(b"root"),
            time: "2026-11-28T01:07:00Z".parse().unwrap(),
            by: Some("凯@example.com".to_owned()),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = checkpoint().to_text();
        let expected = "offprint/99d73f0e6b2bd4a1e6d1b1d3f4ae6a7a";
        assert_eq!(&text[..9], &expected[..9]);
        assert_eq!(text.lines().nth(1), Some("1234"));
        assert_eq!(text.lines().nth(3), Some("time 2026-11-28T01:07:00Z"));
        assert!(text.ends_with("\nby 凯@example.com\n"));
        assert_eq!(Checkpoint::parse(text.as_bytes()), Ok(checkpoint()));
        let nameless = Checkpoint {
            by: None,
            ..checkpoint()
        };
        let text = nameless.to_text();
        assert_eq!(Checkpoint::parse(text.as_bytes()), Ok(nameless));
    }

    #[test]
    fn a_later_version_may_add_lines() {
        let text = checkpoint().to_text() + "witness somebody\n";
        assert_eq!(Checkpoint::parse(text.as_bytes()), Ok(checkpoint()));
    }

    #[track_caller]
    fn check(from: &str, to: &str, line: usize) {
        let text = checkpoint().to_text();
        assert!(text.contains(from), "{from}");
        let error = Checkpoint::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(error.line, line, "{to}: {error}");
    }

    #[test]
    fn whatever_else_is_none() {
        check("offprint/", "example.com/", 1);
        check("offprint/", "offprint/0", 1);
        check("1234", "0", 2);
        check("1234", "01234", 2);
        check("1234", "+1234", 2);
        check("1234", "18446744073709551616", 2);
        check("=\n", "\n", 3);
        check("=\n", "A\n", 3);
        check("time ", "", 4);
        check("2026", "year", 4);
        check("by ", "by two words ", 5);
        check("by ", "\nby ", 5);
        check("com\n", "com", 5);
        assert_eq!(Checkpoint::parse(b"").unwrap_err().line, 1);
        assert_eq!(Checkpoint::parse(b"\xff").unwrap_err().line, 1);
    }
}
