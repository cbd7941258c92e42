//! What was received? The original of an article, byte for byte.

use crate::archive::{Archive, ArchiveError};
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::snapshot::DOCUMENT_EXTENSION;

/// Returns the original of the newest snapshot of the article that `text` means. Its bytes are those of its name.
///
/// # Errors
/// When there is no such article, or its original is missing or damaged.
pub fn restore(archive: &Archive, text: &str) -> Result<Vec<u8>, ArchiveError> {
    let folder = archive.resolve(text)?;
    let newest = archive.newest_snapshot(&folder)?;
    let newest = newest.ok_or_else(|| ArchiveError::UnknownArticle {
        text: text.to_owned(),
    })?;
    archive.read_blob(
        &newest.snapshot.original,
        DOCUMENT_EXTENSION,
        DOCUMENT_BYTES_MAX,
    )
}
