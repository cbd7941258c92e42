//! Are all the pictures of an icon inside its file? Pure.
//!
//! ICO and CUR: a directory of entries, each with the offset and length of a picture.

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, little};

#[derive(Debug, Default)]
pub(super) struct Icon {
    state: State,
    directory_bytes: u64,
    entries_left: u64,
    end: u64,
    size: Option<(u32, u32)>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    /// The header with the number of entries.
    Header,
    /// One entry of the directory.
    Entry,
    /// The end of the last picture.
    PicturesEnd,
}

const HEADER_BYTES: u64 = 6;
const ENTRY_BYTES: u64 = 16;

impl Walker for Icon {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        match self.state {
            State::Start => {
                self.state = State::Header;
                Ok(Want::Bytes(6))
            }
            State::Header => {
                self.entries_left = little(&bytes[4..6]);
                self.directory_bytes = HEADER_BYTES + ENTRY_BYTES * self.entries_left;
                if self.entries_left == 0 {
                    return Err(Flaw::NoPixels);
                }
                self.state = State::Entry;
                Ok(Want::Bytes(16))
            }
            State::Entry => self.entry(bytes),
            State::PicturesEnd => Ok(Want::End(0)),
        }
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Start | State::Header => "the header",
            State::Entry => "an entry of the directory",
            State::PicturesEnd => "the pictures that the directory names",
        }
    }

    fn facts(&self) -> Facts {
        Facts::of_size(self.size)
    }
}

impl Icon {
    fn entry(&mut self, entry: &[u8]) -> Result<Want, Flaw> {
        let (length, offset) = (little(&entry[8..12]), little(&entry[12..16]));
        if offset < self.directory_bytes || length == 0 {
            return Err(Flaw::BadStructure);
        }
        self.end = self.end.max(offset + length);
        let size = (side(entry[0]), side(entry[1]));
        self.size = self.size.max(Some(size));
        self.entries_left -= 1;
        if self.entries_left > 0 {
            return Ok(Want::Bytes(16));
        }
        self.state = State::PicturesEnd;
        Ok(Want::Skip(self.end - self.directory_bytes))
    }
}

/// Returns a side's length; zero stands for 256.
fn side(byte: u8) -> u32 {
    if byte == 0 { 256 } else { byte.into() }
}
