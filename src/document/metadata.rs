//! What does an article say of itself? Title, author, date, language and site, as it states them. Pure.

mod json_ld;

use std::borrow::Cow;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::dom::{Dom, Element};
use super::front_matter::{self, FrontMatter, Language, Scalar};
use super::legible::Legible;
use super::located::Located;
use super::{Document, Kind, Syntax};
use crate::link::Link;
use json_ld::JsonLd;

/// The longest fact in characters: long for a title; more is no fact but a mistake, and is cut off.
const FACT_CHARACTERS_MAX: usize = 500;

/// The longest language tag (RFC 5646 §4.4.1 asks for room for 35 characters).
const LANGUAGE_BYTES_MAX: usize = 35;

/// Where front matter names the author: Hexo and Jekyll at the top, Hugo's and Zola's own members below it.
const AUTHOR_KEYS: &[&[&str]] = &[
    &["author"],
    &["authors"],
    &["params", "author"],
    &["params", "authors"],
    &["extra", "author"],
    &["extra", "authors"],
    &["taxonomies", "authors"],
];

/// Where front matter says when the post was published. To Jekyll, `published` is whether it is: no date then.
const DATE_KEYS: &[&str] = &[
    "date",
    "published",
    "publishDate",
    "publishdate",
    "pubDate",
    "pubDatetime",
    "created",
];

/// Where front matter names the language.
const LANGUAGE_KEYS: &[&[&str]] = &[
    &["lang"],
    &["language"],
    &["locale"],
    &["params", "lang"],
    &["params", "language"],
    &["extra", "lang"],
];

/// What the article says of itself. Nothing is made up: what it does not say is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it was published, as written there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Its language as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The site it appeared on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// What was read of a document at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// What it says of itself.
    pub facts: Facts,
    /// The address that it calls its own, where that can be believed.
    pub canonical: Option<Link>,
}

/// Returns what the document says of itself; nothing where it can't be read.
///
/// The address that a page calls its own (`<link rel=canonical>`) is believed on the same host, as another site must not claim
/// articles; and where it is not the site's front page, unless this is it, as sites that name one canonical address on all
/// pages would make all their articles one.
#[must_use]
pub fn read(document: &Document) -> Metadata {
    let text = text(document);
    match document.kind {
        Kind::Page => Dom::parse(text.trim_start_matches('\u{FEFF}')).map(|dom| Metadata {
            facts: of_page(&dom),
            canonical: canonical(document, &dom),
        }),
        Kind::Post => front_matter::read(&text).map(|front_matter| Metadata {
            facts: of_post(&front_matter),
            canonical: None,
        }),
        Kind::Style | Kind::Feed => None,
    }
    .unwrap_or_default()
}

/// Returns what is not right in the front matter of a post, as `line N: reason`; `None` where nothing is.
#[must_use]
pub fn flaw(document: &Document) -> Option<String> {
    if document.kind != Kind::Post {
        return None;
    }
    let text = Located::decode(&document.bytes, document.charset).text;
    front_matter::read(&text)?.flaw
}

/// Returns the language that the front matter of a post is written in; `None` where it has none.
#[must_use]
pub fn front_matter_language(document: &Document) -> Option<Language> {
    if document.kind != Kind::Post {
        return None;
    }
    let text = Located::decode(&document.bytes, document.charset).text;
    Some(front_matter::read(&text)?.language)
}

fn canonical(document: &Document, dom: &Dom) -> Option<Link> {
    let address = document.address.as_ref()?;
    let href = dom
        .named("link")
        .find(is_canonical_link)?
        .attribute("href")?;
    let canonical = document.base.as_ref()?.join(href.trim(), None).ok()?;
    let is_believed = canonical.host() == address.host()
        && (!is_front_page(&canonical) || is_front_page(address));
    is_believed.then(|| canonical.without_fragment())
}

/// The text of a document; of XML, as HTML.
/// Returns the text of a document, as it is read: XHTML as HTML.
#[must_use]
pub fn text(document: &Document) -> Cow<'_, str> {
    match document.syntax {
        Syntax::Html => Located::decode(&document.bytes, document.charset).text,
        Syntax::Xml => {
            let bytes = Legible::of(document).bytes().to_vec();
            Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
        }
    }
}

fn is_canonical_link(link: &Element<'_>) -> bool {
    let rel = link.attribute("rel").unwrap_or_default();
    !link.is_foreign()
        && link.attribute("href").is_some()
        && rel
            .split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("canonical"))
}

fn is_front_page(link: &Link) -> bool {
    link.as_url().path() == "/" && link.as_url().query().is_none()
}

fn of_post(front_matter: &FrontMatter) -> Facts {
    let said = |keys: &[&[&str]]| keys.iter().find_map(|key| said(front_matter, key));
    let is_date = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
    let date = |key: &&str| said(&[&[*key]]).filter(is_date);
    Facts {
        title: said(&[&["title"]]),
        author: said(AUTHOR_KEYS),
        published: DATE_KEYS.iter().find_map(date),
        language: said(LANGUAGE_KEYS).and_then(|tag| language(&tag)),
        site: None,
    }
}

/// Returns what the front matter says under `key`: a text, or the texts of a list; people may be maps with a name.
fn said(front_matter: &FrontMatter, key: &[&str]) -> Option<String> {
    let is_item = |step: &String| step.bytes().all(|byte| byte.is_ascii_digit());
    let is_said = |entry: &&Scalar| match &entry.path[key.len()..] {
        [] => true,
        [only] => is_item(only) || only == "name",
        [item, name] => is_item(item) && name == "name",
        _ => false,
    };
    // Of a key that stands twice, the first value counts.
    let mut seen = HashSet::new();
    let texts: Vec<&str> = front_matter
        .under(key)
        .filter(is_said)
        .filter(|entry| seen.insert(&entry.path))
        .map(|entry| entry.value.trim())
        .filter(|text| !text.is_empty())
        .collect();
    fact(&texts.join(", "))
}

/// What is stated for machines comes before what is shown, as the latter may be another thing's.
fn of_page(dom: &Dom) -> Facts {
    let meta = |names: &[&str]| names.iter().find_map(|name| meta(dom, name));
    let shown = |name| dom.named(name).find_map(|element| fact(&element.text()));
    let json_ld = || {
        dom.named("script")
            .filter(is_json_ld)
            .find_map(|script| json_ld::read(&script.text()))
    };
    let JsonLd { author, published } = json_ld().unwrap_or_default();
    let time = || {
        dom.named("time")
            .find_map(|time| time.attribute("datetime").and_then(fact))
    };
    Facts {
        title: meta(&["og:title"])
            .or_else(|| shown("title"))
            .or_else(|| shown("h1")),
        author: meta(&["author", "article:author"])
            .filter(|author| Link::parse(author).is_err())
            .or(author),
        published: meta(&["article:published_time"])
            .or(published)
            .or_else(|| {
                meta(&[
                    "date",
                    "pubdate",
                    "publishdate",
                    "dc.date",
                    "dcterms.date",
                    "datepublished",
                ])
            })
            .or_else(time),
        language: dom
            .named("html")
            .find_map(|html| {
                html.attribute("lang")
                    .or(html.attribute("xml:lang"))
                    .and_then(fact)
            })
            .and_then(|tag| language(&tag)),
        site: meta(&["og:site_name"]),
    }
}

fn is_json_ld(script: &Element<'_>) -> bool {
    script
        .attribute("type")
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
}

/// Returns the content of the first `<meta>` of this name that has one.
fn meta(dom: &Dom, name: &str) -> Option<String> {
    let is_named = |element: &Element<'_>| {
        let names = ["property", "name", "itemprop"]
            .into_iter()
            .filter_map(|attribute| element.attribute(attribute));
        names
            .into_iter()
            .any(|found| found.trim().eq_ignore_ascii_case(name))
    };
    dom.named("meta")
        .filter(is_named)
        .find_map(|meta| meta.attribute("content").and_then(fact))
}

/// Returns the text with white space collapsed; `None` where nothing is left.
fn fact(text: &str) -> Option<String> {
    let mut fact = String::new();
    for word in text.split_whitespace() {
        if !fact.is_empty() {
            fact.push(' ');
        }
        fact.extend(word.chars().take(FACT_CHARACTERS_MAX));
        if let Some((end, _)) = fact.char_indices().nth(FACT_CHARACTERS_MAX) {
            fact.truncate(end);
            break;
        }
    }
    (!fact.is_empty()).then_some(fact)
}

/// Returns `tag` if it has the shape of a BCP 47 language tag, `zh_CN` becoming `zh-CN`.
fn language(tag: &str) -> Option<String> {
    let tag = tag.replace('_', "-");
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (tag.len() <= LANGUAGE_BYTES_MAX && tag.split('-').all(is_part)).then_some(tag)
}

#[cfg(test)]
mod tests;
