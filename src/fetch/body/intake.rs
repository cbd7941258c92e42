//! What is done to the bytes of a body as they come? They are counted and hashed as sent, decoded, and handed on.

use std::io::Write as _;

use bytes::Bytes;

use super::Read;
use crate::digest::{Digest, Hasher};
use crate::exchange::{Truncation, Why};
use crate::fetch::Sink;
use crate::fetch::coding::{self, Decoder, Outlet, Room};
use crate::fetch::fault::{Fault, Halt};
use crate::fetch::record::Transfer;

/// Takes the bytes of a body in. Blocks.
pub(super) struct Intake<S> {
    hashing: Hashing,
    bytes: u64,
    room: Room,
    decoder: Decoder<S>,
}

/// Who hashes the bytes as sent.
enum Hashing {
    /// The sink, which takes them as they come.
    Sink,
    /// We do.
    Ours(Hasher),
    /// Nobody any more.
    Done(Digest),
}

impl<S: Sink> Intake<S> {
    pub(super) fn new(codings: &[coding::Coding], sink: S, room: Room) -> Self {
        let as_sent = codings.is_empty() && room.already == 0 && sink.hasher().is_some();
        Self {
            hashing: if as_sent {
                Hashing::Sink
            } else {
                Hashing::Ours(Hasher::default())
            },
            bytes: 0,
            room,
            decoder: coding::decoder(codings, Outlet::new(sink, room)),
        }
    }

    /// Takes the next pieces.
    pub(super) fn take(&mut self, pieces: &[Bytes], last: bool) -> Result<(), Halt> {
        let mut taken = Ok(());
        for piece in pieces {
            self.bytes += piece.len() as u64;
            if taken.is_ok() {
                let hasher = self.decoder.outlet().hasher();
                taken = self.decoder.write_all(piece);
                // What the sink refuses came all the same.
                if let (Err(_), Hashing::Sink, Some(hasher)) = (&taken, &self.hashing, hasher) {
                    self.hashing = Hashing::Ours(hasher);
                }
            }
            if let Hashing::Ours(hasher) = &mut self.hashing {
                hasher.update(piece);
            }
        }
        // No bytes at all are an empty body in every coding: servers name one even then.
        if last && self.bytes > 0 {
            taken = taken.and_then(|()| self.decoder.end());
        }
        taken.map_err(|error| self.decoder.outlet().halted(&error))?;
        if last { self.complete() } else { Ok(()) }
    }

    /// Ends a body that came whole, by all that its answer said.
    fn complete(&mut self) -> Result<(), Halt> {
        let here = self.room.already + self.bytes;
        if let Some(total) = self.room.total.filter(|total| *total != here) {
            // It ends where it should not, by its own account: what else of it is true?
            let detail = format!("{here} bytes of {total} came");
            return Err(Halt::Fault(Fault::new(Why::ShortBody, detail)));
        }
        self.hashing = Hashing::Done(self.digest());
        self.decoder.outlet().complete()
    }

    /// Returns the digest of the bytes as sent.
    fn digest(&mut self) -> Digest {
        match &self.hashing {
            Hashing::Done(digest) => *digest,
            Hashing::Ours(hasher) => hasher.clone().finish(),
            Hashing::Sink => {
                let hasher = self.decoder.outlet().hasher();
                hasher.expect("it kept one from the start").finish()
            }
        }
    }

    /// Ends, with what came of it.
    pub(super) fn close(
        mut self,
        truncated: Option<Truncation>,
        result: Result<(), Halt>,
    ) -> Read<S> {
        let digest = self.digest();
        let sink = self.decoder.outlet().close();
        Read {
            transfer: Transfer {
                bytes: self.bytes,
                digest,
                truncated,
            },
            sink: sink.expect("nobody else closes the outlet"),
            result,
        }
    }
}
