//! Is a view that can't be made again here what its record says, and can it be undone?

use crate::archive::{Archive, ArchivePath, ArticleFolder};
use crate::digest::Digest;
use crate::finding::Code;
use crate::render::RENDERER;
use crate::render::view::{FileRecord, Record, VIEW_BYTES_MAX};
use crate::snapshot::Snapshot;

use super::super::findings::Findings;

/// Says how the files of a view that another renderer made differ from its record.
pub(super) fn check_by_record(
    archive: &Archive,
    article: &ArticleFolder,
    newest: &Snapshot,
    record: &Record,
    findings: &Findings,
) {
    let id = article.id().as_str();
    let message = format!(
        "renderer {} made it, and this is renderer {RENDERER}",
        record.renderer
    );
    findings.add(Code::ViewOutdated, article.view_record(), Some(id), message);
    for file in &record.files {
        let Some(path) = ArchivePath::parse(&format!("{}/{}", article.path(), file.name)) else {
            let message = format!("it names a file {:?}", file.name);
            findings.add(Code::ViewAltered, article.view_record(), Some(id), message);
            continue;
        };
        let (code, message) = match archive.read(&path, VIEW_BYTES_MAX as u64) {
            Ok(bytes) if Digest::of(&bytes) != file.digest => {
                (Code::ViewAltered, "its bytes are not those of its record")
            }
            Ok(bytes) if !undoes(file, &bytes, newest) => (
                Code::ViewAltered,
                "undoing its edits does not give the original",
            ),
            Ok(_) => continue,
            Err(error) if error.is_absent() => (Code::ViewMissing, "it is not there"),
            Err(error) => {
                findings.trouble(&path, Some(id), &error);
                continue;
            }
        };
        findings.add(code, path, Some(id), message);
    }
}

/// Returns whether undoing the edits of a file gives the original; a file without edits is generated.
fn undoes(file: &FileRecord, bytes: &[u8], newest: &Snapshot) -> bool {
    let is_original = |bytes: Vec<u8>| Digest::of(&bytes) == newest.original;
    file.edits.is_none() || file.original(bytes).is_some_and(is_original)
}
