//! What is told of each article, and of the whole run?

use serde::{Deserialize, Serialize};

use crate::archive::{ArchivePath, ArticleFolder, SnapshotFile};
use crate::causes::with_causes;
use crate::event::{Article, ArticleOutcome, Images};
use crate::inputs::Place;
use crate::link::{Link, without_secrets};

use super::Seen;
use super::error::InputTrouble;
use super::lost::Stays;

/// What a run came to. Serialised as the `summary` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The articles, by outcome.
    pub articles: Outcomes,
    /// The resources of the articles that were archived.
    pub images: Images,
    /// Of the missing ones, how many for which reason.
    pub missing: Vec<Reason>,
    /// Whether a resource is missing that a reader would have seen.
    #[serde(skip)]
    pub lacks: bool,
    /// Requests sent, redirects included.
    pub requests: u64,
    /// How many of these were sent because one before had failed.
    pub retries: u64,
    /// Bytes of bodies as sent.
    pub bytes_fetched: u64,
    /// Bytes of new blobs.
    pub bytes_stored: u64,
    /// Whether the run ended before all inputs were archived because somebody asked for it.
    pub interrupted: bool,
}

/// How many resources are missing for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A code of `docs/format.md`.
    pub why: &'static str,
    /// How many.
    pub number: u64,
}

/// Articles, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// New snapshots.
    pub captured: u64,
    /// Nothing new.
    pub unchanged: u64,
    /// Not archived.
    pub failed: u64,
}

impl Summary {
    /// Counts one article.
    pub(super) fn add(&mut self, article: &Article) {
        match article.outcome {
            ArticleOutcome::Captured => self.articles.captured += 1,
            ArticleOutcome::Unchanged => self.articles.unchanged += 1,
            ArticleOutcome::Failed => self.articles.failed += 1,
        }
        self.images += article.images;
        for missing in &article.missing {
            match self
                .missing
                .iter_mut()
                .find(|reason| reason.why == missing.why)
            {
                Some(reason) => reason.number += 1,
                None => self.missing.push(Reason {
                    why: missing.why,
                    number: 1,
                }),
            }
        }
        self.lacks |= article.missing.iter().any(|missing| missing.seen);
    }
}

/// What is told of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// Its path.
    pub(super) snapshot: String,
    title: Option<String>,
    url: Option<String>,
}

impl Told {
    pub(super) fn of(file: &SnapshotFile) -> Self {
        Self {
            snapshot: file.path.to_string(),
            title: file.snapshot.article.title.clone(),
            url: file.snapshot.source.url.as_ref().map(ToString::to_string),
        }
    }

    /// Returns the folder of its article; `None` where its path is none of a snapshot.
    pub(super) fn folder(&self) -> Option<ArticleFolder> {
        ArticleFolder::containing(&ArchivePath::parse(&self.snapshot)?)
    }
}

/// Returns what is told of an input that was archived.
pub(super) fn archived(given: &str, outcome: ArticleOutcome, told: Told, seen: Seen) -> Article {
    let folder = told.folder();
    Article {
        input: public(given),
        source: told.url,
        id: folder.as_ref().map(|folder| folder.id().to_string()),
        title: told.title,
        outcome,
        snapshot: Some(told.snapshot),
        view: folder.map(|folder| folder.view().to_string()),
        images: seen.images,
        missing: seen.missing,
        lost: seen.lost,
        standing: None,
        error: None,
    }
}

/// Returns what is told of an input whose page can't be had any more; `article` tells of what is here.
pub(super) fn stays(article: Article, stays: Stays) -> Article {
    Article {
        standing: Some(stays.loss.standing),
        error: Some(stays.error),
        ..article
    }
}

/// Returns what is told of an input that asks for what another one has brought: that is there already.
pub(super) fn told_again(article: &Article, input: &str) -> Article {
    let (outcome, images) = match article.outcome {
        ArticleOutcome::Failed => (ArticleOutcome::Failed, article.images),
        ArticleOutcome::Captured | ArticleOutcome::Unchanged => {
            let images = Images {
                kept: 0,
                reused: article.images.kept + article.images.reused,
                ..article.images
            };
            (ArticleOutcome::Unchanged, images)
        }
    };
    Article {
        input: public(input),
        outcome,
        images,
        ..article.clone()
    }
}

/// Returns what is told of an input that was not; `place` is the line of the list that named it.
pub(super) fn failed(input: &str, place: Option<&Place>, trouble: &InputTrouble) -> Article {
    let trouble = with_causes(trouble);
    let error = match place {
        Some(place) => format!("{place}: {trouble}"),
        None => trouble,
    };
    Article {
        source: Link::parse(input)
            .ok()
            .map(|link| link.without_user_info().to_string()),
        input: public(input),
        id: None,
        title: None,
        outcome: ArticleOutcome::Failed,
        snapshot: None,
        view: None,
        images: Images::default(),
        missing: Vec::new(),
        lost: Vec::new(),
        standing: None,
        error: Some(error),
    }
}

/// Returns an input as it may be written down and shown: without user name and password.
pub(super) fn public(given: &str) -> String {
    match Link::parse(given) {
        Ok(link) if link.has_user_info() => link.without_user_info().to_string(),
        Err(_) if given.contains("://") => without_secrets(given),
        _ => given.to_owned(),
    }
}
