//! Where does the log end, and how does it grow?

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use jiff::Timestamp;

use super::{ENTRIES_PER_FILE, Entry, EntryKind, FILE_BYTES_MAX, SoundLine, files, no_line};
use crate::archive::disk;
use crate::archive::durable::{self, Batch};
use crate::archive::error::{ArchiveError, At as _};
use crate::archive::layout::{self, ArchivePath, ArticleId};
use crate::change::Standing;
use crate::digest::Digest;

/// The end of the log, as long as nobody else commits.
#[derive(Debug)]
pub(in crate::archive) struct Tail {
    /// The index that the next entry gets.
    pub(in crate::archive) next: u64,
    /// The hash of the last line.
    previous: Digest,
    /// The file that it is appended to, by the index of its first entry.
    file: u64,
    /// Length of that file's lines.
    length: u64,
    /// How many lines it has.
    lines: u64,
    /// Where a torn end was set aside, if there was one.
    pub(in crate::archive) torn: Option<ArchivePath>,
}

/// What an entry says, before it has its place in the log.
#[derive(Debug, Clone)]
pub struct Record {
    /// The article.
    pub article: ArticleId,
    /// What happened.
    pub kind: EntryKind,
    /// How its page does, of an entry of the kind `observed`.
    pub saw: Option<Standing>,
    /// SHA-256 of the snapshot's file.
    pub snapshot: Digest,
}

/// Finds the end of the log, and sets aside what a writer that died left torn there. Only for who may commit.
pub(in crate::archive) fn settle(root: &Path) -> Result<Tail, ArchiveError> {
    let files = files(root)?;
    let Some(&file) = files.last() else {
        return Ok(Tail {
            next: 0,
            previous: no_line(),
            file: 0,
            length: 0,
            lines: 0,
            torn: None,
        });
    };
    let bytes = disk::read(&layout::log_file(file).under(root), FILE_BYTES_MAX)?;
    let whole = whole_lines(&bytes);
    let torn = (whole.len() < bytes.len())
        .then(|| set_aside(root, file, &bytes, whole.len()))
        .transpose()?;
    let lines: Vec<&[u8]> = whole
        .split_inclusive(|byte| *byte == b'\n')
        .map(without_feed)
        .collect();
    let count = lines.len() as u64;
    let (next, previous) = match lines.last() {
        Some(last) => (
            Entry::parse(last).map_or(file + count, |entry| entry.index.saturating_add(1)),
            Digest::of(last),
        ),
        None => (file, last_line_before(root, &files)?),
    };
    Ok(Tail {
        next,
        previous,
        file,
        length: whole.len() as u64,
        lines: count,
        torn,
    })
}

/// Returns the lines that were written to their end.
///
/// After a power cut a file may have its new length but zeros in the place of bytes, line feeds further on included. A
/// line that is merely damaged stays: it may once have been committed, and `verify` speaks of it.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    let mut whole = bytes;
    loop {
        let end = whole
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |feed| feed + 1);
        whole = &whole[..end];
        let start = whole[..end.saturating_sub(1)]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |feed| feed + 1);
        if !whole[start..].contains(&0) {
            return whole;
        }
        whole = &whole[..start];
    }
}

pub(super) fn without_feed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// A file that was begun and got no line: the line before is the last one of the file before.
fn last_line_before(root: &Path, files: &[u64]) -> Result<Digest, ArchiveError> {
    for file in files.iter().rev().skip(1) {
        let bytes = disk::read(&layout::log_file(*file).under(root), FILE_BYTES_MAX)?;
        if let Some(last) = bytes.split_inclusive(|byte| *byte == b'\n').next_back() {
            return Ok(Digest::of(without_feed(last)));
        }
    }
    Ok(no_line())
}

/// Moves the bytes of a log file from `whole` on into a file of their own: never deleted, never believed.
fn set_aside(
    root: &Path,
    file: u64,
    bytes: &[u8],
    whole: usize,
) -> Result<ArchivePath, ArchiveError> {
    let torn = &bytes[whole..];
    // Named by place and content: who was interrupted here and does it again does the same.
    let name = format!("{file:012}-{whole}-{}.part", Digest::of(torn).short(16));
    let path = layout::torn().child(&name);
    let mut names = Batch::default();
    names.folders(disk::create_folders(root, &layout::torn())?);
    names.folder_of(&path, root);
    let target = path.under(root);
    disk::remove_file(&target)?;
    durable::write_new(&target, torn)?;
    disk::sync_file(&target)?;
    names.sync(root)?;

    let log = layout::log_file(file).under(root);
    let file = disk::open_or_create(&log)?;
    file.set_len(whole as u64)
        .and_then(|()| file.sync_all())
        .at("cut the torn end off", &log)?;
    Ok(path)
}

/// Appends entries and makes them durable: when this returns, they are committed. Only for who may commit.
///
/// `written` is called between the writing and the syncing.
pub(in crate::archive) fn append(
    root: &Path,
    tail: &Tail,
    records: &[Record],
    time: Timestamp,
    written: impl FnOnce(),
) -> Result<(), ArchiveError> {
    let begin = tail.lines >= ENTRIES_PER_FILE;
    let (first, length) = if begin {
        (tail.next, 0)
    } else {
        (tail.file, tail.length)
    };
    write(root, first, length, &lines(tail, records, time), written)
}

/// Appends lines of another log, which this one is the begin of, and makes them durable: in files of the same names, so that the
/// two stay the same. Only for who may commit.
pub(in crate::archive) fn extend(
    root: &Path,
    tail: &Tail,
    lines: &[SoundLine],
    written: impl Fn(),
) -> Result<(), ArchiveError> {
    let (mut file, mut length) = (tail.file, tail.length);
    for together in lines.chunk_by(|one, other| one.file == other.file) {
        let begun = together.first().map_or(file, |line| line.file);
        if begun > file {
            (file, length) = (begun, 0);
        }
        let bytes: Vec<u8> = together
            .iter()
            .flat_map(|line| &line.bytes)
            .copied()
            .collect();
        write(root, file, length, &bytes, &written)?;
        length += bytes.len() as u64;
    }
    Ok(())
}

/// Writes lines into the file that begins with the entry `first`, from the place `length` on, and makes them durable.
fn write(
    root: &Path,
    first: u64,
    length: u64,
    lines: &[u8],
    written: impl FnOnce(),
) -> Result<(), ArchiveError> {
    let path = layout::log_file(first);
    let mut names = Batch::default();
    names.folders(disk::create_folders(root, &layout::log())?);
    if length == 0 {
        names.folder_of(&path, root);
    }
    let path = path.under(root);
    let mut file = disk::open_or_create(&path)?;
    let result = file
        .seek(SeekFrom::Start(length))
        .and_then(|_| file.write_all(lines))
        .and_then(|()| {
            written();
            file.sync_all()
        })
        .at("append to", &path)
        .and_then(|()| names.sync(root));
    if result.is_err() {
        // What is reported as failed must not be there later. If this fails as well, the next writer sets it aside
        // where it is torn; where it is whole, it is true.
        drop(file.set_len(length));
    }
    result
}

fn lines(tail: &Tail, records: &[Record], time: Timestamp) -> Vec<u8> {
    let mut previous = tail.previous;
    let mut lines = Vec::new();
    for (index, record) in (tail.next..).zip(records) {
        let entry = Entry {
            article: record.article.clone(),
            index,
            kind: record.kind,
            previous,
            saw: record.saw,
            snapshot: record.snapshot,
            time,
        };
        let line = entry.to_line();
        previous = Digest::of(without_feed(&line));
        lines.extend(line);
    }
    lines
}
