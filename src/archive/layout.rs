//! Which path has each thing in an archive, and which thing stands at a path? The only place that knows. Pure.

mod names;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::link::Link;

/// What follows the dot of a blob. Never changes within format 1; `docs/format.md` says which bytes get which.
pub const EXTENSIONS: [&str; 22] = [
    "jpg", "png", "gif", "webp", "avif", "bmp", "ico", "tiff", "jxl", "heic", "woff", "woff2",
    "ttf", "otf", "ttc", "mp3", "ogg", "wav", "flac", "m4a", "mp4", "webm",
];

/// What follows the dot of every other blob.
pub const EXTENSION_ELSE: &str = "bin";

/// The folders at an archive's top.
pub(super) const TOP_FOLDERS: [&str; 7] = [
    "articles", "blobs", "derived", "index", "log", "state", "tmp",
];

/// What follows the dot of a derived file: a relinked stylesheet, a sealed picture.
const EXTENSIONS_DERIVED: [&str; 2] = ["css", "svg"];

/// Digits of an article's ID: 80 bits, so that no two of a billion articles are likely to share one.
const ID_DIGITS: usize = 20;

/// Digits of a snapshot's digest in its name.
const SNAPSHOT_DIGITS: usize = 32;

/// A path inside an archive: relative, `/` between its parts, portable to every system and into a ZIP.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchivePath(String);

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

/// What stands at a path of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `offprint.json`
    Marker,
    /// `README.txt`
    Readme,
    /// `lock`
    Lock,
    /// `index.html` and `index/`
    Index,
    /// Bytes exactly as received.
    Blob(Digest),
    /// A stylesheet or picture made for views.
    Derived(Digest),
    /// A file of the log, by the index of its first entry.
    Log(u64),
    /// `index.html` of an article.
    View(ArticleFolder),
    /// `post.md` of an article.
    Post(ArticleFolder),
    /// `view.json` of an article.
    ViewRecord(ArticleFolder),
    /// One capture of an article.
    Snapshot(ArticleFolder),
    /// Something below `state/`.
    State,
    /// Something below `tmp/`.
    Temporary,
}

impl ArchivePath {
    /// Reads a path; `None` where it is absolute, leads upwards or is not portable.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split('/')
            .all(names::is_portable)
            .then(|| Self(text.to_owned()))
    }

    /// Returns the path as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path below the archive's own folder `root`.
    #[must_use]
    pub fn under(&self, root: &Path) -> PathBuf {
        root.join(&self.0)
    }

    /// Returns the path of `name` inside this one.
    pub(super) fn child(&self, name: &str) -> Self {
        debug_assert!(names::is_portable(name), "{name}");
        Self(format!("{}/{name}", self.0))
    }

    /// Returns the folder it stands in; `None` at the archive's top.
    pub(super) fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Returns its last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or(self.0.as_str(), |(_, name)| name)
    }
}

/// Returns the path of the file that says what this folder is.
#[must_use]
pub fn marker() -> ArchivePath {
    ArchivePath("offprint.json".to_owned())
}

/// Returns the path of the file that tells a stranger how to read the archive.
#[must_use]
pub fn readme() -> ArchivePath {
    ArchivePath("README.txt".to_owned())
}

/// Returns the path of the page that lists the newest captures.
#[must_use]
pub fn front() -> ArchivePath {
    ArchivePath("index.html".to_owned())
}

/// Returns the path of a page that lists older captures.
#[must_use]
pub fn index_page(name: &str) -> ArchivePath {
    ArchivePath("index".to_owned()).child(name)
}

/// Returns the path of the lock that writers share, and that whoever needs the archive to itself takes alone.
pub(super) fn lock() -> ArchivePath {
    ArchivePath("lock".to_owned())
}

/// Returns the path of the lock that a commit takes alone.
pub(super) fn commit_lock() -> ArchivePath {
    temporary().child("commit.lock")
}

/// Returns the folder of work in progress.
pub(super) fn temporary() -> ArchivePath {
    ArchivePath("tmp".to_owned())
}

/// Returns the folder of the log's files.
pub(super) fn log() -> ArchivePath {
    ArchivePath("log".to_owned())
}

/// Returns the folder of all articles.
pub(super) fn articles() -> ArchivePath {
    ArchivePath("articles".to_owned())
}

/// Returns the folder of all blobs.
pub(super) fn blobs() -> ArchivePath {
    ArchivePath("blobs/sha256".to_owned())
}

/// Returns the folder of all aliases.
pub(super) fn aliases() -> ArchivePath {
    ArchivePath("state/aliases".to_owned())
}

/// Returns the folder of torn ends of the log.
pub(super) fn torn() -> ArchivePath {
    ArchivePath("state/torn".to_owned())
}

/// Returns the folder of files that were in the way of sound ones.
pub(super) fn set_aside() -> ArchivePath {
    ArchivePath("state/damaged".to_owned())
}

/// Returns the path of the blob named `digest` whose bytes are of the kind that `extension` says.
#[must_use]
pub fn blob(digest: &Digest, extension: &'static str) -> ArchivePath {
    hashed(&blobs(), digest, extension)
}

/// Returns the path of a derived file named by its own bytes; `extension` is `css` or `svg`.
#[must_use]
pub fn derived(digest: &Digest, extension: &'static str) -> ArchivePath {
    hashed(&ArchivePath("derived/sha256".to_owned()), digest, extension)
}

fn hashed(folder: &ArchivePath, digest: &Digest, extension: &str) -> ArchivePath {
    folder
        .child(&digest.short(2))
        .child(&format!("{digest}.{extension}"))
}

/// Returns the path of the log file whose first entry has the index `first`.
pub(super) fn log_file(first: u64) -> ArchivePath {
    log().child(&format!("{first:012}.jsonl"))
}

/// Returns the path of what is remembered of the alias whose key has the ID `alias`.
pub(super) fn alias(alias: &ArticleId) -> ArchivePath {
    aliases().child(&alias.0[..2]).child(&alias.0)
}

impl ArticleFolder {
    /// Returns the folder of a new article with this key, address and title.
    #[must_use]
    pub fn new(key: &str, address: Option<&Link>, title: Option<&str>) -> Self {
        Self {
            host: names::host(address),
            slug: names::slug(title, key),
            id: ArticleId::of_key(key),
        }
    }

    /// Returns the name of the host's folder.
    pub(super) fn host(&self) -> &str {
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
        articles()
            .child(&self.host)
            .child(&self.id.0[..2])
            .child(&format!("{}-{}", self.slug, self.id))
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
        let mut parts = path.0.split('/');
        if parts.next()? != "articles" {
            return None;
        }
        Self::of_parts(parts.next()?, parts.next()?, parts.next()?)
    }

    fn of_parts(host: &str, drawer: &str, name: &str) -> Option<Self> {
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

/// Returns the name of the folder that holds what was found at `address`, or in a file.
pub(super) fn host(address: Option<&Link>) -> String {
    names::host(address)
}

/// Returns the time in the name of a snapshot's file.
pub(super) fn snapshot_time(path: &ArchivePath) -> &str {
    path.name().split_once('-').map_or("", |(time, _)| time)
}

/// Returns whether the name of a snapshot's file is right for a file of the digest `digest`.
pub(super) fn is_named_by(path: &ArchivePath, digest: &Digest) -> bool {
    path.name()
        .ends_with(&format!("-{}.json", digest.short(SNAPSHOT_DIGITS)))
}

/// Returns what stands at `path`; `None` for what has no place in an archive.
#[must_use]
pub fn classify(path: &ArchivePath) -> Option<Place> {
    let parts: Vec<&str> = path.0.split('/').collect();
    match parts.as_slice() {
        ["offprint.json"] => Some(Place::Marker),
        ["README.txt"] => Some(Place::Readme),
        ["lock"] => Some(Place::Lock),
        ["index.html"] | ["index", _, ..] => Some(Place::Index),
        ["state", _, ..] => Some(Place::State),
        ["tmp", _, ..] => Some(Place::Temporary),
        ["log", name] => log_index(name).map(Place::Log),
        ["blobs", "sha256", first, name] => {
            let (digest, extension) = hashed_name(first, name)?;
            let known = extension == EXTENSION_ELSE || EXTENSIONS.contains(&extension);
            known.then_some(Place::Blob(digest))
        }
        ["derived", "sha256", first, name] => {
            let (digest, extension) = hashed_name(first, name)?;
            EXTENSIONS_DERIVED
                .contains(&extension)
                .then_some(Place::Derived(digest))
        }
        ["articles", host, drawer, name, rest @ ..] => {
            classify_in_article(ArticleFolder::of_parts(host, drawer, name)?, rest)
        }
        _ => None,
    }
}

fn classify_in_article(folder: ArticleFolder, rest: &[&str]) -> Option<Place> {
    match rest {
        ["index.html"] => Some(Place::View(folder)),
        ["post.md"] => Some(Place::Post(folder)),
        ["view.json"] => Some(Place::ViewRecord(folder)),
        ["snapshots", name] if is_snapshot_name(name) => Some(Place::Snapshot(folder)),
        _ => None,
    }
}

fn log_index(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".jsonl")?;
    (digits.len() == 12 && is_digits(digits)).then(|| digits.parse().ok())?
}

fn hashed_name<'a>(first: &str, name: &'a str) -> Option<(Digest, &'a str)> {
    let (digest, extension) = name.split_once('.')?;
    let digest: Digest = digest.parse().ok()?;
    (digest.short(2) == first).then_some((digest, extension))
}

fn is_snapshot_name(name: &str) -> bool {
    let Some((time, digest)) = name
        .strip_suffix(".json")
        .and_then(|stem| stem.split_once('-'))
    else {
        return false;
    };
    let Some((date, clock)) = time.strip_suffix('Z').and_then(|time| time.split_once('T')) else {
        return false;
    };
    let timed = date.len() == 8 && clock.len() == 6 && is_digits(date) && is_digits(clock);
    timed && digest.len() == SNAPSHOT_DIGITS && is_lower_hex(digest)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl ArticleId {
    /// Returns the ID of the article with this key.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        Self(Digest::of(key.as_bytes()).short(ID_DIGITS))
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
        let sound = text.len() == ID_DIGITS && is_lower_hex(text);
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

impl fmt::Display for ArchivePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
