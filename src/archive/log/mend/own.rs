//! What do our own files of the log hold, whatever they say?

use std::path::Path;

use super::super::FILE_BYTES_MAX;
use crate::archive::disk;
use crate::archive::error::ArchiveError;
use crate::archive::layout;

/// Returns the whole lines of one of our own files; none of one that is no file of the log.
pub(super) fn lines(root: &Path, file: u64) -> Result<Vec<Vec<u8>>, ArchiveError> {
    let bytes = whole(&layout::log_file(file).under(root))?;
    Ok(split(&bytes.unwrap_or_default()).collect())
}

/// Reads a file of the log; `None` where it has more bytes than one can have.
pub(super) fn whole(path: &Path) -> Result<Option<Vec<u8>>, ArchiveError> {
    match disk::read(path, FILE_BYTES_MAX) {
        Err(ArchiveError::TooLarge { .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// Returns the lines that were written to their end, without their line feeds.
fn split(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter_map(|line| line.strip_suffix(b"\n").map(<[u8]>::to_vec))
}
