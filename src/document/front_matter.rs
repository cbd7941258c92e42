//! Where does the front matter of a post end, and what does it say? YAML between `---` lines. Home of granit-parser. Pure.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::Span;

/// How deep values may nest. Front matter of real posts nests three or four deep; each level is part of every path.
const NESTING_MAX: usize = 32;

/// How many values are read: no post has that many, and hostile ones would fill the memory with paths.
const VALUES_MAX: usize = 10_000;

/// The longest key that is kept as it is; a longer one counts as nameless, as nothing asks for it.
const KEY_BYTES_MAX: usize = 128;

/// The longest value that an alias repeats: long enough for an address, too short to blow up a small file.
const ALIAS_BYTES_MAX: usize = 4096;

/// How YAML writes that there is no value (YAML 1.2 §10.3.2); the parser gives `~` where nothing is written.
const NULLS: &[&str] = &["~", "null", "Null", "NULL"];

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
    let (entries, flaw) = match values(&unindented_by_tabs(yaml)) {
        Ok(values) => (values?, None),
        Err(_) if !begins_with_key(yaml) => return None,
        Err(flaw) => (Vec::new(), Some(flaw.described(&text[..inner.start]))),
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

/// Why YAML does not parse.
struct Flaw {
    /// Counted from 1 within the YAML.
    line: usize,
    reason: String,
}

impl Flaw {
    fn described(&self, before: &str) -> String {
        let lines_before = before.bytes().filter(|byte| *byte == b'\n').count();
        format!("line {}: {}", lines_before + self.line, self.reason)
    }
}

/// Returns the scalar values of a YAML mapping; `None` where it is another thing.
fn values(yaml: &str) -> Result<Option<Vec<Scalar>>, Flaw> {
    let mut options = Options::default();
    options.flow_nesting_limit = NESTING_MAX;
    options.block_nesting_limit = NESTING_MAX;
    options.set_emit_comments(false);
    let mut reader = Reader::default();
    for event in Parser::new_from_str_with_options(yaml, options) {
        let (event, span) = event.map_err(|error| Flaw {
            line: error.marker().line(),
            reason: error.info(),
        })?;
        let span = span
            .byte_range()
            .map_or(Span { start: 0, end: 0 }, Span::from);
        match event {
            Event::DocumentEnd => break,
            Event::SequenceStart(..) if reader.frames.is_empty() => return Ok(None),
            Event::Scalar(..) if reader.frames.is_empty() && span.start < span.end => {
                return Ok(None);
            }
            event => reader.take(event, span, yaml),
        }
        if reader.entries.len() > VALUES_MAX {
            return Err(Flaw {
                line: 1,
                reason: format!("more than {VALUES_MAX} values"),
            });
        }
    }
    Ok(Some(reader.entries))
}

/// A list or map that is being read.
enum Frame {
    /// A map, with the key whose value comes next.
    Map(Option<String>),
    /// A list, with the number of its next item.
    List(usize),
}

#[derive(Default)]
struct Reader {
    frames: Vec<Frame>,
    entries: Vec<Scalar>,
    /// The entry that an anchor names.
    anchors: HashMap<usize, usize>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: Span, yaml: &str) {
        match event {
            Event::MappingStart(..) => self.frames.push(Frame::Map(None)),
            Event::SequenceStart(..) => self.frames.push(Frame::List(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                self.frames.pop();
                self.advance("");
            }
            Event::Scalar(value, style, anchor, _) => {
                if !self.awaits_key() {
                    self.anchors.insert(anchor, self.entries.len());
                    let span =
                        content(&yaml[span.start..span.end], style, &value).moved(span.start);
                    let is_null = style == ScalarStyle::Plain && NULLS.contains(&&*value);
                    let value = if is_null {
                        String::new()
                    } else {
                        value.clone().into_owned()
                    };
                    self.entries.push(Scalar {
                        path: self.path(),
                        span,
                        value,
                    });
                }
                self.advance(&value);
            }
            Event::Alias(anchor) => {
                self.repeat(anchor);
                self.advance("");
            }
            _ => {}
        }
    }

    /// An alias is a second way to a value; the value stands where its anchor is.
    fn repeat(&mut self, anchor: usize) {
        let named = self.anchors.get(&anchor).map(|entry| &self.entries[*entry]);
        let Some(entry) = named.filter(|entry| entry.value.len() <= ALIAS_BYTES_MAX) else {
            return;
        };
        if !self.awaits_key() {
            self.entries.push(Scalar {
                path: self.path(),
                span: entry.span,
                value: entry.value.clone(),
            });
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Map(None)))
    }

    fn path(&self) -> Vec<String> {
        let step = |frame: &Frame| match frame {
            Frame::Map(key) => key.clone().unwrap_or_default(),
            Frame::List(index) => index.to_string(),
        };
        self.frames.iter().map(step).collect()
    }

    /// A node is complete: it was a key, a value or an item.
    fn advance(&mut self, node: &str) {
        match self.frames.last_mut() {
            Some(Frame::Map(key @ None)) => {
                let name = if node.len() <= KEY_BYTES_MAX {
                    node
                } else {
                    ""
                };
                *key = Some(name.to_owned());
            }
            Some(Frame::Map(key)) => *key = None,
            Some(Frame::List(index)) => *index += 1,
            None => {}
        }
    }
}

/// Returns the part of a scalar as written that a replacement replaces.
fn content(written: &str, style: ScalarStyle, value: &str) -> Span {
    let whole = Span {
        start: 0,
        end: written.len(),
    };
    match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if written.len() >= 2 => Span {
            start: 1,
            end: written.len() - 1,
        },
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let line = value.trim();
            let found = written.find(line).map(|start| Span {
                start,
                end: start + line.len(),
            });
            found.unwrap_or(whole)
        }
        _ => Span {
            start: 0,
            end: written.trim_end().len(),
        },
    }
}

#[cfg(test)]
mod tests;
