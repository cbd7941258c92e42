//! What do the captures of one run share?

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::archive::log::Removals;
use crate::archive::{ArticleFolder, Note, Scratch};
use crate::exchange::Exchange;
use crate::fetch::{Answer, Fingerprint, Request, Salt};
use crate::refs::LazyTable;
use crate::source::{Source, entry_key};

use super::alike::Alike;
use super::articles::{self, Articles, Seat};
use super::asked::Asked;
use super::earlier::Earlier;
use super::fetched::Fetched;
use super::left::Remains;
use super::noted::{Begin, How, Noted, What};
use super::once::Once;
use super::{CaptureError, TakenOut, World, forbidden};

/// How long a note waits for others before they are written together: a run that is killed loses no more than that, and one that
/// fetches a thousand resources a second does not write as often.
const NOTES_WAIT: Duration = Duration::from_millis(50);

/// What the captures of one run share.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) world: World,
    pub(super) articles: Articles,
    pub(super) once: Once,
    pub(super) asked: Asked,
    pub(super) alike: Alike,
    pub(super) forbidding: forbidden::Hosts,
    /// Whether it was said that an input has no site.
    siteless: AtomicBool,
    /// The articles that stay out.
    pub(super) removals: Removals,
    scratch: Scratch,
    /// What fingerprints of requests are mixed with; `None` where there is no chance to be had, and nothing is left for others.
    salt: Option<Salt>,
    /// What runs before this one left that were killed.
    pub(super) remains: Remains,
    pub(super) requests: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) bytes_fetched: AtomicU64,
    pub(super) bytes_stored: AtomicU64,
}

impl Run {
    /// Begins a run. Touches the disk.
    pub(super) fn new(mut world: World) -> Result<Self, CaptureError> {
        let left = std::mem::take(&mut world.recovery.left);
        let remains = if world.options.refresh {
            Remains::none(&left)
        } else {
            Remains::read(left, (world.clock)())
        };
        let (scratch, salt) = (world.writer.scratch()?, Salt::new());
        if let Some(salt) = salt {
            scratch.note(&json_of(&Begin::new(salt)))?;
        }
        let removals = match world.options.removed {
            TakenOut::Returns => Removals::default(),
            TakenOut::Stays => world.archive.removals(0)?,
        };
        Ok(Self {
            world,
            removals,
            scratch,
            salt,
            remains,
            articles: Articles::default(),
            once: Once::default(),
            asked: Asked::default(),
            alike: Alike::default(),
            forbidding: forbidden::Hosts::default(),
            siteless: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            bytes_fetched: AtomicU64::new(0),
            bytes_stored: AtomicU64::new(0),
        })
    }

    /// Returns what tells another run that it would ask for the same.
    pub(super) fn fingerprint(&self, request: &Request) -> Option<Fingerprint> {
        Some(self.world.client.fingerprint(request, self.salt?))
    }

    /// Notes down what this run may need again.
    pub(super) async fn note(self: &Arc<Self>, what: &Noted<'_>) -> Result<Note, CaptureError> {
        let json = json_of(what);
        let run = Arc::clone(self);
        let Some(held) = self.scratch.note_held(&json) else {
            return Ok(blocking(move || run.scratch.note(&json)).await?);
        };
        if held.is_to_be_written {
            tokio::spawn(async move {
                tokio::time::sleep(NOTES_WAIT).await;
                blocking(move || run.scratch.write_soon()).await;
            });
        }
        Ok(held.note)
    }

    /// Sees to it that what was noted is written: before a commit, which takes long, and tells what went wrong with that so far.
    /// Touches the disk.
    pub(super) fn settle_notes(&self) -> Result<(), CaptureError> {
        Ok(self.scratch.settle()?)
    }

    /// Returns what was noted of what a URL brought.
    pub(super) async fn recall_fetched(
        self: &Arc<Self>,
        note: Note,
    ) -> Result<Fetched, CaptureError> {
        let run = Arc::clone(self);
        blocking(move || {
            let What { fetched } = run.recall(note)?;
            Ok(Fetched {
                note: Some(note),
                ..fetched
            })
        })
        .await
    }

    /// Returns the exchanges that were noted, in the order of the notes.
    pub(super) async fn recall_exchanges(
        self: &Arc<Self>,
        notes: Vec<Note>,
    ) -> Result<Vec<Exchange>, CaptureError> {
        let run = Arc::clone(self);
        blocking(move || {
            let mut exchanges = Vec::new();
            for note in notes {
                exchanges.extend(run.recall::<How>(note)?.exchanges);
            }
            Ok(exchanges)
        })
        .await
    }

    fn recall<T: DeserializeOwned>(&self, note: Note) -> Result<T, CaptureError> {
        let json = self.scratch.recall(note)?;
        Ok(serde_json::from_slice(&json).map_err(io::Error::from)?)
    }

    /// Returns the last snapshot of the article that the input's own key leads to.
    pub(super) async fn guess(
        self: &Arc<Self>,
        source: &Source,
    ) -> Result<Option<Earlier>, CaptureError> {
        let own = match source {
            Source::Web(link) => link.key(),
            Source::Entry(link) => entry_key(link),
            Source::File(_) => return Ok(None),
        };
        let run = Arc::clone(self);
        let key = self.world.options.key.clone().unwrap_or(own);
        blocking(move || Ok(articles::last(&run.world.archive, &key)?)).await
    }

    pub(super) async fn seat(
        self: &Arc<Self>,
        keys: &[String],
        title: Option<&str>,
    ) -> Result<Arc<Seat>, CaptureError> {
        let (run, keys, title) = (Arc::clone(self), keys.to_owned(), title.map(str::to_owned));
        blocking(move || {
            let make = || ArticleFolder::new(&keys[0], title.as_deref());
            Ok(run.articles.seat(&run.world.archive, &keys, make)?)
        })
        .await
    }

    /// Returns whether one of the keys is that of an article that was taken out, and stays out.
    pub(super) async fn stay_out(self: &Arc<Self>, keys: &[String]) -> Result<bool, CaptureError> {
        if self.removals.is_empty() {
            return Ok(false);
        }
        let (run, keys) = (Arc::clone(self), keys.to_owned());
        blocking(move || {
            for key in &keys {
                if run.world.archive.is_removed(&run.removals, key)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Returns the last committed snapshot of an article. Asked for by whoever has its turn, so that it stays the last.
    pub(super) async fn last(
        self: &Arc<Self>,
        seat: &Arc<Seat>,
    ) -> Result<Option<Earlier>, CaptureError> {
        let (run, seat) = (Arc::clone(self), Arc::clone(seat));
        blocking(move || Ok(articles::newest(&run.world.archive, &seat.folder)?)).await
    }

    /// Returns whether this run would find in the document of `earlier` what was found then.
    pub(super) fn reads_like(&self, earlier: &Earlier) -> bool {
        let options = &self.world.options;
        earlier.snapshot().tool == options.tool && options.lazy == *LazyTable::built_in()
    }

    /// Returns, once a run, whether something is for the site of an article alone: to be asked for an input without one.
    pub(super) fn first_without_site(&self) -> bool {
        self.world.client.keeps_secrets_of_sites() && !self.siteless.swap(true, Ordering::Relaxed)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.world.clock)()
    }

    /// Counts what is new in the store.
    pub(super) fn count_stored(&self, bytes: u64) {
        self.bytes_stored.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts what was sent for.
    pub(super) fn count<S>(&self, answer: &Answer<S>) {
        let exchanges = &answer.exchanges;
        let bytes = exchanges
            .iter()
            .filter_map(|exchange| exchange.response.as_ref())
            .map(|response| response.body_bytes);
        let sent = exchanges
            .iter()
            .filter(|exchange| !exchange.request.is_empty());
        self.requests
            .fetch_add(sent.count() as u64, Ordering::Relaxed);
        self.retries
            .fetch_add(answer.retries.into(), Ordering::Relaxed);
        self.bytes_fetched.fetch_add(bytes.sum(), Ordering::Relaxed);
    }
}

fn json_of(what: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(what).expect("what is noted has string keys")
}

/// Runs work that blocks, on disk or on the processor, away from the network's threads. Never comes back where the program is ending
/// and does not begin it any more.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => std::future::pending().await,
    }
}
