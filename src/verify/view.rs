//! Is a view what it must be? Rendered again from the truth, compared, undone, and proven closed.

mod look;

use std::cell::Cell;

use crate::archive::{Archive, ArchiveError, ArchivePath, ArticleFolder, Contents, layout};
use crate::digest::Digest;
use crate::finding::Code;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::proven::Key;
use crate::render::view::{self, FileRecord, Record, VIEW_BYTES_MAX};
use crate::render::{self, BLOB_BYTES_MAX, RENDERER, View, closed};
use crate::snapshot::{DOCUMENT_EXTENSION, Snapshot};

use super::articles::Sound;
use super::findings::Findings;
use super::{Depth, Pass};

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
        return look::look(pass.archive, article, contents, newest, findings);
    }
    let proven = pass.options.proven.as_deref();
    let key = proven.and_then(|_| key(pass.archive, article, contents, newest));
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
    archive: &Archive,
    article: &ArticleFolder,
    contents: &Contents,
    newest: &Sound,
) -> Option<Key> {
    let mut digests = vec![newest.digest];
    let mut names = Vec::new();
    let mut derived = Vec::new();
    for name in &contents.files {
        let bytes = archive
            .read(&article.file(name), VIEW_BYTES_MAX as u64)
            .ok()?;
        if *name == *article.view_record().name() {
            derived = view::outline(&bytes)?.derived;
        }
        digests.push(Digest::of(&bytes));
        names.push(name.as_str());
    }
    for name in &derived {
        let bytes = archive
            .read(&layout::derived_named(name)?, BLOB_BYTES_MAX)
            .ok()?;
        digests.push(Digest::of(&bytes));
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
            return Checked::Yes;
        }
        if let Some(record) = record.filter(|record| record.renderer != RENDERER) {
            check_by_record(archive, article, self.snapshot, &record, findings);
            report_open(archive, article, findings);
            return Checked::No;
        }
        let Some(view) = rendered(archive, self.snapshot) else {
            return Checked::No;
        };
        for file in expected(article, self.path, &view) {
            compare(archive, &file, id, findings);
        }
        report_open(archive, article, findings);
        Checked::Yes
    }
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
    let shown = record(archive, article).is_some_and(|record| record.snapshot == path.name());
    if shown {
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

fn check_by_record(
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

/// A file that a view consists of.
struct Expected {
    path: ArchivePath,
    bytes: Vec<u8>,
    missing: Code,
    altered: Code,
}

fn expected(article: &ArticleFolder, snapshot: &ArchivePath, view: &View) -> Vec<Expected> {
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
fn compare(archive: &Archive, expected: &Expected, id: &str, findings: &Findings) {
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
fn rendered(archive: &Archive, newest: &Snapshot) -> Option<View> {
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
