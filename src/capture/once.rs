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

/// Parts that what was noted is kept in: a table that is full is copied to one of twice its size, which of all at once would be
/// most of a long run's memory.
const PARTS: usize = 64;

/// The URLs of this run, by what they are asked for as.
#[derive(Debug)]
pub(super) struct Once(Mutex<Known>);

#[derive(Debug)]
struct Known {
    /// Somebody asks; the others wait for what comes.
    underway: HashMap<Key, Cell>,
    /// What came is noted down. By the key's first byte.
    noted: [HashMap<Key, Note>; PARTS],
    /// Bytes of new blobs that no snapshot names so far.
    stored: HashMap<Key, u64>,
}

/// What a URL is asked for as: the first half of a SHA-256 of its address, and of all else in which two requests for it differ and
/// that another image may answer: the site that it is asked for, where a site is told a secret, and what its host is told of the
/// article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 16]);

/// What is known of a URL.
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

    /// Returns which part it is kept in.
    fn part(&self) -> usize {
        usize::from(self.0[0]) % PARTS
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
        let mut known = self.known();
        match known.noted[key.part()].get(&key) {
            Some(note) => What::Noted(*note),
            None => What::Underway(Cell::clone(known.underway.entry(key).or_default())),
        }
    }

    fn note(&self, key: Key, note: Note, stored: u64) {
        let mut known = self.known();
        known.noted[key.part()].insert(key, note);
        known.underway.remove(&key);
        if stored > 0 {
            known.stored.insert(key, stored);
        }
    }

    /// Returns how many bytes of a new blob a URL brought, the first time that it is asked.
    pub(super) fn take_stored(&self, key: Key) -> u64 {
        self.known().stored.remove(&key).unwrap_or_default()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Once {
    fn default() -> Self {
        Self(Mutex::new(Known {
            underway: HashMap::new(),
            noted: std::array::from_fn(|_| HashMap::new()),
            stored: HashMap::new(),
        }))
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
