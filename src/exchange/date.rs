//! Which moment does a header field name? (RFC 9110 §5.6.7). Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads an HTTP-date in any of its three forms. A year of two digits is of 1969 to 2068, as in POSIX.
#[must_use]
pub fn http_date(text: &str) -> Option<Timestamp> {
    [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ]
    .iter()
    .find_map(|form| DateTime::strptime(form, text).ok())
    .and_then(|date| Offset::UTC.to_timestamp(date).ok())
}
