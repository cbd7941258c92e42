//! What did this very program prove before? Remembered in the user's own cache, never in an archive: that may be a stranger's.
//!
//! Rendering, and what else is remembered here, depends on the bytes that a key is made of and on the program alone. So it
//! need not be done again. What can't be read, or was written by another program, is as good as nothing.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::digest::{Digest, Hasher};

/// What the file begins with.
const MAGIC: &[u8] = b"offprint proven 1\n";

/// Bytes of a key: nobody finds two things with the same one.
const KEY_BYTES: usize = 16;

/// Bytes of a digest: that of the program stands before the keys, that of all before it at the end.
const DIGEST_BYTES: usize = 32;

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
}

impl Proven {
    /// Believes what `file` says, if it is whole and the same `program` wrote it.
    #[must_use]
    pub fn open(file: PathBuf, program: Digest) -> Self {
        let known = read(&file).and_then(|bytes| parse(&bytes, &program));
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
        if learned.len() < KEYS_MAX {
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
        keys.truncate(KEYS_MAX);
        write(&self.file, &to_bytes(&keys, &self.program))
    }
}

/// Returns the keys in the bytes of a file that `program` wrote; `None` where they are not whole, or another wrote them.
fn parse(bytes: &[u8], program: &Digest) -> Option<Vec<Key>> {
    let (said, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
    let keys = said.strip_prefix(MAGIC)?.strip_prefix(program.as_bytes())?;
    if digest != Digest::of(said).as_bytes() {
        return None;
    }
    let (keys, rest) = keys.as_chunks::<KEY_BYTES>();
    let is_sorted = keys.is_sorted_by(|one, next| one < next);
    (rest.is_empty() && is_sorted && keys.len() <= KEYS_MAX)
        .then(|| keys.iter().copied().map(Key).collect())
}

fn to_bytes(keys: &[Key], program: &Digest) -> Vec<u8> {
    let length = MAGIC.len() + 2 * DIGEST_BYTES + keys.len() * KEY_BYTES;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(program.as_bytes());
    for key in keys {
        bytes.extend_from_slice(&key.0);
    }
    let digest = Digest::of(&bytes);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

/// Reads the file, if there is one that is not longer than one may be.
fn read(path: &Path) -> Option<Vec<u8>> {
    let longest = (MAGIC.len() + 2 * DIGEST_BYTES + KEYS_MAX * KEY_BYTES) as u64;
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(longest + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Puts the file into its place at once: who reads it meanwhile gets the one before.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    folder_for_me_alone(folder)?;
    let temporary = tempfile_name(path);
    let mut file = fs::File::create(&temporary)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What is left of it is in nobody's way.
        drop(fs::remove_file(&temporary));
    }
    written
}

/// Returns a name beside `path` that another process of today does not use.
fn tempfile_name(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.new", std::process::id()))
}

/// Makes a folder in which nobody else writes, where the system knows such folders.
fn folder_for_me_alone(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::of("test", [text.as_bytes()])
    }

    #[test]
    fn what_was_proven_is_known_to_the_same_program_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cache/proven/it");
        let program = Digest::of(b"program");
        let proven = Proven::open(file.clone(), program);
        assert!(!proven.knows(key("a")));
        proven.learn(key("a"));
        proven.learn(key("b"));
        proven.save(true).unwrap();

        let again = Proven::open(file.clone(), program);
        assert!(again.knows(key("a")) && again.knows(key("b")) && !again.knows(key("c")));
        assert!(!Proven::open(file.clone(), Digest::of(b"other")).knows(key("a")));
        assert!(!Proven::fresh(file, program).knows(key("a")));
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_after_a_look_at_everything() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("it");
        let program = Digest::of(b"program");
        let proven = Proven::open(file.clone(), program);
        proven.learn(key("a"));
        proven.learn(key("b"));
        proven.save(true).unwrap();
        for (is_everything, is_known) in [(false, true), (true, false)] {
            let proven = Proven::open(file.clone(), program);
            assert!(proven.knows(key("a")));
            proven.save(is_everything).unwrap();
            assert_eq!(
                Proven::open(file.clone(), program).knows(key("b")),
                is_known
            );
        }
    }

    #[test]
    fn a_damaged_file_says_nothing() {
        let program = Digest::of(b"program");
        let mut keys = vec![key("a"), key("b")];
        keys.sort_unstable();
        let bytes = to_bytes(&keys, &program);
        assert_eq!(parse(&bytes, &program), Some(keys));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(parse(&damaged, &program), None, "byte {at}");
            assert_eq!(parse(&bytes[..at], &program), None, "cut at {at}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |parts: &[&[u8]]| Key::of("test", parts.iter().copied());
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"a"]), Key::of("tes", [&b"ta"[..]]));
    }
}
