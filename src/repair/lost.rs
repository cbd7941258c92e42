//! Which blobs are lost, what do snapshots say of them, and which snapshots name one that is back? Each article is read once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::archive::{ArchiveError, ArchivePath, ArticleFolder, ArticleId, Place, layout};
use crate::digest::Digest;
use crate::finding::Finding;
use crate::snapshot::{Named, Snapshot};

use super::Work;
use super::web::{ADDRESSES_MAX, Address, addresses};

/// A blob that is lost, and what was found of it.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// What snapshots say it is; `None` where none can be read.
    pub(super) named: Option<Named>,
    pub(super) findings: Vec<Finding>,
    /// Where it was when it came, the first few places.
    pub(super) addresses: Vec<Address>,
    /// Why it was not had so far.
    pub(super) troubles: Vec<String>,
}

/// Returns what is lost, each blob once, and the findings that are about none.
pub(super) fn read(
    work: &Work<'_>,
    todo: Vec<Finding>,
) -> Result<(BTreeMap<Digest, Lost>, Vec<Finding>), ArchiveError> {
    let mut lost: BTreeMap<Digest, Lost> = BTreeMap::new();
    let mut of_articles: BTreeMap<ArticleId, HashSet<Digest>> = BTreeMap::new();
    let mut strange = Vec::new();
    for finding in todo {
        let path = ArchivePath::parse(&finding.path);
        let Some(Place::Blob(digest)) = path.as_ref().and_then(layout::classify) else {
            strange.push(finding);
            continue;
        };
        if let Some(article) = article(&finding) {
            of_articles.entry(article).or_default().insert(digest);
        }
        lost.entry(digest).or_default().findings.push(finding);
    }
    for (article, wanted) in &of_articles {
        if let Some(folder) = work.archive.article(article)? {
            note(work, &folder, wanted, &mut lost)?;
        }
    }
    Ok((lost, strange))
}

/// Notes what the snapshots of an article say of its lost blobs.
fn note(
    work: &Work<'_>,
    article: &ArticleFolder,
    wanted: &HashSet<Digest>,
    lost: &mut BTreeMap<Digest, Lost>,
) -> Result<(), ArchiveError> {
    for path in work.archive.snapshots(article)? {
        // What is wrong with one was told.
        let Ok(file) = work.archive.read_snapshot(&path) else {
            continue;
        };
        note_snapshot(&file.snapshot, wanted, lost);
    }
    Ok(())
}

fn note_snapshot(snapshot: &Snapshot, wanted: &HashSet<Digest>, lost: &mut BTreeMap<Digest, Lost>) {
    let blobs = snapshot.blobs().into_iter();
    for named in blobs.filter(|blob| wanted.contains(&blob.digest)) {
        if let Some(lost) = lost.get_mut(&named.digest) {
            lost.named = lost.named.or(Some(named));
        }
    }
    for (digest, address) in addresses(snapshot, wanted) {
        let Some(lost) = lost.get_mut(&digest) else {
            continue;
        };
        let is_full = lost.addresses.len() >= ADDRESSES_MAX;
        if !is_full && lost.addresses.iter().all(|it| it.link != address.link) {
            lost.addresses.push(address);
        }
    }
}

/// Returns the committed snapshots that name one of the blobs that are back, by the findings that told of them.
pub(super) fn repaired(
    work: &Work<'_>,
    back: &BTreeMap<ArticleId, HashSet<Digest>>,
) -> Result<BTreeSet<(ArticleId, Digest)>, ArchiveError> {
    let mut repaired = BTreeSet::new();
    for (article, blobs) in back {
        let Some(folder) = work.archive.article(article)? else {
            continue;
        };
        for file in work.archive.history(&folder)? {
            let named = file.snapshot.blobs();
            if named.iter().any(|blob| blobs.contains(&blob.digest)) {
                repaired.insert((article.clone(), file.digest));
            }
        }
    }
    Ok(repaired)
}

/// Returns the article that a finding affects.
pub(super) fn article(finding: &Finding) -> Option<ArticleId> {
    finding.article.as_deref()?.parse().ok()
}
