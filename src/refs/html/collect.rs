//! How does a place in a page become a reference? Values decoded, addresses resolved. Pure.

use encoding_rs::{Encoding, UTF_8};

use super::json_ld;
use super::lazy::{LazyTable, Names};
use crate::document::base;
use crate::document::located::Located;
use crate::document::markup::Attribute;
use crate::document::{Document, Kind as DocumentKind, Span, Syntax};
use crate::link::Link;
use crate::refs::{Kind, Promotion, Reference, Role, css, resolve, srcset};

/// How deep `<iframe srcdoc>` is read inside `<iframe srcdoc>`: each level writes the quotes of the next ones out longer.
const FRAME_DEPTH_MAX: usize = 3;

/// What is read, and what it takes to make addresses of its texts.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) html: &'a [u8],
    pub(super) encoding: &'static Encoding,
    /// The encoding of the document itself, in which queries are written.
    pub(super) query: &'static Encoding,
    pub(super) base: Option<&'a Link>,
    pub(super) table: &'a LazyTable,
    /// How many pages it stands in, as the `srcdoc` of a frame.
    pub(super) frames: usize,
}

impl Page<'_> {
    /// Returns the host that an address, decoded, names.
    pub(super) fn host_of(&self, address: &str) -> Option<String> {
        let link = resolve(address.trim_ascii(), self.base, self.query)?;
        Some(link.host().to_owned())
    }

    /// Returns whether an address names a part of the page itself.
    pub(super) fn is_itself(&self, address: &str) -> bool {
        let target = resolve(address.trim_ascii(), self.base, self.query);
        let (Some(target), Some(base)) = (target, self.base) else {
            return false;
        };
        target.without_fragment() == base.without_fragment()
    }
}

/// The references found so far.
pub(super) struct Collector<'a> {
    pub(super) page: Page<'a>,
    pub(super) references: Vec<Reference>,
    /// How many `<noscript>` are open around what is read.
    pub(super) noscripts: usize,
    /// The attributes that lazy loaders of this page read.
    pub(super) names: Names<'a>,
}

impl<'a> Collector<'a> {
    /// Begins with none.
    pub(super) fn new(page: Page<'a>) -> Self {
        Self {
            page,
            references: Vec::new(),
            noscripts: 0,
            names: Names::new(page.table, page.base.map(Link::host)),
        }
    }

    /// Notes of the images of a `<noscript>`, from the one numbered `first` on, that they may be those of which `image`, a tag
    /// before it, is the preview.
    pub(super) fn may_replace(&mut self, first: usize, image: Span) {
        let images = self.references[first..].iter_mut();
        for reference in images.filter(|it| it.kind == Kind::NoscriptImg) {
            reference.promotion.get_or_insert(Promotion {
                renames: Vec::new(),
                background: false,
                instead_of: Some(image),
            });
        }
    }

    /// Takes in the one address that `attribute` holds: that of an image, an icon or a stylesheet.
    pub(super) fn address(&mut self, attribute: Option<&Attribute>, kind: Kind) {
        let role = match kind {
            Kind::LinkIcon => Role::Icon,
            Kind::LinkStylesheet => Role::Style,
            _ => Role::Image,
        };
        self.address_for(attribute, kind, role);
    }

    /// Takes in the one address that `attribute` holds, of what is needed for `role`.
    pub(super) fn address_for(&mut self, attribute: Option<&Attribute>, kind: Kind, role: Role) {
        let Some((value, span)) = attribute.and_then(|attribute| self.value(attribute)) else {
            return;
        };
        let address = trimmed(&value.text);
        let place = value.origins.source(address).moved(span.start);
        self.mention(place, &value.text[address.start..address.end], kind, role);
    }

    /// Takes in the candidates of the set that `attribute` holds.
    pub(super) fn set(&mut self, attribute: Option<&Attribute>, kind: Kind) {
        if let Some(attribute) = attribute {
            self.parts(attribute, kind, srcset::candidates);
        }
    }

    /// Takes in the addresses of images that `parts` sees in the value of `attribute`.
    pub(super) fn parts(
        &mut self,
        attribute: &Attribute,
        kind: Kind,
        parts: impl Fn(&str) -> Vec<Span>,
    ) {
        let Some((value, span)) = self.value(attribute) else {
            return;
        };
        for part in parts(&value.text) {
            let place = value.origins.source(part).moved(span.start);
            let text = &value.text[part.start..part.end];
            self.mention(place, text, kind, Role::Image);
        }
    }

    /// Takes in the pictures of articles in the JSON-LD that stands at `place`.
    pub(super) fn json_ld(&mut self, place: Span) {
        if place.length() > json_ld::JSON_BYTES_MAX {
            return;
        }
        let script = Located::decode(place.slice(self.page.html), self.page.encoding);
        for text in json_ld::pictures(&script.text) {
            let span = script.origins.source(text.span).moved(place.start);
            self.mention(span, &text.value, Kind::JsonLd, Role::Image);
        }
    }

    /// Takes in what the page in the value of `attribute`, a `srcdoc`, mentions, at its own places in this one. It is read
    /// as UTF-8, relative to this page (WHATWG HTML §7.4.3.1, §2.4.1).
    pub(super) fn inner_page(&mut self, attribute: &Attribute) {
        let Some((value, span)) = self.value(attribute) else {
            return;
        };
        if self.page.frames == FRAME_DEPTH_MAX {
            return;
        }
        let inner = Document {
            bytes: value.text.as_bytes().to_vec(),
            kind: DocumentKind::Page,
            syntax: Syntax::Html,
            charset: UTF_8,
            address: self.page.base.cloned(),
            base: None,
        };
        let base = base::of(&inner);
        let page = Page {
            html: &inner.bytes,
            encoding: UTF_8,
            query: UTF_8,
            base: base.as_ref(),
            table: self.page.table,
            frames: self.page.frames + 1,
        };
        let at_source = |inner: Span| value.origins.source(inner).moved(span.start);
        for mut reference in page.find() {
            reference.span = at_source(reference.span);
            reference.written = self.written(reference.span);
            reference.rename_at(at_source);
            self.references.push(reference);
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

    fn written(&self, span: Span) -> String {
        Located::decode(span.slice(self.page.html), self.page.encoding)
            .text
            .into_owned()
    }

    /// Takes in one mention at `span`, which reads `text`. Nothing, and a place in the page itself, is no resource.
    fn mention(&mut self, span: Span, text: &str, kind: Kind, role: Role) {
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        self.references.push(Reference {
            span,
            written: self.written(span),
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
