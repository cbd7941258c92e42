//! How does a pass go on where the last one ended? Part by part, the one first that was checked longest ago.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::archive::{ArchiveError, ArticleFolder};
use crate::digest::Digest;
use crate::finding::RoundSeen;

use super::round::{Memory, UNITS, unit_of};
use super::{Pass, articles, blobs, each, locked, moments};

/// Bytes of blobs that are checked before it is written down what was: what a power cut costs at most.
const BYTES_BETWEEN: u64 = 1 << 30;

/// Checks what was not checked in this round, until it is over or somebody wants an end. What was checked is written down.
pub(super) fn check(
    pass: &Pass<'_>,
    articles: &[ArticleFolder],
    now: Timestamp,
) -> Result<RoundSeen, ArchiveError> {
    let root = pass.archive.root();
    let place = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    let place = Digest::of(place.as_os_str().as_encoded_bytes());
    let memory = Memory::read(pass.archive.verified().as_deref(), place, now);
    // At once, so that whoever may not write there hears of it before a long time has passed.
    pass.archive.remember_verified(&memory.to_bytes())?;

    // What snapshots name must be known whole, however little time there is.
    let stopped = || pass.options.is_stopped();
    each(articles.iter(), pass.threads, stopped, |article| {
        articles::index(pass, article);
    });
    pass.report_missing_snapshots(articles);

    let mut sorted: Vec<(u16, &ArticleFolder)> = articles
        .iter()
        .map(|article| (unit_of(article.id()), article))
        .collect();
    sorted.sort_by_key(|(unit, _)| *unit);
    let to_do = memory.to_do();
    let state = Mutex::new(State { memory, bytes: 0 });
    // One part is always begun, or runs that are short would never get further.
    let is_begun = AtomicBool::new(false);
    let over = || stopped() || is_begun.swap(true, Ordering::Relaxed) && pass.options.is_over();
    each(to_do.iter().copied(), pass.threads, over, |unit| {
        let begin = sorted.partition_point(|(of, _)| *of < unit);
        let end = sorted.partition_point(|(of, _)| *of <= unit);
        moments::check(
            pass,
            sorted[begin..end].iter().map(|(_, article)| *article),
            1,
        );
        let (first, third) = ((unit >> 4).to_be_bytes()[1], (unit & 0xf).to_be_bytes()[1]);
        blobs::check_rack(pass, first, &(third << 4..=third << 4 | 0xf));
        if !pass.options.is_stopped() {
            locked(&state).note(pass, unit, now);
        }
    });
    let state = state.into_inner();
    let memory = state
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .memory;
    pass.archive.remember_verified(&memory.to_bytes())?;
    count_not_reached(pass, &memory, &sorted);
    Ok(RoundSeen {
        begun: memory.begun(),
        checked: memory.done(),
        of: UNITS,
    })
}

/// Counts what is left of the round for the next run.
fn count_not_reached(pass: &Pass<'_>, memory: &Memory, articles: &[(u16, &ArticleFolder)]) {
    let mut not_reached = 0;
    for unit in memory.to_do() {
        let begin = articles.partition_point(|(of, _)| *of < unit);
        let end = articles.partition_point(|(of, _)| *of <= unit);
        let (first, third) = ((unit >> 4).to_be_bytes()[1], (unit & 0xf).to_be_bytes()[1]);
        let names = pass.names.of(first, &(third << 4..=third << 4 | 0xf));
        let blobs = names
            .chunk_by(|one, other| one.digest == other.digest)
            .count();
        not_reached += (end - begin + blobs) as u64;
    }
    pass.count(|counts| counts.not_checked += not_reached);
}

/// What was checked, and how much since that was written down.
struct State {
    memory: Memory,
    bytes: u64,
}

impl State {
    fn note(&mut self, pass: &Pass<'_>, unit: u16, now: Timestamp) {
        self.memory.note(unit, now);
        let bytes = locked(&pass.counts).bytes;
        if bytes.saturating_sub(self.bytes) >= BYTES_BETWEEN {
            self.bytes = bytes;
            // Where it can't be written now, it is tried again, and told of at the end.
            drop(pass.archive.remember_verified(&self.memory.to_bytes()));
        }
    }
}
