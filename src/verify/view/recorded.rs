//! Is a view that can't be made again here what its record says, and can it be undone?

use crate::archive::{Archive, ArchiveError, ArchivePath, ArticleFolder, layout};
use crate::digest::Digest;
use crate::finding::Code;
use crate::render::BLOB_BYTES_MAX;
use crate::render::RENDERER;
use crate::render::view::{FileRecord, Record, VIEW_BYTES_MAX};
use crate::snapshot::Snapshot;

use super::super::findings::Findings;

/// Says that another renderer made a view.
pub(super) fn report_outdated(article: &ArticleFolder, record: &Record, findings: &Findings) {
    let id = article.id().as_str();
    let message = format!(
        "renderer {} made it, and this is renderer {RENDERER}",
        record.renderer
    );
    findings.add(Code::ViewOutdated, article.view_record(), Some(id), message);
}

/// Says how the files of a view differ from its record, and, where the snapshot is known that it shows, whether its edits can be
/// undone. Returns whether the files of its folder are those of the record.
pub(super) fn check_by_record(
    archive: &Archive,
    article: &ArticleFolder,
    newest: Option<&Snapshot>,
    record: &Record,
    findings: &Findings,
) -> bool {
    let id = article.id().as_str();
    let mut are_right = true;
    for file in &record.files {
        let Some(path) = ArchivePath::parse(&format!("{}/{}", article.path(), file.name)) else {
            let message = format!("it names a file {:?}", file.name);
            findings.add(Code::ViewAltered, article.view_record(), Some(id), message);
            are_right = false;
            continue;
        };
        let read = archive.read(&path, VIEW_BYTES_MAX as u64);
        let (code, message) = match read {
            Ok(bytes) if Digest::of(&bytes) != file.digest => (Code::ViewAltered, ALTERED),
            Ok(bytes) if newest.is_some_and(|newest| !undoes(file, &bytes, newest)) => (
                Code::ViewAltered,
                "undoing its edits does not give the original",
            ),
            Ok(_) => continue,
            Err(error) if error.is_absent() => (Code::ViewMissing, "it is not there"),
            Err(ArchiveError::TooLarge { .. }) => (Code::ViewAltered, ALTERED),
            Err(error) => {
                findings.trouble(&path, Some(id), &error);
                continue;
            }
        };
        findings.add(code, path, Some(id), message);
        are_right = false;
    }
    for name in &record.derived {
        check_derived(archive, article, name, findings);
    }
    are_right
}

const ALTERED: &str = "its bytes are not those of its record";

/// Says how a file differs from its name that a view shows and others may show, too.
fn check_derived(archive: &Archive, article: &ArticleFolder, name: &str, findings: &Findings) {
    let id = Some(article.id().as_str());
    let Some(path) = layout::derived_named(name) else {
        let message = format!("it names a file {name:?}");
        return findings.add(Code::ViewAltered, article.view_record(), id, message);
    };
    let (code, message) = match archive.read(&path, BLOB_BYTES_MAX) {
        Ok(bytes) if path.name().starts_with(&Digest::of(&bytes).to_string()) => return,
        Ok(_) | Err(ArchiveError::TooLarge { .. }) => {
            (Code::DerivedAltered, "its bytes are not those of its name")
        }
        Err(error) if error.is_absent() => (Code::DerivedMissing, "it is not there"),
        Err(error) => return findings.trouble(path, id, &error),
    };
    findings.add(code, path, id, message);
}

/// Returns whether undoing the edits of a file gives the original; a file without edits is generated.
fn undoes(file: &FileRecord, bytes: &[u8], newest: &Snapshot) -> bool {
    let is_original = |bytes: Vec<u8>| Digest::of(&bytes) == newest.original;
    file.edits.is_none() || file.original(bytes).is_some_and(is_original)
}
