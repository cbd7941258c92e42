//! What does a feed carry of an article? What `mirror` took out of the feed; or what is here, where the feed is as it was.

use std::collections::HashMap;
use std::sync::Arc;

use crate::archive::ArchiveError;
use crate::document::{Document, Kind};
use crate::exchange::Exchange;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::link::Link;
use crate::snapshot;
use crate::source::entry_key;

use super::earlier::Earlier;
use super::error::{InputTrouble, Stop};
use super::load::{Loaded, again};
use super::run::{Run, blocking};

/// What feeds carry of articles, by the inputs that name it.
pub type Entries = HashMap<String, Entry>;

/// What a feed carries of an article.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The article; `None` where it is what the last snapshot has.
    pub held: Option<Held>,
    /// The requests that the feed took.
    pub exchanges: Arc<Vec<Exchange>>,
}

/// An article that was taken out of a feed.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its document, which waits for its commit.
    pub blob: snapshot::Named,
    /// The document's Content-Type.
    pub content_type: &'static str,
    /// Where it stood.
    pub entry: snapshot::Entry,
}

/// Loads what a feed carries of the article at `page`.
pub(super) async fn load(
    run: &Run,
    page: &Link,
    earlier: Option<&Earlier>,
) -> Result<Loaded, Stop> {
    let begun = run.now();
    let key = entry_key(page);
    let Entry { held, exchanges } = run.world.entries.get(&key).cloned().unwrap_or_default();
    let address = page.without_user_info();
    let (document, entry) = match (held, earlier) {
        (Some(held), _) => (taken(run, held.clone(), address).await?, Some(held.entry)),
        (None, Some(earlier)) => {
            let document = again(run, earlier, address).await?;
            let document = document.ok_or(InputTrouble::NoEntry)?;
            (document, earlier.snapshot().source.entry.clone())
        }
        (None, None) => return Err(InputTrouble::NoEntry.into()),
    };
    Ok(Loaded {
        document,
        key,
        site: Some(page.clone()),
        entry,
        exchanges: exchanges.to_vec(),
        begun,
    })
}

/// Reads an article that was taken out of its feed, and counts it where it is new.
async fn taken(run: &Run, held: Held, address: Link) -> Result<Document, ArchiveError> {
    let (writer, archive) = (Arc::clone(&run.world.writer), run.world.archive.clone());
    let (document, is_new) = blocking(move || {
        let blob = &held.blob;
        let bytes = writer.read(blob, DOCUMENT_BYTES_MAX)?;
        let is_new = !archive.has_blob(&blob.digest, blob.extension, blob.size)?;
        let document = Document::new(bytes, Kind::Page, Some(held.content_type), Some(address));
        Ok::<_, ArchiveError>((document, is_new))
    })
    .await?;
    let bytes = document.bytes.len() as u64;
    run.count_stored(if is_new { bytes } else { 0 });
    Ok(document)
}
