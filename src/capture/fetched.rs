//! What did a URL bring in this run? Each is fetched once, proven, stored, and noted down.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::{Note, Stored};
use crate::exchange::{Exchange, Why};
use crate::fetch::{Accept, Body, Received, Request, Stop as FetchStop, Validators};
use crate::link::Link;
use crate::media::Class;
use crate::placeholder::Picture;
use crate::render::SHEET_BYTES_MAX;
use crate::snapshot::{Missing, Resource};

use super::intake::Intake;
use super::noted::Noted;
use super::resources::Wanted;
use super::run::Run;
use super::{CaptureError, Obeyed, forbidden, left, logged};

/// What a URL brought in this run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Fetched {
    /// Where it is noted down with every hop, which a run of ten thousand articles must not hold.
    #[serde(skip)]
    pub(super) note: Option<Note>,
    /// The status of the last answer, if there was one.
    pub(super) status: Option<u16>,
    /// The host that forbade it to a request that told nothing of the article.
    pub(super) forbidding: Option<String>,
    /// Bytes that came over the network for it.
    pub(super) bytes: u64,
    /// What is there now, or why nothing is.
    pub(super) current: Result<Current, Missing>,
}

/// What stands at a URL.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Current {
    pub(super) resource: Resource,
    /// Whether the origin said that it is what the archive already has.
    pub(super) not_modified: bool,
    /// How it came; of stylesheets, which must be read.
    pub(super) came: Option<Came>,
    /// Bytes of a new blob; who recalls it from a note has been told of them.
    #[serde(skip)]
    stored: u64,
}

/// How a stylesheet came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Came {
    /// The URL that answered, after redirects.
    pub(super) address: Link,
    /// The `Content-Type` field, as sent.
    pub(super) content_type: Option<String>,
}

/// Asks for a resource: only whether it has changed, where one is `known`.
pub(super) async fn fetch(
    run: &Arc<Run>,
    wanted: Wanted<'_>,
    known: Option<(Resource, Validators)>,
) -> Result<Fetched, CaptureError> {
    let Wanted {
        link, need, home, ..
    } = wanted;
    let asked = run.now();
    let (resource, validators) = known.unzip();
    let request = Request {
        link: link.clone(),
        accept: accept(need),
        site: home.site.cloned(),
        page: home.page.cloned(),
        robots: run.obeyed(home.wishes) == Obeyed::ForAll,
        validators,
        bytes_max: (need == Class::Style).then_some(SHEET_BYTES_MAX),
        wishes: home.wishes.requests,
    };
    if let Some(fetched) = left::take_over(run, &request).await? {
        return Ok(fetched);
    }
    let intake = Intake::new(Arc::clone(&run.world.writer), need);
    let answer = run.world.client.get(request.clone(), intake).await;
    run.count(&answer);
    let missing = |why, status| Missing {
        why,
        status,
        tried: asked,
    };
    let current = match (answer.result, resource) {
        (Ok(Received::Body(body)), _) => {
            let status = body.status;
            take(run, body, wanted).map_err(|why| missing(why, Some(status)))
        }
        (Ok(Received::NotModified { final_url }), Some(resource)) => Ok(Current {
            resource,
            not_modified: true,
            came: came(need, final_url, None),
            stored: 0,
        }),
        // A 304 to a request without validators answers nothing.
        (Ok(Received::NotModified { .. }), None) => Err(missing(Why::HttpStatus, Some(304))),
        (Err(FetchStop::Failure(failure)), _) => Err(missing(failure.why, failure.status)),
        (Err(FetchStop::Sink(source)), _) => return Err(source.into()),
        (Err(FetchStop::Machine(source)), _) => return Err(CaptureError::Machine(source)),
    };
    let fetched = Fetched::new(&answer.exchanges, current);
    noted(run, &request, asked, fetched, &answer.exchanges).await
}

/// Notes down what was fetched, with all that another run needs to know to go on from there.
pub(super) async fn noted(
    run: &Arc<Run>,
    request: &Request,
    asked: Timestamp,
    fetched: Fetched,
    exchanges: &[Exchange],
) -> Result<Fetched, CaptureError> {
    let here = fetched.current.as_ref().ok();
    let note = Noted {
        asked,
        request: here.and_then(|_| run.fingerprint(request)),
        file: here.and_then(|here| run.world.writer.number_of(&here.resource.digest)),
        fetched: &fetched,
        exchanges,
    };
    let note = run.note(&note).await?;
    Ok(Fetched {
        note: Some(note),
        ..fetched
    })
}

/// Takes a body that came whole, if it is what its place needs and does not stand for something else.
fn take(run: &Run, body: Body<Intake>, wanted: Wanted<'_>) -> Result<Current, Why> {
    let taken = body.sink.taken();
    let (resource, stored) = taken.expect("who takes a body in is told of its end")?;
    let etag = body.validators.and_then(|validators| validators.etag);
    if is_placeholder(
        run,
        wanted.link,
        &resource,
        &body.final_url,
        etag.as_deref(),
    ) {
        return Err(Why::Placeholder);
    }
    Ok(Current {
        resource,
        not_modified: false,
        came: came(wanted.need, body.final_url, body.content_type),
        stored: if stored.new { stored.bytes } else { 0 },
    })
}

/// Returns whether what stands at `asked`, and came from `answered`, stands for something else.
pub(super) fn is_placeholder(
    run: &Run,
    asked: &Link,
    resource: &Resource,
    answered: &Link,
    etag: Option<&str>,
) -> bool {
    let picture = Picture {
        asked: &asked.without_fragment().without_user_info(),
        answered,
        etag,
        digest: resource.digest,
        bytes: resource.size,
        size: resource.width.zip(resource.height),
    };
    let name = run.world.options.placeholders.name(&picture);
    if let Some(name) = name {
        logged::placeholder(asked, name);
    }
    name.is_some()
}

fn came(need: Class, address: Link, content_type: Option<String>) -> Option<Came> {
    (need == Class::Style).then_some(Came {
        address,
        content_type,
    })
}

fn accept(need: Class) -> Accept {
    match need {
        Class::Image => Accept::Image,
        Class::Style => Accept::Style,
        Class::Font | Class::Media => Accept::Any,
    }
}

impl Fetched {
    /// Keeps of the exchanges what this run still asks for.
    fn new(exchanges: &[Exchange], current: Result<Current, Missing>) -> Self {
        let answers = exchanges.iter().filter_map(|it| it.response.as_ref());
        let last = exchanges.last();
        let forbidding = last.filter(|last| forbidden::is_forbidden(last));
        Self {
            note: None,
            status: last.and_then(|last| Some(last.response.as_ref()?.status)),
            forbidding: forbidding.map(|last| last.url.host().to_owned()),
            bytes: answers.map(|response| response.body_bytes).sum(),
            current,
        }
    }

    /// Counts bytes of a new blob that this run did not fetch itself.
    pub(super) fn count_stored(&mut self, stored: Stored) {
        if let Ok(current) = &mut self.current {
            current.stored = if stored.new { stored.bytes } else { 0 };
        }
    }

    /// Returns how many bytes of a new blob came.
    pub(super) fn stored(&self) -> u64 {
        self.current.as_ref().map_or(0, |current| current.stored)
    }

    /// Returns what is there, if it is what `need` says: whoever asked first may have needed something else.
    pub(super) fn fit_for(&self, need: Class, tried: Timestamp) -> Result<&Current, Missing> {
        let current = self.current.as_ref().map_err(Clone::clone)?;
        if current.resource.media.fits(need) {
            return Ok(current);
        }
        Err(Missing {
            why: Why::WrongKind,
            status: self.status,
            tried,
        })
    }
}
