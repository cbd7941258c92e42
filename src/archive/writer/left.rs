//! What did a writer that died take in, that the next one need not fetch again? Its folder stays while that one lives.
//!
//! Nothing is moved or copied when it is taken over, so that who dies over that loses nothing: the folder is then what it was
//! before, and locked by nobody. What of it is good is for the caller to say, who wrote the notes.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tracing::debug;

use super::Writer;
use crate::archive::disk::{self, Seen};
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::layout;
use crate::archive::scratch::{self, NOTES, Note, WholeNotes};
use crate::archive::staging::Staged;
use crate::archive::{Stored, lock, reading, store};
use crate::digest::Digest;
use crate::snapshot::Named;

/// The folder of a writer that died, in which bodies wait. Dropped, it is left for the next writer, unless it was cleared.
#[derive(Debug)]
pub struct Left {
    folder: PathBuf,
    /// Held, never read: for as long, nobody takes the folder for a leftover.
    _alive: File,
}

impl Left {
    /// Takes a folder over in which its writer left notes. What is of no use without the writer is removed.
    pub(super) fn adopt(folder: PathBuf, alive: File) -> Result<Self, ArchiveError> {
        for name in disk::names(&folder, Kind::File)? {
            if name != NOTES && name != lock::ALIVE && number(&name).is_none() {
                disk::remove_file(&folder.join(name))?;
            }
        }
        Ok(Self {
            folder,
            _alive: alive,
        })
    }

    /// Reads the notes that are whole, in order.
    ///
    /// # Errors
    /// When the file can't be opened. Where it can't be read any further, the last item says so.
    pub fn notes(&self) -> Result<WholeNotes<BufReader<File>>, ArchiveError> {
        let file = disk::open(&self.folder.join(NOTES))?;
        Ok(WholeNotes::new(BufReader::new(file)))
    }

    /// Returns one of them again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn recall(&self, note: Note) -> Result<Vec<u8>, ArchiveError> {
        scratch::recall_from(&self.folder.join(NOTES), note)
    }

    /// Removes every body that is none of `numbers`: those that were cut off above all. Returns how many stay.
    ///
    /// # Errors
    /// When one of them can't be removed.
    pub fn keep_only(&self, numbers: &HashSet<u64>) -> Result<usize, ArchiveError> {
        let mut kept = 0;
        for name in disk::names(&self.folder, Kind::File)? {
            match number(&name) {
                None => {}
                Some(number) if numbers.contains(&number) => kept += 1,
                Some(_) => disk::remove_file(&self.folder.join(name))?,
            }
        }
        Ok(kept)
    }

    /// Removes the folder: all that is needed of it is in the archive.
    ///
    /// # Errors
    /// When it can't be removed. The next writer tries again.
    pub fn clear(&self) -> Result<(), ArchiveError> {
        disk::remove_folder(&self.folder)
    }
}

impl Writer {
    /// Returns the number of the file in this writer's folder in which the bytes of `digest` wait for their commit; `None` where
    /// they wait in no such file, or are in their place.
    #[must_use]
    pub fn number_of(&self, digest: &Digest) -> Option<u64> {
        let staged = self.staging.staged();
        let temporary = &staged.get(digest)?.temporary;
        let own = self.staging.folder.under(&self.staging.root);
        let name = temporary.strip_prefix(own).ok()?;
        number(name.to_str()?)
    }

    /// Takes a blob over that a writer left that died: from the file `number` in its folder, or where that writer had put it into
    /// the archive already. Either is read, and proven to be `named`; `None` where nothing is.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn claim(
        &self,
        left: &Left,
        number: Option<u64>,
        named: &Named,
    ) -> Result<Option<Stored>, ArchiveError> {
        let stored = |new| Stored {
            digest: named.digest,
            bytes: named.size,
            new,
        };
        let waits = |it: &Staged| (it.bytes, it.extension) == (named.size, named.extension);
        if self.staging.staged().get(&named.digest).is_some_and(waits) {
            return Ok(Some(stored(false)));
        }
        let root = &self.staging.root;
        if is_whole(
            &layout::blob(&named.digest, named.extension).under(root),
            named,
        ) {
            return Ok(Some(stored(false)));
        }
        let Some(number) = number else {
            return Ok(None);
        };
        let temporary = left.folder.join(number.to_string());
        if !is_whole(&temporary, named) {
            return Ok(None);
        }
        debug!(digest = %named.digest, bytes = named.size, "took a blob over");
        let mut staged = self.staging.staged();
        // Asked again under the lock: the same bytes may have come for another address meanwhile.
        let known = staged.contains_key(&named.digest)
            || store::has(root, &named.digest, named.extension, named.size)?;
        if !known {
            let waiting = Staged {
                temporary,
                bytes: named.size,
                extension: named.extension,
            };
            staged.insert(named.digest, waiting);
        }
        Ok(Some(stored(!known)))
    }
}

/// Returns whether the writer whose folder this was took notes.
pub(super) fn holds_notes(folder: &Path) -> Result<bool, ArchiveError> {
    let seen = disk::look(&folder.join(NOTES))?;
    Ok(seen.is_some_and(|seen| seen.kind == Kind::File))
}

/// Returns whether the file at `path` holds the bytes of `named`. One of another length is not read, and one that can't be read
/// is as good as gone: it is fetched again.
fn is_whole(path: &Path, named: &Named) -> bool {
    let wanted = Seen {
        kind: Kind::File,
        bytes: named.size,
    };
    let is_there = matches!(disk::look(path), Ok(Some(seen)) if seen == wanted);
    is_there
        && match reading::digest_of(path) {
            Ok(found) => found == (named.digest, named.size),
            Err(error) => {
                debug!(%error, "can't take a blob over");
                false
            }
        }
}

/// Reads the name of a body's file.
fn number(name: &str) -> Option<u64> {
    let number = name.parse().ok()?;
    (name == format!("{number}")).then_some(number)
}
