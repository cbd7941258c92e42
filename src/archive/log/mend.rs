//! Which lines does the log lack, and does another log have them? It becomes no shorter, and stays the same up to its newest line.
//!
//! Each line names the hash of the one before. So where our newest line stands in a log that holds together, every line before it
//! is the one that stood before it here, and no copy can put another in its place. Beyond our newest line, a copy is believed
//! only as far as it tells of what lies here: whoever made it might tell anything.

mod own;
mod wanted;

use std::collections::HashSet;
use std::path::Path;

use super::{Break, Entry, EntryKind, Fault, no_line};
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use crate::archive::{Archive, disk};
use crate::digest::Digest;
use crate::render::view::{self, VIEW_BYTES_MAX};

use wanted::{Wanted, put};

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A line is no entry.
    #[error("the line of entry {0} is none")]
    NoEntry(u64),
    /// Entries are missing or out of order.
    #[error("entry {0} is not in its place")]
    Gap(u64),
    /// An entry does not follow from the line before.
    #[error("entry {0} does not follow from the line before")]
    Unchained(u64),
    /// It said something else a moment ago.
    #[error("it changes while it is read")]
    Changed,
}

impl Broken {
    /// Returns what is wrong with the lines of another log; an error where they can't be read at all.
    fn of(at: Break) -> Result<Self, ArchiveError> {
        match at.fault {
            Fault::Unreadable(error) => Err(error),
            Fault::Unparsable | Fault::Torn => Ok(Self::NoEntry(at.index)),
            Fault::Gap { .. } => Ok(Self::Gap(at.index)),
            Fault::Unchained => Ok(Self::Unchained(at.index)),
        }
    }
}

/// Why a log could not be mended from a copy.
#[derive(Debug, thiserror::Error)]
pub enum Unmended {
    /// The copy's log is none.
    #[error("the log there does not hold together either: {0}")]
    Broken(#[from] Broken),
    /// The newest line here is not in it.
    #[error(
        "the newest entry here, {0}, is not what follows in the log there: the two went different ways, or entries between them are in neither"
    )]
    Apart(u64),
    /// It is not the log of what lies here.
    #[error("the log there does not name {0}, which lies here: it is of another archive, or older")]
    Foreign(String),
    /// It takes out what is shown here.
    #[error("the log there takes out the article {0}, which is shown here")]
    TakesOut(ArticleId),
    /// It tells of nothing that lies here.
    #[error("the log there tells of nothing that lies here")]
    Nothing,
}

/// A line that is known by its place and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    index: u64,
    digest: Digest,
}

/// What lies in the archive, by the digits in the names of snapshots.
struct Here<'a> {
    archive: &'a Archive,
    snapshots: HashSet<u128>,
}

/// The part of the other log that is taken.
#[derive(Debug, Clone, Copy)]
struct Taken {
    /// The index after its last entry.
    end: u64,
    /// The hash of its last line.
    last: Digest,
}

/// Puts the log in order by another one. Only for who has the archive alone. Returns how many files were written.
pub(in crate::archive) fn mend(
    archive: &Archive,
    other: &Path,
) -> Result<Result<usize, Unmended>, ArchiveError> {
    let root = archive.root();
    let head = head(root)?;
    let here = Here::look(archive)?;
    let taken = match taken(other, head, &here)? {
        Ok(taken) => taken,
        Err(unmended) => return Ok(Err(unmended)),
    };
    disk::create_folders(root, &layout::temporary())?;
    let mut wanted = Wanted::below(root);
    match wanted.copy(other, taken)? {
        Ok(()) => {}
        Err(broken) => return Ok(Err(broken.into())),
    }
    if let Some(head) = head.filter(|head| head.index >= taken.end)
        && !wanted.go_on(taken, head)?
    {
        return Ok(Err(Unmended::Apart(head.index)));
    }
    wanted.write_down()?;
    put(root, &wanted.files).map(Ok)
}

/// Returns the newest line of ours that is an entry.
fn head(root: &Path) -> Result<Option<Head>, ArchiveError> {
    let mut head: Option<Head> = None;
    for file in own_files(root)? {
        for line in &own::lines(root, file)? {
            if let Some(entry) = Entry::parse(line)
                && head.is_none_or(|head| head.index < entry.index)
            {
                head = Some(Head {
                    index: entry.index,
                    digest: Digest::of(line),
                });
            }
        }
    }
    Ok(head)
}

/// Returns the files of the log, none where no folder is there.
fn own_files(root: &Path) -> Result<Vec<u64>, ArchiveError> {
    match super::files(root) {
        Err(ArchiveError::Obstructed { .. }) => Ok(Vec::new()),
        other => other,
    }
}

/// Returns the number of the snapshot that the view of an article shows.
fn shown(archive: &Archive, folder: &ArticleFolder) -> Option<u128> {
    let json = archive.read(&folder.view_record(), VIEW_BYTES_MAX as u64);
    let outline = view::outline(&json.ok()?)?;
    let path = format!("{}/snapshots/{}", folder.path(), outline.snapshot);
    layout::snapshot_number(&ArchivePath::parse(&path)?)
}

impl<'a> Here<'a> {
    fn look(archive: &'a Archive) -> Result<Self, ArchiveError> {
        let mut snapshots = HashSet::new();
        for folder in archive.articles()? {
            for path in archive.snapshots(&folder)? {
                snapshots.extend(layout::snapshot_number(&path));
            }
            // A view is made after its commit, whatever became of the snapshot. Without this, the entry of one that is lost would not
            // be believed, and what a repair writes down would stand in its place for ever.
            snapshots.extend(shown(archive, &folder));
        }
        Ok(Self { archive, snapshots })
    }

    fn has(&self, snapshot: &Digest) -> bool {
        self.snapshots
            .contains(&layout::snapshot_number_of(snapshot))
    }

    /// Returns whether the article has a page here.
    fn shows(&self, article: &ArticleId) -> Result<bool, ArchiveError> {
        let Some(folder) = self.archive.article(article)? else {
            return Ok(false);
        };
        Ok(disk::look(&folder.view_record().under(self.archive.root()))?.is_some())
    }

    /// Returns a snapshot that lies here, is no younger than `last`, and is among those that are `unnamed`.
    fn unnamed(
        &self,
        unnamed: &HashSet<u128>,
        last: jiff::Timestamp,
    ) -> Result<Option<String>, ArchiveError> {
        let last = last.strftime("%Y%m%dT%H%M%SZ").to_string();
        for folder in self.archive.articles()? {
            for path in self.archive.snapshots(&folder)? {
                let is_old = path.name() < last.as_str();
                let number = layout::snapshot_number(&path);
                if is_old && number.is_some_and(|number| unnamed.contains(&number)) {
                    return Ok(Some(path.to_string()));
                }
            }
        }
        Ok(None)
    }
}

/// Reads the other log, and says how much of it is taken: all up to our newest line, and beyond that what tells of what lies here.
fn taken(
    other: &Path,
    head: Option<Head>,
    here: &Here<'_>,
) -> Result<Result<Taken, Unmended>, ArchiveError> {
    let (mut whole, mut taken) = (
        Taken {
            end: 0,
            last: no_line(),
        },
        None,
    );
    let mut unnamed = here.snapshots.clone();
    let mut time = None;
    let mut is_met = head.is_none();
    for line in super::lines(other, 0)? {
        let line = match line {
            Ok(line) => line,
            Err(at) => return Ok(Err(Broken::of(at)?.into())),
        };
        let digest = line.digest();
        let entry = line.entry;
        whole = Taken {
            end: entry.index + 1,
            last: digest,
        };
        let beyond = head.is_none_or(|head| entry.index > head.index);
        if beyond && !is_met {
            return Ok(Err(Unmended::Apart(head.map_or(0, |head| head.index))));
        }
        is_met |= head.is_some_and(|head| {
            head == Head {
                index: entry.index,
                digest,
            }
        });
        let is_here = here.has(&entry.snapshot);
        let is_taken = !beyond || is_here || taken.is_some() && !entry.kind.commits();
        if beyond && entry.kind == EntryKind::Remove && here.shows(&entry.article)? {
            return Ok(Err(Unmended::TakesOut(entry.article)));
        }
        if is_taken {
            taken = Some(whole);
            time = Some(entry.time);
        }
        if entry.kind.commits() {
            unnamed.remove(&layout::snapshot_number_of(&entry.snapshot));
        }
    }
    let Some(taken) = taken else {
        return Ok(Err(Unmended::Nothing));
    };
    if let (None, Some(time)) = (head, time)
        && let Some(path) = here.unnamed(&unnamed, time)?
    {
        return Ok(Err(Unmended::Foreign(path)));
    }
    // An older copy ends before our newest line: ours go on from there, if they follow.
    let is_older = head.is_some_and(|head| head.index >= whole.end);
    match head {
        Some(head) if !is_met && !is_older => Ok(Err(Unmended::Apart(head.index))),
        _ => Ok(Ok(taken)),
    }
}

#[cfg(test)]
mod tests;
