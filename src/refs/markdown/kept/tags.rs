//! Where do the tags of generators stand, and what do they say? `{% name … %}`, `{{< name … >}}`, `{{% name … %}}`. Pure.

use std::ops::Range;

/// How tags begin and end; the longer beginning first.
const MARKS: &[(&str, &str)] = &[("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}")];

/// A tag.
#[derive(Debug)]
pub(super) struct Tag<'t> {
    pub(super) range: Range<usize>,
    /// What it begins with: `raw`, `endraw`; of Hugo's, `highlight`, `/highlight`.
    pub(super) name: &'t str,
    /// Whether it is one of Hugo's.
    pub(super) is_shortcode: bool,
    /// What stands after the name.
    rest: Range<usize>,
}

/// Returns the tags from `start` on, in order.
pub(super) fn tags(text: &str, start: usize) -> impl Iterator<Item = Tag<'_>> {
    let mut at = start;
    // The ends that are nowhere from here on, so that nobody looks through the rest again and again.
    let mut absent: Vec<&str> = Vec::new();
    std::iter::from_fn(move || {
        loop {
            at += memchr::memchr(b'{', &text.as_bytes()[at..])?;
            let mark = MARKS.iter().find(|(mark, _)| text[at..].starts_with(mark));
            let Some((mark, end)) = mark.filter(|(_, end)| !absent.contains(end)) else {
                at += 1;
                continue;
            };
            let inner = at + mark.len();
            let Some(length) = text[inner..].find(end) else {
                absent.push(end);
                continue;
            };
            let range = at..inner + length + end.len();
            at = range.end;
            if let Some(tag) = tag(text, range, inner..inner + length, mark.len() == 3) {
                return Some(tag);
            }
        }
    })
}

fn tag(
    text: &str,
    range: Range<usize>,
    inner: Range<usize>,
    is_shortcode: bool,
) -> Option<Tag<'_>> {
    let written = &text[inner.clone()];
    // `{{</* … */>}}` is how Hugo's own documents show a shortcode.
    if written.starts_with("/*") {
        return None;
    }
    let trimmed = written.trim_start_matches('-').trim_start();
    let start = inner.end - trimmed.len();
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let slash = usize::from(is_shortcode && trimmed.starts_with('/'));
    let length = trimmed[slash..]
        .find(|character| !is_part(character))
        .unwrap_or(trimmed.len() - slash);
    let end = start + slash + length;
    Some(Tag {
        range,
        name: &text[start..end],
        is_shortcode,
        rest: end..inner.end,
    })
}

impl Tag<'_> {
    /// Returns the name of the tag that ends its block.
    pub(super) fn ending(&self) -> String {
        let mark = if self.is_shortcode { "/" } else { "end" };
        format!("{mark}{}", self.name)
    }

    /// Returns the parameters `name="value"`, and where in `text` each value stands, without its quotes.
    pub(super) fn parameters<'t>(&self, text: &'t str) -> Vec<(&'t str, Range<usize>)> {
        let mut parameters = Vec::new();
        let mut at = self.rest.start;
        while let Some(found) = memchr::memchr(b'=', &text.as_bytes()[at..self.rest.end]) {
            let before = &text[at..at + found];
            let name = before
                .rsplit(char::is_whitespace)
                .next()
                .unwrap_or_default();
            let value = value(text, at + found + 1..self.rest.end);
            at = value.after;
            parameters.push((name, value.range));
        }
        parameters
    }

    /// Returns the words between white space, as Hexo reads them: quotes hold white space together, and go.
    pub(super) fn words(&self, text: &str) -> Vec<Word> {
        let written = &text[self.rest.clone()];
        let end = self.rest.end - usize::from(written.ends_with('-'));
        let mut words = Vec::new();
        let mut at = self.rest.start;
        while let Some(blank) = text[at..end].find(|character| !is_blank(character)) {
            let word = word(text, at + blank..end);
            at = word.after;
            words.push(Word {
                range: word.range,
                value: word.value,
            });
        }
        words
    }
}

/// A word of a tag.
#[derive(Debug)]
pub(super) struct Word {
    /// Where it stands; without its quotes, where it is quoted as a whole.
    pub(super) range: Range<usize>,
    /// What it says, without quotes and escapes.
    pub(super) value: String,
}

/// What separates words in a tag of Hexo.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\n' | '\t' | '\r' | '\u{A0}')
}

struct Read {
    range: Range<usize>,
    value: String,
    after: usize,
}

/// Reads the word at the start of `rest`.
fn word(text: &str, rest: Range<usize>) -> Read {
    let (mut value, mut quote, mut is_escaped) = (String::new(), None, false);
    let (mut quoted, mut after) = (None, rest.end);
    for (at, character) in text[rest.clone()].char_indices() {
        let at = rest.start + at;
        match quote {
            Some(_) if is_escaped => {
                is_escaped = false;
                value.push(character);
            }
            Some(_) if character == '\\' => is_escaped = true,
            Some(end) if character == end => {
                quote = None;
                quoted.get_or_insert(at);
            }
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if is_blank(character) => {
                after = at;
                break;
            }
            _ => value.push(character),
        }
    }
    let is_quoted = text[rest.start..].starts_with(['"', '\'']);
    let range = match quoted {
        Some(end) if is_quoted && end + 1 == after => rest.start + 1..end,
        _ => rest.start..after,
    };
    Read {
        range,
        value,
        after,
    }
}

struct Value {
    range: Range<usize>,
    after: usize,
}

/// Reads the value at the start of `rest`: in quotes, in backticks, or one word.
fn value(text: &str, rest: Range<usize>) -> Value {
    let written = &text[rest.clone()];
    let quote = written
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '`'));
    if let Some(quote) = quote {
        let start = rest.start + 1;
        let length = written[1..].find(quote).unwrap_or(written.len() - 1);
        return Value {
            range: start..start + length,
            after: (start + length + 1).min(rest.end),
        };
    }
    let length = written.find(char::is_whitespace).unwrap_or(written.len());
    let end = rest.start + length;
    Value {
        range: rest.start..end,
        after: end,
    }
}
