//! How does a person or a scheduler keep an archive up to date? The words around [`crate::mirror`].

mod listed;
mod rot;
mod run;
mod sources;
mod times;
mod told;
mod watch;

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::event::{Event, SourceOutcome};
use crate::mirror::Summary;

use super::args::{Global, Mirror, MirrorCommand, MirrorRun};
use super::begin::begin;
use super::output::Output;
use super::{Exit, config, events};
use run::Job;

/// Runs `offprint mirror`.
pub(super) fn run(global: &Global, arguments: &Mirror, output: Output) -> anyhow::Result<Exit> {
    match &arguments.command {
        None if arguments.run.when.watch => watch::watch(global, &arguments.run, output),
        None => once(global, &arguments.run, output),
        Some(MirrorCommand::Add(source)) => sources::add(global, source, output),
        Some(MirrorCommand::List) => listed::list(global, output),
        Some(MirrorCommand::Report(report)) => rot::run(&global.archive, report, output),
    }
}

fn once(global: &Global, arguments: &MirrorRun, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let progress = begin("mirror", "images", output, move || stop.cancel())?;
    let job = Job {
        global,
        arguments,
        progress: &progress,
        output,
    };
    let ended = config::read(global).and_then(|config| {
        let sources = run::sources(global, &config)?;
        let sources = if arguments.when.due {
            times::only_due(sources, &global.archive)?
        } else {
            sources
        };
        job.run(&config, sources, cancel)
    });
    job.end(ended, begun)
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
