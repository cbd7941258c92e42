//! What does a source want of its articles and of its host, instead of what is said of all?

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::Written;
use crate::capture::{Obeyed, Wishes};
use crate::cli::args::size;
use crate::cli::config::hosts::{Pause, Secret};
use crate::fetch::{self, Header, Hosts};
use crate::link::Link;

/// Tags of one source: more are no order.
const TAGS_MAX: usize = 32;

/// The longest tag in characters.
const TAG_CHARACTERS_MAX: usize = 64;

/// Whether a robots.txt is obeyed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Robots {
    Honour,
    Ignore,
}

/// A number of bytes as the command line takes it, such as `64M`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size(u64);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        size(&text).map(Self).map_err(D::Error::custom)
    }
}

/// Returns the host of an address, by the scheme that it is asked by: a secret goes over plain http only where that is named.
pub(super) fn host(link: &Link) -> Result<Hosts, String> {
    let host = link.host();
    let text = match link.as_url().scheme() {
        "http" => format!("http://{host}"),
        _ => host.to_owned(),
    };
    Hosts::parse(&text).map_err(|error| error.to_string())
}

impl Written {
    /// Refuses what is said of a host where there is none, and fields that can't be sent.
    pub(super) fn check_host(&self, host: Option<&Hosts>) -> Result<(), String> {
        let said = [
            ("per-host", self.per_host.is_some()),
            ("delay", self.delay.is_some()),
            ("headers", !self.headers.is_empty()),
        ];
        let Some(host) = host else {
            let said = said.iter().find(|(_, is_said)| *is_said);
            return said.map_or(Ok(()), |(name, _)| {
                Err(format!(
                    "`{name}` is said of the host of a `url`; of other hosts say it in [[host]]"
                ))
            });
        };
        for Secret(field) in &self.headers {
            let header = Header::for_hosts(host.clone(), field);
            header.map_err(|error| format!("a field of `headers` can't be sent: {error}"))?;
        }
        Ok(())
    }

    /// Returns what is wanted of the articles.
    pub(super) fn wishes(&self) -> Result<Wishes, String> {
        let mut tags = Vec::with_capacity(self.tags.len());
        for tag in &self.tags {
            let tag = tag.trim();
            let is_sound = !tag.is_empty() && !tag.contains(char::is_control);
            if !is_sound || tag.chars().count() > TAG_CHARACTERS_MAX {
                return Err(format!(
                    "a tag is a word or some in one line, of {TAG_CHARACTERS_MAX} characters at most"
                ));
            }
            tags.push(tag.to_owned());
        }
        if tags.len() > TAGS_MAX {
            return Err(format!("a source has {TAGS_MAX} tags at most"));
        }
        tags.sort();
        tags.dedup();
        Ok(Wishes {
            tags,
            robots: self.robots.map(|robots| match robots {
                Robots::Honour => Obeyed::ForAll,
                Robots::Ignore => Obeyed::ForNothing,
            }),
            article_bytes_max: self.max_article_bytes.map(|Size(bytes)| bytes),
            requests: fetch::Wishes {
                as_of: None,
                timeout: self.timeout.map(|Pause(time)| time),
                bytes_max: self.max_bytes.map(|Size(bytes)| bytes),
                referrer: self.referrer,
            },
        })
    }
}
