//! What stands where an image is missing? A drawing that says so, with the original address. Pure.

use std::fmt::Write as _;

/// The longest address that is written out in a drawing; the rest is cut, so that a page of `data:` addresses stays small.
const ADDRESS_CHARS_MAX: usize = 144;

/// How many drawings of one page tell address and reason: more than a person reads, and a bound on a page that names a
/// hundred thousand. The others are only struck out; `view.json` and the snapshot still hold their addresses.
pub(crate) const TOLD_MAX: usize = 1000;

/// How many characters fit on one line of the drawing.
const LINE_CHARS: usize = 48;

/// What stands in the place of what is missing and is no picture, such as a font: fetches nothing, shows nothing.
pub(crate) const NOTHING: &str = "data:,";

/// How much of the reason fits on one line of the drawing, beside the picture that is struck out.
const REASON_CHARS: usize = 44;

const SVG: &str = "xmlns=\"http://www.w3.org/2000/svg\"";

/// The picture that is struck out.
const PICTURE: &str = "<g class=\"p\" fill=\"none\" stroke=\"#8a8a85\" stroke-width=\"2\"><path d=\"M20 18h34v28h-34z\"/>\
     <path d=\"M20 40l10-10 8 8 6-5 10 9M16 50l42-36\"/></g>";

/// Where there is no room for text, only the picture is shown, larger. In a drawing, conditions on the width are about
/// the size that it is shown in.
const STYLE: &str = "<style>@media(max-width:119px) and (max-aspect-ratio:3/1){.p{transform:translate(220px,41px) \
     scale(6) translate(-37px,-32px)}.t{display:none}}</style>";

/// How large a drawing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Large enough for its words, where nothing else is said: it stands for an image.
    Own,
    /// As large as its box allows, which is there without it: it stands for a background.
    Box,
    /// As a letter, and without words: it stands in a line.
    Letter,
}

impl Size {
    /// Returns a `data:` URL of a drawing of this size that shows `inside`, which is `width` wide and `height` high.
    fn url(self, width: usize, height: usize, inside: &str) -> String {
        let area = format!("viewBox=\"0 0 {width} {height}\"");
        let svg = match self {
            Self::Own => {
                format!("<svg {SVG} width=\"{width}\" height=\"{height}\" {area}>{inside}</svg>")
            }
            Self::Letter => format!("<svg {SVG} width=\"18\" height=\"16\" {area}>{inside}</svg>"),
            // Without a shape of its own, the drawing takes that of the box, and what it shows is not cut.
            Self::Box => format!("<svg {SVG}><svg {area}>{inside}</svg></svg>"),
        };
        format!("data:image/svg+xml,{}", percent_encoded(&svg))
    }
}

/// Returns a `data:` URL of a drawing: a dashed frame, `reason` and `address`; in the place of a small image only the
/// picture that is struck out. It is ASCII without any character that needs escaping in HTML, quoted or not, in CSS or
/// in Markdown.
#[must_use]
pub(crate) fn drawing(reason: &str, address: &str, size: Size) -> String {
    let reasons = words(reason);
    let addresses = lines(address);
    let height = 46 + 18 * (reasons.len() + addresses.len());
    let mut inside = format!(
        "{STYLE}<rect class=\"t\" x=\"1\" y=\"1\" width=\"438\" height=\"{}\" rx=\"6\" fill=\"#f6f6f4\" stroke=\"#8a8a85\" \
         stroke-width=\"2\" stroke-dasharray=\"7 5\"/>{PICTURE}<g class=\"t\" fill=\"#33332f\" font-family=\"sans-serif\" \
         font-size=\"15\">",
        height - 2,
    );
    write_lines(&mut inside, &reasons, 72, 38);
    inside.push_str(
        "</g><g class=\"t\" fill=\"#5c5c57\" font-family=\"monospace\" font-size=\"13\">",
    );
    write_lines(&mut inside, &addresses, 20, 52 + 18 * reasons.len());
    inside.push_str("</g>");
    size.url(440, height, &inside)
}

/// Returns a `data:` URL of the picture that is struck out alone, in the same characters.
#[must_use]
pub(crate) fn struck_out(size: Size) -> String {
    size.url(74, 64, PICTURE)
}

/// Writes `lines`, the first one at `x`, `y`.
fn write_lines(svg: &mut String, lines: &[String], x: usize, y: usize) {
    for (index, line) in lines.iter().enumerate() {
        let y = y + 18 * index;
        let line = escaped(line);
        write!(svg, "<text x=\"{x}\" y=\"{y}\">{line}</text>").expect("a String takes everything");
    }
}

/// Breaks the reason between words.
fn words(reason: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in reason.split_whitespace() {
        let line = lines.last_mut().expect("there is one from the start");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= REASON_CHARS {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn lines(address: &str) -> Vec<String> {
    let mut shown: Vec<char> = address
        .chars()
        .map(drawable)
        .take(ADDRESS_CHARS_MAX)
        .collect();
    if address.chars().nth(ADDRESS_CHARS_MAX).is_some() {
        shown.pop();
        shown.push('\u{2026}');
    }
    shown
        .chunks(LINE_CHARS)
        .map(|line| line.iter().collect())
        .collect()
}

/// XML 1.0 §2.2 has no place for most control characters, nor for U+FFFE and U+FFFF.
fn drawable(c: char) -> char {
    if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') {
        ' '
    } else {
        c
    }
}

/// Returns `text` with what is markup in it written as character references.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            '`' => escaped.push_str("&#96;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Returns `text` percent-encoded so that it needs no escaping in a `data:` URL, in HTML, in CSS or in Markdown.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes everything");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_no_escaping_anywhere() {
        let drawing = drawing(
            "the server refused it (403)",
            "https://h.test/a b\"'<>&`=,()\\\u{0}\u{1F600}.png",
            Size::Own,
        );
        assert!(
            drawing
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b":/+,%-._~".contains(&byte)),
            "{drawing}"
        );
        assert_eq!(drawing.matches(',').count(), 1);
    }

    #[test]
    fn shows_reason_and_address_and_stays_small() {
        let drawing = drawing("it took too long", &"x/".repeat(5000), Size::Own);
        assert!(drawing.contains("it%20took%20too%20long"));
        assert!(drawing.contains("x%2Fx%2Fx"));
        assert!(drawing.len() < 4000);
    }

    #[test]
    fn a_long_reason_goes_on_in_the_next_line() {
        let reason = "its address is not public (allow it with --allow-private)";
        assert_eq!(
            words(reason),
            [
                "its address is not public (allow it with",
                "--allow-private)"
            ]
        );
        assert_eq!(words(""), [""]);
        let height = |reason: &str| drawing(reason, "x", Size::Own).matches("%3Ctext").count();
        assert_eq!((height("short"), height(reason)), (2, 3));
    }
}
