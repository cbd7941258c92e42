//! Which recorded references are at hand, where, and what becomes of their spans? Pure.

mod shelf;

use super::splice::Edit;
use crate::digest::Digest;
use crate::document::Span;
use crate::document::legible::Legible;
use crate::link::Link;
use crate::refs::{self, Promotion, Role};
use crate::snapshot::{Missing, Outcome, Resource};

pub use shelf::Blob;
pub(crate) use shelf::Shelf;

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
