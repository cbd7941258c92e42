//! What does a feed carry of an article itself? Its text, and what is enclosed. Pure.

use serde::Serialize;

use crate::link::Link;

/// Enclosures that are read of one entry. A podcast has one, a gallery some dozens.
pub(super) const ENCLOSURES_MAX: usize = 256;

/// What a feed says of an entry beside where its page is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// Who wrote it.
    pub author: Option<String>,
    /// The language that it, or its feed, says it is in, as written.
    pub language: Option<String>,
    /// The whole of its text, where the feed carries that.
    pub content: Option<Content>,
    /// What is enclosed, in the feed's order, each address once.
    pub enclosures: Vec<Enclosure>,
}

/// The text of an article in its feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Where it stands.
    pub carrier: Carrier,
    /// How it is written.
    pub form: Form,
    /// The text, its escapes resolved; of XHTML, as it stands there.
    pub text: String,
    /// What relative addresses in it are relative to, where that is said (`xml:base`).
    pub base: Option<Link>,
}

/// Where a feed carries the text of an article. What is further down is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Carrier {
    /// `content_text` of JSON Feed 1.1.
    #[serde(rename = "content_text")]
    ContentText,
    /// `content_html` of JSON Feed 1.1.
    #[serde(rename = "content_html")]
    ContentHtml,
    /// Atom (RFC 4287 §4.1.3).
    #[serde(rename = "content")]
    Content,
    /// RSS 1.0 module "content".
    #[serde(rename = "content:encoded")]
    Encoded,
}

/// How the text of an article is written in its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Words alone.
    Text,
    /// HTML, or a piece of it.
    Html,
    /// XHTML, as part of the feed's own XML.
    Xhtml,
}

/// Something that a feed encloses with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its address.
    pub url: Link,
    /// Its type, as the feed says.
    pub media: Option<String>,
    /// Whether it is a picture: by its medium or type, or else by how its address ends.
    pub is_image: bool,
}

impl Carrier {
    /// Returns the name that it has in feeds.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ContentText => "content_text",
            Self::ContentHtml => "content_html",
            Self::Content => "content",
            Self::Encoded => "content:encoded",
        }
    }
}

impl Carried {
    /// Takes in a text, where there is none yet that is as good.
    pub(super) fn text(&mut self, content: Content) {
        let is_better = |old: &Content| content.carrier > old.carrier;
        if !content.text.trim().is_empty() && self.content.as_ref().is_none_or(is_better) {
            self.content = Some(content);
        }
    }

    /// Takes in an enclosure.
    pub(super) fn enclose(&mut self, enclosure: Enclosure) {
        let is_known = |known: &Enclosure| known.url == enclosure.url;
        if self.enclosures.len() < ENCLOSURES_MAX && !self.enclosures.iter().any(is_known) {
            self.enclosures.push(enclosure);
        }
    }
}
