//! What is a post that shows its images from its own site? The post with other addresses, and what stands there. Pure.

pub mod record;

use std::collections::BTreeSet;

use super::relink::{self, Blob, Known, Root, Shelf};
use super::splice::{self, Done};
use crate::digest::Digest;
use crate::document::front_matter::Language;
use crate::document::legible::Legible;
use crate::document::{Kind, metadata};
use crate::refs;
use crate::snapshot::{Mention, Named, Snapshot};

/// A post whose images stand in a folder of its site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localised {
    /// The post with the addresses of its site.
    pub bytes: Vec<u8>,
    /// What was done to the original, in order.
    pub done: Vec<Done>,
    /// The images that it shows now, sorted by path, each once.
    pub images: Vec<Image>,
    /// The references that were left as they are, in order, each address once.
    pub left: Vec<Left>,
    /// What its front matter is written in; `None` where it has none.
    pub language: Option<Language>,
}

/// An image of a post, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    /// Its path below the folder of images: `ab/ab….jpg`.
    pub path: String,
    /// Where its bytes are.
    pub bytes: Held,
}

/// Where the bytes of an image are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// They are a blob of the archive.
    Blob(Named),
    /// They were made from one: a sealed SVG, a relinked stylesheet.
    Made(Vec<u8>),
}

/// A reference that still says what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The address it names, or the text as written where that names none.
    pub url: String,
    /// Why nothing stands there.
    pub why: String,
    /// Whether it names a file beside the post, or one of the site's own.
    pub is_local: bool,
}

/// Returns the post of `snapshot`, whose bytes are `original`, with its images below `address`, which ends with `/`. What
/// is `lost` stays as it was written. `None` where the article is no post.
#[must_use]
pub fn localise(
    snapshot: &Snapshot,
    original: &[u8],
    address: &str,
    blob: Blob<'_>,
    lost: &BTreeSet<Digest>,
) -> Option<Localised> {
    let recorded = snapshot.documents.first()?;
    if recorded.kind != Kind::Post {
        return None;
    }
    let document = super::document(recorded, original);
    let to_lead = recorded
        .references
        .iter()
        .filter(|mention| !is_by_name(mention));
    let to_lead: Vec<Mention> = to_lead.cloned().collect();
    let mut shelf = Shelf::new(&snapshot.documents, blob).without(lost);
    let known = shelf.known(&to_lead, Root::Site(address));
    let edits = relink::edits(&known, &Legible::of(&document));
    let edits = splice::settle(edits, original.len());
    let (derived, blobs) = shelf.into_shown();
    let blobs = blobs.into_iter().map(|named| Image {
        path: relink::hashed(&named.digest, named.extension),
        bytes: Held::Blob(named),
    });
    let made = derived.into_iter().map(|derived| Image {
        path: relink::hashed(&derived.digest, derived.extension),
        bytes: Held::Made(derived.bytes),
    });
    let mut images: Vec<Image> = blobs.chain(made).collect();
    images.sort_unstable();
    Some(Localised {
        bytes: splice::splice(original, &edits),
        done: splice::done(original, &edits),
        images,
        left: left(&known),
        language: metadata::front_matter_language(&document),
    })
}

/// Returns whether it is the image of an `asset_img`, which Hexo finds in the post's own folder and nowhere else.
fn is_by_name(mention: &Mention) -> bool {
    mention.outcome.resource().is_some()
        && mention.kind == refs::Kind::HexoImage
        && !mention.written.starts_with('/')
        && !mention.written.contains("://")
}

/// Returns what is not shown from the site, each address once: what the snapshot misses, and what is lost since.
fn left(known: &[Known<'_>]) -> Vec<Left> {
    let mut seen = BTreeSet::new();
    let left = known.iter().filter_map(|known| {
        let why = known.place.as_ref().err()?;
        let url = known.address();
        let is_relative = !url.starts_with("//") && !url.contains("://");
        seen.insert(url).then(|| Left {
            url: url.to_owned(),
            why: why.clone(),
            is_local: known.target.is_none() && is_relative,
        })
    });
    left.collect()
}

#[cfg(test)]
mod tests;
