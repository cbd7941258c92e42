//! How is a log put in order, file by file? Each is written down first, and put into place in one step; what was there is kept.

use std::path::{Path, PathBuf};

use super::super::{Entry, lines, no_line};
use super::{Broken, Head, Taken, own, own_files};
use crate::archive::durable::{self, Batch};
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::layout::{self, ArchivePath};
use crate::archive::{disk, store};
use crate::digest::Digest;

/// The files that the log is to have: one is in memory, those before it are written down under temporary names.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    root: &'a Path,
    pub(super) files: Vec<(u64, PathBuf)>,
    /// The last of them, which is not written yet.
    bytes: Vec<u8>,
}

impl<'a> Wanted<'a> {
    pub(super) fn below(root: &'a Path) -> Self {
        Self {
            root,
            files: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Takes the lines of the other log up to `taken`, again: what it says now must be what it said before.
    pub(super) fn copy(
        &mut self,
        other: &Path,
        taken: Taken,
    ) -> Result<Result<(), Broken>, ArchiveError> {
        let mut last = no_line();
        for line in lines(other, 0)? {
            let line = match line {
                Ok(line) => line,
                Err(at) => return Ok(Err(Broken::of(at)?)),
            };
            if line.entry.index >= taken.end {
                break;
            }
            last = line.digest();
            self.push(line.begins().then_some(line.file), &line.bytes)?;
        }
        Ok(if last == taken.last {
            Ok(())
        } else {
            Err(Broken::Changed)
        })
    }

    /// Goes on with our own lines after those that were taken, to our newest one. Returns whether each follows from the one before.
    pub(super) fn go_on(&mut self, taken: Taken, head: Head) -> Result<bool, ArchiveError> {
        let mut ours = Vec::new();
        for file in own_files(self.root)? {
            for line in &own::lines(self.root, file)? {
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
            self.push(
                (file == index).then_some(index),
                &[&line[..], b"\n"].concat(),
            )?;
        }
        Ok(last == head.digest)
    }

    /// Takes a line, with its line feed, which may be the first of a file.
    fn push(&mut self, begins: Option<u64>, line: &[u8]) -> Result<(), ArchiveError> {
        if let Some(first) = begins {
            self.write_down()?;
            let name = layout::temporary().child(&format!("log-{first}"));
            self.files.push((first, name.under(self.root)));
        }
        self.bytes.extend_from_slice(line);
        Ok(())
    }

    /// Writes down the file that is in memory, durably.
    pub(super) fn write_down(&mut self) -> Result<(), ArchiveError> {
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
pub(super) fn put(root: &Path, files: &[(u64, PathBuf)]) -> Result<usize, ArchiveError> {
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
            if own::whole(&target)? == own::whole(temporary)? {
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
    let ours = own_files(root)?;
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
fn keep(root: &Path, path: &ArchivePath, target: &Path) -> Result<(), ArchiveError> {
    let copy: PathBuf = store::place_aside(root, path)?.under(root);
    match own::whole(target)? {
        Some(bytes) => {
            durable::write_new(&copy, &bytes)?;
            disk::sync_file(&copy)
        }
        // Too large to be a file of the log: it is not copied, but moved.
        None => disk::rename(target, &copy),
    }
}
