//! Which encoding would a browser read these bytes in? (WHATWG HTML §13.2.3.2, Encoding Standard.) Pure.

mod detect;
mod prescan;
mod told;

use std::borrow::Cow;

use encoding_rs::{EncoderResult, Encoding, UTF_8};

use crate::link::Link;
use detect::detect;

pub use told::{ToldBy, told_by};

/// How far a stylesheet's `@charset` may reach (CSS Syntax §3.2).
const STYLE_LABEL_BYTES: usize = 1024;

/// Returns what stands above all that a document says of itself: the byte order mark, then `content_type`'s charset.
fn announced(bytes: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| content_type.and_then(parameter))
}

/// Decides by byte order mark, then `content_type`'s charset, then `<meta>` and XML declaration, then by detection, in
/// which the country counts that `address` names.
#[must_use]
pub fn decide(
    bytes: &[u8],
    content_type: Option<&str>,
    address: Option<&Link>,
) -> &'static Encoding {
    announced(bytes, content_type)
        .or_else(|| prescan::prescan(bytes))
        .unwrap_or_else(|| detect(bytes, address))
}

/// Decides for XML (XML 1.0 §F): byte order mark, then `content_type`, then the XML declaration, else UTF-8. What is not
/// UTF-8 and declares nothing can't be read by browsers; here it is looked at as HTML.
#[must_use]
pub fn of_xml(
    bytes: &[u8],
    content_type: Option<&str>,
    address: Option<&Link>,
) -> &'static Encoding {
    announced(bytes, content_type)
        .or_else(|| prescan::in_xml(bytes))
        .or_else(|| std::str::from_utf8(bytes).is_ok().then_some(UTF_8))
        .unwrap_or_else(|| decide(bytes, None, address))
}

/// Decides for a feed, which is XML or JSON.
#[must_use]
pub fn of_feed(
    bytes: &[u8],
    content_type: Option<&str>,
    address: Option<&Link>,
) -> &'static Encoding {
    if bytes.trim_ascii_start().starts_with(b"{") {
        of_text(bytes, content_type, address)
    } else {
        of_xml(bytes, content_type, address)
    }
}

/// Decides for text that is no HTML: what looks like a `<meta>` in it is only spoken of.
#[must_use]
pub fn of_text(
    bytes: &[u8],
    content_type: Option<&str>,
    address: Option<&Link>,
) -> &'static Encoding {
    announced(bytes, content_type).unwrap_or_else(|| detect(bytes, address))
}

/// Decides for a stylesheet (CSS Syntax §3.2): byte order mark, then `content_type`, then `@charset`, then the encoding of
/// the page or stylesheet that asks for it. UTF-16 is never meant by the latter: browsers take UTF-8 then.
#[must_use]
pub fn of_style(
    bytes: &[u8],
    content_type: Option<&str>,
    environment: &'static Encoding,
) -> &'static Encoding {
    announced(bytes, content_type)
        .or_else(|| charset_rule(bytes))
        .unwrap_or(environment.output_encoding())
}

/// Returns whether a stylesheet says in its first bytes that it is written in `encoding`.
#[must_use]
pub fn style_says(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let said = announced(bytes, None).or_else(|| charset_rule(bytes));
    said == Some(encoding)
}

/// Returns the encoding that a stylesheet names in its very first bytes, spelled exactly so.
fn charset_rule(bytes: &[u8]) -> Option<&'static Encoding> {
    let rest = bytes.strip_prefix(b"@charset \"")?;
    let head = &rest[..rest.len().min(STYLE_LABEL_BYTES)];
    let end = head.windows(2).position(|pair| pair == b"\";")?;
    // Who can read the rule does not read UTF-16.
    Encoding::for_label(&head[..end]).map(Encoding::output_encoding)
}

/// Returns the encoding of this name in the Encoding Standard; `None` where there is none.
#[must_use]
pub fn named(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.as_bytes())
}

/// Returns the encoding that the `charset` parameter of a `Content-Type` header names (WHATWG MIME Sniffing §4.4).
fn parameter(content_type: &str) -> Option<&'static Encoding> {
    let mut rest = content_type.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once(['=', ';'])?;
        let has_value = rest.as_bytes().get(name.len()) == Some(&b'=');
        if !has_value {
            rest = after;
            continue;
        }
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, next) = quoted.split_once('"').unwrap_or((quoted, ""));
                (value, next.split_once(';').map_or("", |(_, next)| next))
            }
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if name.trim().eq_ignore_ascii_case("charset") {
            return Encoding::for_label(value.trim().as_bytes());
        }
        rest = next;
    }
}

/// Returns the bytes that stand for `text` in the query of a URL in a document of this encoding (WHATWG URL, "percent-
/// encode after encoding"; what has no place in the encoding becomes a percent-encoded character reference).
#[must_use]
pub fn encode_query<'a>(text: &'a str, encoding: &'static Encoding) -> Cow<'a, [u8]> {
    let encoding = encoding.output_encoding();
    if encoding == UTF_8 || text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        bytes.reserve(rest.len() + 16);
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return Cow::Owned(bytes),
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(character) => {
                bytes.extend(format!("%26%23{}%3B", u32::from(character)).into_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GBK, UTF_16BE, UTF_16LE, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, expected: &'static Encoding) {
        assert_eq!(decide(bytes, content_type, None), expected);
    }

    #[test]
    fn the_first_that_speaks_decides() {
        let meta = b"<meta charset=big5>";
        check(
            b"\xef\xbb\xbf<meta charset=gbk>",
            Some("text/html; charset=big5"),
            UTF_8,
        );
        check(b"\xff\xfea\0", None, UTF_16LE);
        check(b"\xfe\xff\0a", None, UTF_16BE);
        check(meta, Some("text/html; charset=gbk"), GBK);
        check(meta, Some("text/html; charset=nonsense"), BIG5);
        check(meta, Some("text/html"), BIG5);
        check(meta, None, BIG5);
        check(b"", None, UTF_8);
        check(b"plain", None, UTF_8);
    }

    #[test]
    fn a_content_type_is_read_as_browsers_do() {
        for written in [
            "; charset=gb2312",
            ";charset=\"GBK\"",
            "; x=\"a;b\"; Charset=gbk",
            ";; q ; charset = gbk ; x=1",
        ] {
            check(b"", Some(&format!("text/html{written}")), GBK);
        }
        check(b"", Some("charset=gbk"), UTF_8);
        check(b"", Some("text/html; x=\"; charset=gbk"), UTF_8);
    }

    #[test]
    fn a_stylesheet_names_its_encoding_first_or_has_that_of_who_asks_for_it() {
        let rule = b"@charset \"gbk\";\na { }";
        assert_eq!(of_style(rule, None, UTF_8), GBK);
        assert_eq!(of_style(rule, Some("text/css; charset=big5"), UTF_8), BIG5);
        assert_eq!(of_style(b"\xff\xfea\0", None, UTF_8), UTF_16LE);
        for other in [
            &b" @charset \"gbk\";"[..],
            b"@charset 'gbk';",
            b"@CHARSET \"gbk\";",
            b"@charset \"gbk",
            b"@charset \"utf-16be\";",
            b"caf\xe9 {}",
        ] {
            assert_eq!(of_style(other, None, UTF_8), UTF_8);
            assert_eq!(of_style(other, None, UTF_16LE), UTF_8);
            assert!(!style_says(other, GBK));
        }
        assert_eq!(of_style(b"a { }", None, GBK), GBK);
        assert_eq!(of_style(rule, None, BIG5), GBK);
        assert!(style_says(rule, GBK) && !style_says(rule, BIG5));
        assert!(style_says(b"\xef\xbb\xbfa { }", UTF_8));
    }

    #[test]
    fn a_query_is_written_in_the_encoding_of_its_document() {
        assert_eq!(*encode_query("q=图", GBK), *b"q=\xcd\xbc");
        assert_eq!(*encode_query("q=图", UTF_16LE), *"q=图".as_bytes());
        assert_eq!(
            *encode_query("é图é", WINDOWS_1252),
            *b"\xe9%26%2322270%3B\xe9"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_and_any_header_have_an_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..64), header: String) {
            for header in [format!("a;{header}"), format!("text/html;charset={header}"), header] {
                prop_assert!(!decide(&bytes, Some(&header), None).name().is_empty());
            }
        }

        #[test]
        fn text_in_utf_8_is_utf_8(text in "[^\u{1b}<]*") {
            prop_assume!(!text.starts_with('\u{feff}'));
            prop_assert_eq!(decide(text.as_bytes(), None, None), UTF_8);
        }
    }
}
