//! Which article is an entry? The one of its address, whatever counts readers in it; or the one that its feed knew by the same
//! identity before it moved.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::archive::{Archive, ArchiveError, ArticleFolder, ArticleId, Writer};
use crate::link::Link;
use crate::listing::Entry;

use super::Kind;
use super::due::Asked;

/// The shortest identity that is believed: feeds that number their entries anew each day have shorter ones.
const ID_BYTES_MIN: usize = 8;

/// An article that is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The input, as it is given to a capture.
    pub(super) given: String,
    /// The key that its feed's identity stands for.
    pub(super) identity: Option<String>,
}

impl Wanted {
    /// Returns an input without an identity.
    pub(super) fn plain(given: String) -> Self {
        Self {
            given,
            identity: None,
        }
    }
}

/// What says which articles are due.
pub(super) struct Due {
    pub(super) writer: Arc<Writer>,
    /// When they were asked for; `None` where all are due.
    pub(super) asked: Option<Arc<Asked>>,
    pub(super) now: Timestamp,
}

impl Due {
    fn is(&self, given: &str, modified: Option<Timestamp>) -> bool {
        let asked = self.asked.as_ref();
        asked.is_none_or(|asked| asked.is_due(given, modified, self.now))
    }
}

/// Returns what is to be captured of these documents: each article once, and none that is known to be current.
pub(super) fn settle(
    lists: Vec<(Option<Link>, Kind, Vec<Entry>)>,
    due: &Due,
) -> Result<Vec<Wanted>, ArchiveError> {
    let writer = &due.writer;
    let archive = writer.archive();
    let mut wanted = Vec::new();
    let mut given = HashSet::new();
    for (source, kind, entries) in lists {
        let named: HashSet<String> = entries
            .iter()
            .filter_map(|it| it.url.as_ref())
            .map(Link::key)
            .collect();
        for entry in entries {
            let Some(url) = entry.url else { continue };
            let identity = entry.id.as_deref().filter(|id| is_believed(id));
            let identity = identity
                .zip(source.as_ref())
                .map(|(id, source)| key(source, id));
            let (url, folder) = locate(archive, &url)?;
            match (&folder, &identity) {
                (Some(folder), _)
                    if kind == Kind::Sitemap && is_current(archive, folder, entry.modified)? =>
                {
                    continue;
                }
                (None, Some(identity)) => moved(writer, &url, identity, &named)?,
                _ => {}
            }
            let text = url.as_str().to_owned();
            if due.is(&text, entry.modified) && given.insert(text.clone()) {
                wanted.push(Wanted {
                    given: text,
                    identity,
                });
            }
        }
    }
    Ok(wanted)
}

/// Remembers which article an identity stands for.
pub(super) fn remember(writer: &Writer, identity: &str, id: &str) -> Result<(), ArchiveError> {
    let Ok(id) = id.parse::<ArticleId>() else {
        return Ok(());
    };
    if writer.archive().alias(identity)?.as_ref() == Some(&id) {
        return Ok(());
    }
    writer.remember_aliases(&[identity.to_owned()], &id)
}

fn is_believed(id: &str) -> bool {
    id.len() >= ID_BYTES_MIN && !id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the key that stands for what one feed knows by `id`: of other feeds it says nothing.
fn key(feed: &Link, id: &str) -> String {
    format!(
        "entry:{}\n{id}",
        feed.without_fragment().without_user_info()
    )
}

/// Returns the address that is to be asked for, and its article, where there is one: the address as it is named where that is an
/// article's, or else without what counts readers in it.
fn locate(archive: &Archive, url: &Link) -> Result<(Link, Option<ArticleFolder>), ArchiveError> {
    let url = url.without_user_info().without_fragment();
    let clean = url.without_tracking();
    let folder = archive.article_of_key(&clean.key())?;
    if folder.is_some() || clean == url {
        return Ok((clean, folder));
    }
    let folder = archive.article_of_key(&url.key())?;
    Ok((if folder.is_some() { url } else { clean }, folder))
}

/// Returns whether an article was captured after its sitemap says that it was last changed.
fn is_current(
    archive: &Archive,
    folder: &ArticleFolder,
    modified: Option<Timestamp>,
) -> Result<bool, ArchiveError> {
    let Some(modified) = modified else {
        return Ok(false);
    };
    let newest = archive.newest_snapshot(folder)?;
    Ok(newest.is_some_and(|newest| newest.snapshot.time > modified))
}

/// Where the feed knew an article by the same identity that it does not name any more, and it was on the same host, it moved to
/// `url`: its address leads there from now on.
fn moved(
    writer: &Writer,
    url: &Link,
    identity: &str,
    named: &HashSet<String>,
) -> Result<(), ArchiveError> {
    let archive = writer.archive();
    let Some(id) = archive.alias(identity)? else {
        return Ok(());
    };
    let Some(folder) = archive.article(&id)? else {
        return Ok(());
    };
    let Some(newest) = archive.newest_snapshot(&folder)? else {
        return Ok(());
    };
    let source = &newest.snapshot.source;
    let before = source.url.as_ref().map(Link::host);
    if before.map(bare) != Some(bare(url.host())) {
        return Ok(());
    }
    let is_named = |key: &String| named.contains(key);
    if is_named(&source.key) || source.aliases.iter().any(is_named) {
        return Ok(());
    }
    writer.remember_aliases(&[url.key()], &id)
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_identity() {
        assert!(is_believed("urn:uuid:1") && is_believed("https://h.test/?p=1"));
        assert!(!is_believed("item-1") && !is_believed("20240131120000"));
    }
}
