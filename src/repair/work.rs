//! How does a repair go on? Deed after deed, and round after round, since some things are seen only when others are mended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::archive::{Archive, ArchiveError, ArchivePath, ArticleId, Keeper};
use crate::catalogue;
use crate::digest::Digest;
use crate::event::Listener;
use crate::finding::{Code, Finding};
use crate::verify::Depth;

use super::deed::{self, Deed, deed};
use super::told::Mending;
use super::{Options, ROUNDS_MAX, Sources, blobs, checkpoints, look, severe, snapshots, views};

/// What was done about some findings, each with what came of it.
pub(super) type Done = Vec<(Finding, Result<Mended, String>)>;

/// That something is as it must be, and where it came from if that was elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Mended {
    pub(super) from: Option<String>,
}

/// A repair at work.
pub(super) struct Work<'a> {
    pub(super) archive: &'a Archive,
    pub(super) keeper: &'a Arc<Keeper>,
    pub(super) options: &'a Options,
    pub(super) sources: &'a Sources,
    /// What came of the log, until it was told.
    pub(super) log: Option<Result<Mended, String>>,
    /// All that was found at first, notices too.
    pub(super) known: Vec<Finding>,
    /// What could not be mended so far.
    pub(super) left: BTreeMap<Finding, Mending>,
    /// The snapshots of which something was put back.
    pub(super) repaired: BTreeSet<(ArticleId, Digest)>,
}

impl Work<'_> {
    /// Mends, looks again, and mends what is seen only then. Returns whether all that is looked at without reading blobs again is
    /// as it must be in the end.
    pub(super) async fn rounds(
        &mut self,
        found: Vec<Finding>,
        checked: &Listener,
        tell: &mut impl FnMut(&Mending),
    ) -> Result<bool, ArchiveError> {
        let mut is_sound = false;
        let mut due = found;
        for _ in 0..ROUNDS_MAX {
            let mended = self.round(&due, tell).await?;
            let repaired: Vec<_> = std::mem::take(&mut self.repaired).into_iter().collect();
            self.keeper.record_repairs(&repaired, self.options.now)?;
            catalogue::update(self.archive, self.keeper.writer())?;
            views::readme(self)?;
            if self.options.is_stopped() {
                return Ok(false);
            }
            let again = look(self.archive, self.options, Depth::WithoutBlobs, checked)?;
            is_sound = again.sound;
            due = severe(&again);
            let seen: BTreeSet<&Finding> = due.iter().collect();
            // What was not read again is as it was; all else is as it is now.
            self.left
                .retain(|finding, _| is_of_bytes(finding) || seen.contains(finding));
            if mended == 0 || due.iter().all(|finding| self.left.contains_key(finding)) {
                break;
            }
        }
        for finding in due {
            let mending = Mending::left(finding.clone(), "it is still so");
            self.left.entry(finding).or_insert(mending);
        }
        Ok(is_sound)
    }

    /// Does what there is to be done about `due`. Returns how much was mended.
    async fn round(
        &mut self,
        due: &[Finding],
        tell: &mut impl FnMut(&Mending),
    ) -> Result<usize, ArchiveError> {
        let mut mended = 0;
        for deed in Deed::ORDER {
            let todo: Vec<Finding> = due
                .iter()
                .filter(|finding| self::deed(finding) == *deed)
                .cloned()
                .collect();
            if todo.is_empty() || self.options.is_stopped() {
                continue;
            }
            for (finding, result) in self.act(*deed, todo).await? {
                match result {
                    Ok(done) => {
                        self.left.remove(&finding);
                        mended += 1;
                        tell(&Mending::mended(finding, done.from));
                    }
                    Err(why) => {
                        let mending = Mending::left(finding.clone(), why);
                        self.left.insert(finding, mending);
                    }
                }
            }
        }
        Ok(mended)
    }

    async fn act(&mut self, deed: Deed, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
        match deed {
            Deed::Log => {
                let result = self.log.take();
                let result = result.unwrap_or_else(|| Err("it is still so".to_owned()));
                let told = |finding| (finding, result.clone());
                Ok(todo.into_iter().map(told).collect())
            }
            // One was written before all else; what the other tells was taken over then, and is written at the end of the round.
            Deed::Marker | Deed::Record => {
                let told = |finding| (finding, Ok(Mended::default()));
                Ok(todo.into_iter().map(told).collect())
            }
            Deed::SetAside => self.set_aside(todo),
            Deed::Snapshot => snapshots::put_back(self, todo).await,
            Deed::MoveSnapshot => snapshots::move_back(self, todo),
            Deed::Checkpoint => checkpoints::put_back(self, todo).await,
            Deed::Blob => blobs::put_back(self, todo).await,
            Deed::MoveBlob => blobs::move_back(self, todo),
            Deed::Render => views::render(self, todo),
            Deed::List => views::list(self, todo),
            Deed::None => Ok(todo
                .into_iter()
                .map(|finding| {
                    let why = deed::why_not(&finding).to_owned();
                    (finding, Err(why))
                })
                .collect()),
        }
    }

    pub(super) fn set_aside(&self, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
        let mut done = Done::new();
        for finding in todo {
            let result = match ArchivePath::parse(&finding.path) {
                Some(path) => {
                    self.keeper.set_aside(&path)?;
                    Ok(Mended::default())
                }
                None => Err("its name is none that an archive has: move it out by hand".to_owned()),
            };
            done.push((finding, result));
        }
        Ok(done)
    }
}

/// Returns whether a finding is about bytes that are only known when they are read.
fn is_of_bytes(finding: &Finding) -> bool {
    finding.code == Code::BlobAltered
}
