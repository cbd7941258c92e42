//! Which images does a `srcset` name, and where? (WHATWG HTML §4.8.4.3.10, "parse a srcset attribute".) Pure.

use crate::document::Span;

/// Returns where the URLs of the image candidates stand in `srcset`, a value with its character references resolved.
/// Candidates that a browser drops are not among them.
#[must_use]
pub fn candidates(srcset: &str) -> Vec<Span> {
    let bytes = srcset.as_bytes();
    let mut found = Vec::new();
    let mut position = 0;
    loop {
        position += length_while(&bytes[position..], |byte| is_space(byte) || byte == b',');
        if position == bytes.len() {
            return found;
        }
        let start = position;
        position += length_while(&bytes[position..], |byte| !is_space(byte));
        let url = srcset[start..position].trim_end_matches(',');
        let ends_with_comma = url.len() < position - start;
        let is_valid = ends_with_comma || {
            let (descriptors, length) = descriptors(&srcset[position..]);
            position += length;
            are_valid(&descriptors)
        };
        if is_valid {
            found.push(Span {
                start,
                end: start + url.len(),
            });
        }
    }
}

/// Splits off the descriptors up to the comma that ends the candidate, and says how much that was. In parentheses,
/// spaces and commas belong to the descriptor.
fn descriptors(text: &str) -> (Vec<&str>, usize) {
    let mut found = Vec::new();
    let mut start = None;
    let mut in_parens = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b')' => in_parens = false,
            _ if in_parens => {}
            b',' => {
                found.extend(start.map(|start| &text[start..at]));
                return (found, at + 1);
            }
            _ if is_space(byte) => {
                found.extend(start.take().map(|start| &text[start..at]));
                continue;
            }
            b'(' => in_parens = true,
            _ => {}
        }
        start = start.or(Some(at));
    }
    found.extend(start.map(|start| &text[start..]));
    (found, text.len())
}

/// Returns whether a browser keeps a candidate with these descriptors.
fn are_valid(descriptors: &[&str]) -> bool {
    let (mut width, mut density, mut height) = (false, false, false);
    for descriptor in descriptors {
        let Some((value, unit)) = descriptor.split_at_checked(descriptor.len() - 1) else {
            return false;
        };
        let is_new = match unit {
            "w" if is_positive_integer(value) => !density && !std::mem::replace(&mut width, true),
            "h" if is_positive_integer(value) => !density && !std::mem::replace(&mut height, true),
            "x" if is_density(value) => !width && !height && !std::mem::replace(&mut density, true),
            _ => false,
        };
        if !is_new {
            return false;
        }
    }
    width || !height
}

/// A "valid non-negative integer" above zero.
fn is_positive_integer(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte != b'0')
}

/// A "valid floating-point number" of zero or more (WHATWG HTML §2.3.4.3).
fn is_density(text: &str) -> bool {
    let (is_negative, rest) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = rest
        .split_once(['e', 'E'])
        .map_or((rest, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent))
        });
    let (whole, fraction) = mantissa
        .split_once('.')
        .map_or((mantissa, None), |(whole, fraction)| {
            (whole, Some(fraction))
        });
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = (are_digits(whole) || (whole.is_empty() && fraction.is_some()))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(|exponent| {
            are_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
        });
    let is_zero = mantissa.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    is_number && (!is_negative || is_zero)
}

fn length_while(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(srcset: &str, expected: &[&str]) {
        let found: Vec<_> = candidates(srcset)
            .iter()
            .map(|span| &srcset[span.start..span.end])
            .collect();
        assert_eq!(found, expected, "{srcset:?}");
    }

    #[test]
    fn candidates_end_at_commas_that_spaces_follow() {
        check("", &[]);
        check(" , ,", &[]);
        check("a", &["a"]);
        check("a.png 1x,b.png 2x", &["a.png", "b.png"]);
        check("a.png, b.png", &["a.png", "b.png"]);
        check("a.png,b.png", &["a.png,b.png"]);
        check(",a.png,,, b.png 2x,", &["a.png", "b.png"]);
        check(
            "/f_auto,w_320/a.png 320w, /f_auto,w_640/a.png 640w",
            &["/f_auto,w_320/a.png", "/f_auto,w_640/a.png"],
        );
        check(
            "data:image/png;base64,AA== 1x, b.png 2x",
            &["data:image/png;base64,AA==", "b.png"],
        );
        check("\ta.png\r\n1x\u{c},\nb.png", &["a.png", "b.png"]);
        check("图.png 1x", &["图.png"]);
    }

    #[test]
    fn parentheses_hide_commas() {
        check("a.png f(x, y) 1x, b.png", &["b.png"]);
        check("a.png (, b.png", &[]);
        check("a.png (, b.png), c.png", &["c.png"]);
        check("a(b,c) 1x", &["a(b,c)"]);
    }

    #[test]
    fn descriptors_decide() {
        for valid in [
            "1x", "0x", "-0x", ".5x", "1e3x", "1.5E+2x", "1w", "007w", "1w 2h", "2h 1w", "",
        ] {
            check(&format!("a.png {valid}"), &["a.png"]);
        }
        for invalid in [
            "x", "w", "0w", "+1w", "-1x", "1.x", "1ex", "+1x", " 1 x", "1x 1x", "1x 1w", "1w 1w",
            "1h", "0h 1w", "1h 1x", "1q", "1X", "图",
        ] {
            check(&format!("a.png {invalid}"), &[]);
            check(&format!("a.png {invalid}, b.png 1x"), &["b.png"]);
        }
    }

    #[test]
    fn a_long_srcset_is_read_in_linear_time() {
        let length = 1 << 20;
        check(&",".repeat(length), &[]);
        assert_eq!(candidates(&"a, ".repeat(length / 3)).len(), length / 3);
        check(&format!("a {}", "1x ".repeat(length / 3)), &[]);
        assert_eq!(candidates(&"a".repeat(length)).len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_has_ordered_candidates_without_spaces(srcset in "[a(),1xwh. \tég-]{0,40}") {
            let mut end = 0;
            for span in candidates(&srcset) {
                let url = &srcset[span.start..span.end];
                prop_assert!(end <= span.start && !url.is_empty());
                prop_assert!(!url.contains([' ', '\t']) && !url.starts_with(',') && !url.ends_with(','));
                end = span.end;
            }
        }
    }
}
