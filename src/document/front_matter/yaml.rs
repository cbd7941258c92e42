//! Which values does this YAML hold, and where does each stand? Home of granit-parser. Pure.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::entries::{Builder, Flaw, NESTING_MAX, VALUES_MAX, Values, only_line};
use super::{is_yaml_key_line, lines};
use crate::document::Span;

/// The longest value that an alias repeats: long enough for an address, too short to blow up a small file.
const ALIAS_BYTES_MAX: usize = 4096;

/// How YAML writes that there is no value (YAML 1.2 §10.3.2); the parser gives `~` where nothing is written.
const NULLS: &[&str] = &["~", "null", "Null", "NULL"];

/// Returns the scalar values of a YAML mapping; `None` where it is another thing.
///
/// Where it does not parse as a whole, each top-level key is read by itself, so that a line that is wrong costs no other
/// line's values.
pub(super) fn values(yaml: &str) -> Option<Values> {
    let spaced = unindented_by_tabs(yaml);
    let mut builder = Builder::default();
    match read(&spaced, 0, &mut builder) {
        Ok(Shape::Other) => None,
        Ok(Shape::Map) => Some(builder.finish(yaml, None)),
        Err(flaw) => {
            let mut builder = Builder::default();
            for part in parts(&spaced) {
                let mut of_part = Builder::default();
                if read(&spaced[part.clone()], part.start, &mut of_part).is_ok() {
                    builder.append(of_part);
                }
            }
            Some(builder.finish(yaml, Some(flaw)))
        }
    }
}

/// What only the text of a post holds: images of Markdown and HTML, and the fences of code.
const BODY_MARKS: &[&str] = &["![", "<img", "```", "~~~"];

/// Returns where the first top-level key stands that does not parse by itself and holds what only a text does: a post
/// whose fence was forgotten, and its text.
pub(super) fn body_in_flawed(yaml: &str) -> Option<usize> {
    let spaced = unindented_by_tabs(yaml);
    let is_body = |part: &Range<usize>| {
        let text = &spaced[part.clone()];
        BODY_MARKS.iter().any(|mark| text.contains(mark))
            && read(text, 0, &mut Builder::default()).is_err()
    };
    parts(&spaced)
        .into_iter()
        .find(is_body)
        .map(|part| part.start)
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

/// The parts of `yaml` that begin with a key at the start of a line.
fn parts(yaml: &str) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (place, line) in lines(yaml) {
        match parts.last_mut() {
            Some(part) if !is_yaml_key_line(line) => part.end = place.end,
            _ => parts.push(place),
        }
    }
    parts
}

/// What the YAML is as a whole.
enum Shape {
    Map,
    Other,
}

/// Reads the values of `yaml`, which stands at `offset`, into `builder`.
fn read(yaml: &str, offset: usize, builder: &mut Builder) -> Result<Shape, Flaw> {
    let mut options = Options::default();
    options.flow_nesting_limit = NESTING_MAX;
    options.block_nesting_limit = NESTING_MAX;
    options.set_emit_comments(false);
    let mut reader = Reader {
        yaml,
        offset,
        builder,
        anchors: HashMap::new(),
        anchored: Vec::new(),
    };
    for event in Parser::new_from_str_with_options(yaml, options) {
        let (event, span) = event.map_err(|error| Flaw {
            line: error.marker().line(),
            reason: error.info(),
        })?;
        let span = span
            .byte_range()
            .map_or(Span { start: 0, end: 0 }, Span::from);
        let is_outside = reader.builder.is_outside();
        match event {
            Event::DocumentEnd => break,
            Event::SequenceStart(..) if is_outside => return Ok(Shape::Other),
            Event::Scalar(..) if is_outside && span.start < span.end => return Ok(Shape::Other),
            event => reader.take(event, span),
        }
    }
    Ok(Shape::Map)
}

/// What an anchor names: the values from one to before another, and how deep it stands.
#[derive(Clone, Copy)]
struct Anchored {
    first: usize,
    /// One after the last; none while the node is still open.
    end: Option<usize>,
    depth: usize,
}

struct Reader<'a> {
    yaml: &'a str,
    offset: usize,
    builder: &'a mut Builder,
    /// What the anchors name that have been seen.
    anchors: HashMap<usize, Anchored>,
    /// The anchors of the maps and lists that are open.
    anchored: Vec<usize>,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::MappingStart(_, anchor, ..) => {
                self.begin(anchor);
                self.builder.open_map();
            }
            Event::SequenceStart(_, anchor, ..) => {
                self.begin(anchor);
                self.builder.open_list();
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(anchor) = self.anchored.pop() {
                    self.end(anchor);
                }
                self.builder.close();
            }
            Event::Scalar(value, ..) if self.builder.awaits_key() => self.builder.pass(&value),
            Event::Scalar(value, style, anchor, _) => {
                self.name(anchor);
                self.scalar(span, style, value);
                self.end(anchor);
            }
            Event::Alias(anchor) => {
                if !self.builder.awaits_key() {
                    self.repeat(anchor);
                }
                self.builder.pass("");
            }
            _ => {}
        }
    }

    fn scalar(&mut self, span: Span, style: ScalarStyle, value: Cow<'_, str>) {
        let written = &self.yaml[span.start..span.end];
        let place = content(written, style, &value).moved(span.start + self.offset);
        let is_null = style == ScalarStyle::Plain && NULLS.contains(&&*value);
        let value = if is_null {
            String::new()
        } else {
            value.into_owned()
        };
        self.builder.value(place, value);
    }

    fn begin(&mut self, anchor: usize) {
        self.name(anchor);
        self.anchored.push(anchor);
    }

    fn name(&mut self, anchor: usize) {
        let anchored = Anchored {
            first: self.builder.count(),
            end: None,
            depth: self.builder.depth(),
        };
        self.anchors.insert(anchor, anchored);
    }

    fn end(&mut self, anchor: usize) {
        let count = self.builder.count();
        if let Some(anchored) = self.anchors.get_mut(&anchor) {
            anchored.end = Some(count);
        }
    }

    /// An alias is a second way to values; they stand where their anchor is. One within its own anchor says nothing, and
    /// aliases of aliases end with the number of values.
    fn repeat(&mut self, anchor: usize) {
        let Some(&Anchored {
            first,
            end: Some(end),
            depth,
        }) = self.anchors.get(&anchor)
        else {
            return;
        };
        for index in first..end {
            if self.builder.count() >= VALUES_MAX {
                return;
            }
            let entry = self.builder.entry(index).cloned();
            if let Some(entry) = entry.filter(|entry| entry.value.len() <= ALIAS_BYTES_MAX) {
                let beneath = entry.path.get(depth..).unwrap_or_default();
                if self.builder.depth() + beneath.len() <= NESTING_MAX {
                    self.builder.add(entry.span, entry.value, beneath);
                }
            }
        }
    }
}

/// Returns the part of a scalar as written that a replacement replaces.
fn content(written: &str, style: ScalarStyle, value: &str) -> Span {
    match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if written.len() >= 2 => Span {
            start: 1,
            end: written.len() - 1,
        },
        ScalarStyle::Literal | ScalarStyle::Folded => only_line(written, value),
        _ => Span {
            start: 0,
            end: written.trim_end().len(),
        },
    }
}
