//! What do runs of `mirror` remember below `state/`? Losing it costs requests, never content.

use std::fs::{self, File};

use jiff::Timestamp;

use super::error::{ArchiveError, At as _, Holder, Kind};
use super::layout::{self, ArchivePath};
use super::writer::Writer;
use super::{Archive, disk, lock};
use crate::digest::Digest;

/// The longest memory that is read: of a listing with the most addresses that one may name, each rather long; of a million
/// articles that were asked for.
const MEMORY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Reports of runs that are kept: a week of hourly runs, and more.
const REPORTS_KEPT: usize = 200;

impl Archive {
    /// Returns what is remembered of when articles were asked for; `None` where nothing is, or nothing that can be used.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn asked(&self) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.memory(&layout::asked())
    }

    /// Returns what is remembered of when sources were mirrored; `None` where nothing is, or nothing that can be used.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn sources_ran(&self) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.memory(&layout::sources_ran())
    }

    /// Keeps another resident mirror away until what it returns is dropped; runs of others, between its own, it does not.
    ///
    /// # Errors
    /// When there is one already.
    pub fn watch_alone(&self) -> Result<File, ArchiveError> {
        self.alone(&layout::watch_lock(), Holder::Watching)
    }

    fn alone(&self, place: &ArchivePath, holder: Holder) -> Result<File, ArchiveError> {
        if let Some(folder) = place.parent() {
            disk::create_folders(&self.root, &folder)?;
        }
        let path = place.under(&self.root);
        lock::try_alone(&path)?.ok_or(ArchiveError::Locked { path, holder })
    }

    /// Returns what is remembered of images that could not be had again; `None` where nothing is, or nothing that can be used.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn vanished(&self) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.memory(&layout::vanished())
    }

    /// Returns what is remembered of the document at an address, given the digest of that; `None` where nothing is, or nothing
    /// that can be used.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn listing(&self, address: &Digest) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.memory(&layout::listing(address))
    }

    pub(super) fn memory(&self, path: &ArchivePath) -> Result<Option<Vec<u8>>, ArchiveError> {
        match disk::read_if_there(&path.under(&self.root), MEMORY_BYTES_MAX) {
            Err(error) if error.is_damage() => Ok(None),
            other => other,
        }
    }
}

impl Writer {
    /// Keeps other runs of `mirror` away until what it returns is dropped.
    ///
    /// # Errors
    /// When there is one already.
    pub fn mirror_alone(&self) -> Result<File, ArchiveError> {
        self.archive()
            .alone(&layout::mirror_lock(), Holder::Mirroring)
    }

    /// Remembers something of the document at an address, given the digest of that. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_listing(&self, address: &Digest, memory: &[u8]) -> Result<(), ArchiveError> {
        self.put(&layout::listing(address), memory)
    }

    /// Remembers when articles were asked for. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_asked(&self, memory: &[u8]) -> Result<(), ArchiveError> {
        self.put(&layout::asked(), memory)
    }

    /// Remembers when sources were mirrored. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_sources(&self, memory: &[u8]) -> Result<(), ArchiveError> {
        self.put(&layout::sources_ran(), memory)
    }

    /// Remembers which images could not be had again. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_vanished(&self, memory: &[u8]) -> Result<(), ArchiveError> {
        self.put(&layout::vanished(), memory)
    }

    /// Keeps the report of a run that began at `begun`, and the last ones before it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn report(&self, begun: Timestamp, report: &[u8]) -> Result<ArchivePath, ArchiveError> {
        let folder = layout::runs();
        let stamp = begun.strftime("%Y%m%dT%H%M%S");
        let name = format!("{stamp}{:03}Z.json", begun.subsec_millisecond());
        let path = folder.child(&name);
        self.put(&path, report)?;
        let root = self.archive().root();
        let mut names = disk::names(&folder.under(root), Kind::File)?;
        names.retain(|name| is_report(name));
        // By their times, which a clock that was set back may have mixed up: that loses an old report, no more.
        names.sort_unstable();
        let old = names.len().saturating_sub(REPORTS_KEPT);
        for name in names.iter().take(old).filter(|old| **old != *path.name()) {
            disk::remove_file(&folder.child(name).under(root))?;
        }
        Ok(path)
    }

    pub(super) fn put(&self, path: &ArchivePath, bytes: &[u8]) -> Result<(), ArchiveError> {
        let root = self.archive().root();
        if let Some(folder) = path.parent() {
            disk::create_folders(root, &folder)?;
        }
        let temporary = self.temporary();
        fs::write(&temporary, bytes).at("write", &temporary)?;
        disk::rename(&temporary, &path.under(root))
    }
}

/// Returns whether a file's name is one that [`Writer::report`] gives.
fn is_report(name: &str) -> bool {
    name.strip_suffix("Z.json").is_some_and(|stem| {
        let mut letters = stem.bytes();
        stem.len() == 18 && letters.all(|byte| byte.is_ascii_digit() || byte == b'T')
    })
}

#[cfg(test)]
mod tests {
    use crate::archive::WriterOptions;
    use crate::archive::lock::LOCK_WAIT;
    use crate::archive::writer::Rehearsal;

    use super::*;

    #[test]
    fn the_last_reports_are_kept_and_what_is_no_report_stays() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open_or_create(folder.path()).unwrap();
        let options = WriterOptions {
            lock_wait: LOCK_WAIT,
            rehearsal: Rehearsal::none(),
        };
        let (writer, _) = archive.writer(options, Timestamp::UNIX_EPOCH).unwrap();
        let runs = folder.path().join("state/runs");
        fs::create_dir_all(&runs).unwrap();
        fs::write(runs.join("mine.json"), "{}").unwrap();
        for second in 0..=REPORTS_KEPT {
            let begun = Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
            writer.report(begun, b"{}").unwrap();
        }
        let names = disk::names(&runs, Kind::File).unwrap();
        assert_eq!(names.len(), REPORTS_KEPT + 1);
        assert!(names.contains(&"mine.json".to_owned()));
        assert!(!names.contains(&"19700101T000000000Z.json".to_owned()));
        assert!(names.contains(&"19700101T000001000Z.json".to_owned()));
    }
}
