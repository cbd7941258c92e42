//! Which recorded references are at hand, where, and what becomes of their spans? Pure.

use std::collections::HashMap;

use super::splice::Edit;
use super::{Derived, inline, svg};
use crate::digest::Digest;
use crate::document::Span;
use crate::document::legible::Legible;
use crate::exchange::Why;
use crate::link::Link;
use crate::media::MediaType;
use crate::refs::{self, Promotion};
use crate::snapshot::{Mention, Missing, Outcome, Resource};

/// What leads from a view (`articles/HOST/cd/SLUG-ID/`) to the archive's root.
pub(crate) const TO_ROOT: &str = "../../../../";

/// Where what is at hand stands, for whoever shows the document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Root<'a> {
    /// In the archive, seen from a view.
    Archive,
    /// In a folder of a site, which is published at this address; it ends with `/`.
    Site(&'a str),
}

/// Why an SVG of the snapshot is not shown.
const SVG_REFUSED: &str = "this SVG cannot be shown safely";

/// Why a resource of the snapshot is not shown, where its blob is not there.
pub(crate) const BLOB_LOST: &str = "it was kept but its bytes are lost";

/// What the snapshot recorded of one reference, as a view needs it.
#[derive(Debug)]
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
    /// Whether it is a dot that counts readers.
    pub(crate) is_dot: bool,
}

/// The references of one document, and the derived files that showing them needs.
#[derive(Debug, Default)]
pub(crate) struct Shelf<'a> {
    /// Sorted by span.
    pub(crate) known: Vec<Known<'a>>,
    /// Sealed SVGs, sorted by digest.
    pub(crate) derived: Vec<Derived>,
}

/// Gives the bytes of a blob, where they are to be had.
pub type Blob<'a> = &'a dyn Fn(&Digest) -> Option<Vec<u8>>;

impl<'a> Shelf<'a> {
    /// Returns what `mentions` recorded, with places below `root`; `blob` is asked for SVGs alone.
    pub(crate) fn of(mentions: &'a [Mention], blob: Blob<'_>, root: Root<'_>) -> Self {
        let mut sealed: HashMap<Digest, Result<String, String>> = HashMap::new();
        let mut shelf = Self::default();
        for mention in mentions {
            let place = match &mention.outcome {
                Outcome::Kept(resource) | Outcome::Carried { resource, .. }
                    if resource.media == MediaType::Svg =>
                {
                    let derived = &mut shelf.derived;
                    sealed
                        .entry(resource.digest)
                        .or_insert_with(|| {
                            let svg = seal_svg(&resource.digest, blob)?;
                            let place = root.place("derived", &svg.digest, svg.extension);
                            derived.push(svg);
                            Ok(place)
                        })
                        .clone()
                }
                Outcome::Kept(resource) | Outcome::Carried { resource, .. } => {
                    Ok(root.place("blobs", &resource.digest, resource.media.extension()))
                }
                Outcome::Missing(missing) => Err(reason(missing)),
            };
            shelf.known.push(Known {
                span: (mention.start..mention.end).into(),
                target: mention.target.as_ref(),
                written: &mention.written,
                promotion: mention.promotion.as_ref(),
                place: place.map(|place| place + &part(mention)),
                resource: mention.outcome.resource(),
                kind: mention.kind,
                is_dot: is_dot(&mention.outcome),
            });
        }
        shelf.known.sort_by_key(|known| known.span);
        shelf.derived.sort_by_key(|derived| derived.digest);
        shelf.derived.dedup_by_key(|derived| derived.digest);
        shelf
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
        Outcome::Missing(missing) => return missing.why == Why::Tracker,
    };
    let is_small = |pixels: Option<u32>| pixels.is_some_and(|pixels| pixels <= DOT_PIXELS_MAX);
    is_small(resource.width) && is_small(resource.height)
}

fn seal_svg(digest: &Digest, blob: Blob<'_>) -> Result<Derived, String> {
    let bytes = blob(digest).ok_or(BLOB_LOST)?;
    let bytes = svg::seal(&bytes).ok_or(SVG_REFUSED)?;
    Ok(Derived {
        digest: Digest::of(&bytes),
        extension: "svg",
        bytes,
    })
}

impl Root<'_> {
    fn place(self, room: &str, digest: &Digest, extension: &str) -> String {
        let file = hashed(digest, extension);
        match self {
            Self::Archive => format!("{TO_ROOT}{room}/sha256/{file}"),
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
    /// Returns the original address, for a person.
    pub(crate) fn address(&self) -> &str {
        self.target.map_or(self.written, Link::as_str)
    }

    /// Returns whether a promotion gives its attribute this name.
    pub(crate) fn is_promoted_to(&self, name: &str) -> bool {
        self.promotion
            .is_some_and(|promotion| promotion.renames.iter().any(|rename| rename.to == name))
    }

    /// Returns whether a browser that runs no script shows it as an image of its own.
    pub(crate) fn is_shown(&self) -> bool {
        use refs::Kind::{ImgSrc, ImgSrcset, SourceSrcset, SvgImage};
        self.promotion.is_some()
            || matches!(self.kind, ImgSrc | ImgSrcset | SourceSrcset | SvgImage)
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
