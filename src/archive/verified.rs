//! What does `verify` remember below `state/`, where somebody asks for that? Losing it costs time, nothing else.

use std::io::Write as _;

use super::error::{ArchiveError, At as _};
use super::layout;
use super::{Archive, disk};

/// The longest memory that is read: a time for each of some thousand parts takes a part of it.
const MEMORY_BYTES_MAX: u64 = 1024 * 1024;

impl Archive {
    /// Returns what is remembered of when parts of the archive were verified; `None` where nothing is that can be read.
    #[must_use]
    pub fn verified(&self) -> Option<Vec<u8>> {
        let path = layout::verified().under(self.root());
        disk::read_if_there(&path, MEMORY_BYTES_MAX).ok().flatten()
    }

    /// Remembers when parts of the archive were verified. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_verified(&self, memory: &[u8]) -> Result<(), ArchiveError> {
        let place = layout::verified();
        if let Some(folder) = place.parent() {
            disk::create_folders(self.root(), &folder)?;
        }
        let path = place.under(self.root());
        // Two of these at once are in each other's way in no worse way than that one of them is forgotten.
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        disk::remove_file(&temporary)?;
        let mut file = disk::create(&temporary)?;
        file.write_all(memory).at("write", &temporary)?;
        disk::rename(&temporary, &path)
    }
}
