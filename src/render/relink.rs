//! Which recorded references are at hand, where, and what becomes of their spans? Pure.

use std::collections::{BTreeSet, HashMap};

use super::inline::{self, Inliner};
use super::splice::Edit;
use super::{Derived, sheet, svg};
use crate::digest::Digest;
use crate::document::Span;
use crate::document::legible::Legible;
use crate::link::Link;
use crate::media::MediaType;
use crate::refs::{self, Promotion, Role};
use crate::snapshot::{Document, Mention, Missing, Named, Outcome, Resource};

/// What leads from a view (`articles/HOST/cd/SLUG-ID/`) to the archive's root.
pub(crate) const TO_ROOT: &str = "../../../../";

/// What leads from a derived file (`derived/sha256/ab/`) to the archive's root.
pub(crate) const DERIVED_TO_ROOT: &str = "../../../";

/// Where what is at hand stands, for whoever shows the document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Root<'a> {
    /// In the archive, seen from a view.
    Archive,
    /// In the archive, seen from a derived stylesheet.
    Derived,
    /// In a folder of a site, which is published at this address; it ends with `/`.
    Site(&'a str),
}

/// Why a stylesheet of the snapshot is not shown: an older program kept its bytes and did not read it.
const SHEET_UNREAD: &str = "it was not read at its capture";

/// Why an SVG of the snapshot is not shown.
const SVG_REFUSED: &str = "this SVG cannot be shown safely";

/// Why a resource of the snapshot is not shown, where its blob is not there.
const BLOB_LOST: &str = "it was kept but its bytes are lost";

/// What the snapshot recorded of one reference, as a view needs it.
#[derive(Debug, Clone)]
pub(crate) struct Known<'a> {
    /// Where it stands in the document's own bytes.
    pub(crate) span: Span,
    /// The address it names.
    pub(crate) target: Option<&'a Link>,
    /// The text that stands there.
    pub(crate) written: &'a str,
    /// What makes a browser show it without a script.
    pub(crate) promotion: Option<&'a Promotion>,
    /// Where its bytes are, seen from the view, or why they are not there.
    pub(crate) place: Result<String, String>,
    /// What was kept of it.
    pub(crate) resource: Option<&'a Resource>,
    /// The syntax it stands in.
    kind: refs::Kind,
    /// What it is needed for.
    role: Role,
    /// Whether it is a dot that counts readers.
    pub(crate) is_dot: bool,
}

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
        sheet::relinked(
            &super::document(recorded, &bytes),
            &known,
            &self.inliner,
            root,
        )
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

/// The largest width and height of an image that is there to be counted, not to be seen.
const DOT_PIXELS_MAX: u32 = 2;

fn is_dot(outcome: &Outcome) -> bool {
    let resource = match outcome {
        Outcome::Kept(resource) | Outcome::Carried { resource, .. } => resource,
        Outcome::Missing(missing) => return missing.is_tracker(),
    };
    let is_small = |pixels: Option<u32>| pixels.is_some_and(|pixels| pixels <= DOT_PIXELS_MAX);
    is_small(resource.width) && is_small(resource.height)
}

/// What stands in the place of a pixel that counts readers: another one, transparent, that fetches nothing.
const PIXEL: &str =
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

impl Root<'_> {
    /// Returns what stands for something that is missing, or why nothing does. A post that goes back to its site keeps what
    /// its author wrote.
    fn missing(self, missing: &Missing) -> Result<String, String> {
        match self {
            Self::Archive | Self::Derived if missing.is_tracker() => Ok(PIXEL.to_owned()),
            Self::Archive | Self::Derived | Self::Site(_) => Err(reason(missing)),
        }
    }

    /// Returns how what is at hand is seen from a stylesheet.
    fn within(self) -> Self {
        match self {
            Self::Archive | Self::Derived => Self::Derived,
            Self::Site(address) => Self::Site(address),
        }
    }

    /// Returns what the addresses of what is at hand begin with.
    pub(crate) fn prefix(&self) -> &str {
        match self {
            Self::Archive => TO_ROOT,
            Self::Derived => DERIVED_TO_ROOT,
            Self::Site(address) => address,
        }
    }

    fn place(self, room: &str, digest: &Digest, extension: &str) -> String {
        let file = hashed(digest, extension);
        match self {
            Self::Archive | Self::Derived => format!("{}{room}/sha256/{file}", self.prefix()),
            Self::Site(address) => format!("{address}{file}"),
        }
    }
}

/// Returns the path of what is named by its own bytes, below the folder for its kind.
pub(crate) fn hashed(digest: &Digest, extension: &str) -> String {
    format!("{}/{digest}.{extension}", digest.short(2))
}

/// The status says nothing more where it is one of success.
fn reason(missing: &Missing) -> String {
    match missing.status {
        Some(status) if !(200..300).contains(&status) => {
            format!("{} ({status})", missing.why.describe())
        }
        _ => missing.why.describe().to_owned(),
    }
}

impl Known<'_> {
    /// Returns it where it stands elsewhere, in a copy of a part of the document.
    pub(crate) fn moved<'b>(&'b self, span: Span, promotion: Option<&'b Promotion>) -> Known<'b> {
        Known {
            span,
            promotion,
            ..self.clone()
        }
    }

    /// Returns what tells one image from another: its place, or the address of one that is missing.
    pub(crate) fn image(&self) -> &str {
        self.place.as_deref().unwrap_or_else(|_| self.address())
    }

    /// Returns the original address, for a person.
    pub(crate) fn address(&self) -> &str {
        self.target.map_or(self.written, Link::as_str)
    }

    /// Returns whether a promotion gives its attribute this name.
    pub(crate) fn is_promoted_to(&self, name: &str) -> bool {
        self.promotion
            .is_some_and(|promotion| promotion.renames.iter().any(|rename| rename.to == name))
    }

    /// Returns whether it is a stylesheet that a link names.
    pub(crate) fn is_linked_sheet(&self) -> bool {
        self.role == Role::Style && self.kind != refs::Kind::CssImport
    }

    /// Returns whether a browser that runs no script shows it as an image of its own.
    pub(crate) fn is_shown(&self) -> bool {
        use refs::Kind::{AmpImg, EmbedSrc, ImgSrc, ImgSrcset, ObjectData, SourceSrcset, SvgImage};
        self.promotion.is_some_and(Promotion::shows)
            || matches!(
                self.kind,
                ImgSrc | ImgSrcset | SourceSrcset | SvgImage | AmpImg | ObjectData | EmbedSrc
            )
    }
}

/// Returns the edits that lead every reference at hand to its bytes, and show those that a script would have loaded.
pub(crate) fn edits(known: &[Known<'_>], legible: &Legible<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for known in known {
        let Ok(place) = &known.place else { continue };
        edits.push(Edit::new(known.span, legible.ascii(place)));
        for rename in known
            .promotion
            .iter()
            .flat_map(|promotion| &promotion.renames)
        {
            edits.push(Edit::new(
                rename.start..rename.end,
                legible.ascii(&rename.to),
            ));
        }
    }
    edits
}
