//! What does the configuration say of when sources are mirrored?

use std::fmt;

use jiff::SignedDuration;
use jiff::tz::{self, TimeZone};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::cli::args::duration;
use crate::schedule::{Pattern, Schedule};

use super::slip::nearest;

/// How often a source is asked where nothing is said.
const PATTERN: &str = "@hourly";

/// And by how much each time is put off then, so that not everybody asks at once.
const JITTER: SignedDuration = SignedDuration::from_mins(10);

/// What is said of all sources: the table `[mirror]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mirror {
    schedule: Option<Pattern>,
    timezone: Option<Zone>,
    jitter: Option<Jitter>,
}

/// What one source says of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) schedule: Option<Pattern>,
    pub(super) timezone: Option<Zone>,
    pub(super) jitter: Option<Jitter>,
}

/// The time zone in which times of day are meant.
#[derive(Debug, Clone)]
pub(super) struct Zone(TimeZone);

/// How much a time is put off at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jitter(SignedDuration);

impl Mirror {
    /// Returns when a source is due that says this of itself.
    pub(super) fn schedule(&self, own: &Own) -> Schedule {
        let pattern = own.schedule.as_ref().or(self.schedule.as_ref());
        let zone = own.timezone.as_ref().or(self.timezone.as_ref());
        let unsaid = match pattern {
            Some(_) => SignedDuration::ZERO,
            None => JITTER,
        };
        Schedule {
            pattern: pattern.cloned().unwrap_or_else(|| {
                let pattern = PATTERN.parse();
                pattern.expect("it is one of the words")
            }),
            // Where the machine does not say, it is UTC.
            zone: zone.map_or_else(TimeZone::system, |zone| zone.0.clone()),
            jitter: own.jitter.or(self.jitter).map_or(unsaid, |it| it.0),
        }
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match TimeZone::get(&name) {
            Ok(zone) => Ok(Self(zone)),
            Err(_) => Err(D::Error::custom(Unknown(&name))),
        }
    }
}

/// A name that no time zone has.
struct Unknown<'a>(&'a str);

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = tz::db().available().map(|name| name.to_string());
        let example = nearest(self.0, names).unwrap_or_else(|| "Asia/Shanghai".to_owned());
        // Of this form, whoever reads it says what was meant.
        write!(
            f,
            "unknown time zone `{}`, expected a name such as `{example}`",
            self.0
        )
    }
}

impl<'de> Deserialize<'de> for Jitter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let jitter = duration(&text).map_err(D::Error::custom)?;
        let jitter = SignedDuration::try_from(jitter).map_err(D::Error::custom)?;
        if jitter > JITTER_MAX {
            return Err(D::Error::custom("a jitter is a day at most"));
        }
        Ok(Self(jitter))
    }
}

/// The longest jitter: who wants to be asked less often says so in the schedule.
const JITTER_MAX: SignedDuration = SignedDuration::from_hours(24);
