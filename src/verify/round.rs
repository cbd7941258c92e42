//! Which parts of an archive were checked longest ago? What a round of several runs remembers. Pure.
//!
//! The memory is a line: the SHA-256 of what follows the space, and JSON. One that is damaged, of another place, or of the
//! future says nothing, and all is checked again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::ArticleId;
use crate::digest::{self, Digest};

/// Parts of a round: the first three hexadecimal digits of a digest or an ID. Small enough that one of a large archive is done in
/// seconds, and many enough for no more than a few kilobytes of memory.
pub const UNITS: u16 = 4096;

/// Bits of an ID that are not in its first three digits.
const ID_BITS_AFTER: u32 = 80 - 12;

/// What was checked when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// When each part was checked last, in seconds since 1970; 0 for never.
    checked: Vec<i64>,
    format: u32,
    /// The digest of the folder's path: a copy elsewhere was not checked.
    place: Digest,
    /// When the round began, in seconds since 1970.
    round: i64,
}

/// The only format there is.
const FORMAT: u32 = 1;

impl Memory {
    /// Returns what the bytes say of an archive at this place, or that nothing was checked yet. Where all of a round was
    /// checked, another begins.
    #[must_use]
    pub fn read(bytes: Option<&[u8]>, place: Digest, now: Timestamp) -> Self {
        let now = now.as_second();
        let known = bytes.and_then(parse).filter(|it| it.is_sound(&place, now));
        let mut memory = known.unwrap_or_else(|| Self {
            checked: vec![0; usize::from(UNITS)],
            format: FORMAT,
            place,
            round: now,
        });
        if memory.is_over() {
            // What was checked in this very second was so before the round that begins in it.
            let before = now.saturating_sub(1).max(0);
            for time in &mut memory.checked {
                *time = before.min(*time);
            }
            memory.round = now;
        }
        memory
    }

    fn is_sound(&self, place: &Digest, now: i64) -> bool {
        let is_past = |time: &i64| (0..=now).contains(time);
        self.format == FORMAT
            && self.place == *place
            && self.checked.len() == usize::from(UNITS)
            && self.checked.iter().chain([&self.round]).all(is_past)
    }

    fn is_over(&self) -> bool {
        self.done() == UNITS
    }

    /// Returns how many parts were checked in this round.
    #[must_use]
    pub fn done(&self) -> u16 {
        let done = self.checked.iter().filter(|time| **time >= self.round);
        u16::try_from(done.count()).unwrap_or(UNITS)
    }

    /// Returns when the round began.
    #[must_use]
    pub fn begun(&self) -> Timestamp {
        Timestamp::from_second(self.round).unwrap_or_default()
    }

    /// Returns the parts that were not checked in this round, those first that were checked longest ago.
    #[must_use]
    pub fn to_do(&self) -> Vec<u16> {
        let mut units: Vec<(i64, u16)> = self.checked.iter().copied().zip(0..UNITS).collect();
        units.retain(|(time, _)| *time < self.round);
        units.sort_unstable();
        units.into_iter().map(|(_, unit)| unit).collect()
    }

    /// Remembers that a part was checked now.
    pub fn note(&mut self, unit: u16, now: Timestamp) {
        if let Some(time) = self.checked.get_mut(usize::from(unit)) {
            *time = now.as_second();
        }
    }

    /// Returns the line that is remembered.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_string(self).unwrap_or_default();
        digest::proven_line(json.as_bytes())
    }
}

fn parse(bytes: &[u8]) -> Option<Memory> {
    let json = digest::proven(bytes.strip_suffix(b"\n")?)?;
    serde_json::from_slice(json).ok()
}

/// Returns the part that an article is in.
pub(super) fn unit_of(article: &ArticleId) -> u16 {
    u16::try_from(article.number() >> ID_BITS_AFTER).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn read(bytes: Option<&[u8]>, now: i64) -> Memory {
        Memory::read(bytes, Digest::of(b"place"), at(now))
    }

    /// Checks what is left of the round at this second. Returns what is remembered of it.
    fn check(bytes: Option<&[u8]>, now: i64, parts: usize) -> Vec<u8> {
        let mut memory = read(bytes, now);
        for unit in memory.to_do().into_iter().take(parts) {
            memory.note(unit, at(now));
        }
        memory.to_bytes()
    }

    #[test]
    fn rounds_that_end_and_begin_within_a_second_are_remembered() {
        let all = usize::from(UNITS);
        let mut bytes = check(None, 1_000, all);
        for _ in 0..3 {
            assert_eq!(read(Some(&bytes), 1_000).done(), 0, "another round begins");
            bytes = check(Some(&bytes), 1_000, 10);
            assert_eq!(read(Some(&bytes), 1_000).done(), 10);
            bytes = check(Some(&bytes), 1_000, all);
        }
        // What ends in the second in which the next one begins is checked again, but after all else.
        let begun = check(Some(&bytes), 2_000, 10);
        let ended = check(Some(&begun), 2_001, all);
        let next = read(Some(&ended), 2_001);
        assert_eq!((next.done(), next.begun()), (0, at(2_001)));
        assert_eq!(next.to_do()[..10], read(Some(&bytes), 2_000).to_do()[..10]);
    }

    #[test]
    fn what_is_of_the_future_of_another_place_or_damaged_says_nothing() {
        let bytes = check(None, 1_000, 10);
        assert_eq!(read(Some(&bytes), 1_000).done(), 10);
        assert_eq!(read(Some(&bytes), 999).done(), 0);
        let elsewhere = Memory::read(Some(&bytes), Digest::of(b"elsewhere"), at(1_000));
        assert_eq!(elsewhere.done(), 0);
        let mut damaged = bytes;
        damaged[100] ^= 1;
        assert_eq!(read(Some(&damaged), 1_000).done(), 0);
    }
}
