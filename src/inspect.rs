//! What is an input taken for, and why? Looks at it and tells what every other command would go by.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::document::charset::{ToldBy, told_by};
use crate::document::metadata::{self, Facts};
use crate::document::{Document, Kind as DocumentKind};
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::link::Link;
use crate::listing::{self, Carrier, Enclosure, Form, Format};
use crate::look::{LookError, Options, Place, look};
use crate::media::{Fault, Flaw, MediaType, Verdict};
use crate::nature::Nature;
use crate::refs::{self, Kind, LazyTable};

/// What there is to say of an input. Serialised as the `inspect` object of `--json` (`docs/json.md`).
#[derive(Debug, Serialize)]
pub struct Inspected {
    /// What it is taken for.
    pub kind: Nature,
    /// Why, in short sentences.
    pub because: Vec<String>,
    /// Its address, after redirects, or as the user said.
    pub source: Option<Link>,
    /// The Content-Type that it came with, or that the user said.
    pub content_type: Option<String>,
    /// Its length.
    pub bytes: u64,
    /// What else there is to say of its kind.
    #[serde(flatten)]
    pub detail: Detail,
}

/// What there is to say of an input of its kind.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Detail {
    /// Of a page, a post, a stylesheet.
    Document(Box<Reading>),
    /// Of an image.
    Image(Picture),
    /// Of what is not read.
    None {},
}

/// How a document is read.
#[derive(Debug, Serialize)]
pub struct Reading {
    /// What it says of itself.
    #[serde(flatten)]
    pub facts: Facts,
    /// The encoding it is read in, as the Encoding Standard names it.
    pub charset: &'static str,
    /// What decided that.
    pub charset_from: ToldBy,
    /// What its relative references are relative to.
    pub base: Option<Link>,
    /// Its front matter, where it has one.
    pub front_matter: Option<FrontMatter>,
    /// How many references it makes, by kind.
    pub references: BTreeMap<Kind, u64>,
    /// The entries of a feed.
    #[serde(flatten)]
    pub listed: Option<Listed>,
}

/// What a feed lists.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Its entries, in its order.
    pub entries: Vec<Entry>,
    /// What keeps it from being read as a whole.
    pub flaw: Option<String>,
}

/// An entry of a feed.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The address of its page; none where it has none.
    pub url: Option<Link>,
    /// What the feed knows it by; none where another entry has the same.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What the feed carries of its text, where it carries the whole.
    pub content: Option<Content>,
    /// What it encloses.
    pub enclosures: Vec<Enclosed>,
}

/// The text of an article in its feed.
#[derive(Debug, Serialize)]
pub struct Content {
    /// Where it stands.
    pub carrier: Carrier,
    /// How it is written.
    pub form: Form,
    /// Its length, escapes resolved, in bytes of UTF-8.
    pub bytes: usize,
}

/// Something that a feed encloses with an entry.
#[derive(Debug, Serialize)]
pub struct Enclosed {
    /// Its address.
    pub url: Link,
    /// Its type, as the feed says.
    pub media: Option<String>,
    /// Whether it is archived as a picture.
    pub image: bool,
}

/// The front matter of a post.
#[derive(Debug, Serialize)]
pub struct FrontMatter {
    /// The language that it is written in: `yaml`, `toml`, `json`.
    pub language: &'static str,
    /// The first thing in it that is not right, as `line N: reason`.
    pub flaw: Option<String>,
}

/// What an image is.
#[derive(Debug, Serialize)]
pub struct Picture {
    /// Its type by content; none where it begins as an SVG and is no XML.
    pub mime: Option<MediaType>,
    /// Whether it is whole, as far as that is looked at.
    pub complete: bool,
    /// What is wrong with it, as a code.
    pub flaw: Option<&'static str>,
    /// At which byte that was noticed.
    pub flaw_at: Option<u64>,
    /// What should have been there, for a person.
    pub expected: Option<&'static str>,
    /// How many bytes follow its end.
    pub trailing: u64,
    /// Width in pixels, where it is known.
    pub width: Option<u32>,
    /// Height in pixels, where it is known.
    pub height: Option<u32>,
    /// How many pictures follow each other in it, where they are counted.
    pub frames: Option<u64>,
    /// What is wrong with it, for a person.
    #[serde(skip)]
    pub trouble: Option<Fault>,
}

/// Says what an input is taken for, and why.
///
/// # Errors
/// When it can't be read or fetched. Whatever its bytes are is an answer.
pub async fn inspect(place: &Place, options: Options) -> Result<Inspected, LookError> {
    let table = options.lazy.clone();
    let looked = look(place, options).await?;
    let kind = looked.judged.nature;
    let mut because = looked.judged.because.clone();
    let (source, content_type) = (looked.address.clone(), looked.content_type.clone());
    let bytes = looked.verdict.bytes();
    let is_document = kind.document().is_some();
    let detail = if kind == Nature::Image {
        Detail::Image(picture(&looked.verdict, &mut because))
    } else if let Some(document) = looked.document() {
        Detail::Document(Box::new(reading(
            &document,
            content_type.as_deref(),
            &table,
        )))
    } else {
        because.extend(is_document.then(|| {
            let (length, most) = (bytes >> 20, DOCUMENT_BYTES_MAX >> 20);
            format!("but it is {length} MiB, more than the {most} MiB of the largest article, and not read")
        }));
        Detail::None {}
    };
    Ok(Inspected {
        kind,
        because,
        source,
        content_type,
        bytes,
        detail,
    })
}

fn picture(verdict: &Verdict, because: &mut Vec<String>) -> Picture {
    let (media, fault) = (verdict.media(), verdict.fault());
    if !media.has_known_end() {
        because.push(format!(
            "{media} is known by its first bytes alone; whether it is whole is not looked at"
        ));
    }
    if verdict.trailing() > 0 {
        let trailing = verdict.trailing();
        because.push(format!("{trailing} bytes follow its end, which is no flaw"));
    }
    // Other images are known by a signature, however broken they are. What is not well-formed is no XML (XML 1.0 §2.1).
    let is_none = *media == MediaType::Svg && fault.is_some();
    if is_none {
        because.push(format!(
            "it begins as {media}, but what is not well-formed to its end is no XML and so no SVG; browsers show none of it"
        ));
    }
    if *media != MediaType::Svg && (verdict.width(), verdict.height()) == (Some(1), Some(1)) {
        because.push(
            "a single pixel counts readers where a picture stands, and is not kept there"
                .to_owned(),
        );
    }
    if verdict.flaw() == Some(Flaw::NoEndMark) {
        because.push("it is kept all the same: browsers show the whole of it".to_owned());
    }
    Picture {
        mime: (!is_none).then(|| media.clone()),
        complete: fault.is_none(),
        flaw: fault.map(|fault| fault.flaw.code()),
        flaw_at: fault.map(|fault| fault.at),
        expected: fault.map(|fault| fault.expected),
        trailing: verdict.trailing(),
        width: verdict.width(),
        height: verdict.height(),
        frames: verdict.frames(),
        trouble: fault,
    }
}

fn reading(document: &Document, content_type: Option<&str>, table: &LazyTable) -> Reading {
    let mut references = BTreeMap::new();
    for reference in refs::find_with(document, table) {
        *references.entry(reference.kind).or_default() += 1;
    }
    Reading {
        facts: metadata::read(document).facts,
        charset: document.charset.name(),
        charset_from: told_by(document, content_type),
        base: document.base.clone(),
        front_matter: metadata::front_matter_language(document).map(|language| FrontMatter {
            language: language.name(),
            flaw: metadata::flaw(document),
        }),
        references,
        listed: (document.kind == DocumentKind::Feed).then(|| listed(document)),
    }
}

fn listed(document: &Document) -> Listed {
    let listing = listing::read(document, Format::Feed);
    let told = |entry: listing::Entry| Entry {
        url: entry.url,
        id: entry.id,
        title: entry.title,
        published: entry.published,
        modified: entry.modified,
        author: entry.carried.author,
        content: entry.carried.content.map(|content| Content {
            carrier: content.carrier,
            form: content.form,
            bytes: content.text.len(),
        }),
        enclosures: entry.carried.enclosures.into_iter().map(enclosed).collect(),
    };
    Listed {
        entries: listing.entries.into_iter().map(told).collect(),
        flaw: listing.flaw,
    }
}

fn enclosed(enclosure: Enclosure) -> Enclosed {
    Enclosed {
        url: enclosure.url,
        media: enclosure.media,
        image: enclosure.is_image,
    }
}
