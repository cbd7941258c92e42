//! Where does a run keep what it may need again, and need not hold in memory? In one file in its folder below `tmp/`.
//!
//! It is gone with its writer, or read by the next one if that was killed: so each note is a line that proves itself
//! ([`lines`]), and is written soon. Nothing is made durable: what was written is there when a program dies, and what a
//! power cut damages is not believed.

mod lines;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::{ArchiveError, At as _};
use super::{Writer, disk};

pub use lines::WholeNotes;

/// The file of notes in a writer's folder.
pub(super) const NOTES: &str = "notes";

/// Bytes of notes that may wait to be written. A note is a kilobyte or so, and each write is a hop to a thread that may wait for
/// the disk: what comes meanwhile is written together.
const HELD_BYTES: usize = 64 << 10;

/// Notes of one run. Nothing of it is part of the archive, and nothing is made durable.
#[derive(Debug)]
pub struct Scratch {
    /// Locked before `notes`, by whoever touches the disk.
    file: Mutex<File>,
    notes: Mutex<Notes>,
    /// What went wrong when nobody waited.
    failed: Mutex<Option<ArchiveError>>,
    path: PathBuf,
}

/// What is not in the file yet.
#[derive(Debug, Default)]
struct Notes {
    /// How much is in the file.
    written: u64,
    /// What is being written, or could not be.
    leaving: Arc<Vec<u8>>,
    /// What follows.
    held: Vec<u8>,
    /// Whether somebody is going to write all that is held.
    is_written_soon: bool,
}

/// Where in a [`Scratch`] something was noted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Note {
    pub(super) start: u64,
    pub(super) bytes: usize,
}

/// Something that was noted in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Where it is, or will be.
    pub note: Note,
    /// Whether the caller is the one who has to see to it that [`Scratch::write_soon`] is called.
    pub is_to_be_written: bool,
}

impl Writer {
    /// Begins to take notes: once a writer.
    ///
    /// # Errors
    /// When no file can be created.
    pub fn scratch(&self) -> Result<Scratch, ArchiveError> {
        Scratch::create(self.child(NOTES))
    }
}

impl Scratch {
    fn create(path: PathBuf) -> Result<Self, ArchiveError> {
        Ok(Self {
            file: Mutex::new(disk::create_private(&path)?),
            notes: Mutex::default(),
            failed: Mutex::default(),
            path,
        })
    }

    /// Notes `bytes`, which are JSON without line feeds, and does not touch the disk; `None` where there is no room for that.
    #[must_use]
    pub fn note_held(&self, bytes: &[u8]) -> Option<Held> {
        let mut notes = self.notes();
        let fits = bytes.len() + lines::BEFORE < HELD_BYTES.saturating_sub(notes.held.len());
        fits.then(|| Held {
            note: notes.hold(bytes),
            is_to_be_written: !std::mem::replace(&mut notes.is_written_soon, true),
        })
    }

    /// Notes `bytes`, which are JSON without line feeds, and writes all that is held.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note(&self, bytes: &[u8]) -> Result<Note, ArchiveError> {
        let note = self.notes().hold(bytes);
        self.write_held()?;
        Ok(note)
    }

    /// Writes what is held, for nobody who waits. Where that fails, [`Self::settle`] says so.
    pub fn write_soon(&self) {
        if let Err(error) = self.write_held() {
            locked(&self.failed).get_or_insert(error);
        }
    }

    /// Sees to it that everything is written.
    ///
    /// # Errors
    /// When the disk refuses, or did so since the last time.
    pub fn settle(&self) -> Result<(), ArchiveError> {
        self.write_held()?;
        locked(&self.failed).take().map_or(Ok(()), Err)
    }

    /// Writes what is held, and what comes to be held meanwhile. What could not be written is written the next time.
    fn write_held(&self) -> Result<(), ArchiveError> {
        let mut file = locked(&self.file);
        loop {
            // The lock is not held while the disk is waited for.
            let leaving = self.notes().leave();
            let Some((start, leaving)) = leaving else {
                return Ok(());
            };
            let written = file
                .seek(SeekFrom::Start(start))
                .and_then(|_| file.write_all(&leaving));
            self.notes().left(written.is_ok());
            written.at("write", &self.path)?;
        }
    }

    /// Returns what was noted.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn recall(&self, note: Note) -> Result<Vec<u8>, ArchiveError> {
        if let Some(held) = self.notes().find(note) {
            return Ok(held.to_vec());
        }
        read_at(&mut locked(&self.file), note).at("read", &self.path)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        locked(&self.notes)
    }
}

/// Reads a note from the file at `path`, which somebody else has written.
pub(super) fn recall_from(path: &Path, note: Note) -> Result<Vec<u8>, ArchiveError> {
    read_at(&mut disk::open(path)?, note).at("read", path)
}

fn read_at(file: &mut File, note: Note) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; note.bytes];
    file.seek(SeekFrom::Start(note.start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Notes {
    fn hold(&mut self, bytes: &[u8]) -> Note {
        let line = self.written + (self.leaving.len() + self.held.len()) as u64;
        let before = lines::append(bytes, &mut self.held);
        Note {
            start: line + before as u64,
            bytes: bytes.len(),
        }
    }

    /// Returns a note that is not in the file yet.
    fn find(&self, note: Note) -> Option<&[u8]> {
        let start = usize::try_from(note.start.checked_sub(self.written)?).ok()?;
        let (bytes, start) = match start.checked_sub(self.leaving.len()) {
            Some(start) => (&self.held, start),
            None => (&*self.leaving, start),
        };
        bytes.get(start..start + note.bytes)
    }

    /// Returns what is to be written, and where; `None` where that is nothing.
    fn leave(&mut self) -> Option<(u64, Arc<Vec<u8>>)> {
        if self.leaving.is_empty() {
            self.leaving = Arc::new(std::mem::take(&mut self.held));
        }
        self.is_written_soon = !self.leaving.is_empty();
        self.is_written_soon
            .then(|| (self.written, Arc::clone(&self.leaving)))
    }

    /// Told whether what was leaving is in the file.
    fn left(&mut self, is_written: bool) {
        if is_written {
            self.written += self.leaving.len() as u64;
            self.leaving = Arc::default();
        } else {
            self.is_written_soon = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(scratch: &Scratch) -> Vec<u8> {
        std::fs::read(&scratch.path).unwrap()
    }

    #[test]
    fn notes_are_recalled_before_and_after_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(folder.path().join(NOTES)).unwrap();
        let long = vec![b'x'; HELD_BYTES];
        let empty = scratch.note_held(b"").unwrap();
        let first = scratch.note_held(b"first").unwrap();
        assert_eq!(
            (empty.is_to_be_written, first.is_to_be_written),
            (true, false),
            "one sees to it"
        );
        assert_eq!(scratch.note_held(&long), None, "there is no room for it");
        assert!(file(&scratch).is_empty());
        let second = scratch.note(&long).unwrap();
        let third = scratch.note_held(b"third").unwrap();
        assert!(third.is_to_be_written, "the others are written");
        let (empty, first, third) = (empty.note, first.note, third.note);
        for (note, expected) in [
            (empty, &b""[..]),
            (first, b"first"),
            (second, &long),
            (third, b"third"),
            (first, b"first"),
        ] {
            assert_eq!(scratch.recall(note).unwrap(), expected);
        }
        scratch.write_soon();
        scratch.settle().unwrap();
        let fourth = scratch.note(b"fourth").unwrap();
        assert_eq!(scratch.recall(third).unwrap(), b"third");
        assert_eq!(recall_from(&scratch.path, fourth).unwrap(), b"fourth");
        let written = file(&scratch);
        let read = WholeNotes::new(&*written).map(Result::unwrap);
        let expected: [(Note, &[u8]); 5] = [
            (empty, b""),
            (first, b"first"),
            (second, &long),
            (third, b"third"),
            (fourth, b"fourth"),
        ];
        assert!(read.eq(expected.map(|(note, bytes)| (note, bytes.to_vec()))));
    }

    #[test]
    fn what_could_not_be_written_is_written_the_next_time() {
        let mut notes = Notes::default();
        let first = notes.hold(b"first");
        let (_, leaving) = notes.leave().unwrap();
        let second = notes.hold(b"second");
        assert_eq!(
            (notes.find(first), notes.find(second)),
            (Some(&b"first"[..]), Some(&b"second"[..]))
        );
        notes.left(false);
        assert!(!notes.is_written_soon, "the next note sees to it");
        assert_eq!(notes.leave().unwrap(), (0, Arc::clone(&leaving)));
        notes.left(true);
        assert_eq!(notes.find(first), None, "it is in the file");
        let (at, rest) = notes.leave().unwrap();
        assert_eq!(at, leaving.len() as u64);
        assert!(rest.ends_with(b" second\n"));
        notes.left(true);
        assert!(notes.leave().is_none() && !notes.is_written_soon);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(folder.path().join(NOTES)).unwrap();
        let mode = std::fs::metadata(&scratch.path)
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
