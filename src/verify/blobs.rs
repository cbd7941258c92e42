//! Are the bytes of every blob those of its name? Reads them all, in pieces, on every core.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::archive::{Archive, ArchiveError, ArchivePath, Area, Place, Sighting, layout};
use crate::digest::Digest;
use crate::event::{Event, Listener};
use crate::finding::Code;

use super::articles::Seen;
use super::findings::Findings;
use super::{Options, each, locked};

/// What was seen of blobs.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Blobs that are there.
    pub(super) blobs: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Blobs whose bytes were not read.
    pub(super) not_checked: u64,
    /// Blobs whose bytes are not those of their names.
    pub(super) altered: Vec<Altered>,
}

/// A blob whose bytes are not those of its name.
#[derive(Debug)]
pub(super) struct Altered {
    pub(super) digest: Digest,
    pub(super) path: String,
    pub(super) message: String,
}

/// Checks every blob, or those of one article: those that snapshots name, as was `seen`, and all others.
pub(super) fn check(
    archive: &Archive,
    options: &Options,
    seen: &Seen,
    tell: &Listener,
    findings: &Findings,
) -> Read {
    let read = Mutex::new(Read::default());
    let named = &seen.blobs;
    let one = |blob: &Blob| {
        let hashed = if options.quick {
            Hashed::Skipped
        } else {
            hash(archive, blob, named, findings)
        };
        tell(Event::Checked { bytes: blob.bytes });
        locked(&read).add(blob, &hashed);
    };
    if options.article.is_some() {
        each(named.iter(), options, |(digest, extension)| {
            let path = layout::blob(digest, extension);
            // What is not there was told of with its article.
            if let Ok(Some(bytes)) = archive.blob_length(digest, extension) {
                one(&Blob {
                    digest: *digest,
                    path,
                    bytes,
                });
            }
        });
    } else {
        each(archive.survey(Area::Blobs), options, |sighting| {
            if let Some(blob) = sighted(sighting, seen, findings) {
                one(&blob);
            }
        });
    }
    read.into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A file that is named as a blob.
struct Blob {
    digest: Digest,
    path: ArchivePath,
    bytes: u64,
}

/// What came of reading a blob.
enum Hashed {
    Right,
    /// Its bytes have another digest.
    Wrong(Digest),
    /// Not read, by option or because the disk refused.
    Skipped,
}

impl Read {
    fn add(&mut self, blob: &Blob, hashed: &Hashed) {
        self.blobs += 1;
        self.bytes += blob.bytes;
        match hashed {
            Hashed::Right => {}
            Hashed::Skipped => self.not_checked += 1,
            Hashed::Wrong(found) => self.altered.push(Altered {
                digest: blob.digest,
                path: blob.path.to_string(),
                message: format!("its bytes have the digest {found}"),
            }),
        }
    }
}

/// Returns the blob that was sighted, and says what is odd about it.
fn sighted(
    sighting: Result<Sighting, ArchiveError>,
    seen: &Seen,
    findings: &Findings,
) -> Option<Blob> {
    let named = &seen.blobs;
    let sighting = match sighting {
        Ok(sighting) => sighting,
        Err(error) => {
            findings.trouble("blobs", None, &error);
            return None;
        }
    };
    let Ok(Place::Blob(digest)) = sighting.place else {
        if !is_named(&sighting, named) {
            findings.stray(Area::Blobs, &sighting);
        }
        return None;
    };
    let path = ArchivePath::parse(&sighting.path)?;
    match named.get(&digest) {
        None if seen.removed.contains(&digest) => {}
        None => findings.add(Code::BlobOrphan, &path, None, "no snapshot names it"),
        Some(extension) if !path.name().ends_with(&format!(".{extension}")) => {
            let message = format!("snapshots know it as {}", layout::blob(&digest, extension));
            findings.add(Code::BlobMisplaced, &path, None, message);
        }
        Some(_) => {}
    }
    Some(Blob {
        digest,
        path,
        bytes: sighting.bytes,
    })
}

/// Returns whether it stands in the place of a blob that a snapshot names: then it was told of with its article.
fn is_named(sighting: &Sighting, named: &HashMap<Digest, &'static str>) -> bool {
    let place = ArchivePath::parse(&sighting.path).and_then(|path| layout::classify(&path));
    matches!(place, Some(Place::Blob(digest)) if named.contains_key(&digest))
}

/// Hashes a blob; a second time before it is condemned, since memory and buses fail more often than disks.
fn hash(
    archive: &Archive,
    blob: &Blob,
    named: &HashMap<Digest, &'static str>,
    findings: &Findings,
) -> Hashed {
    let read = || archive.digest(&blob.path).map(|(found, _)| found);
    let again = |found: Result<Digest, ArchiveError>| match found {
        Ok(found) if found == blob.digest => Ok(found),
        _ => read(),
    };
    match again(read()) {
        Ok(found) if found == blob.digest => Hashed::Right,
        Ok(found) => Hashed::Wrong(found),
        // It was pruned meanwhile.
        Err(error) if error.is_absent() && !named.contains_key(&blob.digest) => Hashed::Skipped,
        Err(error) => {
            findings.trouble(&blob.path, None, &error);
            Hashed::Skipped
        }
    }
}
