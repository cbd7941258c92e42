//! Which addresses does a pattern mean? `*` stands for anything, all else for itself. Pure.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest pattern: longer than any that a person writes, and matching takes its length times the address's.
const GLOB_BYTES_MAX: usize = 1024;

/// A pattern of addresses, or of the paths of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// It has no characters.
    #[error("an empty pattern matches nothing; `*` matches everything")]
    Empty,
    /// It is too long.
    #[error("a pattern has at most {GLOB_BYTES_MAX} bytes")]
    TooLong,
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn parse(text: &str) -> Result<Self, GlobError> {
        match text.len() {
            0 => Err(GlobError::Empty),
            length if length > GLOB_BYTES_MAX => Err(GlobError::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Returns whether all of `text` is what the pattern means. One that begins with `/` is compared with the path of an address
    /// and its query alone.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = if self.0.starts_with('/') {
            path(text)
        } else {
            text
        };
        covers(self.0.as_bytes(), text.as_bytes())
    }
}

/// Returns what follows the host of an address; all of anything else.
fn path(text: &str) -> &str {
    let Some((_, rest)) = text.split_once("://") else {
        return text;
    };
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// Compares byte by byte; after a mismatch the last `*` takes one byte more.
fn covers(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at + 1, read));
                at += 1;
            }
            (Some(byte), _) if *byte == text[read] => {
                at += 1;
                read += 1;
            }
            (_, Some((after, taken))) => {
                star = Some((after, taken + 1));
                at = after;
                read = taken + 1;
            }
            _ => return false,
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Glob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: bool) {
        let glob = Glob::parse(pattern).unwrap();
        assert_eq!(glob.matches(text), expected, "{pattern} {text}");
    }

    #[test]
    fn a_star_stands_for_anything() {
        let url = "https://h.test/blog/2024/a.html?x=1";
        for (pattern, expected) in [
            ("*", true),
            ("https://h.test/blog/*", true),
            ("*/blog/*", true),
            ("*.html", false),
            ("*.html*", true),
            ("/blog/*", true),
            ("/2024/*", false),
            ("/blog/*.html?x=1", true),
            ("/blog/????/*", false),
            ("*2024*a*1", true),
            ("*2024*b*1", false),
            ("h.test", false),
        ] {
            check(pattern, url, expected);
        }
        check("/", "https://h.test", true);
        check("posts/*.md", "posts/a/b.md", true);
        check("/a*", "/a/b.md", true);
        check("**一*", "https://h.test/一二", true);
        assert!(Glob::parse("").is_err() && Glob::parse(&"x".repeat(1025)).is_err());
    }

    #[test]
    fn a_hostile_pattern_takes_no_longer_than_it_is_long() {
        check(&"*a".repeat(500), &"a".repeat(20_000), true);
        check(
            &format!("{}b", "*a".repeat(500)),
            &"a".repeat(20_000),
            false,
        );
    }
}
