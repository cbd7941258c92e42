//! Which resources does this HTML mention? Images in tags, attributes, styles and `<noscript>`. Pure.

mod lazy;

use encoding_rs::Encoding;

use self::lazy::Standing;
use super::{Kind, Promotion, Reference, Role, css, resolve, srcset};
use crate::document::legible::Legible;
use crate::document::located::Located;
use crate::document::markup::{self, Attribute, StartTag, Token};
use crate::document::{Document, Span};
use crate::link::Link;

/// How deep `<noscript>` is read inside `<noscript>`. AMP pages nest two; each level is a further walk over its text.
const NOSCRIPT_DEPTH_MAX: usize = 4;

/// The elements whose `background` attribute browsers show (WHATWG HTML §15.3).
const WITH_BACKGROUND: &[&str] = &["body", "table", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// The link types that name an icon.
const ICONS: &[&str] = &[
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "fluid-icon",
    "icon",
    "mask-icon",
];

/// Returns every reference of a page, sorted by span.
#[must_use]
pub fn find(document: &Document) -> Vec<Reference> {
    let legible = Legible::of(document);
    let page = Page {
        html: legible.bytes(),
        encoding: legible.encoding(),
        query: document.charset,
        base: document.base.as_ref(),
    };
    let mut found = page.find();
    for reference in &mut found {
        reference.span = legible.source(reference.span);
        for rename in reference
            .promotion
            .iter_mut()
            .flat_map(|promotion| &mut promotion.renames)
        {
            let name = legible.source(Span {
                start: rename.start,
                end: rename.end,
            });
            (rename.start, rename.end) = (name.start, name.end);
        }
    }
    found
}

/// Returns every reference of a piece of HTML, sorted by span. Spans count from its start. `encoding` must be one in
/// which ASCII is ASCII.
#[must_use]
pub fn find_fragment(
    html: &[u8],
    encoding: &'static Encoding,
    base: Option<&Link>,
) -> Vec<Reference> {
    Page {
        html,
        encoding,
        query: encoding,
        base,
    }
    .find()
}

/// What is read, and what it takes to make addresses of its texts.
#[derive(Clone, Copy)]
struct Page<'a> {
    html: &'a [u8],
    encoding: &'static Encoding,
    /// The encoding of the document itself, in which queries are written.
    query: &'static Encoding,
    base: Option<&'a Link>,
}

impl Page<'_> {
    fn find(self) -> Vec<Reference> {
        let mut reader = Reader {
            page: self,
            found: Vec::new(),
            noscripts: 0,
        };
        reader.read(Span {
            start: 0,
            end: self.html.len(),
        });
        reader.found.sort_by_key(|reference| reference.span);
        reader.found
    }
}

struct Reader<'a> {
    page: Page<'a>,
    found: Vec<Reference>,
    /// How many `<noscript>` are open around what is read.
    noscripts: usize,
}

/// What is open while a range is walked.
#[derive(Default)]
struct Open {
    /// The `<picture>`, `<video>` and `<audio>` elements, by name: whose `<source>` is it?
    holders: Vec<String>,
    /// The element whose text is read as a whole, and where the text begins.
    text: Option<(Text, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Style,
    SvgStyle,
    Noscript,
}

impl<'a> Reader<'a> {
    /// Reads the HTML in `range`.
    fn read(&mut self, range: Span) {
        let mut open = Open::default();
        let html = range.slice(self.page.html);
        markup::walk(html, self.page.encoding, &mut |token| match token {
            Token::Start(tag) => self.start(&moved(tag, range.start), &mut open),
            Token::End { name, span } => self.end(&name, span.moved(range.start), &mut open),
            Token::Comment(_) | Token::Doctype(_) => {}
        });
        self.text(&mut open, range.end);
    }

    fn start(&mut self, tag: &StartTag, open: &mut Open) {
        self.tag(
            tag,
            open.holders
                .last()
                .is_some_and(|holder| holder == "picture"),
        );
        match tag.name.as_str() {
            "picture" | "video" | "audio" => open.holders.push(tag.name.clone()),
            "style" if is_css(tag) && !(tag.foreign && tag.self_closing) => {
                open.text = Some((
                    if tag.foreign {
                        Text::SvgStyle
                    } else {
                        Text::Style
                    },
                    tag.span.end,
                ));
            }
            "noscript" if !tag.foreign => open.text = Some((Text::Noscript, tag.span.end)),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, span: Span, open: &mut Open) {
        match name {
            "style" | "noscript" => self.text(open, span.start),
            _ => {
                if let Some(index) = open.holders.iter().rposition(|holder| holder == name) {
                    open.holders.truncate(index);
                }
            }
        }
    }

    /// Reads the text that ends at `end`, if one is open.
    fn text(&mut self, open: &mut Open, end: usize) {
        match open.text.take() {
            Some((Text::Style, start)) => self.css(Span { start, end }, css::Context::Stylesheet),
            Some((Text::SvgStyle, start)) => self.svg_css(Span { start, end }),
            Some((Text::Noscript, start)) if self.noscripts < NOSCRIPT_DEPTH_MAX => {
                self.noscripts += 1;
                self.read(Span { start, end });
                self.noscripts -= 1;
            }
            _ => {}
        }
    }

    fn tag(&mut self, tag: &StartTag, in_picture: bool) {
        match tag.name.as_str() {
            "image" | "feimage" if tag.foreign => {
                self.address(
                    tag.attribute("href")
                        .or_else(|| tag.attribute("xlink:href")),
                    Kind::SvgImage,
                );
            }
            // `<image>` is another spelling of `<img>` (WHATWG HTML §13.2.6.4.7).
            "img" | "image" => {
                self.address(tag.attribute("src"), self.image_kind(Kind::ImgSrc));
                self.set(tag.attribute("srcset"), self.image_kind(Kind::ImgSrcset));
                self.lazy_sources(tag);
                self.lazy_sets(tag);
            }
            "source" if in_picture => {
                self.set(tag.attribute("srcset"), self.image_kind(Kind::SourceSrcset));
                self.lazy_sets(tag);
            }
            "input"
                if tag
                    .attribute("type")
                    .is_some_and(|kind| kind.value.eq_ignore_ascii_case("image")) =>
            {
                self.address(tag.attribute("src"), Kind::InputSrc);
            }
            "video" => self.address(tag.attribute("poster"), Kind::VideoPoster),
            "link" if is_icon(tag) => self.address(tag.attribute("href"), Kind::LinkIcon),
            name if WITH_BACKGROUND.contains(&name) => {
                self.address(tag.attribute("background"), Kind::Background)
            }
            _ => {}
        }
        if let Some(value) = tag.attribute("style").and_then(|style| style.value_span) {
            self.css(value, css::Context::Attribute);
        }
        self.lazy_backgrounds(tag);
    }

    fn image_kind(&self, kind: Kind) -> Kind {
        if self.noscripts > 0 {
            Kind::NoscriptImg
        } else {
            kind
        }
    }

    /// Takes in the one address that `attribute` holds.
    fn address(&mut self, attribute: Option<&Attribute>, kind: Kind) {
        let Some((value, span)) = attribute.and_then(|attribute| self.value(attribute)) else {
            return;
        };
        let address = trimmed(&value.text);
        let role = if kind == Kind::LinkIcon {
            Role::Icon
        } else {
            Role::Image
        };
        let place = value.origins.source(address).moved(span.start);
        self.mention(place, &value.text[address.start..address.end], kind, role);
    }

    /// Takes in the candidates of the set that `attribute` holds.
    fn set(&mut self, attribute: Option<&Attribute>, kind: Kind) {
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

    fn css(&mut self, place: Span, context: css::Context) {
        for mention in css::mentions(place.slice(self.page.html), self.page.encoding, context) {
            let kind = match mention.kind {
                css::MentionKind::Url => Kind::CssUrl,
                css::MentionKind::ImageSet => Kind::CssImageSet,
                css::MentionKind::Import | css::MentionKind::Head => continue,
            };
            if let Some(role) = mention.role {
                self.mention(mention.span.moved(place.start), &mention.text, kind, role);
            }
        }
    }

    /// Takes in the text of an SVG `<style>`: ordinary text with character references, or a CDATA section without.
    fn svg_css(&mut self, place: Span) {
        let text = place.slice(self.page.html);
        let Some(opening) = memchr::memmem::find(text, b"<![CDATA[") else {
            return self.css(place, css::Context::Attribute);
        };
        let start = opening + b"<![CDATA[".len();
        let end = memchr::memmem::find(&text[start..], b"]]>")
            .map_or(text.len(), |length| start + length);
        self.css(
            Span { start, end }.moved(place.start),
            css::Context::Stylesheet,
        );
    }

    fn lazy_sources(&mut self, tag: &StartTag) {
        let mut shows = lazy::shows_something(tag);
        let mut is_promoted = self.noscripts > 0;
        for (name, standing) in lazy::SOURCES {
            let Some(attribute) = tag.attribute(name) else {
                continue;
            };
            let value = attribute.value.trim_ascii();
            let counts = match standing {
                Standing::Shown => lazy::is_address(value),
                Standing::ShownIfImage => {
                    lazy::is_address(value) && lazy::has_image_extension(value)
                }
                Standing::Instead => lazy::is_address(value) && !shows,
            };
            if counts {
                let first = self.found.len();
                self.address(Some(attribute), Kind::Lazy);
                is_promoted |= self.promote(first, is_promoted, || {
                    lazy::promote_source(tag, attribute.name_span)
                });
                shows = true;
            }
        }
    }

    fn lazy_sets(&mut self, tag: &StartTag) {
        let mut is_promoted = self.noscripts > 0;
        for name in lazy::SETS {
            let Some(attribute) = tag.attribute(name) else {
                continue;
            };
            if srcset::candidates(&attribute.value)
                .iter()
                .all(|url| lazy::is_address(&attribute.value[url.start..url.end]))
            {
                let first = self.found.len();
                self.set(Some(attribute), Kind::Lazy);
                is_promoted |= self.promote(first, is_promoted, || {
                    lazy::promote_set(tag, attribute.name_span)
                });
            }
        }
    }

    fn lazy_backgrounds(&mut self, tag: &StartTag) {
        for name in lazy::BACKGROUNDS {
            let Some(attribute) = tag.attribute(name) else {
                continue;
            };
            let first = self.found.len();
            if let Some(value) = attribute
                .value_span
                .filter(|_| attribute.value.contains("url("))
            {
                self.css(value, css::Context::Attribute);
            } else if lazy::is_address(attribute.value.trim_ascii()) {
                self.address(Some(attribute), Kind::Lazy);
            }
            self.found[first..]
                .iter_mut()
                .for_each(|reference| reference.kind = Kind::Lazy);
        }
    }

    /// Gives the first fetchable reference from the one numbered `first` on its promotion, and says whether it did.
    fn promote(
        &mut self,
        first: usize,
        is_promoted: bool,
        promotion: impl FnOnce() -> Promotion,
    ) -> bool {
        let mut fetchable = self.found[first..]
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
        self.found.push(Reference {
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

/// Returns `tag` with spans that count from the start of the page.
fn moved(mut tag: StartTag, offset: usize) -> StartTag {
    tag.span = tag.span.moved(offset);
    for attribute in &mut tag.attributes {
        attribute.name_span = attribute.name_span.moved(offset);
        attribute.value_span = attribute.value_span.map(|span| span.moved(offset));
    }
    tag
}

fn is_css(style: &StartTag) -> bool {
    style
        .attribute("type")
        .is_none_or(|kind| kind.value.is_empty() || kind.value.eq_ignore_ascii_case("text/css"))
}

fn is_icon(link: &StartTag) -> bool {
    let Some(rel) = link.attribute("rel") else {
        return false;
    };
    rel.value
        .split_ascii_whitespace()
        .any(|word| ICONS.iter().any(|icon| word.eq_ignore_ascii_case(icon)))
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

#[cfg(test)]
mod tests;
