//! How do many captures become one archive? Side by side up to their snapshots, then group by group through the commit.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tracing::warn;

use crate::archive::ArchiveError;
use crate::catalogue;
use crate::event::{Event, Listener};
use crate::inputs::Inputs;
use crate::views;

use super::committed::{Group, commit, show};
use super::run::{Run, blocking};
use super::start::{Came, Finished, start};
use super::told::{Summary, failed, told_again};
use super::{CaptureError, World};

/// Captures that are committed together at most: one sync for all of them, and not too much to lose before it.
const GROUP_MAX: usize = 32;

/// Captures that may wait for the commit at work. Each is some tens of kilobytes; beyond that the network waits.
const WAITING_MAX: usize = 32;

/// How long the first capture of a group waits for others. A person hardly notices; a sync costs as much.
const GROUP_WAIT: Duration = Duration::from_millis(250);

/// How long a run that somebody asked to end may still take for the commit at work: a disk or a lock may keep it much longer.
/// With what follows it stays below 5 seconds, after which people and service managers lose patience.
const ENDING: Duration = Duration::from_secs(4);

/// Archives all `inputs`, and tells `report` of each when it is durable. Returns what the run came to, and why it could not
/// go on, if so: what was told is stored in either case.
pub async fn capture_all(
    world: World,
    inputs: Inputs,
    report: &Listener,
) -> (Summary, Result<(), CaptureError>) {
    let mut summary = Summary::default();
    let run = match blocking(move || Run::new(world)).await {
        Ok(run) => Arc::new(run),
        Err(error) => return (summary, Err(error)),
    };
    let result = tokio::select! {
        biased;
        result = commit_group_by_group(&run, inputs, report, &mut summary) => result,
        () = overdue(&run) => Ok(()),
    };
    summary.interrupted = run.world.cancel.is_cancelled();
    if result.is_ok() && !summary.interrupted {
        let here = Arc::clone(&run);
        blocking(move || here.remains.clear()).await;
    }
    summary.requests = run.requests.load(Ordering::Relaxed);
    summary.retries = run.retries.load(Ordering::Relaxed);
    summary.bytes_fetched = run.bytes_fetched.load(Ordering::Relaxed);
    summary.bytes_stored = run.bytes_stored.load(Ordering::Relaxed);
    (summary, result)
}

/// Waits until somebody asked to end, and the commit at work had its time. It goes on for as long as the program lives; whether
/// it gets to its end or not, nothing of it was told, and the archive is sound.
async fn overdue(run: &Run) {
    run.world.cancel.cancelled().await;
    tokio::time::sleep(ENDING).await;
    warn!("does not wait for the commit at work any longer");
}

async fn commit_group_by_group(
    run: &Arc<Run>,
    inputs: Inputs,
    report: &Listener,
    summary: &mut Summary,
) -> Result<(), CaptureError> {
    catch_up(run, report).await?;
    let (finished, mut tasks) = start(run, inputs, WAITING_MAX, report);
    commit_all(run, finished, report, summary).await?;
    let here = Arc::clone(run);
    blocking(move || catalogue::update(&here.world.archive, &here.world.writer)).await?;
    while !run.world.cancel.is_cancelled()
        && let Some(ended) = tasks.join_next().await
    {
        if let Err(error) = ended {
            // A capture that panicked must not be taken for one that was not asked for.
            std::panic::resume_unwind(error.into_panic());
        }
    }
    Ok(())
}

/// Settles what writers before us left.
async fn catch_up(run: &Arc<Run>, report: &Listener) -> Result<(), CaptureError> {
    let recovery = &run.world.recovery;
    let notices = [
        (
            recovery.adopted.len(),
            "snapshots of an interrupted run were whole and are now committed",
        ),
        (
            recovery.set_aside.len(),
            "snapshots of an interrupted run were not whole and are set aside in state/damaged",
        ),
        (
            usize::from(recovery.torn.is_some()),
            "torn line of the log was set aside in state/torn",
        ),
        (
            run.remains.bodies(),
            "resources that an interrupted run fetched are here and not asked for again where they are needed",
        ),
    ];
    for (number, words) in notices.iter().filter(|(number, _)| *number > 0) {
        report(Event::Notice(format!("{number} {words}")));
    }
    let run = Arc::clone(run);
    blocking(move || {
        let World {
            archive,
            writer,
            recovery,
            ..
        } = &run.world;
        Ok(views::catch_up(archive, writer, recovery)?)
    })
    .await
}

/// Commits groups and makes their views, side by side: the one waits for the disk most of the time, the other computes.
async fn commit_all(
    run: &Arc<Run>,
    finished: mpsc::Receiver<Finished>,
    report: &Listener,
    summary: &mut Summary,
) -> Result<(), CaptureError> {
    let (sender, receiver) = mpsc::channel(1);
    let committing = commit_each(run, finished, sender);
    let showing = show_each(run, receiver, report, summary);
    tokio::pin!(committing, showing);
    tokio::select! {
        committed = &mut committing => committed.and(showing.await),
        // Before all is committed it ends only when it fails, and what is awaited may be a slow host.
        shown = &mut showing => shown,
    }
}

async fn commit_each(
    run: &Arc<Run>,
    mut finished: mpsc::Receiver<Finished>,
    sender: mpsc::Sender<Group>,
) -> Result<(), CaptureError> {
    // Its place first: one group at most is committed and not shown yet.
    while let Ok(place) = sender.reserve().await
        && let Some(together) = next_group(run, &mut finished).await
    {
        let (mut captured, mut told) = (Vec::new(), Vec::new());
        let mut full = None;
        for one in together {
            match one.came {
                Came::Captured(done) => captured.push((one.given, *done)),
                Came::Again(article) => told.push((one.given, *article)),
                Came::Failed(trouble) => {
                    let article = failed(&one.given, one.place.as_ref(), &trouble);
                    told.push((one.given, article));
                }
                // What is whole has its room already.
                Came::Broke(error @ CaptureError::Archive(ArchiveError::NoRoom { .. })) => {
                    full = Some(error);
                }
                Came::Broke(error) => return Err(error),
            }
        }
        let here = Arc::clone(run);
        place.send(blocking(move || commit(&here, captured, told)).await?);
        if let Some(error) = full {
            return Err(error);
        }
    }
    Ok(())
}

async fn show_each(
    run: &Arc<Run>,
    mut committed: mpsc::Receiver<Group>,
    report: &Listener,
    summary: &mut Summary,
) -> Result<(), CaptureError> {
    while let Some(group) = committed.recv().await {
        let here = Arc::clone(run);
        for (given, article) in blocking(move || show(&here, group)).await? {
            let others = run.asked.tell(&given, &article);
            let again: Vec<_> = others.iter().map(|it| told_again(&article, it)).collect();
            for article in [article].into_iter().chain(again) {
                summary.add(&article);
                report(Event::Article(article));
            }
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
