//! Are a BMP's pixels all there? Pure.
//!
//! Microsoft's BITMAPFILEHEADER and the headers behind it. The file size in it is often wrong and nobody minds, so the
//! pixels are counted instead.

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, little, pixels};

#[derive(Debug, Default)]
pub(super) struct Bitmap {
    state: State,
    file_bytes: u64,
    pixels_at: u64,
    header_bytes: u64,
    layout: Layout,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    /// File header and the length of the information header.
    File,
    /// Dimensions of an OS/2 core header.
    Core,
    /// Dimensions of a Windows header.
    Info,
    /// Compression and length of the pixels.
    Compression,
    /// How many colours the palette has; so many bytes of pixels follow.
    Palette(u64),
    /// The end of the pixels.
    PixelsEnd,
}

#[derive(Debug, Default, Clone, Copy)]
struct Layout {
    width: u64,
    height: u64,
    bits: u64,
}

/// The length of the file header and of the first field behind it.
const FILE_HEADER_BYTES: u64 = 18;
/// The length of the header that Windows has written since version 3; the size of the palette stands in it.
const INFO_HEADER_BYTES: u64 = 40;
/// A colour of a palette.
const COLOR_BYTES: u64 = 4;
/// Pixels of more bits name no colours of a palette.
const PALETTE_BITS_MAX: u64 = 8;
/// The length of OS/2's core header.
const CORE_HEADER_BYTES: u64 = 12;

impl Walker for Bitmap {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        let (state, want) = match self.state {
            State::Start => (State::File, Want::Bytes(18)),
            State::File => {
                self.file_bytes = little(&bytes[2..6]);
                self.pixels_at = little(&bytes[10..14]);
                self.header_bytes = little(&bytes[14..18]);
                match self.header_bytes {
                    CORE_HEADER_BYTES => (State::Core, Want::Bytes(8)),
                    16..=1024 => (State::Info, Want::Bytes(12)),
                    _ => return Err(Flaw::BadStructure),
                }
            }
            State::Core => {
                self.set_layout(little(&bytes[..2]), little(&bytes[2..4]), &bytes[6..8])?;
                return self.skip_pixels(self.raw_bytes(), FILE_HEADER_BYTES + 8);
            }
            State::Info => {
                self.set_layout(signed(&bytes[..4]), signed(&bytes[4..8]), &bytes[10..12])?;
                if self.header_bytes < 24 {
                    return self.skip_pixels(self.raw_bytes(), FILE_HEADER_BYTES + 12);
                }
                (State::Compression, Want::Bytes(8))
            }
            State::Compression => {
                let pixel_bytes = match (little(&bytes[..4]), little(&bytes[4..])) {
                    (0 | 3 | 6, _) => self.raw_bytes(),
                    (_, 0) => self.file_bytes.saturating_sub(self.pixels_at),
                    (_, packed_bytes) => packed_bytes,
                };
                if self.header_bytes < INFO_HEADER_BYTES {
                    return self.skip_pixels(pixel_bytes, FILE_HEADER_BYTES + 20);
                }
                (State::Palette(pixel_bytes), Want::Bytes(12))
            }
            State::Palette(pixel_bytes) => {
                self.check_palette(little(&bytes[8..]))?;
                return self.skip_pixels(pixel_bytes, FILE_HEADER_BYTES + 32);
            }
            State::PixelsEnd => return Ok(Want::End(0)),
        };
        self.state = state;
        Ok(want)
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Start | State::File => "the file header",
            State::Core | State::Info => "width, height and depth",
            State::Compression => "compression and length of the pixels",
            State::Palette(_) => "a palette that fits between the header and the pixels",
            State::PixelsEnd => "the pixels",
        }
    }

    fn facts(&self) -> Facts {
        let known = |number| pixels(number).filter(|number| *number > 0);
        Facts {
            width: known(self.layout.width),
            height: known(self.layout.height),
            ..Facts::default()
        }
    }
}

impl Bitmap {
    fn set_layout(&mut self, width: u64, height: u64, bits: &[u8]) -> Result<(), Flaw> {
        let bits = little(bits);
        // Zero bits: a JPEG or PNG inside.
        if width == 0 || height == 0 || !matches!(bits, 0 | 1 | 2 | 4 | 8 | 16 | 24 | 32 | 64) {
            return Err(Flaw::BadStructure);
        }
        self.layout = Layout {
            width,
            height,
            bits,
        };
        Ok(())
    }

    /// Returns the length of uncompressed pixels: rows padded to four bytes.
    ///
    /// At most 2^32 × 64 bits a row and 2^32 rows, so saturating arithmetic only meets what no file can hold.
    fn raw_bytes(&self) -> u64 {
        let row_bits = self.layout.width.saturating_mul(self.layout.bits);
        row_bits
            .div_ceil(32)
            .saturating_mul(4)
            .saturating_mul(self.layout.height)
    }

    /// The colours that the header counts stand between it and the pixels. It may count more than pixels of so many bits can
    /// name, as browsers allow.
    fn check_palette(&self, counted: u64) -> Result<(), Flaw> {
        let bits = self.layout.bits;
        if !(1..=PALETTE_BITS_MAX).contains(&bits) {
            return Ok(());
        }
        let colors = counted.min(1 << bits);
        let header_end = FILE_HEADER_BYTES - 4 + self.header_bytes;
        if header_end + COLOR_BYTES * colors > self.pixels_at {
            return Err(Flaw::BadStructure);
        }
        Ok(())
    }

    fn skip_pixels(&mut self, pixel_bytes: u64, read: u64) -> Result<Want, Flaw> {
        self.state = State::PixelsEnd;
        let to_pixels = self.pixels_at.checked_sub(read);
        let to_end = to_pixels.and_then(|gap| gap.checked_add(pixel_bytes));
        to_end.map(Want::Skip).ok_or(Flaw::BadStructure)
    }
}

/// Returns the magnitude of a signed little-endian number of four bytes; rows from the top have a negative height.
fn signed(bytes: &[u8]) -> u64 {
    let number = little(bytes);
    if number >= 0x8000_0000 {
        0x1_0000_0000 - number
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::super::identify;
    use super::*;

    /// A BMP whose pixels begin right behind its headers; its file size is wrong, as often.
    fn bitmap(info: &[u8], pixel_bytes: usize) -> Vec<u8> {
        let pixels_at = u8::try_from(14 + info.len()).unwrap();
        let file = [b"BM\xFF\xFF\0\0\0\0\0\0", &[pixels_at, 0, 0, 0][..]].concat();
        [&file, info, &vec![0; pixel_bytes]].concat()
    }

    #[track_caller]
    fn check(info: &[u8], pixel_bytes: usize, size: (u32, u32)) {
        let whole = identify(&bitmap(info, pixel_bytes));
        assert_eq!(whole.width().zip(whole.height()), Some(size));
        assert_eq!((whole.flaw(), whole.trailing()), (None, 0));
        let cut = identify(&bitmap(info, pixel_bytes - 1));
        assert_eq!(cut.flaw(), Some(Flaw::Truncated));
    }

    #[test]
    fn headers() {
        let core = b"\x0C\0\0\0\x05\0\x03\0\x01\0\x18\0";
        check(core, 3 * 16, (5, 3));
        let from_top = [
            b"\x28\0\0\0\x05\0\0\0\xFD\xFF\xFF\xFF\x01\0\x01\0",
            &[0; 24][..],
        ]
        .concat();
        check(&from_top, 3 * 4, (5, 3));
        let mut packed = from_top;
        packed[16..24].copy_from_slice(b"\x01\0\0\0\x07\0\0\0");
        check(&packed, 7, (5, 3));
    }

    #[test]
    fn a_palette_ends_before_the_pixels() {
        let mut info = [b"\x28\0\0\0\x05\0\0\0\x03\0\0\0\x01\0\x08\0", &[0; 24][..]].concat();
        info[32] = 2;
        let palette = [&info[..], &[0; 8]].concat();
        check(&palette, 3 * 8, (5, 3));
        assert_eq!(
            identify(&bitmap(&info, 24)).flaw(),
            Some(Flaw::BadStructure)
        );
        info[35] = 0xFF;
        assert_eq!(
            identify(&bitmap(&info, 24)).flaw(),
            Some(Flaw::BadStructure)
        );
        let one_bit = [&info[..14], &[1], &info[15..], &[0; 8]].concat();
        check(&one_bit, 3 * 4, (5, 3));
    }
}
