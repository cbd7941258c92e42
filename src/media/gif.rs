//! Is a GIF whole, block by block up to its trailer? Pure.
//!
//! `GIF89a` §15-§27. A stray zero between blocks is passed over, as browsers do.

use super::fault::Flaw;
use super::walk::{Facts, Walker, Want, little, pixels};

#[derive(Debug, Default)]
pub(super) struct Gif {
    state: State,
    frames: u64,
    /// Whether it says that it is an animation: how long a picture stays, or that they repeat.
    moves: bool,
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
    /// An extension's label.
    Extension,
    /// The length of a graphic control extension.
    ControlLength,
    /// A graphic control extension.
    Control,
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
            State::Extension => {
                self.moves |= bytes[0] == APPLICATION;
                let is_control = bytes[0] == GRAPHIC_CONTROL;
                let next = if is_control {
                    State::ControlLength
                } else {
                    State::SubBlockLength
                };
                (next, Want::Bytes(1))
            }
            State::ControlLength if bytes[0] == 4 => (State::Control, Want::Bytes(4)),
            State::Control => {
                self.moves |= little(&bytes[1..3]) > 0;
                (State::SubBlockLength, Want::Bytes(1))
            }
            State::Image => (State::CodeSize, Want::Skip(color_table(bytes[8]))),
            State::CodeSize => {
                self.frames += 1;
                (State::SubBlock, Want::Skip(1))
            }
            State::SubBlock => (State::SubBlockLength, Want::Bytes(1)),
            State::SubBlockLength | State::ControlLength if bytes[0] == 0 => {
                (State::Block, Want::Bytes(1))
            }
            State::SubBlockLength | State::ControlLength => {
                (State::SubBlock, Want::Skip(bytes[0].into()))
            }
        };
        self.state = state;
        Ok(want)
    }

    /// A picture without its trailer is all there, and browsers show it; of an animation more may have followed.
    fn end(&self) -> Option<Flaw> {
        let is_whole = matches!(self.state, State::Block) && self.frames == 1 && !self.moves;
        Some(if is_whole {
            Flaw::NoEndMark
        } else {
            Flaw::Truncated
        })
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Start | State::Screen => "signature and logical screen",
            State::Between => "the global colour table",
            State::Block => "a block, or the trailer",
            State::Extension => "the label of an extension",
            State::ControlLength | State::Control => "a graphic control extension",
            State::Image => "an image descriptor",
            State::CodeSize => "a colour table and the code size",
            State::SubBlock => "the data of a block",
            State::SubBlockLength => "the length of a sub-block",
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            frames: Some(self.frames),
            ..Facts::of_size(self.size)
        }
    }
}

/// The label of a graphic control extension (§23).
const GRAPHIC_CONTROL: u8 = 0xF9;
/// The label of an application extension (§26).
const APPLICATION: u8 = 0xFF;

impl Gif {
    fn block(&mut self, first: u8) -> Result<Want, Flaw> {
        let (state, want) = match first {
            0x00 => (State::Block, Want::Bytes(1)),
            0x21 => (State::Extension, Want::Bytes(1)),
            0x2C => (State::Image, Want::Bytes(9)),
            0x3B if self.frames > 0 => return Ok(Want::End(0)),
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
