//! What does the archive know of one article? Its facts, its snapshots, and every resource of the newest.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, ArticleFolder, layout};
use crate::list::{self, Row};
use crate::snapshot::{Facts, Mention};

/// Everything about one article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What `list` tells of it.
    #[serde(flatten)]
    pub row: Row,
    /// What it says of itself.
    pub article: Facts,
    /// Its original, relative to the archive.
    pub original: String,
    /// Its snapshots, oldest first.
    pub history: Vec<Capture>,
    /// Every resource of the newest snapshot, each address once, in document order.
    pub resources: Vec<Resource>,
}

/// One snapshot of the article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capture {
    /// When it was taken.
    pub time: Timestamp,
    /// Its file, relative to the archive.
    pub path: String,
    /// Whether the log names it. What it does not name is no part of the archive yet.
    pub committed: bool,
}

/// One resource, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Its address, or the text as written.
    pub url: String,
    /// `kept`, `reused`, `carried` or `missing`.
    pub outcome: &'static str,
    /// How many references name it.
    pub references: usize,
    /// Its blob, relative to the archive.
    pub path: Option<String>,
    /// What it is.
    pub media: Option<String>,
    /// Length of its bytes.
    pub size: Option<u64>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Why it is missing, or was only carried.
    pub why: Option<&'static str>,
    /// The same in words, for a person.
    #[serde(skip)]
    pub reason: Option<&'static str>,
    /// The status that came back then.
    pub status: Option<u16>,
}

/// Returns everything about the article that `text` means.
///
/// # Errors
/// When there is no such article, several, or none of its snapshots can be read.
pub fn show(archive: &Archive, text: &str) -> Result<Shown, ArchiveError> {
    let folder = archive.resolve(text)?;
    let unknown = || ArchiveError::UnknownArticle {
        text: text.to_owned(),
    };
    let row = list::row(archive, &folder)?.ok_or_else(unknown)?;
    let newest = archive
        .newest_snapshot(&folder)?
        .ok_or_else(unknown)?
        .snapshot;
    Ok(Shown {
        row,
        original: layout::blob(&newest.original, crate::snapshot::DOCUMENT_EXTENSION).to_string(),
        history: history(archive, &folder)?,
        resources: resources(
            &newest
                .mentions()
                .map(|(_, mention)| mention)
                .collect::<Vec<_>>(),
        ),
        article: newest.article,
    })
}

/// Returns the captures in the order of the log, whatever the clock said; what the log does not name comes last.
fn history(archive: &Archive, folder: &ArticleFolder) -> Result<Vec<Capture>, ArchiveError> {
    let mut history = Vec::new();
    for path in archive.snapshots(folder)? {
        match archive.read_snapshot(&path) {
            Ok(file) => {
                let index = archive.committed(&file.digest)?;
                let committed = index.is_some();
                // What was taken out, and waits to be pruned, is no part of an article that was captured again.
                if committed || !archive.was_removed(folder.id())? {
                    let capture = Capture {
                        time: file.snapshot.time,
                        path: path.to_string(),
                        committed,
                    };
                    history.push((index.unwrap_or(u64::MAX), capture));
                }
            }
            // `verify` speaks of damage; one bad file must not hide the others.
            Err(error) if error.is_damage() => {}
            Err(error) => return Err(error),
        }
    }
    history.sort_by_key(|(index, _)| *index);
    Ok(history.into_iter().map(|(_, capture)| capture).collect())
}

fn resources(mentions: &[&Mention]) -> Vec<Resource> {
    let mut references: HashMap<&str, usize> = HashMap::new();
    for mention in mentions {
        *references.entry(mention.name()).or_default() += 1;
    }
    let first = mentions
        .iter()
        .filter_map(|mention| Some((mention, references.remove(mention.name())?)));
    first
        .map(|(mention, references)| resource(mention, references))
        .collect()
}

fn resource(mention: &Mention, references: usize) -> Resource {
    let (stored, missing) = (mention.outcome.resource(), mention.outcome.failure());
    Resource {
        url: mention.name().to_owned(),
        outcome: mention.outcome.word(),
        references,
        path: stored
            .map(|stored| layout::blob(&stored.digest, stored.media.extension()).to_string()),
        media: stored.map(|stored| stored.media.to_string()),
        size: stored.map(|stored| stored.size),
        width: stored.and_then(|stored| stored.width),
        height: stored.and_then(|stored| stored.height),
        why: missing.map(|missing| missing.why.code()),
        reason: missing.map(|missing| missing.why.describe()),
        status: missing.and_then(|missing| missing.status),
    }
}
