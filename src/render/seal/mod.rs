//! What must change in a page so that it stays closed: runs nothing, fetches nothing, leads nowhere by itself? Pure.
//!
//! Nothing is removed that can be made harmless by a name: an attribute that would act is renamed
//! `data-offprint-…`, which leaves the tag as it is tokenised. Only elements that act by their content are cut.

mod addresses;
mod attributes;
mod cut;
mod elements;
mod frames;
mod instead;
mod lazy;
mod lookup;
pub(crate) mod policy;
mod sheets;
mod styles;
mod texts;
mod uses;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use encoding_rs::{Encoding, ISO_2022_JP};

use super::inline::Inliner;
use super::missing::{self, Size};
use super::relink::Known;
use super::splice::Edit;
use crate::document::legible::Legible;
use crate::document::located::Located;
use crate::document::markup::{Attribute, StartTag};
use crate::document::{Document, Span};
use crate::refs::css::Context;

pub(crate) use frames::{FRAMES_MAX, SANDBOX};
pub(crate) use lazy::STYLE as LAZY_STYLE;
pub(crate) use lookup::Lookup;
use uses::Uses;

/// Begins a switch to other characters in ISO-2022-JP.
const ESCAPE: u8 = 0x1B;

/// The switch to ASCII in ISO-2022-JP.
const TO_ASCII: &[u8] = b"\x1B(B";

/// What goes before the name of an attribute that must not act.
pub(crate) const SET_ASIDE: &str = "data-offprint-";

/// Returns the edits that close `page`, the policy among them. `lookup` tells what may stay.
/// `inliner` gives what must stand in the page itself.
pub(crate) fn edits(page: &Document, lookup: &Lookup<'_>, inliner: &Inliner<'_>) -> Vec<Edit> {
    edits_within(page, lookup, inliner, Inner::default()).0
}

/// What a page in a frame takes over from the page around it.
#[derive(Debug, Clone, Copy, Default)]
struct Inner {
    /// How many frames it stands in.
    frames: usize,
    /// How many drawings of missing images told address and reason.
    told: usize,
}

/// Returns the edits that close `page`, and how many drawings have told address and reason by then.
fn edits_within(
    page: &Document,
    lookup: &Lookup<'_>,
    inliner: &Inliner<'_>,
    inner: Inner,
) -> (Vec<Edit>, usize) {
    let legible = Legible::of(page);
    let mut sealer = Sealer::new(page, &legible, lookup, inliner);
    sealer.told = Cell::new(inner.told);
    sealer.frames = inner.frames;
    for known in lookup.known().iter().filter(|known| known.place.is_ok()) {
        sealer.promote(known);
    }
    let position = elements::seal_page(&mut sealer);
    sealer.put_used_parts();
    let mut policy = policy::edits(page, &legible, position);
    if sealer.has_lazy
        && let Some(policy) = policy.last_mut()
    {
        policy.put.extend(legible.ascii(LAZY_STYLE));
    }
    sealer.edits.extend(policy);
    (sealer.edits, sealer.told.get())
}

/// Returns the edits that close `sheet`, a stylesheet. `lookup` tells what may stay.
/// `inliner` gives what must stand in the sheet itself.
pub(crate) fn sheet_edits(
    sheet: &Document,
    lookup: &Lookup<'_>,
    inliner: &Inliner<'_>,
) -> Vec<Edit> {
    let legible = Legible::of(sheet);
    let mut sealer = Sealer::new(sheet, &legible, lookup, inliner);
    // A byte order mark would be read as the beginning of a name.
    let start = match Encoding::for_bom(legible.bytes()) {
        Some((_, length)) => length,
        None => 0,
    };
    let whole = Span {
        start,
        end: legible.bytes().len(),
    };
    sealer.style(whole, Context::Stylesheet);
    sealer.edits
}

/// What sealing a page needs to know, and what it has found to change.
struct Sealer<'a> {
    page: &'a Document,
    legible: &'a Legible<'a>,
    lookup: &'a Lookup<'a>,
    inliner: &'a Inliner<'a>,
    /// The new names of attributes, by where the old ones begin in the page's own bytes.
    renames: HashMap<usize, String>,
    /// The images that the page shows without its `<noscript>`.
    shown: HashSet<&'a str>,
    /// The places of the stylesheets that links before what is read show.
    sheets: HashSet<&'a str>,
    /// Whether an image is marked that a script would have shown.
    has_lazy: bool,
    /// How many drawings of missing images told address and reason.
    told: Cell<usize>,
    uses: Uses,
    /// How many frames the page stands in.
    frames: usize,
    edits: Vec<Edit>,
}

/// An attribute's value, decoded, with the way back to the page's own bytes.
struct Value<'v> {
    located: Located<'v>,
    /// Where it begins in the legible bytes.
    start: usize,
}

impl<'a> Sealer<'a> {
    fn new(
        page: &'a Document,
        legible: &'a Legible<'a>,
        lookup: &'a Lookup<'a>,
        inliner: &'a Inliner<'a>,
    ) -> Self {
        Self {
            page,
            legible,
            lookup,
            inliner,
            renames: HashMap::new(),
            shown: lookup.shown(),
            sheets: HashSet::new(),
            has_lazy: false,
            told: Cell::new(0),
            uses: Uses::default(),
            frames: 0,
            edits: Vec::new(),
        }
    }

    /// Returns what stands in the place of a missing image.
    fn drawing(&self, reason: &str, address: &str) -> String {
        self.drawn_in(Size::Own, reason, address)
    }

    /// Returns what stands in the place of what is missing, as large as said.
    fn drawn_in(&self, size: Size, reason: &str, address: &str) -> String {
        let told = self.told.replace(self.told.get() + 1);
        if told < missing::TOLD_MAX {
            missing::drawing(reason, address, size)
        } else {
            missing::struck_out(size)
        }
    }

    /// Writes `text` in the place of `span` of the legible bytes.
    fn put(&mut self, span: Span, text: &str) {
        self.put_at_source(self.legible.source(span), text);
    }

    /// Writes `text` in the place of `span` of the page's own bytes.
    fn put_at_source(&mut self, span: Span, text: &str) {
        let mut put = self.legible.ascii(text);
        if self.page.charset == ISO_2022_JP && span.slice(&self.page.bytes).contains(&ESCAPE) {
            // What is cut may have switched back to ASCII, for itself and for what follows. A space must stand between
            // two switches: decoders take two in a row for an attack.
            let put_or_space = if put.is_empty() { b" " } else { put.as_slice() };
            put = [TO_ASCII, put_or_space].concat();
        }
        self.edits.push(Edit::new(span, put));
    }

    /// Gives an attribute a name that means nothing.
    fn set_aside(&mut self, attribute: &Attribute) {
        let start = attribute.name_span.start;
        self.put(Span { start, end: start }, SET_ASIDE);
    }

    /// Notes the new attribute names of a promoted image. [`super::relink`] writes those of images that are at hand.
    fn promote(&mut self, known: &Known<'_>) {
        for rename in known
            .promotion
            .iter()
            .flat_map(|promotion| &promotion.renames)
        {
            self.renames.insert(rename.start, rename.to.clone());
        }
    }

    /// Returns the name that a browser will read, promotions made.
    fn name_of<'n>(&'n self, attribute: &'n Attribute) -> &'n str {
        if self.renames.is_empty() {
            return &attribute.name;
        }
        let start = self.legible.source(attribute.name_span).start;
        self.renames
            .get(&start)
            .map_or(&attribute.name, String::as_str)
    }

    /// Returns the value of an attribute that has one.
    fn value(&self, attribute: &Attribute) -> Option<Value<'a>> {
        let span = attribute.value_span?;
        let located =
            Located::decode(span.slice(self.legible.bytes()), self.legible.encoding()).unescape();
        Some(Value {
            located,
            start: span.start,
        })
    }

    /// Returns the text of the first attribute whose name, promotions made, is `name`.
    fn text(&self, tag: &StartTag, name: &str) -> Option<String> {
        tag.attributes
            .iter()
            .find(|attribute| self.name_of(attribute) == name)
            .map(|attribute| attribute.value().into_owned())
    }

    /// Returns what is recorded of the address that `value` as a whole is, white space around it aside.
    fn known_of(&self, value: &Value<'_>) -> Option<&'a Known<'a>> {
        let text = value.text();
        let start = text.len() - text.trim_ascii_start().len();
        let span = Span {
            start,
            end: text.trim_ascii_end().len().max(start),
        };
        self.lookup.find(
            value.source(self.legible, span),
            text.trim_ascii(),
            self.page,
        )
    }
}

impl Value<'_> {
    fn text(&self) -> &str {
        &self.located.text
    }

    /// Returns where `span` of the text stands in the page's own bytes.
    fn source(&self, legible: &Legible<'_>, span: Span) -> Span {
        legible.source(self.located.origins.source(span).moved(self.start))
    }
}
