//! What do the last lines of a file of the log say? A file has a thousand lines, and most questions are answered by the last few.

use std::path::Path;

use super::FILE_BYTES_MAX;
use super::tail::without_feed;
use crate::archive::disk;
use crate::archive::error::ArchiveError;

/// How much is read at first: some fifty lines.
const BLOCK_BYTES: u64 = 16 * 1024;

/// Lines of a file, up to its end or to what was read before.
#[derive(Debug)]
pub(super) struct Ending {
    /// Where the first of them begins: 0 where they are all that there are.
    pub(super) start: u64,
    /// The lines, with their line feeds.
    pub(super) bytes: Vec<u8>,
}

/// Reads the lines of a file before the place `end`, or before its own end: from the last block of it, and twice as much each time
/// until the first line, without its line feed, is `enough`.
pub(super) fn ending(
    path: &Path,
    end: Option<u64>,
    enough: impl Fn(&[u8]) -> bool,
) -> Result<Ending, ArchiveError> {
    let length = disk::length(path, FILE_BYTES_MAX)?;
    let end = end.map_or(length, |end| end.min(length));
    let mut wanted = BLOCK_BYTES;
    loop {
        let begin = end.saturating_sub(wanted);
        let mut bytes = disk::read_between(path, begin..end)?;
        if begin == 0 {
            return Ok(Ending { start: 0, bytes });
        }
        // What comes first is the end of a line, or all of one: that can't be seen from here.
        let cut = after_feed(&bytes);
        let first = &bytes[cut..cut + after_feed(&bytes[cut..])];
        if !first.is_empty() && enough(without_feed(first)) {
            bytes.drain(..cut);
            return Ok(Ending {
                start: begin + cut as u64,
                bytes,
            });
        }
        wanted = wanted.saturating_mul(2);
    }
}

/// Returns how long the first line is, with its line feed; 0 where there is no whole one.
fn after_feed(bytes: &[u8]) -> usize {
    let feed = bytes.iter().position(|byte| *byte == b'\n');
    feed.map_or(0, |feed| feed + 1)
}
