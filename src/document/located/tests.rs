use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use proptest::prelude::*;

use super::*;

const ENCODINGS: [&Encoding; 11] = [
    UTF_8,
    GBK,
    GB18030,
    BIG5,
    EUC_JP,
    EUC_KR,
    SHIFT_JIS,
    ISO_2022_JP,
    UTF_16LE,
    UTF_16BE,
    WINDOWS_1252,
];

#[track_caller]
fn check(bytes: &[u8], encoding: &'static Encoding, part: &str, expected: &[u8]) {
    let located = Located::decode(bytes, encoding).unescape();
    let start = located.text.find(part).unwrap();
    assert_eq!(
        located
            .origins
            .source(Span::from(start..start + part.len()))
            .slice(bytes),
        expected
    );
}

#[test]
fn a_part_is_found_where_it_was_written() {
    check(b"a&amp;b.png x", UTF_8, "a&b.png", b"a&amp;b.png");
    check(b"a,b&#44;c", UTF_8, ",c", b"&#44;c");
    check(b"?a=1&copy=2 &copy;", UTF_8, "&copy=2", b"&copy=2");
    check("图&#x4E2d;&lt;".as_bytes(), UTF_8, "中", b"&#x4E2d;");
    check(b"\xcd\xbc&amp;\xcd\xbcx", GBK, "&图", b"&amp;\xcd\xbc");
    check(b"a\xffb&amp;", UTF_8, "b&", b"b&amp;");
    check(b"x\x1b$B4A\x1b(By", ISO_2022_JP, "漢", b"\x1b$B4A");
    check(
        b"<\0a\0&\0a\0m\0p\0;\0",
        UTF_16LE,
        "a&",
        b"a\0&\0a\0m\0p\0;\0",
    );
}

#[test]
fn what_is_no_reference_stays() {
    for text in [
        "&", "&&", "&;", "&#;", "&#x;", "&nosuch;", "a&b", "&copyx", "&amp=", "&\u{e9};",
    ] {
        assert_eq!(
            Located::decode(text.as_bytes(), UTF_8).unescape().text,
            text,
            "{text}"
        );
    }
}

#[test]
fn a_long_text_is_read_in_linear_time() {
    let text = "&amp;图".repeat(200_000);
    assert_eq!(
        Located::decode(text.as_bytes(), UTF_8)
            .unescape()
            .text
            .len(),
        4 * 200_000
    );
    let open = "&a".repeat(500_000);
    assert_eq!(
        Located::decode(open.as_bytes(), UTF_8)
            .unescape()
            .text
            .len(),
        open.len()
    );
}

proptest! {
    #[test]
    fn decoding_is_that_of_the_standard(bytes in proptest::collection::vec(any::<u8>(), 0..40), index in 0..ENCODINGS.len()) {
        let encoding = ENCODINGS[index];
        let located = Located::decode(&bytes, encoding);
        prop_assert_eq!(&located.text, &encoding.decode_without_bom_handling(&bytes).0);
    }

    #[test]
    fn a_part_decodes_to_itself(bytes in proptest::collection::vec(0x20_u8..=0xff, 0..24), index in 0..8_usize) {
        // Stateless encodings only: in them each part of the source can be read alone.
        let encoding = [UTF_8, GBK, GB18030, BIG5, EUC_KR, SHIFT_JIS, UTF_16LE, WINDOWS_1252][index];
        let located = Located::decode(&bytes, encoding);
        for (start, character) in located.text.char_indices() {
            let part = located.origins.source(Span::from(start..start + character.len_utf8()));
            // Where the text breaks off, a decoder may report one flaw twice.
            let broken_off = character == '\u{FFFD}' && part == Span::from(bytes.len()..bytes.len());
            prop_assert!(broken_off || encoding.decode_without_bom_handling(part.slice(&bytes)).0.contains(character), "{character:?} {part:?}");
        }
    }

    #[test]
    fn references_are_resolved_as_by_the_library(text in "[&#x;amplt09Aégs= ]{0,20}") {
        let located = Located::decode(text.as_bytes(), UTF_8).unescape();
        prop_assert_eq!(&located.text, &htmlize::unescape_attribute(&text));
        let whole = located.origins.source(Span::from(0..located.text.len()));
        prop_assert_eq!(whole, Span::from(0..text.len()));
    }

    #[test]
    fn decoded_references_have_a_place_of_their_own(text in "(&amp;|&#x56fe;|&|图|漢|a|,|;){0,12}", index in 0..ENCODINGS.len()) {
        let encoding = ENCODINGS[index];
        let bytes = match encoding {
            _ if encoding == UTF_16LE => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ if encoding == UTF_16BE => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => encoding.encode(&text).0.into_owned(),
        };
        let located = Located::decode(&bytes, encoding).unescape();
        let mut end = 0;
        for (start, character) in located.text.char_indices() {
            let place = located.origins.source(Span::from(start..start + character.len_utf8()));
            prop_assert!(place.start == end && place.start < place.end, "{character:?} {place:?}");
            end = place.end;
        }
        // What comes after the last character is an escape sequence.
        prop_assert!(end == bytes.len() || (encoding == ISO_2022_JP && bytes[end] == 0x1b), "{end}");
    }
}
