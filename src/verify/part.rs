//! Which part of an archive is it? Blobs are parted by their digests, articles by their IDs, all else by its path. Pure.

use std::fmt;
use std::num::NonZeroU32;

use crate::archive::ArticleId;
use crate::digest::Digest;

/// Parts that an archive is divided into at most: fewer blobs than that need no parts.
pub const PARTS_MAX: u32 = 1_000_000;

/// Days of a week. Who checks once a week comes round to all parts if their number has no factor in common with it.
const WEEK: u32 = 7;

/// One of several parts of an archive that have nothing in common and are all of it together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Counted from 1.
    number: u32,
    of: NonZeroU32,
}

impl Part {
    /// Returns a part, counted from 1; `None` where there is no such part, or too many.
    #[must_use]
    pub fn new(number: u32, of: u32) -> Option<Self> {
        let parts = NonZeroU32::new(of).filter(|parts| parts.get() <= PARTS_MAX)?;
        (1..=of)
            .contains(&number)
            .then_some(Self { number, of: parts })
    }

    /// Returns the part of a day, counted from 1970, where each is about so many percent. Who asks every day comes round to all
    /// of them, and who asks every seven days does, too. `None` for a share that is none, or too small.
    #[must_use]
    pub fn of_day(percent: f64, day: u64) -> Option<Self> {
        if !(percent > 0.0 && percent <= 100.0) {
            return None;
        }
        let mut of = (1..=PARTS_MAX).find(|of| f64::from(*of) * percent >= 100.0)?;
        if of % WEEK == 0 {
            of += 1;
        }
        let number = u32::try_from(day % u64::from(of)).ok()? + 1;
        Self::new(number, of)
    }

    pub(super) fn holds_blob(self, digest: &Digest) -> bool {
        let (first, _) = digest.as_bytes().split_at(8);
        let number = first
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of.get()) == u64::from(self.number - 1)
    }

    pub(super) fn holds_article(self, article: &ArticleId) -> bool {
        article.number() % u128::from(self.of.get()) == u128::from(self.number - 1)
    }

    pub(super) fn holds_path(self, path: &str) -> bool {
        self.holds_blob(&Digest::of(path.as_bytes()))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blob_and_every_article_is_in_one_part() {
        for of in [1, 2, 3, 7, 10, 100] {
            for number in 0..50_u32 {
                let text = number.to_string();
                let (digest, article) = (Digest::of(text.as_bytes()), ArticleId::of_key(&text));
                let parts = || (1..=of).map(|number| Part::new(number, of).unwrap());
                assert_eq!(parts().filter(|part| part.holds_blob(&digest)).count(), 1);
                assert_eq!(
                    parts().filter(|part| part.holds_article(&article)).count(),
                    1
                );
                assert_eq!(parts().filter(|part| part.holds_path(&text)).count(), 1);
            }
        }
    }

    #[test]
    fn a_share_comes_round_to_all_every_day_and_every_week() {
        for (percent, of) in [
            (100.0, 1),
            (50.0, 2),
            (33.4, 3),
            (33.0, 4),
            (15.0, 8),
            (14.0, 8),
            (1.0, 100),
            (0.5, 200),
        ] {
            for days in [1, 7] {
                let parts =
                    (0..of).map(|time| Part::of_day(percent, time * days + 20_000).unwrap());
                let mut numbers: Vec<u32> = parts.map(|part| part.number).collect();
                numbers.sort_unstable();
                let all: Vec<u32> = (1..=u32::try_from(of).unwrap()).collect();
                assert_eq!(numbers, all, "{percent} % every {days} days");
            }
        }
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for (number, of) in [(0, 1), (2, 1), (1, 0), (1, PARTS_MAX + 1)] {
            assert_eq!(Part::new(number, of), None, "{number}/{of}");
        }
        for percent in [0.0, -1.0, 100.5, f64::NAN, 0.00001] {
            assert_eq!(Part::of_day(percent, 1), None, "{percent} %");
        }
    }
}
