//! Where do decoded bytes leave, and how many may?

use std::io::{self, Write};

use super::Decode;
use crate::digest::Hasher;
use crate::exchange::Why;
use crate::fetch::Sink;
use crate::fetch::fault::{Fault, Halt};

/// How much may leave.
#[derive(Debug, Clone, Copy)]
pub(in crate::fetch) struct Room {
    /// Bytes of a body at most, as sent and as decoded.
    pub(in crate::fetch) bytes_max: u64,
    /// Bytes of it that the sink has from an answer before this one.
    pub(in crate::fetch) already: u64,
    /// Bytes of it in all, where an answer before this one broke off: a body that ends elsewhere is not that one.
    pub(in crate::fetch) total: Option<u64>,
}

/// Where decoded bytes leave: counts them, and keeps what went wrong.
#[derive(Debug)]
pub(in crate::fetch) struct Outlet<S> {
    /// Taken at the end.
    sink: Option<S>,
    room: Room,
    bytes: u64,
    halt: Option<Halt>,
}

impl<S: Sink> Outlet<S> {
    pub(in crate::fetch) fn new(sink: S, room: Room) -> Self {
        Self {
            sink: Some(sink),
            bytes: room.already,
            room,
            halt: None,
        }
    }

    /// Returns the sink; nothing more can be written.
    pub(in crate::fetch) fn close(&mut self) -> Option<S> {
        self.sink.take()
    }

    /// Tells the sink that the body is whole.
    pub(in crate::fetch) fn complete(&mut self) -> Result<(), Halt> {
        self.sink
            .as_mut()
            .map_or(Ok(()), Sink::end)
            .map_err(Halt::Sink)
    }

    /// Returns the state of a SHA-256 of all that the sink has taken, if it keeps one.
    pub(in crate::fetch) fn hasher(&self) -> Option<Hasher> {
        self.sink.as_ref().and_then(Sink::hasher)
    }

    /// Returns what stopped a decoder that reported `error`: the outlet itself, or else its input.
    pub(in crate::fetch) fn halted(&mut self, error: &io::Error) -> Halt {
        self.halt
            .take()
            .unwrap_or_else(|| Halt::Fault(Fault::new(Why::BadEncoding, error.to_string())))
    }

    fn stop(&mut self, halt: Halt) -> io::Error {
        self.halt = Some(halt);
        closed()
    }
}

fn closed() -> io::Error {
    io::Error::other("the outlet is closed")
}

impl<S: Sink> Write for Outlet<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.halt.is_some() {
            return Err(closed());
        }
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.room.bytes_max {
            let detail = format!("more than {} bytes when decoded", self.room.bytes_max);
            return Err(self.stop(Halt::Fault(Fault::new(Why::TooLarge, detail))));
        }
        match self.sink.as_mut().map(|sink| sink.write(bytes)) {
            Some(Ok(())) => Ok(bytes.len()),
            Some(Err(error)) => Err(self.stop(Halt::Sink(error))),
            None => Err(closed()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink> Decode<S> for Outlet<S> {
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn outlet(&mut self) -> &mut Outlet<S> {
        self
    }
}
