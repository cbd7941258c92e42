//! Can the rest of a body that broke off be asked for by itself, and is what comes that rest? RFC 9110 §13.1.5 and §14.
//!
//! Only where the answer bore a strong `ETag`: two answers that bear the same one are the same byte for byte (§8.8.1), so that
//! what is put together is what would have come whole. A date can be as strong, but proves it only under conditions that
//! hang on two clocks; where there is no `ETag`, the whole is asked for again.

use reqwest::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue,
    IF_RANGE, RANGE,
};

use crate::link::Link;

/// Bytes of a body at least that are worth a request for the rest of it: with less, the whole costs as much.
const RESUMED_BYTES_MIN: u64 = 64 << 10;

/// The beginning of a body that broke off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The URL that gave it.
    url: Link,
    /// The `ETag` that it bore.
    etag: HeaderValue,
    /// How many bytes are here.
    pub(super) bytes: u64,
    /// How many there are in all, where that was said.
    total: Option<u64>,
}

impl Part {
    /// Returns what is known of the first `bytes` of a body that `url` gave with these header fields, if the rest can be
    /// asked for.
    pub(super) fn of(url: &Link, headers: &HeaderMap, bytes: u64) -> Option<Self> {
        let etag = headers.get(ETAG).filter(|etag| is_strong(etag))?;
        let refused = headers
            .get(ACCEPT_RANGES)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"none"));
        if refused || is_coded(headers) || bytes < RESUMED_BYTES_MIN {
            return None;
        }
        let total = number(headers.get(CONTENT_LENGTH));
        Some(Self {
            url: url.clone(),
            etag: etag.clone(),
            bytes,
            total,
        })
    }

    /// Returns whether it is a part of what `url` gives.
    pub(super) fn is_of(&self, url: &Link) -> bool {
        self.url == *url
    }

    /// Asks for the rest, or for the whole if that is another one by now.
    pub(super) fn ask(&self, headers: &mut HeaderMap) {
        let range = HeaderValue::from_str(&format!("bytes={}-", self.bytes));
        headers.insert(RANGE, range.expect("digits can be sent"));
        headers.insert(IF_RANGE, self.etag.clone());
    }

    /// Returns how many bytes there are in all, if an answer with these header fields brings all that is missing.
    pub(super) fn continued_by(&self, headers: &HeaderMap) -> Option<u64> {
        let (first, total) = rest(headers.get(CONTENT_RANGE)?.to_str().ok()?)?;
        let same = headers.get(ETAG).is_none_or(|etag| *etag == self.etag);
        let fits = first == self.bytes && self.total.is_none_or(|known| known == total);
        (same && fits && !is_coded(headers)).then_some(total)
    }

    /// Returns whether there may be more than what is here.
    pub(super) fn lacks_something(&self) -> bool {
        self.total.is_none_or(|total| self.bytes < total)
    }

    /// Returns the part with `more` bytes, of `total` in all.
    pub(super) fn with(self, more: u64, total: u64) -> Self {
        Self {
            bytes: self.bytes + more,
            total: Some(total),
            ..self
        }
    }
}

/// Returns whether bytes with this `ETag` are the same wherever it is the same.
fn is_strong(etag: &HeaderValue) -> bool {
    let bytes = etag.as_bytes();
    bytes.len() > 2 && bytes.starts_with(b"\"") && bytes.ends_with(b"\"")
}

fn is_coded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Reads a `Content-Range` that goes to the end: `bytes FIRST-LAST/TOTAL`. Returns the first byte and how many there are in all.
fn rest(value: &str) -> Option<(u64, u64)> {
    let (unit, range) = value.trim().split_once(' ')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (range, total) = range.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let digits = |text: &str| -> Option<u64> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let (first, last, total) = (digits(first)?, digits(last)?, digits(total)?);
    (first <= last && last.checked_add(1) == Some(total)).then_some((first, total))
}

fn number(value: Option<&HeaderValue>) -> Option<u64> {
    value?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BYTES: u64 = RESUMED_BYTES_MIN;

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn part(fields: &[(&'static str, &str)], bytes: u64) -> Option<Part> {
        Part::of(
            &Link::parse("https://h.test/a").unwrap(),
            &headers(fields),
            bytes,
        )
    }

    #[test]
    fn only_what_is_the_same_byte_for_byte_is_continued() {
        for (fields, bytes, expected) in [
            (&[("etag", "\"v\"")][..], BYTES, true),
            (
                &[("etag", "\"v\""), ("accept-ranges", "bytes")],
                BYTES,
                true,
            ),
            (
                &[("etag", "\"v\""), ("content-encoding", "identity")],
                BYTES,
                true,
            ),
            (
                &[("etag", "\"v\""), ("accept-ranges", "None")],
                BYTES,
                false,
            ),
            (
                &[("etag", "\"v\""), ("content-encoding", "gzip")],
                BYTES,
                false,
            ),
            (&[("etag", "\"v\"")], BYTES - 1, false),
            (&[("etag", "W/\"v\"")], BYTES, false),
            (&[("etag", "v")], BYTES, false),
            (&[("etag", "\"\"")], BYTES, false),
            (
                &[("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")],
                BYTES,
                false,
            ),
        ] {
            assert_eq!(part(fields, bytes).is_some(), expected, "{fields:?}");
        }
    }

    #[test]
    fn it_asks_for_the_rest_or_for_another_whole() {
        let mut asked = HeaderMap::new();
        part(&[("etag", "\"v\"")], BYTES).unwrap().ask(&mut asked);
        assert_eq!(
            asked,
            headers(&[("range", "bytes=65536-"), ("if-range", "\"v\"")])
        );
    }

    #[track_caller]
    fn check(fields: &[(&'static str, &str)], expected: Option<u64>) {
        let part = part(&[("etag", "\"v\""), ("content-length", "70000")], BYTES).unwrap();
        assert_eq!(part.continued_by(&headers(fields)), expected, "{fields:?}");
    }

    #[test]
    fn what_is_not_the_rest_is_not_taken() {
        check(&[("content-range", "bytes 65536-69999/70000")], Some(70000));
        check(
            &[
                ("content-range", "Bytes 65536-69999/70000"),
                ("etag", "\"v\""),
            ],
            Some(70000),
        );
        for wrong in [
            "bytes 65535-69999/70000",
            "bytes 65537-69999/70000",
            "bytes 65536-69998/70000",
            "bytes 65536-70000/70001",
            "bytes 65536-69999/*",
            "bytes */70000",
            "bytes 65536-+69999/70000",
            "lines 65536-69999/70000",
            "65536-69999/70000",
            "",
        ] {
            check(&[("content-range", wrong)], None);
        }
        let right = ("content-range", "bytes 65536-69999/70000");
        check(&[right, ("etag", "\"w\"")], None);
        check(&[right, ("content-encoding", "gzip")], None);
        check(&[], None);
    }

    #[test]
    fn a_part_grows() {
        let part = part(&[("etag", "\"v\"")], BYTES).unwrap().with(10, 70000);
        assert_eq!(part.bytes, BYTES + 10);
        let range = headers(&[("content-range", "bytes 65546-69999/70001")]);
        assert_eq!(part.continued_by(&range), None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC*|bytes [0-9*-]{0,30}/[0-9*]{0,25}") {
            if let Some((first, total)) = rest(&text) {
                prop_assert!(first < total);
            }
        }
    }
}
