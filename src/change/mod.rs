//! Did an article change, as its reader would say? What changes at each visit or by time alone does not count. Pure.

pub mod lines;
mod loss;
mod noise;
mod phrases;
mod vanished;

use crate::document::dom::{Dom, Readable};
use crate::document::{Document, Kind, metadata};
use crate::link::Link;
use crate::snapshot::{Mention, Outcome, Snapshot};

pub use loss::{Loss, Seen, Standing, excerpted, lost, refused};
pub use vanished::{Vanished, Vanishing};

/// What a reader gets of an article's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content(Readable);

/// In what two captures of an article may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// What it says of itself: title, author, when it was published.
    Facts,
    /// The text that is read.
    Text,
    /// Where its links, frames and players lead.
    Links,
    /// The images, stylesheets and other resources, or what they are.
    References,
}

impl Content {
    /// Reads a document. Of a post, and of a page that no tree can be made of, every line counts as it is written.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let text = metadata::text(document);
        let dom = (document.kind == Kind::Page)
            .then(|| Dom::parse(&text))
            .flatten();
        Self(dom.map_or_else(
            || Readable {
                lines: text.lines().map(str::to_owned).collect(),
                ..Readable::default()
            },
            |dom| dom.readable(),
        ))
    }

    /// Returns the text that is read, line by line.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.0.lines
    }

    /// Returns whether this is read as `other` is, but for what changes at each visit.
    #[must_use]
    pub fn reads_as(&self, other: &Self) -> bool {
        self.settled().eq(other.settled())
    }

    fn settled(&self) -> impl Iterator<Item = String> {
        self.0.lines.iter().map(|line| noise::settled(line))
    }
}

/// Compares two captures of an article, each given as its snapshot and the content of its first document. Returns in what they
/// differ.
#[must_use]
pub fn differences(before: (&Snapshot, &Content), now: (&Snapshot, &Content)) -> Vec<Aspect> {
    let ((old, old_content), (new, new_content)) = (before, now);
    let aspects = [
        (Aspect::Facts, old.article == new.article),
        (Aspect::Text, old_content.reads_as(new_content)),
        (
            Aspect::Links,
            old_content.0.leads_to == new_content.0.leads_to,
        ),
        (Aspect::References, same_references(old, new)),
    ];
    let differing = aspects.into_iter().filter(|(_, same)| !same);
    differing.map(|(aspect, _)| aspect).collect()
}

fn same_references(before: &Snapshot, now: &Snapshot) -> bool {
    let counted = |snapshot: &Snapshot| -> Vec<Mention> {
        let mentions = snapshot.mentions().map(|(_, mention)| mention);
        mentions.filter(|it| !is_tracker(it)).cloned().collect()
    };
    let (before, now) = (counted(before), counted(now));
    before.len() == now.len() && before.iter().zip(&now).all(|(old, new)| is_same(old, new))
}

fn is_tracker(mention: &Mention) -> bool {
    matches!(&mention.outcome, Outcome::Missing(missing) if missing.is_tracker())
}

/// Returns whether a reference still brings what it brought. That its address has another query proves nothing; the bytes do.
/// What is here and can't be had at its new address is no change: the capture that has it stays.
fn is_same(before: &Mention, now: &Mention) -> bool {
    let same_place = || place(before) == place(now);
    before.kind == now.kind
        && match (before.outcome.resource(), now.outcome.resource()) {
            (Some(old), Some(new)) => old.digest == new.digest,
            (Some(_) | None, None) => same_place(),
            (None, Some(_)) => false,
        }
}

/// Returns the part of an address that says what it names, or the text as written where it names nothing.
fn place(mention: &Mention) -> String {
    let address = mention.target.as_ref().map(Link::as_str);
    let address = address.unwrap_or(&mention.written);
    address
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests;
