//! What does the configuration say of sources that are mirrored?

mod wanted;

use std::num::{NonZeroU16, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::hosts::{Pause, Secret};
use crate::capture::Wishes;
use crate::exchange::Referrer;
use crate::fetch::{Header, Hosts};
use crate::link::Link;
use crate::listing::{Choice, Glob};
use crate::mirror::{Kind, Place, Source, Takes};
use crate::schedule::Pattern;

use super::schedules::{Jitter, Mirror, Own, Zone};
use wanted::{Robots, Size, host};

/// A source as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Table {
    place: Place,
    kind: Option<Kind>,
    choice: Choice,
    schedule: Own,
    takes: Takes,
    wishes: Arc<Wishes>,
    /// The host that it is at, of which this is said: requests in flight, the pause between two of them, and header fields.
    pub(super) host: Option<Hosts>,
    pub(super) per_host: Option<NonZeroU16>,
    pub(super) delay: Option<Pause>,
    headers: Vec<Secret>,
}

/// What a source says of its host.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct OfHost {
    pub(in crate::cli) per_host: Option<u16>,
    pub(in crate::cli) delay: Option<Duration>,
    /// How many header fields are for it.
    pub(in crate::cli) headers: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    url: Option<Link>,
    #[serde(default)]
    path: Option<PathBuf>,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    include: Vec<Glob>,
    #[serde(default)]
    exclude: Vec<Glob>,
    #[serde(default)]
    newest: Option<NonZeroUsize>,
    #[serde(default)]
    since: Option<Since>,
    #[serde(default)]
    schedule: Option<Pattern>,
    #[serde(default)]
    timezone: Option<Zone>,
    #[serde(default)]
    jitter: Option<Jitter>,
    #[serde(default)]
    content: Takes,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    robots: Option<Robots>,
    #[serde(default)]
    referrer: Option<Referrer>,
    #[serde(default)]
    timeout: Option<Pause>,
    #[serde(default)]
    max_bytes: Option<Size>,
    #[serde(default)]
    max_article_bytes: Option<Size>,
    #[serde(default)]
    per_host: Option<NonZeroU16>,
    #[serde(default)]
    delay: Option<Pause>,
    #[serde(default)]
    headers: Vec<Secret>,
}

/// A day or a moment.
#[derive(Debug, Clone, Copy)]
struct Since(Timestamp);

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::Datetime(moment) => moment.to_string(),
            toml::Value::String(text) => text,
            _ => return Err(D::Error::custom(NO_DATE)),
        };
        since(&text).map(Self).map_err(D::Error::custom)
    }
}

const NO_DATE: &str = "expected a day such as 2024-01-31, or a time such as 2024-01-31T08:00:00Z";

/// Reads a day, which begins at midnight UTC, or a time.
pub(in crate::cli) fn since(text: &str) -> Result<Timestamp, &'static str> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let day = text
        .parse::<Date>()
        .ok()
        .filter(|_| !text.contains(['T', ' ', ':']));
    let midnight = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    midnight.map(|midnight| midnight.timestamp()).ok_or(NO_DATE)
}

impl TryFrom<Written> for Table {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let place = match (written.url.clone(), written.path.clone()) {
            (Some(url), None) => Place::Web(url),
            (None, Some(path)) if !path.as_os_str().is_empty() => Place::Disk(path),
            (None, _) => return Err("a source needs a `url` or a `path`".to_owned()),
            (Some(_), Some(_)) => {
                return Err("a source has a `url` or a `path`, not both".to_owned());
            }
        };
        let is_web = matches!(place, Place::Web(_));
        let is_filtered = !written.include.is_empty()
            || !written.exclude.is_empty()
            || written.newest.is_some()
            || written.since.is_some();
        if written.content != Takes::Page
            && !matches!(written.kind, None | Some(Kind::Feed | Kind::Opml))
        {
            return Err("only a feed carries `content` of articles".to_owned());
        }
        match written.kind {
            Some(Kind::Folder) if is_web => return Err("a `folder` has a `path`".to_owned()),
            Some(Kind::Page) if is_filtered => {
                return Err("a `page` is one article, and nothing can be left out of it".to_owned());
            }
            Some(Kind::Folder) if written.newest.is_some() || written.since.is_some() => {
                return Err("files of a `folder` do not say when they are of: `newest` and `since` mean nothing".to_owned());
            }
            _ => {}
        }
        let host = match &place {
            Place::Web(link) => Some(host(link)?),
            Place::Disk(_) => None,
        };
        written.check_host(host.as_ref())?;
        let wishes = written.wishes()?;
        Ok(Self {
            place,
            kind: written.kind,
            choice: Choice {
                include: written.include,
                exclude: written.exclude,
                since: written.since.map(|Since(since)| since),
                newest: written.newest.map(NonZeroUsize::get),
            },
            schedule: Own {
                schedule: written.schedule,
                timezone: written.timezone,
                jitter: written.jitter,
            },
            takes: written.content,
            wishes: Arc::new(wishes),
            host,
            per_host: written.per_host,
            delay: written.delay,
            headers: written.headers,
        })
    }
}

impl Table {
    /// Returns the header fields for its host.
    pub(super) fn headers(&self) -> anyhow::Result<Vec<Header>> {
        let fields = self.host.iter().flat_map(|host| {
            let fields = self.headers.iter();
            fields.map(move |Secret(field)| Header::for_hosts(host.clone(), field))
        });
        Ok(fields.collect::<Result<_, _>>()?)
    }

    /// Returns what it says of its host.
    pub(super) fn of_host(&self) -> OfHost {
        OfHost {
            per_host: self.per_host.map(NonZeroU16::get),
            delay: self.delay.map(|Pause(delay)| delay),
            headers: self.headers.len(),
        }
    }

    /// Returns whether it holds header fields, which may be secrets.
    pub(super) fn holds_secret(&self) -> bool {
        !self.headers.is_empty()
    }

    /// Returns the source; paths are relative to the configuration's `folder`, and what it does not say of its times stands in
    /// `mirror`.
    pub(super) fn source(&self, folder: &Path, mirror: &Mirror) -> Source {
        let mut place = self.place.clone();
        let is_here = folder.as_os_str().is_empty() || folder == Path::new(".");
        if let Place::Disk(path) = &mut place
            && !is_here
        {
            *path = folder.join(&*path);
        }
        Source {
            place,
            kind: self.kind,
            choice: self.choice.clone(),
            schedule: mirror.schedule(&self.schedule),
            takes: self.takes,
            wishes: Arc::clone(&self.wishes),
        }
    }
}
