//! Of what is an archive to be proven? The words of the command line, understood.

use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};

use crate::archive::Archive;
use crate::cli::args::{self, duration};
use crate::cli::{config, now};
use crate::verify::{Part, Scope};

/// What a part may be.
const NO_PART: &str =
    "a part is its number and how many there are, such as 3/4, or a share in percent, such as 5%";

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// Returns what is to be checked.
pub(super) fn scope(archive: &Archive, arguments: &args::Verify) -> anyhow::Result<Scope> {
    if let Some(subset) = &arguments.subset {
        let part = part(subset, now()).ok_or_else(|| anyhow!("--subset {subset}: {NO_PART}"))?;
        return Ok(Scope::Part(part));
    }
    if let Some(since) = &arguments.since {
        let time = time(since, now()).map_err(|flaw| anyhow!("--since {since}: {flaw}"))?;
        return Ok(Scope::Since(time));
    }
    if arguments.resume {
        return Ok(Scope::Round(now()));
    }
    if arguments.article.is_empty() {
        return Ok(Scope::Everything);
    }
    let articles = arguments.article.iter().map(|text| archive.resolve(text));
    let mut articles = articles.collect::<Result<Vec<_>, _>>()?;
    articles.sort_unstable();
    articles.dedup();
    Ok(Scope::Articles(articles))
}

/// Reads `3/4` or, of the day that it is, `5%`.
fn part(text: &str, now: Timestamp) -> Option<Part> {
    if let Some(percent) = text.strip_suffix('%') {
        let day = u64::try_from(now.as_second().div_euclid(DAY)).ok()?;
        return Part::of_day(percent.parse().ok()?, day);
    }
    let (number, of) = text.split_once('/')?;
    Part::new(number.parse().ok()?, of.parse().ok()?)
}

/// Reads a day, a time, or how long ago that was.
fn time(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let ago = duration(text)
        .ok()
        .filter(|_| text.ends_with(['s', 'm', 'h']));
    let ago = ago.and_then(|ago| SignedDuration::try_from(ago).ok());
    if let Some(then) = ago.and_then(|ago| now.checked_sub(ago).ok()) {
        return Ok(then);
    }
    config::since(text).map_err(|flaw| format!("{flaw}, or a duration such as 36h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_part_is_counted_or_a_share_of_the_day() {
        let (day, next) = (at("2026-11-28T12:00:00Z"), at("2026-11-29T00:00:00Z"));
        assert_eq!(part("3/4", day), Part::new(3, 4));
        assert_eq!(part("100%", day), Part::new(1, 1));
        let shares = [part("5%", day).unwrap(), part("5%", next).unwrap()];
        assert_ne!(shares[0], shares[1]);
        assert!(shares[0].to_string().ends_with("/20"), "{}", shares[0]);
        for text in [
            "", "3", "0/4", "5/4", "1/0", "-1/4", "0%", "101%", "x%", "1/2/3", "NaN%",
        ] {
            assert_eq!(part(text, day), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_is_one_or_so_long_ago() {
        let now = at("2026-11-28T12:00:00Z");
        assert_eq!(time("36h", now), Ok(at("2026-11-27T00:00:00Z")));
        assert_eq!(time("2026-11-01", now), Ok(at("2026-11-01T00:00:00Z")));
        assert_eq!(
            time("2026-11-01T08:00:00Z", now),
            Ok(at("2026-11-01T08:00:00Z"))
        );
        for text in ["", "yesterday", "0h", "7", "36x"] {
            assert!(time(text, now).is_err(), "{text:?}");
        }
    }
}
