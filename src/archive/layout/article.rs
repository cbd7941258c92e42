//! Where does an article live, and what is its ID? Pure.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::path::ArchivePath;
use super::{SNAPSHOT_DIGITS, articles, names};
use crate::digest::Digest;

/// Digits of an article's ID: 80 bits, so that no two of a billion articles are likely to share one.
const ID_DIGITS: usize = 20;

/// The ID of an article: the first 20 hexadecimal digits of the SHA-256 of its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(String);

/// A text that is not 20 lowercase hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an article's id of {ID_DIGITS} lowercase hexadecimal digits")]
pub struct ArticleIdError;

/// The folder of an article: `articles/HOST/cd/SLUG-ID`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleFolder {
    host: String,
    slug: String,
    id: ArticleId,
}

impl ArticleFolder {
    /// Returns the folder of a new article with this key and title.
    ///
    /// The host is that of the key, so that whoever knows the key knows where to look: a redirect to another host or a
    /// `--base` does not move an article.
    #[must_use]
    pub fn new(key: &str, title: Option<&str>) -> Self {
        Self {
            host: names::host(key),
            slug: names::slug(title, key),
            id: ArticleId::of_key(key),
        }
    }

    /// Returns the name of the host's folder.
    pub(in crate::archive) fn host(&self) -> &str {
        &self.host
    }

    /// Returns the article's ID.
    #[must_use]
    pub fn id(&self) -> &ArticleId {
        &self.id
    }

    /// Returns the path of the folder.
    #[must_use]
    pub fn path(&self) -> ArchivePath {
        let Self { host, slug, id } = self;
        let drawer = id.drawer();
        // In one piece: it is asked for several times an article, and an archive may have a million.
        ArchivePath::ours(format!("{}/{host}/{drawer}/{slug}-{id}", articles()))
    }

    /// Returns the path of the view that a person opens.
    #[must_use]
    pub fn view(&self) -> ArchivePath {
        self.path().child("index.html")
    }

    /// Returns the path of a post's view that stays a post.
    #[must_use]
    pub fn post(&self) -> ArchivePath {
        self.path().child("post.md")
    }

    /// Returns the path of a view's file of this name.
    #[must_use]
    pub fn file(&self, name: &str) -> ArchivePath {
        self.path().child(name)
    }

    /// Returns the path of the record of the view.
    #[must_use]
    pub fn view_record(&self) -> ArchivePath {
        self.path().child("view.json")
    }

    /// Returns the folder of the article's snapshots.
    #[must_use]
    pub fn snapshots(&self) -> ArchivePath {
        self.path().child("snapshots")
    }

    /// Returns the path of the snapshot taken at `time` whose file has the digest `digest`.
    #[must_use]
    pub fn snapshot(&self, time: Timestamp, digest: &Digest) -> ArchivePath {
        // A clock before 1970 is a broken clock, and years before 0 would not fit the name.
        let time = time.max(Timestamp::UNIX_EPOCH).strftime("%Y%m%dT%H%M%SZ");
        self.snapshots()
            .child(&format!("{time}-{}.json", digest.short(SNAPSHOT_DIGITS)))
    }

    /// Returns the folder that begins `path`, as far as it is one of an article.
    #[must_use]
    pub fn containing(path: &ArchivePath) -> Option<Self> {
        let mut parts = path.as_str().split('/');
        if parts.next()? != "articles" {
            return None;
        }
        Self::of_parts(parts.next()?, parts.next()?, parts.next()?)
    }

    pub(in crate::archive) fn of_parts(host: &str, drawer: &str, name: &str) -> Option<Self> {
        let (slug, id) = name.rsplit_once('-')?;
        let id: ArticleId = id.parse().ok()?;
        let sound = names::is_host(host)
            && names::is_slug(slug)
            && id.0.starts_with(drawer)
            && drawer.len() == 2;
        sound.then(|| Self {
            host: host.to_owned(),
            slug: slug.to_owned(),
            id,
        })
    }
}

impl ArticleId {
    /// Returns the ID of the article with this key.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        Self(Digest::of(key.as_bytes()).short(ID_DIGITS))
    }

    /// Returns the first two digits: the name of the folder that the article's own stands in.
    pub(in crate::archive) fn drawer(&self) -> &str {
        &self.0[..2]
    }

    /// Returns the ID as a number, in which 80 bits are less than in a text.
    #[must_use]
    pub fn number(&self) -> u128 {
        u128::from_str_radix(&self.0, 16).unwrap_or_default()
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ArticleId {
    type Err = ArticleIdError;

    fn from_str(text: &str) -> Result<Self, ArticleIdError> {
        let sound = text.len() == ID_DIGITS && super::is_lower_hex(text);
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(ArticleIdError)
        }
    }
}

impl Serialize for ArticleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
