//! What does a copy on a web server say of its log? Its files wait below `tmp/`, believed by nobody, until they are proven like those
//! of a folder. They are gone with the run, or with the next one where it is killed.

use std::fs::File;
use std::path::PathBuf;
use std::process;

use super::error::{ArchiveError, At as _};
use super::layout;
use super::{Alone, Archive, Donor, disk, durable, lock, log};

/// Bytes of the log of one copy that are fetched: some three million entries.
const LOG_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// The log of a copy on a web server, as far as it was fetched.
#[derive(Debug)]
pub struct Fetched {
    donor: Donor,
    folder: PathBuf,
    /// How much was fetched.
    bytes: u64,
    /// Locked as long as it is needed, so that whoever clears up leaves it alone.
    _alive: File,
}

impl Alone {
    /// Begins to take in the log of a copy.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn fetched(&self) -> Result<Fetched, ArchiveError> {
        let root = self.archive().root();
        let mut number = 0_u64;
        let place = loop {
            let name = format!("fetched-{}-{number}", process::id());
            let place = layout::temporary().child(&name);
            if disk::look(&place.under(root))?.is_none() {
                break place;
            }
            number += 1;
        };
        disk::create_folders(root, &place)?;
        let folder = place.under(root);
        let path = folder.join(lock::ALIVE);
        let alive = disk::create(&path)?;
        alive.lock().at("lock", &path)?;
        disk::create_folders(&folder, &layout::log())?;
        Ok(Fetched {
            donor: Donor::of(Archive::at(&folder)),
            folder,
            bytes: 0,
            _alive: alive,
        })
    }
}

impl Fetched {
    /// Takes in the file of the log whose first entry has the index `first`. Returns that of the file that would follow; `None` where
    /// none is to be asked for: the file ends with no entry that comes after `first`, or the log has as many bytes as are fetched.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&mut self, first: u64, bytes: &[u8]) -> Result<Option<u64>, ArchiveError> {
        self.put_within(first, bytes, LOG_BYTES_MAX)
    }

    fn put_within(
        &mut self,
        first: u64,
        bytes: &[u8],
        limit: u64,
    ) -> Result<Option<u64>, ArchiveError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > limit {
            return Ok(None);
        }
        let path = layout::log_file(first).under(&self.folder);
        durable::write_new(&path, bytes)?;
        let next = log::index_after(bytes);
        Ok(next.filter(|next| *next > first))
    }

    /// Returns whether nothing was fetched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Returns who has it.
    #[must_use]
    pub fn donor(&self) -> &Donor {
        &self.donor
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        // Whoever clears up next removes it otherwise.
        drop(disk::remove_folder(&self.folder));
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::archive::{Rehearsal, WriterOptions};

    fn alone(folder: &TempDir) -> Alone {
        let archive = Archive::open_or_create(folder.path()).unwrap();
        let options = WriterOptions {
            lock_wait: lock::LOCK_WAIT,
            rehearsal: Rehearsal::none(),
        };
        archive.take_alone(options).unwrap()
    }

    /// Returns an entry of this index as a line, whatever it follows from.
    fn line(index: u64) -> String {
        let digest = "0".repeat(64);
        format!(
            "{{\"article\":\"67f1a0c0000000000000\",\"index\":{index},\"kind\":\"snapshot\",\"previous\":\"{digest}\",\"snapshot\":\"{digest}\",\"time\":\"2026-01-02T03:04:05Z\"}}\n"
        )
    }

    #[test]
    fn the_last_entry_says_which_file_follows() {
        let folder = tempfile::tempdir().unwrap();
        let alone = alone(&folder);
        let mut fetched = alone.fetched().unwrap();
        assert!(fetched.is_empty());
        let bytes = line(998) + &line(999);
        assert_eq!(fetched.put(0, bytes.as_bytes()).unwrap(), Some(1000));
        assert_eq!(fetched.put(1000, b"<html>").unwrap(), None);
        assert!(!fetched.is_empty());
        // Nobody is led back, or round in circles.
        assert_eq!(fetched.put(2000, line(999).as_bytes()).unwrap(), None);
        assert_eq!(
            fetched.put(3000, line(3000).as_bytes()).unwrap(),
            Some(3001)
        );
        let path = fetched.folder.clone();
        assert!(path.join("log/000000000000.jsonl").is_file());
        drop(fetched);
        assert!(!path.exists());
    }

    #[test]
    fn no_more_is_taken_in_than_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let alone = alone(&folder);
        let mut fetched = alone.fetched().unwrap();
        let (first, second) = (line(0), line(1));
        let limit = (first.len() + second.len()) as u64;
        assert_eq!(
            fetched.put_within(0, first.as_bytes(), limit).unwrap(),
            Some(1)
        );
        assert_eq!(
            fetched.put_within(1, second.as_bytes(), limit).unwrap(),
            Some(2)
        );
        assert_eq!(fetched.put_within(2, b"\n", limit).unwrap(), None);
        assert!(!fetched.folder.join("log/000000000002.jsonl").exists());
    }
}
