//! What comes of each resource that an article needs? It is kept, carried over, or missing.

use std::sync::Arc;

use jiff::Timestamp;

use crate::exchange::Why;
use crate::link::Link;
use crate::media::Class;
use crate::refs::Role;
use crate::snapshot::{Missing, Named, Observed, Outcome, Resource};

use super::allowance::Allowance;
use super::earlier::Before;
use super::fetched::{Came, Current, Fetched, fetch};
use super::once::{Key, Once};
use super::run::{Run, blocking};
use super::{CaptureError, Wishes};

/// Where an article is, and how much it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home<'a> {
    /// What may still be fetched for it.
    pub(super) allowance: &'a Allowance,
    /// As the user knows it: secrets of its site go there.
    pub(super) site: Option<&'a Link>,
    /// Where its document was found: what hosts are told of that may be.
    pub(super) page: Option<&'a Link>,
    /// What the user wants of it.
    pub(super) wishes: &'a Wishes,
    /// Whether what is here and counts as new goes unasked.
    pub(super) spares: bool,
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

/// Gets one resource. What was kept `before` is asked for only conditionally, or not at all where it came
/// without validators, or is to be spared. A blob that has vanished from the archive counts as never kept.
pub(super) async fn settle(
    run: &Arc<Run>,
    wanted: Wanted<'_>,
    before: Option<Before>,
) -> Result<Settled, CaptureError> {
    let Wanted {
        link,
        need,
        may_track,
        ..
    } = wanted;
    let refresh = run.world.options.refresh;
    // Who counts readers is not called again: what the last snapshot saw there says enough.
    if let Some(seen) = before.as_ref().and_then(|before| before.tracker.as_ref())
        && may_track
        && !refresh
    {
        return Ok(Settled {
            outcome: Outcome::Missing(seen.clone()),
            fetched: None,
        });
    }
    let held = held(run, before.as_ref())
        .await?
        .filter(|held| held.media.fits(need));
    let before = before.filter(|before| held.is_some() && before.is_current);
    let current = held.clone().filter(|_| before.is_some());
    let is_fresh = before
        .as_ref()
        .is_some_and(|before| before.is_fresh(run.now()));
    let validators = before.and_then(|before| before.validators);
    let is_spared = || validators.is_none() || wanted.home.spares && is_fresh;
    if let Some(resource) = current.as_ref().filter(|_| !refresh && is_spared()) {
        return Ok(Settled {
            outcome: not_asked(resource.clone()),
            fetched: None,
        });
    }
    if wanted.home.allowance.is_spent() {
        return Ok(beyond(held, run.now()));
    }
    let known = current.zip(validators);
    let secretive = run.world.client.keeps_secrets_of_sites();
    let site = wanted.home.site.filter(|_| secretive).map(Link::origin);
    let told = run
        .world
        .client
        .tells(link, wanted.home.page, wanted.home.wishes.requests);
    let key = Key::new(link, site.as_deref(), told.as_deref());
    let fetched = Once::get(run, key, async || fetch(run, wanted, known).await).await?;
    wanted.home.allowance.spend(fetched.bytes);
    let outcome = outcome(&fetched, wanted, held, run.now());
    if matches!(outcome, Outcome::Kept(_)) {
        run.count_stored(run.once.take_stored(key));
    }
    Ok(Settled {
        outcome,
        fetched: Some(fetched),
    })
}

/// Returns what comes of a resource that is not asked for, since the article has taken all that it may.
fn beyond(held: Option<Resource>, tried: Timestamp) -> Settled {
    let missing = Missing {
        why: Why::ArticleTooLarge,
        status: None,
        tried,
    };
    Settled {
        outcome: held.map_or(Outcome::Missing(missing), not_asked),
        fetched: None,
    }
}

/// Returns what is said of a resource that is here and was not asked for.
pub(super) fn not_asked(resource: Resource) -> Outcome {
    Outcome::Carried {
        resource,
        observed: Observed::NotAsked,
    }
}

/// Returns what the last snapshot holds of a resource, if the archive still has it.
async fn held(run: &Arc<Run>, before: Option<&Before>) -> Result<Option<Resource>, CaptureError> {
    let Some((before, resource)) = before.and_then(|it| Some((it, it.resource.clone()?))) else {
        return Ok(None);
    };
    if before.is_whole {
        return Ok(Some(resource));
    }
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
