//! How does a person archive articles? The words around [`crate::capture`].

pub(super) mod told;

use std::ffi::OsString;
use std::io::{self, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use tokio_util::sync::CancellationToken;

use crate::capture::{self, Doubtful, Obeyed, Summary, TakenOut, capture_all};
use crate::inputs::{Inputs, Named, STDIN};

use super::args::{Add, Global};
use super::begin::begin;
use super::captures::{Choices, Setting, budget, with_world};
use super::output::Output;
use super::progress::Progress;
use super::{Exit, config, events};
use told::{report, tell_summary};

/// Runs `offprint add`.
pub(super) fn run(global: &Global, arguments: Add, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let progress = begin("add", "images", output, move || stop.cancel())?;
    let (summary, result) = match archive_all(global, arguments, cancel, &progress, output) {
        Ok((summary, result)) => (summary, result.map_err(anyhow::Error::from)),
        Err(error) => (Summary::default(), Err(error)),
    };
    tell_summary(&summary, begun.elapsed().as_secs_f64(), output);
    result?;
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if summary.articles.failed > 0 || summary.lacks {
        Exit::Findings
    } else {
        Exit::Sound
    })
}

type Ended = (Summary, Result<(), capture::CaptureError>);

fn archive_all(
    global: &Global,
    arguments: Add,
    cancel: CancellationToken,
    progress: &Progress,
    output: Output,
) -> anyhow::Result<Ended> {
    check_key(&arguments)?;
    let root = global.archive.as_path();
    let config = config::read(global)?;
    let inputs = Inputs::new(named(arguments.inputs, arguments.from, output));
    let report = report(root, progress.clone(), output);
    let choices = Choices {
        base: arguments.base,
        key: arguments.key,
        refresh: arguments.refresh,
        removed: TakenOut::Returns,
        doubtful: if arguments.accept {
            Doubtful::Accepted
        } else {
            Doubtful::Refused
        },
        keep_trackers: arguments.keep_trackers,
        robots: if arguments.network.obeys_robots() {
            Obeyed::ForAll
        } else {
            Obeyed::ForNothing
        },
        lock_wait: arguments.lock_wait,
        budget: budget(config.max_size(), 0),
    };
    let setting = Setting {
        root,
        network: &arguments.network,
        config: &config,
        report: &report,
        progress,
    };
    let outcome = with_world(&setting, choices, cancel, async |world| {
        capture_all(world, inputs, &report).await
    })?;
    Ok(outcome.unwrap_or_else(|| {
        let interrupted = Summary {
            interrupted: true,
            ..Summary::default()
        };
        (interrupted, Ok(()))
    }))
}

/// Refuses a key that would have to name more than one article, or none.
fn check_key(arguments: &Add) -> anyhow::Result<()> {
    let Some(key) = &arguments.key else {
        return Ok(());
    };
    let inputs = arguments.inputs.len();
    if inputs > 1 {
        bail!("--as names one article, and there are {inputs} inputs");
    }
    let is_many = |input: &OsString| input == STDIN || Path::new(input).is_dir();
    if !arguments.from.is_empty() || arguments.inputs.iter().any(is_many) {
        bail!("--as names one article, and a list or a folder may hold many");
    }
    if key.is_empty() {
        bail!("--as needs a key, such as file:posts/article.md");
    }
    Ok(())
}

/// Returns where inputs are named: the arguments, then the lists. The standard input is read once.
fn named(inputs: Vec<OsString>, from: Vec<PathBuf>, output: Output) -> Vec<Named> {
    let mut is_read = false;
    let mut stdin = || {
        let is_first = !std::mem::replace(&mut is_read, true);
        if is_first && io::stdin().is_terminal() {
            output.say("reading one input a line; an empty line is passed over, and Ctrl-D ends");
        }
        let reader = BufReader::new(io::stdin());
        is_first.then(|| Named::Open("stdin".to_owned(), Box::new(reader)))
    };
    let mut named = Vec::new();
    for input in inputs {
        if input == STDIN {
            named.extend(stdin());
        } else {
            named.push(Named::Argument(input));
        }
    }
    for list in from {
        if list.as_os_str() == STDIN {
            named.extend(stdin());
        } else {
            named.push(Named::List(list));
        }
    }
    named
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("add");
    events::summary(&Summary::default(), 0.0);
}
