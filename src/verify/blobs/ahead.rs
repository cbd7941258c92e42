//! How are the blobs of a rack read and hashed? In their order and each once, two at a time: the rounds of one digest wait for
//! each other, and a processor that looks ahead works on the other digest meanwhile.

use std::collections::VecDeque;
use std::ops::Range;

use crate::archive::{ArchiveError, BlobFile, Kind, OpenBlob, PIECE_BYTES, Rack};
use crate::digest::{Digest, Hasher};
use crate::media::Probe;

/// Blobs that are hashed and not yet asked for, at most: small ones are, while a large one before them is read.
const DONE_MAX: usize = 64;

/// Blobs that are open and not yet read, at most: the disk is told to get them while others are hashed.
const OPEN_MAX: usize = 4;

/// What reading a blob to its end brought.
pub(super) struct Hashed {
    pub(super) digest: Digest,
    pub(super) bytes: u64,
    /// It has seen all bytes, where that was wished for.
    pub(super) probe: Option<Probe>,
}

/// What reading a blob brought; `None` where somebody wanted an end.
type Outcome = Result<Option<Hashed>, ArchiveError>;

/// Reads blobs ahead of who asks for them.
pub(super) struct Ahead<'a> {
    rack: &'a Rack,
    /// Those that are not open.
    files: std::slice::Iter<'a, BlobFile>,
    /// Whether the type of a blob is to be looked at.
    is_probed: &'a dyn Fn(&BlobFile) -> bool,
    /// Whether somebody wants an end.
    is_stopped: &'a dyn Fn() -> bool,
    open: VecDeque<(BlobFile, Result<OpenBlob, ArchiveError>)>,
    lanes: [Lane; 2],
    done: VecDeque<(BlobFile, Outcome)>,
}

/// Reads one blob at a time.
#[derive(Default)]
struct Lane {
    buffer: Vec<u8>,
    at_work: Option<AtWork>,
}

/// A blob that is being read.
struct AtWork {
    file: BlobFile,
    open: OpenBlob,
    hasher: Hasher,
    probe: Option<Probe>,
    /// What of the buffer is not hashed yet.
    piece: Range<usize>,
}

impl<'a> Ahead<'a> {
    /// Begins with these blobs of a rack, none of which is read before it is asked for one.
    pub(super) fn new(
        rack: &'a Rack,
        files: &'a [BlobFile],
        is_probed: &'a dyn Fn(&BlobFile) -> bool,
        is_stopped: &'a dyn Fn() -> bool,
    ) -> Self {
        Self {
            rack,
            files: files.iter(),
            is_probed,
            is_stopped,
            open: VecDeque::new(),
            lanes: Default::default(),
            done: VecDeque::new(),
        }
    }

    /// Returns what reading a blob brought. Each regular file is asked for once, in their order.
    pub(super) fn take(&mut self, file: &BlobFile) -> Outcome {
        loop {
            if let Some(place) = self.done.iter().position(|(done, _)| done == file) {
                return self
                    .done
                    .remove(place)
                    .map_or(Ok(None), |(_, outcome)| outcome);
            }
            self.open();
            self.fill(0);
            self.fill(1);
            if !self.hash() && self.done.iter().all(|(done, _)| done != file) {
                // Asked for a second time, or out of its turn: whoever does that learns that it was not read.
                return Ok(None);
            }
        }
    }

    /// Opens those that are next.
    fn open(&mut self) {
        while self.open.len() < OPEN_MAX
            && let Some(file) = self.files.find(|file| file.kind == Kind::File)
        {
            self.open.push_back((*file, self.rack.open(file)));
        }
    }

    /// Sees to it that a lane has bytes to hash, as long as there is anything to read.
    fn fill(&mut self, lane: usize) {
        loop {
            let lane = &mut self.lanes[lane];
            let Some(at_work) = &mut lane.at_work else {
                if self.done.len() >= DONE_MAX {
                    return;
                }
                match self.open.pop_front() {
                    None => return,
                    Some((file, Ok(open))) => {
                        lane.at_work = Some(AtWork {
                            file,
                            open,
                            hasher: Hasher::default(),
                            probe: (self.is_probed)(&file).then(Probe::default),
                            piece: 0..0,
                        });
                    }
                    Some((file, Err(error))) => self.done.push_back((file, Err(error))),
                }
                self.open();
                continue;
            };
            if !at_work.piece.is_empty() {
                return;
            }
            lane.buffer.resize(PIECE_BYTES, 0);
            let outcome = match self
                .rack
                .read(&at_work.file, &mut at_work.open, &mut lane.buffer)
            {
                _ if (self.is_stopped)() => Ok(false),
                Ok(0) => Ok(true),
                Ok(read) => {
                    at_work.piece = 0..read;
                    if let Some(probe) = &mut at_work.probe {
                        probe.feed(&lane.buffer[..read]);
                    }
                    return;
                }
                Err(error) => Err(error),
            };
            if let Some(at_work) = lane.at_work.take() {
                let file = at_work.file;
                let outcome = outcome.map(|is_whole| is_whole.then(|| at_work.finish()));
                self.done.push_back((file, outcome));
            }
        }
    }

    /// Hashes what both lanes have, in turns, or what one has. Returns whether there was anything.
    fn hash(&mut self) -> bool {
        let [one, other] = &mut self.lanes;
        match (&mut one.at_work, &mut other.at_work) {
            (None, None) => return false,
            (Some(alone), None) => alone.hash(&one.buffer),
            (None, Some(alone)) => alone.hash(&other.buffer),
            (Some(first), Some(second)) => {
                let taken = Hasher::take_turns(
                    (&mut first.hasher, &one.buffer[first.piece.clone()]),
                    (&mut second.hasher, &other.buffer[second.piece.clone()]),
                );
                first.piece.start += taken;
                second.piece.start += taken;
                if taken == 0 {
                    // One has less than a block: its last bytes.
                    if first.piece.len() <= second.piece.len() {
                        first.hash(&one.buffer);
                    } else {
                        second.hash(&other.buffer);
                    }
                }
            }
        }
        true
    }
}

impl AtWork {
    fn hash(&mut self, buffer: &[u8]) {
        self.hasher.update(&buffer[self.piece.clone()]);
        self.piece.start = self.piece.end;
    }

    fn finish(self) -> Hashed {
        Hashed {
            digest: self.hasher.finish(),
            bytes: self.open.length(),
            probe: self.probe,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use super::*;
    use crate::archive::Archive;

    const NO: &dyn Fn() -> bool = &|| false;

    /// Returns an archive with blobs of these lengths, whose names come in this order and tell nothing of their bytes.
    fn archive(lengths: &[usize]) -> (tempfile::TempDir, Archive) {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open_or_create(folder.path()).unwrap();
        let rack = folder.path().join("blobs/sha256/ab");
        fs::create_dir_all(&rack).unwrap();
        for (number, length) in lengths.iter().enumerate() {
            let name = rack.join(format!("ab{number:062x}.jpg"));
            fs::write(name, bytes(number, *length)).unwrap();
        }
        (folder, archive)
    }

    fn bytes(number: usize, length: usize) -> Vec<u8> {
        (0..length)
            .map(|at| (at * 7 + at / 251 + number).to_le_bytes()[0])
            .collect()
    }

    #[test]
    fn each_blob_has_its_own_digest_however_long_its_neighbours_are() {
        let piece = PIECE_BYTES;
        let odd = [
            0,
            1,
            63,
            64,
            65,
            piece - 1,
            piece,
            piece + 1,
            3 * piece + 65,
        ];
        let many: Vec<usize> = (0..100).map(|number| number * 13).collect();
        for lengths in [
            &odd[..],
            &[5],
            &[0, 0, 0],
            &[&[9 * piece][..], &many].concat(),
        ] {
            let (_folder, archive) = archive(lengths);
            let (rack, _) = archive.rack(0xab).unwrap().unwrap();
            let mut ahead = Ahead::new(&rack, &rack.blobs, &|_| true, NO);
            for (number, file) in rack.blobs.iter().enumerate() {
                let hashed = ahead.take(file).unwrap().unwrap();
                let expected = bytes(number, lengths[number]);
                assert_eq!(hashed.digest, Digest::of(&expected), "{lengths:?} {number}");
                assert_eq!(hashed.bytes, expected.len() as u64);
                let mut probe = Probe::default();
                probe.feed(&expected);
                assert_eq!(
                    format!("{:?}", hashed.probe.unwrap().finish()),
                    format!("{:?}", probe.finish())
                );
            }
        }
    }

    #[test]
    fn what_can_not_be_read_costs_the_others_nothing() {
        let (folder, archive) = archive(&[100, 200, 300, 400]);
        let (rack, _) = archive.rack(0xab).unwrap().unwrap();
        fs::remove_file(folder.path().join(rack.blobs[1].path().as_str())).unwrap();
        let mut ahead = Ahead::new(&rack, &rack.blobs, &|_| false, NO);
        let outcomes: Vec<_> = rack.blobs.iter().map(|file| ahead.take(file)).collect();
        assert!(matches!(&outcomes[1], Err(error) if error.is_absent()));
        for number in [0, 2, 3] {
            let hashed = outcomes[number].as_ref().unwrap().as_ref().unwrap();
            assert_eq!(hashed.bytes, 100 * (number as u64 + 1));
            assert!(hashed.probe.is_none());
        }
        // Nothing is read a second time, or where an end is wanted.
        assert!(matches!(ahead.take(&rack.blobs[0]), Ok(None)));
        let asked = Cell::new(0);
        let is_stopped = || asked.replace(asked.get() + 1) >= 2;
        let mut ahead = Ahead::new(&rack, &rack.blobs, &|_| false, &is_stopped);
        assert!(matches!(ahead.take(&rack.blobs[0]), Ok(None)));
    }
}
