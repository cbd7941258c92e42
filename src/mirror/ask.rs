//! What does a document on the web name? Asked for conditionally, and read as what it is taken for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

use crate::archive::ArchiveError;
use crate::capture::{CaptureError, Obeyed, Wishes, World, blocking};
use crate::digest::Digest;
use crate::exchange::{Exchange, Why};
use crate::fetch::{Accept, Body, Received, Request, Stop, Validators};
use crate::link::Link;
use crate::listing::{Choice, Listing};

use super::due::Asked;
use super::known::{self, Known};
use super::reading::{LISTING_BYTES_MAX, fits, told};
use super::texts::{self, Texts};
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
    /// Of which entries that is wanted which a feed carries of them; `None` where it is of none.
    pub(super) texts: Option<Arc<Choice>>,
    /// What is wanted of its source.
    pub(super) wishes: Arc<Wishes>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) kind: Kind,
    pub(super) listing: Listing,
    /// What it carries of articles.
    pub(super) texts: Texts,
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
        let choice = question.texts.clone();
        let known = blocking(move || -> Result<_, ArchiveError> {
            let known = known::recall(&archive, &address)?;
            // What it carried and is not here has to come again.
            Ok(match (known, choice) {
                (Some(known), Some(choice)) => {
                    let lacks = texts::lacks(&archive, &known.listing.entries, &choice)?;
                    (!lacks).then_some(known)
                }
                (known, _) => known,
            })
        })
        .await?;
        let _room = self.room.acquire().await;
        // Where it is to be something else now, what it was says nothing.
        let usable = known.as_ref().filter(|it| fits(question.expected, it.kind));
        let validators = usable.and_then(Known::validators);
        let (received, exchanges) = self.get(question, validators).await?;
        match received {
            Received::NotModified { .. } => match known {
                Some(known) => Ok(known.answer(question, &exchanges)),
                None => Err(Trouble::Source(
                    "the server says that it has not changed, but was not asked that".to_owned(),
                )),
            },
            Received::Body(body) => self.read(question, body, exchanges, known).await,
        }
    }

    async fn get(
        &self,
        question: &Question,
        validators: Option<Validators>,
    ) -> Result<(Received<Vec<u8>>, Arc<Vec<Exchange>>), Trouble> {
        let is_named = question.depth == 0;
        let request = Request {
            link: question.link.clone(),
            accept: Accept::Any,
            site: is_named.then(|| question.link.clone()),
            page: None,
            robots: match question.wishes.robots {
                Some(obeyed) => obeyed != Obeyed::ForNothing,
                None if is_named => self.robots.of_sources,
                None => self.robots.of_leads,
            },
            validators,
            bytes_max: Some(LISTING_BYTES_MAX),
            wishes: question.wishes.requests,
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
        let exchanges = Arc::new(answer.exchanges);
        let allowed = question.wishes.requests.bytes_max;
        let allowed = allowed.unwrap_or(self.world.client.bytes_max());
        let received = answer.result.map_err(|stop| match stop {
            // Where the user allows more, no flag would help.
            Stop::Failure(failure)
                if failure.why == Why::TooLarge && allowed >= LISTING_BYTES_MAX =>
            {
                let most = LISTING_BYTES_MAX >> 20;
                Trouble::Source(format!(
                    "it is larger than {most} MiB, the most that is read of what names articles"
                ))
            }
            Stop::Failure(failure) => Trouble::Source(format!("can't fetch it: {failure}")),
            Stop::Sink(error) => Trouble::Job(error.into()),
            Stop::Machine(error) => Trouble::Job(CaptureError::Machine(error)),
        })?;
        Ok((received, exchanges))
    }

    /// Reads what came, and remembers it.
    async fn read(
        &self,
        question: &Question,
        body: Body<Vec<u8>>,
        exchanges: Arc<Vec<Exchange>>,
        known: Option<Known>,
    ) -> Result<Answer, Trouble> {
        let now = (self.world.clock)();
        let writer = Arc::clone(&self.world.writer);
        let question = question.clone();
        blocking(move || {
            let expected = question.expected;
            let (bytes, validators) = (body.sink, body.validators);
            let was = known.as_ref().map(|known| known.kind);
            let digest = Digest::of(&bytes);
            if let Some(known) = known.filter(|it| it.is(digest) && fits(expected, it.kind)) {
                return Ok(known.answer(&question, &exchanges));
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
            let (feed, entries) = (&question.link, &listing.entries);
            let texts = match &question.texts {
                Some(choice) => texts::taken(&writer, feed, entries, choice, &exchanges)?,
                None => Texts::new(),
            };
            let new = Known::new(now, digest, validators, (kind, listing));
            new.keep(&writer, feed)?;
            Ok(Answer {
                kind: new.kind,
                listing: new.listing,
                texts,
                is_unchanged: false,
            })
        })
        .await
    }
}

impl Known {
    fn answer(self, question: &Question, exchanges: &Arc<Vec<Exchange>>) -> Answer {
        let texts = question
            .texts
            .as_ref()
            .map(|choice| texts::unchanged(&self.listing.entries, choice, exchanges));
        Answer {
            texts: texts.unwrap_or_default(),
            kind: self.kind,
            listing: self.listing,
            is_unchanged: true,
        }
    }
}
