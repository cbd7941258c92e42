//! Where in its token is an address written? CSS Syntax §4.3.5 and §4.3.6. Pure.

use crate::document::Span;

/// Returns where the address stands in the `url(…)` at `whole`, which has no quotes.
pub(super) fn in_url(text: &str, whole: Span) -> Span {
    let token = &text[whole.start..whole.end];
    let start = token.find('(').map_or(0, |parenthesis| parenthesis + 1);
    let inner = token[start..].strip_suffix(')').unwrap_or(&token[start..]);
    let trimmed = inner.trim_start_matches(is_space);
    let start = whole.start + start + (inner.len() - trimmed.len());
    let mut end = start + trimmed.trim_end_matches(is_space).len();
    // An escaped space belongs to the address.
    if is_escaped(&text[start..end], end - start) && end < whole.start + token.len() {
        end += text[end..].chars().next().map_or(0, char::len_utf8);
    }
    Span { start, end }
}

/// Returns what stands between the quotes of the string at `whole`, whose last one is not there if the text ends before it.
pub(super) fn in_quotes(text: &str, whole: Span) -> Span {
    let token = &text[whole.start..whole.end];
    let is_closed =
        token.len() > 1 && token.ends_with(&token[..1]) && !is_escaped(token, token.len() - 1);
    Span {
        start: whole.start + 1,
        end: whole.end - usize::from(is_closed),
    }
}

fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

/// Returns whether a backslash takes away the meaning of the character at `offset`.
fn is_escaped(text: &str, offset: usize) -> bool {
    text.as_bytes()[..offset]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
        % 2
        == 1
}
