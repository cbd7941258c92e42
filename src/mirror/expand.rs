//! Which articles does each source name? What it leads to is asked as well, wave by wave, as far as named limits allow.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use crate::archive::ArchiveError;
use crate::capture::{CaptureError, Wishes, blocking};
use crate::change::Standing;
use crate::event::{SourceOutcome, SourceTold, Unaddressed};
use crate::link::Link;
use crate::listing::Choice;

use super::ask::{Asker, Question, READ_AT_ONCE, Trouble};
use super::disk::{self, Found};
use super::gathered::{Found as Document, Gathered};
use super::settled::{Due, Wanted};
use super::{Kind, Place, Source, Takes};

/// Sources that are expanded at once.
const SOURCES_AT_ONCE: usize = 16;

/// What a source names.
#[derive(Debug)]
pub(super) struct Expanded {
    /// How it is told of.
    pub(super) name: String,
    pub(super) kind: Option<Kind>,
    pub(super) outcome: SourceOutcome,
    pub(super) listed: usize,
    /// What is to be captured of it.
    pub(super) wanted: Vec<Wanted>,
    /// What the archive was found to have as the source says that it is.
    pub(super) current: Vec<String>,
    pub(super) unaddressed: Unaddressed,
    /// What is wanted of its articles.
    pub(super) wishes: Arc<Wishes>,
    /// How it was doing before this run, where it is one article.
    pub(super) stood: Standing,
    pub(super) error: Option<String>,
}

impl Expanded {
    /// Returns whether it is one article, of which is told when it was captured.
    pub(super) fn is_page(&self) -> bool {
        self.kind == Some(Kind::Page) && self.wanted.len() == 1
    }

    /// Returns what is told of it.
    pub(super) fn told(&self) -> SourceTold {
        let kind = self
            .kind
            .map(|kind| serde_json::to_value(kind).expect("a kind is a word"));
        SourceTold {
            source: self.name.clone(),
            kind: kind.and_then(|kind| kind.as_str().map(str::to_owned)),
            outcome: self.outcome,
            listed: self.listed,
            wanted: self.wanted.len(),
            unaddressed: self.unaddressed.clone(),
            error: self.error.clone(),
        }
    }
}

/// Expands all sources, side by side; what is told of them stands in their order.
pub(super) async fn expand_all(
    asker: &Asker<'_>,
    sources: &[Source],
) -> Result<Vec<Expanded>, CaptureError> {
    let expanded = stream::iter(sources).map(|source| expand(asker, source));
    let expanded: Vec<_> = expanded.buffered(SOURCES_AT_ONCE).collect().await;
    expanded.into_iter().collect()
}

async fn expand(asker: &Asker<'_>, source: &Source) -> Result<Expanded, CaptureError> {
    let wishes = Arc::clone(&source.wishes);
    let expanded = expand_as(asker, source).await?;
    Ok(Expanded { wishes, ..expanded })
}

async fn expand_as(asker: &Asker<'_>, source: &Source) -> Result<Expanded, CaptureError> {
    let choice = Arc::new(source.choice.clone());
    let texts = (source.takes != Takes::Page).then(|| Arc::clone(&choice));
    let mut gathered = Gathered::new(source, texts.clone());
    let wave = match &source.place {
        Place::Web(link) if source.kind == Some(Kind::Page) => {
            return page(asker, &source.place, link).await;
        }
        Place::Web(link) => vec![Question {
            link: link.clone(),
            expected: source.kind,
            depth: 0,
            texts,
            wishes: Arc::clone(&source.wishes),
        }],
        Place::Disk(path) => {
            let (path, kind, wants) = (path.clone(), source.kind, Arc::clone(&choice));
            match blocking(move || disk::find(&path, kind, &wants)).await {
                Ok(Found::Inputs(kind, given, trouble)) => {
                    return Ok(inputs(&source.place, kind, given, trouble));
                }
                Ok(Found::Listing(kind, listing)) => {
                    gathered.is_changed = true;
                    if kind == Kind::Feed && source.takes != Takes::Page {
                        let instead = "give its `url`, or leave `content` out";
                        gathered.fail(format!(
                            "what a feed on disk carries is not archived: {instead}"
                        ));
                    }
                    gathered.take(
                        Document {
                            address: None,
                            kind,
                            listing,
                            depth: 0,
                        },
                        &choice,
                    )
                }
                Err(error) => {
                    gathered.fail(error);
                    Vec::new()
                }
            }
        }
    };
    follow(asker, wave, &mut gathered, &choice).await?;
    if let (Place::Web(link), Some(Kind::Page)) = (&source.place, gathered.kind)
        && source.kind.is_none()
    {
        return page(asker, &source.place, link).await;
    }
    let due = Due {
        writer: Arc::clone(&asker.world.writer),
        asked: asker.asked.clone(),
        now: (asker.world.clock)(),
    };
    let name = source.place.to_string();
    blocking(move || gathered.end(name, &choice, &due)).await
}

/// Asks for documents, and for those that they lead to.
async fn follow(
    asker: &Asker<'_>,
    mut wave: Vec<Question>,
    gathered: &mut Gathered,
    choice: &Choice,
) -> Result<(), CaptureError> {
    let mut seen: HashSet<Link> = HashSet::new();
    while !wave.is_empty() {
        // A sitemap that names itself is asked once.
        wave.retain(|question| seen.insert(question.link.without_fragment()));
        gathered.limit(&mut wave);
        let questions = stream::iter(std::mem::take(&mut wave)).map(|question| async move {
            let answer = asker.ask(&question).await;
            (question, answer)
        });
        let mut answers = std::pin::pin!(questions.buffered(READ_AT_ONCE));
        while let Some((question, answer)) = answers.next().await {
            match answer {
                Ok(answer) => wave.extend(gathered.hear(&question, answer, choice)),
                Err(Trouble::Source(error)) if question.depth == 0 => gathered.fail(error),
                Err(Trouble::Source(error)) => {
                    let link = question.link.without_user_info();
                    gathered.fail(format!("{link}: {error}"));
                }
                Err(Trouble::Job(error)) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Returns one article as a source.
async fn page(asker: &Asker<'_>, place: &Place, link: &Link) -> Result<Expanded, CaptureError> {
    let (archive, key) = (asker.world.archive.clone(), link.key());
    let stood = blocking(move || -> Result<_, ArchiveError> {
        let Some(folder) = archive.article_of_key(&key)? else {
            return Ok(Standing::Good);
        };
        let newest = archive.newest_snapshot(&folder)?;
        newest.map_or(Ok(Standing::Good), |newest| {
            let stood = archive.standing(&folder, &newest.digest)?;
            Ok(stood.standing)
        })
    });
    Ok(Expanded {
        stood: stood.await?,
        ..inputs(place, Kind::Page, vec![link.as_str().to_owned()], None)
    })
}

/// Returns inputs as a source.
fn inputs(place: &Place, kind: Kind, given: Vec<String>, error: Option<String>) -> Expanded {
    Expanded {
        name: place.to_string(),
        kind: Some(kind),
        outcome: match error {
            Some(_) => SourceOutcome::Failed,
            None => SourceOutcome::Read,
        },
        listed: given.len(),
        wanted: given.into_iter().map(Wanted::plain).collect(),
        current: Vec::new(),
        unaddressed: Unaddressed::default(),
        wishes: Arc::default(),
        stood: Standing::Good,
        error,
    }
}
