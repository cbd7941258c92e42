//! How do many captures become one archive? Side by side up to their snapshots, then group by group through the commit.

use std::collections::{HashMap, HashSet};
use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};

use crate::archive::{ArticleFolder, Pending, SnapshotFile};
use crate::catalogue;
use crate::event::{Article, ArticleOutcome, Event, Images, Report};
use crate::link::Link;

use super::{CaptureError, Captured, InputTrouble, Run, Stop, World, blocking, capture, record, views};

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
    let run = Arc::new(Run::new(world));
    report(Event::Inputs(inputs.len()));
    let mut summary = Summary::default();
    let result = commit_group_by_group(&run, inputs, report, &mut summary).await;
    summary.interrupted = run.world.cancel.is_cancelled();
    summary.requests = run.requests.load(Ordering::Relaxed);
    summary.bytes_fetched = run.bytes_fetched.load(Ordering::Relaxed);
    summary.bytes_stored = run.bytes_stored.load(Ordering::Relaxed);
    (summary, result)
}

async fn commit_group_by_group(
    run: &Arc<Run>,
    inputs: Vec<String>,
    report: &Report,
    summary: &mut Summary,
) -> Result<(), CaptureError> {
    catch_up(run, report).await?;
    let (finished, mut captures) = start(run, inputs, report);
    commit_all(run, finished, report, summary).await?;
    let here = Arc::clone(run);
    blocking(move || catalogue::update(&here.world.archive, &here.world.writer)).await?;
    if !run.world.cancel.is_cancelled()
        && let Some(Err(error)) = captures.join_next().await
    {
        // A capture that panicked must not be taken for one that was not asked for.
        std::panic::resume_unwind(error.into_panic());
    }
    Ok(())
}

/// Settles what writers before us left.
async fn catch_up(run: &Arc<Run>, report: &Report) -> Result<(), CaptureError> {
    let recovery = &run.world.recovery;
    let notices = [(recovery.adopted.len(), "snapshots of an interrupted run were whole and are now committed"),
        (recovery.set_aside.len(), "snapshots of an interrupted run were not whole and are set aside in state/damaged"),
        (usize::from(recovery.torn.is_some()), "torn line of the log was set aside in state/torn")];
    for (number, words) in notices.iter().filter(|(number, _)| *number > 0) {
        report(Event::Notice(format!("{number} {words}")));
    }
    let run = Arc::clone(run);
    blocking(move || views::catch_up(&run.world)).await
}

/// Starts the captures, so many at once. They end when the set is dropped, at the latest.
fn start(run: &Arc<Run>, inputs: Vec<String>, report: &Report) -> (mpsc::Receiver<Finished>, JoinSet<()>) {
    let (sender, receiver) = mpsc::channel(GROUP_MAX);
    let (run, report) = (Arc::clone(run), report.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let permits = Arc::new(Semaphore::new(run.world.options.jobs));
        let mut captures = JoinSet::new();
        for given in distinct(inputs) {
            let permit = Arc::clone(&permits).acquire_owned().await.expect("this semaphore is never closed");
            if run.world.cancel.is_cancelled() {
                break;
            }
            captures.spawn(capture_one(Arc::clone(&run), given, report.clone(), sender.clone(), permit));
            while let Some(ended) = captures.try_join_next() {
                expect_no_panic(ended);
            }
        }
        drop(sender);
        while let Some(ended) = captures.join_next().await {
            expect_no_panic(ended);
        }
    });
    (receiver, tasks)
}

async fn capture_one(
    run: Arc<Run>,
    given: String,
    report: Report,
    sender: mpsc::Sender<Finished>,
    permit: OwnedSemaphorePermit,
) {
    let result = capture(&run, &given, &report).await;
    drop(permit);
    // Nobody receives any more after a failure of the whole job; then this result is not wanted either.
    drop(sender.send(Finished { given, result }).await);
}

fn expect_no_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// Returns the inputs in order, each once.
fn distinct(inputs: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    inputs.into_iter().filter(|input| seen.insert(input.clone())).collect()
}

async fn commit_all(
    run: &Arc<Run>,
    mut finished: mpsc::Receiver<Finished>,
    report: &Report,
    summary: &mut Summary,
) -> Result<(), CaptureError> {
    while let Some(group) = next_group(run, &mut finished).await {
        let mut captured = Vec::new();
        let mut told = Vec::new();
        for one in group {
            match one.result {
                Ok(done) => captured.push((one.given, done)),
                Err(Stop::Input(trouble)) => told.push(failed(one.given, &trouble)),
                Err(Stop::Job(error)) => return Err(error),
            }
        }
        let run = Arc::clone(run);
        told.extend(blocking(move || commit(&run, captured)).await?);
        for article in told {
            summary.add(&article);
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

/// Commits what is new, makes the views, and says what is to be told of each article.
fn commit(run: &Run, captured: Vec<(String, Captured)>) -> Result<Vec<Article>, CaptureError> {
    let world = &run.world;
    let new: Vec<&Captured> = captured.iter().map(|(_, captured)| captured).filter(|captured| captured.is_new).collect();
    let pending = |captured: &&Captured| Pending {
        folder: captured.seat.folder.clone(),
        snapshot: captured.earlier.snapshot().clone(),
    };
    let pending: Vec<Pending> = new.iter().map(pending).collect();
    let group = if pending.is_empty() { None } else { Some(world.writer.commit(&pending, run.now())?) };
    for captured in &new {
        world.writer.remember_aliases(&captured.earlier.snapshot().source.aliases, captured.seat.folder.id())?;
    }

    // Where another process made the article's folder meanwhile, the commit has put the snapshot there.
    let mut placed = group.iter().flat_map(|group| &group.snapshots).map(|committed| &committed.path);
    let mut files = Vec::with_capacity(captured.len());
    for (_, captured) in &captured {
        let mut file = SnapshotFile::clone(&captured.earlier.0);
        if captured.is_new {
            file.path = placed.next().expect("the commit gives back as many as it was given").clone();
        }
        files.push(file);
    }
    views::write(world, &newest(&files))?;
    if let Some(group) = group {
        world.writer.settle(&group.plan)?;
    }
    let told = captured.into_iter().zip(&files);
    Ok(told.map(|((given, captured), file)| archived(given, captured.is_new, file)).collect())
}

/// Returns the snapshots whose views are to be seen: of each article only the last.
fn newest(files: &[SnapshotFile]) -> Vec<SnapshotFile> {
    let mut last: HashMap<Option<ArticleFolder>, &SnapshotFile> = HashMap::new();
    for file in files {
        last.insert(ArticleFolder::containing(&file.path), file);
    }
    last.into_values().cloned().collect()
}

fn archived(input: String, is_new: bool, file: &SnapshotFile) -> Article {
    let (images, missing) = record::tally(&file.snapshot);
    let folder = ArticleFolder::containing(&file.path);
    Article {
        input,
        source: file.snapshot.source.url.as_ref().map(|url| url.as_str().to_owned()),
        id: folder.as_ref().map(|folder| folder.id().to_string()),
        title: file.snapshot.article.title.clone(),
        outcome: if is_new { ArticleOutcome::Captured } else { ArticleOutcome::Unchanged },
        snapshot: Some(file.path.to_string()),
        view: folder.map(|folder| folder.view().to_string()),
        images,
        missing,
        error: None,
    }
}

fn failed(input: String, trouble: &InputTrouble) -> Article {
    let mut error = trouble.to_string();
    let mut cause = trouble.source();
    while let Some(source) = cause {
        error = format!("{error}: {source}");
        cause = source.source();
    }
    Article {
        source: Link::parse(&input).ok().map(|link| link.to_string()),
        input,
        id: None,
        title: None,
        outcome: ArticleOutcome::Failed,
        snapshot: None,
        view: None,
        images: Images::default(),
        missing: Vec::new(),
        error: Some(error),
    }
}

impl Summary {
    fn add(&mut self, article: &Article) {
        match article.outcome {
            ArticleOutcome::Captured => self.articles.captured += 1,
            ArticleOutcome::Unchanged => self.articles.unchanged += 1,
            ArticleOutcome::Failed => self.articles.failed += 1,
        }
        self.images += article.images;
    }
}
