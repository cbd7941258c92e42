//! Which lines does the log lack, and does another log have them? It becomes no shorter, and stays the same up to its newest line.
//!
//! Each line names the hash of the one before. So where our newest line stands in a log that holds together, every line before it
//! is the one that stood before it here, and no copy can put another in its place. Beyond our newest line, a copy is believed
//! only as far as it tells of what lies here: whoever made it might tell anything.

mod lines;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Entry, EntryKind, no_line};
use crate::archive::durable::{self, Batch};
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::layout::{self, ArticleId};
use crate::archive::{Archive, disk, store};
use crate::digest::Digest;

use lines::{Broken, Lines};

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
        for line in &lines::of(root, file)? {
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

impl<'a> Here<'a> {
    fn look(archive: &'a Archive) -> Result<Self, ArchiveError> {
        let mut snapshots = HashSet::new();
        for folder in archive.articles()? {
            for path in archive.snapshots(&folder)? {
                snapshots.extend(u128::from_str_radix(layout::snapshot_digits(&path), 16).ok());
            }
        }
        Ok(Self { archive, snapshots })
    }

    fn has(&self, snapshot: &Digest) -> bool {
        self.snapshots.contains(&number(snapshot))
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
                let digits = u128::from_str_radix(layout::snapshot_digits(&path), 16);
                let is_old = path.name() < last.as_str();
                if is_old && digits.is_ok_and(|digits| unnamed.contains(&digits)) {
                    return Ok(Some(path.to_string()));
                }
            }
        }
        Ok(None)
    }
}

/// Returns the first 32 digits of a digest, which are those in the name of a snapshot.
fn number(snapshot: &Digest) -> u128 {
    u128::from_str_radix(&snapshot.short(32), 16).unwrap_or_default()
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
    for line in Lines::of(other)? {
        let line = match line? {
            Ok(line) => line,
            Err(broken) => return Ok(Err(broken.into())),
        };
        let entry = line.entry;
        whole = Taken {
            end: entry.index + 1,
            last: line.digest,
        };
        let beyond = head.is_none_or(|head| entry.index > head.index);
        if beyond && !is_met {
            return Ok(Err(Unmended::Apart(head.map_or(0, |head| head.index))));
        }
        is_met |= head.is_some_and(|head| {
            head == Head {
                index: entry.index,
                digest: line.digest,
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
            unnamed.remove(&number(&entry.snapshot));
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

/// The files that the log is to have: one is in memory, those before it are written down under temporary names.
#[derive(Debug)]
struct Wanted<'a> {
    root: &'a Path,
    files: Vec<(u64, PathBuf)>,
    /// The last of them, which is not written yet.
    bytes: Vec<u8>,
}

impl<'a> Wanted<'a> {
    fn below(root: &'a Path) -> Self {
        Self {
            root,
            files: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Takes the lines of the other log up to `taken`, again: what it says now must be what it said before.
    fn copy(&mut self, other: &Path, taken: Taken) -> Result<Result<(), Broken>, ArchiveError> {
        let mut last = no_line();
        for line in Lines::of(other)? {
            let line = match line? {
                Ok(line) => line,
                Err(broken) => return Ok(Err(broken)),
            };
            if line.entry.index >= taken.end {
                break;
            }
            last = line.digest;
            self.push(line.begins.then_some(line.entry.index), &line.bytes)?;
        }
        Ok(if last == taken.last {
            Ok(())
        } else {
            Err(Broken::Changed)
        })
    }

    /// Goes on with our own lines after those that were taken, to our newest one. Returns whether each follows from the one before.
    fn go_on(&mut self, taken: Taken, head: Head) -> Result<bool, ArchiveError> {
        let mut ours = Vec::new();
        for file in own_files(self.root)? {
            for line in &lines::of(self.root, file)? {
                if let Some(entry) = Entry::parse(line)
                    && entry.index >= taken.end
                {
                    ours.push((entry, file, line.clone()));
                }
            }
        }
        ours.sort_by_key(|(entry, ..)| entry.index);
        let mut last = taken.last;
        for (index, (entry, file, line)) in (taken.end..).zip(ours) {
            if entry.index != index || entry.previous != last {
                return Ok(false);
            }
            last = Digest::of(&line);
            self.push((file == index).then_some(index), &line)?;
        }
        Ok(last == head.digest)
    }

    fn push(&mut self, begins: Option<u64>, line: &[u8]) -> Result<(), ArchiveError> {
        if let Some(first) = begins {
            self.write_down()?;
            let name = layout::temporary().child(&format!("log-{first}"));
            self.files.push((first, name.under(self.root)));
        }
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        Ok(())
    }

    /// Writes down the file that is in memory, durably.
    fn write_down(&mut self) -> Result<(), ArchiveError> {
        let Some((_, path)) = self.files.last() else {
            return Ok(());
        };
        disk::remove_file(path)?;
        durable::write_new(path, &self.bytes)?;
        self.bytes.clear();
        disk::sync_file(path)
    }
}

/// Puts the files in place that differ from what is there, each in one step; what was there is kept.
fn put(root: &Path, files: &[(u64, PathBuf)]) -> Result<usize, ArchiveError> {
    let log = layout::log();
    if disk::look(&log.under(root))?.is_some_and(|seen| seen.kind != Kind::Folder) {
        store::set_aside(root, &log)?;
    }
    let mut names = Batch::default();
    names.folders(disk::create_folders(root, &log)?);
    names.folder(log.under(root));
    let mut written = 0;
    for (first, temporary) in files {
        let path = layout::log_file(*first);
        let target = path.under(root);
        let seen = disk::look(&target)?;
        if seen.is_some_and(|seen| seen.kind == Kind::File) {
            if lines::whole(&target)? == lines::whole(temporary)? {
                disk::remove_file(temporary)?;
                continue;
            }
            // A copy: the file itself is replaced in one step, so that it is there at every moment.
            keep(root, &path, &target)?;
            names.folder(layout::set_aside().under(root));
        } else if seen.is_some() {
            store::set_aside(root, &path)?;
        }
        disk::rename(temporary, &target)?;
        written += 1;
    }
    let ours = super::files(root)?;
    for first in ours
        .iter()
        .filter(|first| files.iter().all(|(it, _)| it != *first))
    {
        store::set_aside(root, &layout::log_file(*first))?;
        written += 1;
    }
    names.sync(root)?;
    Ok(written)
}

/// Keeps a copy of a file that is about to be replaced.
fn keep(root: &Path, path: &layout::ArchivePath, target: &Path) -> Result<(), ArchiveError> {
    let copy: PathBuf = store::place_aside(root, path)?.under(root);
    match lines::whole(target)? {
        Some(bytes) => {
            durable::write_new(&copy, &bytes)?;
            disk::sync_file(&copy)
        }
        // Too large to be a file of the log: it is not copied, but moved.
        None => disk::rename(target, &copy),
    }
}

#[cfg(test)]
mod tests;
