//! What came of each resource that an article needs? Each URL is fetched once a run, proven, and stored.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::archive::Note;
use crate::exchange::{Exchange, Why};
use crate::fetch::{Accept, Body, Received, Request, Stop as FetchStop, Validators};
use crate::link::Link;
use crate::media::Class;
use crate::placeholder::Picture;
use crate::refs::Role;
use crate::render::SHEET_BYTES_MAX;
use crate::snapshot::{Missing, Named, Observed, Outcome, Resource};

use super::allowance::Allowance;
use super::earlier::Earlier;
use super::intake::Intake;
use super::run::{Run, blocking};
use super::{CaptureError, forbidden, logged};

/// What a URL brought in this run.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Every hop, noted down: a run of ten thousand articles must not hold them all.
    pub(super) exchanges: Note,
    /// The status of the last answer, if there was one.
    status: Option<u16>,
    /// The host that forbade it to a request that told nothing of the article.
    forbidding: Option<String>,
    /// Bytes that came over the network for it.
    bytes: u64,
    /// Bytes of a new blob that no snapshot names so far.
    stored: AtomicU64,
    /// What is there now, or why nothing is.
    current: Result<Current, Missing>,
}

#[derive(Debug)]
struct Current {
    resource: Resource,
    /// Whether the origin said that it is what the archive already has.
    not_modified: bool,
    /// Bytes of a new blob.
    stored: u64,
    /// How it came; of stylesheets, which must be read.
    came: Option<Came>,
}

/// How a stylesheet came.
#[derive(Debug, Clone)]
pub(super) struct Came {
    /// The URL that answered, after redirects.
    pub(super) address: Link,
    /// The `Content-Type` field, as sent.
    pub(super) content_type: Option<String>,
}

/// The URLs of this run: one fetch each, whoever asks first; one for each site where a site is told a secret, which may
/// be answered with another image.
#[derive(Debug, Default)]
pub(super) struct Once(Mutex<HashMap<(Link, Option<String>), Cell>>);

/// Filled by who asks first; the others wait for it.
type Cell = Arc<OnceCell<Arc<Fetched>>>;

/// Where an article is, and how much it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home<'a> {
    /// What may still be fetched for it.
    pub(super) allowance: &'a Allowance,
    /// As the user knows it: secrets of its site go there.
    pub(super) site: Option<&'a Link>,
    /// Where its document was found: what hosts are told of that may be.
    pub(super) page: Option<&'a Link>,
}

/// One resource that an article needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Its address.
    pub(super) link: &'a Link,
    /// What its place needs.
    pub(super) need: Class,
    /// The article that it is for.
    pub(super) home: Home<'a>,
    /// Whether a single pixel has nothing to show in its places, and is not asked to be kept.
    pub(super) may_track: bool,
}

/// What came of one resource of an article.
#[derive(Debug)]
pub(super) struct Settled {
    /// What the snapshot says of it.
    pub(super) outcome: Outcome,
    /// The requests it took; none where nothing was asked.
    pub(super) fetched: Option<Arc<Fetched>>,
}

/// Gets one resource. What `earlier` kept is asked for only conditionally, or not at all where it came
/// without validators. A blob that has vanished from the archive counts as never kept.
pub(super) async fn settle(
    run: &Arc<Run>,
    wanted: Wanted<'_>,
    earlier: Option<&Earlier>,
) -> Result<Settled, CaptureError> {
    let Wanted {
        link,
        need,
        may_track,
        ..
    } = wanted;
    let refresh = run.world.options.refresh;
    // Who counts readers is not called again: what the last snapshot saw there says enough.
    if let Some(seen) = earlier.and_then(|earlier| earlier.tracker(link))
        && may_track
        && !refresh
    {
        return Ok(Settled {
            outcome: Outcome::Missing(seen.clone()),
            fetched: None,
        });
    }
    let held = held(run, link, earlier)
        .await?
        .filter(|held| held.media.fits(need));
    let is_current = held.is_some() && earlier.is_some_and(|earlier| earlier.is_current(link));
    let current = held.clone().filter(|_| is_current);
    let validators = current
        .as_ref()
        .and(earlier)
        .and_then(|earlier| earlier.validators(link));
    if let (Some(resource), None, false) = (&current, &validators, refresh) {
        let outcome = Outcome::Carried {
            resource: resource.clone(),
            observed: Observed::NotAsked,
        };
        return Ok(Settled {
            outcome,
            fetched: None,
        });
    }
    if wanted.home.allowance.is_spent() {
        return Ok(beyond(held, run.now()));
    }
    let known = current.zip(validators);
    let secretive = run.world.client.keeps_secrets_of_sites();
    let cell = run.once.cell(
        link,
        wanted.home.site.filter(|_| secretive).map(Link::origin),
    );
    let fetched = cell
        .get_or_try_init(|| async { fetch(run, wanted, known).await.map(Arc::new) })
        .await?;
    wanted.home.allowance.spend(fetched.bytes);
    let outcome = outcome(fetched, wanted, held, run.now());
    if matches!(outcome, Outcome::Kept(_)) {
        run.count_stored(fetched.stored.swap(0, Ordering::Relaxed));
    }
    Ok(Settled {
        outcome,
        fetched: Some(Arc::clone(fetched)),
    })
}

/// Returns what comes of a resource that is not asked for, since the article has taken all that it may.
fn beyond(held: Option<Resource>, tried: Timestamp) -> Settled {
    let missing = Missing {
        why: Why::ArticleTooLarge,
        status: None,
        tried,
    };
    let outcome = match held {
        Some(resource) => Outcome::Carried {
            resource,
            observed: Observed::Lost(missing),
        },
        None => Outcome::Missing(missing),
    };
    Settled {
        outcome,
        fetched: None,
    }
}

/// Returns what the last snapshot holds of `link`, if the archive still has it.
async fn held(
    run: &Arc<Run>,
    link: &Link,
    earlier: Option<&Earlier>,
) -> Result<Option<Resource>, CaptureError> {
    let Some(resource) = earlier.and_then(|earlier| earlier.resource(link)).cloned() else {
        return Ok(None);
    };
    let run = Arc::clone(run);
    blocking(move || {
        let blob = Named {
            digest: resource.digest,
            size: resource.size,
            extension: resource.media.extension(),
        };
        Ok(run.world.writer.holds(&blob)?.then_some(resource))
    })
    .await
}

fn outcome(
    fetched: &Fetched,
    wanted: Wanted<'_>,
    kept: Option<Resource>,
    tried: Timestamp,
) -> Outcome {
    let Wanted {
        need, may_track, ..
    } = wanted;
    // An archive that holds such a pixel goes on holding it.
    let counts_readers = may_track && !kept.as_ref().is_some_and(Resource::is_pixel);
    let fit = match fetched.fit_for(need, tried) {
        Ok(current) if counts_readers && current.resource.is_pixel() => Err(Missing {
            why: Why::Tracker,
            status: fetched.status,
            tried,
        }),
        fit => fit,
    };
    match (fit, kept) {
        (
            Ok(Current {
                resource,
                not_modified: false,
                ..
            }),
            _,
        ) => Outcome::Kept(resource.clone()),
        (
            Ok(Current {
                resource,
                not_modified: true,
                ..
            }),
            _,
        ) => Outcome::Carried {
            resource: resource.clone(),
            observed: Observed::NotModified,
        },
        (Err(missing), Some(resource)) => Outcome::Carried {
            resource,
            observed: Observed::Lost(missing),
        },
        (Err(missing), None) => Outcome::Missing(Missing { tried, ..missing }),
    }
}

async fn fetch(
    run: &Arc<Run>,
    wanted: Wanted<'_>,
    known: Option<(Resource, Validators)>,
) -> Result<Fetched, CaptureError> {
    let Wanted {
        link, need, home, ..
    } = wanted;
    let tried = run.now();
    let (resource, validators) = known.unzip();
    let intake = Intake::new(Arc::clone(&run.world.writer));
    let request = Request {
        link: link.clone(),
        accept: accept(need),
        site: home.site.cloned(),
        page: home.page.cloned(),
        robots: run.world.options.robots,
        validators,
        bytes_max: (need == Class::Style).then_some(SHEET_BYTES_MAX),
    };
    let answer = run.world.client.get(request, intake).await;
    run.count(&answer);
    let missing = |why, status| Missing { why, status, tried };
    let current = match (answer.result, resource) {
        (Ok(Received::Body(body)), _) => {
            let status = body.status;
            let taken = take(run, body, wanted).await?;
            taken.map_err(|why| missing(why, Some(status)))
        }
        (Ok(Received::NotModified { final_url }), Some(resource)) => Ok(Current {
            resource,
            not_modified: true,
            stored: 0,
            came: came(need, final_url, None),
        }),
        // A 304 to a request without validators answers nothing.
        (Ok(Received::NotModified { .. }), None) => Err(missing(Why::HttpStatus, Some(304))),
        (Err(FetchStop::Failure(failure)), _) => Err(missing(failure.why, failure.status)),
        (Err(FetchStop::Sink(source)), _) => return Err(source.into()),
    };
    noted(run, answer.exchanges, current).await
}

/// Notes the exchanges down, and keeps of them what this run still asks for.
async fn noted(
    run: &Arc<Run>,
    exchanges: Vec<Exchange>,
    current: Result<Current, Missing>,
) -> Result<Fetched, CaptureError> {
    let answers = || {
        exchanges
            .iter()
            .filter_map(|exchange| exchange.response.as_ref())
    };
    let (status, bytes) = (
        exchanges
            .last()
            .and_then(|last| Some(last.response.as_ref()?.status)),
        answers().map(|response| response.body_bytes).sum(),
    );
    let forbidding = exchanges
        .last()
        .filter(|last| forbidden::is_forbidden(last));
    let forbidding = forbidding.map(|last| last.url.host().to_owned());
    let run = Arc::clone(run);
    let exchanges = blocking(move || run.note(&exchanges)).await?;
    let stored = current.as_ref().map_or(0, |current| current.stored);
    Ok(Fetched {
        exchanges,
        status,
        forbidding,
        bytes,
        stored: AtomicU64::new(stored),
        current,
    })
}

/// Stores a body that came whole, if it is what its place needs and does not stand for something else.
async fn take(
    run: &Run,
    body: Body<Intake>,
    wanted: Wanted<'_>,
) -> Result<Result<Current, Why>, CaptureError> {
    let (intake, need) = (body.sink, wanted.need);
    let (resource, stored) = match blocking(move || intake.store(need)).await? {
        Ok(taken) => taken,
        Err(why) => return Ok(Err(why)),
    };
    let etag = body.validators.and_then(|validators| validators.etag);
    let picture = Picture {
        asked: &wanted.link.without_fragment().without_user_info(),
        answered: &body.final_url,
        etag: etag.as_deref(),
        digest: resource.digest,
        bytes: resource.size,
        size: resource.width.zip(resource.height),
    };
    if let Some(name) = run.world.options.placeholders.name(&picture) {
        logged::placeholder(wanted.link, name);
        return Ok(Err(Why::Placeholder));
    }
    Ok(Ok(Current {
        stored: if stored.new { stored.bytes } else { 0 },
        resource,
        not_modified: false,
        came: came(need, body.final_url, body.content_type),
    }))
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

/// Returns what a place of this role needs.
pub(super) fn class(role: Role) -> Class {
    match role {
        Role::Image | Role::Icon => Class::Image,
        Role::Style => Class::Style,
        Role::Font => Class::Font,
        Role::Media => Class::Media,
    }
}

impl Settled {
    /// Returns the host that forbade it to a request that told nothing of the article.
    pub(super) fn forbidding(&self) -> Option<&str> {
        self.fetched.as_ref()?.forbidding.as_deref()
    }

    /// Returns how many bytes came over the network for it.
    pub(super) fn bytes(&self) -> u64 {
        self.fetched.as_ref().map_or(0, |fetched| fetched.bytes)
    }

    /// Returns how the stylesheet that this is came; `None` where it did not come in this run.
    pub(super) fn came(&self) -> Option<Came> {
        let current = self.fetched.as_ref()?.current.as_ref().ok()?;
        current.came.clone()
    }
}

impl Fetched {
    /// Returns what is there, if it is what `need` says: whoever asked first may have needed something else.
    fn fit_for(&self, need: Class, tried: Timestamp) -> Result<&Current, Missing> {
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

impl Once {
    fn cell(&self, link: &Link, site: Option<String>) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry((link.clone(), site)).or_default())
    }
}
