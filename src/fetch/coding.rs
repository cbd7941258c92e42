//! What do the bytes on the wire mean? Content codings (RFC 9110 §8.4), undone as the bytes come.
//!
//! Decoders are writers, one inside the other, around an [`Outlet`] that counts and hands on. It stops them in the
//! midst of a write, so a few bytes that decode to gigabytes cost no more than the limit.

mod gzip;
mod outlet;

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::{Decompress, FlushDecompress, Status};

use self::gzip::Gzip;
pub(super) use self::outlet::{Outlet, Room};
use super::Sink;
use super::fault::{Fault, Halt};
use crate::exchange::Why;

/// Codings in a row at most. Nobody sends more than one; each costs a window of memory.
const CODINGS_MAX: usize = 4;
/// Bytes decoded at a time.
const STEP_BYTES: usize = 32 << 10;

/// What can be asked for and decoded.
pub(super) const ACCEPTED: &str = "gzip, deflate, br";

/// A writer that decodes into the next.
pub(super) trait Decode<S>: Write + Send {
    /// Ends the stream; an error if it is not complete.
    fn end(&mut self) -> io::Result<()>;

    /// Returns the innermost writer.
    fn outlet(&mut self) -> &mut Outlet<S>;
}

/// Any decoder.
pub(super) type Decoder<S> = Box<dyn Decode<S>>;

/// A content coding that can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// Reads the value of a `Content-Encoding` field, or of several joined by commas: the codings in the order in which they were
/// applied; none where the bytes are as they are.
pub(super) fn parse(codings: &str) -> Result<Vec<Coding>, Fault> {
    let named = codings
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !matches!(coding.as_str(), "" | "identity"));
    let mut known = Vec::new();
    for coding in named {
        if known.len() == CODINGS_MAX {
            return Err(Fault::new(
                Why::BadEncoding,
                format!("more than {CODINGS_MAX} content codings"),
            ));
        }
        known.push(match coding.as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            _ => {
                return Err(Fault::new(
                    Why::BadEncoding,
                    format!("unknown content coding {coding:?}"),
                ));
            }
        });
    }
    Ok(known)
}

/// Returns the writer that undoes `codings`.
pub(super) fn decoder<S: Sink>(codings: &[Coding], outlet: Outlet<S>) -> Decoder<S> {
    // The coding applied first is listed first, and undone last: it is the innermost.
    codings
        .iter()
        .fold(Box::new(outlet), |next: Decoder<S>, coding| match coding {
            Coding::Gzip => Box::new(Gzip::new(next)),
            Coding::Deflate => Box::new(Deflate::new(next)),
            Coding::Brotli => Box::new(Brotli {
                decoder: DecompressorWriter::new(next, STEP_BYTES),
                ended: false,
            }),
        })
}

/// Decodes `wire`, bytes that are at hand, as if they came in pieces of `piece` bytes. Gives `bytes_max` bytes at most.
///
/// # Errors
/// When the bytes are not whole, not in these codings, or too many: the code that a snapshot would record.
pub fn decode(codings: &str, wire: &[u8], piece: usize, bytes_max: u64) -> Result<Vec<u8>, Why> {
    let codings = parse(codings).map_err(|fault| fault.why)?;
    let room = Room {
        bytes_max,
        already: 0,
        total: None,
    };
    let mut decoder = decoder(&codings, Outlet::new(Vec::new(), room));
    let written = wire
        .chunks(piece.max(1))
        .try_for_each(|piece| decoder.write_all(piece));
    match written.and_then(|()| decoder.end()) {
        Ok(()) => Ok(decoder.outlet().close().unwrap_or_default()),
        Err(error) => match decoder.outlet().halted(&error) {
            Halt::Fault(fault) => Err(fault.why),
            // A vector takes everything.
            Halt::Sink(_) => Err(Why::BadEncoding),
        },
    }
}

/// The coding `br` (RFC 7932). What follows the end of the stream is passed over, as with the others.
struct Brotli<W: Write> {
    decoder: DecompressorWriter<W>,
    ended: bool,
}

impl<W: Write> Write for Brotli<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.ended || bytes.is_empty() {
            return Ok(bytes.len());
        }
        let taken = self.decoder.write(bytes)?;
        // It takes all that it is given until the stream has ended.
        self.ended = taken < bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink> Decode<S> for Brotli<Decoder<S>> {
    fn end(&mut self) -> io::Result<()> {
        self.decoder.close()?;
        self.decoder.get_mut().end()
    }

    fn outlet(&mut self) -> &mut Outlet<S> {
        self.decoder.get_mut().outlet()
    }
}

/// The coding `deflate`: zlib by the standard, but raw from some servers (RFC 9110 §8.4.1.2). The first two bytes tell.
struct Deflate<W> {
    next: W,
    first: Option<u8>,
    inflate: Option<Decompress>,
    ended: bool,
    step: Vec<u8>,
}

impl<W: Write> Deflate<W> {
    fn new(next: W) -> Self {
        Self {
            next,
            first: None,
            inflate: None,
            ended: false,
            step: vec![0; STEP_BYTES],
        }
    }

    fn inflate(&mut self, mut input: &[u8]) -> io::Result<()> {
        let Some(inflate) = &mut self.inflate else {
            return Ok(());
        };
        loop {
            if self.ended {
                // What follows the end is passed over, as with gzip.
                return Ok(());
            }
            let (taken, given) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(input, &mut self.step, FlushDecompress::None)?;
            let taken = advance(taken, inflate.total_in());
            let given = advance(given, inflate.total_out());
            self.next.write_all(&self.step[..given])?;
            input = &input[taken..];
            self.ended = status == Status::StreamEnd;
            if taken == 0 && given == 0 && !self.ended {
                return Ok(());
            }
        }
    }
}

/// Returns how far a counter of bytes of one buffer moved.
fn advance(from: u64, to: u64) -> usize {
    usize::try_from(to - from).expect("no more than a buffer, whose length is a usize")
}

/// Returns whether a stream that begins so is zlib (RFC 1950 §2.2).
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

impl<W: Write> Write for Deflate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        if self.inflate.is_none() {
            let Some((&byte, after)) = rest.split_first() else {
                return Ok(0);
            };
            rest = after;
            let Some(first) = self.first else {
                self.first = Some(byte);
                return Ok(1);
            };
            self.inflate = Some(Decompress::new(is_zlib(first, byte)));
            self.inflate(&[first, byte])?;
        }
        self.inflate(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink> Decode<S> for Deflate<Decoder<S>> {
    fn end(&mut self) -> io::Result<()> {
        if !self.ended {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the deflate stream is cut off",
            ));
        }
        self.next.end()
    }

    fn outlet(&mut self) -> &mut Outlet<S> {
        self.next.outlet()
    }
}

#[cfg(test)]
mod tests;
