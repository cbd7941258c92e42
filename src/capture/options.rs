//! What may the user decide about captures?

use crate::link::Link;
use crate::placeholder::Placeholders;
use crate::refs::LazyTable;

/// What the user may decide about captures.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address of files that have none of their own.
    pub base: Option<Link>,
    /// The key of the article, instead of the one its input gives.
    pub key: Option<String>,
    /// Whether to fetch again what has no validators.
    pub refresh: bool,
    /// What becomes of a page that looks like something else than the article that is here.
    pub doubtful: Doubtful,
    /// What becomes of an article that was taken out of the archive.
    pub removed: TakenOut,
    /// Whether to keep single pixels that count readers.
    pub keep_trackers: bool,
    /// Which pictures stand for others.
    pub placeholders: Placeholders,
    /// What lazy loaders read.
    pub lazy: LazyTable,
    /// What the robots.txt of each site is obeyed for.
    pub robots: Obeyed,
    /// Articles at work at once, and resources of one article.
    pub jobs: usize,
    /// Bytes, as sent, of the resources that are fetched for one article, after which no more are asked for.
    pub article_bytes_max: u64,
    /// Program and version, for the snapshots.
    pub tool: String,
}

/// What a robots.txt is obeyed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obeyed {
    /// Nothing.
    ForNothing,
    /// The pages of articles.
    ForPages,
    /// Pages, and what they show.
    ForAll,
}

/// What becomes of a page that came with success and looks like something else than the article that is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubtful {
    /// It is told of, and replaces nothing.
    Refused,
    /// It is the article's next version.
    Accepted,
}

/// What becomes of an article that was taken out of the archive, and that a run is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOut {
    /// It comes back.
    Returns,
    /// It stays out, and nothing is told of it.
    Stays,
}
