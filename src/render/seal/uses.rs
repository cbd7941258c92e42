//! How is a part of another file shown that `<use>` names? It stands in the page itself, once. Pure.

use std::collections::HashMap;

use super::super::inline::TOO_LARGE;
use super::super::relink::Known;
use super::super::svg::{NotTaken, Parts, in_ascii};
use super::Sealer;
use super::addresses::absolute;
use crate::digest::Digest;
use crate::document::Span;
use crate::document::markup::{Attribute, StartTag};
use crate::link::Link;
use crate::media::MediaType;

/// What precedes the number of a drawing in the names of its parts.
const PREFIX: &str = "offprint-";

/// Holds the parts: they take no room, are no picture of their own, and are not hidden, as what is hidden lends no gradient.
const HOLDER: &str = "<svg aria-hidden=\"true\" style=\"position:absolute!important;width:0!important;height:0!important;\
     overflow:hidden!important\"><defs>";

/// Why a drawing is not shown that no `<use>` can use.
const NO_DRAWING: &str = "it is no drawing that can be shown safely";

/// The drawings of which the page uses parts.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// By the digest of the original; `None` where it can't be used.
    drawings: HashMap<Digest, Option<usize>>,
    parts: Vec<Parts>,
    /// Where the first tag of the body ends.
    body: Option<usize>,
    /// Where the first element begins that uses a part.
    first: Option<usize>,
}

impl Uses {
    /// Notes that the body begins at `position` of the legible bytes.
    pub(super) fn begin_body(&mut self, position: usize) {
        self.body.get_or_insert(position);
    }

    /// Returns the markup of all that is used, and where it stands: where the body begins, or before what uses it first.
    fn markup(&self) -> Option<(usize, String)> {
        let first = self.first?;
        let parts: String = self.parts.iter().map(Parts::markup).collect();
        Some(match self.body.filter(|body| *body <= first) {
            Some(body) => (body, [HOLDER, &parts, "</defs></svg>"].concat()),
            None => (first, ["<defs>", &parts, "</defs>"].concat()),
        })
    }
}

impl Sealer<'_> {
    /// Leads the address of a `<use>` to a part of the page. What is missing is drawn in its place.
    pub(super) fn used_part(&mut self, tag: &StartTag, attribute: &Attribute) {
        let (Some(value), Some(span)) = (self.value(attribute), attribute.value_span) else {
            return;
        };
        let text = value.text().trim_ascii();
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        // Where there are two addresses, browsers read `href` (SVG 2 §16.1.1).
        let is_read = attribute.name == "href" || tag.attribute("href").is_none();
        if let Some(id) = self.own_part(text) {
            return self.put(span, &["#", &in_ascii(&id)].concat());
        }
        let known = self.known_of(&value).filter(|_| is_read);
        let Some(known) = known else {
            return self.set_aside(attribute);
        };
        match self.taken(known) {
            Ok(Some(name)) => {
                self.uses.first.get_or_insert(tag.span.start);
                self.put(span, &["#", &in_ascii(&name)].concat());
            }
            Ok(None) => self.set_aside(attribute),
            Err(reason) => {
                self.set_aside(attribute);
                let drawing = self.drawing(&reason, known.address());
                let image = format!("<image href=\"{drawing}\" width=\"100%\" height=\"100%\"/>");
                let start = tag.span.start;
                self.put(Span { start, end: start }, &image);
            }
        }
    }

    /// Returns the name of the part of the page itself that an address names in full.
    fn own_part(&self, text: &str) -> Option<String> {
        let link = absolute(text, self.page)?;
        let own = self.page.address.as_ref()?.without_fragment();
        link.fragment().filter(|_| link.without_fragment() == own)
    }

    /// Takes the part that is meant into the page, and returns its name there, if the drawing has such a part.
    fn taken(&mut self, known: &Known<'_>) -> Result<Option<String>, String> {
        known.place.as_ref().map_err(Clone::clone)?;
        let resource = known.resource.filter(|it| it.media == MediaType::Svg);
        let digest = resource.ok_or(NO_DRAWING)?.digest;
        let number = match self.uses.drawings.get(&digest) {
            Some(number) => *number,
            None => self.read(digest),
        };
        let parts = &mut self.uses.parts[number.ok_or(NO_DRAWING)?];
        let id = known.target.and_then(Link::fragment);
        match parts.take(id.as_deref(), self.inliner.left()) {
            Ok(taken) => {
                self.inliner.take(taken.bytes).ok_or(TOO_LARGE)?;
                Ok(Some(taken.name))
            }
            Err(NotTaken::Absent) => Ok(None),
            Err(NotTaken::TooLarge) => Err(TOO_LARGE.to_owned()),
        }
    }

    fn read(&mut self, digest: Digest) -> Option<usize> {
        let number = self.uses.parts.len();
        let sealed = self.inliner.sealed(&digest);
        let parts = sealed.and_then(|svg| Parts::of(svg, format!("{PREFIX}{}", number + 1)));
        let read = parts.map(|parts| {
            self.uses.parts.push(parts);
            number
        });
        self.uses.drawings.insert(digest, read);
        read
    }

    /// Puts what is used into the page.
    pub(super) fn put_used_parts(&mut self) {
        if let Some((start, markup)) = self.uses.markup() {
            self.put(Span { start, end: start }, &markup);
        }
    }
}
