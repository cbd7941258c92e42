//! How is a file of a folder read piece by piece? The disk gets those that are next while this one is worked on, where it is slow.

use std::fs::File;
use std::io::Read as _;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use std::num::NonZeroU64;

#[cfg(target_os = "linux")]
use rustix::fs::Advice;

use super::{Folder, io};
use crate::archive::error::ArchiveError;

/// Bytes of a file that the disk is told to get when it is opened to be read piece by piece.
#[cfg(target_os = "linux")]
const AHEAD_BYTES: u64 = 1024 * 1024;

/// How long a piece is read where it does not lie in memory: several times as long as copying it takes.
const SLOW: Duration = Duration::from_micros(200);

/// Files that are got ahead after one that had to be waited for. With that they come in time, which says nothing of the next.
const SLOW_FILES: u32 = 64;

/// A regular file that is read piece by piece.
#[derive(Debug)]
pub(in crate::archive) struct Opened {
    file: File,
    /// Its bytes as they were counted when it was opened.
    pub(in crate::archive) length: u64,
    left: u64,
}

impl Folder {
    /// Begins to read the regular file `name`: the disk may get its first bytes while something else is done.
    pub(in crate::archive) fn begin(&self, name: &str) -> Result<Opened, ArchiveError> {
        let (file, length) = self.open_regular(name)?;
        self.get_ahead(&file, length);
        Ok(Opened {
            file,
            length,
            left: length,
        })
    }

    /// Has the disk get the first bytes of a file, where files of this folder had to be waited for lately: asking costs as much as
    /// opening a file, for nothing where they lie in memory.
    #[cfg(target_os = "linux")]
    fn get_ahead(&self, file: &File, length: u64) {
        let slow = self.slow.load(Ordering::Relaxed);
        if let Some(bytes) = NonZeroU64::new(length.min(AHEAD_BYTES))
            && slow > 0
        {
            self.slow.store(slow - 1, Ordering::Relaxed);
            // Whoever does not listen reads it when it is asked for.
            rustix::fs::fadvise(file, 0, Some(bytes), Advice::WillNeed).ok();
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn get_ahead(&self, _: &File, _: u64) {}

    /// Reads the next piece of the file `name` into `buffer`, and returns how long it is; nothing at the end.
    pub(in crate::archive) fn read(
        &self,
        name: impl FnOnce() -> String,
        opened: &mut Opened,
        buffer: &mut [u8],
    ) -> Result<usize, ArchiveError> {
        if opened.left == 0 {
            return Ok(0);
        }
        let begun = Instant::now();
        loop {
            match opened.file.read(buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => return Err(io(source, &self.path.join(name()))),
                Ok(read) => {
                    opened.left = opened.left.saturating_sub(read as u64);
                    if begun.elapsed() > SLOW {
                        self.slow.store(SLOW_FILES, Ordering::Relaxed);
                    }
                    return Ok(read);
                }
            }
        }
    }
}
