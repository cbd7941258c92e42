//! What did this very program prove before? Remembered in the user's own cache, never in an archive: that may be a stranger's.
//!
//! Rendering, and what else is remembered here, depends on the bytes that a key is made of and on the program alone. So it
//! need not be done again. What can't be read, or was written by another program, is as good as nothing.

mod file;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::digest::{Digest, Hasher};

pub use file::{parse, to_bytes};

/// Bytes of a key: nobody finds two things with the same one.
const KEY_BYTES: usize = 16;

/// Keys that are remembered at most: a million articles with three images of their own, 64 MiB.
pub const KEYS_MAX: usize = 4 << 20;

/// Stands for something that was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    /// Returns the key of something of this kind that depends on these texts alone.
    #[must_use]
    pub fn of<'a>(kind: &'a str, parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Hasher::default();
        for part in [kind.as_bytes()].into_iter().chain(parts) {
            // With its length before it, so that the end of one part is never the begin of the next.
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(&hasher.finish().as_bytes()[..KEY_BYTES]);
        Self(key)
    }
}

/// What was proven, before and now.
#[derive(Debug)]
pub struct Proven {
    file: PathBuf,
    program: Digest,
    /// Sorted.
    known: Vec<Key>,
    /// Which of these were asked for.
    met: Vec<AtomicBool>,
    learned: Mutex<HashSet<Key>>,
    /// How many are learned, and kept, at most.
    keys_max: usize,
}

impl Proven {
    /// Believes what `file` says, if it is whole and the same `program` wrote it.
    #[must_use]
    pub fn open(file: PathBuf, program: Digest) -> Self {
        let known = file::read(&file).and_then(|bytes| parse(&bytes, &program));
        Self::with(file, program, known.unwrap_or_default())
    }

    /// Believes nothing, and remembers in `file` what is proven now.
    #[must_use]
    pub fn fresh(file: PathBuf, program: Digest) -> Self {
        Self::with(file, program, Vec::new())
    }

    fn with(file: PathBuf, program: Digest, known: Vec<Key>) -> Self {
        Self {
            file,
            program,
            met: known.iter().map(|_| AtomicBool::new(false)).collect(),
            known,
            learned: Mutex::default(),
            keys_max: KEYS_MAX,
        }
    }

    /// Returns whether it was proven before.
    #[must_use]
    pub fn knows(&self, key: Key) -> bool {
        let found = self.known.binary_search(&key);
        if let Ok(place) = found {
            self.met[place].store(true, Ordering::Relaxed);
        }
        found.is_ok()
    }

    /// Remembers that it was proven now.
    pub fn learn(&self, key: Key) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if learned.len() < self.keys_max {
            learned.insert(key);
        }
    }

    /// Writes down what is known now. After a look at everything, what nobody asked for is forgotten.
    ///
    /// # Errors
    /// When it can't be written; then it is proven again the next time.
    pub fn save(&self, is_everything: bool) -> io::Result<()> {
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = |met: &AtomicBool| !is_everything || met.load(Ordering::Relaxed);
        let known = self.known.iter().zip(&self.met);
        let known = known.filter(|(_, met)| is_kept(met)).map(|(key, _)| *key);
        let mut keys: Vec<Key> = known.chain(learned.iter().copied()).collect();
        if learned.is_empty() && keys.len() == self.known.len() {
            return Ok(());
        }
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(self.keys_max);
        file::write(&self.file, &to_bytes(&keys, &self.program))
    }
}
