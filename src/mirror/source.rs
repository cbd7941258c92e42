//! What is a source? Where it is, what it is, what of it is wanted, and when it is due.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::capture::Wishes;
use crate::link::Link;
use crate::listing::{Choice, Format};
use crate::schedule::Schedule;

/// A source that is to be mirrored.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it is.
    pub place: Place,
    /// What it is; found out by its content where that is not said.
    pub kind: Option<Kind>,
    /// What of it is wanted.
    pub choice: Choice,
    /// What is archived of an entry of a feed.
    pub takes: Takes,
    /// What is wanted of its articles instead of what is said of all.
    pub wishes: Arc<Wishes>,
    /// When it is due.
    pub schedule: Schedule,
}

/// What is archived of an entry of a feed. Where the feed carries no text of it, its page is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Takes {
    /// Its page.
    #[default]
    Page,
    /// What the feed carries of it.
    Feed,
    /// Both, each as an article of its own.
    Both,
}

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the web.
    Web(Link),
    /// On the user's own disk.
    Disk(PathBuf),
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// RSS, Atom or JSON Feed, or a page that announces one.
    Feed,
    /// A sitemap, or an index of sitemaps.
    Sitemap,
    /// An outline of feeds.
    Opml,
    /// One address a line; of a file on disk, one input a line.
    List,
    /// Posts and pages below a folder.
    Folder,
    /// One article.
    Page,
}

impl Kind {
    /// Returns the kind in words, as in "it is a feed".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Feed => Format::Feed.describe(),
            Self::Sitemap => Format::Sitemap.describe(),
            Self::Opml => Format::Opml.describe(),
            Self::List => Format::List.describe(),
            Self::Folder => "a folder",
            Self::Page => "an article",
        }
    }

    /// Returns how a document of this kind is read; `None` where it is no document that names others.
    pub(super) fn format(self) -> Option<Format> {
        match self {
            Self::Feed => Some(Format::Feed),
            Self::Sitemap => Some(Format::Sitemap),
            Self::Opml => Some(Format::Opml),
            Self::List => Some(Format::List),
            Self::Folder | Self::Page => None,
        }
    }
}

impl From<Format> for Kind {
    fn from(format: Format) -> Self {
        match format {
            Format::Feed => Self::Feed,
            Format::Sitemap => Self::Sitemap,
            Format::Opml => Self::Opml,
            Format::List => Self::List,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(link) => link.without_user_info().fmt(f),
            Self::Disk(path) => path.display().fmt(f),
        }
    }
}
