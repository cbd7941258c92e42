//! Where does a gzip member end, and what follows it?

use std::io::{self, Write};

use flate2::write::GzDecoder;

use super::{Decode, Decoder, Outlet, Sink};

/// The coding `gzip`: members, one after another (RFC 1952 §2.2), each with its own length and checksum.
pub(super) struct Gzip<W: Write>(Option<Stage<W>>);

#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Stage<W: Write> {
    /// In the midst of a member.
    Member(GzDecoder<W>),
    /// After one, and after the first byte of another's magic number if that was there.
    Between(W, bool),
    /// Behind the last one.
    Past(W),
}

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

impl<W: Write> Gzip<W> {
    pub(super) fn new(next: W) -> Self {
        Self(Some(Stage::Member(GzDecoder::new(next))))
    }

    fn stage(&mut self) -> &mut Stage<W> {
        self.0.as_mut().expect(PUT_BACK)
    }

    fn next(&mut self) -> &mut W {
        match self.stage() {
            Stage::Member(decoder) => decoder.get_mut(),
            Stage::Between(next, _) | Stage::Past(next) => next,
        }
    }
}

const PUT_BACK: &str = "the stage is put back before anybody looks";

impl<W: Write> Write for Gzip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(&byte) = bytes.first() else {
            return Ok(0);
        };
        if let Stage::Member(decoder) = self.stage() {
            match decoder.write(bytes)? {
                // It takes nothing more: the member has ended, if it is whole.
                0 => decoder.try_finish()?,
                taken => return Ok(taken),
            }
        }
        let (stage, taken) = match self.0.take().expect(PUT_BACK) {
            Stage::Member(decoder) => {
                let next = decoder.finish().expect("it was finished without fault");
                (Stage::Between(next, false), 0)
            }
            Stage::Between(next, false) if byte == GZIP_MAGIC[0] => (Stage::Between(next, true), 1),
            Stage::Between(next, true) if byte == GZIP_MAGIC[1] => {
                (Stage::Member(GzDecoder::new(next)), 1)
            }
            // Whatever follows and begins no member belongs to nobody: browsers, curl and gzip itself pass it over, and
            // what the members say is proven to be whole.
            Stage::Between(next, _) | Stage::Past(next) => (Stage::Past(next), bytes.len()),
        };
        let begins = matches!(stage, Stage::Member(_));
        self.0 = Some(stage);
        if let (true, Stage::Member(decoder)) = (begins, self.stage()) {
            decoder.write_all(&GZIP_MAGIC)?;
        }
        if taken == 0 {
            self.write(bytes)
        } else {
            Ok(taken)
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink> Decode<S> for Gzip<Decoder<S>> {
    fn end(&mut self) -> io::Result<()> {
        if let Stage::Member(decoder) = self.stage() {
            decoder.try_finish()?;
        }
        self.next().end()
    }

    fn outlet(&mut self) -> &mut Outlet<S> {
        self.next().outlet()
    }
}
