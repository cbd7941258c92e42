//! How is an article taken out of the archive? The log says so, and its view goes; what is to be deleted, `prune` deletes.

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, ArticleFolder, ArticleId, Keeper};
use crate::catalogue;
use crate::link::Link;
use crate::list;

/// An article that was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Its ID.
    pub id: String,
    /// What it was known by; `None` where none of its snapshots could be read.
    pub key: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its address.
    pub source: Option<String>,
    /// How many snapshots it had.
    pub snapshots: usize,
    /// The index of the entry of the log that says so.
    pub entry: u64,
}

/// Takes out the article that `text` means, and makes the front pages anew that list it.
///
/// # Errors
/// When there is no such article, or several, or the disk refuses.
pub fn remove(
    archive: &Archive,
    keeper: &Keeper,
    text: &str,
    now: Timestamp,
) -> Result<Removed, ArchiveError> {
    let (id, folder) = known(archive, text)?;
    let row = match &folder {
        Some(folder) => list::row(archive, folder)?,
        None => None,
    };
    let entry = keeper
        .remove(&id, now)?
        .ok_or_else(|| ArchiveError::UnknownArticle {
            text: text.to_owned(),
        })?;
    catalogue::update(archive, keeper.writer())?;
    Ok(Removed {
        id: id.to_string(),
        snapshots: row.as_ref().map_or(0, |row| row.snapshots),
        title: row.as_ref().and_then(|row| row.title.clone()),
        source: row.as_ref().and_then(|row| row.source.clone()),
        key: row.map(|row| row.key),
        entry,
    })
}

/// Returns the ID that `text` means, and the article's folder. Of an article whose folder is lost, the log may still tell.
fn known(
    archive: &Archive,
    text: &str,
) -> Result<(ArticleId, Option<ArticleFolder>), ArchiveError> {
    match archive.resolve(text) {
        Ok(folder) => Ok((folder.id().clone(), Some(folder))),
        Err(unknown @ ArchiveError::UnknownArticle { .. }) => {
            let of_address = |link: Link| ArticleId::of_key(&link.key());
            let id = text.parse().ok();
            let id = id.or_else(|| Link::parse(text).ok().map(of_address));
            id.map(|id| (id, None)).ok_or(unknown)
        }
        Err(error) => Err(error),
    }
}
