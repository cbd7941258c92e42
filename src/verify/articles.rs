//! Is an article whole? Its snapshots, what they name, and its view.

use std::collections::{HashMap, HashSet};

use crate::archive::{
    Archive, ArchiveError, ArchivePath, Area, ArticleFolder, ArticleId, SnapshotFile, layout,
};
use crate::digest::Digest;
use crate::document::charset;
use crate::document::located::Located;
use crate::finding::Code;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::snapshot::{DOCUMENT_EXTENSION, Document, Snapshot};

use super::findings::{Findings, in_words};
use super::log::Committed;
use super::view;

/// What was seen of articles.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Snapshots that were read.
    pub(super) snapshots: u64,
    /// Views that were rendered again and compared.
    pub(super) views: u64,
    /// Views that could not be, because the original could not be read, and snapshots of which it is not known whether
    /// they are committed, because the log could not be read.
    pub(super) not_checked: u64,
    /// The digests in the names of snapshots, sound or not.
    pub(super) names: HashSet<String>,
    /// The blobs that sound snapshots name, with what follows the dot.
    pub(super) blobs: HashMap<Digest, &'static str>,
    /// The blobs that snapshots name that were taken out and not pruned.
    pub(super) removed: HashSet<Digest>,
    /// The blobs that are of another length than a snapshot says.
    pub(super) lengths: Vec<Length>,
}

/// A blob that is of another length than a snapshot says: one of the two is wrong.
#[derive(Debug)]
pub(super) struct Length {
    pub(super) blob: Digest,
    pub(super) snapshot: ArchivePath,
    pub(super) message: String,
}

impl Seen {
    pub(super) fn add(&mut self, other: Self) {
        self.snapshots += other.snapshots;
        self.views += other.views;
        self.not_checked += other.not_checked;
        self.names.extend(other.names);
        self.blobs.extend(other.blobs);
        self.removed.extend(other.removed);
        self.lengths.extend(other.lengths);
    }
}

/// Returns every article, and says what stands among them that is none.
pub(super) fn survey(archive: &Archive, findings: &Findings) -> Vec<ArticleFolder> {
    findings.survey(archive, Area::Articles);
    archive.articles().unwrap_or_else(|error| {
        findings.trouble("articles", None, &error);
        Vec::new()
    })
}

/// Checks one article.
pub(super) fn check(
    archive: &Archive,
    article: &ArticleFolder,
    log: &Committed,
    findings: &Findings,
) -> Seen {
    let mut seen = Seen::default();
    let id = article.id().as_str();
    let paths = archive.snapshots(article).unwrap_or_else(|error| {
        findings.trouble(article.snapshots(), Some(id), &error);
        Vec::new()
    });
    let mut newest: Option<(u64, SnapshotFile)> = None;
    for path in paths {
        let digits = digest_in_name(&path);
        if let Some(digits) = &digits
            && log.is_removed(article.id(), digits)
        {
            let message = "its article was taken out";
            findings.add(Code::SnapshotRemoved, &path, Some(id), message);
            if let Ok(file) = archive.read_snapshot(&path) {
                let blobs = file.snapshot.blobs().into_iter();
                seen.removed.extend(blobs.map(|blob| blob.digest));
            }
            continue;
        }
        seen.names.extend(digits);
        let Some(file) = read(archive, &path, id, findings) else {
            continue;
        };
        seen.snapshots += 1;
        let Some(entry) = log.entry(&file.digest) else {
            if log.is_known() {
                view::report_uncommitted(archive, article, &file, findings);
            } else {
                seen.not_checked += 1;
            }
            let blobs = file.snapshot.blobs().into_iter();
            seen.blobs
                .extend(blobs.map(|blob| (blob.digest, blob.extension)));
            continue;
        };
        let own = ArticleId::of_key(&file.snapshot.source.key);
        if own != *article.id() || entry.article != *article.id() {
            let message = format!("it is of the article {own}, and stands in the folder of {id}");
            findings.add(Code::SnapshotMisplaced, &path, Some(id), message);
        }
        check_blobs(archive, &file, id, findings, &mut seen);
        check_references(archive, &file, id, findings);
        // As `Archive::newest_snapshot` has it: the one that the log names last, whatever the clock said.
        if newest
            .as_ref()
            .is_none_or(|(index, _)| *index < entry.index)
        {
            newest = Some((entry.index, file));
        }
    }
    if newest.is_none() && !seen.removed.is_empty() {
        view::report_leftover(archive, article, findings);
    }
    if let Some((_, newest)) = newest {
        report_missing_resources(&newest, id, findings);
        match view::check(archive, article, &newest, findings) {
            view::Checked::Yes => seen.views += 1,
            view::Checked::No => seen.not_checked += 1,
        }
    }
    seen
}

/// Reads a snapshot; a second time before it is condemned.
fn read(
    archive: &Archive,
    path: &ArchivePath,
    id: &str,
    findings: &Findings,
) -> Option<SnapshotFile> {
    let again = |_| archive.read_snapshot(path);
    match archive.read_snapshot(path).or_else(again) {
        Ok(file) => Some(file),
        Err(error) => {
            let code = match &error {
                ArchiveError::Damaged { .. } | ArchiveError::TooLarge { .. } => {
                    Code::SnapshotAltered
                }
                ArchiveError::Snapshot { .. } => Code::SnapshotInvalid,
                _ => {
                    findings.trouble(path, Some(id), &error);
                    return None;
                }
            };
            let message = match code {
                Code::SnapshotAltered => "its bytes do not match its name".to_owned(),
                _ => in_words(&error),
            };
            findings.add(code, path, Some(id), message);
            None
        }
    }
}

/// Says which blobs the snapshot names that are not there, or have another length.
fn check_blobs(
    archive: &Archive,
    file: &SnapshotFile,
    id: &str,
    findings: &Findings,
    seen: &mut Seen,
) {
    for blob in file.snapshot.blobs() {
        seen.blobs.insert(blob.digest, blob.extension);
        let path = layout::blob(&blob.digest, blob.extension);
        match archive.blob_length(&blob.digest, blob.extension) {
            Ok(Some(length)) if length == blob.size => {}
            Ok(Some(length)) => seen.lengths.push(Length {
                blob: blob.digest,
                snapshot: file.path.clone(),
                message: format!("it has {length} bytes, and {} belong there", blob.size),
            }),
            Ok(None) => {
                let message = "a snapshot names it, and it is not there";
                findings.add(Code::BlobMissing, path, Some(id), message);
            }
            Err(ArchiveError::Obstructed { found, .. }) => {
                let message = format!("it is {found}; it was not opened or followed");
                findings.add(Code::NotAFile, path, Some(id), message);
            }
            Err(error) => findings.trouble(path, Some(id), &error),
        }
    }
}

/// Says where a recorded reference does not stand in its document. A document that can't be read is told of as a blob.
fn check_references(archive: &Archive, file: &SnapshotFile, id: &str, findings: &Findings) {
    for document in &file.snapshot.documents {
        let Ok(bytes) = archive.read_blob(&document.digest, DOCUMENT_EXTENSION, DOCUMENT_BYTES_MAX)
        else {
            continue;
        };
        if let Some(message) = unsound(document, &bytes) {
            findings.add(Code::ReferencesUnsound, &file.path, Some(id), message);
        }
    }
}

fn unsound(document: &Document, bytes: &[u8]) -> Option<String> {
    let Some(encoding) = charset::named(&document.charset) else {
        return Some(format!("the encoding {:?} is unknown", document.charset));
    };
    if bytes.len() as u64 != document.size {
        return Some(format!(
            "the document has {} bytes, and not {}",
            bytes.len(),
            document.size
        ));
    }
    let wrong = document.references.iter().find(|mention| {
        let written = bytes.get(mention.start..mention.end).unwrap_or_default();
        Located::decode(written, encoding).text != mention.written
    });
    wrong.map(|mention| {
        format!(
            "{:?} does not stand at bytes {} to {}",
            mention.written, mention.start, mention.end
        )
    })
}

fn report_missing_resources(newest: &SnapshotFile, id: &str, findings: &Findings) {
    for (mention, missing) in newest.snapshot.missing() {
        let message = format!(
            "{} was not to be had: {}",
            mention.name(),
            missing.why.describe()
        );
        findings.add(Code::ResourceMissing, &newest.path, Some(id), message);
    }
}

/// Returns the blobs that the sound snapshots of an article name.
pub(super) fn blobs_of(archive: &Archive, article: &ArticleFolder) -> Vec<Digest> {
    let paths = archive.snapshots(article).unwrap_or_default();
    let snapshots = paths
        .iter()
        .filter_map(|path| archive.read_snapshot(path).ok())
        .map(|file| file.snapshot);
    snapshots
        .flat_map(|snapshot: Snapshot| snapshot.blobs())
        .map(|blob| blob.digest)
        .collect()
}

fn digest_in_name(path: &ArchivePath) -> Option<String> {
    let (_, name) = path.name().split_once('-')?;
    Some(name.strip_suffix(".json")?.to_owned())
}
