//! Where does the front matter of a post end, and what does it say? YAML, TOML and JSON, each value with its place. Pure.

mod entries;
mod fences;
mod json;
mod toml;
mod yaml;

use std::ops::Range;

use super::Span;
use entries::{Flaw, Values};
use fences::{Fence, Found};

pub use fences::Language;

/// The front matter of a post. All spans are offsets in the text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    /// What it is written in.
    pub language: Language,
    /// Everything from the opening fence to the end of the closing one's line.
    pub span: Span,
    /// Where the body begins: right after the closing fence's line.
    pub body_start: usize,
    /// Every scalar value in order.
    pub entries: Vec<Scalar>,
    /// The first thing that is not right, as `line N: reason`, the line being the file's. Values may be missing.
    pub flaw: Option<String>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The keys that lead to it; an item of a list is counted from 0.
    pub path: Vec<String>,
    /// The text that a replacement replaces: inside the quotes.
    pub span: Span,
    /// What it means, escapes resolved; empty for null. Dates and numbers are as they are written.
    pub value: String,
}

/// Reads the front matter of a post: a byte order mark and blank lines may come before it, as Hexo and Hugo have it.
///
/// `None` where there is none: no fences, or what stands between them are no keys and values but prose between two
/// thematic breaks.
#[must_use]
pub fn read(text: &str) -> Option<FrontMatter> {
    let found = fences::find(text)?;
    let inner = &text[found.inner.clone()];
    let Values { entries, flaw } = match found.fence {
        Fence::Unclosed => unclosed(inner, found.language)?,
        _ => values(inner, found.language)?,
    };
    if !is_meant(&found, inner, flaw.as_ref()) {
        return None;
    }
    let entries = entries
        .into_iter()
        .map(|entry| Scalar {
            span: entry.span.moved(found.inner.start),
            ..entry
        })
        .collect();
    Some(FrontMatter {
        language: found.language,
        span: found.span,
        body_start: body_after(&found, inner, flaw.as_ref()),
        entries,
        flaw: flaw.map(|flaw| described(&flaw, &text[..found.inner.start])),
    })
}

/// Returns where the Markdown of a post begins: after its front matter, else after its byte order mark.
#[must_use]
pub fn body_start(text: &str, front_matter: Option<&FrontMatter>) -> usize {
    let mark = text.len() - text.trim_start_matches('\u{FEFF}').len();
    front_matter.map_or(mark, |front_matter| front_matter.body_start)
}

impl FrontMatter {
    /// Returns the values under `key`, which leads there from the top: the value itself, or those of its list or map.
    pub fn under(&self, key: &[&str]) -> impl Iterator<Item = &Scalar> + use<'_> {
        let key: Vec<String> = key.iter().map(|step| (*step).to_owned()).collect();
        self.entries
            .iter()
            .filter(move |entry| entry.path.starts_with(&key))
    }
}

fn values(inner: &str, language: Language) -> Option<Values> {
    match language {
        Language::Yaml => yaml::values(inner),
        Language::Toml => Some(self::toml::values(inner)),
        Language::Json => Some(json::values(inner)),
        Language::JsonMembers => Some(json::members(inner)),
    }
}

/// What a fence without an end was meant for, if it was one at all and no thematic break.
fn unclosed(inner: &str, language: Language) -> Option<Values> {
    let (_, line) = lines(inner).next()?;
    let (is_meant, end) = match language {
        Language::Yaml => (is_yaml_key_line(line), "---"),
        Language::Toml => (begins_with_toml(inner), "+++"),
        Language::JsonMembers => (line.starts_with('"'), ";;;"),
        Language::Json => (true, "}"),
    };
    let flaw = Flaw {
        line: usize::from(language == Language::Json),
        reason: format!("it has no end, no `{end}`, and is read as text"),
    };
    is_meant.then_some(Values {
        entries: Vec::new(),
        flaw: Some(flaw),
    })
}

/// Whether text that may be front matter is meant as such. What has a flaw must begin like it; what has no opening fence
/// must have none, and none of Markdown's images either.
fn is_meant(found: &Found, inner: &str, flaw: Option<&Flaw>) -> bool {
    match (found.fence, found.language) {
        (Fence::Unopened, _) => flaw.is_none() && !inner.contains("![") && !inner.contains("<img"),
        (Fence::Unclosed, _) => true,
        (Fence::Closed, _) if flaw.is_none() => true,
        (Fence::Closed, Language::Yaml) => begins_with_key(inner),
        (Fence::Closed, Language::Toml) => begins_with_toml(inner),
        (Fence::Closed, Language::Json | Language::JsonMembers) => {
            inner.trim_start().starts_with(['"', '{'])
        }
    }
}

/// Where the body begins. Where a fence was forgotten, front matter seems to reach into the text: images there count.
fn body_after(found: &Found, inner: &str, flaw: Option<&Flaw>) -> usize {
    let is_flawed_yaml =
        flaw.is_some() && found.language == Language::Yaml && found.fence == Fence::Closed;
    let forgotten = is_flawed_yaml
        .then(|| yaml::body_in_flawed(inner))
        .flatten();
    forgotten.map_or(found.span.end, |start| found.inner.start + start)
}

/// The flaw with its line in the whole file, of which `before` comes before the front matter.
fn described(flaw: &Flaw, before: &str) -> String {
    let lines_before = before.bytes().filter(|byte| *byte == b'\n').count();
    format!("line {}: {}", lines_before + flaw.line, flaw.reason)
}

/// The lines of `text` with their place; without trailing white space.
fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let place = start..start + line.len();
        start = place.end;
        (place, line.trim_end_matches([' ', '\t', '\r', '\n']))
    })
}

/// Whether broken YAML was meant as such: its first line of content has a key.
fn begins_with_key(yaml: &str) -> bool {
    let mut content = lines(yaml)
        .map(|(_, line)| line)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    content.next().is_some_and(|line| {
        line.ends_with(':') || line.contains(": ") || line.starts_with(['{', '%', '?'])
    })
}

/// Whether broken TOML was meant as such: its first line of content has a key or is the header of a table.
fn begins_with_toml(toml: &str) -> bool {
    let mut content = lines(toml)
        .map(|(_, line)| line)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    content
        .next()
        .is_some_and(|line| line.contains('=') || line.starts_with('['))
}

/// Whether a line begins with a key of YAML, quoted or not, and nothing else that a line of prose may begin with.
fn is_yaml_key_line(line: &str) -> bool {
    let is_part =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
    let is_first = |first: char| first.is_alphanumeric() || first == '_';
    let after = if let Some(quoted) = line.strip_prefix('"') {
        quoted.split_once('"').map(|(_, after)| after)
    } else {
        line.starts_with(is_first)
            .then(|| line.trim_start_matches(is_part))
    };
    let value = after.and_then(|after| after.trim_start().strip_prefix(':'));
    value.is_some_and(|value| value.is_empty() || value.starts_with([' ', '\t', '"', '[', '{']))
}

#[cfg(test)]
mod tests;
