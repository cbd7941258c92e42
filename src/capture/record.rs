//! What does the snapshot say? Puts together what was loaded, found and fetched, and says whether it is news.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::archive::Note;
use crate::digest::Digest;
use crate::event::{Images, MissingImage};
use crate::exchange::Why;
use crate::link::Link;
use crate::media::Class;
use crate::refs::{Kind, Reference};
use crate::snapshot::{self, Mention, Missing, Outcome, Snapshot};

use super::articles::Seat;
use super::load::Loaded;
use super::parts::Parts;
use super::resources::{Settled, class};
use super::run::Run;
use super::told::public;
use super::{CaptureError, Seen, Wishes};

/// What was found out about an input.
pub(super) struct Found {
    pub(super) given: String,
    pub(super) loaded: Loaded,
    pub(super) original: Digest,
    pub(super) keys: Vec<String>,
    pub(super) facts: snapshot::Facts,
    pub(super) references: Vec<Reference>,
    pub(super) wishes: Arc<Wishes>,
}

/// Writes down what the capture came to.
pub(super) async fn compose(
    run: &Arc<Run>,
    found: &Found,
    parts: Parts,
    seat: &Seat,
) -> Result<Snapshot, CaptureError> {
    let loaded = &found.loaded;
    let mut exchanges = loaded.exchanges.clone();
    exchanges.extend(run.recall_exchanges(parts.notes()).await?);
    let aliases = found.keys.iter().filter(|key| **key != seat.key);
    Ok(Snapshot {
        format: snapshot::FORMAT,
        tool: run.world.options.tool.clone(),
        time: loaded.begun,
        source: snapshot::Source {
            aliases: aliases.cloned().collect(),
            key: seat.key.clone(),
            given: public(&found.given),
            url: loaded.document.address.clone(),
            entry: loaded.entry.clone(),
            tags: found.wishes.tags.clone(),
        },
        article: found.facts.clone(),
        original: found.original,
        documents: parts.recorded(loaded.begun),
        exchanges,
    })
}

/// What is to be had: an address, and what its place needs. One address may stand in places of two kinds.
pub(super) type Target = (Link, Class);

/// Returns what a reference asks for, if it names something to fetch.
pub(super) fn target(reference: &Reference) -> Option<Target> {
    let link = reference.target.as_ref()?.without_fragment();
    Some((link, class(reference.role)))
}

/// Returns the addresses that stand nowhere but where a picture of its own does.
pub(super) fn pictures<'a>(references: impl Iterator<Item = &'a Reference>) -> HashSet<Link> {
    let (mut pictures, mut others) = (HashSet::new(), HashSet::new());
    for reference in references {
        let Some((link, _)) = target(reference) else {
            continue;
        };
        if reference.kind.is_picture() {
            pictures.insert(link);
        } else {
            others.insert(link);
        }
    }
    &pictures - &others
}

/// Returns what the snapshot says of every reference of a document that names something to fetch.
pub(super) fn mentions(
    references: Vec<Reference>,
    has_base: bool,
    settled: &HashMap<Target, Settled>,
    tried: Timestamp,
) -> Vec<Mention> {
    let missing = |why| {
        Outcome::Missing(Missing {
            why,
            status: None,
            tried,
        })
    };
    let kept = references
        .into_iter()
        .filter(|reference| !is_inline(&reference.written));
    let mentions = kept.map(|reference| {
        let outcome = match target(&reference) {
            Some(target) => settled
                .get(&target)
                .map_or_else(|| missing(Why::TooMany), |settled| settled.outcome.clone()),
            None if !has_base && !has_scheme(&reference.written) => missing(Why::NoAddress),
            None => missing(Why::NotFetchable),
        };
        Mention {
            start: reference.span.start,
            end: reference.span.end,
            written: reference.written,
            kind: reference.kind,
            role: reference.role,
            target: reference.target.map(|target| target.without_user_info()),
            promotion: reference.promotion,
            document: None,
            outcome,
        }
    });
    let mut mentions: Vec<Mention> = mentions.collect();
    snapshot::choose(&mut mentions);
    mentions
}

/// Returns whether the text holds the resource itself.
fn is_inline(written: &str) -> bool {
    written
        .trim_start()
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

fn has_scheme(written: &str) -> bool {
    written
        .trim_start()
        .split_once(':')
        .is_some_and(|(scheme, _)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        })
}

/// Returns where the requests of the resources were noted, each chain once, in the order of the targets.
pub(super) fn notes(settled: &HashMap<Target, Settled>, order: &[Target]) -> Vec<Note> {
    let mut seen = HashSet::new();
    let fetched = order
        .iter()
        .filter_map(|target| Some((&target.0, settled.get(target)?.fetched.as_ref()?)))
        .filter(|(link, _)| seen.insert(*link));
    fetched.filter_map(|(_, fetched)| fetched.note).collect()
}

/// Returns whether two snapshots say the same of the article: the same bytes, and the same resources in the same places.
pub(super) fn is_same_capture(now: &Snapshot, before: &Snapshot) -> bool {
    let places = |snapshot: &Snapshot| -> Vec<_> {
        snapshot
            .mentions()
            .map(|(_, mention)| {
                let digest = mention.outcome.resource().map(|resource| resource.digest);
                (
                    mention.start,
                    mention.end,
                    mention.target.clone(),
                    mention.promotion.clone(),
                    digest,
                )
            })
            .collect()
    };
    now.original == before.original && places(now) == places(before)
}

/// Counts resources, each address once, and names the missing ones: of each mention, what came of it.
pub(super) fn tally<'s>(
    mentions: impl Iterator<Item = (&'s Mention, &'s Outcome)> + Clone,
) -> Seen {
    let shown = mentions
        .clone()
        .filter(|(mention, _)| mention.kind.is_seen());
    let shown: HashSet<String> = shown.map(|(mention, _)| counted_as(mention)).collect();
    let (mut images, mut names) = (Images::default(), HashSet::new());
    let (mut missing, mut lost) = (Vec::new(), Vec::new());
    for (mention, outcome) in mentions {
        // Nothing is missing to a reader where a link leads to the original address instead of a copy.
        let is_missing = matches!(outcome, Outcome::Missing(_));
        if is_missing && mention.kind == Kind::MarkdownLinkImage {
            continue;
        }
        let name = counted_as(mention);
        if !names.insert(name.clone()) {
            continue;
        }
        images.count(outcome);
        let Some(why) = outcome.failure().filter(|why| !why.is_tracker()) else {
            continue;
        };
        let image = MissingImage::new(mention.name().to_owned(), why, shown.contains(&name));
        if is_missing {
            missing.push(image);
        } else {
            lost.push(image);
        }
    }
    Seen {
        images,
        missing,
        lost,
    }
}

/// Returns what a mention is counted as: two of one address are one resource, whatever part of it they name.
fn counted_as(mention: &Mention) -> String {
    let address = mention.target.as_ref().map(Link::without_fragment);
    address.map_or_else(|| mention.written.clone(), |address| address.to_string())
}
