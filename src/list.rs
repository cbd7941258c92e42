//! What is in the archive? One row an article, from its newest snapshot.

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, ArticleFolder, Stood};
use crate::change::Standing;

/// What is told of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its ID.
    pub id: String,
    /// What it is known by.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// The words that its source was sorted by when it was captured.
    pub tags: Vec<String>,
    /// Its address.
    pub source: Option<String>,
    /// How its page does at its origin, as far as was seen.
    pub standing: Standing,
    /// Since when it does not do well; `None` where it is good.
    pub since: Option<Timestamp>,
    /// When it was last captured with something new.
    pub captured: Timestamp,
    /// How many snapshots it has.
    pub snapshots: usize,
    /// Distinct resources of the newest snapshot that are here.
    pub images: usize,
    /// Distinct resources of the newest snapshot that are missing.
    pub missing: usize,
    /// What a person opens, relative to the archive.
    pub view: String,
}

/// Tells `each` of every article that has a sound, committed snapshot, by host and ID.
///
/// # Errors
/// When the archive can't be read.
pub fn list(archive: &Archive, mut each: impl FnMut(Row)) -> Result<(), ArchiveError> {
    for folder in archive.articles()? {
        if let Some(row) = row(archive, &folder)? {
            each(row);
        }
    }
    Ok(())
}

/// Returns what is told of one article; `None` where it has no sound, committed snapshot.
///
/// # Errors
/// When the archive can't be read.
pub fn row(archive: &Archive, folder: &ArticleFolder) -> Result<Option<Row>, ArchiveError> {
    let Some(newest) = archive.newest_snapshot(folder)? else {
        return Ok(None);
    };
    let Stood { standing, since } = archive.standing(folder, &newest.digest)?;
    let snapshot = newest.snapshot;
    let distinct = |texts: Vec<&str>| {
        texts
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    let images = distinct(
        snapshot
            .resources()
            .map(|(mention, _)| mention.name())
            .collect(),
    );
    let missing = distinct(
        snapshot
            .missing()
            .map(|(mention, _)| mention.name())
            .collect(),
    );
    Ok(Some(Row {
        id: folder.id().to_string(),
        standing,
        since,
        captured: snapshot.time,
        snapshots: archive.count_committed(&archive.snapshots(folder)?)?,
        images,
        missing,
        view: folder.view().to_string(),
        source: snapshot.source.url.as_ref().map(ToString::to_string),
        key: snapshot.source.key,
        title: snapshot.article.title,
        tags: snapshot.source.tags,
    }))
}
