//! Is it worth another try, and when? What passes by itself is asked for again, later and later; what is final is not.
//!
//! The decisions are functions of their arguments, chance and time included.

use std::time::Duration;

use jiff::Timestamp;

use super::options::Retries;
use crate::exchange::{Why, http_date};

/// The longest pause before another try, however many there were: what has not passed by then hardly does in this run.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Returns whether what went wrong may be right the next time: `status` is that of the answer, if there was one.
pub(super) fn is_transient(why: Why, status: Option<u16>) -> bool {
    match why {
        Why::ConnectFailed | Why::ConnectionBroken | Why::TimedOut | Why::ShortBody => true,
        Why::HttpStatus => status.is_some_and(is_transient_status),
        _ => false,
    }
}

/// Of the errors of servers, those are final that say what the server never does (501, 505, 506, 508, 510), and those of the
/// network's own (511): somebody has to log in there.
fn is_transient_status(status: u16) -> bool {
    match status {
        501 | 505 | 506 | 508 | 510 | 511 => false,
        408 | 425 | 429 | 500..=599 => true,
        _ => false,
    }
}

/// Returns whether a status says that its host has too much to do.
pub(super) fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

/// Returns how long to wait before the try after `tried` of them: a random part, `chance` (from 0 to 1), of a time that doubles
/// with each. "Full jitter": who failed together does not come back together.
pub(super) fn pause(retries: &Retries, tried: u32, chance: f64) -> Duration {
    longest(retries.pause, tried).mul_f64(chance.clamp(0.0, 1.0))
}

/// Returns `first`, doubled with each try after the first one of `tried`.
pub(super) fn longest(first: Duration, tried: u32) -> Duration {
    let factor = 2_u32.saturating_pow(tried.saturating_sub(1));
    first.saturating_mul(factor).min(PAUSE_MAX.max(first))
}

/// Returns how long a `Retry-After` asks to wait (RFC 9110 §10.2.3): so many seconds, or until a date. The date counts from the
/// answer's own `date`, where that can be read: the two clocks may differ.
pub(super) fn asked(retry_after: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large to be one means a long time all the same.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(text)?;
    let from = date.and_then(|date| http_date(date.trim())).unwrap_or(now);
    let wait = until.duration_since(from);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const RETRIES: Retries = Retries {
        times: 2,
        pause: SECOND,
        wait_max: SECOND,
    };

    #[test]
    fn what_passes_is_tried_again_and_what_is_final_is_not() {
        use Why::*;
        for (why, status, expected) in [
            (ConnectFailed, None, true),
            (ConnectionBroken, None, true),
            (ConnectionBroken, Some(200), true),
            (TimedOut, None, true),
            (ShortBody, Some(200), true),
            (TlsFailed, None, false),
            (AddressRefused, None, false),
            (NameNotResolved, None, false),
            (NotFetchable, None, false),
            (TooLarge, Some(200), false),
            (BadEncoding, Some(200), false),
            (TooManyRedirects, Some(302), false),
            (BadRedirect, Some(302), false),
            (HostResting, None, false),
        ] {
            assert_eq!(is_transient(why, status), expected, "{why:?}");
        }
        for status in 100..600 {
            let expected = matches!(status, 408 | 425 | 429 | 500 | 502..=504 | 507 | 509 | 512..);
            assert_eq!(is_transient(HttpStatus, Some(status)), expected, "{status}");
        }
    }

    #[test]
    fn pauses_double_and_have_an_end() {
        let at_most: Vec<u64> = (1..9)
            .map(|tried| pause(&RETRIES, tried, 1.0).as_secs())
            .collect();
        assert_eq!(at_most, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(pause(&RETRIES, 3, 0.5), 2 * SECOND);
        assert_eq!(pause(&RETRIES, 3, 0.0), Duration::ZERO);
        assert_eq!(pause(&RETRIES, u32::MAX, 1.0), PAUSE_MAX);
        let patient = Retries {
            pause: 60 * SECOND,
            ..RETRIES
        };
        assert_eq!(pause(&patient, 5, 1.0), 60 * SECOND);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let date = Some("Sun, 06 Nov 1994 08:49:27 GMT");
        for (text, date, expected) in [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("99999999999999999999", None, Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None, Some(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None, Some(30)),
            ("Sun Nov  6 08:49:37 1994", None, Some(30)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", date, Some(10)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some("yesterday"), Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", None, Some(0)),
            ("", None, None),
            ("soon", None, None),
            ("-5", None, None),
            ("1.5", None, None),
            ("Sun, 06 Nov 1994 08:49:37 CET", None, None),
            ("Sun, 32 Nov 1994 08:49:37 GMT", None, None),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(asked(text, date, now), expected, "{text} {date:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC*", date in "\\PC*") {
            asked(&text, Some(&date), Timestamp::UNIX_EPOCH);
        }

        #[test]
        fn a_pause_is_a_part_of_the_longest(tried: u32, chance in 0.0..1.0) {
            prop_assert!(pause(&RETRIES, tried, chance) <= longest(SECOND, tried));
        }
    }
}
