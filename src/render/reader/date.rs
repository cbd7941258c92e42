//! Which day does this date name? Dates as feeds and front matter write them. Pure.

use jiff::civil::Date;
use jiff::fmt::rfc2822::DateTimeParser;

/// Returns the day that `text` names, in the zone that it names: RFC 2822, or a form that begins with year, month and
/// day as in ISO 8601, `/` or `.` between them for all that. `None` where it is anything else.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    leading_day(text).or_else(|| {
        DateTimeParser::new()
            .parse_zoned(text)
            .ok()
            .map(|at| at.date())
    })
}

fn leading_day(text: &str) -> Option<Date> {
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let day = &text[..end];
    let separator = day.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = day.split(separator);
    let (year, month, date) = (parts.next()?, parts.next()?, parts.next()?);
    let is_whole = parts.next().is_none() && year.len() == 4;
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_whole || ![year, month, date].into_iter().all(is_number) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, date.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let day = day(text).map(|day| day.to_string());
        assert_eq!(day.as_deref(), expected, "{text}");
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        check("Sun, 01 Nov 2026 08:00:00 GMT", Some("2026-11-01"));
        check("1 Nov 2026 23:30:00 +0800", Some("2026-11-01"));
        check("2026-11-01", Some("2026-11-01"));
        check("2026-11-01T23:30:00+08:00", Some("2026-11-01"));
        check("2022-04-26 07:12:00", Some("2022-04-26"));
        check("2022/4/6 7:12", Some("2022-04-06"));
    }

    #[test]
    fn what_could_be_another_day_is_none() {
        for text in [
            "",
            "x",
            "04/05/2022",
            "2022-13-01",
            "2022-02-30",
            "2022-04",
            "20220426",
            "2022-4-6-1",
            "+022-4-6",
            "last week",
            "2022年4月6日",
            "2022-04-06\u{a0}x",
        ] {
            check(text, None);
        }
    }
}
