//! What is needed? All that snapshots name, whether they are committed or wait for the next writer, and all that views show.

use std::collections::HashSet;

use crate::archive::{Archive, ArchiveError, ArchivePath, ArticleFolder};
use crate::digest::Digest;
use crate::render::view::{self, VIEW_BYTES_MAX};

use super::commits::{Commits, Said};
use super::{Options, PruneError};

/// What is needed, and what was. A set of digests takes 33 to 66 bytes each, so a million blobs take 66 MB at most.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Blobs that a snapshot names.
    pub(super) needed: HashSet<Digest>,
    /// Blobs that a snapshot names that was taken out.
    pub(super) removed: HashSet<Digest>,
    /// Derived files that a view shows; `None` where the record of a view can't be read.
    pub(super) shown: Option<HashSet<Digest>>,
    /// Articles with snapshots that were taken out.
    pub(super) out: Vec<Out>,
}

/// What is left of an article that was taken out.
#[derive(Debug)]
pub(super) struct Out {
    pub(super) folder: ArticleFolder,
    /// Its snapshots that were taken out, with their lengths.
    pub(super) snapshots: Vec<(ArchivePath, u64)>,
}

/// Reads every snapshot of every article; `None` where somebody wants to stop before.
pub(super) fn read(archive: &Archive, options: &Options) -> Result<Option<Marks>, PruneError> {
    let mut reading = Reading {
        archive,
        commits: Commits::read(archive)?,
        flaws: Vec::new(),
        marks: Marks {
            shown: Some(HashSet::new()),
            ..Marks::default()
        },
    };
    for folder in archive.articles()? {
        if options.is_stopped() {
            return Ok(None);
        }
        reading.article(folder)?;
    }
    let Reading {
        commits,
        mut flaws,
        marks,
        ..
    } = reading;
    flaws.extend(commits.unseen());
    if flaws.is_empty() {
        Ok(Some(marks))
    } else {
        Err(PruneError::Unknown(flaws))
    }
}

struct Reading<'a> {
    archive: &'a Archive,
    commits: Commits,
    /// Why it is not known what is needed.
    flaws: Vec<String>,
    marks: Marks,
}

impl Reading<'_> {
    fn article(&mut self, folder: ArticleFolder) -> Result<(), ArchiveError> {
        let mut removed = Vec::new();
        let mut is_here = false;
        for path in self.archive.snapshots(&folder)? {
            let said = self.commits.see(&path);
            let read = self.archive.read_snapshot(&path);
            let blobs = read.as_ref().map(|file| file.snapshot.blobs());
            let digests = blobs.iter().flatten().map(|blob| blob.digest);
            if said == Said::Removed {
                self.marks.removed.extend(digests);
                let length = self.archive.length(&path)?;
                removed.push((path, length));
                continue;
            }
            is_here = true;
            self.marks.needed.extend(digests);
            if read.is_err() {
                self.flaws.push(format!("{path} can't be read"));
            }
        }
        if is_here {
            self.view(&folder);
        }
        if !removed.is_empty() || !is_here && self.commits.took_out(folder.id()) {
            self.marks.out.push(Out {
                folder,
                snapshots: removed,
            });
        }
        Ok(())
    }

    /// Notes what the view of an article shows. Where that can't be told, no derived file goes: a view may need any.
    fn view(&mut self, folder: &ArticleFolder) {
        let record = match self
            .archive
            .read(&folder.view_record(), VIEW_BYTES_MAX as u64)
        {
            // A view that is not made yet is made with all that it shows.
            Err(error) if error.is_absent() => return,
            read => read.ok().and_then(|json| view::parse(&json).ok()),
        };
        let digest = |name: &String| name.split('.').next()?.parse::<Digest>().ok();
        match (record, &mut self.marks.shown) {
            (Some(record), Some(shown)) => shown.extend(record.derived.iter().filter_map(digest)),
            (_, shown) => *shown = None,
        }
    }
}
