//! How does a person archive articles? The words around [`crate::capture`].

mod told;

use std::ffi::OsString;
use std::io::{self, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio_util::sync::CancellationToken;

use crate::archive::{Archive, ArchiveError, Checkpoint, Recovery, Writer, WriterOptions};
use crate::capture::{self, Summary, World, capture_all};
use crate::fetch::Client;
use crate::inputs::{Inputs, Named, STDIN};

use super::args::{Add, Global};
use super::interrupt::on_interrupt;
use super::output::Output;
use super::progress::Progress;
use super::{Exit, TOOL, config, events, files, log, network, now};
use told::{report, tell_summary};

/// How long a run that ends early waits for what blocks on the disk or a name server.
const PARTING: Duration = Duration::from_millis(500);

/// Runs `offprint add`.
pub(super) fn run(global: &Global, arguments: Add, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let progress = Progress::new(output, "images");
    log::begin(output, Some(&progress));
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    on_interrupt(move || stop.cancel(), progress.clone(), output)?;
    if output.json {
        events::start("add");
    }
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

/// In debug builds, dies without any clean-up where `OFFPRINT_ABORT_AT` says: the rehearsal of `kill -9` in the tests.
#[cfg(debug_assertions)]
fn checkpoint() -> Checkpoint {
    let wanted = std::env::var("OFFPRINT_ABORT_AT").ok();
    Checkpoint::new(move |step| {
        if wanted.as_deref() == Some(format!("{step:?}").as_str()) {
            std::process::abort();
        }
    })
}

#[cfg(not(debug_assertions))]
fn checkpoint() -> Checkpoint {
    Checkpoint::none()
}

/// Threads for what blocks, on disk or on the processor: one for each core, and three that wait for input, for the disk of
/// a commit and of its views. More would only wait for the same disk, and for each the allocator keeps memory of its own.
fn blocking_threads() -> usize {
    3 + std::thread::available_parallelism().map_or(2, usize::from)
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
    let client =
        Client::new(&network::options(&arguments.network, &config)?)?.telling(report.clone());
    let threads = blocking_threads();
    files::allow(files::needed(arguments.network.jobs, threads));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(threads)
        .build()?;
    let outcome = runtime.block_on(async {
        let Some(opened) = open(root, arguments.lock_wait, &cancel).await else {
            let interrupted = Summary {
                interrupted: true,
                ..Summary::default()
            };
            return Ok((interrupted, Ok(())));
        };
        let (archive, writer, recovery) = opened?;
        let world = World {
            archive,
            writer: Arc::new(writer),
            recovery,
            client,
            options: capture::Options {
                base: arguments.base,
                key: arguments.key,
                refresh: arguments.refresh,
                keep_trackers: arguments.keep_trackers || config.keeps_trackers(),
                placeholders: config.placeholders(),
                lazy: config.lazy(),
                robots: arguments.network.obeys_robots(),
                jobs: arguments.network.jobs.into(),
                article_bytes_max: arguments.network.max_article_bytes,
                tool: TOOL.to_owned(),
            },
            clock: now,
            cancel,
        };
        Ok(capture_all(world, inputs, &report).await)
    });
    progress.finish();
    // After an early end, captures are dropped here, with their temporary files. Who blocks longer may end by itself.
    runtime.shutdown_timeout(PARTING);
    outcome
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

type Opened = Result<(Archive, Writer, Recovery), ArchiveError>;

/// Opens the archive for writing, which may take until another process is done; `None` when somebody asked to end.
async fn open(root: &Path, lock_wait: Duration, cancel: &CancellationToken) -> Option<Opened> {
    let root = root.to_owned();
    let opening = tokio::task::spawn_blocking(move || {
        let archive = Archive::open_or_create(&root)?;
        let options = WriterOptions {
            lock_wait,
            checkpoint: checkpoint(),
        };
        let (writer, recovery) = archive.writer(options, now())?;
        Ok((archive, writer, recovery))
    });
    tokio::select! {
        opened = opening => Some(opened.expect("opening does not panic, and nobody aborts it")),
        () = cancel.cancelled() => None,
    }
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("add");
    events::summary(&Summary::default(), 0.0);
}
