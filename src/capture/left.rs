//! What did a run fetch that was killed, and need not be fetched again? Only where this run would have asked for the very same.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tracing::{debug, info};

use crate::archive::{ArchiveError, Left, Note};
use crate::exchange::Exchange;
use crate::fetch::{Fingerprint, Request, Salt};
use crate::link::Link;
use crate::snapshot::Named;

use super::CaptureError;
use super::fetched::{self, Fetched};
use super::noted::{Begin, Brief, How, What};
use super::run::{Run, blocking};

/// How old may be what is taken over: who goes on later than that wants to know what is there now.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Notes of one run that are taken over at most: a bound of memory, and more than ten thousand articles make.
const NOTES_MAX: usize = 1 << 17;

/// What killed runs left, by what they asked for.
#[derive(Debug, Default)]
pub(super) struct Remains(Vec<Remain>);

/// What one of them left.
#[derive(Debug)]
struct Remain {
    left: Left,
    salt: Salt,
    notes: HashMap<Fingerprint, Note>,
    /// Bodies that wait in its folder.
    bodies: usize,
}

/// What a run that was killed got for a request.
struct Taken {
    fetched: Fetched,
    exchanges: Vec<Exchange>,
    asked: Timestamp,
}

impl Remains {
    /// Reads what is `left`, and keeps of it what is of use at `now`. Touches the disk. Where something is wrong with it, it is
    /// fetched anew.
    pub(super) fn read(left: Vec<Left>, now: Timestamp) -> Self {
        let mut remains = Vec::new();
        for left in left {
            match Remain::read(&left, now) {
                Ok(Some((salt, notes, bodies))) => remains.push(Remain {
                    left,
                    salt,
                    notes,
                    bodies,
                }),
                Ok(None) => clear(&left),
                Err(error) => debug!(%error, "can't read what a killed run left"),
            }
        }
        Self(remains)
    }

    /// Clears away what is left: all is to be fetched anew.
    pub(super) fn none(left: &[Left]) -> Self {
        left.iter().for_each(clear);
        Self::default()
    }

    /// Returns how many bodies wait in all.
    pub(super) fn bodies(&self) -> usize {
        self.0.iter().map(|remain| remain.bodies).sum()
    }

    /// Clears away what is left, once all that is needed of it is in the archive.
    pub(super) fn clear(&self) {
        self.0.iter().for_each(|remain| clear(&remain.left));
    }
}

/// Whoever writes next tries again.
fn clear(left: &Left) {
    if let Err(error) = left.clear() {
        debug!(%error, "can't clear away what a killed run left");
    }
}

type Useful = (Salt, HashMap<Fingerprint, Note>, usize);

impl Remain {
    /// Reads the notes in which something is of use; `None` where there are none.
    fn read(left: &Left, now: Timestamp) -> Result<Option<Useful>, ArchiveError> {
        let mut whole = left.notes()?.map_while(Result::ok);
        let begin = whole.next().and_then(|(_, json)| Begin::parse(&json));
        let Some(salt) = begin else {
            return Ok(None);
        };
        let (notes, numbers) = useful(whole, now);
        let bodies = left.keep_only(&numbers)?;
        Ok((!notes.is_empty()).then_some((salt, notes, bodies)))
    }

    /// Takes over what was noted; `None` where that is not what it was.
    fn take(&self, run: &Run, link: &Link, note: Note) -> Option<Taken> {
        let json = self.left.recall(note).ok()?;
        let brief: Brief = serde_json::from_slice(&json).ok()?;
        let What { mut fetched } = serde_json::from_slice(&json).ok()?;
        let How { exchanges } = serde_json::from_slice(&json).ok()?;
        let resource = fetched.current.as_ref().ok()?.resource.clone();
        let last = exchanges.last()?;
        if fetched::is_placeholder(run, link, &resource, &last.url, etag(last)) {
            return None;
        }
        let named = Named {
            digest: resource.digest,
            size: resource.size,
            extension: resource.media.extension(),
        };
        let taken = run.world.writer.claim(&self.left, brief.file, &named);
        let stored = taken.ok().flatten()?;
        info!(url = %link.without_user_info(), digest = %stored.digest, "takes over what a killed run fetched");
        fetched.count_stored(stored);
        Some(Taken {
            fetched,
            exchanges,
            asked: brief.asked,
        })
    }
}

/// Returns where what is of use at `now` was noted, by what was asked for, and the numbers of the bodies that belong to it.
fn useful(
    whole: impl Iterator<Item = (Note, Vec<u8>)>,
    now: Timestamp,
) -> (HashMap<Fingerprint, Note>, HashSet<u64>) {
    let (mut notes, mut numbers) = (HashMap::new(), HashSet::new());
    for (note, json) in whole.take(NOTES_MAX) {
        let Ok(brief) = serde_json::from_slice::<Brief>(&json) else {
            continue;
        };
        if let Some(request) = brief.request.filter(|_| is_young(brief.asked, now)) {
            notes.insert(request, note);
            numbers.extend(brief.file);
        }
    }
    (notes, numbers)
}

/// Returns what a killed run got for `request`, if one did and it is still here.
pub(super) async fn take_over(
    run: &Arc<Run>,
    request: &Request,
) -> Result<Option<Fetched>, CaptureError> {
    for (number, remain) in run.remains.0.iter().enumerate() {
        let same = run.world.client.fingerprint(request, remain.salt);
        let Some(note) = remain.notes.get(&same).copied() else {
            continue;
        };
        let (here, link) = (Arc::clone(run), request.link.clone());
        let taken = blocking(move || here.remains.0[number].take(&here, &link, note)).await;
        if let Some(taken) = taken {
            let Taken {
                fetched,
                exchanges,
                asked,
            } = taken;
            let fetched = fetched::noted(run, request, asked, fetched, &exchanges).await?;
            return Ok(Some(fetched));
        }
    }
    Ok(None)
}

/// Returns whether what was `asked` for then may stand for what is there now. What was asked for in the future was not.
fn is_young(asked: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(asked);
    !age.is_negative() && age <= AGE_MAX
}

fn etag(exchange: &Exchange) -> Option<&str> {
    let headers = &exchange.response.as_ref()?.headers;
    let etag = headers.iter().find(|(name, _)| name == "etag");
    etag.map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn what_is_older_than_a_day_or_not_there_yet_is_fetched_anew() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        for (age, expected) in [
            (-1, false),
            (0, true),
            (60, true),
            (86_400, true),
            (86_401, false),
        ] {
            let asked = now - SignedDuration::from_secs(age);
            assert_eq!(is_young(asked, now), expected, "{age} s");
        }
    }

    #[test]
    fn so_many_notes_are_read_and_not_one_more() {
        let now = Timestamp::UNIX_EPOCH;
        let asks = |file: usize| {
            let request = Digest::of(&file.to_be_bytes());
            format!("{{\"asked\":\"{now}\",\"request\":\"{request}\",\"file\":{file}}}")
        };
        // What is not of use counts as well, and takes no time here.
        let note = |at: usize| match at {
            131_071 | 131_072 => asks(at).into_bytes(),
            _ => Vec::new(),
        };
        let all = (0..131_073).map(|at| (Note::default(), note(at)));
        let (notes, numbers) = useful(all, now);
        assert_eq!((notes.len(), numbers), (1, HashSet::from([131_071])));
    }
}
