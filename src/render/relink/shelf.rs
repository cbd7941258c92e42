//! What is at hand for the documents of a snapshot, and which derived files does showing it need? Each is made once. Pure.

use std::collections::{BTreeSet, HashMap};

use super::super::inline::{self, Inliner};
use super::super::{Derived, document, sheet, svg};
use super::{Known, Root, is_dot};
use crate::digest::Digest;
use crate::media::MediaType;
use crate::refs::Role;
use crate::snapshot::{Document, Mention, Named, Outcome, Resource};

/// Why a stylesheet of the snapshot is not shown: an older program kept its bytes and did not read it.
const SHEET_UNREAD: &str = "it was not read at its capture";

/// Why an SVG of the snapshot is not shown.
const SVG_REFUSED: &str = "this SVG cannot be shown safely";

/// Why a resource of the snapshot is not shown, where its blob is not there.
const BLOB_LOST: &str = "it was kept but its bytes are lost";

/// What is at hand for the documents of a snapshot, and the derived files that showing it needs, each made once.
pub(crate) struct Shelf<'a> {
    documents: &'a [Document],
    blob: Blob<'a>,
    /// The blobs that are known to be lost.
    lost: BTreeSet<Digest>,
    svgs: HashMap<Digest, Made>,
    sheets: HashMap<usize, Sheet>,
    derived: Vec<Derived>,
    blobs: BTreeSet<Named>,
    inliner: Inliner<'a>,
}

/// Where a derived file stands, or why there is none.
type Made = Result<(Digest, &'static str), String>;

/// A stylesheet of the snapshot.
enum Sheet {
    /// One that it imports is being made.
    Begun,
    Made(Made),
}

/// Gives the bytes of a blob, where they are to be had.
pub type Blob<'a> = &'a dyn Fn(&Digest) -> Option<Vec<u8>>;

impl<'a> Shelf<'a> {
    /// Begins with nothing made. `blob` is asked for SVGs and stylesheets alone.
    pub(crate) fn new(documents: &'a [Document], blob: Blob<'a>) -> Self {
        Self {
            documents,
            blob,
            lost: BTreeSet::new(),
            svgs: HashMap::new(),
            sheets: HashMap::new(),
            derived: Vec::new(),
            blobs: BTreeSet::new(),
            inliner: Inliner::new(blob),
        }
    }

    /// Returns what puts resources into the view itself.
    pub(crate) fn inliner(&self) -> &Inliner<'a> {
        &self.inliner
    }

    /// Does without the blobs that are `lost`.
    pub(crate) fn without(mut self, lost: &BTreeSet<Digest>) -> Self {
        self.lost.clone_from(lost);
        self
    }

    /// Returns what `mentions` recorded, sorted by span, with places below `root`.
    pub(crate) fn known<'m>(&mut self, mentions: &'m [Mention], root: Root<'_>) -> Vec<Known<'m>> {
        let known = mentions.iter().map(|mention| Known {
            span: (mention.start..mention.end).into(),
            target: mention.target.as_ref(),
            written: &mention.written,
            promotion: mention.promotion.as_ref(),
            place: self.place(mention, root),
            resource: mention.outcome.resource(),
            kind: mention.kind,
            role: mention.role,
            is_dot: is_dot(&mention.outcome),
        });
        let mut known: Vec<_> = known.collect();
        known.sort_by_key(|known| known.span);
        known
    }

    fn place(&mut self, mention: &Mention, root: Root<'_>) -> Result<String, String> {
        let resource = match &mention.outcome {
            Outcome::Kept(resource) | Outcome::Carried { resource, .. } => resource,
            Outcome::Missing(missing) => return root.missing(missing),
        };
        if self.lost.contains(&resource.digest) {
            return Err(BLOB_LOST.to_owned());
        }
        let made = if mention.role == Role::Style {
            self.sheet(mention.document.ok_or(SHEET_UNREAD)?, root)
        } else if resource.media == MediaType::Svg {
            self.svg(&resource.digest)
        } else {
            return Ok(self.blob(resource, root));
        };
        made.map(|(digest, extension)| root.place("derived", &digest, extension) + &part(mention))
    }

    fn blob(&mut self, resource: &Resource, root: Root<'_>) -> String {
        let extension = resource.media.extension();
        self.blobs.insert(Named {
            digest: resource.digest,
            size: resource.size,
            extension,
        });
        root.place("blobs", &resource.digest, extension)
    }

    fn svg(&mut self, digest: &Digest) -> Made {
        if let Some(made) = self.svgs.get(digest) {
            return made.clone();
        }
        let bytes = (self.blob)(digest).ok_or(BLOB_LOST.to_owned());
        let sealed = bytes.and_then(|bytes| svg::seal(&bytes).ok_or(SVG_REFUSED.to_owned()));
        let made = sealed.map(|bytes| self.derive("svg", bytes));
        self.svgs.insert(*digest, made.clone());
        made
    }

    /// Makes the stylesheet that is the document numbered `index`, and those that it imports before it. Where they import
    /// each other in a circle, the import that closes it leads nowhere, as in a browser.
    fn sheet(&mut self, index: usize, root: Root<'_>) -> Made {
        match self.sheets.get(&index) {
            Some(Sheet::Made(made)) => return made.clone(),
            Some(Sheet::Begun) => return Err(sheet::CIRCLE.to_owned()),
            None => {}
        }
        self.sheets.insert(index, Sheet::Begun);
        let made = self
            .relinked(index, root.within())
            .map(|bytes| self.derive("css", bytes));
        self.sheets.insert(index, Sheet::Made(made.clone()));
        made
    }

    fn relinked(&mut self, index: usize, root: Root<'_>) -> Result<Vec<u8>, String> {
        let recorded = self.documents.get(index).ok_or(SHEET_UNREAD)?;
        let bytes = (self.blob)(&recorded.digest).ok_or(BLOB_LOST)?;
        let known = self.known(&recorded.references, root);
        sheet::relinked(&document(recorded, &bytes), &known, &self.inliner, root)
    }

    fn derive(&mut self, extension: &'static str, bytes: Vec<u8>) -> (Digest, &'static str) {
        let digest = Digest::of(&bytes);
        self.derived.push(Derived {
            digest,
            extension,
            bytes,
        });
        (digest, extension)
    }

    /// Returns the derived files, sorted by digest, and the blobs that are shown as they are.
    pub(crate) fn into_shown(mut self) -> (Vec<Derived>, BTreeSet<Named>) {
        self.derived
            .sort_by_key(|derived| (derived.digest, derived.extension));
        self.derived
            .dedup_by_key(|derived| (derived.digest, derived.extension));
        (self.derived, self.blobs)
    }
}

/// Returns what follows the address of a drawing, where a part of it is meant, such as one picture of many.
fn part(mention: &Mention) -> String {
    let is_drawing = |resource: &Resource| resource.media == MediaType::Svg;
    let fragment = mention
        .target
        .as_ref()
        .and_then(|link| link.as_url().fragment());
    let fragment = fragment.filter(|_| mention.outcome.resource().is_some_and(is_drawing));
    fragment.map(inline::fragment).unwrap_or_default()
}
