//! How does a person or a scheduler keep an archive up to date? The words around [`crate::mirror`].

mod sources;
mod times;
mod told;

use std::time::Instant;

use anyhow::{anyhow, bail};
use tokio_util::sync::CancellationToken;

use crate::capture::{CaptureError, Doubtful, Obeyed};
use crate::event::{Event, SourceOutcome};
use crate::mirror::{self, Robots, Summary};

use super::args::{Global, Mirror, MirrorCommand, MirrorRun, Robots as RobotsFlag};
use super::captures::{Choices, Setting, begin, with_world};
use super::output::Output;
use super::progress::Progress;
use super::{Exit, config, events};
use told::{report, tell_summary};

/// Runs `offprint mirror`.
pub(super) fn run(global: &Global, arguments: &Mirror, output: Output) -> anyhow::Result<Exit> {
    match &arguments.command {
        None => once(global, &arguments.run, output),
        Some(MirrorCommand::Add(source)) => sources::add(global, source, output),
        Some(MirrorCommand::List) => sources::list(global, output),
    }
}

fn once(global: &Global, arguments: &MirrorRun, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (progress, cancel) = begin("mirror", output)?;
    let (summary, result) = match mirror_all(global, arguments, cancel, &progress, output) {
        Ok((summary, result)) => (summary, result.map_err(anyhow::Error::from)),
        Err(error) => (Summary::default(), Err(error)),
    };
    tell_summary(&summary, begun.elapsed().as_secs_f64(), output);
    result?;
    Ok(if summary.run.interrupted {
        Exit::Interrupted
    } else if summary.sources.failed > 0 {
        Exit::Findings
    } else {
        Exit::Sound
    })
}

type Ended = (Summary, Result<(), CaptureError>);

fn mirror_all(
    global: &Global,
    arguments: &MirrorRun,
    cancel: CancellationToken,
    progress: &Progress,
    output: Output,
) -> anyhow::Result<Ended> {
    let config = config::read(global)?;
    let sources = config.sources();
    if sources.is_empty() {
        let path = config::path(global);
        bail!(
            "{} names no source; `offprint mirror add URL` writes one into it",
            path.display()
        );
    }
    let sources = if arguments.when.due {
        times::only_due(sources, &global.archive)?
    } else {
        sources
    };
    if sources.is_empty() {
        return Ok((Summary::default(), Ok(())));
    }
    let network = &arguments.network;
    let robots = Robots {
        of_sources: network.obeys_robots(),
        of_leads: network.robots != Some(RobotsFlag::Ignore),
    };
    let report = report(global.archive.as_path(), progress.clone(), output);
    let choices = Choices {
        base: None,
        key: None,
        refresh: arguments.refresh,
        doubtful: Doubtful::Refused,
        keep_trackers: arguments.keep_trackers,
        robots: match network.robots {
            None => Obeyed::ForPages,
            Some(RobotsFlag::Honour) => Obeyed::ForAll,
            Some(RobotsFlag::Ignore) => Obeyed::ForNothing,
        },
        lock_wait: arguments.lock_wait,
    };
    let setting = Setting {
        root: &global.archive,
        network,
        config: &config,
        report: &report,
        progress,
    };
    let outcome = with_world(&setting, choices, cancel, async |world| {
        if world.client.keeps_secrets_of_sites() {
            return Err(anyhow!(
                "what sources name was written by others: say whom a header field is for, with --header 'HOST=NAME: VALUE' or \
                 with [[host]] in the configuration"
            ));
        }
        Ok(mirror::mirror(world, sources, robots, &report).await)
    })?;
    let interrupted = || {
        let mut summary = Summary::default();
        summary.run.interrupted = true;
        Ok((summary, Ok(())))
    };
    outcome.unwrap_or_else(interrupted)
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("mirror");
    events::summary(&Summary::default(), 0.0);
}

/// Returns whether an event tells of a source that needs a person.
fn needs_person(event: &Event) -> bool {
    matches!(event, Event::Source(told) if told.outcome == SourceOutcome::Failed)
}
