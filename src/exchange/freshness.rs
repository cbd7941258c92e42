//! Until when does an answer count as new? As long as its origin says, or as its age lets one expect (RFC 9111 §4.2). Pure.

use jiff::{SignedDuration, Timestamp};

use super::{Response, http_date};

/// What was last changed some time before it came is not expected to change before a tenth of that time has passed
/// (RFC 9111 §4.2.2).
const SHARE: i32 = 10;

/// No answer counts as new for longer, whatever is said: what is gone or changed is noticed within a month.
const FRESH_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What `Cache-Control` fields say (RFC 9111 §5.2.2).
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    /// Ask each time: `no-cache`, `no-store`, or a `max-age` that can't be read or is said twice and not alike.
    asks: bool,
    /// Seconds.
    max_age: Option<u32>,
}

impl Response {
    /// Returns until when this answer to a request of the moment `started` counts as new; `None` where it must be asked for again
    /// each time.
    #[must_use]
    pub fn fresh_until(&self, started: Timestamp) -> Option<Timestamp> {
        let said = self.cache_control();
        if said.asks || self.fields("vary").any(|value| value.trim() == "*") {
            return None;
        }
        let date = self.date("date").unwrap_or(started);
        let lifetime = if let Some(max_age) = said.max_age {
            SignedDuration::from_secs(max_age.into())
        } else if self.fields("expires").next().is_some() {
            self.date("expires")?.duration_since(date)
        } else {
            date.duration_since(self.date("last-modified")?) / SHARE
        };
        let left = lifetime.min(FRESH_MAX).checked_sub(self.age())?;
        let until = started.checked_add(left).ok()?;
        (until > started).then_some(until)
    }

    /// Returns how old it was already when it came (RFC 9111 §5.1).
    fn age(&self) -> SignedDuration {
        let seconds = self
            .fields("age")
            .next()
            .map(|text| text.trim().parse::<u32>());
        match seconds {
            None => SignedDuration::ZERO,
            Some(seconds) => SignedDuration::from_secs(seconds.unwrap_or(u32::MAX).into()),
        }
    }

    fn cache_control(&self) -> Said {
        let mut said = Said::default();
        for directive in self
            .fields("cache-control")
            .flat_map(|value| value.split(','))
        {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let name = name.trim().to_ascii_lowercase();
            if name == "no-cache" || name == "no-store" {
                said.asks = true;
            } else if name == "max-age" {
                let seconds = seconds(value.trim());
                said.asks |=
                    seconds.is_none() || said.max_age.is_some_and(|it| Some(it) != seconds);
                said.max_age = seconds;
            }
        }
        said
    }

    fn date(&self, name: &str) -> Option<Timestamp> {
        http_date(self.fields(name).next()?.trim())
    }

    fn fields<'r>(&'r self, wanted: &str) -> impl Iterator<Item = &'r str> {
        self.headers
            .iter()
            .filter(move |(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads delta-seconds, quoted or not; what is too large for a number is very long (RFC 9111 §1.2.2).
fn seconds(text: &str) -> Option<u32> {
    let digits = text.trim_matches('"');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::digest::Digest;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const HOUR: i64 = 3600;
    const MONTH: i64 = 30 * 24 * HOUR;

    fn response(headers: &[(&str, &str)]) -> Response {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Response {
            body_bytes: 0,
            body_digest: Digest::of(b""),
            headers: headers.iter().map(field).collect(),
            status: 200,
            truncated: None,
        }
    }

    #[track_caller]
    fn check(headers: &[(&str, &str)], seconds: Option<i64>) {
        let started = Timestamp::from_second(1_000_000_000).unwrap();
        let until = response(headers).fresh_until(started);
        let lasts = until.map(|until| until.duration_since(started).as_secs());
        assert_eq!(lasts, seconds, "{headers:?}");
    }

    #[test]
    fn an_origin_says_how_long() {
        check(&[("cache-control", "max-age=3600")], Some(HOUR));
        check(
            &[("cache-control", "public, MAX-AGE=\"3600\", immutable")],
            Some(HOUR),
        );
        check(
            &[("cache-control", "max-age=3600"), ("age", "600")],
            Some(3000),
        );
        check(&[("cache-control", "max-age=3600"), ("age", "3600")], None);
        check(&[("cache-control", "max-age=99999999999")], Some(MONTH));
        check(
            &[("date", DATE), ("expires", "Sun, 06 Nov 1994 09:49:37 GMT")],
            Some(HOUR),
        );
        let both = [
            ("cache-control", "max-age=60"),
            ("expires", "0"),
            ("last-modified", DATE),
        ];
        check(&both, Some(60));
    }

    #[test]
    fn an_origin_says_not_at_all() {
        let old = ("last-modified", "Tue, 06 Nov 1984 08:49:37 GMT");
        for said in [
            "no-cache",
            "no-store",
            "max-age=0",
            "max-age=",
            "max-age=-1",
            "max-age=1, max-age=2",
            "max-age=9, no-cache=\"a\"",
        ] {
            check(&[("cache-control", said), old], None);
        }
        check(&[("expires", "0"), old], None);
        check(&[("vary", "*"), old], None);
        check(&[], None);
        check(&[("age", "x"), ("cache-control", "max-age=60")], None);
    }

    #[test]
    fn what_was_old_when_it_came_is_expected_to_stay() {
        let date = ("date", DATE);
        check(
            &[date, ("last-modified", "Sun, 06 Nov 1994 07:49:37 GMT")],
            Some(360),
        );
        check(
            &[date, ("last-modified", "Tue, 06 Nov 1984 07:49:37 GMT")],
            Some(MONTH),
        );
        check(&[date, ("last-modified", DATE)], None);
        check(
            &[date, ("last-modified", "Mon, 06 Nov 1995 07:49:37 GMT")],
            None,
        );
        check(
            &[("last-modified", "Sun Sep  9 00:46:40 2001")],
            Some(6 * 60),
        );
    }

    proptest! {
        #[test]
        fn any_text_is_survived(name in "(cache-control|age|date|expires|last-modified|vary)", text in "\\PC*", second in -377_705_023_201_i64..253_402_207_200) {
            let started = Timestamp::from_second(second).unwrap();
            let until = response(&[(&name, &text), ("cache-control", "max-age=9999999")]).fresh_until(started);
            prop_assert!(until.is_none_or(|until| until > started));
        }
    }
}
