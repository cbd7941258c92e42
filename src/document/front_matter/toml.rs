//! Which values does this TOML hold, and where does each stand? Home of `toml_parser`. Pure.

use std::collections::HashMap;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span as Place};

use super::entries::{Builder, Flaw, NESTING_MAX, Values, only_line};
use crate::document::Span;

/// Returns the scalar values of a TOML document. The parser goes on after what is wrong.
pub(super) fn values(toml: &str) -> Values {
    let source = Source::new(toml);
    let tokens = source.lex().into_vec();
    let mut reader = Reader {
        source,
        builder: Builder::default(),
        dotted: vec![0],
        in_key: false,
        header: None,
        items: HashMap::new(),
    };
    reader.builder.begin_under(&[]);
    let mut error: Option<ParseError> = None;
    let nesting_max = u32::try_from(NESTING_MAX).unwrap_or(u32::MAX);
    let mut guard = RecursionGuard::new(&mut reader, nesting_max);
    parse_document(&tokens, &mut guard, &mut error);
    let flaw = error.map(|error| {
        let place = error.unexpected().or(error.context());
        let offset = place.map_or(0, |place| place.start());
        Flaw::at(offset, toml, error.description())
    });
    reader.builder.finish(toml, flaw)
}

struct Reader<'a> {
    source: Source<'a>,
    builder: Builder,
    /// For each open table, array and inline table, how many maps the dots of its current key opened.
    dotted: Vec<usize>,
    /// Whether a key has begun whose value has not.
    in_key: bool,
    /// The keys of the table header that is being read.
    header: Option<Vec<String>>,
    /// How many tables the arrays of tables have, by their path.
    items: HashMap<Vec<String>, usize>,
}

impl Reader<'_> {
    fn raw(&self, place: Place, encoding: Option<Encoding>) -> Option<Raw<'_>> {
        let text = self.source.input().get(place.start()..place.end())?;
        Some(Raw::new_unchecked(text, encoding, place))
    }

    /// A header may lead through arrays of tables: into the last table of each.
    fn begin_table(&mut self, is_item: bool) {
        let header = self.header.take().unwrap_or_default();
        let mut path: Vec<String> = Vec::new();
        let last = header.len().saturating_sub(1);
        for (index, key) in header.into_iter().take(NESTING_MAX).enumerate() {
            path.push(key);
            if is_item && index == last {
                *self.items.entry(path.clone()).or_default() += 1;
            }
            if let Some(count) = self.items.get(&path) {
                path.push((count - 1).to_string());
            }
        }
        self.builder.begin_under(&path);
        self.dotted = vec![0];
        self.in_key = false;
    }

    fn open(&mut self) {
        self.in_key = false;
        self.dotted.push(0);
    }

    fn close(&mut self) {
        self.dotted.pop();
        self.builder.close();
        self.end_value();
    }

    /// Closes the maps that the dots of a key opened around its value.
    fn end_value(&mut self) {
        let dots = self.dotted.last_mut().map(std::mem::take);
        for _ in 0..dots.unwrap_or_default() {
            self.builder.close();
        }
    }
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, _: Place, _: &mut dyn ErrorSink) {
        self.header = Some(Vec::new());
    }

    fn std_table_close(&mut self, _: Place, _: &mut dyn ErrorSink) {
        self.begin_table(false);
    }

    fn array_table_open(&mut self, _: Place, _: &mut dyn ErrorSink) {
        self.header = Some(Vec::new());
    }

    fn array_table_close(&mut self, _: Place, _: &mut dyn ErrorSink) {
        self.begin_table(true);
    }

    fn inline_table_open(&mut self, _: Place, _: &mut dyn ErrorSink) -> bool {
        self.open();
        self.builder.open_map();
        true
    }

    fn inline_table_close(&mut self, _: Place, _: &mut dyn ErrorSink) {
        self.close();
    }

    fn array_open(&mut self, _: Place, _: &mut dyn ErrorSink) -> bool {
        self.open();
        self.builder.open_list();
        true
    }

    fn array_close(&mut self, _: Place, _: &mut dyn ErrorSink) {
        self.close();
    }

    fn simple_key(&mut self, place: Place, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut key = String::new();
        if let Some(raw) = self.raw(place, encoding) {
            raw.decode_key(&mut key, error);
        }
        if let Some(header) = &mut self.header {
            header.push(key);
            return;
        }
        if self.in_key && self.builder.depth() < NESTING_MAX {
            self.builder.open_map();
            if let Some(dots) = self.dotted.last_mut() {
                *dots += 1;
            }
        }
        if self.builder.awaits_key() {
            self.builder.pass(&key);
        }
        self.in_key = true;
    }

    fn scalar(&mut self, place: Place, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.in_key = false;
        let mut value = String::new();
        let Some(raw) = self.raw(place, encoding) else {
            return;
        };
        // A date or a number is kept as it is written.
        let _kind = raw.decode_scalar(&mut value, error);
        let written = raw.as_str();
        let span = content(written, encoding, &value).moved(place.start());
        if encoding.is_none() {
            written.clone_into(&mut value);
        }
        self.builder.value(span, value);
        self.end_value();
    }
}

/// Returns the part of a scalar as written that a replacement replaces: what stands in its quotes.
fn content(written: &str, encoding: Option<Encoding>, value: &str) -> Span {
    let quotes = match encoding {
        None => return Span::from(0..written.len()),
        Some(Encoding::BasicString | Encoding::LiteralString) => 1,
        Some(Encoding::MlBasicString | Encoding::MlLiteralString) => 3,
    };
    let end = written.len().saturating_sub(quotes).max(quotes);
    let inner = written.get(quotes..end).unwrap_or_default();
    let span = if quotes == 1 {
        Span::from(0..inner.len())
    } else {
        only_line(inner, value)
    };
    span.moved(quotes)
}
