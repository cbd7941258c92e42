//! Are the bytes of a blob those of its name, and of the type that snapshots say? Reads it once.

use crate::archive::{ArchiveError, BlobFile};
use crate::digest::{Digest, Hasher};
use crate::event::Event;
use crate::finding::Code;
use crate::media::{MediaType, Probe};
use crate::proven::Key;
use crate::verify::Depth;
use crate::verify::affected::Bad;
use crate::verify::findings::trouble;
use crate::verify::names::Name;

use super::{Read, Work};

impl Work<'_> {
    /// Reads a blob, and says what is wrong with its bytes.
    pub(super) fn read(&mut self, file: &BlobFile, said: &[&Name]) -> Read {
        let read = match self.pass.options.depth {
            Depth::Whole => self.hash(file, said),
            Depth::WithoutBlobs | Depth::Quick => self.look(file),
        };
        match read {
            Ok(Some(bytes)) => Read::Right(bytes),
            Ok(None) => Read::Nothing,
            Err(error) if error.is_absent() => {
                // It was there a moment ago, so somebody deleted it: whoever prunes may do so where it is not needed.
                if !said.is_empty() {
                    let message = "a snapshot names it, and it is not there";
                    self.pass.bad.add(Bad::of_blob(
                        &file.digest,
                        Code::BlobMissing,
                        &file.path(),
                        message,
                    ));
                }
                Read::Nothing
            }
            Err(error) => {
                let (code, message) = trouble(&error);
                self.pass.count(|counts| {
                    counts.blobs += 1;
                    counts.not_checked += 1;
                });
                self.pass
                    .bad
                    .add(Bad::of_blob(&file.digest, code, &file.path(), message));
                Read::Nothing
            }
        }
    }

    fn look(&self, file: &BlobFile) -> Result<Option<u64>, ArchiveError> {
        let Some(rack) = &self.rack else {
            return Ok(None);
        };
        let length = rack.length(file)?;
        if let Some(bytes) = length {
            self.pass.count(|counts| {
                counts.blobs += 1;
                counts.bytes += bytes;
                counts.not_checked += 1;
            });
            (self.pass.tell)(Event::Checked { bytes });
        }
        Ok(length)
    }

    /// Hashes a blob; a second time before it is condemned, since memory and buses fail more often than disks.
    fn hash(&mut self, file: &BlobFile, said: &[&Name]) -> Result<Option<u64>, ArchiveError> {
        let types = self.unproven(file, said);
        let mut probe = (!types.is_empty()).then(Probe::default);
        let mut found = self.digest(file, probe.as_mut());
        if !matches!(&found, Ok(Some((digest, _))) if *digest == file.digest)
            && !self.pass.options.is_stopped()
        {
            probe = None;
            found = self.digest(file, None);
        }
        let Some((digest, bytes)) = found? else {
            self.pass.count(|counts| counts.not_checked += 1);
            return Ok(None);
        };
        self.pass.count(|counts| {
            counts.blobs += 1;
            counts.bytes += bytes;
        });
        (self.pass.tell)(Event::Checked { bytes });
        if digest != file.digest {
            let message = format!("its bytes have the digest {digest}");
            self.pass.bad.add(Bad::of_blob(
                &file.digest,
                Code::BlobAltered,
                &file.path(),
                message,
            ));
            return Ok(None);
        }
        if let Some(probe) = probe {
            self.check_types(file, probe, &types);
        }
        Ok(Some(bytes))
    }

    fn digest(
        &mut self,
        file: &BlobFile,
        mut probe: Option<&mut Probe>,
    ) -> Result<Option<(Digest, u64)>, ArchiveError> {
        let Some(rack) = &self.rack else {
            return Ok(None);
        };
        let mut hasher = Hasher::default();
        let mut take = |piece: &[u8]| {
            hasher.update(piece);
            if let Some(probe) = &mut probe {
                probe.feed(piece);
            }
            !self.pass.options.is_stopped()
        };
        let (bytes, is_whole) = rack.read(file, self.buffer, &mut take)?;
        Ok(is_whole.then(|| (hasher.finish(), bytes)))
    }

    /// Returns what snapshots say of a blob's type that was not proven before.
    fn unproven<'a>(
        &self,
        file: &BlobFile,
        said: &[&'a Name],
    ) -> Vec<(&'a Name, &'static MediaType)> {
        let types = said.iter().filter_map(|name| Some((*name, name.media()?)));
        let proven = self.pass.options.proven.as_deref();
        let is_proven =
            |media| proven.is_some_and(|proven| proven.knows(type_key(&file.digest, media)));
        types.filter(|(_, media)| !is_proven(media)).collect()
    }

    /// Says which snapshots are wrong about the type of a blob whose bytes are right.
    fn check_types(&self, file: &BlobFile, probe: Probe, types: &[(&Name, &'static MediaType)]) {
        let verdict = probe.finish();
        for (name, media) in types {
            if verdict.is_of(media) {
                if let Some(proven) = &self.pass.options.proven {
                    proven.learn(type_key(&file.digest, media));
                }
                continue;
            }
            let message = format!(
                "it says that the blob {} is {media}, and its bytes are {}",
                file.digest,
                verdict.media()
            );
            self.pass
                .bad
                .add(Bad::of_snapshot(name, Code::MediaWrong, message));
        }
    }
}

/// Stands for the proof that a blob is of a type.
fn type_key(digest: &Digest, media: &MediaType) -> Key {
    Key::of("type", [&digest.as_bytes()[..], media.essence().as_bytes()])
}
