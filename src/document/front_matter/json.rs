//! Which values does this JSON hold, and where does each stand? Pure.
//!
//! `serde_json` says whether it is JSON (RFC 8259); what is JSON is then easily walked.

use serde::de::IgnoredAny;

use super::entries::{Builder, Flaw, NESTING_MAX, Values};
use crate::document::Span;
use crate::document::quoted::string_end;

/// Returns the scalar values of a JSON object.
pub(super) fn values(json: &str) -> Values {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(json) {
        let flaw = Flaw {
            line: error.line(),
            reason: reason(&error),
        };
        return Builder::default().finish(json, Some(flaw));
    }
    let mut builder = Builder::default();
    let flaw = walk(json, &mut builder).map(|offset| {
        let reason = format!("it nests more than {NESTING_MAX} deep, what follows is not read");
        Flaw::at(offset, json, reason)
    });
    builder.finish(json, flaw)
}

/// Returns the scalar values of JSON members without the braces around them, as Hexo has them between `;;;`.
pub(super) fn members(json: &str) -> Values {
    let mut values = values(&format!("{{{json}}}"));
    for entry in &mut values.entries {
        entry.span = Span {
            start: entry.span.start.saturating_sub(1),
            end: entry.span.end.saturating_sub(1),
        };
    }
    values
}

/// Returns where the object that begins `text` ends: its braces counted, those in strings left out, as Hugo does.
pub(super) fn object_end(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string && depth == 1 => return Some(at + 1),
            b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The reason without its place, which is told apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}

/// Walks JSON that is known to be sound; returns where it nests too deep.
fn walk(json: &str, builder: &mut Builder) -> Option<usize> {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' if builder.depth() == NESTING_MAX => return Some(start),
            b'{' => builder.open_map(),
            b'[' => builder.open_list(),
            b'}' | b']' => builder.close(),
            b'"' => {
                at = string_end(bytes, at).map_or(bytes.len(), |quote| quote + 1);
                let value: String = serde_json::from_str(&json[start..at]).unwrap_or_default();
                if builder.awaits_key() {
                    builder.pass(&value);
                } else {
                    let span = Span {
                        start: start + 1,
                        end: at - 1,
                    };
                    builder.value(span, value);
                }
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                at += bytes[at..]
                    .iter()
                    .take_while(|byte| is_literal(**byte))
                    .count();
                let literal = &json[start..at];
                let value = if literal == "null" { "" } else { literal };
                builder.value(Span { start, end: at }, value.to_owned());
            }
        }
    }
    None
}

/// Whether a byte goes on with a number, `true`, `false` or `null`.
fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
