//! What must hold for pages, posts and feeds? What is found lies where it is said to lie; a view can be undone and is closed.

use offprint::change::{self, Content, Seen};
use offprint::digest::Digest;
use offprint::document::{Document, Kind, Span, metadata};
use offprint::link::Link;
use offprint::listing::{self, Carried, Format, Listing, NAMED_MAX};
use offprint::refs::{self, Reference};
use offprint::render::{self, closed, splice};
use offprint::snapshot::Snapshot;

use super::captured::{blob, captured};
use super::chosen;

/// How a page may be declared: each kind of encoding that is read in a way of its own.
const CONTENT_TYPES: &[Option<&str>] = &[
    None,
    Some("text/html; charset=utf-8"),
    Some("text/html; charset=gbk"),
    Some("text/html; charset=gb18030"),
    Some("text/html; charset=big5"),
    Some("text/html; charset=shift_jis"),
    Some("text/html; charset=euc-kr"),
    Some("text/html; charset=iso-2022-jp"),
    Some("text/html; charset=utf-16le"),
    Some("text/html; charset=utf-16be"),
    Some("text/html; charset=windows-1252"),
];

/// How a document may name articles.
const FORMATS: &[Format] = &[Format::Feed, Format::Sitemap, Format::Opml, Format::List];

/// A page in any encoding: found, rendered, undone.
pub fn page(data: &[u8]) {
    let (content_type, bytes) = chosen(data, CONTENT_TYPES);
    check(bytes, Kind::Page, content_type);
}

/// A post in any encoding: found, rendered, undone.
pub fn post(data: &[u8]) {
    let (content_type, bytes) = chosen(data, CONTENT_TYPES);
    check(bytes, Kind::Post, content_type);
}

/// A feed in any encoding: found.
pub fn feed(data: &[u8]) {
    let (content_type, bytes) = chosen(data, CONTENT_TYPES);
    let address = Link::parse("https://h.test/a/feed.xml").ok();
    let document = Document::new(bytes.to_vec(), Kind::Feed, content_type, address);
    check_spans(&document, &refs::find(&document));
}

/// A feed, a sitemap, an outline or a list in any encoding: what it names is bounded, and kept as it was read.
pub fn listing(data: &[u8]) {
    let (format, rest) = chosen(data, FORMATS);
    let (content_type, bytes) = chosen(rest, CONTENT_TYPES);
    let address = Link::parse("https://h.test/a/feed.xml").ok();
    let document = Document::new(bytes.to_vec(), Kind::Feed, content_type, address);
    let mut read = listing::read(&document, format);
    assert!(read.entries.len() <= NAMED_MAX && read.leads.len() <= NAMED_MAX);
    for entry in &mut read.entries {
        let composed = listing::compose(entry).map(|it| it.bytes);
        assert_eq!(composed.is_some(), entry.has_text);
        // What a feed carries of an article is no memory of the listing.
        entry.carried = Carried::default();
    }
    let json = serde_json::to_vec(&read).expect("a listing is JSON");
    let again: Listing =
        serde_json::from_slice(&json).expect("a listing is read as it was written");
    assert_eq!(again, read);
}

fn check(bytes: &[u8], kind: Kind, content_type: Option<&str>) {
    let address = Link::parse("https://h.test/a/page.html?q").expect("it is a URL");
    let document = Document::new(bytes.to_vec(), kind, content_type, Some(address));
    let references = refs::find(&document);
    check_spans(&document, &references);
    let facts = metadata::read(&document).facts;
    let snapshot = captured(&document, references.clone(), facts);
    check_change(&document, &snapshot, &references);
    let json = snapshot.to_json();
    assert_eq!(
        Snapshot::parse(&json).ok().as_ref(),
        Some(&snapshot),
        "a snapshot is read as it was written"
    );
    check_view(&document, &snapshot);
}

/// A page that is what it was did not change, and is not lost.
fn check_change(document: &Document, snapshot: &Snapshot, references: &[Reference]) {
    let content = Content::of(document);
    let same = (snapshot, &content);
    assert_eq!(change::differences(same, same), [], "it is what it was");
    let Some(address) = &document.address else {
        return;
    };
    let seen = Seen {
        asked: address,
        address: Some(address),
        title: snapshot.article.title.as_deref(),
        content: &content,
        references,
    };
    assert_eq!(change::lost(same, seen), None, "it is there");
}

/// References are sorted, apart, inside the document, and say what stands where they say it stands.
fn check_spans(document: &Document, references: &[Reference]) {
    let mut end = 0;
    for reference in references {
        let Span { start, end: next } = reference.span;
        assert!(
            end <= start && start <= next && next <= document.bytes.len(),
            "{reference:?} after {end}"
        );
        end = next;
        // What precedes decides what the bytes mean there.
        if document.charset.name() == "ISO-2022-JP" {
            continue;
        }
        let (text, broken) = document
            .charset
            .decode_without_bom_handling(reference.span.slice(&document.bytes));
        assert!(
            broken || text == reference.written,
            "{reference:?}: {text:?}"
        );
    }
}

/// What was done to the original can be undone, and what is shown fetches nothing and runs nothing.
fn check_view(document: &Document, snapshot: &Snapshot) {
    let view = render::render(snapshot, &document.bytes, &blob);
    assert!(!view.files.is_empty());
    for file in &view.files {
        if let Some(done) = &file.done {
            let undone = splice::unsplice(&file.bytes, done);
            assert_eq!(
                undone.as_deref(),
                Some(document.bytes.as_slice()),
                "{}",
                file.name
            );
        }
        if file.name == "index.html" {
            assert_eq!(closed::leaks(&file.bytes), []);
        }
    }
    for derived in &view.derived {
        assert_eq!(Digest::of(&derived.bytes), derived.digest);
    }
}
