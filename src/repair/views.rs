//! How is what is derived made again? Byte for byte, of the truth that is there.

use std::collections::BTreeMap;

use crate::archive::{
    Archive, ArchiveError, ArchivePath, ArticleFolder, ArticleId, README, layout,
};
use crate::catalogue;
use crate::finding::{Code, Finding};
use crate::views;

use super::{Done, Mended, Work};

/// Makes the views of articles again, and sets aside what was altered.
pub(super) fn render(work: &mut Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    let mut articles: BTreeMap<ArticleId, Vec<Finding>> = BTreeMap::new();
    let mut done = Done::new();
    for finding in todo {
        match finding.article.as_deref().unwrap_or_default().parse() {
            Ok(id) => articles.entry(id).or_default().push(finding),
            Err(_) => done.push((finding, Err("it is of no article".to_owned()))),
        }
    }
    for (id, findings) in articles {
        if work.options.is_stopped() {
            break;
        }
        set_aside(work, &findings)?;
        let made = match work.archive.article(&id)? {
            Some(folder) => make(work, &folder)?,
            None => None,
        };
        let result = made.ok_or("what it is made of is not whole".to_owned());
        let result = result.map(|()| Mended::default());
        done.extend(findings.into_iter().map(|it| (it, result.clone())));
    }
    Ok(done)
}

/// Makes the view of an article's newest snapshot; `None` where what it is made of can't be read.
fn make(work: &Work<'_>, article: &ArticleFolder) -> Result<Option<()>, ArchiveError> {
    let Some(newest) = work.archive.newest_snapshot(article)? else {
        return Ok(None);
    };
    match views::rendered(work.archive, &newest) {
        Ok(files) => work.keeper.writer().derive(&files).map(Some),
        Err(error) if error.is_damage() || error.is_absent() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes all front pages again.
pub(super) fn list(work: &mut Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    set_aside(work, &todo)?;
    catalogue::rebuild(work.archive, work.keeper.writer())?;
    let mended = |finding| (finding, Ok(Mended::default()));
    Ok(todo.into_iter().map(mended).collect())
}

/// The longest text for strangers that is read: ours has a hundredth of it.
const README_BYTES_MAX: u64 = 64 * 1024;

/// Returns whether the text for strangers is the one that this version writes.
pub(super) fn is_readme(archive: &Archive) -> bool {
    let read = archive.read(&layout::readme(), README_BYTES_MAX);
    read.is_ok_and(|bytes| bytes == README.as_bytes())
}

/// Writes the text for strangers anew where it is another, which is kept.
pub(super) fn readme(work: &Work<'_>) -> Result<(), ArchiveError> {
    if is_readme(work.archive) {
        return Ok(());
    }
    work.keeper.set_aside(&layout::readme())?;
    let text = README.as_bytes().to_vec();
    work.keeper.writer().derive(&[(layout::readme(), text)])
}

/// Keeps what somebody may have made of a page, or put in its place.
fn set_aside(work: &Work<'_>, findings: &[Finding]) -> Result<(), ArchiveError> {
    let is_altered = |finding: &&Finding| {
        matches!(
            finding.code,
            Code::ViewAltered | Code::ViewOpen | Code::DerivedAltered | Code::NotAFile
        )
    };
    for finding in findings.iter().filter(is_altered) {
        if let Some(path) = ArchivePath::parse(&finding.path) {
            work.keeper.set_aside(&path)?;
        }
    }
    Ok(())
}
