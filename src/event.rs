//! What happened? The one closed list of what a verb reports while it works. Pure.
//!
//! The terminal draws it, tests collect it, `--json` prints it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::change::Standing;
use crate::digest::Digest;
use crate::snapshot::{Missing, Observed, Outcome};

/// Something that happened while a verb was at work.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An article turned out to need so many resources.
    Found(usize),
    /// One of them is done, fetched or not.
    Resource {
        /// Its address.
        url: String,
        /// What came of it.
        outcome: Outcome,
        /// Bytes that came over the network for it: length of the bodies as sent.
        bytes: u64,
    },
    /// A blob was checked.
    Checked {
        /// Its length.
        bytes: u64,
    },
    /// An article is done, and durable where it was captured.
    Article(Article),
    /// A source of a mirror run was asked.
    Source(SourceTold),
    /// A post was exported, or is as it was before; or it was not touched.
    Exported(Exported),
    /// A host has given the same picture for many addresses.
    SameBytes(SameBytes),
    /// A host has too much to do, and the run waits for it with what it has there.
    Waiting {
        /// The host.
        host: String,
        /// For how long.
        wait: Duration,
        /// Whether it asked for that (`Retry-After`).
        asked: bool,
    },
    /// A host forbids what is asked for without a word of the article.
    Forbidden(Forbidden),
    /// Something a person should know, which is no failure.
    Notice(String),
}

/// Who hears of events. Called from many tasks at once.
pub type Listener = std::sync::Arc<dyn Fn(Event) + Send + Sync>;

/// The same picture for many addresses: perhaps a placeholder. Serialised as the `same-bytes` object of `--json`
/// (`docs/json.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SameBytes {
    /// The host of the addresses.
    pub host: String,
    /// The digest of the picture.
    pub digest: Digest,
    /// For how many addresses it came so far.
    pub addresses: usize,
    /// The last of them.
    pub example: String,
}

/// A host that answered 403 to a request without a `Referer`. Serialised as the `forbidden` object of `--json`
/// (`docs/json.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forbidden {
    /// The host.
    pub host: String,
    /// What was asked for.
    pub example: String,
}

/// What came of one input. Serialised as the `article` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Article {
    /// The input as the user gave it.
    pub input: String,
    /// The article's address.
    pub source: Option<String>,
    /// The article's ID; `None` when it could not be told.
    pub id: Option<String>,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// What came of it.
    pub outcome: ArticleOutcome,
    /// The snapshot, relative to the archive.
    pub snapshot: Option<String>,
    /// What a person opens in a browser, relative to the archive.
    pub view: Option<String>,
    /// What came of its resources.
    pub images: Images,
    /// The resources that are missing.
    pub missing: Vec<MissingImage>,
    /// The resources that were carried: what is here stays, and it could not be had again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<MissingImage>,
    /// What became of the page of an article that is here and stays; `None` where it is there, and of what is not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What came of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ArticleOutcome {
    /// A new snapshot was made.
    Captured,
    /// Nothing had changed since the last snapshot.
    Unchanged,
    /// It could not be archived.
    Failed,
}

/// What came of one source. Serialised as the `source` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceTold {
    /// Its address or path, as the configuration has it.
    pub source: String,
    /// What it is: `feed`, `sitemap`, `opml`, `list`, `folder`, `page`; none where that can't be told.
    pub kind: Option<String>,
    /// What came of it.
    pub outcome: SourceOutcome,
    /// How many articles it names.
    pub listed: usize,
    /// How many of these were to be captured.
    pub wanted: usize,
    /// Those of its entries that have no address and are left out, as far as it was read anew.
    #[serde(skip_serializing_if = "Unaddressed::is_none")]
    pub unaddressed: Unaddressed,
    /// Why it failed, or what of it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Entries of a feed that have no address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Unaddressed {
    /// How many there are.
    pub number: usize,
    /// What the first of them are known by: their titles, or else their IDs, or else their places in the feed.
    pub first: Vec<String>,
}

impl Unaddressed {
    /// Returns whether there are none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.number == 0
    }
}

/// What came of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceOutcome {
    /// It was read.
    Read,
    /// It is as it was.
    Unchanged,
    /// It could not be read, or not as a whole.
    Failed,
}

/// What came of one post of an export. Serialised as the `post` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The ID of its article, where that can be told.
    pub article: Option<String>,
    /// Where it stands, relative to the folder exported to.
    pub path: Option<String>,
    /// What came of it.
    pub outcome: ExportOutcome,
    /// How many images it shows from its own site.
    pub images: u64,
    /// The addresses that it was left with.
    pub left: Vec<Left>,
    /// Why it was skipped, or what else a person should know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What came of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportOutcome {
    /// It was written.
    Written,
    /// It stood there already.
    Unchanged,
    /// It is as it was before an export.
    Restored,
    /// It was not touched.
    Skipped,
}

/// An address that a post was left with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The address, or the text as written where that names none.
    pub url: String,
    /// Why nothing stands for it.
    pub why: String,
}

/// Resources, counted once each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Images {
    /// Fetched now.
    pub kept: u64,
    /// Taken from the last snapshot because the origin said, or nothing spoke against it, that they are the same.
    pub reused: u64,
    /// Taken from the last snapshot because they could not be had again.
    pub carried: u64,
    /// Not here.
    pub missing: u64,
    /// Single pixels that count readers: not kept, and not missed.
    pub trackers: u64,
}

/// A resource that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingImage {
    /// Its address, or the text as written where that names none.
    pub url: String,
    /// Why, as a code of `docs/format.md`.
    pub why: &'static str,
    /// The status that came back, if one did.
    pub status: Option<u16>,
    /// Whether a reader sees that it is missing.
    #[serde(skip)]
    pub seen: bool,
}

impl MissingImage {
    /// Names what is missing and why; `seen` says whether a reader would have seen it.
    #[must_use]
    pub fn new(url: String, missing: &Missing, seen: bool) -> Self {
        Self {
            url,
            seen,
            why: missing.why.code(),
            status: missing.status,
        }
    }
}

impl Images {
    /// Counts one resource.
    pub fn count(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Kept(_) => &mut self.kept,
            Outcome::Carried {
                observed: Observed::Lost(_),
                ..
            } => &mut self.carried,
            Outcome::Carried { .. } => &mut self.reused,
            Outcome::Missing(missing) if missing.is_tracker() => &mut self.trackers,
            Outcome::Missing(_) => &mut self.missing,
        } += 1;
    }
}

impl std::ops::AddAssign for Images {
    fn add_assign(&mut self, other: Self) {
        self.kept += other.kept;
        self.reused += other.reused;
        self.carried += other.carried;
        self.missing += other.missing;
        self.trackers += other.trackers;
    }
}
