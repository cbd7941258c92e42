//! Where does the address stand in a Markdown image or definition? `CommonMark` 0.31 §6.3. Pure.
//!
//! The text has been recognised before: here the address is only located, so nothing that may follow it is judged.

use crate::document::Span;

/// Returns the address in `…](address "title")`, the end of an inline image from its description's end on.
pub(super) fn of_inline(end: &str) -> Option<Span> {
    let opening = "](";
    let start = end.find(opening)? + opening.len();
    address(end, start)
}

/// Returns the address in `[label]: address "title"`.
pub(super) fn of_definition(definition: &str) -> Option<Span> {
    let bytes = definition.as_bytes();
    let mut at = 1;
    while *bytes.get(at)? != b']' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (bytes.get(at + 1) == Some(&b':')).then(|| address(definition, at + 2))?
}

/// Returns the address that stands at `start`, after white space.
fn address(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let start = start + blank_bytes(bytes.get(start..)?);
    if bytes.get(start) == Some(&b'<') {
        let end = scan(bytes, start + 1, |byte| byte == b'>');
        return Some(Span {
            start: start + 1,
            end,
        });
    }
    let mut depth = 0_usize;
    let end = scan(bytes, start, |byte| match byte {
        b'(' => {
            depth += 1;
            false
        }
        b')' if depth > 0 => {
            depth -= 1;
            false
        }
        _ => byte == b')' || byte <= b' ',
    });
    Some(Span { start, end })
}

/// Returns the offset of the first byte from `start` on that `ends` the address; an escaped one does not.
fn scan(bytes: &[u8], start: usize, mut ends: impl FnMut(u8) -> bool) -> usize {
    let mut at = start;
    while at < bytes.len() {
        let is_escaped =
            bytes[at] == b'\\' && bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation);
        if is_escaped {
            at += 1;
        } else if ends(bytes[at]) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// White space before an address: it may hold a line end, after which a quotation has its marks again.
fn blank_bytes(bytes: &[u8]) -> usize {
    let mut after_line_end = false;
    let is_blank = |byte: &&u8| {
        after_line_end |= matches!(byte, b'\n' | b'\r');
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r') || (after_line_end && **byte == b'>')
    };
    bytes.iter().take_while(is_blank).count()
}
