//! What can be said of a view of which the truth that it is made of is lost? What its own record proves.

use crate::archive::layout::{self, Place};
use crate::archive::{Archive, ArchivePath, ArticleFolder, Contents};
use crate::finding::Code;
use crate::render::view::{self, Record, VIEW_BYTES_MAX};
use crate::snapshot::Snapshot;

use super::super::findings::Findings;
use super::super::log::Committed;
use super::recorded::check_by_record;

/// Checks a view by its record, where an original or a blob of `newest` can't be read. The damage that hides the truth must not
/// hide what else is wrong.
pub(super) fn check_by_itself(
    archive: &Archive,
    article: &ArticleFolder,
    newest: &Snapshot,
    findings: &Findings,
) {
    if let Some(record) = record(archive, article, findings) {
        check_by_record(archive, article, Some(newest), &record, findings);
    } else if !is_there(archive, &article.view()) {
        let id = Some(article.id().as_str());
        findings.add(Code::ViewMissing, article.view(), id, "it is not there");
    }
}

/// Checks the view of an article without a snapshot that is both committed and sound, by its record.
pub(super) fn check_without_snapshot(
    archive: &Archive,
    article: &ArticleFolder,
    contents: &Contents,
    log: &Committed,
    findings: &Findings,
) {
    let Some(record) = record(archive, article, findings) else {
        return;
    };
    let are_right = check_by_record(archive, article, None, &record, findings);
    let shown = ArchivePath::parse(&format!("{}/snapshots/{}", article.path(), record.snapshot));
    let shown = shown.filter(|it| matches!(layout::classify(it), Some(Place::Snapshot(_))));
    let id = Some(article.id().as_str());
    match shown {
        Some(shown) if contents.snapshots.contains(&shown) || log.names(article.id(), &shown) => {}
        // Its files are those of the record, so it is a view of this article.
        Some(shown) if are_right => {
            let message = "its view shows it, and it is not there";
            findings.add(Code::SnapshotMissing, shown, id, message);
        }
        _ => {
            let message = format!("it shows {}, which this article has not", record.snapshot);
            findings.add(Code::ViewStale, article.view_record(), id, message);
        }
    }
}

/// Reads the record of a view, and says what is wrong with it.
fn record(archive: &Archive, article: &ArticleFolder, findings: &Findings) -> Option<Record> {
    let (place, id) = (article.view_record(), Some(article.id().as_str()));
    match archive.read(&place, VIEW_BYTES_MAX as u64) {
        Ok(json) => {
            let record = view::parse(&json).ok();
            if record.is_none() {
                findings.add(Code::ViewAltered, place, id, "it is no record of a view");
            }
            return record;
        }
        Err(error) if error.is_absent() => {
            findings.add(Code::ViewMissing, place, id, "it is not there");
        }
        Err(error) => findings.trouble(place, id, &error),
    }
    None
}

fn is_there(archive: &Archive, path: &ArchivePath) -> bool {
    !archive.is_file(path).is_ok_and(|is_there| !is_there)
}
