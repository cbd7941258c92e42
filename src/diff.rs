//! What changed between two snapshots of an article? Its facts, its text, and what it refers to.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, SnapshotFile};
use crate::change::Content;
use crate::change::lines::{self, Hunk};
use crate::digest::Digest;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::snapshot::{Facts, Mention, Snapshot};

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The article's ID.
    pub id: String,
    /// The older of the two.
    pub before: Side,
    /// The newer.
    pub after: Side,
    /// What the article says of itself and said otherwise.
    pub facts: Vec<Fact>,
    /// The text that is read, as the hunks of a unified diff.
    pub text: Vec<Hunk>,
    /// What only the newer one refers to, in the order of the document.
    pub added: Vec<Reference>,
    /// What only the older one refers to.
    pub removed: Vec<Reference>,
    /// What both refer to and is not the same.
    pub changed: Vec<Changed>,
}

/// One of the two snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its file, relative to the archive.
    pub snapshot: String,
    /// When it was taken.
    pub time: Timestamp,
}

/// Something that the article says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Which: a member of `article` in a snapshot.
    pub name: &'static str,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What came of an address in one of the snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Its address, or the text as written.
    pub url: String,
    /// `kept`, `reused`, `carried` or `missing`.
    pub outcome: &'static str,
    /// The digest of its bytes, where they are here.
    pub digest: Option<Digest>,
}

/// An address that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its address, or the text as written.
    pub url: String,
    /// What came of it then.
    pub before: Came,
    /// What came of it later.
    pub after: Came,
}

/// What came of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Came {
    /// `kept`, `reused`, `carried` or `missing`.
    pub outcome: &'static str,
    /// The digest of its bytes, where they are here.
    pub digest: Option<Digest>,
    /// Why it could not be had, where it could not.
    pub why: Option<&'static str>,
}

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// There is one snapshot only.
    #[error("{0} has one snapshot only, so there is nothing to compare it with")]
    Single(String),
    /// No snapshot is meant, or several are.
    #[error(
        "{meant} of the article's {number} snapshots are {text:?}: say a number from 1 (the oldest), or how its name begins"
    )]
    Which {
        /// What was said.
        text: String,
        /// How many answer to it.
        meant: usize,
        /// How many there are.
        number: usize,
    },
}

/// Compares two snapshots of the article that `text` means: `before`, or the one before the newest, with `after`, or the newest.
///
/// # Errors
/// When there is no such article or snapshot, or one of their documents can't be read.
pub fn diff(
    archive: &Archive,
    text: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<Diff, DiffError> {
    let folder = archive.resolve(text)?;
    let history = archive.history(&folder)?;
    let [.., last, newest] = history.as_slice() else {
        return Err(DiffError::Single(text.to_owned()));
    };
    let chosen = |said: Option<&str>, otherwise| match said {
        Some(said) => choose(&history, said),
        None => Ok(otherwise),
    };
    let (before, after) = (chosen(before, last)?, chosen(after, newest)?);
    let (old, new) = (&before.snapshot, &after.snapshot);
    let (added, removed, changed) = references(old, new);
    Ok(Diff {
        id: folder.id().to_string(),
        facts: facts(&old.article, &new.article),
        text: lines::hunks(
            content(archive, old)?.lines(),
            content(archive, new)?.lines(),
        ),
        added,
        removed,
        changed,
        before: side(before),
        after: side(after),
    })
}

impl Diff {
    /// Returns whether nothing changed that a reader would notice.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
            && self.text.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
    }
}

fn side(file: &SnapshotFile) -> Side {
    Side {
        snapshot: file.path.to_string(),
        time: file.snapshot.time,
    }
}

/// Returns the snapshot that a person means: by its number from 1 on, its path, or how its file's name or digest begins.
pub(crate) fn choose<'a>(
    history: &'a [SnapshotFile],
    text: &str,
) -> Result<&'a SnapshotFile, DiffError> {
    let number = text.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    if let Some(file) = number.and_then(|number| history.get(number)) {
        return Ok(file);
    }
    let name = text.rsplit('/').next().unwrap_or_default();
    let is_meant = |file: &&SnapshotFile| {
        !name.is_empty()
            && (file.path.name().starts_with(name) || file.digest.to_string().starts_with(name))
    };
    let meant: Vec<&SnapshotFile> = history.iter().filter(is_meant).collect();
    match meant.as_slice() {
        [file] => Ok(file),
        _ => Err(DiffError::Which {
            text: text.to_owned(),
            meant: meant.len(),
            number: history.len(),
        }),
    }
}

fn content(archive: &Archive, snapshot: &Snapshot) -> Result<Content, ArchiveError> {
    let document = archive.read_document(&snapshot.documents[0], DOCUMENT_BYTES_MAX)?;
    Ok(Content::of(&document))
}

fn facts(before: &Facts, after: &Facts) -> Vec<Fact> {
    let of = |facts: &Facts| {
        let facts = facts.clone();
        [
            ("title", facts.title),
            ("author", facts.author),
            ("published", facts.published),
            ("language", facts.language),
            ("site", facts.site),
        ]
    };
    let pairs = of(before).into_iter().zip(of(after));
    let facts = pairs.map(|((name, before), (_, after))| Fact {
        name,
        before,
        after,
    });
    facts.filter(|fact| fact.before != fact.after).collect()
}

/// Returns what only the newer refers to, what only the older does, and what is not the same to both. An address that has
/// another query and brings the same bytes is the same.
fn references(
    before: &Snapshot,
    after: &Snapshot,
) -> (Vec<Reference>, Vec<Reference>, Vec<Changed>) {
    let (old, new) = (by_name(before), by_name(after));
    let only = |these: &Named<'_>, others: &Named<'_>| -> Vec<Reference> {
        let known: HashSet<(&str, Digest)> = others
            .values()
            .filter_map(|(_, mention)| Some((place(mention), digest(mention)?)))
            .collect();
        let only = these.iter().filter(|(name, (_, mention))| {
            let is_moved =
                digest(mention).is_some_and(|digest| known.contains(&(place(mention), digest)));
            !others.contains_key(*name) && !is_moved
        });
        let mut only: Vec<_> = only
            .map(|(_, (at, mention))| (at, reference(mention)))
            .collect();
        only.sort_by_key(|(at, _)| **at);
        only.into_iter().map(|(_, reference)| reference).collect()
    };
    let mut changed: Vec<(usize, Changed)> = new
        .iter()
        .filter_map(|(name, (at, now))| {
            let (_, then) = old.get(name)?;
            let is_other = digest(then) != digest(now) || is_lost(then) != is_lost(now);
            is_other.then(|| (*at, changed(then, now)))
        })
        .collect();
    changed.sort_by_key(|(at, _)| *at);
    let changed = changed.into_iter().map(|(_, changed)| changed).collect();
    (only(&new, &old), only(&old, &new), changed)
}

/// The first mention of each address, and the how many-th it is.
type Named<'a> = BTreeMap<&'a str, (usize, &'a Mention)>;

fn by_name(snapshot: &Snapshot) -> Named<'_> {
    let mut named = Named::new();
    for (at, (_, mention)) in snapshot.mentions().enumerate() {
        named.entry(mention.name()).or_insert((at, mention));
    }
    named
}

fn place(mention: &Mention) -> &str {
    mention.name().split(['?', '#']).next().unwrap_or_default()
}

fn digest(mention: &Mention) -> Option<Digest> {
    mention.outcome.resource().map(|resource| resource.digest)
}

fn is_lost(mention: &Mention) -> bool {
    mention.outcome.failure().is_some()
}

fn reference(mention: &Mention) -> Reference {
    Reference {
        url: mention.name().to_owned(),
        outcome: mention.outcome.word(),
        digest: digest(mention),
    }
}

fn changed(before: &Mention, after: &Mention) -> Changed {
    let came = |mention: &Mention| Came {
        outcome: mention.outcome.word(),
        digest: digest(mention),
        why: mention.outcome.failure().map(|missing| missing.why.code()),
    };
    Changed {
        url: after.name().to_owned(),
        before: came(before),
        after: came(after),
    }
}
