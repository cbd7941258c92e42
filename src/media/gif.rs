//! Is a GIF whole, block by block up to its trailer? Pure.
//!
//! `GIF89a` §15-§27. A stray zero between blocks is passed over, as browsers do.

use super::walk::{Facts, Flaw, Walker, Want, little, pixels};

#[derive(Debug, Default)]
pub(super) struct Gif {
    state: State,
    frames: bool,
    size: Option<(u32, u32)>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    /// Signature and logical screen.
    Screen,
    /// Before a block.
    Between,
    /// A block's first byte.
    Block,
    /// An image descriptor without its first byte.
    Image,
    /// After an image's colour table: the code size.
    CodeSize,
    /// Before a sub-block.
    SubBlock,
    /// A sub-block's length.
    SubBlockLength,
}

impl Walker for Gif {
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw> {
        let (state, want) = match self.state {
            State::Start => (State::Screen, Want::Bytes(13)),
            State::Screen => {
                self.size = pixels(little(&bytes[6..8])).zip(pixels(little(&bytes[8..10])));
                (State::Between, Want::Skip(color_table(bytes[10])))
            }
            State::Between => (State::Block, Want::Bytes(1)),
            State::Block => return self.block(bytes[0]),
            State::Image => (State::CodeSize, Want::Skip(color_table(bytes[8]))),
            State::CodeSize => {
                self.frames = true;
                (State::SubBlock, Want::Skip(1))
            }
            State::SubBlock => (State::SubBlockLength, Want::Bytes(1)),
            State::SubBlockLength if bytes[0] == 0 => (State::Block, Want::Bytes(1)),
            State::SubBlockLength => (State::SubBlock, Want::Skip(bytes[0].into())),
        };
        self.state = state;
        Ok(want)
    }

    fn facts(&self) -> Facts {
        Facts::of_size(self.size)
    }
}

impl Gif {
    fn block(&mut self, first: u8) -> Result<Want, Flaw> {
        let (state, want) = match first {
            0x00 => (State::Block, Want::Bytes(1)),
            0x21 => (State::SubBlock, Want::Skip(1)),
            0x2C => (State::Image, Want::Bytes(9)),
            0x3B if self.frames => return Ok(Want::End(0)),
            0x3B => return Err(Flaw::NoPixels),
            _ => return Err(Flaw::BadStructure),
        };
        self.state = state;
        Ok(want)
    }
}

/// Returns the length of the colour table that a packed field announces.
fn color_table(packed: u8) -> u64 {
    if packed & 0x80 == 0 {
        0
    } else {
        3 << ((packed & 7) + 1)
    }
}
