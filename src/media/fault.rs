//! What can be wrong with bytes that begin as an image, and how is it called? Pure.

use std::fmt;

/// What is wrong with bytes that begin as an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// They end before the image does.
    Truncated,
    /// A checksum does not match.
    BadChecksum,
    /// A part contradicts the format.
    BadStructure,
    /// Whole as a file, but without any pixels.
    NoPixels,
    /// More pixels than any browser shows.
    TooManyPixels,
    /// All that browsers show is there; only the mark of its end is not. The one flaw that a picture may have.
    NoEndMark,
}

/// What is wrong with bytes that begin as an image, and where it was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fault {
    /// What is wrong.
    pub flaw: Flaw,
    /// Offset of the bytes that are wrong; of the end, where something is not there.
    pub at: u64,
    /// What was expected there, for a person: `the checksum of a chunk`.
    pub expected: &'static str,
}

impl Flaw {
    /// Returns the written code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::BadChecksum => "bad-checksum",
            Self::BadStructure => "bad-structure",
            Self::NoPixels => "no-pixels",
            Self::TooManyPixels => "too-many-pixels",
            Self::NoEndMark => "no-end-mark",
        }
    }

    /// Returns the flaw in words, for a person.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Truncated => "cut off before its end",
            Self::BadChecksum => "its checksum does not match",
            Self::BadStructure => "its structure is broken",
            Self::NoPixels => "it holds no picture",
            Self::TooManyPixels => "it has more pixels than any browser shows",
            Self::NoEndMark => "the mark of its end is not there, though all of the picture is",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}
