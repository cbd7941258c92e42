//! Which lines does the log lack, and does another log have them? It becomes no shorter, and stays the same up to its newest line.
//!
//! Each line names the hash of the one before. So where our newest line stands in a log that holds together, every line before it
//! is the one that stood before it here, and no copy can put another in its place. Beyond our newest line, a copy is believed
//! only as far as it tells of what lies here, or as a checkpoint that lies here was signed of it: whoever made it might tell anything.
//!
//! Where our newest line stands in no other log, one of the two is not the log of this archive, and only what lies here says which
//! (`evidence`).

mod evidence;
mod here;
mod own;
mod wanted;

use std::path::Path;

use super::{Break, Entry, EntryKind, Fault, no_line};
use crate::archive::error::ArchiveError;
use crate::archive::layout::{self, ArchivePath, ArticleId};
use crate::archive::{Archive, disk};
use crate::digest::Digest;

use evidence::Held;
use here::Here;
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
        "the newest entry here, {0}, is not what follows in the log there: the two went different ways, or entries between them are in neither, and nothing that lies here says which is right"
    )]
    Apart(u64),
    /// The one here is the one that was signed.
    #[error(
        "the log there is another one than that of which {0} was signed, and the one here is not"
    )]
    Signed(ArchivePath),
    /// The one there was signed, and the one here tells of more that lies here.
    #[error(
        "the log there is the one that was signed, but only the one here tells of {0}, which lies here: two archives lie in one folder; take them apart"
    )]
    Both(String),
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
    let here = Here::look(archive)?;
    let signed = Held::look(archive, other)?;
    let mended = by(other, head(archive.root())?, &here, signed.theirs)?;
    let Err(Unmended::Apart(index)) = mended else {
        return Ok(mended);
    };
    match evidence::judge(other, &here, &signed, index)? {
        Ok(()) => by(other, None, &here, signed.theirs),
        Err(unmended) => Ok(Err(unmended)),
    }
}

/// Puts the log in order by another one, up to our newest line, whose first entries so many are proven.
fn by(
    other: &Path,
    head: Option<Head>,
    here: &Here<'_>,
    proven: u64,
) -> Result<Result<usize, Unmended>, ArchiveError> {
    let root = here.archive.root();
    let taken = match taken(other, head, here, proven)? {
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

/// Reads the other log, and says how much of it is taken: all up to our newest line, and beyond that what is proven or tells of what
/// lies here.
fn taken(
    other: &Path,
    head: Option<Head>,
    here: &Here<'_>,
    proven: u64,
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
        let is_told = is_here || entry.index < proven;
        let is_taken = !beyond || is_told || taken.is_some() && !entry.kind.commits();
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
    if let (None, Some(time)) = (head, time) {
        let last = time.strftime("%Y%m%dT%H%M%SZ").to_string();
        let is_old = |path: &ArchivePath| path.name() < last.as_str();
        if let Some(path) = here.one_of(&unnamed, is_old)? {
            return Ok(Err(Unmended::Foreign(path)));
        }
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
