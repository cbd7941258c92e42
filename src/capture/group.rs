//! How do many captures become one archive? Side by side up to their snapshots, then group by group through the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::archive::Pending;
use crate::archive::layout::ArchivePath;
use crate::event::{Article, ArticleOutcome, Event, Images, Report};

use super::articles::Articles;
use super::resources::Once;
use super::{CaptureError, Captured, Run, Stop, World, blocking, capture, record, views};

/// Captures that are committed together at most: one sync for all of them, and not too much to lose before it.
const GROUP_MAX: usize = 256;

/// How long the first capture of a group waits for others. A person hardly notices; a sync costs as much.
const GROUP_WAIT: Duration = Duration::from_millis(250);

/// What a run came to. Serialised as the contract's `summary` event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The articles, by outcome.
    pub articles: Outcomes,
    /// The resources of the articles that were archived.
    pub images: Images,
    /// Requests sent, redirects included.
    pub requests: u64,
    /// Bytes of bodies as sent.
    pub bytes_fetched: u64,
    /// Bytes of new blobs.
    pub bytes_stored: u64,
    /// Whether the run ended before all inputs were archived because somebody asked for it.
    pub interrupted: bool,
}

/// Articles, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// New snapshots.
    pub captured: u64,
    /// Nothing new.
    pub unchanged: u64,
    /// Not archived.
    pub failed: u64,
}

/// One input, done as far as it goes before the commit.
struct Finished {
    given: String,
    result: Result<Captured, Stop>,
}

/// Archives all `inputs`, and tells `report` of each when it is durable. Returns what the run came to, and why it could not
/// go on, if so: what was told is stored in either case.
pub async fn capture_all(world: World, inputs: Vec<String>, report: &Report) -> (Summary, Result<(), CaptureError>) {
    let run = Arc::new(Run {
        world,
        articles: Articles::default(),
        once: Once::default(),
        requests: AtomicU64::new(0),
        bytes_fetched: AtomicU64::new(0),
    });
    report(Event::Inputs(inputs.len()));
    let mut summary = Summary::default();
    let (finished, tasks) = start(&run, inputs, report);
    let result = commit_all(&run, finished, report, &mut summary).await;
    drop(tasks);
    summary.interrupted = run.world.cancel.is_cancelled();
    summary.requests = run.requests.load(Ordering::Relaxed);
    summary.bytes_fetched = run.bytes_fetched.load(Ordering::Relaxed);
    (summary, result)
}

/// Starts the captures, so many at once. They end when `JoinSet` is dropped, at the latest.
fn start(run: &Arc<Run>, inputs: Vec<String>, report: &Report) -> (mpsc::Receiver<Finished>, JoinSet<()>) {
    let (sender, receiver) = mpsc::channel(GROUP_MAX);
    let permits = Arc::new(Semaphore::new(run.world.options.jobs));
    let (run, report) = (Arc::clone(run), report.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut captures = JoinSet::new();
        for given in inputs {
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            let (run, report, sender) = (Arc::clone(&run), report.clone(), sender.clone());
            captures.spawn(async move {
                let result = capture(&run, &given, &report).await;
                drop(permit);
                // Nobody receives any more after a failure of the whole job; then this result is not wanted either.
                if sender.send(Finished { given, result }).await.is_err() {}
            });
            while captures.try_join_next().is_some() {}
        }
        drop(sender);
        while captures.join_next().await.is_some() {}
    });
    (receiver, tasks)
}

async fn commit_all(
    run: &Arc<Run>,
    mut finished: mpsc::Receiver<Finished>,
    report: &Report,
    summary: &mut Summary,
) -> Result<(), CaptureError> {
    while let Some(group) = next_group(run, &mut finished).await {
        let mut captured = Vec::new();
        for one in group {
            match one.result {
                Ok(done) => captured.push((one.given, done)),
                Err(Stop::Input(trouble)) => {
                    summary.articles.failed += 1;
                    report(Event::Article(failed(one.given, &trouble)));
                }
                Err(Stop::Job(error)) => return Err(error),
            }
        }
        let told = blocking({
            let run = Arc::clone(run);
            move || commit(&run, captured)
        });
        for (article, bytes) in told.await? {
            summary.add(&article, bytes);
            report(Event::Article(article));
        }
    }
    Ok(())
}

/// Waits for a capture and for those that follow soon; `None` when there are no more, or somebody asked to end.
async fn next_group(run: &Run, finished: &mut mpsc::Receiver<Finished>) -> Option<Vec<Finished>> {
    let first = tokio::select! {
        biased;
        first = finished.recv() => first?,
        () = run.world.cancel.cancelled() => return None,
    };
    let mut group = vec![first];
    let wait = tokio::time::sleep(GROUP_WAIT);
    tokio::pin!(wait);
    while group.len() < GROUP_MAX {
        tokio::select! {
            biased;
            next = finished.recv() => match next {
                Some(next) => group.push(next),
                None => break,
            },
            () = run.world.cancel.cancelled() => break,
            () = &mut wait => break,
        }
    }
    Some(group)
}
