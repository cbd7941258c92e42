//! What became of what is here, at its origins? Which pages and images changed or vanished, when, on which hosts.
//!
//! It follows from the log and the snapshots. What vanished from a page that stayed as it was makes no snapshot; of that, the memory
//! of `mirror` tells, which can be lost and is found out again.

mod images;

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, ArticleFolder, SnapshotFile};
use crate::change::{Standing, Vanished};
use crate::link::Link;

/// What is told of.
#[derive(Debug, Clone)]
pub struct Options<F> {
    /// Whether something at this address is.
    pub wanted: F,
    /// Nothing of before that time is.
    pub since: Option<Timestamp>,
}

/// Something that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rot {
    /// A page or an image.
    pub kind: Kind,
    /// The host that it came from.
    pub host: String,
    /// Its address.
    pub url: String,
    /// What became of it.
    pub became: Became,
    /// When that was seen first.
    pub when: Timestamp,
    /// Why it could not be had, as a code of the format; `None` where it changed, or of a page.
    pub why: Option<String>,
    /// The status that came back then.
    pub status: Option<u16>,
    /// The ID of the article: its own, or one that shows it.
    pub article: String,
    /// The article's title.
    pub title: Option<String>,
}

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The page of an article.
    Page,
    /// An image, or another resource.
    Image,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// A page that was taken away.
    Gone,
    /// A page that is there for others.
    Blocked,
    /// A page in whose place something else is.
    Replaced,
    /// Something of which there is a later version; both are here.
    Changed,
    /// An image that can't be had any more, and is here.
    Lost,
    /// An image that could not be had, and is not here.
    Missing,
}

impl Became {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Blocked => "blocked",
            Self::Replaced => "replaced",
            Self::Changed => "changed",
            Self::Lost => "lost",
            Self::Missing => "missing",
        }
    }
}

/// What a report came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Everything that is told of: by host, pages first, then by time.
    pub rots: Vec<Rot>,
    /// Articles that were looked at.
    pub articles: u64,
}

/// Reads all articles with all their snapshots, and says what became of them.
///
/// # Errors
/// When the archive can't be read.
pub fn report(
    archive: &Archive,
    options: &Options<impl Fn(&Link) -> bool>,
) -> Result<Report, ArchiveError> {
    let mut report = Report::default();
    let vanished = archive.vanished()?;
    let vanished = vanished
        .map(|json| Vanished::parse(&json))
        .unwrap_or_default();
    for folder in archive.articles()? {
        let history = archive.history(&folder)?;
        let Some(newest) = history.last() else {
            continue;
        };
        report.articles += 1;
        let article = Article {
            id: folder.id().to_string(),
            title: newest.snapshot.article.title.clone(),
        };
        let mut found = pages(archive, &folder, &history, &article)?;
        found.extend(images::of(&history, &vanished, &article));
        let is_recent = |it: &Rot| options.since.is_none_or(|since| it.when >= since);
        let told = found
            .into_iter()
            .filter(|(link, rot)| is_recent(rot) && (options.wanted)(link));
        report.rots.extend(told.map(|(_, rot)| rot));
    }
    report
        .rots
        .sort_by_cached_key(|it| (it.host.clone(), it.kind, it.when, it.url.clone()));
    Ok(report)
}

/// What is told of an article with everything of it.
struct Article {
    id: String,
    title: Option<String>,
}

impl Article {
    fn rot(&self, kind: Kind, link: &Link, became: Became, when: Timestamp) -> (Link, Rot) {
        let rot = Rot {
            kind,
            host: link.host().to_owned(),
            url: link.to_string(),
            became,
            when,
            why: None,
            status: None,
            article: self.id.clone(),
            title: self.title.clone(),
        };
        (link.clone(), rot)
    }
}

/// Returns what became of an article's page: its later versions, and that it can't be had any more.
fn pages(
    archive: &Archive,
    folder: &ArticleFolder,
    history: &[SnapshotFile],
    article: &Article,
) -> Result<Vec<(Link, Rot)>, ArchiveError> {
    let mut found = Vec::new();
    for pair in history.windows(2) {
        let [before, after] = [&pair[0].snapshot, &pair[1].snapshot];
        if let Some(link) = &after.source.url
            && before.original != after.original
        {
            found.push(article.rot(Kind::Page, link, Became::Changed, after.time));
        }
    }
    let Some(newest) = history.last() else {
        return Ok(found);
    };
    let stood = archive.standing(folder, &newest.digest)?;
    let became = match stood.standing {
        Standing::Good => None,
        Standing::Gone => Some(Became::Gone),
        Standing::Blocked => Some(Became::Blocked),
        Standing::Changed => Some(Became::Replaced),
    };
    if let (Some(link), Some(became)) = (&newest.snapshot.source.url, became) {
        let when = stood.since.unwrap_or(newest.snapshot.time);
        found.push(article.rot(Kind::Page, link, became, when));
    }
    Ok(found)
}
