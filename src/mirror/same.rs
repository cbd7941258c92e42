//! Which article is an entry? The one of its address, whatever counts readers in it; or the one that its feed knew by the same
//! identity before it moved.

use std::collections::HashSet;

use crate::archive::{Archive, ArchiveError, ArticleFolder, ArticleId, Writer};
use crate::link::Link;
use crate::source::entry_key;

/// The shortest identity that is believed: feeds that number their entries anew each day have shorter ones.
const ID_BYTES_MIN: usize = 8;

/// As what an entry is archived: its page, or what its feed carries of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Page,
    Text,
}

impl Version {
    /// Returns the key of the article at `page`.
    pub(super) fn key(self, page: &Link) -> String {
        match self {
            Self::Page => page.key(),
            Self::Text => entry_key(page),
        }
    }

    /// Returns the key that stands for what one feed knows by `id`, where that is an identity: of other feeds it says nothing.
    pub(super) fn identity(self, feed: Option<&Link>, id: Option<&str>) -> Option<String> {
        let (feed, id) = feed.zip(id.filter(|id| is_believed(id)))?;
        let word = match self {
            Self::Page => "entry",
            Self::Text => "text",
        };
        let feed = feed.without_fragment().without_user_info();
        Some(format!("{word}:{feed}\n{id}"))
    }
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

/// Returns the address that is to be asked for, and its article, where there is one: the address as it is named where that is an
/// article's, or else without what counts readers in it.
pub(super) fn locate(
    archive: &Archive,
    url: &Link,
    version: Version,
) -> Result<(Link, Option<ArticleFolder>), ArchiveError> {
    let url = url.without_user_info().without_fragment();
    let clean = url.without_tracking();
    let folder = archive.article_of_key(&version.key(&clean))?;
    if folder.is_some() || clean == url {
        return Ok((clean, folder));
    }
    let folder = archive.article_of_key(&version.key(&url))?;
    Ok((if folder.is_some() { url } else { clean }, folder))
}

/// Where the feed knew an article by the same identity that it does not name any more, and it was on the same host, it moved to
/// `url`: its address leads there from now on.
pub(super) fn moved(
    writer: &Writer,
    (url, version): (&Link, Version),
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
    writer.remember_aliases(&[version.key(url)], &id)
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
