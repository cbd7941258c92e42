//! How does what is to come, come? Several threads read snapshots and blobs of the original, in the order of its log.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::archive::log::{Break, Fault};
use crate::archive::{Archive, ArchiveError, Arrival, Drawers, Keeper, Received, layout};
use crate::causes::with_causes;
use crate::event::{Event, Listener};
use crate::finding::{Code, Finding};
use crate::threads;

use super::plan::{Piece, Plan};
use super::{Done, Options, locked};

/// Snapshots of one batch at most: a batch shares its syncs.
const SNAPSHOTS_MAX: usize = 512;

/// Bytes of one batch, but for the snapshot that goes beyond them: what an interruption may lose.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Lines of the log in one batch at most.
const LINES_MAX: usize = 10_000;

/// Where things come from, and who hears of it.
pub(super) struct Fetch<'a> {
    pub(super) from: &'a Archive,
    pub(super) keeper: &'a Keeper,
    pub(super) options: &'a Options,
    pub(super) tell: &'a Listener,
    pub(super) done: &'a Mutex<Done>,
}

/// Lines of the original's log, and the snapshots that came of them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) pieces: Vec<Piece>,
    /// By the places of their pieces, ascending.
    pub(super) arrivals: Vec<(usize, Arrival)>,
}

impl Fetch<'_> {
    /// Fetches all that the plan names, and gives `hand_on` each batch, until it does not take one.
    pub(super) fn all(
        &self,
        mut plan: Plan,
        hand_on: impl Fn(Batch) -> bool,
    ) -> Result<(), ArchiveError> {
        // Where nothing is new, nothing is looked for.
        let mut drawers = None;
        let mut waiting = VecDeque::new();
        loop {
            self.gather(&mut plan, &mut waiting);
            if waiting.is_empty() || self.options.is_stopped() {
                return Ok(());
            }
            if drawers.is_none() && waiting.iter().any(|piece| piece.is_wanted) {
                drawers = Some(self.from.drawers()?);
            }
            let batch = self.batch(&mut waiting, drawers.as_ref())?;
            if !batch.pieces.is_empty() && !hand_on(batch) {
                // Whoever takes them says why.
                return Ok(());
            }
        }
    }

    /// Takes lines from the log until there are enough for a batch.
    fn gather(&self, plan: &mut Plan, waiting: &mut VecDeque<Piece>) {
        let mut wanted = waiting.iter().filter(|piece| piece.is_wanted).count();
        while wanted < SNAPSHOTS_MAX && waiting.len() < LINES_MAX {
            match plan.next() {
                Some(Ok(piece)) => {
                    locked(self.done).summary.left_out += u64::from(piece.is_out);
                    wanted += usize::from(piece.is_wanted);
                    waiting.push_back(piece);
                }
                Some(Err(broken)) => self.tell_broken(&broken),
                None => return,
            }
        }
    }

    /// Fetches what the first of the lines that wait name: of all of them, or until it is enough.
    fn batch(
        &self,
        waiting: &mut VecDeque<Piece>,
        drawers: Option<&Drawers<'_>>,
    ) -> Result<Batch, ArchiveError> {
        let pieces = waiting.make_contiguous();
        let bytes = AtomicU64::new(0);
        let failure = Mutex::new(None);
        let arrivals = Mutex::new(Vec::new());
        let is_over = || {
            let is_enough = bytes.load(Ordering::Relaxed) >= BYTES_MAX;
            is_enough || self.options.is_stopped() || locked(&failure).is_some()
        };
        let mut places = 0..pieces.len();
        threads::each(places.by_ref(), threads::number(), is_over, |place| {
            let Some(drawers) = drawers.filter(|_| pieces[place].is_wanted) else {
                return;
            };
            match self.arrival(&pieces[place], drawers, &bytes) {
                Ok(Some(arrival)) => locked(&arrivals).push((place, arrival)),
                Ok(None) => {}
                Err(error) => *locked(&failure) = Some(error),
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let mut arrivals = arrivals
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        arrivals.sort_by_key(|(place, _)| *place);
        Ok(Batch {
            pieces: waiting.drain(..places.start).collect(),
            arrivals,
        })
    }

    /// Reads the snapshot that a line names, and takes its blobs in; `None` where the original does not have it.
    fn arrival(
        &self,
        piece: &Piece,
        drawers: &Drawers<'_>,
        bytes: &AtomicU64,
    ) -> Result<Option<Arrival>, ArchiveError> {
        let entry = &piece.line.entry;
        let index = entry.index;
        let named = || {
            format!(
                "the snapshot *-{}.json",
                entry.snapshot.short(layout::SNAPSHOT_DIGITS)
            )
        };
        let read = drawers.article(&entry.article).and_then(|folder| {
            let Some(folder) = folder else {
                return Ok(None);
            };
            let read = self.from.snapshot_bytes(&folder, &entry.snapshot)?;
            Ok(read.map(|(bytes, snapshot)| (folder, bytes, snapshot)))
        });
        let (theirs, json, snapshot) = match read {
            Ok(Some(read)) => read,
            Ok(None) => {
                let message = format!("entry {index} of the log names it, and it is not there");
                self.lacks(Code::SnapshotMissing, named(), piece, message);
                return Ok(None);
            }
            Err(error) => {
                let code = match &error {
                    ArchiveError::Snapshot { .. } => Code::SnapshotInvalid,
                    error => code(error, Code::SnapshotMissing, Code::SnapshotAltered),
                };
                self.lacks(code, named(), piece, with_causes(&error));
                return Ok(None);
            }
        };
        let to = self.keeper.writer().archive();
        let Some(folder) = to.own_folder(&theirs, &snapshot.source.key)? else {
            let message = format!("it is of another article than the folder {}", theirs.path());
            self.lacks(Code::SnapshotMisplaced, named(), piece, message);
            return Ok(None);
        };
        for blob in snapshot.blobs() {
            match self.keeper.receive(self.from, &blob)? {
                Received::Here => {}
                Received::New(length) => {
                    bytes.fetch_add(length, Ordering::Relaxed);
                    let mut done = locked(self.done);
                    done.summary.blobs += 1;
                    done.summary.bytes += length;
                    drop(done);
                    (self.tell)(Event::Checked { bytes: length });
                }
                Received::Lacking(error) => {
                    let code = code(&error, Code::BlobMissing, Code::BlobAltered);
                    let path = layout::blob(&blob.digest, blob.extension).to_string();
                    self.lacks(code, path, piece, with_causes(&error));
                }
            }
        }
        bytes.fetch_add(json.len() as u64, Ordering::Relaxed);
        Ok(Some(Arrival {
            folder,
            digest: entry.snapshot,
            bytes: json,
            snapshot,
        }))
    }

    /// Says what of a line could not be copied, and remembers that it lacks.
    fn lacks(&self, code: Code, path: String, piece: &Piece, message: String) {
        let entry = &piece.line.entry;
        let mut done = locked(self.done);
        let before = done.lacking.unwrap_or(u64::MAX);
        done.lacking = Some(before.min(entry.index));
        done.summary.findings.push(Finding {
            code,
            path,
            article: Some(entry.article.to_string()),
            message,
        });
    }

    /// Says where the original's log is not whole: nothing after that is copied.
    fn tell_broken(&self, broken: &Break) {
        let code = match &broken.fault {
            Fault::Unparsable | Fault::Torn => Code::LogBroken,
            Fault::Gap { .. } => Code::LogGap,
            Fault::Unchained => Code::LogChain,
            Fault::Unreadable(_) => Code::Unreadable,
        };
        let message = format!(
            "the log is not whole from line {} on; what comes after it is not copied",
            broken.number
        );
        locked(self.done).summary.findings.push(Finding {
            code,
            path: broken.path.to_string(),
            article: None,
            message,
        });
    }
}

fn code(error: &ArchiveError, absent: Code, altered: Code) -> Code {
    match error {
        error if error.is_absent() => absent,
        ArchiveError::Damaged { .. } | ArchiveError::TooLarge { .. } => altered,
        ArchiveError::Obstructed { .. } => Code::NotAFile,
        _ => Code::Unreadable,
    }
}
