//! Which blobs do snapshots name? Held in little memory: an archive may have millions.

use std::ops::RangeInclusive;
use std::sync::Mutex;

use crate::archive::RACKS;
use crate::digest::Digest;
use crate::media::MediaType;
use crate::snapshot::{DOCUMENT_EXTENSION, Named};

use super::locked;

/// What a snapshot says of a blob: 41 bytes, and no gaps between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    pub(super) digest: Digest,
    size: [u8; 8],
    /// Which of [`MediaType::KNOWN`] it is said to be, or one of the constants below.
    kind: u8,
}

/// A document: nothing is said of its type.
const DOCUMENT: u8 = 255;

/// Of a type that only a later version knows.
const OTHER: u8 = 254;

/// Named by a snapshot that was not committed, or was taken out: it may be there or not.
const NOT_NEEDED: u8 = 253;

impl Name {
    pub(super) fn new(named: &Named, media: Option<&MediaType>) -> Self {
        let known = |media| MediaType::KNOWN.iter().position(|known| known == media);
        let kind = media.map_or(DOCUMENT, |media| {
            known(media)
                .and_then(|at| u8::try_from(at).ok())
                .unwrap_or(OTHER)
        });
        Self {
            digest: named.digest,
            size: named.size.to_be_bytes(),
            kind,
        }
    }

    pub(super) fn not_needed(self) -> Self {
        Self {
            size: [0; 8],
            kind: NOT_NEEDED,
            ..self
        }
    }

    pub(super) fn is_needed(&self) -> bool {
        self.kind != NOT_NEEDED
    }

    /// Returns the number of its bytes, as the snapshot says.
    pub(super) fn size(&self) -> u64 {
        u64::from_be_bytes(self.size)
    }

    /// Returns what its bytes are, as the snapshot says; `None` where it does not, or says what this version does not know.
    pub(super) fn media(&self) -> Option<&'static MediaType> {
        MediaType::KNOWN.get(usize::from(self.kind))
    }

    /// Returns what follows the dot.
    pub(super) fn extension(&self) -> &'static str {
        self.media()
            .map_or(DOCUMENT_EXTENSION, MediaType::extension)
    }
}

/// All that snapshots say of blobs, each thing once, by the first bytes of their digests.
#[derive(Debug)]
pub(super) struct Names(Vec<Mutex<Vec<Name>>>);

impl Names {
    pub(super) fn new() -> Self {
        Self((0..RACKS).map(|_| Mutex::default()).collect())
    }

    pub(super) fn add(&self, name: Name) {
        let mut names = self.rack(name.digest.as_bytes()[0]);
        if names.len() == names.capacity() {
            // Most archives name much more than once. Twice as much room would be too much of it.
            settle(&mut names);
            let more = names.len() / 4 + 16;
            if names.capacity() - names.len() < more {
                names.reserve_exact(more);
            }
        }
        names.push(name);
    }

    /// Returns what is said of the blobs whose digests begin with the byte `first` and have a second one in the range: sorted,
    /// each once.
    pub(super) fn of(&self, first: u8, second: &RangeInclusive<u8>) -> Vec<Name> {
        let mut names = self.rack(first);
        settle(&mut names);
        let second_of = |name: &Name| name.digest.as_bytes()[1];
        let begin = names.partition_point(|name| second_of(name) < *second.start());
        let end = names.partition_point(|name| second_of(name) <= *second.end());
        names[begin..end].to_vec()
    }

    fn rack(&self, first: u8) -> std::sync::MutexGuard<'_, Vec<Name>> {
        locked(&self.0[usize::from(first)])
    }
}

fn settle(names: &mut Vec<Name>) {
    names.sort_unstable();
    names.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_names_take_little() {
        assert_eq!(size_of::<Name>(), 41);
        assert!(MediaType::KNOWN.len() < usize::from(NOT_NEEDED));
    }

    #[test]
    fn each_thing_is_said_once_and_in_order() {
        let names = Names::new();
        let name = |number: u32| {
            let blob = Named {
                digest: Digest::of(&(number % 100).to_be_bytes()),
                size: 7,
                extension: "jpg",
            };
            Name::new(&blob, Some(&MediaType::Jpeg))
        };
        for number in 0..10_000 {
            names.add(name(number));
        }
        let all: Vec<Name> = (0..=255)
            .flat_map(|first| names.of(first, &(0..=255)))
            .collect();
        assert_eq!(all.len(), 100);
        assert!(all.is_sorted());
        let halves = (0..=255)
            .flat_map(|first| [names.of(first, &(0..=127)), names.of(first, &(128..=255))]);
        assert_eq!(halves.flatten().collect::<Vec<Name>>(), all);
        let one = all[0];
        assert_eq!(
            (one.size(), one.extension(), one.media()),
            (7, "jpg", Some(&MediaType::Jpeg))
        );
        assert!(one.is_needed() && !one.not_needed().is_needed());
    }
}
