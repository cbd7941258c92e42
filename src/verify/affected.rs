//! Which articles does it affect? Asked only where a blob is wrong: to remember the articles of every blob would take memory
//! that grows with the archive, so the snapshots are read once more.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Mutex;

use crate::archive::{ArchivePath, ArticleFolder};
use crate::digest::Digest;
use crate::finding::Code;
use crate::snapshot::Outline;

use super::names::Name;
use super::{Pass, each, locked};

/// Something that is wrong with a blob, or with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bad {
    pub(super) about: About,
    pub(super) code: Code,
    /// The blob's path; a snapshot that is wrong about it is told of by its own.
    pub(super) path: Option<String>,
    pub(super) message: String,
}

/// Whom it affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum About {
    /// Whoever names the blob.
    Blob(Digest),
    /// Whoever says just this of it.
    What(Name),
}

impl Bad {
    pub(super) fn of_blob(
        digest: &Digest,
        code: Code,
        path: &ArchivePath,
        message: impl Into<String>,
    ) -> Self {
        Self {
            about: About::Blob(*digest),
            code,
            path: Some(path.to_string()),
            message: message.into(),
        }
    }

    pub(super) fn of_snapshot(name: &Name, code: Code, message: String) -> Self {
        Self {
            about: About::What(*name),
            code,
            path: None,
            message,
        }
    }

    fn digest(&self) -> Digest {
        match self.about {
            About::Blob(digest) => digest,
            About::What(name) => name.digest,
        }
    }

    fn affects(&self, name: &Name) -> bool {
        match self.about {
            About::Blob(digest) => name.digest == digest,
            About::What(said) => *name == said,
        }
    }
}

/// All that is wrong with blobs, as far as it is held: of each code the first ones by their digests.
#[derive(Debug)]
pub(super) struct AllBad {
    held: Mutex<BTreeMap<Code, Held>>,
    /// Of one code.
    max: usize,
}

#[derive(Debug, Default)]
struct Held {
    bad: BTreeSet<Bad>,
    more: u64,
}

impl AllBad {
    pub(super) fn new(max: usize) -> Self {
        Self {
            held: Mutex::default(),
            max,
        }
    }

    pub(super) fn add(&self, bad: Bad) {
        let mut held = locked(&self.held);
        let held = held.entry(bad.code).or_default();
        if held.bad.insert(bad) && held.bad.len() > self.max {
            held.bad.pop_last();
            held.more += 1;
        }
    }
}

/// Says what is wrong with blobs, once for each article that is affected.
pub(super) fn report(pass: &Pass<'_>, articles: &[ArticleFolder]) {
    let mut by_digest: HashMap<Digest, Vec<Bad>> = HashMap::new();
    for (code, held) in std::mem::take(&mut *locked(&pass.bad.held)) {
        pass.findings.add_more(code, held.more);
        for bad in held.bad {
            by_digest.entry(bad.digest()).or_default().push(bad);
        }
    }
    if by_digest.is_empty() {
        return;
    }
    // What was taken out since the log was read may have been pruned since.
    let removals = pass.archive.removals(0).unwrap_or_default();
    let told = Mutex::new(HashSet::new());
    let is_stopped = || pass.options.is_stopped();
    each(articles.iter(), pass.threads, is_stopped, |article| {
        let paths = pass.archive.snapshots(article).unwrap_or_default();
        for path in paths {
            let Ok((bytes, digest)) = pass.archive.proven_bytes(&path) else {
                continue;
            };
            let entry = pass.moment.log.entry(&digest);
            let is_out = entry.is_some_and(|entry| removals.covers(article.id(), entry.index));
            let Some(outline) = Outline::parse(&bytes).ok().filter(|_| !is_out) else {
                continue;
            };
            for (named, media) in &outline.blobs {
                let name = Name::new(named, media.as_ref());
                for bad in by_digest.get(&named.digest).into_iter().flatten() {
                    if bad.affects(&name) {
                        locked(&told).insert(bad);
                        report_one(pass, bad, article, &path);
                    }
                }
            }
        }
    });
    let told = locked(&told);
    for bad in by_digest
        .values()
        .flatten()
        .filter(|bad| !told.contains(bad))
    {
        // Nobody needs it any more, or the snapshot itself could not be read again.
        if let Some(path) = bad.path.as_ref().filter(|_| bad.code != Code::BlobMissing) {
            pass.findings.add(bad.code, path, None, bad.message.clone());
        }
    }
}

fn report_one(pass: &Pass<'_>, bad: &Bad, article: &ArticleFolder, snapshot: &ArchivePath) {
    let path = bad.path.as_deref().unwrap_or(snapshot.as_str());
    let id = Some(article.id().as_str());
    pass.findings.add(bad.code, path, id, bad.message.clone());
}
