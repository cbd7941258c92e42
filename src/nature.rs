//! What is an input taken for, and why? By its Content-Type, its name and its bytes: one rule for every command. Pure.
//!
//! 1. Bytes that are no text are an image or something else, whatever their name and header say.
//! 2. Text is what its Content-Type calls it: HTML, Markdown, CSS. Where that says nothing (absent, `text/plain`,
//!    `application/octet-stream`), it is what the ending of its name says.
//! 3. Else its content decides: the root of markup, front matter.
//!
//! Feeds are often sent as HTML, so a page whose root is a feed's is a feed (WHATWG MIME Sniffing, "sniffing a mislabeled
//! feed").

mod ending;
mod text;

use crate::document::{Kind, front_matter};
use crate::media::{MediaType, Verdict};

pub use ending::{DOCUMENT_ENDINGS, implied_type, kind_of_name};
pub use text::{is_blank, is_text, may_be_text};

use text::Declared;

/// How far an RDF document or a JSON feed is searched for the name of its format: both begin with it.
const FORMAT_NAME_BYTES: usize = 4096;

/// What an input is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// An HTML page.
    Page,
    /// A Markdown post.
    Post,
    /// An RSS, Atom or JSON feed.
    Feed,
    /// A sitemap, or an index of sitemaps.
    Sitemap,
    /// A stylesheet.
    Style,
    /// A picture.
    Image,
    /// Nothing that Offprint has a use for.
    Other,
}

/// What is known of an input.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The Content-Type that it came with.
    pub content_type: Option<&'a str>,
    /// The name of its file, or the path of its URL.
    pub name: &'a str,
    /// Its bytes; of what is no text, the first will do.
    pub bytes: &'a [u8],
    /// What they are by content.
    pub verdict: &'a Verdict,
}

/// What an input is taken for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What it is taken for.
    pub nature: Nature,
    /// Why, in short sentences for a person.
    pub because: Vec<String>,
}

impl Nature {
    /// Returns how a document of this nature is read; `None` where it is none that holds references.
    #[must_use]
    pub fn document(self) -> Option<Kind> {
        match self {
            Self::Page => Some(Kind::Page),
            Self::Post => Some(Kind::Post),
            Self::Style => Some(Kind::Style),
            Self::Feed => Some(Kind::Feed),
            Self::Sitemap | Self::Image | Self::Other => None,
        }
    }

    /// Returns the nature in words, as in "it is a feed".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Page => "an HTML page",
            Self::Post => "a Markdown post",
            Self::Feed => "a feed",
            Self::Sitemap => "a sitemap",
            Self::Style => "a stylesheet",
            Self::Image => "an image",
            Self::Other => "no kind of document that Offprint reads",
        }
    }
}

impl From<Kind> for Nature {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Page => Self::Page,
            Kind::Post => Self::Post,
            Kind::Style => Self::Style,
            Kind::Feed => Self::Feed,
        }
    }
}

/// Says what an input is taken for.
#[must_use]
pub fn judge(evidence: &Evidence<'_>) -> Judgement {
    let (announced, mut because) = announcement(evidence);
    if is_text(evidence, announced.is_some()) {
        let (nature, reason) = of_text(evidence, announced);
        because.extend(reason);
        return Judgement { nature, because };
    }
    let media = evidence.verdict.media();
    let nature = if media.is_image() {
        Nature::Image
    } else {
        Nature::Other
    };
    let but = if announced.is_some() { "but " } else { "" };
    because.push(format!("{but}its bytes are {media}"));
    Judgement { nature, because }
}

/// Returns what Content-Type and name call the input, and which of them said it.
fn announcement(evidence: &Evidence<'_>) -> (Option<Kind>, Vec<String>) {
    let declared = Declared::of(evidence.content_type);
    let essence = declared.essence();
    match declared {
        Declared::Document(kind, _) => {
            return (
                Some(kind),
                vec![format!(
                    "its Content-Type is {}",
                    essence.unwrap_or_default()
                )],
            );
        }
        Declared::Other(_) => return (None, Vec::new()),
        Declared::Nothing(_) => {}
    }
    let Some(kind) = kind_of_name(evidence.name) else {
        return (None, Vec::new());
    };
    let mut because = Vec::new();
    because.extend(essence.map(|essence| format!("its Content-Type, {essence}, says nothing")));
    let ending = evidence.name.rsplit('.').next().unwrap_or_default();
    because.push(format!("its name ends in .{ending}"));
    (Some(kind), because)
}

/// Judges what is text.
fn of_text(evidence: &Evidence<'_>, announced: Option<Kind>) -> (Nature, Option<String>) {
    let verdict = evidence.verdict;
    let root = verdict.root();
    let by_root = root.and_then(|root| of_root(root, evidence.bytes));
    let root_is = || root.map(|root| format!("its root element is <{root}>"));
    match (announced, by_root) {
        (Some(Kind::Page), Some(Nature::Feed)) => {
            return (
                Nature::Feed,
                root_is().map(|reason| format!("but {reason}")),
            );
        }
        (Some(kind), _) => return (kind.into(), None),
        (None, Some(nature)) => return (nature, root_is()),
        (None, None) => {}
    }
    let bytes_are = Some(format!("its bytes are {}", verdict.media()));
    match verdict.media() {
        MediaType::Svg => (Nature::Image, bytes_are),
        MediaType::Html => (Nature::Page, bytes_are),
        MediaType::Json if names(evidence.bytes, b"jsonfeed.org/version/") => {
            let reason = "it names jsonfeed.org as its version".to_owned();
            (Nature::Feed, Some(reason))
        }
        MediaType::Text if has_front_matter(evidence.bytes) => {
            (Nature::Post, Some("it begins with front matter".to_owned()))
        }
        MediaType::Xml => (Nature::Other, root_is().or(bytes_are)),
        _ => (Nature::Other, bytes_are),
    }
}

/// Returns what XML with this document element is, where that tells.
fn of_root(root: &str, bytes: &[u8]) -> Option<Nature> {
    match root {
        // Of Active Channels (CDF), the channel is the document.
        "rss" | "feed" | "channel" => Some(Nature::Feed),
        "rdf" if names(bytes, b"purl.org/rss/") => Some(Nature::Feed),
        "urlset" | "sitemapindex" => Some(Nature::Sitemap),
        // Pieces of pages begin so too.
        "html" | "article" | "section" | "main" | "header" | "figure" | "picture" => {
            Some(Nature::Page)
        }
        _ => None,
    }
}

fn names(bytes: &[u8], format: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(FORMAT_NAME_BYTES)];
    memchr::memmem::find(head, format).is_some()
}

/// Returns whether text of no known name begins as a post does. Posts in other encodings than UTF-8 have endings.
fn has_front_matter(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| front_matter::read(text).is_some())
}

#[cfg(test)]
mod tests;
