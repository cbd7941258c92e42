//! Is what came still the article, and is it news? Compares it with the last capture, as a reader would.

use std::sync::Arc;

use tracing::debug;

use crate::archive::{Archive, SnapshotFile};
use crate::change::{self, Content, Loss, Seen, Standing};
use crate::digest::Digest;
use crate::document::{Document, Kind};
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::link::Link;
use crate::snapshot::{self, Snapshot};
use crate::source::Source;

use super::CaptureError;
use super::earlier::Earlier;
use super::load::Loaded;
use super::record;
use super::run::{Run, blocking};
use super::said::Said;

/// What a reader gets of an article, before and now.
#[derive(Debug)]
pub(super) struct Contents {
    /// The original that the one before is read from.
    original: Digest,
    before: Content,
    now: Content,
}

/// Reads what came beside what `earlier` holds, where that has other bytes; `None` where there is nothing to compare: the
/// bytes say it all, or the archive has lost the old ones.
pub(super) async fn read(
    run: &Arc<Run>,
    earlier: Option<&Earlier>,
    loaded: Loaded,
    original: Digest,
    known: Option<Contents>,
) -> Result<(Loaded, Option<Contents>), CaptureError> {
    let Some(before) = earlier.map(Earlier::snapshot) else {
        return Ok((loaded, None));
    };
    let is_known = known
        .as_ref()
        .is_some_and(|known| known.original == before.original);
    let is_page = loaded.document.kind == Kind::Page;
    if is_known || !is_page || before.original == original {
        return Ok((loaded, known.filter(|_| is_known)));
    }
    let Some(recorded) = before.documents.first().cloned() else {
        return Ok((loaded, None));
    };
    let archive = run.world.archive.clone();
    blocking(move || {
        let before = match document(&archive, &recorded) {
            Ok(Some(document)) => Content::of(&document),
            Ok(None) => return Ok((loaded, None)),
            Err(error) => return Err(error),
        };
        let contents = Contents {
            original: recorded.digest,
            before,
            now: Content::of(&loaded.document),
        };
        Ok((loaded, Some(contents)))
    })
    .await
}

/// Reads a document of a snapshot from the archive; `None` where it is damaged or lost there.
pub(super) fn document(
    archive: &Archive,
    recorded: &snapshot::Document,
) -> Result<Option<Document>, CaptureError> {
    match archive.read_document(recorded, DOCUMENT_BYTES_MAX) {
        Ok(document) => Ok(Some(document)),
        Err(error) if error.is_damage() || error.is_absent() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns whether a capture may turn out to say nothing new: its bytes are as they were, or are read like those before.
pub(super) fn reads_alike(
    last: Option<&Earlier>,
    original: Digest,
    contents: Option<&Contents>,
) -> bool {
    let Some(last) = last.filter(|last| last.is_whole()) else {
        return false;
    };
    last.snapshot().original == original || contents.is_some_and(|it| it.before.reads_as(&it.now))
}

/// Returns why what came of `source` is not the article any more, where it is not. What is in the user's own files is.
pub(super) fn lost(
    source: &Source,
    earlier: &Earlier,
    contents: &Contents,
    address: Option<&Link>,
    said: &Said,
) -> Option<Loss> {
    let (Source::Web(asked) | Source::Entry(asked)) = source else {
        return None;
    };
    let now = Seen {
        asked,
        address,
        title: said.facts.title.as_deref(),
        content: &contents.now,
        references: &said.references,
    };
    let before = (earlier.snapshot(), &contents.before);
    let lost = change::lost(before, now);
    match source {
        // That it is an excerpt says more than that something else is there.
        Source::Entry(_)
            if lost
                .as_ref()
                .is_none_or(|it| it.standing == Standing::Changed) =>
        {
            change::excerpted(before, now).or(lost)
        }
        _ => lost,
    }
}

/// Returns whether a capture says nothing that the last one does not say.
pub(super) fn is_same(now: &Snapshot, last: &SnapshotFile, contents: Option<&Contents>) -> bool {
    if record::is_same_capture(now, &last.snapshot) {
        return true;
    }
    let before = &last.snapshot;
    let Some(contents) = contents.filter(|it| it.original == before.original) else {
        return false;
    };
    let differences = change::differences((before, &contents.before), (now, &contents.now));
    debug!(?differences, key = %now.source.key, "compared with the last capture");
    differences.is_empty()
}
