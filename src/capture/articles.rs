//! Which article is this a capture of, and what did its last snapshot hold?

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::archive::layout::{ArchivePath, ArticleFolder, ArticleId};
use crate::archive::{Archive, ArchiveError};
use crate::exchange::Exchange;
use crate::fetch::Validators;
use crate::link::Link;
use crate::snapshot::{self, Observed, Outcome, Snapshot};

/// An article's last snapshot.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    /// What it says.
    pub(super) snapshot: Arc<Snapshot>,
    /// Where it stands.
    pub(super) path: ArchivePath,
}

/// The place of one article in this run. Whoever holds its lock is the only one to capture it; inside stands the last
/// snapshot, of the archive or of this run.
#[derive(Debug)]
pub(super) struct Seat {
    /// What the article is known by.
    pub(super) key: String,
    /// Where the article lives.
    pub(super) folder: ArticleFolder,
    /// Its last snapshot, once somebody has looked.
    pub(super) last: tokio::sync::Mutex<Option<Earlier>>,
}

/// The articles of this run, and the keys that lead to them.
#[derive(Debug, Default)]
pub(super) struct Articles(Mutex<HashMap<ArticleId, Arc<Seat>>>);

impl Articles {
    /// Returns the seat that one of `keys` leads to: in this run, as an article of the archive, or as an alias of one.
    /// The first key is the input's own; where none leads anywhere, a new article gets the folder that `make` gives.
    /// From then on every key leads there. Touches the disk.
    pub(super) fn seat(
        &self,
        archive: &Archive,
        keys: &[String],
        make: impl FnOnce() -> ArticleFolder,
    ) -> Result<Arc<Seat>, ArchiveError> {
        let ids: Vec<ArticleId> = keys.iter().map(|key| ArticleId::of_key(key)).collect();
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ids.iter().find_map(|id| seats.get(id)).cloned();
        let seat = match known {
            Some(seat) => seat,
            None => Arc::new(match find(archive, keys)? {
                Some(seat) => seat,
                None => Seat { key: keys[0].clone(), folder: make(), last: tokio::sync::Mutex::default() },
            }),
        };
        for id in ids {
            seats.entry(id).or_insert_with(|| Arc::clone(&seat));
        }
        Ok(seat)
    }
}

/// Returns the article of the archive that one of `keys` leads to.
fn find(archive: &Archive, keys: &[String]) -> Result<Option<Seat>, ArchiveError> {
    for key in keys {
        let Some(folder) = archive.locate(key)? else { continue };
        let Some((path, snapshot)) = archive.newest(&folder)? else { continue };
        let last = Earlier { snapshot: Arc::new(snapshot), path };
        let key = last.snapshot.source.key.clone();
        return Ok(Some(Seat { key, folder, last: tokio::sync::Mutex::new(Some(last)) }));
    }
    Ok(None)
}

impl Earlier {
    /// Returns what the snapshot kept of `link`. What it only carried after a failure is not worth a condition: it is
    /// asked for as if it were new.
    pub(super) fn resource(&self, link: &Link) -> Option<&snapshot::Resource> {
        let mentions = self.snapshot.documents.iter().flat_map(|document| &document.references);
        let mut of_link = mentions
            .filter(|mention| mention.target.as_ref().is_some_and(|target| target.without_fragment() == *link));
        of_link.find_map(|mention| match &mention.outcome {
            Outcome::Kept(resource) | Outcome::Carried { resource, .. } => Some(resource),
            Outcome::Missing(_) => None,
        })
    }

    /// Returns whether the last try to get `link` failed.
    pub(super) fn was_lost(&self, link: &Link) -> bool {
        let mentions = self.snapshot.documents.iter().flat_map(|document| &document.references);
        mentions
            .filter(|mention| mention.target.as_ref().is_some_and(|target| target.without_fragment() == *link))
            .any(|mention| matches!(mention.outcome, Outcome::Carried { observed: Observed::Lost(_), .. }))
    }

    /// Returns what makes a request for `link` conditional: the validators of the answer that `link` led to, through its
    /// redirects.
    pub(super) fn validators(&self, link: &Link) -> Option<Validators> {
        let last = self.chain(link).last()?;
        let response = last.response.as_ref().filter(|response| matches!(response.status, 200 | 304))?;
        let field = |wanted: &str| {
            response.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
        };
        let (etag, last_modified) = (field("etag"), field("last-modified"));
        let any = etag.is_some() || last_modified.is_some();
        any.then(|| Validators { url: last.url.clone(), etag, last_modified })
    }

    /// Returns the last hops that a request for `link` took.
    fn chain<'a>(&'a self, link: &Link) -> impl Iterator<Item = &'a Exchange> + use<'a> {
        let exchanges = &self.snapshot.exchanges;
        let asked = link.without_user_info();
        let start = exchanges.iter().rposition(|exchange| exchange.url == asked).unwrap_or(exchanges.len());
        // A chain ends with the first hop that is no redirect; its hops stand together.
        let redirects = exchanges[start..].iter().take_while(|exchange| is_redirect(exchange)).count();
        exchanges[start..].iter().take(redirects + 1)
    }
}

fn is_redirect(exchange: &Exchange) -> bool {
    exchange.response.as_ref().is_some_and(|response| matches!(response.status, 301 | 302 | 303 | 307 | 308))
}
