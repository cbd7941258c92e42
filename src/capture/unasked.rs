//! What comes of an article whose page is as it was? Where what it shows is so, too, what is here says it all, and nothing is read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::archive::ArticleFolder;
use crate::event::Listener;
use crate::link::Link;
use crate::snapshot::{Mention, Outcome, Snapshot};

use super::earlier::Earlier;
use super::lines::{Asked, fetch_all};
use super::load::Unchanged;
use super::news::News;
use super::record::{self, Target};
use super::resources::{Home, Settled, class};
use super::run::Run;
use super::{CaptureError, Captured, Seen, Wishes};

/// Asks for what does not count as new of all that the last capture names. Returns the article as it was captured, where it still is;
/// or else gives the last capture back: the article is to be looked at as a whole.
pub(super) async fn stays(
    run: &Arc<Run>,
    unchanged: &Unchanged,
    last: Earlier,
    wishes: &Wishes,
    report: &Listener,
) -> Result<Result<Captured, Earlier>, CaptureError> {
    if run.world.options.refresh || !last.is_whole() || !run.reads_like(&last) {
        return Ok(Err(last));
    }
    // Where another input of the article was captured meanwhile, what it brought is a capture later than this, and stays it.
    let folder = ArticleFolder::containing(&last.file().path)
        .expect("a snapshot stands in the folder of its article");
    let seat = run.articles.seat_of(folder, &last.snapshot().source.key);
    let turn = seat.turn().await;
    let allowance = run.allowance(wishes);
    let home = Home {
        allowance: &allowance,
        site: Some(&unchanged.link),
        page: Some(&unchanged.address),
        spares: true,
        wishes,
    };
    let targets = targets(last.snapshot()).collect();
    let settled = fetch_all(run, targets, home, Some(&last), report).await?;
    let settled: HashMap<Target, Settled> = settled.into_iter().collect();
    let Some(seen) = same(last.snapshot(), &settled) else {
        return Ok(Err(last));
    };
    Ok(Ok(Captured {
        seen,
        news: News::Nothing(last.into_file()),
        turn,
    }))
}

/// Returns what was seen, where what was settled is what the snapshot says.
fn same(snapshot: &Snapshot, settled: &HashMap<Target, Settled>) -> Option<Seen> {
    let outcomes = snapshot.mentions().map(|(_, mention)| {
        let settled = target(mention).and_then(|target| settled.get(&target));
        let outcome = settled.map_or(&mention.outcome, |settled| &settled.outcome);
        (mention, outcome)
    });
    let digest = |outcome: &Outcome| outcome.resource().map(|it| it.digest);
    let is_same = outcomes
        .clone()
        .all(|(before, now)| digest(&before.outcome) == digest(now));
    is_same.then(|| record::tally(outcomes))
}

/// Returns what a snapshot asks for, each once, in its order.
pub(super) fn targets(snapshot: &Snapshot) -> impl Iterator<Item = Asked> {
    let mentions = || snapshot.mentions().map(|(_, mention)| mention);
    let mut may_track: HashMap<Link, bool> = HashMap::new();
    for mention in mentions() {
        if let Some((link, _)) = target(mention) {
            *may_track.entry(link).or_insert(true) &= mention.kind.is_picture();
        }
    }
    let mut seen = HashSet::new();
    let once = mentions()
        .filter_map(target)
        .filter(move |target| seen.insert(target.clone()));
    once.map(move |target| Asked {
        may_track: may_track[&target.0],
        target,
    })
}

fn target(mention: &Mention) -> Option<Target> {
    let link = mention.target.as_ref()?.without_fragment();
    Some((link, class(mention.role)))
}
