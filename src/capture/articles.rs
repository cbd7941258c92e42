//! Which article is this a capture of, and what did its last snapshot hold?

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::archive::{Archive, ArchiveError, ArticleFolder, ArticleId, SnapshotFile};
use crate::exchange::Exchange;
use crate::fetch::Validators;
use crate::link::Link;
use crate::snapshot::{self, Mention, Observed, Outcome, Snapshot};

/// An article's last snapshot, of the archive or of this run.
#[derive(Debug, Clone)]
pub(super) struct Earlier(pub(super) Arc<SnapshotFile>);

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
                None => Seat {
                    key: keys[0].clone(),
                    folder: make(),
                    last: tokio::sync::Mutex::default(),
                },
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
        let Some((folder, last)) = locate(archive, key)? else {
            continue;
        };
        let key = last.snapshot().source.key.clone();
        return Ok(Some(Seat {
            key,
            folder,
            last: tokio::sync::Mutex::new(Some(last)),
        }));
    }
    Ok(None)
}

/// Returns the last snapshot of the article that `key` leads to.
pub(super) fn last(archive: &Archive, key: &str) -> Result<Option<Earlier>, ArchiveError> {
    Ok(locate(archive, key)?.map(|(_, last)| last))
}

fn locate(archive: &Archive, key: &str) -> Result<Option<(ArticleFolder, Earlier)>, ArchiveError> {
    let Some(folder) = archive.article_of_key(key)? else {
        return Ok(None);
    };
    let newest = archive.newest_snapshot(&folder)?;
    Ok(newest.map(|file| (folder, Earlier(Arc::new(file)))))
}

impl Earlier {
    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.0.snapshot
    }

    /// Returns whether the last try to get `link` did not fail: what was only carried since then is asked for as if it were
    /// new.
    pub(super) fn is_current(&self, link: &Link) -> bool {
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

    fn mention(&self, link: &Link) -> Option<&Mention> {
        let is_it = |mention: &Mention| {
            mention
                .target
                .as_ref()
                .is_some_and(|target| target.without_fragment() == *link)
        };
        self.snapshot()
            .mentions()
            .map(|(_, mention)| mention)
            .find(|mention| is_it(mention))
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

    /// Returns the exchange that `link` led to, if it brought the resource or said that it had not changed.
    fn answer(&self, link: &Link) -> Option<&Exchange> {
        let asked = link.without_fragment().without_user_info();
        let exchanges = &self.snapshot().exchanges;
        let start = exchanges
            .iter()
            .rposition(|exchange| exchange.url == asked)?;
        // The hops of a chain stand together, and it ends with the first that is no redirect.
        let answer = exchanges[start..]
            .iter()
            .find(|exchange| !is_redirect(exchange))?;
        answer
            .response
            .as_ref()
            .filter(|response| matches!(response.status, 200 | 304))
            .map(|_| answer)
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
