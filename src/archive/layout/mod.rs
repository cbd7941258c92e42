//! Which path has each thing in an archive, and which thing stands at a path? The only place that knows. Pure.

mod article;
mod names;
mod path;

use crate::digest::Digest;
use crate::media;

pub use article::{ArticleFolder, ArticleId, ArticleIdError};
pub use path::ArchivePath;

/// The folders at an archive's top.
pub(super) const TOP_FOLDERS: [&str; 7] = [
    "articles", "blobs", "derived", "index", "log", "state", "tmp",
];

/// What follows the dot of a derived file: a relinked stylesheet, a sealed picture.
const EXTENSIONS_DERIVED: [&str; 2] = ["css", "svg"];

/// Digits of a snapshot's digest in its name.
const SNAPSHOT_DIGITS: usize = 32;

/// Digits of the digest of an address in the name of what is remembered of it.
const LISTING_DIGITS: usize = 32;

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

/// Returns the path of the file that says what this folder is.
#[must_use]
pub fn marker() -> ArchivePath {
    ArchivePath::fixed("offprint.json")
}

/// Returns the path of the file that tells a stranger how to read the archive.
#[must_use]
pub fn readme() -> ArchivePath {
    ArchivePath::fixed("README.txt")
}

/// Returns the path of the page that lists the newest captures.
#[must_use]
pub fn front() -> ArchivePath {
    ArchivePath::fixed("index.html")
}

/// Returns the path of a page that lists older captures.
#[must_use]
pub fn index_page(name: &str) -> ArchivePath {
    ArchivePath::fixed("index").child(name)
}

/// Returns the path of the lock that writers share, and that whoever needs the archive to itself takes alone.
pub(super) fn lock() -> ArchivePath {
    ArchivePath::fixed("lock")
}

/// Returns the path of the lock that a commit takes alone.
pub(super) fn commit_lock() -> ArchivePath {
    temporary().child("commit.lock")
}

/// The lock of whoever writes the front pages.
pub(super) fn front_lock() -> ArchivePath {
    temporary().child("front.lock")
}

/// Returns the folder of work in progress.
pub(super) fn temporary() -> ArchivePath {
    ArchivePath::fixed("tmp")
}

/// Returns the folder of the log's files.
pub(super) fn log() -> ArchivePath {
    ArchivePath::fixed("log")
}

/// Returns the folder of all articles.
pub(super) fn articles() -> ArchivePath {
    ArchivePath::fixed("articles")
}

/// Returns the folder of all blobs.
pub(super) fn blobs() -> ArchivePath {
    ArchivePath::fixed("blobs/sha256")
}

/// Returns the folder of all aliases.
pub(super) fn aliases() -> ArchivePath {
    ArchivePath::fixed("state/aliases")
}

/// Returns the path of what is remembered of a document that names articles, by the digest of its address.
pub(super) fn listing(address: &Digest) -> ArchivePath {
    let name = address.short(LISTING_DIGITS);
    let folder = ArchivePath::fixed("state/listings").child(&name[..2]);
    folder.child(&format!("{name}.json"))
}

/// Returns the path of what is remembered of when articles were asked for.
pub(super) fn asked() -> ArchivePath {
    ArchivePath::fixed("state/asked.json")
}

/// Returns the folder of the reports of mirror runs.
pub(super) fn runs() -> ArchivePath {
    ArchivePath::fixed("state/runs")
}

/// Returns the path of the lock that a mirror run takes alone.
pub(super) fn mirror_lock() -> ArchivePath {
    ArchivePath::fixed("state/mirror.lock")
}

/// Returns the folder of torn ends of the log.
pub(super) fn torn() -> ArchivePath {
    ArchivePath::fixed("state/torn")
}

/// Returns the folder of files that were in the way of sound ones.
pub(super) fn set_aside() -> ArchivePath {
    ArchivePath::fixed("state/damaged")
}

/// Returns the path of the blob named `digest` whose bytes are of the kind that `extension` says.
#[must_use]
pub fn blob(digest: &Digest, extension: &'static str) -> ArchivePath {
    hashed(&blobs(), digest, extension)
}

/// Returns the path of a derived file named by its own bytes; `extension` is `css` or `svg`.
#[must_use]
pub fn derived(digest: &Digest, extension: &'static str) -> ArchivePath {
    hashed(&ArchivePath::fixed("derived/sha256"), digest, extension)
}

/// Returns the path of the derived file of this name; `None` for a name that no such file has.
#[must_use]
pub fn derived_named(name: &str) -> Option<ArchivePath> {
    let path = ArchivePath::parse(&format!("derived/sha256/{}/{name}", name.get(..2)?))?;
    matches!(classify(&path), Some(Place::Derived(_))).then_some(path)
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
    aliases().child(alias.drawer()).child(alias.as_str())
}

/// Returns the digits of its digest in the name of a snapshot's file.
pub(super) fn snapshot_digits(path: &ArchivePath) -> &str {
    let name = path.name().split_once('-').map_or("", |(_, name)| name);
    name.strip_suffix(".json").unwrap_or_default()
}

/// Returns whether the name of a snapshot's file is right for a file of the digest `digest`.
pub(super) fn is_named_by(path: &ArchivePath, digest: &Digest) -> bool {
    path.name()
        .ends_with(&format!("-{}.json", digest.short(SNAPSHOT_DIGITS)))
}

/// Returns what stands at `path`; `None` for what has no place in an archive.
#[must_use]
pub fn classify(path: &ArchivePath) -> Option<Place> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
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
            media::EXTENSIONS
                .contains(&extension)
                .then_some(Place::Blob(digest))
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

/// Returns whether what stands under `name` at the archive's top is part of it. Whatever else lies there is the user's own.
#[must_use]
pub fn is_of_top(name: &str) -> bool {
    let place = ArchivePath::parse(name).and_then(|path| classify(&path));
    TOP_FOLDERS.contains(&name) || place.is_some_and(|place| place != Place::Lock)
}

/// Returns whether the file at `path` can be made again from others.
pub(super) fn is_derived(path: &ArchivePath) -> bool {
    match classify(path) {
        Some(
            Place::Readme
            | Place::Index
            | Place::Derived(_)
            | Place::View(_)
            | Place::Post(_)
            | Place::ViewRecord(_),
        ) => true,
        Some(
            Place::Marker
            | Place::Lock
            | Place::Blob(_)
            | Place::Log(_)
            | Place::Snapshot(_)
            | Place::State
            | Place::Temporary,
        )
        | None => false,
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

#[cfg(test)]
mod tests;
