//! Is a PNG whole, every critical chunk as its checksum says? Home of flate2's CRC. Pure.
//!
//! PNG (W3C, third edition) §5: signature, chunks, `IEND`. A wrong checksum in an ancillary chunk is passed over, as
//! every browser does.

use flate2::Crc;

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, big, pixels};

/// No chunk is longer (PNG §5.3).
const CHUNK_BYTES_MAX: u64 = 0x7FFF_FFFF;

#[derive(Default)]
pub(super) struct Png {
    state: State,
    crc: Crc,
    kind: [u8; 4],
    pixels: bool,
    size: Option<(u32, u32)>,
    /// How many frames an animation says it has.
    frames: Option<u64>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    /// After the signature or a chunk.
    Between,
    /// A chunk's length and type.
    Chunk,
    /// The data of `IHDR`.
    Header,
    /// The data of `acTL`: number of frames and of plays.
    Animation,
    /// The end of a chunk's data.
    DataEnd,
    /// A chunk's checksum.
    Checksum,
}

impl Walker for Png {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        match self.state {
            State::Start => self.go(State::Between, Want::Skip(8)),
            State::Between => self.go(State::Chunk, Want::Bytes(8)),
            State::Chunk => self.chunk(bytes),
            State::Header => self.header(bytes),
            State::Animation => {
                self.crc.update(bytes);
                self.frames = Some(big(&bytes[..4]));
                self.go(State::Checksum, Want::Bytes(4))
            }
            State::DataEnd => self.go(State::Checksum, Want::Bytes(4)),
            State::Checksum => self.checksum(big(bytes)),
        }
    }

    fn piece(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Start | State::Between => "the signature",
            State::Chunk => "length and type of a chunk",
            State::Header => "the header",
            State::Animation | State::DataEnd => "the data of a chunk",
            State::Checksum => "the checksum of a chunk",
        }
    }

    fn facts(&self) -> Facts {
        let still = self.pixels.then_some(1);
        Facts {
            frames: self.frames.or(still),
            ..Facts::of_size(self.size)
        }
    }
}

impl Png {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last word of most steps, which may fail"
    )]
    fn go(&mut self, state: State, want: Want) -> Result<Want, Flaw> {
        self.state = state;
        Ok(want)
    }

    fn chunk(&mut self, head: &[u8]) -> Result<Want, Flaw> {
        let length = big(&head[..4]);
        self.kind.copy_from_slice(&head[4..]);
        self.crc.reset();
        self.crc.update(&self.kind);
        let expected = if self.size.is_none() {
            &self.kind == b"IHDR" && length == 13
        } else {
            &self.kind != b"IHDR" && length <= CHUNK_BYTES_MAX
        };
        if !expected || !self.kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Flaw::BadStructure);
        }
        if self.size.is_none() {
            return self.go(State::Header, Want::Bytes(13));
        }
        self.pixels |= &self.kind == b"IDAT" && length > 0;
        if &self.kind == b"acTL" && length == 8 {
            return self.go(State::Animation, Want::Bytes(8));
        }
        self.go(State::DataEnd, Want::Pieces(length))
    }

    fn header(&mut self, data: &[u8]) -> Result<Want, Flaw> {
        self.crc.update(data);
        let (width, height) = (pixels(big(&data[..4])), pixels(big(&data[4..8])));
        let depths: &[u8] = match data[9] {
            0 => &[1, 2, 4, 8, 16],
            3 => &[1, 2, 4, 8],
            2 | 4 | 6 => &[8, 16],
            _ => &[],
        };
        let sound = depths.contains(&data[8]) && data[10] == 0 && data[11] == 0 && data[12] <= 1;
        self.size = width.zip(height).filter(|(w, h)| *w > 0 && *h > 0);
        if !sound || self.size.is_none() {
            return Err(Flaw::BadStructure);
        }
        self.go(State::Checksum, Want::Bytes(4))
    }

    fn checksum(&mut self, written: u64) -> Result<Want, Flaw> {
        let critical = self.kind[0].is_ascii_uppercase();
        if critical && written != u64::from(self.crc.sum()) {
            return Err(Flaw::BadChecksum);
        }
        match &self.kind {
            b"IEND" if self.pixels => Ok(Want::End(0)),
            b"IEND" => Err(Flaw::NoPixels),
            _ => self.go(State::Chunk, Want::Bytes(8)),
        }
    }
}

impl std::fmt::Debug for Png {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Png")
            .field("state", &self.state)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
