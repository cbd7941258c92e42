//! Where does the front matter of a post end, and what does it say? YAML between `---` lines. Pure.

mod yaml;

use std::borrow::Cow;
use std::ops::Range;

use super::Span;
use yaml::Flaw;

/// The front matter of a post. All spans are offsets in the text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    /// Everything from the opening fence to the end of the closing one's line.
    pub span: Span,
    /// Where the body begins: right after the closing fence's line.
    pub body_start: usize,
    /// Every scalar value in order; none where the YAML does not parse.
    pub entries: Vec<Scalar>,
    /// Why the YAML does not parse, as `line N: reason`, the line being the file's.
    pub flaw: Option<String>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The keys that lead to it; an item of a list is counted from 0.
    pub path: Vec<String>,
    /// The text that a replacement replaces: inside the quotes.
    pub span: Span,
    /// What it means, escapes resolved; empty for null.
    pub value: String,
}

/// Reads the front matter of a post: a byte order mark and blank lines may come before it, as Hexo has it.
///
/// `None` where there is none: no pair of fences, or what stands between them are no keys and values but prose between
/// two thematic breaks.
#[must_use]
pub fn read(text: &str) -> Option<FrontMatter> {
    let (span, inner) = fences(text)?;
    let yaml = &text[inner.clone()];
    let (entries, flaw) = match yaml::values(&unindented_by_tabs(yaml)) {
        Ok(values) => (values?, None),
        Err(_) if !begins_with_key(yaml) => return None,
        Err(flaw) => (Vec::new(), Some(described(&flaw, &text[..inner.start]))),
    };
    let entries = entries
        .into_iter()
        .map(|entry| Scalar {
            span: entry.span.moved(inner.start),
            ..entry
        })
        .collect();
    Some(FrontMatter {
        span,
        body_start: span.end,
        entries,
        flaw,
    })
}

/// Returns where the Markdown of a post begins: after its front matter, else after its byte order mark.
#[must_use]
pub fn body_start(text: &str, front_matter: Option<&FrontMatter>) -> usize {
    let mark = text.len() - text.trim_start_matches('\u{FEFF}').len();
    front_matter.map_or(mark, |front_matter| front_matter.body_start)
}

impl FrontMatter {
    /// Returns the value of a top-level key, or the first item of a list there.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let is_asked = |entry: &&Scalar| match entry.path.as_slice() {
            [only] => only == key,
            [first, item] => first == key && item == "0",
            _ => false,
        };
        self.entries
            .iter()
            .find(is_asked)
            .map(|entry| entry.value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// The flaw with its line in the whole file, of which `before` comes before the YAML.
fn described(flaw: &Flaw, before: &str) -> String {
    let lines_before = before.bytes().filter(|byte| *byte == b'\n').count();
    format!("line {}: {}", lines_before + flaw.line, flaw.reason)
}

/// Returns the front matter with its fences, and what stands between them.
fn fences(text: &str) -> Option<(Span, Range<usize>)> {
    let mut lines =
        lines(text).skip_while(|(_, line)| line.trim_start_matches('\u{FEFF}').is_empty());
    let (opening, line) = lines.next()?;
    let fence = line.trim_start_matches('\u{FEFF}');
    if fence.len() < 3 || fence.bytes().any(|byte| byte != b'-') {
        return None;
    }
    // Jekyll ends front matter also with YAML's own mark.
    let closes = |line: &str| line == fence || (line == "..." && fence == "---");
    let (closing, _) = lines.find(|(_, line)| closes(line))?;
    let start = opening.start + (line.len() - fence.len());
    Some((
        Span {
            start,
            end: closing.end,
        },
        opening.end..closing.start,
    ))
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

/// Hexo takes tabs for indentation, YAML does not. One space for a tab keeps every offset.
fn unindented_by_tabs(yaml: &str) -> Cow<'_, str> {
    if !yaml.contains('\t') {
        return Cow::Borrowed(yaml);
    }
    let spaced = yaml.split_inclusive('\n').flat_map(|line| {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        [
            Cow::Owned(" ".repeat(indent)),
            Cow::Borrowed(&line[indent..]),
        ]
    });
    Cow::Owned(spaced.collect())
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

#[cfg(test)]
mod tests;
