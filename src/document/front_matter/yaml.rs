//! Which values does this YAML hold, and where does each stand? Home of granit-parser. Pure.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::Scalar;
use crate::document::Span;

/// How deep values may nest. Front matter of real posts nests three or four deep; each level is part of every path.
const NESTING_MAX: usize = 32;

/// How many values are read: no post has that many, and hostile ones would fill the memory with paths.
pub(super) const VALUES_MAX: usize = 10_000;

/// The longest key that is kept as it is; a longer one counts as nameless, as nothing asks for it.
const KEY_BYTES_MAX: usize = 128;

/// The longest value that an alias repeats: long enough for an address, too short to blow up a small file.
const ALIAS_BYTES_MAX: usize = 4096;

/// How YAML writes that there is no value (YAML 1.2 §10.3.2); the parser gives `~` where nothing is written.
const NULLS: &[&str] = &["~", "null", "Null", "NULL"];

/// Why YAML does not parse.
pub(super) struct Flaw {
    /// Counted from 1 within the YAML.
    pub(super) line: usize,
    pub(super) reason: String,
}

/// Returns the scalar values of a YAML mapping; `None` where it is another thing.
pub(super) fn values(yaml: &str) -> Result<Option<Vec<Scalar>>, Flaw> {
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
