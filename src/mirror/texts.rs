//! What does a feed carry of the articles that it names? Taken out of it while it is read, and held on disk until it is captured.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::archive::{Archive, ArchiveError, Writer};
use crate::capture::{self, CaptureError, Held};
use crate::exchange::Exchange;
use crate::link::Link;
use crate::listing::{Choice, Composed, Entry, compose};
use crate::snapshot::{self, DOCUMENT_EXTENSION};

use super::same::{Version, locate};

/// What feeds carry, by the addresses of the entries.
pub(super) type Texts = HashMap<Link, capture::Entry>;

/// Returns whether a feed that is remembered as this carries a text that is wanted and not here.
pub(super) fn lacks(
    archive: &Archive,
    entries: &[Entry],
    choice: &Choice,
) -> Result<bool, ArchiveError> {
    let removals = archive.removals(0)?;
    for link in wanted(entries, choice) {
        let (link, folder) = locate(archive, &link, Version::Text)?;
        if archive.is_removed(&removals, &Version::Text.key(&link))? {
            continue;
        }
        // A run that was killed may have left a folder with nothing in it.
        let newest = folder.map(|folder| archive.newest_snapshot(&folder));
        if newest.transpose()?.flatten().is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns what a feed carries that is as it was: what is here of it.
pub(super) fn unchanged(
    entries: &[Entry],
    choice: &Choice,
    exchanges: &Arc<Vec<Exchange>>,
) -> Texts {
    let texts = wanted(entries, choice).into_iter().map(|link| {
        let exchanges = Arc::clone(exchanges);
        let held = None;
        (link, capture::Entry { held, exchanges })
    });
    texts.collect()
}

/// Takes out of the entries of `feed` what it carries of those that are wanted.
pub(super) fn taken(
    writer: &Arc<Writer>,
    feed: &Link,
    entries: &[Entry],
    choice: &Choice,
    exchanges: &Arc<Vec<Exchange>>,
) -> Result<Texts, CaptureError> {
    let wanted = wanted(entries, choice);
    let mut texts = Texts::new();
    for entry in entries {
        let Some(link) = entry.url.as_ref().filter(|link| wanted.contains(link)) else {
            continue;
        };
        if texts.contains_key(link) {
            continue;
        }
        if let Some(composed) = compose(entry) {
            let held = Some(held(writer, feed, entry, &composed)?);
            let exchanges = Arc::clone(exchanges);
            texts.insert(link.clone(), capture::Entry { held, exchanges });
        }
    }
    Ok(texts)
}

/// Returns the addresses of the entries that are wanted and carry their text.
fn wanted(entries: &[Entry], choice: &Choice) -> HashSet<Link> {
    let light = entries.iter().map(|entry| Entry {
        url: entry.url.clone(),
        published: entry.published,
        modified: entry.modified,
        has_text: entry.has_text,
        ..Entry::default()
    });
    let chosen = choice.of(light.collect()).into_iter();
    let carried = chosen.filter(|entry| entry.has_text);
    carried.filter_map(|entry| entry.url).collect()
}

/// Puts an article aside until it is captured.
fn held(
    writer: &Arc<Writer>,
    feed: &Link,
    entry: &Entry,
    composed: &Composed,
) -> Result<Held, CaptureError> {
    let mut blob = writer.blob()?;
    blob.put(&composed.bytes)?;
    let stored = blob.finish(DOCUMENT_EXTENSION)?;
    let carrier = entry.carried.content.as_ref().map(|it| it.carrier.word());
    Ok(Held {
        blob: snapshot::Named {
            digest: stored.digest,
            size: stored.bytes,
            extension: DOCUMENT_EXTENSION,
        },
        content_type: composed.content_type,
        entry: snapshot::Entry {
            feed: feed.without_fragment().without_user_info(),
            id: entry.id.clone(),
            carrier: carrier.unwrap_or_default().to_owned(),
        },
    })
}
