//! How does the archive's front page follow the log? The open page is made anew, and what a run closed is put behind it.
//!
//! `index.html` is written last and says how many entries of the log it tells of. A run goes on from there, so what a
//! killed one did not get to is not lost.

mod known;

use std::collections::{BTreeSet, HashSet};

use crate::archive::log::{Entry, EntryKind, Line, Removals};
use crate::archive::{Archive, ArchiveError, ArchivePath, Writer, layout};
use crate::render::RENDERER;
use crate::render::catalogue::{
    ENTRIES_PER_PAGE, Row, Sheet, closed, entries, file_name, page, renderer,
};

use self::known::Known;

/// Pages that are written with one sync, and held in memory until then.
const TOGETHER: usize = 32;

/// The longest `index.html` that is looked at: each of its rows may have some thousand bytes.
pub const FRONT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Brings the pages up to the end of the log; makes them all where there is no `index.html`, or one of another renderer.
/// Does nothing where it is there and tells of every entry.
///
/// # Errors
/// When the log can't be listed or the pages can't be written.
pub fn update(archive: &Archive, writer: &Writer) -> Result<(), ArchiveError> {
    // Pages may lag, and whoever is at them brings them up to now.
    let Some(_alone) = writer.front()? else {
        return Ok(());
    };
    let front = archive
        .read(&layout::front(), FRONT_BYTES_MAX)
        .ok()
        .filter(|front| renderer(front) == Some(RENDERER));
    let told = front.as_deref().and_then(entries);
    let Some(end) = end(archive, told.unwrap_or_default())? else {
        return Ok(());
    };
    let from = match told {
        Some(told) if told == end => return Ok(()),
        // The newest closed page links to the one that is closed now.
        Some(told) if told < end && closed(told) < closed(end) => closed(told).saturating_sub(1),
        Some(told) if told < end => closed(told),
        // It tells of more than there is, so it is not of this log.
        _ => 0,
    };
    let mut known = Known::of(archive, Some(writer));
    let mut wanted = Wanted {
        pages: BTreeSet::new(),
        from,
        removals: archive.removals(from.saturating_mul(ENTRIES_PER_PAGE))?,
    };
    if let Some(told) = told.filter(|told| *told < end) {
        wanted.reach_back(archive, told)?;
        known.learn(front.as_deref().unwrap_or_default());
        for page in wanted.pages.iter().chain([&from]) {
            let before = archive.read(&layout::index_page(&file_name(*page)), FRONT_BYTES_MAX);
            known.learn(&before.unwrap_or_default());
        }
    }
    let mut files = Vec::new();
    each_page(&known, &wanted, end, |path, bytes| {
        files.push((path, bytes));
        if files.len() == TOGETHER {
            writer.derive(&files)?;
            files.clear();
        }
        Ok(())
    })?;
    writer.derive(&files)
}

/// Makes all pages, whatever is there.
///
/// # Errors
/// When the log can't be listed or the pages can't be written.
pub fn rebuild(archive: &Archive, writer: &Writer) -> Result<(), ArchiveError> {
    let Some(_alone) = writer.front()? else {
        return Ok(());
    };
    let end = end(archive, 0)?.unwrap_or_default();
    pages(archive, end, |path, bytes| writer.derive(&[(path, bytes)]))
}

/// Returns whether there should be an `index.html`, and is none.
///
/// # Errors
/// When the log can't be listed.
pub fn is_lost(archive: &Archive) -> Result<bool, ArchiveError> {
    Ok(archive.length(&layout::front())? == 0 && end(archive, 0)?.is_some())
}

/// Gives `each` every page, and `index.html` last, as they are when the log has `end` entries. What can't be read has no row;
/// `verify` speaks of it.
///
/// # Errors
/// When the log or the articles can't be listed, or when `each` fails.
pub fn pages(
    archive: &Archive,
    end: u64,
    each: impl FnMut(ArchivePath, Vec<u8>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let wanted = Wanted {
        pages: BTreeSet::new(),
        from: 0,
        removals: archive.removals(0)?.before(end),
    };
    each_page(&Known::of(archive, None), &wanted, end, each)
}

/// Which pages are made, and what is not listed on them.
struct Wanted {
    /// Pages before `from`, by their numbers.
    pages: BTreeSet<u64>,
    /// All from this one on.
    from: u64,
    /// What was taken out, as far as it concerns these pages.
    removals: Removals,
}

impl Wanted {
    /// Adds the pages that list what entries from `told` on took out. Only then the whole log is read.
    fn reach_back(&mut self, archive: &Archive, told: u64) -> Result<(), ArchiveError> {
        let mut new = HashSet::new();
        for entry in log(archive, told)?.filter(|entry| entry.index >= told) {
            if entry.kind == EntryKind::Remove {
                new.insert(entry.article);
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        self.removals = archive.removals(0)?;
        for entry in log(archive, 0)?.filter(|entry| entry.kind.commits()) {
            let page = entry.index / ENTRIES_PER_PAGE;
            if page < self.from && new.contains(&entry.article) {
                self.pages.insert(page);
            }
        }
        Ok(())
    }
}

/// Gives `each` the pages that are wanted, in their order.
fn each_page(
    known: &Known<'_>,
    wanted: &Wanted,
    end: u64,
    mut each: impl FnMut(ArchivePath, Vec<u8>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let archive = known.archive;
    let closed = closed(end);
    let number = |entry: &Entry| (entry.index / ENTRIES_PER_PAGE).min(closed);
    let first = wanted.pages.first().map_or(wanted.from, |page| *page);
    let first = first.saturating_mul(ENTRIES_PER_PAGE);
    let mut entries = log(archive, first)?
        .filter(|entry| (first..end).contains(&entry.index))
        .filter(|entry| {
            let page = number(entry);
            page >= wanted.from || wanted.pages.contains(&page)
        })
        .peekable();
    while let Some(entry) = entries.next() {
        let page_number = number(&entry);
        let mut together = vec![entry];
        while let Some(entry) = entries.next_if(|entry| number(entry) == page_number) {
            together.push(entry);
        }
        let is_open = page_number == closed;
        let sheet = Sheet {
            page: page_number,
            closed,
            entries: if is_open {
                end
            } else {
                (page_number + 1) * ENTRIES_PER_PAGE
            },
        };
        let path = if is_open {
            layout::front()
        } else {
            layout::index_page(&file_name(page_number))
        };
        each(
            path,
            page(&listed(known, &wanted.removals, &together)?, sheet),
        )?;
    }
    Ok(())
}

/// Returns how many entries the log has, of which there are `known` at least; `None` for none.
fn end(archive: &Archive, known: u64) -> Result<Option<u64>, ArchiveError> {
    Ok(log(archive, known.saturating_sub(1))?
        .last()
        .map(|entry| entry.index.saturating_add(1)))
}

/// Reads the entries of the log, from one at or before `from` on.
fn log(archive: &Archive, from: u64) -> Result<impl Iterator<Item = Entry>, ArchiveError> {
    Ok(archive.log_from(from)?.filter_map(|line| match line {
        Line::Entry(entry) => Some(entry),
        Line::Fault { .. } => None,
    }))
}

/// Returns the captures of one page, the newest first, of each article only that.
fn listed(
    known: &Known<'_>,
    removals: &Removals,
    entries: &[Entry],
) -> Result<Vec<Row>, ArchiveError> {
    let is_here =
        |entry: &&Entry| entry.kind.commits() && !removals.covers(&entry.article, entry.index);
    let here: Vec<&Entry> = entries.iter().rev().filter(is_here).collect();
    let mut seen = HashSet::new();
    let newest = here.iter().filter(|entry| seen.insert(&entry.article));
    let mut read = known.rows(newest.copied())?;
    let mut listed = HashSet::new();
    let mut rows = Vec::new();
    for entry in here {
        if listed.contains(&entry.article) {
            continue;
        }
        // Where the newest capture can't be read, the one before it stands for the article.
        let row = match read.remove(&entry.index) {
            Some(row) => row,
            None => known.row(entry)?,
        };
        if let Some(row) = row {
            rows.push(row);
            listed.insert(&entry.article);
        }
    }
    Ok(rows)
}
