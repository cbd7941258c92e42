//! What does a person see who opens the archive itself? Pages that list captures, newest first, without script. Pure.
//!
//! The pages follow the log. A page in `index/` lists the captures of [`ENTRIES_PER_PAGE`] entries and is closed for
//! ever; `index.html` is open: it lists all newer ones, at least as many as a closed page once there are enough. So a
//! run writes the open page and those that it closed, however large the archive is. The bytes depend on the log and the
//! snapshots alone. A page can be read again ([`rows`]), so that a run need not read again what it lists.

mod row;

use super::seal::policy;
use super::{RENDERER, reader};
use crate::digest::Digest;

pub use row::Row;

/// Entries of the log on a closed page. Every run writes up to twice as many rows again in the open one, and a person scrolls
/// through them.
pub const ENTRIES_PER_PAGE: u64 = 100;

/// What the list looks like, besides what all our own pages look like.
const STYLE: &str = include_str!("catalogue.css");

/// How many of the next older pages are linked one by one. Beyond, the distance doubles, so that any page of a million
/// is a few steps away.
const OLDER_SINGLY: u64 = 10;

/// Where in an open page [`entries`] looks for what it says of itself.
const MARK: &str = " data-entries=\"";

/// Where in a page [`renderer`] looks for what it says of itself.
const RENDERER_MARK: &str = " data-renderer=\"";

/// Where in a page [`rows`] looks for the digest of its list, which tells a page that somebody changed.
const ROWS_MARK: &str = " data-rows=\"";

/// What the list of a page stands between.
const LIST: (&str, &str) = ("<ol>\n", "</ol>\n");

/// How far into the page its marks may be.
const MARK_BYTES_MAX: usize = 300;

/// Which page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Counted from 0, the oldest. The open page has the number that it will have when it is closed.
    pub page: u64,
    /// How many pages are closed; the open one comes after them.
    pub closed: u64,
    /// How many entries of the log this page and those before it tell of.
    pub entries: u64,
}

impl Sheet {
    fn is_open(self) -> bool {
        self.page == self.closed
    }

    fn title(self) -> String {
        if self.is_open() {
            "Archived articles".to_owned()
        } else {
            format!("Archived articles, page {}", self.page + 1)
        }
    }

    /// Returns the way from this page to the archive's own folder.
    fn to_root(self) -> &'static str {
        if self.is_open() { "" } else { "../" }
    }

    fn link_to(self, page: u64, text: &str) -> String {
        let address = if page >= self.closed {
            format!("{}index.html", self.to_root())
        } else {
            format!(
                "{}{}",
                if self.is_open() { "index/" } else { "" },
                file_name(page)
            )
        };
        format!("<a href=\"{address}\">{text}</a>\n")
    }

    /// Links to newer pages: the next one, and the open one.
    fn newer(self) -> String {
        if self.is_open() {
            return String::new();
        }
        let mut links = self.link_to(self.page + 1, "\u{2190} Newer");
        if self.page + 1 < self.closed {
            links.push_str(&self.link_to(self.closed, "Newest"));
        }
        format!("<nav>{links}</nav>\n")
    }

    fn older(self) -> String {
        let numbers = older(self.page);
        let Some(next) = numbers.first() else {
            return String::new();
        };
        let mut links = self.link_to(*next, "Older \u{2192}");
        if numbers.len() > 1 {
            links.push_str("<span>Pages</span>\n");
            links.extend(
                numbers
                    .iter()
                    .map(|page| self.link_to(*page, &(page + 1).to_string())),
            );
        }
        format!("<nav>{links}</nav>\n")
    }
}

/// Returns the page that lists `rows`, the newest first.
#[must_use]
pub fn page(rows: &[Row], sheet: Sheet) -> Vec<u8> {
    let rows: String = rows.iter().map(|row| row.markup(sheet.to_root())).collect();
    let title = sheet.title();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"{RENDERER_MARK}{RENDERER}\"{MARK}{}\"{ROWS_MARK}{}\">\n<head>\n{}\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}{STYLE}</style>\n</head>\n<body>\n<article>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"byline\">The newest capture comes first. A link opens the article as it was last captured.</p>\n\
         {}</header>\n{}{rows}{}{}</article>\n</body>\n</html>\n",
        sheet.entries,
        Digest::of(rows.as_bytes()),
        policy::markup(Some("utf-8")),
        reader::STYLE,
        sheet.newer(),
        LIST.0,
        LIST.1,
        sheet.older(),
    );
    page.into_bytes()
}

/// Returns how many entries of the log an open page says that it tells of; `None` where it is none of ours.
#[must_use]
pub fn entries(page: &[u8]) -> Option<u64> {
    after(MARK, page)
}

/// Returns the number of the renderer that a page says it was made by; `None` where it is none of ours.
#[must_use]
pub fn renderer(page: &[u8]) -> Option<u32> {
    after(RENDERER_MARK, page)
}

/// Returns the rows of a page as it was written by this renderer; none of one that somebody changed, or that is none of ours.
#[must_use]
pub fn rows(page: &[u8]) -> Vec<Row> {
    let list = || {
        let digest: Digest = after(ROWS_MARK, page)?;
        let text = std::str::from_utf8(page).ok()?;
        let (_, after) = text.split_once(LIST.0)?;
        let (list, _) = after.split_once(LIST.1)?;
        let is_ours = renderer(page) == Some(RENDERER) && Digest::of(list.as_bytes()) == digest;
        is_ours.then_some(list)
    };
    list().map_or_else(Vec::new, row::read)
}

/// Returns the value behind a mark.
fn after<T: std::str::FromStr>(mark: &str, page: &[u8]) -> Option<T> {
    let start = String::from_utf8_lossy(&page[..page.len().min(MARK_BYTES_MAX)]);
    let (_, after) = start.split_once(mark)?;
    after.split_once('"')?.0.parse().ok()
}

/// Returns how many pages are closed when the log has this many entries.
#[must_use]
pub fn closed(entries: u64) -> u64 {
    (entries / ENTRIES_PER_PAGE).saturating_sub(1)
}

/// Returns the name of a closed page's file: the index of its first entry, as in the names of the log's files.
#[must_use]
pub fn file_name(page: u64) -> String {
    format!("{:012}.html", page.saturating_mul(ENTRIES_PER_PAGE))
}

/// Returns the older pages that are linked from `page`: the next ones, then in doubling distances, then the first.
fn older(page: u64) -> Vec<u64> {
    let doubling =
        std::iter::successors(Some(OLDER_SINGLY * 2), |distance| distance.checked_mul(2));
    let distances = (1..=OLDER_SINGLY).chain(doubling);
    let mut pages: Vec<u64> = distances
        .map_while(|distance| page.checked_sub(distance))
        .collect();
    if pages.last().is_some_and(|last| *last > 0) {
        pages.push(0);
    }
    pages
}

#[cfg(test)]
mod tests;
