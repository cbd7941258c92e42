//! What does a capture look like that nobody fetched for? Shared with `benches/parse.rs`.

use offprint::digest::Digest;
use offprint::document::Document;
use offprint::exchange::Why;
use offprint::media::MediaType;
use offprint::refs::Reference;
use offprint::snapshot::{self, Facts, Mention, Missing, Outcome, Resource, Snapshot, Source};

const NOW: &str = "2026-11-23T00:00:00Z";

/// Returns a capture of `document` in which an address that begins with `m` is missing, one that begins with `s` is an SVG,
/// and all else is kept.
pub(crate) fn captured(
    document: &Document,
    references: Vec<Reference>,
    article: Facts,
) -> Snapshot {
    let mentions = references.into_iter().filter(|it| it.target.is_some());
    let mentions = mentions.map(|found| Mention {
        start: found.span.start,
        end: found.span.end,
        outcome: outcome(&found.written),
        written: found.written,
        kind: found.kind,
        role: found.role,
        target: found.target,
        promotion: found.promotion,
        document: None,
    });
    let recorded = snapshot::Document {
        kind: document.kind,
        syntax: document.syntax,
        digest: Digest::of(&document.bytes),
        size: document.bytes.len() as u64,
        url: document.address.clone(),
        base: document.base.clone(),
        charset: document.charset.name().to_owned(),
        references: mentions.collect(),
    };
    Snapshot {
        format: snapshot::FORMAT,
        tool: "offprint".to_owned(),
        time: NOW.parse().expect("it is a time"),
        source: Source {
            key: "url:x".to_owned(),
            given: "x".to_owned(),
            url: document.address.clone(),
            aliases: Vec::new(),
        },
        article,
        original: recorded.digest,
        documents: vec![recorded],
        exchanges: Vec::new(),
    }
}

fn outcome(written: &str) -> Outcome {
    if written.starts_with('m') {
        return Outcome::Missing(Missing {
            why: Why::HttpStatus,
            status: Some(404),
            tried: NOW.parse().expect("it is a time"),
        });
    }
    let media = if written.starts_with('s') {
        MediaType::Svg
    } else {
        MediaType::Png
    };
    Outcome::Kept(Resource {
        digest: Digest::of(b"blob"),
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
pub(crate) fn blob(_: &Digest) -> Option<Vec<u8>> {
    Some(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>".to_vec())
}
