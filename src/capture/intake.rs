//! Are these bytes what their place needs, and where are they kept? A body on its way from the network into the store.

use std::io;
use std::sync::Arc;

use crate::archive::{ArchiveError, BlobWriter, Stored, Writer};
use crate::digest::Hasher;
use crate::exchange::Why;
use crate::fetch::Sink;
use crate::media::{Class, Flaw, Probe, Unfit};
use crate::snapshot::Resource;

/// Takes a body in: into a blob in the making, and past the prover. The blob is begun with the first bytes: of a page's
/// hundred images, most still wait for their turn.
#[derive(Debug)]
pub(super) struct Intake {
    writer: Arc<Writer>,
    need: Class,
    blob: Option<BlobWriter>,
    probe: Probe,
    taken: Option<Taken>,
}

/// What a whole body came to: what was stored, or why nothing was.
pub(super) type Taken = Result<(Resource, Stored), Why>;

impl Sink for Intake {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.probe.feed(bytes);
        let blob = match &mut self.blob {
            Some(blob) => blob,
            none => none.insert(self.writer.blob().map_err(as_io)?),
        };
        blob.put(bytes).map_err(as_io)
    }

    fn restart(&mut self) {
        self.probe = Probe::default();
        self.blob = None;
        self.taken = None;
    }

    fn end(&mut self) -> io::Result<()> {
        self.taken = Some(self.store().map_err(as_io)?);
        Ok(())
    }

    fn hasher(&self) -> Option<Hasher> {
        let blob = self.blob.as_ref();
        Some(blob.map_or_else(Hasher::default, BlobWriter::hasher))
    }
}

/// Returns the error as one of the disk, of the same kind.
fn as_io(error: ArchiveError) -> io::Error {
    match &error {
        ArchiveError::Io { source, .. } => io::Error::new(source.kind(), error),
        _ => io::Error::other(error),
    }
}

impl Intake {
    /// Gets ready to take a body in that must be what `need` says.
    pub(super) fn new(writer: Arc<Writer>, need: Class) -> Self {
        Self {
            writer,
            need,
            blob: None,
            probe: Probe::default(),
            taken: None,
        }
    }

    /// Returns what the body came to that was told to be whole.
    pub(super) fn taken(self) -> Option<Taken> {
        self.taken
    }

    /// Stores the bytes if they are what is needed, or what another place could: the same address may stand there, and is
    /// not fetched again. A blob that no snapshot names leaves nothing behind.
    fn store(&mut self) -> Result<Taken, ArchiveError> {
        let verdict = std::mem::take(&mut self.probe).finish();
        let of_others = || {
            let classes = [Class::Image, Class::Font, Class::Media].into_iter();
            classes
                .map(|class| verdict.clone().prove(class))
                .find_map(Result::ok)
        };
        let proof = match verdict.clone().prove(self.need) {
            Ok(proof) => proof,
            Err(unfit) => match of_others() {
                Some(proof) => proof,
                None => return Ok(Err(why(&unfit))),
            },
        };
        let blob = match self.blob.take() {
            Some(blob) => blob,
            None => self.writer.blob()?,
        };
        let stored = blob.finish(proof.media().extension())?;
        let resource = Resource {
            digest: stored.digest,
            media: proof.media().clone(),
            size: stored.bytes,
            width: proof.width(),
            height: proof.height(),
        };
        Ok(Ok((resource, stored)))
    }
}

fn why(unfit: &Unfit) -> Why {
    match unfit {
        Unfit::Empty => Why::EmptyBody,
        Unfit::Html => Why::HtmlInstead,
        Unfit::Json => Why::JsonInstead,
        Unfit::Broken(_, Flaw::TooManyPixels) => Why::TooManyPixels,
        Unfit::WrongKind(_) => Why::WrongKind,
        Unfit::Broken(..) => Why::BrokenImage,
    }
}
