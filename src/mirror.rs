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
mod settled;
mod source;
mod texts;
mod timetable;

use std::sync::Arc;

use serde::Serialize;

use crate::capture::{self, CaptureError, World, blocking, capture_all};
use crate::event::{Event, Listener, SourceOutcome, SourceTold};
use crate::inputs::Inputs;

use ask::Asker;
use due::Asked;
use expand::{Expanded, expand_all};
use given::{named, texts, wishes};
use out::leave_out;
use record::Record;

pub use ran::{Ran, Runs};
pub use source::{Kind, Place, Source, Takes};
pub use timetable::{Look, due_at, look};

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
    let expanded = wanted(&asker, &sources).await;
    let counted = asker.counted();
    let (mut expanded, mut result) = match expanded {
        Ok(expanded) => (expanded, Ok(())),
        Err(error) => (Vec::new(), Err(error)),
    };
    let record = Arc::new(Record::new(&expanded));
    for source in expanded.iter().filter(|source| !source.is_page()) {
        tell(source.told(), &mut summary, &record, report);
    }
    if result.is_ok() {
        let inputs = Inputs::new(named(&expanded));
        world.entries = texts(&mut expanded);
        world.wishes = wishes(&expanded);
        (summary.run, result) = capture_all(world, inputs, &record.listen(report)).await;
    }
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

/// Asks all sources, and returns what is wanted of them; nothing, where somebody asks to end before that.
async fn wanted(asker: &Asker<'_>, sources: &[Source]) -> Result<Vec<Expanded>, CaptureError> {
    let expanded = tokio::select! {
        biased;
        () = asker.world.cancel.cancelled() => return Ok(Vec::new()),
        expanded = expand_all(asker, sources) => expanded?,
    };
    let archive = asker.world.archive.clone();
    blocking(move || Ok(leave_out(&archive, expanded)?)).await
}

fn tell(told: SourceTold, summary: &mut Summary, record: &Record, report: &Listener) {
    summary.sources.add(told.outcome);
    record.source(told.clone());
    report(Event::Source(told));
}
