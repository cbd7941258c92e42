//! Is every blob there that snapshots name, and under its own name? Goes through what stands in a rack and what is named of it
//! side by side.

mod ahead;
mod read;

use std::ops::RangeInclusive;

use crate::archive::{ArchiveError, ArchivePath, Area, BlobFile, Kind, RACKS, Rack, layout};
use crate::digest::Digest;
use crate::finding::Code;
use crate::media::EXTENSIONS;

use self::ahead::Ahead;

use super::affected::{About, Bad};
use super::findings::{no_file, trouble};
use super::names::Name;
use super::{Depth, Pass, Scope, each};

/// Every second byte that a digest may have.
const ALL: RangeInclusive<u8> = 0..=255;

/// Checks every blob that the pass is about.
pub(super) fn check(pass: &Pass<'_>) {
    let over = || pass.options.is_over();
    each(0..RACKS, pass.threads, over, |first| {
        let first = u8::try_from(first).unwrap_or(u8::MAX);
        check_rack(pass, first, &ALL);
    });
}

/// Says what stands among blobs and is none, but for what is in their racks.
pub(super) fn report_strays(pass: &Pass<'_>) {
    for sighting in pass.archive.beside_racks().flatten() {
        pass.report_sighting(Area::Blobs, sighting);
    }
}

/// Checks the blobs whose digests begin with the byte `first` and have a second one in the range.
pub(super) fn check_rack(pass: &Pass<'_>, first: u8, second: &RangeInclusive<u8>) {
    let mut names = pass.names.of(first, second);
    let mut rack = match open(pass, first, second, &names) {
        Ok(rack) => rack,
        Err(error) => {
            let (code, message) = trouble(&error);
            let path = format!("{}/{first:02x}", layout::blobs());
            if code == Code::Unreadable {
                report_unknown(pass, &names, &path);
            }
            pass.findings.add(code, path, None, message);
            if code == Code::Unreadable {
                return;
            }
            None
        }
    };
    let mut files = rack
        .as_mut()
        .map(|rack| std::mem::take(&mut rack.blobs))
        .unwrap_or_default();
    if let Scope::Part(part) = &pass.options.scope {
        let of_all = names.len().max(files.len());
        names.retain(|name| part.holds_blob(&name.digest));
        files.retain(|file| part.holds_blob(&file.digest));
        pass.count(|counts| {
            let of_part = names.len().max(files.len());
            counts.not_checked += of_all.saturating_sub(of_part) as u64;
        });
    }
    let is_probed = |file: &BlobFile| {
        let from = names.partition_point(|name| name.digest < file.digest);
        let said = names[from..]
            .iter()
            .take_while(|name| name.digest == file.digest);
        !read::unproven(pass, file, &needed_as(file, said)).is_empty()
    };
    let is_stopped = || pass.options.is_stopped();
    let ahead = |rack| Ahead::new(rack, &files, &is_probed, &is_stopped);
    let mut work = Work {
        pass,
        rack: rack.as_ref(),
        ahead: rack.as_ref().map(ahead),
    };
    let (mut names, mut files) = (&names[..], &files[..]);
    while let Some(digest) = next(names, files) {
        if pass.options.is_stopped() || pass.is_over_between() {
            let left = names
                .chunk_by(|one, other| one.digest == other.digest)
                .count();
            pass.count(|counts| counts.not_checked += left.max(files.len()) as u64);
            return;
        }
        let (said, rest) = names.split_at(names.partition_point(|name| name.digest <= digest));
        names = rest;
        let (there, rest) = files.split_at(files.partition_point(|file| file.digest <= digest));
        files = rest;
        work.check(&digest, said, there);
    }
}

/// Says of each blob that is needed that nothing is known of it: the folder of its rack can't be looked through.
fn report_unknown(pass: &Pass<'_>, names: &[Name], rack: &str) {
    let is_covered = |name: &&Name| match &pass.options.scope {
        Scope::Part(part) => part.holds_blob(&name.digest),
        _ => true,
    };
    let mut paths: Vec<(Digest, ArchivePath)> = (names.iter())
        .filter(|name| name.is_needed())
        .filter(is_covered)
        .map(|name| (name.digest, layout::blob(&name.digest, name.extension())))
        .collect();
    paths.dedup();
    for (digest, path) in paths {
        let message = format!("{rack} can't be looked through");
        pass.bad
            .add(Bad::of_blob(&digest, Code::Unreadable, &path, message));
    }
    let blobs = names.chunk_by(|one, other| one.digest == other.digest);
    pass.count(|counts| counts.not_checked += blobs.count() as u64);
}

/// Returns what is said by those who need a blob under this very name.
fn needed_as<'a>(file: &BlobFile, said: impl Iterator<Item = &'a Name>) -> Vec<&'a Name> {
    said.filter(|name| name.is_needed() && name.extension() == file.extension)
        .collect()
}

fn next(names: &[Name], files: &[BlobFile]) -> Option<Digest> {
    let said = names.first().map(|name| name.digest);
    let there = files.first().map(|file| file.digest);
    match (said, there) {
        (Some(said), Some(there)) => Some(said.min(there)),
        (one, other) => one.or(other),
    }
}

/// Opens a rack: with all that stands in it, or with what is named where only that is wanted.
fn open(
    pass: &Pass<'_>,
    first: u8,
    second: &RangeInclusive<u8>,
    names: &[Name],
) -> Result<Option<Rack>, ArchiveError> {
    if let Scope::Articles(_) | Scope::Since(_) = &pass.options.scope {
        if names.is_empty() {
            return Ok(None);
        }
        let mut wanted: Vec<(Digest, &'static str)> = names
            .iter()
            .map(|name| (name.digest, name.extension()))
            .collect();
        wanted.dedup();
        return pass.archive.rack_with(first, wanted.into_iter());
    }
    let Some((mut rack, others)) = pass.archive.rack(first)? else {
        return Ok(None);
    };
    rack.blobs
        .retain(|blob| second.contains(&blob.digest.as_bytes()[1]));
    if *second.start() == 0 {
        others.for_each(|sighting| pass.report_sighting(Area::Blobs, sighting));
    }
    Ok(Some(rack))
}

/// One rack whose blobs are checked one by one.
struct Work<'a> {
    pass: &'a Pass<'a>,
    rack: Option<&'a Rack>,
    /// Reads the blobs of the rack.
    ahead: Option<Ahead<'a>>,
}

/// What came of reading a blob.
enum Read {
    /// It was read or, where that is not wanted, looked at; and it has so many bytes.
    Right(u64),
    /// It was told of, was not needed, or somebody wants an end.
    Nothing,
}

impl Work<'_> {
    /// Checks the files of one digest, and what is said of them.
    fn check(&mut self, digest: &Digest, said: &[Name], there: &[BlobFile]) {
        let mut needed: Vec<&Name> = said.iter().filter(|name| name.is_needed()).collect();
        for file in there {
            let of_it = needed_as(file, needed.iter().copied());
            if file.kind != Kind::File {
                self.report_no_file(file, !of_it.is_empty());
                needed.retain(|name| name.extension() != file.extension);
                continue;
            }
            self.report_place(file, said, &needed);
            match self.read(file, &of_it) {
                Read::Right(bytes) => {
                    for name in of_it.iter().filter(|name| name.size() != bytes) {
                        self.report_length(file, name, bytes);
                    }
                }
                Read::Nothing => {}
            }
        }
        let is_there = |name: &Name| there.iter().any(|file| file.extension == name.extension());
        let mut missing: Vec<&str> = needed
            .iter()
            .filter(|name| !is_there(name))
            .map(|name| name.extension())
            .collect();
        missing.dedup();
        for extension in missing {
            let extension = EXTENSIONS
                .iter()
                .find(|known| **known == extension)
                .copied()
                .unwrap_or_default();
            let path = layout::blob(digest, extension);
            let message = "a snapshot names it, and it is not there";
            self.pass
                .bad
                .add(Bad::of_blob(digest, Code::BlobMissing, &path, message));
        }
    }

    /// Says that something stands in the place of a blob.
    fn report_no_file(&self, file: &BlobFile, is_needed: bool) {
        if is_needed {
            let bad = Bad::of_blob(
                &file.digest,
                Code::NotAFile,
                &file.path(),
                no_file(file.kind),
            );
            self.pass.bad.add(bad);
        } else {
            self.pass
                .findings
                .add(Code::NotAFile, file.path(), None, no_file(file.kind));
        }
    }

    /// Says that nobody names a file, or that it is named otherwise.
    fn report_place(&self, file: &BlobFile, said: &[Name], needed: &[&Name]) {
        let findings = &self.pass.findings;
        if said.is_empty() {
            if !matches!(
                self.pass.options.scope,
                Scope::Articles(_) | Scope::Since(_)
            ) {
                findings.add(Code::BlobOrphan, file.path(), None, "no snapshot names it");
            }
        } else if let Some(name) = needed.first()
            && needed.iter().all(|name| name.extension() != file.extension)
        {
            let known = layout::blob(&file.digest, name.extension());
            let bad = Bad::of_blob(
                &file.digest,
                Code::BlobMisplaced,
                &file.path(),
                format!("snapshots know it as {known}"),
            );
            self.pass.bad.add(bad);
        }
    }

    /// Says that a snapshot is wrong about the length of a blob; or, where that was not read, that it is not what was kept.
    fn report_length(&self, file: &BlobFile, name: &Name, bytes: u64) {
        let message = format!("it has {bytes} bytes, and {} belong there", name.size());
        self.pass
            .bad
            .add(if self.pass.options.depth == Depth::Whole {
                let message = format!("it is wrong about the blob {}: {message}", file.digest);
                Bad::of_snapshot(name, Code::SnapshotInvalid, message)
            } else {
                Bad {
                    about: About::What(*name),
                    ..Bad::of_blob(&file.digest, Code::BlobAltered, &file.path(), message)
                }
            });
    }
}
