//! Is a WebP whole, chunk by chunk to the end that its RIFF header states? Pure.
//!
//! RFC 9649 §2: RIFF header, then `VP8 ` or `VP8L`, or `VP8X` with an image among the chunks that follow.

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, little, pixels};

#[derive(Debug, Default)]
pub(super) struct Webp {
    state: State,
    /// How many bytes the RIFF header still promises.
    left: u64,
    pixels: bool,
    frames: u64,
    size: Option<(u32, u32)>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    /// `RIFF`, length, `WEBP`.
    Riff,
    /// Before a chunk.
    Between,
    /// A chunk's type and length.
    Chunk,
    /// The head of the chunk of this type and with so many bytes behind it.
    Image([u8; 4], u64),
}

/// A chunk's type and length.
const CHUNK_HEAD_BYTES: u64 = 8;

impl Walker for Webp {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        match self.state {
            State::Start => {
                self.state = State::Riff;
                Ok(Want::Bytes(12))
            }
            State::Riff => {
                let length = little(&bytes[4..8]);
                self.left = length.checked_sub(4).ok_or(Flaw::BadStructure)?;
                self.between()
            }
            State::Between => self.between(),
            State::Chunk => self.chunk(bytes),
            State::Image(kind, rest) => {
                self.size = dimensions(kind, bytes);
                self.state = State::Between;
                self.size
                    .map(|_| Want::Skip(rest))
                    .ok_or(Flaw::BadStructure)
            }
        }
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Start | State::Riff => "the RIFF header",
            State::Between => "the data of a chunk",
            State::Chunk => {
                "type and length of a chunk, within the length that the RIFF header states"
            }
            State::Image(..) => "the head of an image",
        }
    }

    fn facts(&self) -> Facts {
        let still = u64::from(self.pixels);
        Facts {
            frames: Some(self.frames.max(still)),
            ..Facts::of_size(self.size)
        }
    }
}

impl Webp {
    fn between(&mut self) -> Result<Want, Flaw> {
        if self.left < CHUNK_HEAD_BYTES {
            // A lone padding byte may be left.
            return match std::mem::take(&mut self.left) {
                _ if !self.pixels => Err(Flaw::NoPixels),
                0 => Ok(Want::End(0)),
                padding => Ok(Want::Skip(padding)),
            };
        }
        self.state = State::Chunk;
        Ok(Want::Bytes(8))
    }

    fn chunk(&mut self, head: &[u8]) -> Result<Want, Flaw> {
        let kind = [head[0], head[1], head[2], head[3]];
        let length = little(&head[4..]);
        let left = self.left - CHUNK_HEAD_BYTES;
        if length > left {
            return Err(Flaw::BadStructure);
        }
        // Chunks are padded to an even length; some writers leave the last one unpadded.
        let padded = (length + length % 2).min(left);
        self.left = left - padded;
        self.pixels |= matches!(&kind, b"VP8 " | b"VP8L" | b"ANMF");
        self.frames += u64::from(&kind == b"ANMF");
        if self.size.is_some() {
            self.state = State::Between;
            return Ok(Want::Skip(padded));
        }
        let head_bytes = match &kind {
            b"VP8 " | b"VP8X" => 10,
            b"VP8L" => 5,
            _ => return Err(Flaw::BadStructure),
        };
        let rest = padded.checked_sub(head_bytes as u64);
        self.state = State::Image(kind, rest.ok_or(Flaw::BadStructure)?);
        Ok(Want::Bytes(head_bytes))
    }
}

/// Returns the dimensions in the head of an image chunk.
fn dimensions(kind: [u8; 4], head: &[u8]) -> Option<(u32, u32)> {
    let (width, height) = match &kind {
        b"VP8L" if head[0] == 0x2F => {
            let bits = little(&head[1..5]);
            ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        }
        b"VP8X" => (little(&head[4..7]) + 1, little(&head[7..10]) + 1),
        b"VP8 " if head[3..6] == [0x9D, 0x01, 0x2A] => {
            (little(&head[6..8]) & 0x3FFF, little(&head[8..10]) & 0x3FFF)
        }
        _ => return None,
    };
    pixels(width).zip(pixels(height))
}
