//! What does a reader see of a snapshot? A view: the original with byte spans replaced, closed and without script. Pure.
//!
//! A view is a function of its arguments and of [`RENDERER`], of nothing else. What is relinked is what the snapshot
//! recorded; nothing is found anew.

pub mod catalogue;
pub mod closed;
mod inline;
pub mod localise;
mod missing;
mod reader;
mod relink;
mod seal;
mod sheet;
pub mod splice;
mod svg;
pub mod view;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, WINDOWS_1252};

use crate::digest::Digest;
use crate::document::legible::Legible;
use crate::document::{Document, Kind, Syntax};
use crate::snapshot::{self, Snapshot};

use inline::Inliner;
pub use reader::day;
pub use relink::Blob;
use relink::{Known, Root, Shelf};
use seal::{Lookup, policy};
use splice::{Done, Edit};

/// The number of this renderer: raised by every change of what is rendered.
pub const RENDERER: u32 = 1;

/// The largest blob that rendering needs to read.
pub const BLOB_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The largest SVG that is sealed for a view. A larger one is shown as missing.
pub(crate) const SVG_BYTES_MAX: u64 = BLOB_BYTES_MAX;

/// The largest stylesheet that is kept and relinked.
pub const SHEET_BYTES_MAX: u64 = BLOB_BYTES_MAX;

/// What a reader sees of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The files of the article's folder. The first one is what a reader opens.
    pub files: Vec<File>,
    /// The files that these show, sorted by digest.
    pub derived: Vec<Derived>,
}

/// One file of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// `index.html` or `post.md`.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was done to the original's bytes, in order; `None` for a file that is generated.
    pub done: Option<Vec<Done>>,
}

/// A file made from a blob, named by its own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The digest of `bytes`.
    pub digest: Digest,
    /// `css` or `svg`.
    pub extension: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Renders the view of `snapshot`, whose article is `original`. `blob` gives the bytes of what the snapshot kept.
#[must_use]
pub fn render(snapshot: &Snapshot, original: &[u8], blob: Blob<'_>) -> View {
    let Some(recorded) = snapshot.documents.first() else {
        return View {
            files: Vec::new(),
            derived: Vec::new(),
        };
    };
    let document = document(recorded, original);
    let mut shelf = Shelf::new(&snapshot.documents, blob);
    let known = shelf.known(&recorded.references, Root::Archive);
    let files = match document.kind {
        Kind::Page => vec![page(&document, &known, shelf.inliner())],
        Kind::Post => post(&document, snapshot, &known, shelf.inliner()),
        // No article is a stylesheet or a feed; a snapshot that says so has nothing to show.
        Kind::Style | Kind::Feed => Vec::new(),
    };
    let (derived, _) = shelf.into_shown();
    View { files, derived }
}

/// Returns the document that was recorded, whose bytes are `original`.
fn document(recorded: &snapshot::Document, original: &[u8]) -> Document {
    Document {
        bytes: original.to_vec(),
        kind: recorded.kind,
        syntax: recorded.syntax,
        charset: charset(&recorded.charset),
        address: recorded.url.clone(),
        base: recorded.base.clone(),
    }
}

/// Returns the encoding that a view is written in. What a browser refuses to decode is shown as Western text.
fn charset(name: &str) -> &'static Encoding {
    match Encoding::for_label_no_replacement(name.as_bytes()) {
        Some(encoding) => encoding,
        None if name == REPLACEMENT.name() => WINDOWS_1252,
        None => UTF_8,
    }
}

fn page(document: &Document, known: &[Known<'_>], inliner: &Inliner<'_>) -> File {
    let mut edits = seal::edits(document, &Lookup::Spans(known), inliner);
    // Where both say something of one span, the seal has the last word.
    let legible = Legible::of(document);
    edits.extend(relink::edits(known, &legible));
    // A view is read as HTML, whatever the page was.
    let changes = legible.changes().iter();
    edits.extend(changes.map(|change| Edit::new(change.span, legible.ascii(&change.put))));
    closed_file(document, edits)
}

/// Returns the page with `edits` made. Where that cannot be proven closed, its source is shown as text instead.
fn closed_file(document: &Document, edits: Vec<Edit>) -> File {
    let file = edited("index.html", document, edits);
    if closed::leaks(&file.bytes).is_empty() {
        file
    } else {
        edited("index.html", document, policy::as_text(document))
    }
}

fn edited(name: &'static str, document: &Document, edits: Vec<Edit>) -> File {
    let edits = splice::settle(edits, document.bytes.len());
    let bytes = splice::splice(&document.bytes, &edits);
    File {
        name,
        bytes,
        done: Some(splice::done(&document.bytes, &edits)),
    }
}

fn post(
    document: &Document,
    snapshot: &Snapshot,
    known: &[Known<'_>],
    inliner: &Inliner<'_>,
) -> Vec<File> {
    let post = edited(
        "post.md",
        document,
        relink::edits(known, &Legible::of(document)),
    );
    let (text, _) = document.charset.decode_with_bom_removal(&post.bytes);
    let html = reader::page(&text, snapshot, known);
    let generated = Document {
        bytes: html.into_bytes(),
        kind: Kind::Page,
        syntax: Syntax::Html,
        charset: UTF_8,
        address: document.address.clone(),
        base: document.base.clone(),
    };
    let edits = seal::edits(&generated, &Lookup::by_address(known), inliner);
    let index = File {
        done: None,
        ..closed_file(&generated, edits)
    };
    vec![index, post]
}

#[cfg(test)]
mod tests;
