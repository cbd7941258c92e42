//! Where are the bytes of a lost blob to be had? In this archive under another name, or in another one; nowhere, unless they
//! have the digest that is its name.

use std::collections::BTreeMap;

use crate::archive::{
    ArchiveError, ArchivePath, ArticleFolder, ArticleId, Place, Returned, Untaken, layout,
};
use crate::finding::{Code, Finding};
use crate::snapshot::Named;

use super::{Done, Mended, Work};

/// Blobs that are put back with one sync.
const TOGETHER: usize = 64;

/// A blob that is lost, and what was found of it.
struct Lost {
    named: Option<Named>,
    findings: Vec<Finding>,
}

/// Puts blobs back whose bytes are to be had.
pub(super) fn put_back(work: &mut Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    let lost = lost(work, todo)?;
    let mut pile = Pile {
        strays: strays(work)?,
        waiting: Vec::new(),
        done: Done::new(),
    };
    for lost in lost.into_values() {
        if work.options.is_stopped() {
            break;
        }
        pile.one(work, lost)?;
    }
    pile.flush(work)?;
    Ok(pile.done)
}

/// Returns what is lost, each blob once, with what the snapshots of its articles say of it.
fn lost(work: &Work<'_>, todo: Vec<Finding>) -> Result<BTreeMap<String, Lost>, ArchiveError> {
    let mut lost: BTreeMap<String, Lost> = BTreeMap::new();
    for finding in todo {
        let name = finding.path.rsplit('/').next().unwrap_or_default();
        let of_it = lost.entry(name.to_owned()).or_insert_with(|| Lost {
            named: None,
            findings: Vec::new(),
        });
        if of_it.named.is_none() {
            of_it.named = named(work, &finding)?;
        }
        of_it.findings.push(finding);
    }
    Ok(lost)
}

/// Returns what a snapshot of the finding's article says of its blob.
fn named(work: &Work<'_>, finding: &Finding) -> Result<Option<Named>, ArchiveError> {
    let path = ArchivePath::parse(&finding.path);
    let Some(Place::Blob(digest)) = path.as_ref().and_then(layout::classify) else {
        return Ok(None);
    };
    let Some(article) = article(work, finding)? else {
        return Ok(None);
    };
    for path in work.archive.snapshots(&article)? {
        let Ok(file) = work.archive.read_snapshot(&path) else {
            continue;
        };
        let blobs = file.snapshot.blobs();
        if let Some(named) = blobs.into_iter().find(|blob| blob.digest == digest) {
            return Ok(Some(named));
        }
    }
    Ok(None)
}

fn article(work: &Work<'_>, finding: &Finding) -> Result<Option<ArticleFolder>, ArchiveError> {
    match finding
        .article
        .as_deref()
        .unwrap_or_default()
        .parse::<ArticleId>()
    {
        Ok(id) => work.archive.article(&id),
        Err(_) => Ok(None),
    }
}

/// Returns the files of this archive that stand where they do not belong, or were set aside, with their lengths.
fn strays(work: &Work<'_>) -> Result<Vec<(ArchivePath, u64)>, ArchiveError> {
    let mut strays = work.keeper.kept_aside()?;
    let is_stray = |finding: &&Finding| {
        matches!(
            finding.code,
            Code::BlobAltered | Code::BlobMisplaced | Code::StrayFile
        )
    };
    for finding in work.known.iter().filter(is_stray) {
        if let Some(path) = ArchivePath::parse(&finding.path) {
            let bytes = work.archive.length(&path)?;
            strays.push((path, bytes));
        }
    }
    strays.sort();
    strays.dedup();
    Ok(strays)
}

/// Blobs on their way back.
struct Pile {
    strays: Vec<(ArchivePath, u64)>,
    /// What waits to be put back, with where it came from.
    waiting: Vec<(Lost, Returned, String)>,
    done: Done,
}

impl Pile {
    fn one(&mut self, work: &mut Work<'_>, lost: Lost) -> Result<(), ArchiveError> {
        let Some(named) = lost.named else {
            self.leave(lost, "no snapshot can be read that says what it is");
            return Ok(());
        };
        if let Some((returned, from)) = self.here(work, &named)? {
            // What stands in its place may be what another one lacks.
            self.waiting.push((lost, returned, from));
            return self.flush(work);
        }
        let mut troubles = Vec::new();
        for donor in &work.sources.donors {
            let name = donor.root().display().to_string();
            let offered = match donor.blob(&named) {
                Ok(Some(offered)) => offered,
                Ok(None) => {
                    troubles.push(format!("{name} does not have it"));
                    continue;
                }
                Err(error) => {
                    troubles.push(error.to_string());
                    continue;
                }
            };
            match work.keeper.take_in(offered, donor.root(), &named)? {
                Ok(returned) => {
                    self.waiting.push((lost, returned, name));
                    return if self.waiting.len() < TOGETHER {
                        Ok(())
                    } else {
                        self.flush(work)
                    };
                }
                Err(Untaken::Other(_)) => {
                    troubles.push(format!("{name} has other bytes under its name"));
                }
                Err(Untaken::Unreadable(error)) => troubles.push(error.to_string()),
            }
        }
        let why = if troubles.is_empty() {
            "its bytes are nowhere in this archive; name a copy with --from".to_owned()
        } else {
            troubles.join("; ")
        };
        self.leave(lost, why);
        Ok(())
    }

    /// Finds the bytes in this archive.
    fn here(
        &self,
        work: &Work<'_>,
        named: &Named,
    ) -> Result<Option<(Returned, String)>, ArchiveError> {
        for (path, bytes) in &self.strays {
            let place = layout::blob(&named.digest, named.extension);
            if *bytes == named.size
                && let Some(returned) = work.keeper.take_here(path, place, &named.digest)?
            {
                return Ok(Some((returned, path.to_string())));
            }
        }
        Ok(None)
    }

    fn leave(&mut self, lost: Lost, why: impl Into<String>) {
        let why = why.into();
        let findings = lost.findings.into_iter();
        self.done
            .extend(findings.map(|finding| (finding, Err(why.clone()))));
    }

    /// Puts back what waits, and only then says so.
    fn flush(&mut self, work: &mut Work<'_>) -> Result<(), ArchiveError> {
        let mut returned = Vec::new();
        let mut lost = Vec::new();
        for (it, bytes, from) in self.waiting.drain(..) {
            returned.push(bytes);
            lost.push((it, from));
        }
        for aside in work.keeper.put_back(&returned)? {
            let bytes = work.archive.length(&aside)?;
            self.strays.push((aside, bytes));
        }
        for (it, from) in lost {
            note_repaired(work, &it)?;
            let mended = Mended { from: Some(from) };
            let findings = it.findings.into_iter();
            self.done
                .extend(findings.map(|finding| (finding, Ok(mended.clone()))));
        }
        Ok(())
    }
}

/// Notes the snapshots that name a blob which is back.
fn note_repaired(work: &mut Work<'_>, lost: &Lost) -> Result<(), ArchiveError> {
    let Some(named) = lost.named else {
        return Ok(());
    };
    for finding in &lost.findings {
        let Some(article) = article(work, finding)? else {
            continue;
        };
        for file in work.archive.history(&article)? {
            if file.snapshot.blobs().contains(&named) {
                work.repaired.insert((article.id().clone(), file.digest));
            }
        }
    }
    Ok(())
}

/// Sees to blobs that stand where they do not belong, as far as they were not put back: their places have what belongs there, or
/// nobody needs them.
pub(super) fn move_back(work: &mut Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    let mut done = Done::new();
    for finding in todo {
        let Some(path) = ArchivePath::parse(&finding.path) else {
            let why = "its name is none that an archive has: rename it by hand";
            done.push((finding, Err(why.to_owned())));
            continue;
        };
        work.keeper.set_aside(&path)?;
        done.push((finding, Ok(Mended::default())));
    }
    Ok(done)
}
