//! How is what was proven kept in a file? Its bytes, and how it is put into its place. Who may put a file there is not always
//! who wrote it, so its length is asked for before anything of it is read.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::digest::Digest;

use super::{KEY_BYTES, KEYS_MAX, Key};

/// What the file begins with.
const MAGIC: &[u8] = b"offprint proven 1\n";

/// Bytes of a digest: that of the program stands before the keys, that of all before it at the end.
const DIGEST_BYTES: usize = 32;

/// Bytes of the longest file: that with as many keys as are remembered.
pub(super) const FILE_BYTES_MAX: usize = MAGIC.len() + 2 * DIGEST_BYTES + KEYS_MAX * KEY_BYTES;

/// Returns the keys in the bytes of a file that `program` wrote, sorted; `None` where they are not whole, another wrote them, or
/// there are more than [`KEYS_MAX`].
#[must_use]
pub fn parse(bytes: &[u8], program: &Digest) -> Option<Vec<Key>> {
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

/// Returns the bytes of the file in which `program` writes these keys: sorted, each once.
#[must_use]
pub fn to_bytes(keys: &[Key], program: &Digest) -> Vec<u8> {
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

/// Reads the file, if there is one that is not longer than one may be. It is not read further than it was long then.
pub(super) fn read(path: &Path) -> Option<Vec<u8>> {
    // A link is not followed, and a pipe not waited for.
    let seen = fs::symlink_metadata(path).ok()?;
    if !seen.is_file() || seen.len() > FILE_BYTES_MAX as u64 {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(seen.len()).ok()?);
    let file = fs::File::open(path).ok()?;
    file.take(seen.len()).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Puts the file into its place at once: who reads it meanwhile gets the one before.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
