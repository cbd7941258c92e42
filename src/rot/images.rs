//! What became of the images of an article, from one snapshot to the next, and since the last?

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::archive::SnapshotFile;
use crate::change::Vanished;
use crate::digest::Digest;
use crate::link::Link;
use crate::snapshot::Outcome;

use super::{Article, Became, Kind, Rot};

/// An address in the snapshot before: the bytes that it had, and since when it could not be had.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    digest: Option<Digest>,
    since: Option<Timestamp>,
}

/// Returns each change from one snapshot to the next, and what of the newest can't be had.
pub(super) fn of(
    history: &[SnapshotFile],
    vanished: &Vanished,
    article: &Article,
) -> Vec<(Link, Rot)> {
    let mut before: HashMap<Link, Before> = HashMap::new();
    let mut found = Vec::new();
    let mut told = HashSet::new();
    for (number, file) in history.iter().enumerate() {
        let is_newest = number + 1 == history.len();
        let mut now = HashMap::new();
        for (_, mention) in file.snapshot.mentions() {
            let Some(link) = mention.target.as_ref().map(Link::without_fragment) else {
                continue;
            };
            if now.contains_key(&link) {
                continue;
            }
            let digest = mention.outcome.resource().map(|it| it.digest);
            let failure = mention.outcome.failure().filter(|it| !it.is_tracker());
            let last = before.get(&link).copied().unwrap_or_default();
            let since = failure.map(|failure| last.since.unwrap_or(failure.tried));
            if let Some(since) = since.filter(|_| is_newest) {
                let became = match mention.outcome {
                    Outcome::Missing(_) => Became::Missing,
                    Outcome::Kept(_) | Outcome::Carried { .. } => Became::Lost,
                };
                let (link, mut rot) = article.rot(Kind::Image, &link, became, since);
                rot.why = failure.map(|it| it.why.code().to_owned());
                rot.status = failure.and_then(|it| it.status);
                told.insert(link.clone());
                found.push((link, rot));
            } else if is_other(last.digest, digest) {
                let when = file.snapshot.time;
                found.push(article.rot(Kind::Image, &link, Became::Changed, when));
            }
            now.insert(link, Before { digest, since });
        }
        before = now;
    }
    found.extend(remembered(&before, vanished, &told, article));
    found
}

fn is_other(before: Option<Digest>, now: Option<Digest>) -> bool {
    before.zip(now).is_some_and(|(before, now)| before != now)
}

/// Returns what of the newest snapshot vanished since it was made, and was not told of.
fn remembered(
    newest: &HashMap<Link, Before>,
    vanished: &Vanished,
    told: &HashSet<Link>,
    article: &Article,
) -> Vec<(Link, Rot)> {
    vanished
        .of(&article.id)
        .filter_map(|(url, seen)| {
            let link = Link::parse(url).ok()?.without_fragment();
            let is_new = newest.contains_key(&link) && !told.contains(&link);
            let (link, rot) = article.rot(Kind::Image, &link, Became::Lost, seen.since);
            let rot = Rot {
                why: Some(seen.why.clone()),
                status: seen.status,
                ..rot
            };
            is_new.then_some((link, rot))
        })
        .collect()
}
