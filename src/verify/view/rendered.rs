//! Is a view what rendering gives? Made again from the truth, and compared file by file.

use std::cell::Cell;

use crate::archive::{Archive, ArchiveError, ArchivePath, ArticleFolder, layout};
use crate::digest::Digest;
use crate::finding::Code;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::render::view;
use crate::render::{self, BLOB_BYTES_MAX, View};
use crate::snapshot::{DOCUMENT_EXTENSION, Snapshot};

use super::super::findings::Findings;

/// A file that a view consists of.
pub(super) struct Expected {
    path: ArchivePath,
    bytes: Vec<u8>,
    missing: Code,
    altered: Code,
}

pub(super) fn expected(
    article: &ArticleFolder,
    snapshot: &ArchivePath,
    view: &View,
) -> Vec<Expected> {
    let of_view = |path, bytes| Expected {
        path,
        bytes,
        missing: Code::ViewMissing,
        altered: Code::ViewAltered,
    };
    let record = of_view(article.view_record(), view::record(snapshot.name(), view));
    let files = view
        .files
        .iter()
        .map(|file| of_view(article.file(file.name), file.bytes.clone()));
    let derived = view.derived.iter().map(|derived| Expected {
        path: layout::derived(&derived.digest, derived.extension),
        bytes: derived.bytes.clone(),
        missing: Code::DerivedMissing,
        altered: Code::DerivedAltered,
    });
    files.chain([record]).chain(derived).collect()
}

/// Says how a file differs from what it must be; after a second look, so that one bad read is not taken for damage.
pub(super) fn compare(archive: &Archive, expected: &Expected, id: &str, findings: &Findings) {
    let limit = expected.bytes.len() as u64;
    let is_right = || {
        archive
            .read(&expected.path, limit)
            .map(|bytes| bytes == expected.bytes)
    };
    match is_right() {
        Ok(true) => {}
        Ok(false) | Err(ArchiveError::TooLarge { .. }) if matches!(is_right(), Ok(true)) => {}
        Ok(false) | Err(ArchiveError::TooLarge { .. }) => {
            findings.add(
                expected.altered,
                &expected.path,
                Some(id),
                "it is not what rendering gives",
            );
        }
        Err(error) if error.is_absent() => {
            findings.add(
                expected.missing,
                &expected.path,
                Some(id),
                "it is not there",
            );
        }
        Err(error) => findings.trouble(&expected.path, Some(id), &error),
    }
}

/// Renders the view again; `None` where the original, or a blob that it is made of, can't be read.
pub(super) fn rendered(archive: &Archive, newest: &Snapshot) -> Option<View> {
    let original = archive
        .read_blob(&newest.original, DOCUMENT_EXTENSION, DOCUMENT_BYTES_MAX)
        .ok()?;
    let unreadable = Cell::new(false);
    let blobs = archive.blobs_of(newest, BLOB_BYTES_MAX);
    let blob = |digest: &Digest| {
        let bytes = blobs(digest);
        unreadable.set(unreadable.get() || bytes.is_none());
        bytes
    };
    let view = render::render(newest, &original, &blob);
    (!unreadable.get()).then_some(view)
}
