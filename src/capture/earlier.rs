//! What did an article's last snapshot hold, and what makes a request for it conditional?

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::Timestamp;

use crate::archive::SnapshotFile;
use crate::exchange::Exchange;
use crate::fetch::Validators;
use crate::link::Link;
use crate::snapshot::{self, Mention, Missing, Observed, Outcome, Snapshot};

/// An article's last committed snapshot.
#[derive(Debug)]
pub(super) struct Earlier {
    file: SnapshotFile,
    places: OnceLock<Places>,
    /// Whether every blob that it names was in the archive when it was read.
    is_whole: bool,
}

/// Where in a snapshot an address stands: asked for every resource of a page, of which there may be thousands.
#[derive(Debug, Default)]
struct Places {
    /// The document and the reference that name it first.
    mentions: HashMap<Link, (usize, usize)>,
    /// The request that was sent for it last.
    exchanges: HashMap<Link, usize>,
}

/// What is known of one resource before it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Before {
    /// What was seen where it was a pixel that counts readers.
    pub(super) tracker: Option<Missing>,
    /// What the last snapshot holds of it, however old.
    pub(super) resource: Option<snapshot::Resource>,
    /// Whether the last try to get it did not fail.
    pub(super) is_current: bool,
    /// What makes a request for it conditional.
    pub(super) validators: Option<Validators>,
    /// From when and until when it counts as new.
    pub(super) fresh: Option<(Timestamp, Timestamp)>,
    /// Whether every blob that the snapshot names is here.
    pub(super) is_whole: bool,
}

impl Before {
    /// Returns whether it counts as new at the moment `now`, by what its origin said when it was asked last. A clock that was ahead
    /// then makes it old.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        self.fresh
            .is_some_and(|(from, until)| from <= now && now < until)
    }
}

impl Places {
    fn of(snapshot: &Snapshot) -> Self {
        let mut places = Self::default();
        for (at, document) in snapshot.documents.iter().enumerate() {
            for (number, mention) in document.references.iter().enumerate() {
                if let Some(target) = &mention.target {
                    let first = places.mentions.entry(address(target).into_owned());
                    first.or_insert((at, number));
                }
            }
        }
        for (number, exchange) in snapshot.exchanges.iter().enumerate() {
            places.exchanges.insert(exchange.url.clone(), number);
        }
        places
    }
}

/// Returns what a snapshot knows an address by: most are that already, and each is asked for some times.
fn address(link: &Link) -> Cow<'_, Link> {
    if link.has_user_info() || link.as_url().fragment().is_some() {
        Cow::Owned(link.without_fragment().without_user_info())
    } else {
        Cow::Borrowed(link)
    }
}

impl Earlier {
    /// Takes a snapshot; `is_whole` says whether every blob that it names is in the archive.
    pub(super) fn new(file: SnapshotFile, is_whole: bool) -> Self {
        Self {
            file,
            places: OnceLock::new(),
            is_whole,
        }
    }

    pub(super) fn into_file(self) -> SnapshotFile {
        self.file
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(super) fn file(&self) -> &SnapshotFile {
        &self.file
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.file.snapshot
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| Places::of(&self.file.snapshot))
    }

    /// Returns what is known of `link`.
    pub(super) fn before(&self, link: &Link) -> Before {
        Before {
            tracker: self.tracker(link).cloned(),
            resource: self.resource(link).cloned(),
            is_current: self.is_current(link),
            validators: self.validators(link),
            fresh: self.fresh(link),
            is_whole: self.is_whole,
        }
    }

    /// Returns whether the last try to get `link` did not fail: what was only carried since then is asked for as if it were
    /// new.
    fn is_current(&self, link: &Link) -> bool {
        let lost = |mention: &Mention| {
            matches!(
                mention.outcome,
                Outcome::Carried {
                    observed: Observed::Lost(_),
                    ..
                }
            )
        };
        self.mention(link).is_some_and(|mention| !lost(mention))
    }

    /// Returns what the snapshot holds of `link`, however old.
    pub(super) fn resource(&self, link: &Link) -> Option<&snapshot::Resource> {
        self.mention(link)
            .and_then(|mention| mention.outcome.resource())
    }

    /// Returns what was seen of `link` where it was a pixel that counts readers.
    fn tracker(&self, link: &Link) -> Option<&Missing> {
        match &self.mention(link)?.outcome {
            Outcome::Missing(missing) => Some(missing).filter(|missing| missing.is_tracker()),
            Outcome::Kept(_) | Outcome::Carried { .. } => None,
        }
    }

    fn mention(&self, link: &Link) -> Option<&Mention> {
        let (document, reference) = *self.places().mentions.get(address(link).as_ref())?;
        Some(&self.snapshot().documents[document].references[reference])
    }

    /// Returns what the snapshot says of the stylesheet that `link` led to.
    pub(super) fn document(&self, link: &Link) -> Option<&snapshot::Document> {
        let document = self.mention(link)?.document?;
        self.snapshot().documents.get(document)
    }

    /// Returns what makes a request for `link` conditional: the validators of the answer that `link` led to, through its
    /// redirects.
    pub(super) fn validators(&self, link: &Link) -> Option<Validators> {
        let last = self.answer(link)?;
        let (etag, last_modified) = (field(last, "etag"), field(last, "last-modified"));
        let any = etag.is_some() || last_modified.is_some();
        any.then(|| Validators {
            url: last.url.clone(),
            etag,
            last_modified,
        })
    }

    /// Returns from when and until when what the snapshot holds of `link` counts as new, by what its origin said when it was asked
    /// last.
    fn fresh(&self, link: &Link) -> Option<(Timestamp, Timestamp)> {
        let exchange = self.answer(link)?;
        let until = exchange.response.as_ref()?.fresh_until(exchange.started)?;
        Some((exchange.started, until))
    }

    /// Returns the exchange that `link` led to, if it brought the resource or said that it had not changed.
    fn answer(&self, link: &Link) -> Option<&Exchange> {
        let start = *self.places().exchanges.get(address(link).as_ref())?;
        let exchanges = &self.snapshot().exchanges;
        // The hops of a chain stand together, and it ends with the first that is no redirect and was not tried again.
        let is_tried_again = |at: usize, exchange: &Exchange| {
            let next = exchanges.get(at + 1);
            exchange.failure.is_some() && next.is_some_and(|next| next.url == exchange.url)
        };
        let (_, answer) = exchanges
            .iter()
            .enumerate()
            .skip(start)
            .find(|(at, exchange)| !is_redirect(exchange) && !is_tried_again(*at, exchange))?;
        let status = answer.response.as_ref()?.status;
        let has_it = answer.failure.is_none() && matches!(status, 200 | 206 | 304);
        has_it.then_some(answer)
    }
}

fn field(exchange: &Exchange, wanted: &str) -> Option<String> {
    let headers = &exchange.response.as_ref()?.headers;
    headers
        .iter()
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.clone())
}

fn is_redirect(exchange: &Exchange) -> bool {
    exchange
        .response
        .as_ref()
        .is_some_and(|response| matches!(response.status, 301 | 302 | 303 | 307 | 308))
}
