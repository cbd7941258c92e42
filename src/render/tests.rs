//! How is a page or a post shown? What every part of these tests builds on: a capture, and what is rendered of it.

mod closing;
mod encodings;
mod images;
mod posts;
mod shown;
mod soup;
mod uses;
mod xhtml;

use super::*;
use crate::exchange::Why;
use crate::link::Link;
use crate::media::MediaType;
use crate::snapshot::{self, Facts, Mention, Missing, Outcome, Resource, Source};

const BASE: &str = "https://h.test/a/page.html?q";
const NOW: &str = "2026-11-23T00:00:00Z";

/// A capture of `document` in which everything was kept whose address does not say otherwise: `missing…` was not there,
/// `forgotten…` was not recorded, `….svg` is an SVG.
pub(super) fn capture(document: &Document) -> Snapshot {
    let mentions = crate::refs::find(document).into_iter().filter_map(|found| {
        let outcome = outcome(&found.written);
        (!found.written.contains("forgotten") && found.target.is_some()).then_some(Mention {
            start: found.span.start,
            end: found.span.end,
            written: found.written,
            kind: found.kind,
            role: found.role,
            target: found.target,
            promotion: found.promotion,
            document: None,
            outcome,
        })
    });
    let mut mentions: Vec<Mention> = mentions.collect();
    snapshot::choose(&mut mentions);
    let recorded = snapshot::Document {
        kind: document.kind,
        syntax: document.syntax,
        digest: Digest::of(&document.bytes),
        size: document.bytes.len() as u64,
        url: document.address.clone(),
        base: document.base.clone(),
        charset: document.charset.name().to_owned(),
        references: mentions,
    };
    Snapshot {
        format: 1,
        tool: "offprint".to_owned(),
        time: NOW.parse().unwrap(),
        source: Source {
            key: "url:x".to_owned(),
            given: "x".to_owned(),
            url: document.address.clone(),
            aliases: Vec::new(),
            entry: None,
            tags: Vec::new(),
        },
        article: Facts {
            title: Some("题 <b>".to_owned()),
            language: Some("zh-CN".to_owned()),
            ..Facts::default()
        },
        original: recorded.digest,
        documents: vec![recorded],
        exchanges: Vec::new(),
    }
}

fn outcome(written: &str) -> Outcome {
    if written.contains("missing") {
        return Outcome::Missing(Missing {
            why: Why::HttpStatus,
            status: Some(404),
            tried: NOW.parse().unwrap(),
        });
    }
    let media = if written.contains(".svg") {
        MediaType::Svg
    } else {
        MediaType::Png
    };
    let width = match written {
        _ if written.contains("60.png") => Some(60),
        _ if written.contains("640.png") => Some(640),
        _ => None,
    };
    let bytes: &[u8] = if width.is_some() {
        written.as_bytes()
    } else {
        b"blob"
    };
    Outcome::Kept(Resource {
        digest: Digest::of(bytes),
        media,
        size: 4,
        width,
        height: width,
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape that rendering asks for"
)]
pub(super) fn blob(_: &Digest) -> Option<Vec<u8>> {
    Some(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>".to_vec())
}

pub(super) fn document(bytes: &[u8], kind: Kind, header: &str) -> Document {
    Document::new(
        bytes.to_vec(),
        kind,
        Some(header),
        Some(Link::parse(BASE).unwrap()),
    )
}

fn rendered(bytes: &[u8], header: &str) -> File {
    let document = document(bytes, Kind::Page, header);
    let mut view = render(&capture(&document), bytes, &blob);
    view.files.remove(0)
}

fn place(room: &str, bytes: &[u8], extension: &str) -> String {
    let digest = Digest::of(bytes);
    format!(
        "../../../../{room}/sha256/{}/{digest}.{extension}",
        digest.short(2)
    )
}

/// Renders the body of a page, and compares it with `expected`, in which `@` is the place of the image.
#[track_caller]
fn check(body: &str, expected: &str) {
    let head = "<!DOCTYPE html><html><head>";
    let page = format!("{head}</head><body>{body}");
    let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(file.bytes.clone()).unwrap();
    let lazy = expected.contains("data-offprint-lazy");
    let lazy = if lazy { seal::LAZY_STYLE } else { "" };
    let policy = policy::markup(Some("UTF-8"));
    let start = format!("{head}{policy}{lazy}</head><body>");
    let rest = view
        .strip_prefix(&start)
        .unwrap_or_else(|| panic!("{view}"));
    assert_eq!(rest, expected.replace('@', &place("blobs", b"blob", "png")));
    assert_eq!(
        splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(),
        page.as_bytes()
    );
    assert_eq!(closed::leaks(&file.bytes), []);
}

/// Renders the body of a page, and expects a drawing that says `reason`.
#[track_caller]
fn check_drawing(body: &str, attribute: &str, reason: &str) {
    let view = rendered(body.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(view.bytes).unwrap();
    let drawing = view
        .split_once(attribute)
        .unwrap_or_else(|| panic!("{view}"))
        .1;
    assert!(drawing.starts_with("data:image/svg+xml,%3Csvg"), "{view}");
    assert!(
        drawing
            .split(['"', '\'', ' ', '>'])
            .next()
            .unwrap()
            .contains(&reason.replace(' ', "%20")),
        "{view}"
    );
    assert_eq!(closed::leaks(view.as_bytes()), []);
}
