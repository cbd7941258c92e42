//! Where does a run keep what it may need again, and need not hold in memory? In one file below `tmp/`, gone with its writer.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::error::{ArchiveError, At as _};
use super::{Writer, disk};

/// Notes of one run. Nothing of it is part of the archive, and nothing is made durable.
#[derive(Debug)]
pub struct Scratch {
    file: Mutex<File>,
    path: PathBuf,
}

/// Where in a [`Scratch`] something was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        Ok(Scratch {
            file: Mutex::new(disk::create(&path)?),
            path,
        })
    }
}

impl Scratch {
    /// Notes `bytes`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note(&self, bytes: &[u8]) -> Result<Note, ArchiveError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let start = file.seek(SeekFrom::End(0)).at("write", &self.path)?;
        file.write_all(bytes).at("write", &self.path)?;
        Ok(Note {
            start,
            bytes: bytes.len(),
        })
    }

    /// Returns what was noted.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn recall(&self, note: Note) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = vec![0; note.bytes];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(note.start))
            .and_then(|_| file.read_exact(&mut bytes))
            .at("read", &self.path)?;
        Ok(bytes)
    }
}
