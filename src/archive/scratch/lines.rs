//! Which notes in a file are whole? A note is a line: the SHA-256 of its bytes, a space, and the bytes, which are JSON.
//!
//! The file of a run that was killed ends anywhere, and after a power cut parts of it may be anything. Each line stands for
//! itself, so what is torn or damaged costs what it says and nothing else.

use std::io::{self, BufRead, Read as _};

use super::Note;
use crate::digest;

/// The longest line that is read. A note holds the requests that one resource took: some kilobytes, and fifty times 64 KiB of
/// header fields where a host sends as much as is taken from it with every redirect and every try.
pub(crate) const LINE_BYTES_MAX: usize = 4 << 20;

/// Bytes of a line before those of the note: the digest and a space.
pub(super) const BEFORE: usize = 65;

/// Appends a line that holds `bytes`, in which there is no line feed. Returns how many bytes it has before them.
pub(super) fn append(bytes: &[u8], to: &mut Vec<u8>) -> usize {
    to.extend_from_slice(&digest::proven_line(bytes));
    BEFORE
}

/// The notes in a file that are whole, in order. Returns an error where reading fails, and ends there.
#[derive(Debug)]
pub struct WholeNotes<R> {
    from: R,
    /// Where the next line begins.
    at: u64,
    /// Whether the file ended, or can't be read any further.
    is_over: bool,
}

impl<R: BufRead> WholeNotes<R> {
    /// Reads `from` its beginning.
    pub fn new(from: R) -> Self {
        Self {
            from,
            at: 0,
            is_over: false,
        }
    }

    /// Reads the next line into `line`, without its line feed; one that is too long is left empty. Returns its length as it
    /// stands there; `None` at the end, also of a line that does not end.
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<Option<u64>> {
        let limit = LINE_BYTES_MAX as u64;
        let mut length = self.from.by_ref().take(limit).read_until(b'\n', line)? as u64;
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(Some(length));
        }
        line.clear();
        if length < limit {
            return Ok(None);
        }
        loop {
            let buffered = self.from.fill_buf()?;
            let end = buffered.iter().position(|byte| *byte == b'\n');
            let passed = end.map_or(buffered.len(), |end| end + 1);
            if passed == 0 {
                return Ok(None);
            }
            self.from.consume(passed);
            length += passed as u64;
            if end.is_some() {
                return Ok(Some(length));
            }
        }
    }
}

impl<R: BufRead> Iterator for WholeNotes<R> {
    type Item = io::Result<(Note, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            let mut line = Vec::new();
            match self.next_line(&mut line) {
                Ok(Some(length)) => {
                    let start = self.at + BEFORE as u64;
                    self.at += length;
                    if let Some(bytes) = proven(line) {
                        let note = Note {
                            start,
                            bytes: bytes.len(),
                        };
                        return Some(Ok((note, bytes)));
                    }
                }
                Ok(None) => self.is_over = true,
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Returns the note in a line, if it is the one that was written.
fn proven(mut line: Vec<u8>) -> Option<Vec<u8>> {
    digest::proven(&line)?;
    Some(line.split_off(BEFORE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for whole in WholeNotes::new(bytes) {
            let (note, json) = whole.unwrap();
            let start = usize::try_from(note.start).unwrap();
            assert_eq!(&bytes[start..start + note.bytes], json);
            found.push(json);
        }
        found
    }

    fn file(notes: &[&[u8]]) -> Vec<u8> {
        let mut file = Vec::new();
        for note in notes {
            append(note, &mut file);
        }
        file
    }

    #[test]
    fn what_was_written_is_read() {
        assert!(read(b"").is_empty());
        let notes: &[&[u8]] = &[b"{}", b"", "{\"a\":\"图\"}".as_bytes()];
        assert_eq!(read(&file(notes)), notes);
    }

    #[test]
    fn a_torn_or_damaged_note_costs_itself_and_no_other() {
        let whole = file(&[b"one", b"two", b"three"]);
        let second = BEFORE + 4;
        for at in second..second + BEFORE + 3 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(read(&damaged), [&b"one"[..], b"three"], "byte {at}");
        }
        for end in 0..whole.len() {
            let lines = whole[..end].split(|byte| *byte == b'\n').count() - 1;
            assert_eq!(read(&whole[..end]).len(), lines, "cut at {end}");
        }
    }

    #[test]
    fn a_line_beyond_all_measure_is_passed_over() {
        let most = vec![b'x'; LINE_BYTES_MAX - BEFORE - 1];
        let more = vec![b'x'; LINE_BYTES_MAX - BEFORE];
        assert_eq!(read(&file(&[&most, b"after"])), [&most[..], b"after"]);
        assert_eq!(read(&file(&[&more, b"after"])), [b"after"]);
        assert!(read(&vec![b'x'; 3 * LINE_BYTES_MAX]).is_empty());
    }
}
