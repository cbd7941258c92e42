//! Where are the bytes of a lost blob to be had? In this archive under another name, or in another one; nowhere, unless they
//! have the digest that is its name.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use crate::archive::{
    ArchiveError, ArchivePath, ArticleFolder, ArticleId, Keeper, Place, Returned, Untaken, layout,
};
use crate::finding::{Code, Finding};
use crate::snapshot::Named;

use super::web::{ADDRESSES_MAX, Address, Had, Search, Web, addresses};
use super::{Done, Mended, Work};

/// Blobs that are put back with one sync.
const TOGETHER: usize = 64;

/// A blob that is lost, and what was found of it.
struct Lost {
    named: Option<Named>,
    findings: Vec<Finding>,
    /// Where it was when it came.
    addresses: Vec<Address>,
    /// Why it was not had so far.
    troubles: Vec<String>,
}

/// Puts blobs back whose bytes are to be had.
pub(super) async fn put_back(
    work: &mut Work<'_>,
    todo: Vec<Finding>,
) -> Result<Done, ArchiveError> {
    let lost = lost(work, todo)?;
    let mut pile = Pile {
        strays: strays(work)?,
        waiting: Vec::new(),
        elsewhere: Vec::new(),
        done: Done::new(),
    };
    for lost in lost.into_values() {
        if work.options.is_stopped() {
            break;
        }
        pile.one(work, lost)?;
    }
    pile.flush(work)?;
    pile.search(work).await?;
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
            addresses: Vec::new(),
            troubles: Vec::new(),
        });
        recorded(work, &finding, of_it)?;
        of_it.findings.push(finding);
    }
    Ok(lost)
}

/// Notes what the snapshots of the finding's article say of its blob.
fn recorded(work: &Work<'_>, finding: &Finding, lost: &mut Lost) -> Result<(), ArchiveError> {
    let path = ArchivePath::parse(&finding.path);
    let Some(Place::Blob(digest)) = path.as_ref().and_then(layout::classify) else {
        return Ok(());
    };
    let Some(article) = article(work, finding)? else {
        return Ok(());
    };
    for path in work.archive.snapshots(&article)? {
        let Ok(file) = work.archive.read_snapshot(&path) else {
            continue;
        };
        let blobs = file.snapshot.blobs();
        if let Some(named) = blobs.into_iter().find(|blob| blob.digest == digest) {
            lost.named = lost.named.or(Some(named));
            for address in addresses(&file.snapshot, &digest) {
                let is_new = lost.addresses.iter().all(|it| it.link != address.link);
                if is_new && lost.addresses.len() < ADDRESSES_MAX {
                    lost.addresses.push(address);
                }
            }
        }
    }
    Ok(())
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
    /// What no folder has.
    elsewhere: Vec<(Lost, Named)>,
    done: Done,
}

impl Pile {
    fn one(&mut self, work: &mut Work<'_>, lost: Lost) -> Result<(), ArchiveError> {
        let Some(named) = lost.named else {
            self.leave(lost, "no snapshot can be read that says what it is");
            return Ok(());
        };
        let mut lost = lost;
        if let Some((returned, from)) = self.here(work, &named)? {
            // What stands in its place may be what another one lacks.
            self.waiting.push((lost, returned, from));
            return self.flush(work);
        }
        for donor in &work.sources.donors {
            let name = donor.root().display().to_string();
            let offered = match donor.blob(&named) {
                Ok(Some(offered)) => offered,
                Ok(None) => {
                    lost.troubles.push(format!("{name} does not have it"));
                    continue;
                }
                Err(error) => {
                    lost.troubles.push(error.to_string());
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
                    lost.troubles
                        .push(format!("{name} has other bytes under its name"));
                }
                Err(Untaken::Unreadable(error)) => lost.troubles.push(error.to_string()),
            }
        }
        self.elsewhere.push((lost, named));
        Ok(())
    }

    /// Looks on the web for what no folder has, several at once, and leaves what nobody has.
    async fn search(&mut self, work: &mut Work<'_>) -> Result<(), ArchiveError> {
        let elsewhere = std::mem::take(&mut self.elsewhere);
        let Some(web) = &work.sources.web else {
            for (lost, _) in elsewhere {
                self.give_up(lost);
            }
            return Ok(());
        };
        let keeper = Arc::clone(work.keeper);
        // The one place where several requests are under way.
        let mut searches = stream::iter(elsewhere)
            .map(|(lost, named)| search_for(web, &keeper, lost, named))
            .buffer_unordered(web.jobs);
        while let Some(searched) = searches.next().await {
            let (lost, had) = searched?;
            match had {
                Some((returned, from)) => self.waiting.push((lost, returned, from)),
                None => self.give_up(lost),
            }
            if self.waiting.len() >= TOGETHER {
                self.flush(work)?;
            }
        }
        self.flush(work)
    }

    fn give_up(&mut self, mut lost: Lost) {
        let troubles = std::mem::take(&mut lost.troubles);
        let why = if troubles.is_empty() {
            "its bytes are nowhere in this archive; name a copy with --from, an archive of the web with --memento, or ask the --origin".to_owned()
        } else {
            troubles.join("; ")
        };
        self.leave(lost, why);
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

async fn search_for(
    web: &Web,
    keeper: &Arc<Keeper>,
    mut lost: Lost,
    blob: Named,
) -> Result<(Lost, Had), ArchiveError> {
    let mut search = Search {
        web,
        keeper,
        blob,
        addresses: &lost.addresses,
        troubles: std::mem::take(&mut lost.troubles),
    };
    let had = search.run().await?;
    lost.troubles = search.troubles;
    Ok((lost, had))
}
