//! What does each line of a robots.txt say? Pure.

/// Bytes of a line that are read; the rest of it is not there. What the most used parser (google/robotstxt) reads, so that
/// both take the same rule from a line without end.
pub(super) const LINE_BYTES_MAX: usize = 8 * 2083 - 1;

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
}

/// A line that says something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    /// As written, without comment and surrounding white space.
    pub(super) text: &'a [u8],
    pub(super) directive: Directive,
    pub(super) value: &'a [u8],
}

/// The names of lines, with the slips that are common enough to be understood everywhere.
const NAMES: [(&[u8], Directive); 13] = [
    (b"user-agent", Directive::UserAgent),
    (b"useragent", Directive::UserAgent),
    (b"user agent", Directive::UserAgent),
    (b"allow", Directive::Allow),
    (b"disallow", Directive::Disallow),
    (b"dissallow", Directive::Disallow),
    (b"dissalow", Directive::Disallow),
    (b"disalow", Directive::Disallow),
    (b"diasllow", Directive::Disallow),
    (b"disallaw", Directive::Disallow),
    (b"crawl-delay", Directive::CrawlDelay),
    (b"crawldelay", Directive::CrawlDelay),
    (b"crawl delay", Directive::CrawlDelay),
];

/// Returns the lines that say something.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut rest = Some(bytes);
    let mut number = 0;
    std::iter::from_fn(move || {
        loop {
            let bytes = rest?;
            number += 1;
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let line = &bytes[..end.unwrap_or(bytes.len())];
            rest = end.map(|end| {
                let after = &bytes[end..];
                after.strip_prefix(b"\r\n").unwrap_or(&after[1..])
            });
            if let Some(line) = understood(line, number) {
                return Some(line);
            }
        }
    })
}

fn understood(line: &[u8], number: usize) -> Option<Line<'_>> {
    let line = &line[..line.len().min(LINE_BYTES_MAX)];
    let comment = line.iter().position(|byte| *byte == b'#');
    let text = line[..comment.unwrap_or(line.len())].trim_ascii();
    NAMES.iter().find_map(|(name, directive)| {
        let value = value(text, name, *directive)?;
        Some(Line {
            number,
            text,
            directive: *directive,
            value,
        })
    })
}

/// Returns what follows the name of a line. People forget the colon; what follows is a path only where it is one word.
fn value<'a>(text: &'a [u8], name: &[u8], directive: Directive) -> Option<&'a [u8]> {
    let (start, after) = text.split_at_checked(name.len())?;
    if !start.eq_ignore_ascii_case(name) {
        return None;
    }
    let value = after.trim_ascii_start();
    if let Some(value) = value.strip_prefix(b":") {
        return Some(value.trim_ascii_start());
    }
    let is_apart = value.len() < after.len();
    let is_word = !value.iter().any(u8::is_ascii_whitespace);
    (is_apart && (is_word || directive == Directive::UserAgent)).then_some(value)
}
