//! Where does a run keep what it may need again, and need not hold in memory? In one file below `tmp/`, gone with its writer.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::error::{ArchiveError, At as _};
use super::{Writer, disk};

/// Bytes of notes that are held until they are written together. A note is a kilobyte or so, and each write is a hop to a thread
/// that may wait for the disk.
const HELD_BYTES: usize = 64 << 10;

/// Notes of one run. Nothing of it is part of the archive, and nothing is made durable.
#[derive(Debug)]
pub struct Scratch {
    notes: Mutex<Notes>,
    path: PathBuf,
}

#[derive(Debug)]
struct Notes {
    file: File,
    /// How much was written.
    written: u64,
    /// What follows, and is not written yet.
    held: Vec<u8>,
}

/// Where in a [`Scratch`] something was noted. A note may name others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    start: u64,
    bytes: usize,
}

impl Writer {
    /// Begins to take notes.
    ///
    /// # Errors
    /// When no file can be created.
    pub fn scratch(&self) -> Result<Scratch, ArchiveError> {
        let path = self.temporary();
        let notes = Notes {
            file: disk::create(&path)?,
            written: 0,
            held: Vec::with_capacity(HELD_BYTES),
        };
        Ok(Scratch {
            notes: Mutex::new(notes),
            path,
        })
    }
}

impl Scratch {
    /// Notes `bytes` without touching the disk; `None` where there is no more room for that.
    #[must_use]
    pub fn note_held(&self, bytes: &[u8]) -> Option<Note> {
        let mut notes = self.notes();
        let fits = bytes.len() <= HELD_BYTES.saturating_sub(notes.held.len());
        fits.then(|| notes.hold(bytes))
    }

    /// Notes `bytes`, and writes what is held.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note(&self, bytes: &[u8]) -> Result<Note, ArchiveError> {
        let mut notes = self.notes();
        let note = notes.hold(bytes);
        notes.write().at("write", &self.path)?;
        Ok(note)
    }

    /// Returns what was noted.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn recall(&self, note: Note) -> Result<Vec<u8>, ArchiveError> {
        let mut notes = self.notes();
        if let Some(held) = notes.held(note) {
            return Ok(held.to_vec());
        }
        let mut bytes = vec![0; note.bytes];
        notes
            .file
            .seek(SeekFrom::Start(note.start))
            .and_then(|_| notes.file.read_exact(&mut bytes))
            .at("read", &self.path)?;
        Ok(bytes)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn hold(&mut self, bytes: &[u8]) -> Note {
        let start = self.written + self.held.len() as u64;
        self.held.extend_from_slice(bytes);
        Note {
            start,
            bytes: bytes.len(),
        }
    }

    /// Returns a note that is not written yet.
    fn held(&self, note: Note) -> Option<&[u8]> {
        let start = usize::try_from(note.start.checked_sub(self.written)?).ok()?;
        self.held.get(start..start + note.bytes)
    }

    /// Writes what is held, from where the last write that succeeded ended.
    fn write(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.written))?;
        self.file.write_all(&self.held)?;
        self.written += self.held.len() as u64;
        self.held.clear();
        self.held.shrink_to(HELD_BYTES);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_recalled_before_and_after_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes");
        let notes = Notes {
            file: disk::create(&path).unwrap(),
            written: 0,
            held: Vec::new(),
        };
        let scratch = Scratch {
            notes: Mutex::new(notes),
            path: path.clone(),
        };
        let long = vec![b'x'; HELD_BYTES];
        let empty = scratch.note_held(b"").unwrap();
        let first = scratch.note_held(b"first").unwrap();
        assert_eq!(scratch.note_held(&long), None, "there is no room for it");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
        let second = scratch.note(&long).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().len(),
            5 + long.len() as u64
        );
        let third = scratch.note_held(b"third").unwrap();
        for (note, expected) in [
            (empty, &b""[..]),
            (first, b"first"),
            (second, &long),
            (third, b"third"),
            (first, b"first"),
        ] {
            assert_eq!(scratch.recall(note).unwrap(), expected);
        }
        let fourth = scratch.note(b"fourth").unwrap();
        assert_eq!(scratch.recall(third).unwrap(), b"third");
        assert_eq!(scratch.recall(fourth).unwrap(), b"fourth");
    }
}
