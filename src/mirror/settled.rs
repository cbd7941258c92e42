//! What is to be captured of what a source names? Each article once, none that is known to be current, and only what is due.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::archive::{Archive, ArchiveError, ArticleFolder, Writer};
use crate::capture;
use crate::link::Link;
use crate::listing::Entry;

use super::due::Asked;
use super::same::{Version, locate, moved};
use super::texts::Texts;
use super::{Kind, Takes};

/// An article that is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The input, as it is given to a capture.
    pub(super) given: String,
    /// The key that its feed's identity stands for.
    pub(super) identity: Option<String>,
    /// What its feed carries of it, and the address of its page, where that is wanted.
    pub(super) text: Option<(Link, capture::Entry)>,
}

impl Wanted {
    /// Returns an input without an identity.
    pub(super) fn plain(given: String) -> Self {
        Self {
            given,
            identity: None,
            text: None,
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
    /// Returns whether an article is remembered as one that is not to be asked for now. Most of a large source is, and no file is
    /// opened to see it.
    fn is_settled(&self, kind: Kind, url: &Link, modified: Option<Timestamp>) -> bool {
        let Some(asked) = &self.asked else {
            return false;
        };
        let is_settled = |given: &str| {
            !asked.is_due(given, modified, self.now)
                || (kind == Kind::Sitemap
                    && modified.is_some_and(|it| asked.is_current(given, it, self.now)))
        };
        is_settled(url.without_tracking().as_str()) || is_settled(url.as_str())
    }

    fn is(&self, given: &str, modified: Option<Timestamp>) -> bool {
        let asked = self.asked.as_ref();
        asked.is_none_or(|asked| asked.is_due(given, modified, self.now))
    }
}

/// The entries of each document, with its address and kind.
pub(super) type Lists = Vec<(Option<Link>, Kind, Vec<Entry>)>;

/// What is to be captured of a source.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) wanted: Vec<Wanted>,
    /// What the archive was found to have as the source says that it is.
    pub(super) current: Vec<String>,
}

/// What is being settled of one document.
struct Settling<'d> {
    due: &'d Due,
    source: Option<Link>,
    kind: Kind,
    /// The keys of all that it names.
    named: HashSet<String>,
}

/// Returns what is to be captured of these documents; `texts` is what they carry of articles.
pub(super) fn settle(
    lists: Lists,
    takes: Takes,
    mut texts: Texts,
    due: &Due,
) -> Result<Settled, ArchiveError> {
    let mut settled = Settled::default();
    let mut given = HashSet::new();
    for (source, kind, entries) in lists {
        // Who names none by an identity knows of none that has moved.
        let has_identities = entries.iter().any(|it| it.id.is_some());
        let links = entries.iter().filter_map(|it| it.url.as_ref());
        let links = links.filter(|_| has_identities);
        let settling = Settling {
            due,
            source,
            kind,
            named: links
                .flat_map(|link| [Version::Page.key(link), Version::Text.key(link)])
                .collect(),
        };
        for entry in entries {
            let Some(url) = &entry.url else { continue };
            let text = texts.remove(url);
            let page = match (takes, &text) {
                (Takes::Feed, Some(_)) => None,
                _ => settling.page(url, &entry, &mut settled.current)?,
            };
            let text = match text {
                Some(text) => settling.text(url, &entry, text)?,
                None => None,
            };
            let both = [page, text].into_iter().flatten();
            let new = both.filter(|it| given.insert(it.given.clone()));
            settled.wanted.extend(new);
        }
    }
    Ok(settled)
}

impl Settling<'_> {
    fn identity(&self, entry: &Entry, version: Version) -> Option<String> {
        version.identity(self.source.as_ref(), entry.id.as_deref())
    }

    /// Returns the page of an entry, where it is to be captured.
    fn page(
        &self,
        url: &Link,
        entry: &Entry,
        current: &mut Vec<String>,
    ) -> Result<Option<Wanted>, ArchiveError> {
        let plain = url.without_user_info().without_fragment();
        if self.due.is_settled(self.kind, &plain, entry.modified) {
            return Ok(None);
        }
        let writer = &self.due.writer;
        let archive = writer.archive();
        let identity = self.identity(entry, Version::Page);
        let (url, folder) = locate(archive, url, Version::Page)?;
        match (&folder, &identity) {
            (Some(folder), _)
                if self.kind == Kind::Sitemap && is_current(archive, folder, entry.modified)? =>
            {
                current.push(url.as_str().to_owned());
                return Ok(None);
            }
            (None, Some(identity)) => {
                moved(writer, (&url, Version::Page), identity, &self.named)?;
            }
            _ => {}
        }
        let given = url.as_str().to_owned();
        let is_due = self.due.is(&given, entry.modified);
        Ok(is_due.then_some(Wanted {
            given,
            identity,
            text: None,
        }))
    }

    /// Returns what the feed carries of an entry, where it is to be captured: at once where it is another text than is here.
    fn text(
        &self,
        url: &Link,
        entry: &Entry,
        mut text: capture::Entry,
    ) -> Result<Option<Wanted>, ArchiveError> {
        let writer = &self.due.writer;
        let archive = writer.archive();
        let identity = self.identity(entry, Version::Text);
        let (url, folder) = locate(archive, url, Version::Text)?;
        match (&folder, &identity) {
            (Some(folder), _) => {
                let newest = archive.newest_snapshot(folder)?;
                let original = newest.map(|newest| newest.snapshot.original);
                let is_here = |held: &mut capture::Held| Some(held.blob.digest) == original;
                text.held.take_if(is_here);
            }
            (None, Some(identity)) => {
                moved(writer, (&url, Version::Text), identity, &self.named)?;
            }
            (None, None) => {}
        }
        let given = Version::Text.key(&url);
        let is_due = text.held.is_some() || self.due.is(&given, None);
        Ok(is_due.then_some(Wanted {
            given,
            identity,
            text: Some((url, text)),
        }))
    }
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
