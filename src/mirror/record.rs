//! What came of a run, source by source and article by article? Heard while it goes on, and kept as a report below `state/`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{ArchiveError, Writer};
use crate::change::{Standing, Vanished};
use crate::event::{
    Article, ArticleOutcome, Event, Listener, MissingImage, SourceOutcome, SourceTold,
};

use super::due::Asked;
use super::expand::Expanded;
use super::ran::Runs;
use super::{Summary, same};

/// Articles that failed, and that lack images, which a report names one by one: enough to see what is wrong, and no more than
/// some megabytes.
const TOLD_MAX: usize = 1000;

/// What is heard of a run.
#[derive(Debug)]
pub(super) struct Record {
    /// The identities of inputs that have one, and the inputs that are sources by themselves.
    identities: HashMap<String, String>,
    /// The names of all sources, with what came of asking them.
    asked: Vec<(String, SourceOutcome)>,
    /// What was found to be current.
    current: Vec<String>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sources: Vec<SourceTold>,
    /// What came of the sources that are articles.
    pages: HashMap<String, Option<Article>>,
    failed: Vec<FailedArticle>,
    lacking: Vec<Lacking>,
    /// What of each article, by its ID, is here and could not be had again.
    lost: HashMap<String, Vec<MissingImage>>,
    /// What came of each article that sources name.
    outcomes: Vec<(String, ArticleOutcome)>,
    /// The articles that identities stand for.
    known: Vec<(String, String)>,
}

/// An article that failed.
#[derive(Debug, Clone, Serialize)]
struct FailedArticle {
    input: String,
    error: Option<String>,
    /// The ID of the article that is here and stays.
    id: Option<String>,
    /// How its page does, where it can't be had any more.
    standing: Option<Standing>,
}

/// An article that lacks images, or could not have some again.
#[derive(Debug, Clone, Serialize)]
struct Lacking {
    id: Option<String>,
    source: Option<String>,
    missing: Vec<MissingImage>,
    /// Those that are here from before.
    lost: Vec<MissingImage>,
}

/// The report of a run (`docs/format.md`, "state").
#[derive(Serialize)]
struct Report<'a> {
    begun: Timestamp,
    ended: Timestamp,
    #[serde(flatten)]
    summary: &'a Summary,
    told: &'a [SourceTold],
    failed: &'a [FailedArticle],
    lacking: &'a [Lacking],
}

impl Record {
    pub(super) fn new(expanded: &[Expanded]) -> Self {
        let mut identities = HashMap::new();
        let mut pages = HashMap::new();
        for source in expanded {
            for wanted in &source.wanted {
                if let Some(identity) = &wanted.identity {
                    identities.insert(wanted.given.clone(), identity.clone());
                }
                if source.is_page() {
                    pages.insert(source.name.clone(), None);
                }
            }
        }
        let asked = expanded.iter();
        let current = expanded.iter().flat_map(|source| &source.current);
        Self {
            identities,
            asked: asked
                .map(|source| (source.name.clone(), source.outcome))
                .collect(),
            current: current.cloned().collect(),
            state: Mutex::new(State {
                pages,
                ..State::default()
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns who hears of the run's articles, and passes everything on.
    pub(super) fn listen(self: &Arc<Self>, report: &Listener) -> Listener {
        let (record, report) = (Arc::clone(self), Arc::clone(report));
        Arc::new(move |event| {
            if let Event::Article(article) = &event {
                record.article(article);
            }
            report(event);
        })
    }

    fn article(&self, article: &Article) {
        let mut state = self.state();
        if let Some(page) = state.pages.get_mut(&article.input) {
            *page = Some(article.clone());
        }
        state
            .outcomes
            .push((article.input.clone(), article.outcome));
        let identity = self.identities.get(&article.input);
        if let (Some(identity), Some(id)) = (identity, &article.id) {
            state.known.push((identity.clone(), id.clone()));
        }
        if article.outcome == ArticleOutcome::Failed && state.failed.len() < TOLD_MAX {
            state.failed.push(FailedArticle {
                input: article.input.clone(),
                error: article.error.clone(),
                id: article.id.clone(),
                standing: article.standing,
            });
        }
        if let Some(id) = &article.id
            && article.outcome != ArticleOutcome::Failed
        {
            state.lost.insert(id.clone(), article.lost.clone());
        }
        let lacks = !article.missing.is_empty() || !article.lost.is_empty();
        if lacks && state.lacking.len() < TOLD_MAX {
            state.lacking.push(Lacking {
                id: article.id.clone(),
                source: article.source.clone(),
                missing: article.missing.clone(),
                lost: article.lost.clone(),
            });
        }
    }

    /// Notes what is told of a source.
    pub(super) fn source(&self, told: SourceTold) {
        self.state().sources.push(told);
    }

    /// Returns what is told of a source that is one article; `None` where that was not come to.
    pub(super) fn page(&self, source: &Expanded) -> Option<SourceTold> {
        let state = self.state();
        let article = state.pages.get(&source.name)?.as_ref()?;
        // That it is gone is told once, like all that is observed: nobody can do anything about it each night.
        let is_known = article.standing == Some(source.stood);
        Some(SourceTold {
            outcome: match article.outcome {
                ArticleOutcome::Failed if is_known => SourceOutcome::Unchanged,
                ArticleOutcome::Captured => SourceOutcome::Read,
                ArticleOutcome::Unchanged => SourceOutcome::Unchanged,
                ArticleOutcome::Failed => SourceOutcome::Failed,
            },
            error: article.error.clone().filter(|_| !is_known),
            ..source.told()
        })
    }

    /// Returns what came of each source, also of those that nothing was told of: asked they were.
    fn ran(&self, told: &[SourceTold]) -> Vec<(String, SourceOutcome)> {
        let told: HashMap<&str, SourceOutcome> = told
            .iter()
            .map(|told| (told.source.as_str(), told.outcome))
            .collect();
        let ran = self.asked.iter().map(|(name, asked)| {
            let outcome = told.get(name.as_str()).unwrap_or(asked);
            (name.clone(), *outcome)
        });
        ran.collect()
    }

    /// Keeps the report, when articles were asked for, what identities stand for, and, of a run that came to its end, that its
    /// sources were mirrored.
    pub(super) fn keep(
        &self,
        writer: &Writer,
        (begun, ended): (Timestamp, Timestamp),
        summary: &Summary,
        is_finished: bool,
    ) -> Result<(), ArchiveError> {
        let state = self.state();
        let mut asked = Asked::recall(writer.archive())?;
        for given in &self.current {
            asked.note_current(given, begun);
        }
        for (given, outcome) in &state.outcomes {
            asked.note(given, *outcome, begun);
        }
        asked.keep(writer, ended)?;
        for (identity, id) in &state.known {
            same::remember(writer, identity, id)?;
        }
        if is_finished {
            Runs::keep(writer, (begun, ended), &self.ran(&state.sources))?;
        }
        remember_lost(writer, &state.lost, begun)?;
        writer.remember_size()?;
        let report = Report {
            begun,
            ended,
            summary,
            told: &state.sources,
            failed: &state.failed,
            lacking: &state.lacking,
        };
        let mut json = serde_json::to_vec_pretty(&report).expect("a report has string keys");
        json.push(b'\n');
        writer.report(begun, &json).map(|_| ())
    }
}

/// Remembers what could not be had again, where that is another thing than what is remembered. An article whose page could not be
/// had says nothing of its images.
fn remember_lost(
    writer: &Writer,
    lost: &HashMap<String, Vec<MissingImage>>,
    now: Timestamp,
) -> Result<(), ArchiveError> {
    let known = writer.archive().vanished()?;
    let known = known.map(|json| Vanished::parse(&json)).unwrap_or_default();
    let mut vanished = known.clone();
    for (id, lost) in lost {
        let lost = lost.iter().map(|it| (it.url.as_str(), it.why, it.status));
        vanished.note(id, lost, now);
    }
    if vanished == known {
        return Ok(());
    }
    writer.remember_vanished(&vanished.to_json())
}
