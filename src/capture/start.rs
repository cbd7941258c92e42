//! Which captures run side by side? Inputs are taken in one by one, and so many are at work at once.
//!
//! A capture of which nothing came for some time waits for a slow host, most likely: it lets another begin, and goes on beside
//! it when its host does ([`Places`] says why that can't end in a deadlock). So articles that are done are handed over, and
//! committed, while others wait.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tracing::debug;

use crate::event::{Article, Event, Listener};
use crate::fetch::{Place as Leave, Places};
use crate::inputs::{Input, Inputs, Place};
use crate::source::Source;

use super::asked::Ask;
use super::error::{InputTrouble, Stop};
use super::run::Run;
use super::told::{public, told_again};
use super::{CaptureError, Captured, capture};

/// How many inputs are read before there is room for them: enough that reading a list or a folder holds nobody up.
const READ_AHEAD: usize = 64;

/// Captures that may wait for slow hosts besides those at work: each holds its document in memory, hence few; and enough that
/// the articles of a whole issue, which show images of one host, hold up nobody.
const SLOW_MAX: usize = 64;

/// One input, done as far as it goes before the commit.
pub(super) struct Finished {
    pub(super) given: String,
    /// The line of the list that named it.
    pub(super) place: Option<Place>,
    pub(super) came: Came,
}

/// What came of an input.
pub(super) enum Came {
    /// A capture.
    Captured(Box<Captured>),
    /// What came of another input that asked for the same.
    Again(Box<Article>),
    /// Nothing, and why.
    Failed(InputTrouble),
    /// Nothing can be archived any more.
    Broke(CaptureError),
}

/// Starts the captures of `inputs`, and hands over at most `room` of them that nobody has taken yet. They end when the set
/// is dropped, at the latest.
pub(super) fn start(
    run: &Arc<Run>,
    inputs: Inputs,
    room: usize,
    report: &Listener,
) -> (mpsc::Receiver<Finished>, JoinSet<()>) {
    let (sender, receiver) = mpsc::channel(room);
    let (reader, named) = mpsc::channel(READ_AHEAD);
    let mut tasks = JoinSet::new();
    // A list may be a pipe that nobody writes into: reading it blocks, and ends with the program at the latest.
    tasks.spawn_blocking(move || {
        for input in inputs {
            if reader.blocking_send(input).is_err() {
                break;
            }
        }
    });
    tasks.spawn(dispatch(Arc::clone(run), named, sender, report.clone()));
    (receiver, tasks)
}

/// Returns the places of those who are at work.
fn places(jobs: usize) -> Places {
    Places::new(jobs, SLOW_MAX)
}

async fn dispatch(
    run: Arc<Run>,
    mut named: mpsc::Receiver<Input>,
    sender: mpsc::Sender<Finished>,
    report: Listener,
) {
    let places = places(run.world.options.jobs);
    let mut captures = JoinSet::new();
    while let Some(input) = next(&run, &mut named).await {
        let Input {
            given,
            place,
            source,
        } = input;
        let came = match source {
            Err(error) => Came::Failed(InputTrouble::Read(error)),
            Ok(source) => match run.asked.ask(&given, &source) {
                Ask::Nothing => continue,
                Ask::Again(article) => Came::Again(Box::new(told_again(&article, &given))),
                Ask::Anew => {
                    let leave = Arc::new(places.take().await);
                    if run.world.cancel.is_cancelled() {
                        break;
                    }
                    let asked = (given, place, source);
                    let (run, report) = (Arc::clone(&run), report.clone());
                    captures.spawn(capture_one(run, asked, report, sender.clone(), leave));
                    while let Some(ended) = captures.try_join_next() {
                        expect_no_panic(ended);
                    }
                    continue;
                }
            },
        };
        send(&sender, Finished { given, place, came }).await;
    }
    drop(sender);
    while let Some(ended) = captures.join_next().await {
        expect_no_panic(ended);
    }
}

/// Waits for the next input; `None` when there are no more, or somebody asked to end.
async fn next(run: &Run, named: &mut mpsc::Receiver<Input>) -> Option<Input> {
    tokio::select! {
        biased;
        () = run.world.cancel.cancelled() => None,
        input = named.recv() => input,
    }
}

async fn capture_one(
    run: Arc<Run>,
    (given, place, source): (String, Option<Place>, Source),
    report: Listener,
    sender: mpsc::Sender<Finished>,
    leave: Arc<Leave>,
) {
    let going = Arc::clone(&leave);
    let report: Listener = Arc::new(move |event| {
        if let Event::Found(_) | Event::Resource { .. } = event {
            going.stir();
        }
        report(event);
    });
    let came = match capture(&run, &given, &source, &report).await {
        Ok(captured) => Came::Captured(Box::new(captured)),
        // Nobody is to be told again and again of what somebody took out.
        Err(Stop::Input(InputTrouble::Removed)) => {
            debug!(given = %public(&given), "was taken out of the archive, and stays out");
            return;
        }
        Err(Stop::Input(trouble)) => Came::Failed(trouble),
        Err(Stop::Job(error)) => Came::Broke(error),
    };
    // It ends when this is taken, and waits for no host: what is done would pile up where captures are quicker than commits.
    leave.stay();
    send(&sender, Finished { given, place, came }).await;
    drop(leave);
}

async fn send(sender: &mpsc::Sender<Finished>, finished: Finished) {
    // Nobody receives any more after a failure of the whole job; then this result is not wanted either.
    drop(sender.send(finished).await);
}

fn expect_no_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        std::panic::resume_unwind(error.into_panic());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// Time that is not real passes, as long as nothing else goes on.
    #[tokio::test(start_paused = true)]
    async fn so_many_slow_articles_make_room_and_not_one_more() {
        let places = places(3);
        let mut slow = Vec::new();
        while let Ok(place) = timeout(Duration::from_mins(1), places.take()).await {
            slow.push(place);
        }
        assert_eq!(slow.len(), 3 + 64);
    }
}
