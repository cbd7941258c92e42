//! Are the bytes of a blob those of its name, and of the type that snapshots say? Reads it once.

use std::slice;

use crate::archive::{ArchiveError, BlobFile};
use crate::digest::Digest;
use crate::event::Event;
use crate::finding::Code;
use crate::media::{MediaType, Probe};
use crate::proven::Key;
use crate::verify::affected::Bad;
use crate::verify::findings::trouble;
use crate::verify::names::Name;
use crate::verify::{Depth, Pass};

use super::ahead::{Ahead, Hashed};
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
        let mut found = match &mut self.ahead {
            Some(ahead) => ahead.take(file),
            None => Ok(None),
        };
        let is_right = matches!(&found, Ok(Some(hashed)) if hashed.digest == file.digest);
        if let Some(rack) = self.rack
            && !is_right
            && !self.pass.options.is_stopped()
        {
            let is_probed = |file: &BlobFile| !unproven(self.pass, file, said).is_empty();
            let is_stopped = || self.pass.options.is_stopped();
            found = Ahead::new(rack, slice::from_ref(file), &is_probed, &is_stopped).take(file);
        }
        let Some(Hashed {
            digest,
            bytes,
            probe,
        }) = found?
        else {
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
            self.check_types(file, probe, &unproven(self.pass, file, said));
        }
        Ok(Some(bytes))
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

/// Returns what snapshots say of a blob's type that was not proven before.
pub(super) fn unproven<'a>(
    pass: &Pass<'_>,
    file: &BlobFile,
    said: &[&'a Name],
) -> Vec<(&'a Name, &'static MediaType)> {
    let types = said.iter().filter_map(|name| Some((*name, name.media()?)));
    let proven = pass.options.proven.as_deref();
    let is_proven =
        |media| proven.is_some_and(|proven| proven.knows(type_key(&file.digest, media)));
    types.filter(|(_, media)| !is_proven(media)).collect()
}

/// Stands for the proof that a blob is of a type.
fn type_key(digest: &Digest, media: &MediaType) -> Key {
    Key::of("type", [&digest.as_bytes()[..], media.essence().as_bytes()])
}
