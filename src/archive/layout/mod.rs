//! Which path has each thing in an archive? The only place that knows; `place` knows the way back. Pure.

mod article;
mod names;
mod path;
mod place;

use crate::digest::Digest;

pub use article::{ArticleFolder, ArticleId, ArticleIdError};
pub use path::ArchivePath;
pub use place::{Place, classify, is_of_top};
pub(super) use place::{TOP_FOLDERS, is_derived};

/// Digits of a snapshot's digest in its name.
pub const SNAPSHOT_DIGITS: usize = 32;

/// Digits of the digest of a key in the name of what it signed.
const KEY_DIGITS: usize = 16;

/// Digits of the digest of an address in the name of what is remembered of it.
const LISTING_DIGITS: usize = 32;

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

/// Returns the folder of the pages that list older captures.
pub(super) fn index() -> ArchivePath {
    ArchivePath::fixed("index")
}

/// Returns the path of a page that lists older captures.
#[must_use]
pub fn index_page(name: &str) -> ArchivePath {
    index().child(name)
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
#[must_use]
pub fn blobs() -> ArchivePath {
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

/// Returns the path of what is remembered of when sources were mirrored.
pub(super) fn sources_ran() -> ArchivePath {
    ArchivePath::fixed("state/sources.json")
}

/// Returns the path of what is remembered of images that could not be had again.
pub(super) fn vanished() -> ArchivePath {
    ArchivePath::fixed("state/vanished.json")
}

/// Returns the path of what is remembered of the archive's size.
pub(super) fn size() -> ArchivePath {
    ArchivePath::fixed("state/size.json")
}

/// Returns the path of what is remembered of what did not come from other archives.
pub(super) fn lacking() -> ArchivePath {
    ArchivePath::fixed("state/lacking.json")
}

/// Returns the folder of the reports of mirror runs.
pub(super) fn runs() -> ArchivePath {
    ArchivePath::fixed("state/runs")
}

/// Returns the path of the lock that a mirror run takes alone.
pub(super) fn mirror_lock() -> ArchivePath {
    ArchivePath::fixed("state/mirror.lock")
}

/// Returns the path of the lock that a resident mirror takes alone.
pub(super) fn watch_lock() -> ArchivePath {
    ArchivePath::fixed("state/watch.lock")
}

/// Returns the path of what is remembered of when parts of the archive were verified.
pub(super) fn verified() -> ArchivePath {
    ArchivePath::fixed("state/verified")
}

/// Returns the path of what a repair is about to put back.
#[must_use]
pub fn repairing() -> ArchivePath {
    ArchivePath::fixed("state/repairing")
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
#[must_use]
pub fn log_file(first: u64) -> ArchivePath {
    log().child(&format!("{first:012}.jsonl"))
}

/// Returns the path of what is remembered of the alias whose key has the ID `alias`.
pub(super) fn alias(alias: &ArticleId) -> ArchivePath {
    aliases().child(alias.drawer()).child(alias.as_str())
}

/// Returns the path of what is remembered of an article for as long as nothing of it changes.
pub(super) fn still(article: &ArticleId) -> ArchivePath {
    let folder = ArchivePath::fixed("state/still").child(article.drawer());
    folder.child(article.as_str())
}

/// Returns the folder of checkpoints.
pub(super) fn checkpoints() -> ArchivePath {
    ArchivePath::fixed("checkpoints")
}

/// Returns the path of the checkpoint of so many entries that a key signed; `key` is the first 16 digits of the key's digest.
#[must_use]
pub fn checkpoint(entries: u64, key: &str) -> ArchivePath {
    checkpoints().child(&format!("{entries:012}-{key}.txt"))
}

/// Returns the path of the signature of a checkpoint.
#[must_use]
pub fn signature(checkpoint: &ArchivePath) -> ArchivePath {
    checkpoints().child(&format!("{}.sig", checkpoint.name()))
}

/// Returns the digits of its digest in the name of a snapshot's file.
#[must_use]
pub fn snapshot_digits(path: &ArchivePath) -> &str {
    let name = path.name().split_once('-').map_or("", |(_, name)| name);
    name.strip_suffix(".json").unwrap_or_default()
}

/// Returns the digits in the name of a snapshot's file as a number, which takes less room; `None` where there are none.
#[must_use]
pub fn snapshot_number(path: &ArchivePath) -> Option<u128> {
    u128::from_str_radix(snapshot_digits(path), 16).ok()
}

/// Returns the digits that the snapshot of this digest has in its name, as a number.
#[must_use]
pub fn snapshot_number_of(digest: &Digest) -> u128 {
    let mut first = [0; SNAPSHOT_DIGITS / 2];
    first.copy_from_slice(&digest.as_bytes()[..SNAPSHOT_DIGITS / 2]);
    u128::from_be_bytes(first)
}

/// Returns whether the name of a snapshot's file is right for a file of the digest `digest`.
pub(super) fn is_named_by(path: &ArchivePath, digest: &Digest) -> bool {
    path.name()
        .ends_with(&format!("-{}.json", digest.short(SNAPSHOT_DIGITS)))
}

pub(super) fn is_lower_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
