//! Which article is this a capture of, and whose turn is it?

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

use crate::archive::{Archive, ArchiveError, ArticleFolder, ArticleId};
use crate::digest::Digest;

use super::earlier::Earlier;

/// Seats before those that nobody needs any more are forgotten.
const SEATS_KEPT: usize = 256;

/// The place of one article in this run. Whoever has its turn is the only one to capture it, until that is committed: two
/// inputs of one article do not race, and what is told of the second is true of the archive.
#[derive(Debug)]
pub(super) struct Seat {
    /// What the article is known by.
    pub(super) key: String,
    /// Where the article lives.
    pub(super) folder: ArticleFolder,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// A turn at an article. Its seat stays for as long: what is committed meanwhile, the archive itself knows from then on.
#[derive(Debug)]
pub(super) struct Turn {
    _seat: Arc<Seat>,
    _turn: OwnedMutexGuard<()>,
}

/// The articles of this run, and the keys that lead to them. Only those that somebody is at: a run of ten thousand articles must
/// not hold ten thousand of them.
#[derive(Debug, Default)]
pub(super) struct Articles {
    seats: Mutex<Seats>,
    /// The file that this run archived last as an article, and the digest of its bytes.
    files: Mutex<HashMap<ArticleId, (String, Digest)>>,
}

/// Those that somebody has, and some that nobody has any more.
#[derive(Debug, Default)]
struct Seats {
    known: HashMap<ArticleId, Weak<Seat>>,
    /// How many there may be before they are looked through.
    sweep_at: usize,
}

impl Seat {
    fn new(key: String, folder: ArticleFolder) -> Self {
        Self {
            key,
            folder,
            turn: Arc::default(),
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(self: &Arc<Self>) -> Turn {
        Turn {
            _turn: Arc::clone(&self.turn).lock_owned().await,
            _seat: Arc::clone(self),
        }
    }
}

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
        locked(&self.seats).take(&ids, || {
            let (key, folder) = match find(archive, keys)? {
                Some(found) => found,
                None => (keys[0].clone(), make()),
            };
            Ok(Seat::new(key, folder))
        })
    }

    /// Returns the seat of the article that is in this folder, and known by this key.
    pub(super) fn seat_of(&self, folder: ArticleFolder, key: &str) -> Arc<Seat> {
        let ids = [folder.id().clone()];
        let make = || Ok::<_, Infallible>(Seat::new(key.to_owned(), folder));
        let Ok(seat) = locked(&self.seats).take(&ids, make);
        seat
    }

    /// Notes which file this run archives as the article. Returns the one before, if that has other bytes. Asked for by whoever
    /// has its turn.
    pub(super) fn note_file(
        &self,
        article: &ArticleId,
        given: &str,
        original: Digest,
    ) -> Option<String> {
        let file = (given.to_owned(), original);
        let (before, bytes) = locked(&self.files).insert(article.clone(), file)?;
        (bytes != original).then_some(before)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seats {
    /// Returns the seat that one of `ids` leads to, or else the one that `make` gives. From then on all lead there.
    fn take<E>(
        &mut self,
        ids: &[ArticleId],
        make: impl FnOnce() -> Result<Seat, E>,
    ) -> Result<Arc<Seat>, E> {
        let known = ids.iter().find_map(|id| self.known.get(id)?.upgrade());
        let seat = match known {
            Some(seat) => seat,
            None => Arc::new(make()?),
        };
        self.make_room();
        for id in ids {
            let known = self.known.entry(id.clone()).or_default();
            if known.strong_count() == 0 {
                *known = Arc::downgrade(&seat);
            }
        }
        Ok(seat)
    }

    /// Forgets those that nobody has any more, where there are many: not each time, so that it costs little in all.
    fn make_room(&mut self) {
        if self.known.len() >= self.sweep_at {
            self.known.retain(|_, seat| seat.strong_count() > 0);
            self.sweep_at = SEATS_KEPT.max(2 * self.known.len());
        }
    }
}

/// Returns the article of the archive that one of `keys` leads to, with its own key.
fn find(
    archive: &Archive,
    keys: &[String],
) -> Result<Option<(String, ArticleFolder)>, ArchiveError> {
    for key in keys {
        if let Some((folder, last)) = locate(archive, key)? {
            return Ok(Some((last.snapshot().source.key.clone(), folder)));
        }
    }
    Ok(None)
}

/// Returns the last snapshot of the article that `key` leads to.
pub(super) fn last(archive: &Archive, key: &str) -> Result<Option<Earlier>, ArchiveError> {
    Ok(locate(archive, key)?.map(|(_, last)| last))
}

/// Returns the last committed snapshot of an article.
pub(super) fn newest(
    archive: &Archive,
    folder: &ArticleFolder,
) -> Result<Option<Earlier>, ArchiveError> {
    let Some(file) = archive.newest_snapshot(folder)? else {
        return Ok(None);
    };
    // A blob that only waits for its commit is lost again unless a new snapshot names it.
    let is_whole = archive.has_all(&file.snapshot.blobs())?;
    Ok(Some(Earlier::new(file, is_whole)))
}

fn locate(archive: &Archive, key: &str) -> Result<Option<(ArticleFolder, Earlier)>, ArchiveError> {
    let Some(folder) = archive.article_of_key(key)? else {
        return Ok(None);
    };
    Ok(newest(archive, &folder)?.map(|last| (folder, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(articles: &Articles, archive: &Archive, keys: &[&str]) -> Arc<Seat> {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        let make = || ArticleFolder::new(&keys[0], None);
        articles.seat(archive, &keys, make).unwrap()
    }

    #[test]
    fn only_seats_that_somebody_has_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open_or_create(folder.path()).unwrap();
        let articles = Articles::default();
        let held = seat(
            &articles,
            &archive,
            &["url:https://h.test/held", "url:https://h.test/b"],
        );
        for number in 0..10 * SEATS_KEPT {
            seat(
                &articles,
                &archive,
                &[&format!("url:https://h.test/{number}")],
            );
        }
        assert!(locked(&articles.seats).known.len() <= SEATS_KEPT);
        let again = seat(&articles, &archive, &["url:https://h.test/b"]);
        assert!(Arc::ptr_eq(&held, &again));
    }
}
