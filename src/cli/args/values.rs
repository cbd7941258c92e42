//! What does one value on the command line mean? Addresses, durations and sizes, with their units.

use std::fmt;
use std::time::Duration;

use crate::checkpoint::{NAME_BYTES_MAX, is_name};
use crate::link::Link;

/// A text that may hold a password: an error about it must not repeat it, so it is read where that is in our hands.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Reads an http(s) URL.
pub(super) fn link(text: &str) -> Result<Link, String> {
    Link::parse(text).map_err(|error| error.to_string())
}

/// Reads the name of who signs.
pub(super) fn name(text: &str) -> Result<String, String> {
    if is_name(text) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "a name is one word of at most {NAME_BYTES_MAX} bytes without a comma, such as kai@example.com"
    ))
}

/// Reads `90`, `90s`, `1500ms`, `2m` or `1h`; never zero.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_unit(text);
    let milliseconds = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a duration is a number with ms, s, m or h, such as 30s".to_owned()),
    };
    let whole = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds));
    match whole {
        Some(0) | None => {
            Err("a duration is a number above zero with ms, s, m or h, such as 30s".to_owned())
        }
        Some(whole) => Ok(Duration::from_millis(whole)),
    }
}

/// Reads a duration as [`duration`] does, or `0`, which is none at all.
pub(crate) fn duration_or_none(text: &str) -> Result<Duration, String> {
    if text == "0" {
        Ok(Duration::ZERO)
    } else {
        duration(text)
    }
}

/// Reads `65536`, `64K`, `64M` or `1G` (powers of 1024; `KiB`, `MB` and so on mean the same); never zero.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split_unit(text);
    let shift = match unit
        .trim_end_matches(['B', 'b'])
        .trim_end_matches('i')
        .to_ascii_uppercase()
        .as_str()
    {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => return Err("a size is a number with K, M or G, such as 64M".to_owned()),
    };
    match number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
    {
        Some(0) | None => {
            Err("a size is a number above zero with K, M or G, such as 64M".to_owned())
        }
        Some(bytes) => Ok(bytes),
    }
}

/// Reads a size a second, or `any`, which is none at all.
pub(super) fn rate(text: &str) -> Result<u64, String> {
    if text == "any" { Ok(0) } else { size(text) }
}

fn split_unit(text: &str) -> (&str, &str) {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    (number, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_word() {
        assert_eq!(name("凯@example.com"), Ok("凯@example.com".to_owned()));
        for bad in ["", "two words", "a,b", "a\n", &"x".repeat(256)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_and_sizes_have_units_and_are_never_zero() {
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(size("64M"), Ok(64 << 20));
        assert_eq!(size("10 KiB"), Ok(10 << 10));
        assert_eq!(size("512"), Ok(512));
        assert_eq!((rate("any"), rate("1K")), (Ok(0), Ok(1024)));
        assert!(rate("0").is_err());
        assert_eq!(duration_or_none("0"), Ok(Duration::ZERO));
        assert_eq!(duration_or_none("1h"), Ok(Duration::from_secs(3600)));
        for bad in [
            "",
            "0",
            "0s",
            "-1s",
            "1 fortnight",
            "99999999999999999999h",
            "1.5s",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        for bad in ["", "0", "0M", "1T", "-1", "99999999999G", "x"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
