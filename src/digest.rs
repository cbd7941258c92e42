//! What is the name of these bytes? SHA-256 and its one written form. Home of sha2 and of data-encoding. Pure.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

/// The SHA-256 of some bytes: the name of a blob. Written as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// A text that is not 64 lowercase hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of 64 lowercase hexadecimal digits")]
pub struct DigestError;

/// Bytes that SHA-256 takes in at once (FIPS 180-4 §5.2.1).
const BLOCK_BYTES: usize = 64;

impl Digest {
    /// Returns the digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Returns the first `digits` hexadecimal digits of the written form (at most 64).
    #[must_use]
    pub fn short(&self, digits: usize) -> String {
        let mut hex = HEXLOWER.encode(&self.0);
        hex.truncate(digits);
        hex
    }

    /// Returns it in base64, as checkpoints of logs have it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    /// Reads it in base64; `None` where the text is not exactly 32 bytes, in their one written form.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Returns the 32 bytes themselves.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A digest in the making: bytes go in as they stream by.
#[derive(Debug, Clone, Default)]
pub struct Hasher(sha2::Sha256);

impl Hasher {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Lets two take in whole blocks in turns, for as long as both have any, and returns how many bytes of each that were. The
    /// rounds of a block wait for each other, and a processor that looks ahead does those of the other block meanwhile: with
    /// SHA instructions that is a third more in the same time.
    pub fn take_turns(
        (one, first): (&mut Self, &[u8]),
        (other, second): (&mut Self, &[u8]),
    ) -> usize {
        let (first, _) = first.as_chunks::<BLOCK_BYTES>();
        let (second, _) = second.as_chunks::<BLOCK_BYTES>();
        for (first, second) in first.iter().zip(second) {
            one.update(first);
            other.update(second);
        }
        first.len().min(second.len()) * BLOCK_BYTES
    }

    /// Returns the digest of everything taken in.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HEXLOWER.encode_display(&self.0).fmt(f)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let mut bytes = [0; 32];
        // Asked first: the decoder panics where there is no room for what it is given.
        if text.len() != HEXLOWER.encode_len(bytes.len()) {
            return Err(DigestError);
        }
        match HEXLOWER.decode_mut(text.as_bytes(), &mut bytes) {
            Ok(_) => Ok(Self(bytes)),
            Err(_) => Err(DigestError),
        }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Digits of a digest as it is written, before the space of a line that proves itself.
const DIGITS: usize = 64;

/// Returns a line that proves itself: the digest of `bytes`, a space, and the bytes, in which there is no line feed.
#[must_use]
pub fn proven_line(bytes: &[u8]) -> Vec<u8> {
    let digest = Digest::of(bytes).to_string();
    [digest.as_bytes(), b" ", bytes, b"\n"].concat()
}

/// Returns what a line that proves itself holds, without its line feed; `None` where it is not what was written.
#[must_use]
pub fn proven(line: &[u8]) -> Option<&[u8]> {
    let (digest, rest) = line.split_at_checked(DIGITS)?;
    let digest: Digest = std::str::from_utf8(digest).ok()?.parse().ok()?;
    let bytes = rest.strip_prefix(b" ")?;
    (Digest::of(bytes) == digest).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069";

    #[test]
    fn names_bytes_as_the_standard_does() {
        // RFC 6920 §8.1 gives this digest of "Hello World!".
        assert_eq!(Digest::of(b"Hello World!").to_string(), HELLO);
        let mut hasher = Hasher::default();
        hasher.update(b"Hello ");
        hasher.update(b"World!");
        assert_eq!(hasher.finish(), HELLO.parse().unwrap());
    }

    #[test]
    fn two_that_take_turns_come_to_what_each_would_alone() {
        let bytes: Vec<u8> = (0..1000_u32)
            .map(|number| number.to_le_bytes()[0])
            .collect();
        for (one, other) in [
            (0, 0),
            (0, 1000),
            (63, 64),
            (64, 64),
            (65, 640),
            (1000, 999),
        ] {
            let (first, second) = (&bytes[..one], &bytes[1000 - other..]);
            let mut hashers = (Hasher::default(), Hasher::default());
            let taken = Hasher::take_turns((&mut hashers.0, first), (&mut hashers.1, second));
            assert_eq!(taken, one.min(other) / 64 * 64);
            hashers.0.update(&first[taken..]);
            hashers.1.update(&second[taken..]);
            assert_eq!(hashers.0.finish(), Digest::of(first));
            assert_eq!(hashers.1.finish(), Digest::of(second));
        }
    }

    #[test]
    fn base64_has_one_form() {
        let digest = Digest::of(b"Hello World!");
        let written = "f4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk=";
        assert_eq!(digest.to_base64(), written);
        assert_eq!(Digest::from_base64(written), Some(digest));
        for text in [
            "",
            "f4Ox",
            &written[1..],
            &written.replace("k=", "l="),
            &format!("{written}AAAA"),
        ] {
            assert_eq!(Digest::from_base64(text), None, "{text}");
        }
    }

    #[test]
    fn refuses_every_other_written_form() {
        for text in [
            "",
            "ab",
            &HELLO.to_uppercase(),
            &HELLO[1..],
            &format!("{HELLO}0"),
            &HELLO.replace('7', "g"),
        ] {
            assert_eq!(text.parse::<Digest>(), Err(DigestError), "{text}");
        }
    }
}
