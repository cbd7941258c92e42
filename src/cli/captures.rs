//! What does a command need to capture articles? The network, leave to write, and a runtime that ends when it is asked to.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::archive::{
    Archive, ArchiveError, Budget, Recovery, Rehearsal, Writer, WriterOptions, free_bytes,
};
use crate::capture::{self, Doubtful, Obeyed, TakenOut, World};
use crate::event::Listener;
use crate::fetch::Client;
use crate::link::Link;

use super::args::Network;
use super::config::Config;
use super::progress::Progress;
use super::{TOOL, files, network, now};

/// How long a run that ends early waits for what blocks on the disk or a name server.
const PARTING: Duration = Duration::from_millis(500);

/// Where articles are captured, and by what.
pub(super) struct Setting<'a> {
    /// The archive's folder.
    pub(super) root: &'a Path,
    pub(super) network: &'a Network,
    pub(super) config: &'a Config,
    pub(super) report: &'a Listener,
    pub(super) progress: &'a Progress,
}

/// What the command itself decides.
pub(super) struct Choices {
    pub(super) base: Option<Link>,
    pub(super) key: Option<String>,
    pub(super) refresh: bool,
    pub(super) doubtful: Doubtful,
    pub(super) removed: TakenOut,
    pub(super) keep_trackers: bool,
    /// What the robots.txt of each site is obeyed for.
    pub(super) robots: Obeyed,
    /// How long to wait for another process.
    pub(super) lock_wait: Duration,
    /// What may be put into the archive, where that is limited.
    pub(super) budget: Option<Budget>,
}

/// Returns the limits of an archive that may have so many bytes, on a disk of which so many are to stay free.
pub(super) fn budget(bytes_max: Option<u64>, reserve: u64) -> Option<Budget> {
    let is_limited = bytes_max.is_some() || reserve > 0;
    is_limited.then_some(Budget {
        bytes_max,
        reserve,
        free: free_bytes,
    })
}

/// Makes everything ready, and does `work` with it; `None` when somebody asked to end before that.
pub(super) fn with_world<T>(
    setting: &Setting<'_>,
    choices: Choices,
    cancel: CancellationToken,
    work: impl AsyncFnOnce(World) -> T,
) -> anyhow::Result<Option<T>> {
    let options = network::options(setting.network, setting.config)?;
    let client = Client::new(&options)?.telling(Arc::clone(setting.report));
    let threads = blocking_threads();
    let jobs = setting.network.jobs;
    files::allow(files::needed(jobs, threads));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(threads)
        .build()?;
    let outcome = runtime.block_on(async {
        let Some(opened) = open(setting.root, &choices, &cancel).await else {
            return Ok(None);
        };
        let (archive, writer, recovery) = opened?;
        let world = World {
            archive,
            writer: Arc::new(writer),
            recovery,
            entries: capture::Entries::default(),
            wishes: HashMap::new(),
            client,
            options: options_of(setting, choices),
            clock: now,
            cancel,
        };
        Ok(Some(work(world).await))
    });
    setting.progress.finish();
    // After an early end, captures are dropped here, with their temporary files. Who blocks longer may end by itself.
    runtime.shutdown_timeout(PARTING);
    outcome
}

fn options_of(setting: &Setting<'_>, choices: Choices) -> capture::Options {
    let Setting {
        network, config, ..
    } = setting;
    capture::Options {
        base: choices.base,
        key: choices.key,
        refresh: choices.refresh,
        doubtful: choices.doubtful,
        removed: choices.removed,
        keep_trackers: choices.keep_trackers || config.keeps_trackers(),
        placeholders: config.placeholders(),
        lazy: config.lazy(),
        robots: choices.robots,
        jobs: network.jobs.into(),
        article_bytes_max: network.max_article_bytes,
        tool: TOOL.to_owned(),
    }
}

/// In debug builds, dies without any clean-up where `OFFPRINT_ABORT_AT` says: the rehearsal of `kill -9` in the tests.
#[cfg(debug_assertions)]
pub(super) fn rehearsal() -> Rehearsal {
    let wanted = std::env::var("OFFPRINT_ABORT_AT").ok();
    Rehearsal::new(move |step| {
        if wanted.as_deref() == Some(format!("{step:?}").as_str()) {
            std::process::abort();
        }
    })
}

#[cfg(not(debug_assertions))]
pub(super) fn rehearsal() -> Rehearsal {
    Rehearsal::none()
}

/// Threads for what blocks, on disk or on the processor: one for each core, and two that wait for the disk of a commit and of its
/// views. More would only wait for the same disk, or for input, and for each the allocator keeps memory of its own.
fn blocking_threads() -> usize {
    2 + std::thread::available_parallelism().map_or(2, usize::from)
}

type Opened = Result<(Archive, Writer, Recovery), ArchiveError>;

/// Opens the archive for writing, which may take until another process is done; `None` when somebody asked to end.
async fn open(root: &Path, choices: &Choices, cancel: &CancellationToken) -> Option<Opened> {
    let root = root.to_owned();
    let (lock_wait, budget) = (choices.lock_wait, choices.budget);
    let opening = tokio::task::spawn_blocking(move || {
        let archive = Archive::open_or_create(&root)?;
        let options = WriterOptions {
            lock_wait,
            rehearsal: rehearsal(),
        };
        let (writer, recovery) = archive.writer(options, now())?;
        if let Some(budget) = budget {
            writer.keep_within(budget, now())?;
        }
        Ok((archive, writer, recovery))
    });
    tokio::select! {
        opened = opening => Some(opened.expect("opening does not panic, and nobody aborts it")),
        () = cancel.cancelled() => None,
    }
}
