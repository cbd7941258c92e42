//! Which article is this a capture of, and whose turn is it?

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::archive::{Archive, ArchiveError, ArticleFolder, ArticleId};
use crate::digest::Digest;

use super::earlier::Earlier;

/// The place of one article in this run. Whoever has its turn is the only one to capture it, until that is committed: two
/// inputs of one article do not race, and what is told of the second is true of the archive.
#[derive(Debug)]
pub(super) struct Seat {
    /// What the article is known by.
    pub(super) key: String,
    /// Where the article lives.
    pub(super) folder: ArticleFolder,
    /// What is known of it so far.
    pub(super) turn: Arc<tokio::sync::Mutex<Progress>>,
}

/// A turn at an article.
pub(super) type Turn = OwnedMutexGuard<Progress>;

/// What is known of an article in the course of a run. Its last snapshot is not: the archive knows that, and a run of ten
/// thousand articles must not hold ten thousand of them.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The file that this run archived as this article last, and the digest of its bytes.
    pub(super) file: Option<(String, Digest)>,
}

/// The articles of this run, and the keys that lead to them.
#[derive(Debug, Default)]
pub(super) struct Articles(Mutex<HashMap<ArticleId, Arc<Seat>>>);

impl Articles {
    /// Returns the seat that one of `keys` leads to: in this run, as an article of the archive, or as an alias of one.
    /// The first key is the input's own; where none leads anywhere, a new article gets the folder that `make` gives.
    /// From then on every key leads there. Touches the disk.
    pub(super) fn seat(
        &self,
        archive: &Archive,
        keys: &[String],
        make: impl FnOnce() -> ArticleFolder,
    ) -> Result<Arc<Seat>, ArchiveError> {
        let ids: Vec<ArticleId> = keys.iter().map(|key| ArticleId::of_key(key)).collect();
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ids.iter().find_map(|id| seats.get(id)).cloned();
        let seat = match known {
            Some(seat) => seat,
            None => Arc::new(match find(archive, keys)? {
                Some(seat) => seat,
                None => Seat {
                    key: keys[0].clone(),
                    folder: make(),
                    turn: Arc::default(),
                },
            }),
        };
        for id in ids {
            seats.entry(id).or_insert_with(|| Arc::clone(&seat));
        }
        Ok(seat)
    }
}

/// Returns the article of the archive that one of `keys` leads to.
fn find(archive: &Archive, keys: &[String]) -> Result<Option<Seat>, ArchiveError> {
    for key in keys {
        let Some((folder, last)) = locate(archive, key)? else {
            continue;
        };
        let key = last.snapshot().source.key.clone();
        return Ok(Some(Seat {
            key,
            folder,
            turn: Arc::default(),
        }));
    }
    Ok(None)
}

/// Returns the last snapshot of the article that `key` leads to.
pub(super) fn last(archive: &Archive, key: &str) -> Result<Option<Earlier>, ArchiveError> {
    Ok(locate(archive, key)?.map(|(_, last)| last))
}

fn locate(archive: &Archive, key: &str) -> Result<Option<(ArticleFolder, Earlier)>, ArchiveError> {
    let Some(folder) = archive.article_of_key(key)? else {
        return Ok(None);
    };
    let newest = archive.newest_snapshot(&folder)?;
    Ok(newest.map(|file| (folder, Earlier::new(file))))
}

impl Progress {
    /// Notes which file this run archives as the article. Returns the one before, if that has other bytes.
    pub(super) fn note_file(&mut self, given: &str, original: Digest) -> Option<String> {
        let (before, bytes) = self.file.replace((given.to_owned(), original))?;
        (bytes != original).then_some(before)
    }
}
