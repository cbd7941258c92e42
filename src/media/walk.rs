//! How does a reader of structure get its bytes, however they are cut into pieces? Pure.
//!
//! A [`Walker`] says what it wants next, a few bytes together or a stretch to pass over; [`Walk`] gives it exactly that.
//! So where the network cuts the bytes cannot matter, and nothing but a few bytes is ever held.

use std::fmt;

use memchr::memchr;

use super::fault::{Fault, Flaw};

/// What a walker wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// So many bytes (a few dozen at most), handed over together.
    Bytes(usize),
    /// To pass over so many bytes.
    Skip(u64),
    /// To see the next so many bytes in whatever pieces they come.
    Pieces(u64),
    /// To pass over everything up to and including this byte.
    Find(u8),
    /// Nothing: whatever comes still belongs to it.
    Rest,
    /// Nothing: it is whole, and whatever comes is something else, as were so many of the bytes handed over already.
    End(u64),
}

/// What a walker has learnt.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The type, where only walking tells it.
    pub(super) media: Option<super::MediaType>,
    /// Width in pixels.
    pub(super) width: Option<u32>,
    /// Height in pixels.
    pub(super) height: Option<u32>,
    /// How many pictures follow each other in it, where they are counted.
    pub(super) frames: Option<u64>,
}

impl Facts {
    /// Returns what is known of a picture of this width and height.
    pub(super) fn of_size(size: Option<(u32, u32)>) -> Self {
        let (width, height) = size.unzip();
        Self {
            width,
            height,
            ..Self::default()
        }
    }
}

/// One format's structure as a machine of small steps.
///
/// Every step that asks for no bytes must lead to one that does, so that work stays linear.
pub(super) trait Walker: fmt::Debug + Send {
    /// Takes the bytes wanted last (none at the start and for wants other than [`Want::Bytes`]); says what comes next.
    fn step(&mut self, bytes: &[u8]) -> Result<Want, Flaw>;

    /// Sees one piece of what [`Want::Pieces`] asked for.
    fn piece(&mut self, _bytes: &[u8]) {}

    /// Says what is wrong if the bytes end here, between two steps.
    fn end(&self) -> Option<Flaw> {
        Some(Flaw::Truncated)
    }

    /// Says what the bytes are that it wants, for a person: `the checksum of a chunk`.
    fn expects(&self) -> &'static str;

    /// Returns the offset at which [`Self::piece`] saw what [`Self::end`] will say, if it did before the end.
    fn noticed_at(&self) -> Option<u64> {
        None
    }

    /// Returns what was learnt so far.
    fn facts(&self) -> Facts;

    /// Returns the name of the document element of markup, in lowercase and without its prefix.
    fn root(&self) -> Option<&str> {
        None
    }
}

/// A walker on its way.
#[derive(Debug)]
pub(super) struct Walk {
    walker: Box<dyn Walker>,
    want: Want,
    held: Vec<u8>,
    /// How many bytes were taken in.
    taken: u64,
    fault: Option<Fault>,
}

impl Walk {
    /// Sets `walker` on its way.
    pub(super) fn new(walker: Box<dyn Walker>) -> Self {
        Self {
            walker,
            want: Want::Skip(0),
            held: Vec::new(),
            taken: 0,
            fault: None,
        }
    }

    /// Takes in the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let end = self.taken + bytes.len() as u64;
        self.walk(bytes, end);
        self.taken = end;
    }

    /// Walks on through `bytes`, which end at the offset `end`.
    fn walk(&mut self, mut bytes: &[u8], end: u64) {
        // An empty piece still settles wants of length zero.
        while self.fault.is_none() {
            match &mut self.want {
                Want::Bytes(wanted) => {
                    let missing = wanted.saturating_sub(self.held.len());
                    self.held
                        .extend_from_slice(take(&mut bytes, missing as u64));
                    if self.held.len() < *wanted {
                        return;
                    }
                    let held = std::mem::take(&mut self.held);
                    self.step(&held, end - bytes.len() as u64);
                    self.held = held;
                    self.held.clear();
                }
                Want::Skip(left) => {
                    *left -= take(&mut bytes, *left).len() as u64;
                    if *left > 0 {
                        return;
                    }
                    self.step(&[], end - bytes.len() as u64);
                }
                Want::Pieces(left) => {
                    let piece = take(&mut bytes, *left);
                    *left -= piece.len() as u64;
                    self.walker.piece(piece);
                    if *left > 0 {
                        return;
                    }
                    self.step(&[], end - bytes.len() as u64);
                }
                Want::Find(byte) => {
                    let Some(at) = memchr(*byte, bytes) else {
                        return;
                    };
                    bytes = &bytes[at + 1..];
                    self.step(&[], end - bytes.len() as u64);
                }
                Want::Rest => return,
                Want::End(beyond) => {
                    *beyond += bytes.len() as u64;
                    return;
                }
            }
        }
    }

    /// Hands over `bytes`, which end at the offset `end`.
    fn step(&mut self, bytes: &[u8], end: u64) {
        let expected = self.walker.expects();
        match self.walker.step(bytes) {
            Ok(want) => self.want = want,
            Err(flaw) => {
                self.fault = Some(Fault {
                    flaw,
                    at: end - bytes.len() as u64,
                    expected,
                });
            }
        }
    }

    /// Returns what is wrong if nothing more comes.
    pub(super) fn fault(&self) -> Option<Fault> {
        let at_end = || {
            let flaw = match self.want {
                Want::Rest | Want::End(_) => None,
                Want::Bytes(_) if self.held.is_empty() => self.walker.end(),
                Want::Pieces(_) => self.walker.end(),
                Want::Bytes(_) | Want::Skip(_) | Want::Find(_) => Some(Flaw::Truncated),
            };
            Some(Fault {
                flaw: flaw?,
                at: self.walker.noticed_at().unwrap_or(self.taken),
                expected: self.walker.expects(),
            })
        };
        self.fault.or_else(at_end)
    }

    /// Returns how many bytes came after the end.
    pub(super) fn trailing(&self) -> u64 {
        match self.want {
            Want::End(beyond) if self.fault.is_none() => beyond,
            _ => 0,
        }
    }

    /// Returns what was learnt.
    pub(super) fn facts(&self) -> Facts {
        self.walker.facts()
    }

    /// Returns the name of the document element of markup.
    pub(super) fn root(&self) -> Option<&str> {
        self.walker.root()
    }
}

/// Splits off the first `wanted` of `bytes`, or as many as there are.
fn take<'a>(bytes: &mut &'a [u8], wanted: u64) -> &'a [u8] {
    let count = usize::try_from(wanted).map_or(bytes.len(), |wanted| wanted.min(bytes.len()));
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

/// A walker for what has no structure to check.
#[derive(Debug)]
pub(super) struct Opaque;

impl Walker for Opaque {
    fn step(&mut self, _bytes: &[u8]) -> Result<Want, Flaw> {
        Ok(Want::Rest)
    }

    fn expects(&self) -> &'static str {
        "anything"
    }

    fn facts(&self) -> Facts {
        Facts::default()
    }
}

/// Returns the big-endian number of up to eight bytes.
pub(super) fn big(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Returns the little-endian number of up to eight bytes.
pub(super) fn little(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Returns `number` as a length in pixels.
pub(super) fn pixels(number: u64) -> Option<u32> {
    u32::try_from(number).ok()
}
