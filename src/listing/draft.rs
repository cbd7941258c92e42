//! What does an entry of a feed say, before it is settled which of it counts? Pure.

use std::borrow::Cow;

use crate::link::Link;
use crate::refs::feed::is_image;

use super::carried::{Carried, Carrier, Content, Enclosure, Form};
use super::xml::Tag;
use super::{Entry, address, identity, time, title};

/// An entry that is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// How many elements are open around what it holds.
    pub(super) depth: usize,
    /// The base of what it says.
    base: Option<Link>,
    /// What `<link>` says in it, in `href` or as text: what was written the other way before gives way.
    link: Option<(Way, String)>,
    /// What it links to that is no page by its type.
    other_link: Option<String>,
    /// Its `guid` or `id`.
    id: String,
    /// Whether that is an address, too: it is unless RSS says otherwise.
    id_is_link: bool,
    title: String,
    author: String,
    published: String,
    modified: String,
    /// Where its text comes from (`<content src>`).
    source: Option<String>,
    carried: Carried,
}

/// How a link is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Attribute,
    Text,
}

/// What the text of an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Link,
    Id,
    Title,
    Author,
    Published,
    Modified,
    Content(Carrier, Form),
}

/// An element of an entry whose text is read.
#[derive(Debug)]
pub(super) struct Part {
    /// How many elements are open in it.
    pub(super) depth: usize,
    /// Where its content begins.
    pub(super) start: usize,
    pub(super) holds: Holds,
    pub(super) text: String,
    /// Whether there are elements in it.
    pub(super) is_marked_up: bool,
    base: Option<Link>,
}

impl Part {
    pub(super) fn new(depth: usize, start: usize, holds: Holds, base: Option<Link>) -> Self {
        Self {
            depth,
            start,
            holds,
            text: String::new(),
            is_marked_up: false,
            base,
        }
    }
}

impl Draft {
    pub(super) fn begin(
        tag: &Tag<'_>,
        depth: usize,
        base: Option<Link>,
        language: Option<&str>,
    ) -> Self {
        let said = |name| tag.attribute(name).map(Cow::into_owned);
        Self {
            depth,
            base,
            // CDF writes where it is, and when it changed, in the tag.
            link: said("href").map(|href| (Way::Attribute, href)),
            modified: said("lastmod").unwrap_or_default(),
            // RSS 1.0 names its items so.
            id: said("rdf:about").unwrap_or_default(),
            id_is_link: true,
            carried: Carried {
                language: language.map(str::to_owned),
                ..Carried::default()
            },
            ..Self::default()
        }
    }

    /// Takes in the attributes of an element of the entry; returns what its text is, where that is of interest.
    pub(super) fn element(
        &mut self,
        tag: &Tag<'_>,
        base: Option<&Link>,
        language: Option<&str>,
    ) -> Option<Holds> {
        let (prefix, local) = tag.name.rsplit_once(':').unwrap_or(("", tag.name));
        let local = local.to_ascii_lowercase();
        if local == "encoded" {
            return Some(Holds::Content(Carrier::Encoded, Form::Html));
        }
        // What is said of media, of podcasts and of threads is not said of the entry.
        let is_own = matches!(
            prefix,
            "" | "atom" | "atom10" | "a" | "rss" | "dc" | "dcterms"
        );
        match local.as_str() {
            _ if !is_own => self.inner(tag, None, base),
            "link" | "a" if local == "link" || tag.attribute("href").is_some() => {
                match tag.attribute("href") {
                    Some(href) => {
                        self.link(tag, href.into_owned(), base);
                        None
                    }
                    None => Some(Holds::Link),
                }
            }
            "guid" => {
                let said = tag.attribute("isPermaLink");
                self.id_is_link =
                    !said.is_some_and(|said| said.trim().eq_ignore_ascii_case("false"));
                Some(Holds::Id)
            }
            "id" | "identifier" => Some(Holds::Id),
            "title" => Some(Holds::Title),
            "creator" => Some(Holds::Author),
            "pubdate" | "published" | "issued" | "date" | "created" => Some(Holds::Published),
            "updated" | "modified" => Some(Holds::Modified),
            "content" => {
                let source = tag.attribute("src");
                let is_here = source.is_none();
                self.source = self.source.take().or(source.map(Into::into));
                self.carried.language = language.map(str::to_owned);
                let form = form(tag.attribute("type").as_deref()).filter(|_| is_here);
                form.map(|form| Holds::Content(Carrier::Content, form))
            }
            _ => self.inner(tag, None, base),
        }
    }

    /// Takes in the attributes of an element somewhere in the entry, as far as it encloses something.
    pub(super) fn inner(
        &mut self,
        tag: &Tag<'_>,
        around: Option<&str>,
        base: Option<&Link>,
    ) -> Option<Holds> {
        let said = |name| tag.attribute(name).unwrap_or_default();
        let local = tag.local().to_ascii_lowercase();
        let (written, is_picture) = match local.as_str() {
            "name" if around == Some("author") => return Some(Holds::Author),
            "enclosure" | "content" => (said("url"), false),
            "thumbnail" => (said("url"), true),
            "image" => (said("href"), true),
            _ => return None,
        };
        let media = said("type");
        let is_image = is_picture || is_image(&said("medium"), &media, &written);
        self.enclose(&written, &media, is_image, base);
        None
    }

    fn enclose(&mut self, written: &str, media: &str, is_image: bool, base: Option<&Link>) {
        if let Some(url) = address(written, base) {
            let media = media.trim();
            self.carried.enclose(Enclosure {
                url,
                media: (!media.is_empty()).then(|| media.to_owned()),
                is_image,
            });
        }
    }

    /// Takes in `<link href>` (RFC 4287 §4.2.7).
    fn link(&mut self, tag: &Tag<'_>, href: String, base: Option<&Link>) {
        let said = |name| tag.attribute(name).unwrap_or_default();
        let (rel, media) = (said("rel"), said("type"));
        let is_its_page = matches!(
            rel.trim(),
            "" | "alternate" | "http://www.iana.org/assignments/relation/alternate"
        );
        if rel.trim() == "enclosure" {
            let is_image = is_image("", &media, &href);
            self.enclose(&href, &media, is_image, base);
        }
        if !is_its_page {
            return;
        }
        let is_page = media.trim().is_empty() || media.contains("html");
        if is_page {
            self.linked(Way::Attribute, href);
        } else {
            self.other_link.get_or_insert(href);
        }
    }

    /// Of several links in attributes the first counts, of those in text the last; of both, the way that came last.
    fn linked(&mut self, way: Way, link: String) {
        let is_settled = |(known, _): &(Way, String)| *known == way && way == Way::Attribute;
        if !self.link.as_ref().is_some_and(is_settled) {
            self.link = Some((way, link));
        }
    }

    /// Takes in the text of an element that ended; `markup` is its content as it is written, where there are elements in it.
    pub(super) fn part(&mut self, part: Part, markup: &str) {
        let text = part.text;
        let is_blank = text.trim().is_empty();
        let place = match part.holds {
            Holds::Content(carrier, form) => {
                let is_markup = part.is_marked_up && form != Form::Text;
                self.carried.text(Content {
                    carrier,
                    form: match form {
                        _ if is_markup => Form::Xhtml,
                        Form::Xhtml => Form::Html,
                        form => form,
                    },
                    text: if is_markup { markup.to_owned() } else { text },
                    base: part.base.filter(|base| self.base.as_ref() != Some(base)),
                });
                return;
            }
            _ if is_blank => return,
            Holds::Link => {
                self.linked(Way::Text, text);
                return;
            }
            // Of `dc:identifier` and `guid` the first counts; `rdf:about` is what RSS 1.0 knows an item by.
            Holds::Id => &mut self.id,
            Holds::Title => &mut self.title,
            Holds::Author => &mut self.author,
            Holds::Published => &mut self.published,
            Holds::Modified => &mut self.modified,
        };
        if place.is_empty() {
            *place = text;
        }
    }

    pub(super) fn settle(self) -> Entry {
        let base = self.base.as_ref();
        let id_as_link = Some(self.id.clone()).filter(|id| self.id_is_link && is_address(id));
        let link = self.link.map(|(_, link)| link);
        let candidates = [link, self.other_link, id_as_link, self.source];
        let url = candidates
            .iter()
            .flatten()
            .find_map(|text| address(text, base));
        Entry {
            url,
            id: identity(&self.id),
            title: title(&self.title),
            published: time::read(&self.published),
            modified: time::read(&self.modified),
            carried: Carried {
                author: title(&self.author),
                ..self.carried
            },
            ..Entry::default()
        }
    }
}

/// Returns how Atom content of this type is written (RFC 4287 §4.1.3.1; of version 0.3, media types); `None` of what is no text.
fn form(said: Option<&str>) -> Option<Form> {
    let said = said.unwrap_or("text").trim().to_ascii_lowercase();
    match said.as_str() {
        "" => Some(Form::Text),
        said if said.contains("xhtml") => Some(Form::Xhtml),
        said if said.contains("html") => Some(Form::Html),
        said if said.starts_with("text") => Some(Form::Text),
        _ => None,
    }
}

/// Returns whether an identity can be meant as the address of a page, too: one from its scheme or its site's root on.
fn is_address(id: &str) -> bool {
    let id = id.trim_start();
    ["http://", "https://", "/"]
        .iter()
        .any(|start| id.starts_with(start))
}
