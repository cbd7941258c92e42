//! Where does front matter begin and end, and in which language is it? The rules of Hexo, Jekyll and Hugo. Pure.
//!
//! All three end it at the first line that may be its end, whatever that line is a part of. Hexo takes it without an
//! opening fence too, JSON between `;;;` without its braces; Hugo takes TOML between `+++`, and a JSON object.

use std::ops::Range;

use super::{is_yaml_key_line, json, lines};
use crate::document::Span;

/// The language that front matter is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// YAML, as all three read it.
    Yaml,
    /// TOML, as Hugo reads it.
    Toml,
    /// A JSON object, as Hugo reads it.
    Json,
    /// The members of a JSON object without its braces, as Hexo reads them.
    JsonMembers,
}

impl Language {
    /// Returns its name: `yaml`, `toml` or `json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Toml => "toml",
            Self::Json | Self::JsonMembers => "json",
        }
    }
}

/// How front matter is set apart from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence {
    /// It has a beginning and an end.
    Closed,
    /// It begins with the file.
    Unopened,
    /// It never ends.
    Unclosed,
}

/// A piece of text that may be front matter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) language: Language,
    pub(super) fence: Fence,
    /// From its first fence to the end of the last one's line; empty where there is no end.
    pub(super) span: Span,
    /// What stands between the fences.
    pub(super) inner: Range<usize>,
}

/// Returns what may be the front matter of `text`. A byte order mark and blank lines may come before it.
pub(super) fn find(text: &str) -> Option<Found> {
    let is_content = |line: &str| !line.trim_start_matches('\u{FEFF}').is_empty();
    let (place, whole) = lines(text).find(|(_, line)| is_content(line))?;
    let line = whole.trim_start_matches('\u{FEFF}');
    let start = place.start + (whole.len() - line.len());
    if line.starts_with('{') {
        return object(text, start);
    }
    match language(line) {
        Some(language) => Some(fenced(text, start..place.end, line, language)),
        None => unopened(text, start, line),
    }
}

/// Returns the language that a line begins or ends, if it is a fence.
fn language(line: &str) -> Option<Language> {
    let is_all = |mark: char| line.len() >= 3 && line.chars().all(|character| character == mark);
    if is_all('-') {
        Some(Language::Yaml)
    } else if is_all(';') {
        Some(Language::JsonMembers)
    } else {
        (line == "+++").then_some(Language::Toml)
    }
}

fn fenced(text: &str, opening: Range<usize>, fence: &str, language: Language) -> Found {
    // Jekyll ends front matter also with YAML's own mark.
    let closes = |line: &str| line == fence || (line == "..." && fence == "---");
    let closing = lines(&text[opening.end..]).find(|(_, line)| closes(line));
    match closing {
        Some((closing, _)) => Found {
            language,
            fence: Fence::Closed,
            span: Span::from(opening.start..opening.end + closing.end),
            inner: opening.end..opening.end + closing.start,
        },
        None => Found {
            language,
            fence: Fence::Unclosed,
            span: Span::from(opening.start..opening.start),
            inner: opening.end..text.len(),
        },
    }
}

/// Hugo's JSON. A brace at the start of a post may be anything else too, such as `{% raw %}`: in JSON a key follows.
fn object(text: &str, start: usize) -> Option<Found> {
    let after = text[start + 1..].trim_ascii_start();
    if !after.starts_with(['"', '}']) {
        return None;
    }
    let end = json::object_end(&text[start..]).map(|length| start + length);
    let (fence, end) = match end {
        Some(end) => (Fence::Closed, end),
        None => (Fence::Unclosed, text.len()),
    };
    let rest = &text[end..];
    let line_end = rest.len() - rest.trim_start_matches('\r').len();
    let line_end = line_end + usize::from(rest[line_end..].starts_with('\n'));
    Some(Found {
        language: Language::Json,
        fence,
        span: match fence {
            Fence::Unclosed => Span::from(start..start),
            _ => Span::from(start..end + line_end),
        },
        inner: start..end,
    })
}

/// Hexo's form without an opening fence. `first`, its first line, must be a key, as prose seldom begins so.
fn unopened(text: &str, start: usize, first: &str) -> Option<Found> {
    if !is_yaml_key_line(first) {
        return None;
    }
    let mut lines = lines(&text[start..]);
    let (closing, language) = lines.find_map(|(place, line)| Some((place, language(line)?)))?;
    let fits = match language {
        Language::JsonMembers => first.starts_with('"'),
        _ => language == Language::Yaml,
    };
    fits.then(|| Found {
        language,
        fence: Fence::Unopened,
        span: Span::from(start..start + closing.end),
        inner: start..start + closing.start,
    })
}
