//! Which times does a text such as `0 6 * * 1-5`, `@daily` or `every 6h` name? Home of croner. Pure.

use std::fmt;
use std::str::FromStr;

use croner::Cron;
use croner::parser::{CronParser, Year};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// The longest text that is read: a list of every minute and every hour is half of that.
pub(super) const TEXT_BYTES_MAX: usize = 500;

/// The longest interval: a year, and a day.
const INTERVAL_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The words, and what they stand for.
const WORDS: &[(&str, &str)] = &[
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// The fields of an expression with seconds, and what may stand there.
const FIELDS: &[(&str, &str)] = &[
    ("second", "0 to 59"),
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, or L for the last"),
    ("month", "1 to 12, or JAN to DEC"),
    ("day of the week", "0 to 7, both ends Sunday, or SUN to SAT"),
];

/// The times that a text names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    text: String,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq)]
enum Rule {
    /// Times of day, of the calendar.
    Calendar(Box<Cron>),
    /// Every so often, counted from 1970 on, whatever clocks on walls say.
    Every(SignedDuration),
}

/// Why a text names no times.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A word that begins with `@`.
    // Of this form, whoever reads it finds the name that was meant.
    #[error(
        "unknown word `{0}`, expected one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`"
    )]
    Word(String),
    /// `every`, and no duration.
    #[error("{0:?} names no interval: say every 6h, with s, m, h or d, of a second to a year")]
    Interval(String),
    /// A field of an expression.
    #[error(
        "{written:?} is no {field} of a schedule: those are {range}; * is every one, */5 every fifth, 1-5 and 1,3 some"
    )]
    Field {
        /// The field's text.
        written: String,
        /// What it would be.
        field: &'static str,
        /// What may stand there.
        range: &'static str,
    },
    /// Something else.
    #[error(
        "{0:?} is no schedule: write minute, hour, day of the month, month and day of the week, such as \"0 6 * * *\", or \"@daily\", or \"every 6h\""
    )]
    Form(String),
    /// Such as the 30th of February.
    #[error("{0:?} never comes")]
    Never(String),
}

impl FromStr for Pattern {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let text = text.trim();
        if text.len() > TEXT_BYTES_MAX {
            let start: String = text.chars().take(20).collect();
            return Err(Flaw::Form(format!("{start}…")));
        }
        let rule = if let Some(interval) = text.strip_prefix("every ") {
            let interval = interval_of(interval.trim());
            Rule::Every(interval.ok_or_else(|| Flaw::Interval(text.to_owned()))?)
        } else if text.starts_with('@') {
            let word = text.to_ascii_lowercase();
            let known = WORDS.iter().find(|(known, _)| *known == word);
            let (_, fields) = known.ok_or_else(|| Flaw::Word(text.to_owned()))?;
            Rule::Calendar(Box::new(calendar(fields)?))
        } else {
            Rule::Calendar(Box::new(calendar(text)?))
        };
        let text = text.to_owned();
        Ok(Self { text, rule })
    }
}

impl TryFrom<String> for Pattern {
    type Error = Flaw;

    fn try_from(text: String) -> Result<Self, Flaw> {
        text.parse()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Pattern {
    /// Returns the last of its times at or before `now`.
    pub(super) fn last(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        match &self.rule {
            Rule::Every(interval) => multiple(now, *interval),
            Rule::Calendar(cron) => {
                let found = cron.find_previous_occurrence(&now.to_zoned(zone.clone()), true);
                found.ok().map(|zoned| zoned.timestamp())
            }
        }
    }

    /// Returns the first of its times after `now`.
    pub(super) fn next(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        match &self.rule {
            Rule::Every(interval) => multiple(now, *interval)?.checked_add(*interval).ok(),
            Rule::Calendar(cron) => {
                let found = cron.find_next_occurrence(&now.to_zoned(zone.clone()), false);
                found.ok().map(|zoned| zoned.timestamp())
            }
        }
    }
}

/// Returns the last multiple of an interval at or before `now`.
fn multiple(now: Timestamp, interval: SignedDuration) -> Option<Timestamp> {
    let interval = interval.as_secs();
    let count = now.as_second().div_euclid(interval);
    Timestamp::from_second(count.checked_mul(interval)?).ok()
}

/// Reads `90s`, `30m`, `6h` or `2d`.
fn interval_of(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let interval = SignedDuration::from_secs(number.checked_mul(seconds)?);
    (interval >= SignedDuration::from_secs(1) && interval <= INTERVAL_MAX).then_some(interval)
}

/// Reads an expression of five fields, or of six with seconds before them.
fn calendar(text: &str) -> Result<Cron, Flaw> {
    let parser = CronParser::builder().year(Year::Disallowed).build();
    let fields: Vec<&str> = text.split_whitespace().collect();
    let names = match fields.len() {
        5 => &FIELDS[1..],
        6 => FIELDS,
        _ => return Err(Flaw::Form(text.to_owned())),
    };
    for (place, (written, (field, range))) in fields.iter().zip(names).enumerate() {
        // Each by itself, so that the flaw can be told where it is.
        let mut alone = vec!["*"; fields.len()];
        alone[place] = written;
        if !written.is_ascii() || parser.parse(&alone.join(" ")).is_err() {
            let written = (*written).to_owned();
            return Err(Flaw::Field {
                written,
                field,
                range,
            });
        }
    }
    let cron = parser
        .parse(text)
        .map_err(|_| Flaw::Form(text.to_owned()))?;
    if cron
        .find_next_occurrence(&jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0), true)
        .is_err()
    {
        return Err(Flaw::Never(text.to_owned()));
    }
    Ok(cron)
}
