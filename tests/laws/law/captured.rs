//! What does a capture look like that nobody fetched for? Shared with `benches/parse.rs`.

use offprint::digest::Digest;
use offprint::document::Document;
use offprint::exchange::Why;
use offprint::link::Link;
use offprint::media::MediaType;
use offprint::refs::{self, Reference, Role};
use offprint::snapshot::{self, Facts, Mention, Missing, Outcome, Resource, Snapshot, Source};

const NOW: &str = "2026-11-23T00:00:00Z";

/// What every stylesheet is that a document names: it imports itself.
const SHEET: &str = "@import 'again.css'; p { background: url(a.png) } i { mask: url(s.svg) } b { background: url(m.png) }";

/// Returns a capture of `document` in which an address that begins with `m` is missing, one that begins with `s` is an SVG,
/// every stylesheet is [`SHEET`], and all else is kept.
pub(crate) fn captured(
    document: &Document,
    references: Vec<Reference>,
    article: Facts,
) -> Snapshot {
    let sheet = Link::parse("https://h.test/s.css").expect("it is an address");
    let sheet = Document::style(SHEET.into(), None, "UTF-8", sheet);
    let found = refs::find(&sheet);
    let documents = vec![recorded(document, references), recorded(&sheet, found)];
    Snapshot {
        format: snapshot::FORMAT,
        tool: "offprint".to_owned(),
        time: NOW.parse().expect("it is a time"),
        source: Source {
            key: "url:x".to_owned(),
            given: "x".to_owned(),
            url: document.address.clone(),
            aliases: Vec::new(),
            entry: None,
            tags: Vec::new(),
        },
        article,
        original: documents[0].digest,
        documents,
        exchanges: Vec::new(),
    }
}

fn recorded(document: &Document, references: Vec<Reference>) -> snapshot::Document {
    let mentions = references.into_iter().filter(|it| it.target.is_some());
    let mentions = mentions.map(|found| Mention {
        start: found.span.start,
        end: found.span.end,
        outcome: outcome(&found),
        document: (found.role == Role::Style && !is_missing(&found)).then_some(1),
        written: found.written,
        kind: found.kind,
        role: found.role,
        target: found.target,
        promotion: found.promotion,
    });
    let mut mentions: Vec<Mention> = mentions.collect();
    snapshot::choose(&mut mentions);
    snapshot::Document {
        kind: document.kind,
        syntax: document.syntax,
        digest: Digest::of(&document.bytes),
        size: document.bytes.len() as u64,
        url: document.address.clone(),
        base: document.base.clone(),
        charset: document.charset.name().to_owned(),
        references: mentions,
    }
}

fn is_missing(found: &Reference) -> bool {
    found.written.starts_with('m')
}

fn outcome(found: &Reference) -> Outcome {
    if is_missing(found) {
        return Outcome::Missing(Missing {
            why: Why::HttpStatus,
            status: Some(404),
            tried: NOW.parse().expect("it is a time"),
        });
    }
    let (media, digest) = match found.role {
        Role::Style => (MediaType::Css, Digest::of(SHEET.as_bytes())),
        _ if found.written.starts_with('s') => (MediaType::Svg, Digest::of(b"blob")),
        _ => (MediaType::Png, Digest::of(b"blob")),
    };
    Outcome::Kept(Resource {
        digest,
        media,
        size: 4,
        width: None,
        height: None,
    })
}

/// The bytes of everything that was kept.
#[must_use]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape that rendering asks for"
)]
pub(crate) fn blob(digest: &Digest) -> Option<Vec<u8>> {
    if *digest == Digest::of(SHEET.as_bytes()) {
        return Some(SHEET.into());
    }
    Some(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>".to_vec())
}
