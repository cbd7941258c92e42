//! Is a view what it must be? Rendered again from the truth, compared, undone, and proven closed.

mod alone;
mod look;
mod recorded;
mod rendered;
mod shared;

use crate::archive::{Archive, ArchivePath, ArticleFolder, Contents};
use crate::digest::Digest;
use crate::finding::Code;
use crate::proven::Key;
use crate::render::view::{self, Record, VIEW_BYTES_MAX};
use crate::render::{RENDERER, closed};
use crate::snapshot::Snapshot;

use super::articles::Sound;
use super::findings::Findings;
use super::log::Committed;
use super::{Depth, Pass};
use recorded::{check_by_record, report_outdated};
use rendered::{compare, expected, rendered};
pub(super) use shared::Shared;

/// Whether a view could be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    /// Whatever was wrong with it was said.
    Yes,
    /// What it is made from can't be read, which is told of elsewhere.
    No,
}

/// Checks the view of `newest`, the article's newest snapshot. What another renderer made can't be made again here: it is
/// proven closed, and by its record that it is what that renderer wrote and that undoing it gives the original.
pub(super) fn check(
    pass: &Pass<'_>,
    article: &ArticleFolder,
    contents: &Contents,
    newest: &mut Sound,
    findings: &Findings,
) -> Checked {
    if pass.options.depth == Depth::Quick {
        return look::look(pass, article, contents, newest, findings);
    }
    let proven = pass.options.proven.as_deref();
    let key = proven.and_then(|_| key(pass, article, contents, newest));
    if let (Some(proven), Some(key)) = (proven, key)
        && proven.knows(key)
    {
        return Checked::Yes;
    }
    let found = findings.apart();
    let (path, name) = (newest.path.clone(), newest.path.name().to_owned());
    let Some(snapshot) = newest.whole() else {
        return Checked::No;
    };
    let shown = Shown {
        archive: pass.archive,
        article,
        snapshot,
        name: &name,
        path: &path,
    };
    let checked = shown.check(&found);
    if let (Some(proven), Some(key)) = (proven, key)
        && checked == Checked::Yes
        && found.are_none()
    {
        proven.learn(key);
    }
    findings.append(found);
    checked
}

/// Stands for the proof that a view is what rendering the snapshot gives, that it can be undone and that it is closed; `None`
/// where not all of it can be read. What belongs to a view stands in its record, so nothing of it can be left out.
fn key(
    pass: &Pass<'_>,
    article: &ArticleFolder,
    contents: &Contents,
    newest: &Sound,
) -> Option<Key> {
    let record = article.view_record();
    let mut digests = vec![newest.digest];
    let mut names = Vec::new();
    let mut derived = Vec::new();
    for name in &contents.files {
        let path = article.file(name);
        let bytes = pass
            .archive
            .read_in(contents, &path, VIEW_BYTES_MAX as u64)
            .ok()?;
        if path == record {
            derived = view::outline(&bytes)?.derived;
        }
        digests.push(Digest::of(&bytes));
        names.push(name.as_str());
    }
    for name in &derived {
        digests.push(pass.derived.digest(pass.archive, name)?);
        names.push(name.as_str());
    }
    let digests = digests.iter().map(|digest| &digest.as_bytes()[..]);
    Some(Key::of(
        "view",
        digests.chain(names.iter().map(|name| name.as_bytes())),
    ))
}

/// A view and the snapshot that it must show.
struct Shown<'a> {
    archive: &'a Archive,
    article: &'a ArticleFolder,
    snapshot: &'a Snapshot,
    /// The name of the snapshot's file.
    name: &'a str,
    path: &'a ArchivePath,
}

impl Shown<'_> {
    fn check(&self, findings: &Findings) -> Checked {
        let (archive, article) = (self.archive, self.article);
        let id = article.id().as_str();
        let record = record(archive, article);
        if let Some(record) = &record
            && record.snapshot != self.name
        {
            let message = format!("it shows {}, not the newest snapshot", record.snapshot);
            findings.add(Code::ViewStale, article.view_record(), Some(id), message);
            report_open(archive, article, findings);
            return Checked::Yes;
        }
        if let Some(record) = record.filter(|record| record.renderer != RENDERER) {
            report_outdated(article, &record, findings);
            check_by_record(archive, article, Some(self.snapshot), &record, findings);
            report_open(archive, article, findings);
            return Checked::No;
        }
        let Some(view) = rendered(archive, self.snapshot) else {
            alone::check_by_itself(archive, article, self.snapshot, findings);
            report_open(archive, article, findings);
            return Checked::No;
        };
        for file in expected(article, self.path, &view) {
            compare(archive, &file, id, findings);
        }
        report_open(archive, article, findings);
        Checked::Yes
    }
}

/// Checks the view of an article of which no snapshot is both committed and sound, where something of a view is there. Returns
/// whether there is.
pub(super) fn check_without_snapshot(
    pass: &Pass<'_>,
    article: &ArticleFolder,
    contents: &Contents,
    log: &Committed,
    findings: &Findings,
) -> bool {
    // Views are made after their commit: where nothing is there of one, none need be.
    if contents.files.is_empty() {
        return false;
    }
    if pass.options.depth != Depth::Quick {
        alone::check_without_snapshot(pass.archive, article, contents, log, findings);
        report_open(pass.archive, article, findings);
    }
    true
}

/// Says that the log does not name a snapshot. Views are made after the log's entry is durable, so where a view shows the
/// snapshot, an entry was there.
pub(super) fn report_uncommitted(
    archive: &Archive,
    article: &ArticleFolder,
    path: &ArchivePath,
    findings: &Findings,
) {
    let id = Some(article.id().as_str());
    if is_shown(archive, article, path) {
        findings.add(
            Code::LogGap,
            path,
            id,
            "its view was made, so the log named it once, and does not now",
        );
    } else {
        findings.add(
            Code::SnapshotUncommitted,
            path,
            id,
            "the log does not name it",
        );
    }
}

/// Returns whether the view of its article shows a snapshot.
pub(super) fn is_shown(archive: &Archive, article: &ArticleFolder, path: &ArchivePath) -> bool {
    record(archive, article).is_some_and(|record| record.snapshot == path.name())
}

fn record(archive: &Archive, article: &ArticleFolder) -> Option<Record> {
    let json = archive
        .read(&article.view_record(), VIEW_BYTES_MAX as u64)
        .ok()?;
    view::parse(&json).ok()
}

/// Says that the page of an article is still there that was taken out.
pub(super) fn report_leftover(archive: &Archive, article: &ArticleFolder, findings: &Findings) {
    if archive.digest(&article.view()).is_ok() {
        let message = "its article was taken out, and an interrupted run did not get to it";
        let id = article.id().as_str();
        findings.add(Code::Leftover, article.view(), Some(id), message);
    }
}

/// Says where the page that a person would open is not closed, whatever it is.
fn report_open(archive: &Archive, article: &ArticleFolder, findings: &Findings) {
    if let Ok(page) = archive.read(&article.view(), VIEW_BYTES_MAX as u64) {
        report_leaks(
            &article.view(),
            &page,
            Some(article.id().as_str()),
            findings,
        );
    }
}

/// Says where a page is not closed.
pub(super) fn report_leaks(
    path: &ArchivePath,
    page: &[u8],
    article: Option<&str>,
    findings: &Findings,
) {
    for leak in closed::leaks(page) {
        let message = format!("{}: {} in {}", leak.code, leak.text, leak.place);
        findings.add(Code::ViewOpen, path, article, message);
    }
}
