//! What is a document that may name articles, and what does it name?

use crate::document::{Document, Kind as DocumentKind, announced};
use crate::fetch;
use crate::link::Link;
use crate::listing::{self, Format, Lead, Listing};
use crate::media;
use crate::nature::{self, Evidence, Nature};

use super::Kind;

/// The largest document that is read for what it names, as sent and as decoded: what a sitemap may have at most
/// (sitemaps.org, "Sitemaps XML format").
pub(super) const LISTING_BYTES_MAX: u64 = 50 * 1024 * 1024;

/// The first bytes of what gzip made (RFC 1952 §2.3.1).
const GZIP: &[u8] = b"\x1f\x8b";

/// How much is decompressed at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Returns what a document is, and what it names.
pub(super) fn told(
    bytes: Vec<u8>,
    content_type: Option<&str>,
    address: Link,
    expected: Option<Kind>,
) -> Result<(Kind, Listing), String> {
    let name = address.as_url().path().to_owned();
    read(bytes, content_type, &name, Some(address), expected)
}

/// Likewise, of a document that may have no address.
pub(super) fn read(
    bytes: Vec<u8>,
    content_type: Option<&str>,
    name: &str,
    address: Option<Link>,
    expected: Option<Kind>,
) -> Result<(Kind, Listing), String> {
    let is_packed = bytes.starts_with(GZIP);
    let bytes = if is_packed { unpacked(&bytes)? } else { bytes };
    let content_type = content_type.filter(|_| !is_packed);
    let verdict = media::identify(&bytes);
    let evidence = Evidence {
        content_type,
        name: name.strip_suffix(".gz").unwrap_or(name),
        bytes: &bytes,
        verdict: &verdict,
    };
    let nature = nature::judge(&evidence).nature;
    let is_text = nature::is_text(&evidence, true);
    let kind = kind(expected, nature, verdict.root(), is_text)?;
    let read_as = if kind == Kind::Page {
        DocumentKind::Page
    } else {
        DocumentKind::Feed
    };
    let document = Document::new(bytes, read_as, content_type, address);
    Ok((kind, named(&document, kind)))
}

fn named(document: &Document, kind: Kind) -> Listing {
    let Some(format) = kind.format() else {
        // The first feed is that of the articles; of comments and categories there may be others.
        let feed = announced::feeds(document).into_iter().next();
        return Listing {
            leads: feed
                .into_iter()
                .map(|url| Lead {
                    url,
                    modified: None,
                })
                .collect(),
            ..Listing::default()
        };
    };
    listing::read(document, format)
}

/// Says what a document is.
fn kind(
    expected: Option<Kind>,
    nature: Nature,
    root: Option<&str>,
    is_text: bool,
) -> Result<Kind, String> {
    let may_be_list = is_text && matches!(nature, Nature::Other | Nature::Post);
    let found = match Format::of(nature, root) {
        Some(format) => Some(Kind::from(format)),
        // A sitemap may be a list (sitemaps.org, "Other Sitemap formats").
        None if may_be_list && matches!(expected, Some(Kind::List | Kind::Sitemap)) => {
            Some(Kind::List)
        }
        None if matches!(nature, Nature::Page | Nature::Post) => Some(Kind::Page),
        None => None,
    };
    match (found, expected) {
        (Some(found), expected) if fits(expected, found) => Ok(found),
        (_, Some(expected)) => {
            let (is, not) = (nature.describe(), expected.describe());
            Err(format!("it is {is}, not {not}"))
        }
        (_, None) => Err(format!(
            "it is {}; if it is a list, say kind = \"list\"",
            nature.describe()
        )),
    }
}

/// Returns whether what was found will do for what is expected.
pub(super) fn fits(expected: Option<Kind>, found: Kind) -> bool {
    match expected {
        None => true,
        // A page may announce its feed.
        Some(Kind::Feed) => matches!(found, Kind::Feed | Kind::Page),
        // A sitemap may be a feed or a list.
        Some(Kind::Sitemap) => matches!(found, Kind::Sitemap | Kind::Feed | Kind::List),
        Some(other) => other == found,
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let unpacked = fetch::decode("gzip", bytes, PIECE_BYTES, LISTING_BYTES_MAX);
    unpacked.map_err(|why| format!("it can't be decompressed: {}", why.describe()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], media: &str, expected: Option<Kind>, result: Result<Kind, &str>) {
        let address = Link::parse("https://h.test/x").unwrap();
        let told = told(bytes.to_vec(), Some(media), address, expected);
        let told = told.map(|(kind, _)| kind);
        assert_eq!(told, result.map_err(str::to_owned));
    }

    #[test]
    fn a_document_is_what_its_bytes_say() {
        check(b"<rss></rss>", "text/html", None, Ok(Kind::Feed));
        check(b"<opml></opml>", "text/xml", None, Ok(Kind::Opml));
        check(b"<!doctype html><p>", "text/html", None, Ok(Kind::Page));
        check(
            b"<!doctype html><p>",
            "text/xml",
            Some(Kind::Feed),
            Ok(Kind::Page),
        );
        check(
            b"<!doctype html><p>",
            "application/xml",
            Some(Kind::Sitemap),
            Err("it is an HTML page, not a sitemap"),
        );
        check(
            b"<urlset></urlset>",
            "text/xml",
            Some(Kind::Feed),
            Err("it is a sitemap, not a feed"),
        );
        let list = b"https://h.test/1\nhttps://h.test/2\n";
        check(list, "text/plain", Some(Kind::Sitemap), Ok(Kind::List));
        check(list, "text/plain", Some(Kind::List), Ok(Kind::List));
        check(
            list,
            "text/plain",
            None,
            Err(
                "it is no kind of document that Offprint reads; if it is a list, say kind = \"list\"",
            ),
        );
        check(
            b"\x1f\x8b\x08\0\0",
            "application/gzip",
            None,
            Err("it can't be decompressed: its content coding is broken"),
        );
    }
}
