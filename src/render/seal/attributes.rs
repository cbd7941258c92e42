//! Which attributes of this tag act, and what becomes of them? Addresses stay only where a table allows them. Pure.

use super::super::missing::Size;
use super::Sealer;
use super::addresses::{Destination, absolute, destination};
use super::sheets::loads_by_script;
use super::styles::is_inside;
use crate::document::Span;
use crate::document::markup::{Attribute, StartTag};
use crate::refs::css::Context;
use crate::refs::srcset;

/// Why an image is not shown that the snapshot says nothing of.
pub(super) const NOT_RECORDED: &str = "not recorded at its capture";

/// The attributes, of whatever element, that hold addresses or what acts like one (WHATWG HTML "Attributes", SVG 2,
/// `MathML`, and what browsers once did). Where [`rule`] allows none of them, they are set aside.
const ACTING: &[&str] = &[
    "action",
    "archive",
    "attributionsrc",
    "background",
    "classid",
    "code",
    "codebase",
    "crossorigin",
    "data",
    "dynsrc",
    "formaction",
    "href",
    "icon",
    "imagesrcset",
    "integrity",
    "longdesc",
    "lowsrc",
    "manifest",
    "nonce",
    "ping",
    "poster",
    "profile",
    "referrerpolicy",
    "src",
    "srcdoc",
    "srcset",
    "xlink:href",
    "xml:base",
];

/// The elements that may bear a picture behind their content.
const WITH_BACKGROUND: &[&str] = &["body", "table", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// What a link may be for. Each is read by programs that are asked to, and by no browser on its own: `next` and `search`,
/// which some browsers have fetched, are not among them.
const PLAIN_LINKS: &[&str] = &[
    "alternate",
    "amphtml",
    "author",
    "bookmark",
    "canonical",
    "help",
    "license",
    "me",
    "shortlink",
    "tag",
];

/// What is done with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It does nothing.
    Harmless,
    /// It acts and has no place in a view.
    SetAside,
    /// It shows a picture, or else a drawing that says what is missing.
    Picture,
    /// It shows a picture behind the content of its box, or else a drawing.
    Backdrop,
    /// It is for the browser itself, or else for nobody.
    Fetched,
    /// It lists pictures.
    Pictures,
    /// It leads somewhere when a reader asks for it.
    Destination,
    /// It leads to a part of the page itself.
    Fragment,
    /// It leads to a part of a drawing, which is shown.
    Use,
    /// It is CSS.
    Style,
    /// It is the value of a property of CSS.
    Presentation,
}

impl Sealer<'_> {
    /// Closes the attributes of `tag`.
    pub(super) fn attributes(&mut self, tag: &StartTag) {
        self.lazy(tag);
        self.switch_on(tag);
        self.behind(tag);
        self.close_attributes(tag);
    }

    /// Closes the attributes of `tag`, and lets nothing be seen that was not.
    pub(super) fn close_attributes(&mut self, tag: &StartTag) {
        for attribute in &tag.attributes {
            match self.rule(tag, attribute) {
                Rule::Harmless => {}
                Rule::SetAside => self.set_aside(attribute),
                Rule::Picture => self.picture(attribute, Size::Own),
                Rule::Backdrop => self.picture(attribute, Size::Box),
                Rule::Fetched => self.fetched(attribute),
                Rule::Pictures => self.pictures(attribute),
                Rule::Destination => self.destination(attribute),
                Rule::Fragment => self.fragment(attribute),
                Rule::Use => self.used_part(tag, attribute),
                Rule::Style => self.style_attribute(attribute),
                Rule::Presentation => self.presentation_attribute(attribute),
            }
        }
    }

    fn rule(&self, tag: &StartTag, attribute: &Attribute) -> Rule {
        let name = self.name_of(attribute);
        match (&*tag.name, name) {
            (_, name) if name.starts_with("on") => Rule::SetAside,
            (_, "style") => Rule::Style,
            ("img" | "input", "src") | ("image" | "feimage", "src" | "href" | "xlink:href") => {
                Rule::Picture
            }
            ("img" | "source", "srcset") => Rule::Pictures,
            (element, "background") if WITH_BACKGROUND.contains(&element) => Rule::Backdrop,
            ("a" | "area", "href")
            | ("a", "xlink:href")
            | ("form", "action")
            | ("button" | "input", "formaction") => Rule::Destination,
            ("link", "href") => self.link_rule(tag),
            ("link", "media" | "disabled") if loads_by_script(tag) => Rule::SetAside,
            ("meta", "http-equiv" | "charset")
            | ("iframe", "allow" | "allowfullscreen" | "csp" | "name" | "sandbox") => {
                Rule::SetAside
            }
            ("meta", "name") if attribute.value().trim().eq_ignore_ascii_case("referrer") => {
                Rule::SetAside
            }
            ("animate" | "set" | "animatemotion" | "animatetransform" | "animatecolor", name) => {
                animation_rule(name, attribute)
            }
            ("use", "href" | "xlink:href") if tag.foreign => Rule::Use,
            _ if tag.foreign && matches!(name, "href" | "xlink:href") => Rule::Fragment,
            _ if ACTING.contains(&name) => Rule::SetAside,
            _ if tag.foreign && attribute.value().contains(['(', '\\']) => Rule::Presentation,
            _ => Rule::Harmless,
        }
    }

    /// A link stays where it is plain metadata, and where what it fetches is at hand.
    fn link_rule(&self, tag: &StartTag) -> Rule {
        let rel = self
            .text(tag, "rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut kinds = rel.split_ascii_whitespace().peekable();
        let is_plain = kinds.peek().is_some() && kinds.all(|kind| PLAIN_LINKS.contains(&kind));
        if is_plain {
            Rule::Destination
        } else {
            Rule::Fetched
        }
    }

    fn picture(&mut self, attribute: &Attribute, size: Size) {
        let (Some(value), Some(span)) = (self.value(attribute), attribute.value_span) else {
            return;
        };
        let text = value.text().trim_ascii();
        if text.is_empty() || is_picture(text) {
            return;
        }
        let drawing = match self
            .known_of(&value)
            .map(|known| (&known.place, known.address()))
        {
            Some((Ok(_), _)) => return,
            Some((Err(reason), address)) => self.drawn_in(size, reason, address),
            None => {
                let address = absolute(text, self.page);
                self.drawn_in(
                    size,
                    NOT_RECORDED,
                    address.as_ref().map_or(text, |address| address.as_str()),
                )
            }
        };
        self.put(span, &drawing);
    }

    fn fetched(&mut self, attribute: &Attribute) {
        let Some(value) = self.value(attribute) else {
            return;
        };
        let is_here = self
            .known_of(&value)
            .is_some_and(|known| known.place.is_ok());
        if !is_here && !is_picture(value.text().trim_ascii()) {
            self.set_aside(attribute);
        }
    }

    /// Where one of the pictures is at hand it stands for those that are not, else the whole list is set aside.
    fn pictures(&mut self, attribute: &Attribute) {
        let Some(value) = self.value(attribute) else {
            return;
        };
        let mut here: Option<String> = None;
        let mut missing: Vec<Span> = Vec::new();
        let mut is_any = false;
        for candidate in srcset::candidates(value.text()) {
            let text = &value.text()[candidate.start..candidate.end];
            let span = value.source(self.legible, candidate);
            is_any = true;
            match self
                .lookup
                .find(span, text, self.page)
                .map(|known| &known.place)
            {
                Some(Ok(place)) => here = here.or_else(|| Some(place.clone())),
                _ if is_picture(text) => {}
                _ => missing.push(span),
            }
        }
        match here {
            Some(place) => missing
                .into_iter()
                .for_each(|span| self.put_at_source(span, &place)),
            None if is_any && missing.is_empty() => {}
            None => self.set_aside(attribute),
        }
    }

    fn destination(&mut self, attribute: &Attribute) {
        let (Some(value), Some(span)) = (self.value(attribute), attribute.value_span) else {
            return;
        };
        // A link of a post leads to the copy of an image that is at hand.
        let known = self.known_of(&value);
        if known.is_some_and(|known| known.place.as_deref() == Ok(value.text())) {
            return;
        }
        match destination(value.text(), self.page) {
            Destination::Stays => {}
            Destination::Put(address) => self.put(span, &address),
            Destination::Refused => self.set_aside(attribute),
        }
    }

    fn fragment(&mut self, attribute: &Attribute) {
        let stays = attribute.value().trim_ascii().is_empty()
            || attribute.value().trim_ascii().starts_with('#');
        if !stays {
            self.set_aside(attribute);
        }
    }

    fn presentation_attribute(&mut self, attribute: &Attribute) {
        if let Some(span) = attribute.value_span {
            self.presentation(&attribute.name, span);
        }
    }

    fn style_attribute(&mut self, attribute: &Attribute) {
        if let Some(span) = attribute.value_span {
            self.style(span, Context::Attribute);
        }
    }
}

/// An animation must not turn a link or a handler into another one (SVG 2 §16, "animate").
fn animation_rule(name: &str, attribute: &Attribute) -> Rule {
    let value = attribute.value().trim_ascii().to_ascii_lowercase();
    match name {
        "attributename"
            if value.ends_with("href") || value.starts_with("on") || value == "style" =>
        {
            Rule::SetAside
        }
        "attributename" => Rule::Harmless,
        "href" | "xlink:href" => Rule::Fragment,
        "from" | "to" | "by" | "values" => Rule::Style,
        _ if ACTING.contains(&name) => Rule::SetAside,
        _ => Rule::Harmless,
    }
}

/// Returns whether `address` is a picture that stands in the page itself.
pub(super) fn is_picture(address: &str) -> bool {
    is_inside(address)
        && address
            .get(..11)
            .is_some_and(|start| start.eq_ignore_ascii_case("data:image/"))
}
