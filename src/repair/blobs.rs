//! Where are the bytes of a lost blob to be had? In this archive under another name, or in another one; nowhere, unless they
//! have the digest that is its name.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use crate::archive::{ArchiveError, ArchivePath, ArticleId, Keeper, Returned, Untaken, layout};
use crate::digest::Digest;
use crate::finding::{Code, Finding};
use crate::snapshot::Named;

use super::lost::{self, Lost};
use super::web::{Had, Search, Web};
use super::{Done, Mended, Work};

/// Blobs that are put back with one sync.
const TOGETHER: usize = 64;

/// Puts blobs back whose bytes are to be had.
pub(super) async fn put_back(
    work: &mut Work<'_>,
    todo: Vec<Finding>,
) -> Result<Done, ArchiveError> {
    let (lost, strange) = lost::read(work, todo)?;
    let mut pile = Pile {
        strays: strays(work)?,
        waiting: Vec::new(),
        elsewhere: Vec::new(),
        back: BTreeMap::new(),
        done: Done::new(),
    };
    for finding in strange {
        let why = "its name does not say which blob it is".to_owned();
        pile.done.push((finding, Err(why)));
    }
    for lost in lost.into_values() {
        if work.options.is_stopped() {
            break;
        }
        pile.one(work, lost)?;
    }
    pile.flush(work)?;
    pile.search(work).await?;
    let repaired = lost::repaired(work, &pile.back)?;
    work.repaired.extend(repaired);
    Ok(pile.done)
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
    /// What is back, by the articles that lacked it.
    back: BTreeMap<ArticleId, HashSet<Digest>>,
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
        let mut intents = Vec::new();
        for (it, bytes, from) in self.waiting.drain(..) {
            let articles = it.findings.iter().filter_map(lost::article);
            intents.extend(articles.map(|article| bytes.intent(article, &from)));
            returned.push(bytes);
            lost.push((it, from));
        }
        for aside in work.keeper.put_back(&returned, &intents)? {
            let bytes = work.archive.length(&aside)?;
            self.strays.push((aside, bytes));
        }
        for (it, from) in lost {
            for article in it.findings.iter().filter_map(lost::article) {
                let digests = it.named.iter().map(|named| named.digest);
                self.back.entry(article).or_default().extend(digests);
            }
            let mended = Mended { from: Some(from) };
            let findings = it.findings.into_iter();
            self.done
                .extend(findings.map(|finding| (finding, Ok(mended.clone()))));
        }
        Ok(())
    }
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
