//! Which sources does the configuration name, and what does it say of each?

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::capture::Obeyed;
use crate::cli::args::Global;
use crate::cli::output::{Output, count, data, plain, size};
use crate::cli::{Exit, config, events, log, now};
use crate::exchange::Referrer;
use crate::listing::Glob;
use crate::mirror::{Kind, Place, Source, Takes};

use super::times::{self, Times};

/// What is told of a source. Serialised as the `source` object of `--json` (`docs/json.md`).
#[derive(Debug, Serialize)]
struct Listed {
    url: Option<String>,
    path: Option<String>,
    kind: Option<Kind>,
    include: Vec<Glob>,
    exclude: Vec<Glob>,
    newest: Option<usize>,
    since: Option<String>,
    content: Takes,
    tags: Vec<String>,
    robots: Option<&'static str>,
    referrer: Option<Referrer>,
    timeout: Option<f64>,
    max_bytes: Option<u64>,
    max_article_bytes: Option<u64>,
    per_host: Option<u16>,
    delay: Option<f64>,
    /// How many header fields are sent to its host: they may be secrets.
    headers: usize,
    #[serde(flatten)]
    times: Times,
}

impl Listed {
    fn of(source: &Source, host: &config::OfHost, times: Times) -> Self {
        let (url, path) = match &source.place {
            Place::Web(_) => (Some(source.place.to_string()), None),
            Place::Disk(_) => (None, Some(source.place.to_string())),
        };
        let (choice, wishes) = (&source.choice, &source.wishes);
        Self {
            url,
            path,
            kind: source.kind,
            include: choice.include.clone(),
            exclude: choice.exclude.clone(),
            newest: choice.newest,
            since: choice.since.map(|since| since.to_string()),
            content: source.takes,
            tags: wishes.tags.clone(),
            robots: wishes.robots.map(|obeyed| match obeyed {
                Obeyed::ForNothing => "ignore",
                Obeyed::ForPages | Obeyed::ForAll => "honour",
            }),
            referrer: wishes.requests.referrer,
            timeout: wishes.requests.timeout.map(|it| it.as_secs_f64()),
            max_bytes: wishes.requests.bytes_max,
            max_article_bytes: wishes.article_bytes_max,
            per_host: host.per_host,
            delay: host.delay.map(|it| it.as_secs_f64()),
            headers: host.headers,
            times,
        }
    }

    /// Returns what is said of it, in words.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(self.include.iter().map(|glob| format!("include {glob}")));
        words.extend(self.exclude.iter().map(|glob| format!("exclude {glob}")));
        words.extend(self.newest.map(|newest| format!("newest {newest}")));
        words.extend(self.since.as_ref().map(|since| format!("since {since}")));
        words.extend(match self.content {
            Takes::Page => None,
            Takes::Feed => Some("content feed".to_owned()),
            Takes::Both => Some("content both".to_owned()),
        });
        words.extend(self.tags.iter().map(|tag| format!("tag {tag}")));
        words.extend(self.robots.map(|robots| format!("robots {robots}")));
        words.extend(
            self.referrer
                .map(|told| format!("referrer {}", told.word())),
        );
        let time = |name: &str, seconds: Option<f64>| {
            seconds.map(|seconds| format!("{name} {:?}", Duration::from_secs_f64(seconds)))
        };
        words.extend(time("timeout", self.timeout));
        let bytes = |name: &str, bytes: Option<u64>| bytes.map(|it| format!("{name} {}", size(it)));
        words.extend(bytes("max-bytes", self.max_bytes));
        words.extend(bytes("max-article-bytes", self.max_article_bytes));
        words.extend(self.per_host.map(|number| format!("per-host {number}")));
        words.extend(time("delay", self.delay));
        let headers = self.headers as u64;
        words.extend((headers > 0).then(|| count(headers, "header field")));
        words
    }
}

/// Runs `offprint mirror list`.
pub(super) fn list(global: &Global, output: Output) -> anyhow::Result<Exit> {
    log::begin(output, None);
    let root = &global.archive;
    let (runs, who, now) = (times::runs(root)?, times::who(root), now());
    for (source, host) in config::read(global)?.listed() {
        let listed = Listed::of(&source, &host, Times::of(&source, &runs, &who, now));
        if output.json {
            events::event("source", &listed);
        } else {
            tell(&source, &listed, now);
        }
    }
    Ok(Exit::Sound)
}

fn tell(source: &Source, listed: &Listed, now: Timestamp) {
    let kind = listed
        .kind
        .map(|kind| serde_json::to_value(kind).expect("a kind is a word"));
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("-");
    let words = match listed.words() {
        words if words.is_empty() => String::new(),
        words => format!("  ({})", words.join(", ")),
    };
    let place = source.place.to_string();
    let times = listed.times.describe(source, now);
    data(format_args!(
        "{kind:<8} {}{}  {}",
        plain(&place),
        plain(&words),
        plain(&times)
    ));
}
