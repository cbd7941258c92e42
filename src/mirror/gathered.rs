//! What was gathered of one source, document by document? As much as named limits allow, and of that what is wanted.

use crate::capture::CaptureError;
use crate::event::SourceOutcome;
use crate::link::Link;
use crate::listing::{Choice, Entry, Listing};

use super::Kind;
use super::ask::{Answer, Question};
use super::expand::Expanded;
use super::same::{Due, settle};

/// How many documents may lead to one another: an outline names a page that announces a feed, an index names indexes.
const DEPTH_MAX: usize = 3;

/// Documents that are asked for one source. The largest sites have thousands of sitemaps.
const DOCUMENTS_MAX: usize = 5_000;

/// Articles of one source: more than any site that a single machine can be a mirror of.
const ARTICLES_MAX: usize = 500_000;

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
    error: Option<String>,
    pub(super) is_changed: bool,
}

impl Gathered {
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
        let is_feedless = answer.kind == Kind::Page && answer.listing.leads.is_empty();
        if is_feedless && question.expected == Some(Kind::Feed) {
            self.fail(format!(
                "{} is an HTML page that announces no feed",
                question.link.without_user_info()
            ));
        }
        let is_one_article = answer.kind == Kind::Page && question.expected.is_none();
        let found = Found {
            address: Some(question.link.clone()),
            kind: answer.kind,
            listing: answer.listing,
            depth: question.depth,
        };
        let leads = self.take(found, choice);
        if is_one_article { Vec::new() } else { leads }
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
        let wanted = settle(lists, due)?;
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
            error,
        })
    }
}

/// The entries of each document, with its address and kind.
type Lists = Vec<(Option<Link>, Kind, Vec<Entry>)>;

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
mod tests {
    use crate::listing::Lead;

    use super::*;

    fn link(path: &str) -> Link {
        Link::parse(&format!("https://h.test/{path}")).unwrap()
    }

    fn listing(entries: usize, leads: &[&str], depth: usize) -> Found {
        let lead = |path: &&str| Lead {
            url: link(path),
            modified: None,
        };
        Found {
            address: None,
            kind: Kind::Sitemap,
            listing: Listing {
                entries: vec![Entry::default(); entries],
                leads: leads.iter().map(lead).collect(),
                flaw: None,
            },
            depth,
        }
    }

    #[test]
    fn one_source_asks_for_so_many_documents() {
        let question = Question {
            link: link("a"),
            expected: None,
            depth: 1,
        };
        let mut gathered = Gathered::default();
        let mut wave = vec![question.clone(); DOCUMENTS_MAX];
        gathered.limit(&mut wave);
        assert_eq!((wave.len(), &gathered.error), (DOCUMENTS_MAX, &None));
        let mut wave = vec![question];
        gathered.limit(&mut wave);
        assert!(wave.is_empty() && gathered.error.unwrap().contains("more than 5000 documents"));
    }

    #[test]
    fn one_source_names_so_many_articles() {
        let mut gathered = Gathered {
            listed: ARTICLES_MAX - 2,
            ..Gathered::default()
        };
        gathered.take(listing(2, &[], 1), &Choice::default());
        assert_eq!(gathered.error, None);
        gathered.take(listing(1, &[], 1), &Choice::default());
        assert_eq!(gathered.listed, ARTICLES_MAX);
        assert!(
            gathered
                .error
                .unwrap()
                .contains("more than 500000 articles")
        );
    }

    #[test]
    fn documents_lead_to_one_another_so_often() {
        let mut gathered = Gathered::default();
        let choice = Choice::default();
        let mut lead = |depth| gathered.take(listing(0, &["b"], depth), &choice);
        let next = lead(DEPTH_MAX - 1);
        assert_eq!((next.len(), next[0].depth), (1, DEPTH_MAX));
        assert!(lead(DEPTH_MAX).is_empty());
        assert!(gathered.error.unwrap().contains("more than 3 times"));
    }
}
