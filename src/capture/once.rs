//! What has this run asked for? One request for each URL, whoever asks first, and what came is remembered to its end.
//!
//! A run of ten thousand articles asks for a hundred thousand addresses: of each only a few dozen bytes stay in memory, and what
//! came of it is noted down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::archive::Note;
use crate::digest::Digest;
use crate::link::Link;

use super::CaptureError;
use super::fetched::Fetched;
use super::run::Run;

/// The URLs of this run, by what they are asked for as.
#[derive(Debug, Default)]
pub(super) struct Once(Mutex<HashMap<Key, Brought>>);

/// What a URL is asked for as: the first half of a SHA-256 of its address, and of all else in which two requests for it differ and
/// that another image may answer: the site that it is asked for, where a site is told a secret, and what its host is told of the
/// article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 16]);

/// What a URL brought.
#[derive(Debug)]
struct Brought {
    /// Bytes of a new blob that no snapshot names so far.
    stored: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// Somebody asks; the others wait for what comes.
    Underway(Cell),
    /// It came, and is noted down.
    Noted(Note),
}

type Cell = Arc<OnceCell<Arc<Fetched>>>;

impl Key {
    /// Returns what `link` is asked for as, by `site` if that matters, and with `told` in its `Referer`.
    pub(super) fn new(link: &Link, site: Option<&str>, told: Option<&str>) -> Self {
        // None of them has a line feed in it.
        let parts = [
            link.as_str(),
            site.unwrap_or_default(),
            told.unwrap_or_default(),
        ];
        let name = parts.join("\n");
        let mut key = [0; 16];
        key.copy_from_slice(&Digest::of(name.as_bytes()).as_bytes()[..16]);
        Self(key)
    }
}

impl Once {
    /// Returns what the URL of `key` brought in this run; asks for it with `fetch` if nobody has.
    ///
    /// # Errors
    /// When asking fails, which says nothing of the URL, or what was noted can't be read.
    pub(super) async fn get(
        run: &Arc<Run>,
        key: Key,
        fetch: impl AsyncFnOnce() -> Result<Fetched, CaptureError>,
    ) -> Result<Arc<Fetched>, CaptureError> {
        let cell = match run.once.look(key) {
            What::Underway(cell) => cell,
            What::Noted(note) => return Ok(Arc::new(run.recall_fetched(note).await?)),
        };
        let fetched = cell.get_or_try_init(|| async {
            let fetched = fetch().await?;
            if let Some(note) = fetched.note {
                run.once.note(key, note, fetched.stored());
            }
            Ok::<_, CaptureError>(Arc::new(fetched))
        });
        fetched.await.map(Arc::clone)
    }

    /// Returns where what comes is put, or where it was noted.
    fn look(&self, key: Key) -> What {
        let mut brought = self.brought();
        let known = brought.entry(key).or_insert_with(|| Brought {
            stored: 0,
            what: What::Underway(Cell::default()),
        });
        known.what.clone()
    }

    fn note(&self, key: Key, note: Note, stored: u64) {
        let what = What::Noted(note);
        self.brought().insert(key, Brought { stored, what });
    }

    /// Returns how many bytes of a new blob a URL brought, the first time that it is asked.
    pub(super) fn take_stored(&self, key: Key) -> u64 {
        let mut brought = self.brought();
        let stored = brought.get_mut(&key).map(|brought| &mut brought.stored);
        stored.map(std::mem::take).unwrap_or_default()
    }

    fn brought(&self) -> MutexGuard<'_, HashMap<Key, Brought>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(link: &str, site: Option<&str>) -> Key {
        Key::new(&Link::parse(link).unwrap(), site, None)
    }

    #[test]
    fn an_address_is_asked_for_once_for_each_page_that_its_host_is_told_of() {
        let link = Link::parse("https://h.test/a.png").unwrap();
        let told = |page| Key::new(&link, None, page);
        let (one, other) = ("https://a.test/1", "https://a.test/2");
        assert_eq!(told(Some(one)), told(Some(one)));
        assert_ne!(told(Some(one)), told(Some(other)));
        assert_ne!(told(Some(one)), told(None));
        assert_ne!(told(Some(one)), Key::new(&link, Some(one), None));
    }

    #[test]
    fn an_address_is_asked_for_once_and_once_for_each_site_that_is_told_a_secret() {
        let address = "https://h.test/a.png";
        assert_eq!(key(address, None), key("https://H.test:443/a.png", None));
        assert_ne!(key(address, None), key("https://h.test/b.png", None));
        assert_ne!(key(address, None), key(address, Some("https://s.test")));
        assert_ne!(
            key(address, Some("https://s.test")),
            key(address, Some("https://t.test"))
        );
    }

    #[test]
    fn new_bytes_are_counted_once() {
        let (once, key) = (Once::default(), key("https://h.test/a.png", None));
        assert_eq!(once.take_stored(key), 0, "nobody has asked");
        assert!(matches!(once.look(key), What::Underway(_)));
        assert_eq!(once.take_stored(key), 0, "nothing has come");
        let note = Note::default();
        once.note(key, note, 7);
        assert!(matches!(once.look(key), What::Noted(known) if known == note));
        assert_eq!([once.take_stored(key), once.take_stored(key)], [7, 0]);
    }
}
