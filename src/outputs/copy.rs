//! How are bytes copied to the end, and on which side did it fail?

use std::io::{self, Read, Write};
use std::path::Path;

use super::OutputError;
use crate::digest::Hasher;

/// How much of a file is in memory while it is copied or hashed.
const CHUNK_BYTES: usize = 128 * 1024;

/// What ended a copy early.
pub(super) enum Halt {
    Read(io::Error),
    Write(io::Error),
}

impl Halt {
    /// Names the file that was written or read.
    pub(super) fn at(self, path: &Path) -> OutputError {
        match self {
            Self::Read(error) => OutputError::Unreadable(error),
            Self::Write(source) => OutputError::Io {
                doing: "write",
                path: path.to_owned(),
                source,
            },
        }
    }
}

/// Copies to the end. Unlike [`io::copy`] it says on which side it failed.
pub(super) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> Result<(), Halt> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(Halt::Read)?,
        };
        to.write_all(&chunk[..read]).map_err(Halt::Write)?;
    }
}

/// Hashes what is written to it.
pub(super) struct Hash<'a>(pub(super) &'a mut Hasher);

impl Write for Hash<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
