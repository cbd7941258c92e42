//! Which thing stands at a path of an archive? Pure.

use super::{ArchivePath, ArticleFolder, KEY_DIGITS, SNAPSHOT_DIGITS, is_lower_hex};
use crate::digest::Digest;
use crate::media;

/// The folders at an archive's top.
pub(in crate::archive) const TOP_FOLDERS: [&str; 8] = [
    "articles",
    "blobs",
    "checkpoints",
    "derived",
    "index",
    "log",
    "state",
    "tmp",
];

/// What follows the dot of a derived file: a relinked stylesheet, a sealed picture.
const EXTENSIONS_DERIVED: [&str; 2] = ["css", "svg"];

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
    /// What somebody signed of the log.
    Checkpoint,
    /// The signature of a checkpoint.
    Signature,
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
        ["checkpoints", name] => classify_checkpoint(name),
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
pub(in crate::archive) fn is_derived(path: &ArchivePath) -> bool {
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
            | Place::Checkpoint
            | Place::Signature
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

fn classify_checkpoint(name: &str) -> Option<Place> {
    let (text, place) = match name.strip_suffix(".sig") {
        Some(text) => (text, Place::Signature),
        None => (name, Place::Checkpoint),
    };
    let (entries, key) = text.strip_suffix(".txt")?.split_once('-')?;
    let is_named = entries.len() == 12 && is_digits(entries) && key.len() == KEY_DIGITS;
    (is_named && is_lower_hex(key)).then_some(place)
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
