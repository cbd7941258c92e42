//! Where does a string of JSON end? For those who must know where in a text it stands, which no JSON reader tells. Pure.

/// Returns where the quote stands that ends the string whose content begins at `from`; `None` where there is none (RFC 8259 §7).
#[must_use]
pub fn string_end(json: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        if json[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, end: Option<usize>) {
        assert_eq!(string_end(json.as_bytes(), 1), end, "{json}");
    }

    #[test]
    fn a_string_ends_at_a_quote_that_is_not_escaped() {
        check(r#""a""#, Some(2));
        check(r#""""#, Some(1));
        check(r#""a\"b\\"c""#, Some(7));
        for endless in [r#"""#, r#""a"#, r#""a\"#, r#""a\""#] {
            check(endless, None);
        }
    }
}
