//! What does an escape in a JSON string stand for? RFC 8259 §7. Pure.

/// Returns how long the escape is that begins `text`, and the character that it stands for; `None` where it is none. Half a
/// character of UTF-16 is U+FFFD.
pub(super) fn escape(text: &str) -> Option<(usize, char)> {
    let character = match text.strip_prefix('\\')?.as_bytes().first()? {
        mark @ (b'"' | b'\\' | b'/') => char::from(*mark),
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return code_units(text),
        _ => return None,
    };
    Some((2, character))
}

/// Reads a code unit in four digits, or two of them that are one character.
fn code_units(text: &str) -> Option<(usize, char)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let units = [unit(0)?, unit(6).unwrap_or_default()];
    let read = char::decode_utf16(units).next()?;
    let character = read.unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((6 * character.len_utf16(), character))
}
