//! How does a place in a page become a reference? Values decoded, addresses resolved. Pure.

use encoding_rs::Encoding;

use crate::document::Span;
use crate::document::located::Located;
use crate::document::markup::Attribute;
use crate::link::Link;
use crate::refs::{Kind, Promotion, Reference, Role, css, resolve, srcset};

/// What is read, and what it takes to make addresses of its texts.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) html: &'a [u8],
    pub(super) encoding: &'static Encoding,
    /// The encoding of the document itself, in which queries are written.
    pub(super) query: &'static Encoding,
    pub(super) base: Option<&'a Link>,
}

/// The references found so far.
pub(super) struct Collector<'a> {
    pub(super) page: Page<'a>,
    pub(super) references: Vec<Reference>,
    /// How many `<noscript>` are open around what is read.
    pub(super) noscripts: usize,
}

impl<'a> Collector<'a> {
    /// Begins with none.
    pub(super) fn new(page: Page<'a>) -> Self {
        Self {
            page,
            references: Vec::new(),
            noscripts: 0,
        }
    }

    /// Takes in the one address that `attribute` holds.
    pub(super) fn address(&mut self, attribute: Option<&Attribute>, kind: Kind) {
        let Some((value, span)) = attribute.and_then(|attribute| self.value(attribute)) else {
            return;
        };
        let address = trimmed(&value.text);
        let role = match kind {
            Kind::LinkIcon => Role::Icon,
            Kind::LinkStylesheet => Role::Style,
            _ => Role::Image,
        };
        let place = value.origins.source(address).moved(span.start);
        self.mention(place, &value.text[address.start..address.end], kind, role);
    }

    /// Takes in the candidates of the set that `attribute` holds.
    pub(super) fn set(&mut self, attribute: Option<&Attribute>, kind: Kind) {
        let Some((value, span)) = attribute.and_then(|attribute| self.value(attribute)) else {
            return;
        };
        for candidate in srcset::candidates(&value.text) {
            let place = value.origins.source(candidate).moved(span.start);
            self.mention(
                place,
                &value.text[candidate.start..candidate.end],
                kind,
                Role::Image,
            );
        }
    }

    pub(super) fn css(&mut self, place: Span, context: css::Context) {
        for mention in css::mentions(place.slice(self.page.html), self.page.encoding, context) {
            let (Some(kind), Some(role)) = (mention.kind.of_reference(), mention.role) else {
                continue;
            };
            self.mention(mention.span.moved(place.start), &mention.text, kind, role);
        }
    }

    /// Gives the first fetchable reference from the one numbered `first` on its promotion, and says whether it did.
    pub(super) fn promote(
        &mut self,
        first: usize,
        is_promoted: bool,
        promotion: impl FnOnce() -> Promotion,
    ) -> bool {
        let mut fetchable = self.references[first..]
            .iter_mut()
            .filter(|reference| reference.target.is_some());
        match fetchable.next() {
            Some(reference) if !is_promoted => {
                reference.promotion = Some(promotion());
                true
            }
            _ => false,
        }
    }

    /// Returns the value of an attribute, and where it stands.
    fn value(&self, attribute: &Attribute) -> Option<(Located<'a>, Span)> {
        let span = attribute.value_span?;
        let located = Located::decode(span.slice(self.page.html), self.page.encoding).unescape();
        Some((located, span))
    }

    /// Takes in one mention at `span`, which reads `text`. Nothing, and a place in the page itself, is no resource.
    fn mention(&mut self, span: Span, text: &str, kind: Kind, role: Role) {
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        self.references.push(Reference {
            span,
            written: Located::decode(span.slice(self.page.html), self.page.encoding)
                .text
                .into_owned(),
            target: resolve(text, self.page.base, self.page.query),
            kind,
            role,
            promotion: None,
        });
    }
}

/// Returns the part of `text` that a URL parser reads (WHATWG URL: without C0 controls and spaces around it).
fn trimmed(text: &str) -> Span {
    let is_space = |character: char| character <= ' ';
    let start = text.len() - text.trim_start_matches(is_space).len();
    Span {
        start,
        end: start.max(text.trim_end_matches(is_space).len()),
    }
}
