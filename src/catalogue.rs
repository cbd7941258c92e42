//! How does the archive's front page follow the log? The open page is made anew, and what a run closed is put behind it.
//!
//! `index.html` is written last and says how many entries of the log it tells of. A run goes on from there, so what a
//! killed one did not get to is not lost.

use std::collections::HashSet;

use crate::archive::log::{Entry, EntryKind, Line};
use crate::archive::{Archive, ArchiveError, ArchivePath, Drawers, Writer, layout};
use crate::render::RENDERER;
use crate::render::catalogue::{
    ENTRIES_PER_PAGE, Row, Sheet, closed, entries, file_name, page, renderer,
};

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
    let told = archive
        .read(&layout::front(), FRONT_BYTES_MAX)
        .ok()
        .filter(|front| renderer(front) == Some(RENDERER))
        .and_then(|front| entries(&front));
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
    let mut files = Vec::new();
    pages(archive, from, end, |path, bytes| {
        files.push((path, bytes));
        if files.len() == TOGETHER {
            writer.derive(&files)?;
            files.clear();
        }
        Ok(())
    })?;
    writer.derive(&files)
}

/// Gives `each` every page from the number `from` on, and `index.html` last, as they are when the log has `end` entries.
/// What can't be read has no row; `verify` speaks of it.
///
/// # Errors
/// When the log or the articles can't be listed, or when `each` fails.
pub fn pages(
    archive: &Archive,
    from: u64,
    end: u64,
    mut each: impl FnMut(ArchivePath, Vec<u8>) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let drawers = archive.drawers()?;
    let closed = closed(end);
    let number = |entry: &Entry| (entry.index / ENTRIES_PER_PAGE).min(closed);
    let first = from.saturating_mul(ENTRIES_PER_PAGE);
    let mut entries = log(archive, first)?
        .filter(|entry| (first..end).contains(&entry.index))
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
        each(path, page(&rows(archive, &drawers, &together), sheet))?;
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
fn rows(archive: &Archive, drawers: &Drawers<'_>, entries: &[Entry]) -> Vec<Row> {
    let mut listed = HashSet::new();
    let mut rows = Vec::new();
    for entry in entries.iter().rev() {
        let is_capture = matches!(entry.kind, EntryKind::Snapshot | EntryKind::Adopt);
        if is_capture
            && !listed.contains(&entry.article)
            && let Some(row) = row(archive, drawers, entry)
        {
            rows.push(row);
            listed.insert(&entry.article);
        }
    }
    rows
}

fn row(archive: &Archive, drawers: &Drawers<'_>, entry: &Entry) -> Option<Row> {
    let folder = drawers.article(&entry.article).ok()??;
    let file = archive.snapshot_of(&folder, &entry.snapshot).ok()??;
    Some(Row::new(folder.view().as_str(), &file.snapshot))
}
