//! Is every file of a view there, and does it show the newest snapshot? Reads its record alone.

use crate::archive::{Archive, ArchivePath, ArticleFolder, Contents, layout};
use crate::finding::Code;
use crate::render::view::{self, Outline, VIEW_BYTES_MAX};
use crate::verify::articles::Sound;
use crate::verify::findings::Findings;

use super::{Checked, Pass};

/// Looks whether every file of a view is there, and whether it is that of the newest snapshot.
pub(super) fn look(
    pass: &Pass<'_>,
    article: &ArticleFolder,
    contents: &Contents,
    newest: &Sound,
    findings: &Findings,
) -> Checked {
    let id = Some(article.id().as_str());
    let place = article.view_record();
    let Some(outline) = outline(pass.archive, article, contents, findings) else {
        return Checked::No;
    };
    if outline.snapshot != newest.path.name() {
        let message = format!("it shows {}, not the newest snapshot", outline.snapshot);
        findings.add(Code::ViewStale, &place, id, message);
    }
    for file in outline
        .files
        .iter()
        .filter(|it| !contents.files.contains(&it.name))
    {
        if let Some(path) = ArchivePath::parse(&format!("{}/{}", article.path(), file.name)) {
            findings.add(Code::ViewMissing, path, id, "it is not there");
        } else {
            let message = format!("it names a file {:?}", file.name);
            findings.add(Code::ViewAltered, &place, id, message);
        }
    }
    for name in &outline.derived {
        let Some(path) = layout::derived_named(name) else {
            let message = format!("it names a file {name:?}");
            findings.add(Code::ViewAltered, &place, id, message);
            continue;
        };
        match pass.archive.is_file(&path) {
            Ok(true) => {}
            Ok(false) => findings.add(Code::DerivedMissing, path, id, "it is not there"),
            Err(error) => findings.trouble(path, id, &error),
        }
    }
    Checked::No
}

/// Reads the record of a view without its edits, and says why that can't be done.
fn outline(
    archive: &Archive,
    article: &ArticleFolder,
    contents: &Contents,
    findings: &Findings,
) -> Option<Outline> {
    let id = Some(article.id().as_str());
    let place = article.view_record();
    match archive.read_in(contents, &place, VIEW_BYTES_MAX as u64) {
        Ok(json) => {
            let outline = view::outline(&json);
            if outline.is_none() {
                findings.add(Code::ViewAltered, &place, id, "it is no record of a view");
            }
            return outline;
        }
        Err(error) if error.is_absent() => {
            findings.add(Code::ViewMissing, &place, id, "it is not there");
        }
        Err(error) => findings.trouble(&place, id, &error),
    }
    None
}
