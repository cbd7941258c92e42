//! What was gathered of one source, document by document? As much as named limits allow, and of that what is wanted.

use std::sync::Arc;

use crate::capture::{CaptureError, Wishes};
use crate::change::Standing;
use crate::event::{SourceOutcome, Unaddressed};
use crate::link::Link;
use crate::listing::{Choice, Entry, Listing};

use super::ask::{Answer, Question};
use super::expand::Expanded;
use super::settled::{Due, Lists, Settled, settle};
use super::texts::Texts;
use super::{Kind, Source, Takes};

/// How many documents may lead to one another: an outline names a page that announces a feed, an index names indexes.
const DEPTH_MAX: usize = 3;

/// Documents that are asked for one source. The largest sites have thousands of sitemaps.
const DOCUMENTS_MAX: usize = 5_000;

/// Articles of one source: more than any site that a single machine can be a mirror of.
const ARTICLES_MAX: usize = 500_000;

/// Entries without an address that are told by name.
const UNADDRESSED_TOLD: usize = 10;

/// A document that names articles.
#[derive(Debug)]
pub(super) struct Found {
    /// Its address; `None` of a file.
    pub(super) address: Option<Link>,
    pub(super) kind: Kind,
    pub(super) listing: Listing,
    /// How many documents led to it.
    pub(super) depth: usize,
}

/// What was gathered of a source so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) kind: Option<Kind>,
    /// The entries of each document, with its address and kind.
    lists: Lists,
    listed: usize,
    asked: usize,
    failed: usize,
    unaddressed: Unaddressed,
    error: Option<String>,
    pub(super) is_changed: bool,
    takes: Takes,
    wishes: Arc<Wishes>,
    /// What is said to the feeds that it leads to of the texts that they carry.
    choice: Option<Arc<Choice>>,
    /// What its feeds carry.
    texts: Texts,
}

impl Gathered {
    /// Begins with a source; of feeds, what they carry of the entries that `choice` wants is taken.
    pub(super) fn new(source: &Source, choice: Option<Arc<Choice>>) -> Self {
        Self {
            takes: source.takes,
            wishes: Arc::clone(&source.wishes),
            choice,
            ..Self::default()
        }
    }

    pub(super) fn fail(&mut self, error: String) {
        self.failed += 1;
        self.note(error);
    }

    /// Notes what is wrong, where nothing was wrong before.
    fn note(&mut self, error: String) {
        self.error.get_or_insert(error);
    }

    /// Takes no more documents than may be asked for one source, and counts them.
    pub(super) fn limit(&mut self, wave: &mut Vec<Question>) {
        let room = DOCUMENTS_MAX.saturating_sub(self.asked);
        if wave.len() > room {
            wave.truncate(room);
            self.note(format!(
                "it leads to more than {DOCUMENTS_MAX} documents; the first are read"
            ));
        }
        self.asked += wave.len();
    }

    /// Takes in an answer; returns what it leads to.
    pub(super) fn hear(
        &mut self,
        question: &Question,
        answer: Answer,
        choice: &Choice,
    ) -> Vec<Question> {
        self.is_changed |= !answer.is_unchanged;
        // Of what is as it was, it was told before.
        if !answer.is_unchanged {
            self.note_unaddressed(&answer.listing.entries);
        }
        let is_feedless = answer.kind == Kind::Page && answer.listing.leads.is_empty();
        if is_feedless && question.expected == Some(Kind::Feed) {
            self.fail(format!(
                "{} is an HTML page that announces no feed",
                question.link.without_user_info()
            ));
        }
        let is_one_article = answer.kind == Kind::Page && question.expected.is_none();
        self.texts.extend(answer.texts);
        let found = Found {
            address: Some(question.link.clone()),
            kind: answer.kind,
            listing: answer.listing,
            depth: question.depth,
        };
        let leads = self.take(found, choice);
        if is_one_article { Vec::new() } else { leads }
    }

    fn note_unaddressed(&mut self, entries: &[Entry]) {
        let numbered = entries.iter().enumerate();
        for (at, entry) in numbered.filter(|(_, entry)| entry.url.is_none()) {
            self.unaddressed.number += 1;
            if self.unaddressed.first.len() < UNADDRESSED_TOLD {
                let name = entry.title.clone().or_else(|| entry.id.clone());
                let name = name.unwrap_or_else(|| format!("entry {}", at + 1));
                self.unaddressed.first.push(name);
            }
        }
    }

    /// Takes in what a document names; returns what it leads to.
    pub(super) fn take(&mut self, found: Found, choice: &Choice) -> Vec<Question> {
        let Found {
            address,
            kind,
            listing,
            depth,
        } = found;
        // A page that announces a feed stands for that feed.
        self.kind.get_or_insert(kind);
        if let Some(flaw) = listing.flaw {
            self.note(match (&address, depth) {
                (Some(address), 1..) => format!("{}: {flaw}", address.without_user_info()),
                _ => flaw,
            });
        }
        let room = ARTICLES_MAX.saturating_sub(self.listed);
        let mut entries = listing.entries;
        if entries.len() > room {
            entries.truncate(room);
            self.note(format!(
                "it names more than {ARTICLES_MAX} articles; the first are taken"
            ));
        }
        self.listed += entries.len();
        self.lists.push((address, kind, entries));
        let expected = match kind {
            Kind::Sitemap => Kind::Sitemap,
            _ => Kind::Feed,
        };
        if depth >= DEPTH_MAX && !listing.leads.is_empty() {
            self.note(format!(
                "documents lead to one another more than {DEPTH_MAX} times"
            ));
            return Vec::new();
        }
        let recent = listing
            .leads
            .into_iter()
            .filter(|lead| choice.is_recent(lead.modified));
        let question = |link: Link| Question {
            link: link.without_user_info(),
            expected: Some(expected),
            depth: depth + 1,
            texts: self.choice.clone(),
            wishes: Arc::clone(&self.wishes),
        };
        recent.map(|lead| question(lead.url)).collect()
    }

    /// Chooses what is to be captured.
    pub(super) fn end(
        self,
        name: String,
        choice: &Choice,
        due: &Due,
    ) -> Result<Expanded, CaptureError> {
        // Each feed of an outline is one by itself; the sitemaps of an index are one.
        let lists = if self.kind == Some(Kind::Opml) {
            let chosen = self.lists.into_iter();
            chosen
                .map(|(address, kind, entries)| (address, kind, choice.of(entries)))
                .collect()
        } else {
            together(self.lists, choice)
        };
        let Settled { wanted, current } = settle(lists, self.takes, self.texts, due)?;
        let outcome = match (&self.error, self.is_changed) {
            (Some(_), _) => SourceOutcome::Failed,
            (None, true) => SourceOutcome::Read,
            (None, false) => SourceOutcome::Unchanged,
        };
        let error = self.error.map(|error| match (self.failed, self.asked) {
            (2.., asked) => format!(
                "{error} (and {} more of {asked} documents)",
                self.failed - 1
            ),
            _ => error,
        });
        Ok(Expanded {
            name,
            kind: self.kind,
            outcome,
            listed: self.listed,
            wanted,
            current,
            unaddressed: self.unaddressed,
            wishes: self.wishes,
            stood: Standing::Good,
            error,
        })
    }
}

/// Chooses among the entries of all documents at once.
fn together(lists: Lists, choice: &Choice) -> Lists {
    if choice.newest.is_none() || lists.len() == 1 {
        let chosen = lists.into_iter();
        return chosen
            .map(|(address, kind, entries)| (address, kind, choice.of(entries)))
            .collect();
    }
    let first = lists.iter().find(|(_, _, entries)| !entries.is_empty());
    let Some((address, kind)) = first.map(|(address, kind, _)| (address.clone(), *kind)) else {
        return Vec::new();
    };
    let entries = lists.into_iter().flat_map(|(_, _, entries)| entries);
    vec![(address, kind, choice.of(entries.collect()))]
}

#[cfg(test)]
mod tests;
