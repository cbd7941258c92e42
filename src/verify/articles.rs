//! Is an article whole? Its snapshots, what they name, and its view.

use crate::archive::{
    Archive, ArchiveError, ArchivePath, Area, ArticleFolder, ArticleId, Contents, layout,
};
use crate::causes::with_causes;
use crate::digest::Digest;
use crate::document::charset;
use crate::document::located::Located;
use crate::finding::Code;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::proven::Key;
use crate::snapshot::{DOCUMENT_EXTENSION, Document, Outline, Snapshot};

use super::findings::Findings;
use super::log::Committed;
use super::names::Name;
use super::{Depth, Pass, Scope, locked, view};

/// What was seen of articles.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Snapshots that were read.
    pub(super) snapshots: u64,
    /// Views that were rendered again and compared, or are known to be what that gave before.
    pub(super) views: u64,
    /// Views that could not be, because the original could not be read, and snapshots of which it is not known whether
    /// they are committed, because the log could not be read.
    pub(super) not_checked: u64,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Self) {
        self.snapshots += other.snapshots;
        self.views += other.views;
        self.not_checked += other.not_checked;
    }
}

/// A snapshot whose bytes are those of its name.
#[derive(Debug)]
pub(super) struct Sound {
    pub(super) path: ArchivePath,
    pub(super) digest: Digest,
    pub(super) outline: Outline,
    bytes: Vec<u8>,
    /// All of it, where it was read as a whole.
    whole: Option<Snapshot>,
}

impl Sound {
    /// Returns all that the snapshot says; `None` where it can't be read, which was told of before.
    pub(super) fn whole(&mut self) -> Option<&Snapshot> {
        if self.whole.is_none() {
            self.whole = Snapshot::parse(&self.bytes).ok();
        }
        self.whole.as_ref()
    }
}

/// Takes in which blobs an article names, and says nothing: what is wrong with it is told where it is checked.
pub(super) fn index(pass: &Pass<'_>, article: &ArticleFolder) {
    let paths = pass.archive.snapshots(article).unwrap_or_default();
    for path in paths {
        let Some(digits) = layout::snapshot_number(&path) else {
            continue;
        };
        let is_removed = pass.moment.log.is_removed(article.id(), digits);
        if !is_removed {
            locked(&pass.snapshots).insert(digits);
        }
        let Ok((bytes, digest)) = pass.archive.proven_bytes(&path) else {
            continue;
        };
        if let Ok(outline) = Outline::parse(&bytes) {
            let is_committed = pass.moment.log.entry(&digest).is_some()
                || view::is_shown(pass.archive, article, &path);
            let is_needed = !is_removed && is_committed;
            add_names(pass, &outline, is_needed);
        }
    }
}

fn add_names(pass: &Pass<'_>, outline: &Outline, is_needed: bool) {
    for (named, media) in &outline.blobs {
        let name = Name::new(named, media.as_ref());
        if let Scope::Part(part) = &pass.options.scope
            && !part.holds_blob(&name.digest)
        {
            continue;
        }
        pass.names
            .add(if is_needed { name } else { name.not_needed() });
    }
}

/// Checks one article, by what was committed.
pub(super) fn check(
    pass: &Pass<'_>,
    article: &ArticleFolder,
    log: &Committed,
    findings: &Findings,
) -> Seen {
    let mut seen = Seen::default();
    let id = article.id().as_str();
    let stray = &mut |sighting| findings.sighting(Area::Articles, sighting, Some(id));
    let contents = pass.archive.contents(article, stray);
    let contents = contents.unwrap_or_else(|error| {
        findings.trouble(article.path(), Some(id), &error);
        Contents::default()
    });
    let mut newest: Option<(u64, Sound)> = None;
    let mut is_removed = false;
    for path in &contents.snapshots {
        let Some(digits) = layout::snapshot_number(path) else {
            continue;
        };
        if log.is_removed(article.id(), digits) {
            is_removed = true;
            let message = "its article was taken out";
            findings.add(Code::SnapshotRemoved, path, Some(id), message);
            let bytes = pass.archive.proven_bytes_in(&contents, path).ok();
            if let Some(outline) = bytes.and_then(|(bytes, _)| Outline::parse(&bytes).ok()) {
                add_names(pass, &outline, false);
            }
            continue;
        }
        locked(&pass.snapshots).insert(digits);
        let Some(sound) = read(pass, &contents, path, (id, findings)) else {
            continue;
        };
        seen.snapshots += 1;
        let entry = log.entry(&sound.digest);
        // A view is made after its commit, whatever became of the log.
        let is_needed = entry.is_some() || view::is_shown(pass.archive, article, path);
        add_names(pass, &sound.outline, is_needed);
        let Some(entry) = entry else {
            if log.is_known() {
                view::report_uncommitted(pass.archive, article, &sound.path, findings);
            } else {
                seen.not_checked += 1;
            }
            continue;
        };
        let own = ArticleId::of_key(&sound.outline.key);
        if own != *article.id() || entry.article != *article.id() {
            let message = format!("it is of the article {own}, and stands in the folder of {id}");
            findings.add(Code::SnapshotMisplaced, path, Some(id), message);
        }
        // As `Archive::newest_snapshot` has it: the one that the log names last, whatever the clock said.
        if newest
            .as_ref()
            .is_none_or(|(index, _)| *index < entry.index)
        {
            newest = Some((entry.index, sound));
        }
    }
    if newest.is_none() && is_removed {
        view::report_leftover(pass.archive, article, findings);
    }
    if let Some((_, mut newest)) = newest {
        report_missing_resources(&mut newest, id, findings);
        match view::check(pass, article, &contents, &mut newest, findings) {
            view::Checked::Yes => seen.views += 1,
            view::Checked::No => seen.not_checked += 1,
        }
    } else if !is_removed && view::check_without_snapshot(pass, article, &contents, log, findings) {
        seen.not_checked += 1;
    }
    seen
}

/// Reads a snapshot, a second time before it is condemned, and checks it by itself.
fn read(
    pass: &Pass<'_>,
    contents: &Contents,
    path: &ArchivePath,
    (id, findings): (&str, &Findings),
) -> Option<Sound> {
    let bytes = || pass.archive.proven_bytes_in(contents, path);
    let (bytes, digest) = match bytes().or_else(|_| bytes()) {
        Ok(read) => read,
        Err(ArchiveError::Damaged { .. } | ArchiveError::TooLarge { .. }) => {
            let message = "its bytes do not match its name";
            findings.add(Code::SnapshotAltered, path, Some(id), message);
            return None;
        }
        Err(error) => {
            findings.trouble(path, Some(id), &error);
            return None;
        }
    };
    let key = Key::of("snapshot", [&digest.as_bytes()[..]]);
    let proven = pass.options.proven.as_deref();
    let is_proven =
        pass.options.depth == Depth::Quick || proven.is_some_and(|proven| proven.knows(key));
    let parsed = if is_proven {
        Outline::parse(&bytes).map(|outline| (outline, None))
    } else {
        Snapshot::parse(&bytes).map(|whole| (Outline::of(&whole), Some(whole)))
    };
    let (outline, whole) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = ArchiveError::Snapshot {
                path: path.under(pass.archive.root()),
                source: error,
            };
            findings.add(Code::SnapshotInvalid, path, Some(id), with_causes(&error));
            return None;
        }
    };
    if let Some(whole) = &whole
        && check_references(pass.archive, path, whole, id, findings)
        && let Some(proven) = proven
    {
        proven.learn(key);
    }
    Some(Sound {
        path: path.clone(),
        digest,
        outline,
        bytes,
        whole,
    })
}

/// Says where a recorded reference does not stand in its document. Returns whether all do: a document that can't be read is
/// told of as a blob.
fn check_references(
    archive: &Archive,
    path: &ArchivePath,
    snapshot: &Snapshot,
    id: &str,
    findings: &Findings,
) -> bool {
    let mut are_sound = true;
    for document in &snapshot.documents {
        let Ok(bytes) = archive.read_blob(&document.digest, DOCUMENT_EXTENSION, DOCUMENT_BYTES_MAX)
        else {
            are_sound = false;
            continue;
        };
        if let Some(message) = unsound(document, &bytes) {
            are_sound = false;
            findings.add(Code::ReferencesUnsound, path, Some(id), message);
        }
    }
    are_sound
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

fn report_missing_resources(newest: &mut Sound, id: &str, findings: &Findings) {
    if !newest.outline.lacks_some {
        return;
    }
    let path = newest.path.clone();
    let missing = newest.whole().into_iter().flat_map(Snapshot::missing);
    for (mention, missing) in missing {
        let message = format!(
            "{} was not to be had: {}",
            mention.name(),
            missing.why.describe()
        );
        findings.add(Code::ResourceMissing, &path, Some(id), message);
    }
}
