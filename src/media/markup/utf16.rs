//! How is UTF-16 read as far as markup is concerned? Pure.

/// Reads UTF-16 unit by unit.
#[derive(Debug)]
pub(super) struct Utf16 {
    big_endian: bool,
    first: Option<u8>,
}

impl Utf16 {
    pub(super) fn new(big_endian: bool) -> Self {
        Self {
            big_endian,
            first: None,
        }
    }

    /// Returns the next code unit if `byte` ends one: itself if it is ASCII, something that is no syntax if not.
    pub(super) fn narrow(&mut self, byte: u8) -> Option<u8> {
        let Some(first) = self.first.take() else {
            self.first = Some(byte);
            return None;
        };
        let (high, low) = if self.big_endian {
            (first, byte)
        } else {
            (byte, first)
        };
        Some(if high == 0 { low } else { 0xFF })
    }
}
