//! How is an archive kept up to date with whole sources? Each is asked what it names, and what is wanted of it is captured.
//!
//! A source that fails is a result beside the others: what it named before stays archived. What a feed or a sitemap names was
//! written by others, so no file of the user's disk is ever read because of it, and no secret goes where it leads.

mod ask;
mod disk;
mod due;
mod expand;
mod gathered;
mod given;
mod known;
mod out;
mod ran;
mod reading;
mod record;
mod same;
mod timetable;
mod settled;
mod texts;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::capture::{self, CaptureError, Wishes, World, blocking, capture_all};
use crate::event::{Event, Listener, SourceOutcome, SourceTold};
use crate::inputs::Inputs;
use crate::link::Link;
use crate::listing::{Choice, Format};
use crate::schedule::Schedule;

use ask::Asker;
use due::Asked;
use expand::expand_all;
use given::{named, texts, wishes};
use out::leave_out;
use record::Record;

pub use ran::{Ran, Runs};
pub use timetable::{Look, due_at, look};

/// A source that is to be mirrored.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it is.
    pub place: Place,
    /// What it is; found out by its content where that is not said.
    pub kind: Option<Kind>,
    /// What of it is wanted.
    pub choice: Choice,
    /// What is archived of an entry of a feed.
    pub takes: Takes,
    /// What is wanted of its articles instead of what is said of all.
    pub wishes: Arc<Wishes>,
    /// When it is due.
    pub schedule: Schedule,
}

/// What is archived of an entry of a feed. Where the feed carries no text of it, its page is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Takes {
    /// Its page.
    #[default]
    Page,
    /// What the feed carries of it.
    Feed,
    /// Both, each as an article of its own.
    Both,
}

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the web.
    Web(Link),
    /// On the user's own disk.
    Disk(PathBuf),
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// RSS, Atom or JSON Feed, or a page that announces one.
    Feed,
    /// A sitemap, or an index of sitemaps.
    Sitemap,
    /// An outline of feeds.
    Opml,
    /// One address a line; of a file on disk, one input a line.
    List,
    /// Posts and pages below a folder.
    Folder,
    /// One article.
    Page,
}

/// Whose robots.txt is obeyed when sources are asked. Of the pages that they name, [`capture::Options`] says it.
#[derive(Debug, Clone, Copy)]
pub struct Robots {
    /// Of the sources that the user names.
    pub of_sources: bool,
    /// Of what these lead to: the sitemaps of an index, the feeds of an outline.
    pub of_leads: bool,
}

/// What a run came to. Serialised as the `summary` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// The sources, by outcome.
    pub sources: Outcomes,
    /// Stored files that were found to be damaged when they were read.
    pub damaged: Vec<String>,
    /// What came of the articles, and what it took, sources included.
    #[serde(flatten)]
    pub run: capture::Summary,
}

/// Sources, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Read anew.
    pub read: u64,
    /// As they were.
    pub unchanged: u64,
    /// Not read, or not as a whole.
    pub failed: u64,
}

impl Outcomes {
    fn add(&mut self, outcome: SourceOutcome) {
        *match outcome {
            SourceOutcome::Read => &mut self.read,
            SourceOutcome::Unchanged => &mut self.unchanged,
            SourceOutcome::Failed => &mut self.failed,
        } += 1;
    }
}

impl Kind {
    /// Returns the kind in words, as in "it is a feed".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Feed => Format::Feed.describe(),
            Self::Sitemap => Format::Sitemap.describe(),
            Self::Opml => Format::Opml.describe(),
            Self::List => Format::List.describe(),
            Self::Folder => "a folder",
            Self::Page => "an article",
        }
    }

    /// Returns how a document of this kind is read; `None` where it is no document that names others.
    fn format(self) -> Option<Format> {
        match self {
            Self::Feed => Some(Format::Feed),
            Self::Sitemap => Some(Format::Sitemap),
            Self::Opml => Some(Format::Opml),
            Self::List => Some(Format::List),
            Self::Folder | Self::Page => None,
        }
    }
}

impl From<Format> for Kind {
    fn from(format: Format) -> Self {
        match format {
            Format::Feed => Self::Feed,
            Format::Sitemap => Self::Sitemap,
            Format::Opml => Self::Opml,
            Format::List => Self::List,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(link) => link.without_user_info().fmt(f),
            Self::Disk(path) => path.display().fmt(f),
        }
    }
}

/// Brings the archive up to date with all `sources`, and tells `report` of each source and of each article. Returns what the run
/// came to, and why it could not go on, if so: what was told is stored in either case.
pub async fn mirror(
    mut world: World,
    sources: Vec<Source>,
    robots: Robots,
    report: &Listener,
) -> (Summary, Result<(), CaptureError>) {
    let mut summary = Summary::default();
    let writer = Arc::clone(&world.writer);
    let _alone = match writer.mirror_alone() {
        Ok(alone) => alone,
        Err(error) => return (summary, Err(error.into())),
    };
    let begun = (world.clock)();
    let clock = world.clock;
    let known = match Asked::recall(&world.archive) {
        Ok(known) => known,
        Err(error) => return (summary, Err(error.into())),
    };
    let asker = Asker::new(&world, robots, known);
    let cancel = world.cancel.clone();
    let expanded = tokio::select! {
        biased;
        () = cancel.cancelled() => Ok(Vec::new()),
        expanded = expand_all(&asker, &sources) => expanded,
    };
    let counted = asker.counted();
    let expanded = match expanded {
        Ok(expanded) => {
            let archive = world.archive.clone();
            blocking(move || leave_out(&archive, expanded).map_err(CaptureError::from)).await
        }
        Err(error) => Err(error),
    };
    let (mut expanded, result) = match expanded {
        Ok(expanded) => (expanded, Ok(())),
        Err(error) => (Vec::new(), Err(error)),
    };
    let record = Arc::new(Record::new(&expanded));
    for source in expanded.iter().filter(|source| !source.is_page()) {
        tell(source.told(), &mut summary, &record, report);
    }
    let result = if result.is_ok() {
        let inputs = Inputs::new(named(&expanded));
        world.entries = texts(&mut expanded);
        world.wishes = wishes(&expanded);
        let listener = record.listen(report);
        let (run, result) = capture_all(world, inputs, &listener).await;
        summary.run = run;
        result
    } else {
        result
    };
    summary.run.interrupted |= cancel.is_cancelled();
    summary.run.requests += counted.requests;
    summary.run.bytes_fetched += counted.bytes;
    for source in expanded.iter().filter(|source| source.is_page()) {
        // Of one that was not come to, nothing is told.
        if let Some(told) = record.page(source) {
            tell(told, &mut summary, &record, report);
        }
    }
    let is_finished = result.is_ok() && !summary.run.interrupted;
    let damaged = writer.archive().damaged();
    summary.damaged = damaged.iter().map(ToString::to_string).collect();
    let kept = record.keep(&writer, (begun, clock()), &summary, is_finished);
    (summary, result.and(kept.map_err(CaptureError::from)))
}

fn tell(told: SourceTold, summary: &mut Summary, record: &Record, report: &Listener) {
    summary.sources.add(told.outcome);
    record.source(told.clone());
    report(Event::Source(told));
}
