//! What is a stylesheet that shows what the archive holds? Its bytes with other addresses, closed. Pure.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::closed;
use super::inline::Inliner;
use super::relink::{self, Known, Root};
use super::seal::{self, Lookup};
use super::splice::{self, Edit};
use crate::document::legible::Legible;
use crate::document::{Document, charset};

/// Why a stylesheet is not imported that imports the one that asks for it.
pub(super) const CIRCLE: &str = "it is imported in a circle";

/// Why a stylesheet of the snapshot is not shown.
const REFUSED: &str = "this stylesheet cannot be shown safely";

/// Returns `sheet` with the addresses of what is at hand, seen from `root`; all else leads nowhere. It says in which encoding
/// it is written, as no server does any more.
///
/// # Errors
/// Why it can't be shown.
pub(super) fn relinked(
    sheet: &Document,
    known: &[Known<'_>],
    inliner: &Inliner<'_>,
    root: Root<'_>,
) -> Result<Vec<u8>, String> {
    let legible = Legible::of(sheet);
    let mut edits = encoding(sheet);
    edits.extend(seal::sheet_edits(sheet, &Lookup::Spans(known), inliner));
    edits.extend(relink::edits(known, &legible));
    let edits = splice::settle(edits, sheet.bytes.len());
    let bytes = splice::splice(&sheet.bytes, &edits);
    if closed::is_closed_sheet(&bytes, sheet.charset, root.prefix()) {
        Ok(bytes)
    } else {
        Err(REFUSED.to_owned())
    }
}

/// Returns what must be written before a stylesheet so that its encoding is known: a byte order mark where it is UTF-16,
/// `@charset` otherwise. ASCII is read alike in all others.
fn encoding(sheet: &Document) -> Vec<Edit> {
    let is_plain = sheet.charset.is_ascii_compatible() && sheet.bytes.is_ascii();
    if is_plain || charset::style_says(&sheet.bytes, sheet.charset) {
        return Vec::new();
    }
    // A mark stands above all else: one of another encoding would not have been overruled.
    let put = if sheet.charset == UTF_16LE {
        b"\xFF\xFE".to_vec()
    } else if sheet.charset == UTF_16BE {
        b"\xFE\xFF".to_vec()
    } else {
        format!("@charset \"{}\";", sheet.charset.name()).into_bytes()
    };
    vec![Edit::new(0..0, put)]
}

#[cfg(test)]
mod tests {
    use encoding_rs::{Encoding, GBK, ISO_2022_JP, UTF_8};
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::super::relink::Shelf;
    use super::*;
    use crate::digest::Digest;
    use crate::link::Link;
    use crate::media::MediaType;
    use crate::refs::{self, Role};
    use crate::snapshot::{Mention, Missing, Outcome, Resource};

    const PLACE: &str = "../../../blobs/sha256/";

    /// Returns what a stylesheet becomes of which all is at hand but what is called `gone`.
    fn made(bytes: &[u8], charset: &'static Encoding) -> Result<Vec<u8>, String> {
        let address = Link::parse("https://h.test/css/a.css").unwrap();
        let document = Document::style(bytes.to_vec(), None, charset.name(), address);
        let mention = |found: refs::Reference| Mention {
            start: found.span.start,
            end: found.span.end,
            outcome: outcome(&found),
            written: found.written,
            kind: found.kind,
            role: found.role,
            target: found.target,
            promotion: None,
            document: None,
        };
        // As at a capture: what stands in the sheet itself is not recorded.
        let found = refs::find(&document).into_iter();
        let recorded = found.filter(|found| !found.written.starts_with("data:"));
        let mentions: Vec<Mention> = recorded.map(mention).collect();
        let nothing = |_: &Digest| None;
        let mut shelf = Shelf::new(&[], &nothing);
        let known = shelf.known(&mentions, Root::Derived);
        relinked(&document, &known, shelf.inliner(), Root::Derived)
    }

    fn outcome(found: &refs::Reference) -> Outcome {
        if found.role == Role::Style || found.target.is_none() || found.written.contains("gone") {
            return Outcome::Missing(Missing {
                why: crate::exchange::Why::HttpStatus,
                status: Some(404),
                tried: Timestamp::UNIX_EPOCH,
            });
        }
        Outcome::Kept(Resource {
            digest: Digest::of(found.written.as_bytes()),
            media: MediaType::Png,
            size: 1,
            width: None,
            height: None,
        })
    }

    #[track_caller]
    fn check(css: &str, expected: &str) {
        let made = made(css.as_bytes(), UTF_8).unwrap();
        let place = |name: &str| {
            let digest = Digest::of(name.as_bytes());
            format!("{PLACE}{}/{digest}.png", digest.short(2))
        };
        let expected = expected.replace("[a]", &place("a.png"));
        assert_eq!(String::from_utf8(made).unwrap(), expected);
    }

    #[test]
    fn shows_what_is_at_hand_and_nothing_else() {
        check("p{background:url(a.png)}", "p{background:url([a])}");
        check("p{background:url( 'a.png' )}", "p{background:url( '[a]' )}");
        check("@import url(b.css) print;p{}", "p{}");
        check("@import 'b.css'", "");
        check(
            "@namespace x url(http://h.test/);",
            "@namespace x url(http://h.test/);",
        );
        check(
            "p{background:URL(data:,x),image-set('a.png' 1x)}",
            "p{background:URL(data:,x),image-set('[a]' 1x)}",
        );
        check(
            "@font-face{src:url(gone.woff)}",
            "@font-face{src:url(data:,)}",
        );
    }

    #[test]
    fn says_in_which_encoding_it_is() {
        let gbk = GBK.encode("@charset \"gbk\";.\u{9898}{}").0.into_owned();
        assert_eq!(made(&gbk, UTF_8).unwrap(), gbk);
        let undeclared = GBK.encode(".\u{9898}{}").0.into_owned();
        assert_eq!(
            made(&undeclared, GBK).unwrap(),
            [b"@charset \"GBK\";", undeclared.as_slice()].concat()
        );
        let marked = "\u{feff}p{background:url(a.png)}".as_bytes();
        assert!(
            made(marked, GBK)
                .unwrap()
                .starts_with("\u{feff}p{background:url(../".as_bytes())
        );
        let wide: Vec<u8> = "\u{feff}p{background:url(a.png)}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let text = UTF_16LE.decode(&made(&wide, UTF_8).unwrap()).0.into_owned();
        assert!(text.starts_with("p{background:url(../"), "{text}");
    }

    proptest! {
        #[test]
        fn any_soup_is_closed(parts in proptest::collection::vec(proptest::sample::select(&[
            "@import ", "url(", "'a.png'", "\"//h.test/b\"", "gone", "a.png", ")", "{", "}", ";", "p", ":", "image-set(", "src(", "/*", "*/",
            "\\", "\n", "'", "\"", " ", "@font-face", "@media x", "[", "]", "(", "url(http://h.test/", "u\\72l(x", "\u{9898}", "<!--", "@charset 'x';",
        ][..]), 0..24)) {
            let css = parts.concat();
            for charset in [UTF_8, GBK, ISO_2022_JP] {
                let bytes = charset.encode(&css).0.into_owned();
                prop_assert!(made(&bytes, charset).is_ok(), "{css}");
            }
        }
    }
}
