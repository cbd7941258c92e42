//! What does a document on the web name? Asked for conditionally, and read as what it is taken for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

use crate::capture::{CaptureError, World};
use crate::digest::Digest;
use crate::fetch::{Accept, Body, Received, Request, Stop, Validators};
use crate::link::Link;
use crate::listing::Listing;

use super::due::Asked;
use super::known::{self, Known};
use super::reading::{LISTING_BYTES_MAX, fits, told};
use super::{Kind, Robots};

/// Documents that are asked for, held and read at once: each may be as large as that.
pub(super) const READ_AT_ONCE: usize = 8;

/// Asks for documents that name articles.
pub(super) struct Asker<'w> {
    pub(super) world: &'w World,
    /// When articles were asked for; `None` where all are to be.
    pub(super) asked: Option<Arc<Asked>>,
    robots: Robots,
    room: Semaphore,
    requests: AtomicU64,
    bytes: AtomicU64,
}

/// What it took to ask.
pub(super) struct Counted {
    pub(super) requests: u64,
    pub(super) bytes: u64,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) link: Link,
    /// What it must be, where that is known.
    pub(super) expected: Option<Kind>,
    /// How many documents led to it.
    pub(super) depth: usize,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) kind: Kind,
    pub(super) listing: Listing,
    /// Whether it is what it was when it was last read.
    pub(super) is_unchanged: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It can't be had, or is something else: a result.
    Source(String),
    /// Nothing can be archived any more.
    Job(CaptureError),
}

impl<E: Into<CaptureError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Job(error.into())
    }
}

impl<'w> Asker<'w> {
    pub(super) fn new(world: &'w World, robots: Robots, asked: Asked) -> Self {
        Self {
            world,
            asked: (!world.options.refresh).then(|| Arc::new(asked)),
            robots,
            room: Semaphore::new(READ_AT_ONCE),
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Returns what it took so far.
    pub(super) fn counted(&self) -> Counted {
        Counted {
            requests: self.requests.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// Asks for one document.
    pub(super) async fn ask(&self, question: &Question) -> Result<Answer, Trouble> {
        let link = &question.link;
        let archive = self.world.archive.clone();
        let address = link.clone();
        let known = blocking(move || known::recall(&archive, &address)).await?;
        let _room = self.room.acquire().await;
        // Where it is to be something else now, what it was says nothing.
        let usable = known.as_ref().filter(|it| fits(question.expected, it.kind));
        let validators = usable.and_then(Known::validators);
        match self.get(question, validators).await? {
            Received::NotModified { .. } => match known {
                Some(known) => Ok(known.answer()),
                None => Err(Trouble::Source(
                    "the server says that it has not changed, but was not asked that".to_owned(),
                )),
            },
            Received::Body(body) => self.read(question, body, known).await,
        }
    }

    async fn get(
        &self,
        question: &Question,
        validators: Option<Validators>,
    ) -> Result<Received<Vec<u8>>, Trouble> {
        let is_named = question.depth == 0;
        let request = Request {
            link: question.link.clone(),
            accept: Accept::Any,
            site: is_named.then(|| question.link.clone()),
            page: None,
            robots: if is_named {
                self.robots.of_sources
            } else {
                self.robots.of_leads
            },
            validators,
            bytes_max: Some(LISTING_BYTES_MAX),
        };
        let answer = self.world.client.get(request, Vec::new()).await;
        let sent = answer.exchanges.iter().filter(|it| !it.request.is_empty());
        self.requests
            .fetch_add(sent.count() as u64, Ordering::Relaxed);
        let responses = answer
            .exchanges
            .iter()
            .filter_map(|it| it.response.as_ref());
        let bytes = responses.map(|response| response.body_bytes).sum();
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        answer.result.map_err(|stop| match stop {
            Stop::Failure(failure) => Trouble::Source(format!("can't fetch it: {failure}")),
            Stop::Sink(error) => Trouble::Job(error.into()),
            Stop::Machine(error) => Trouble::Job(CaptureError::Machine(error)),
        })
    }

    /// Reads what came, and remembers it.
    async fn read(
        &self,
        question: &Question,
        body: Body<Vec<u8>>,
        known: Option<Known>,
    ) -> Result<Answer, Trouble> {
        let now = (self.world.clock)();
        let writer = Arc::clone(&self.world.writer);
        let Question { link, expected, .. } = question.clone();
        blocking(move || {
            let (bytes, validators) = (body.sink, body.validators);
            let was = known.as_ref().map(|known| known.kind);
            let digest = Digest::of(&bytes);
            if let Some(known) = known.filter(|it| it.is(digest) && fits(expected, it.kind)) {
                return Ok(known.answer());
            }
            let told = told(bytes, body.content_type.as_deref(), body.final_url, expected);
            let (kind, listing) = told.map_err(Trouble::Source)?;
            if let (None, Some(was), Kind::Page) = (expected, was, kind)
                && was != Kind::Page
            {
                return Err(Trouble::Source(format!(
                    "it was {}, and now it is an HTML page; if it is to be archived itself, say kind = \"page\"",
                    was.describe()
                )));
            }
            let new = Known::new(now, digest, validators, (kind, listing));
            new.keep(&writer, &link)?;
            Ok(Answer {
                is_unchanged: false,
                ..new.answer()
            })
        })
        .await
    }
}

impl Known {
    fn answer(self) -> Answer {
        Answer {
            kind: self.kind,
            listing: self.listing,
            is_unchanged: true,
        }
    }
}

/// Runs work that blocks, on disk or on the processor, away from the network's threads.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
