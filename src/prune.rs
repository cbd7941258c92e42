//! What does the archive need no more, and may it go? Marks what every snapshot names, and sweeps the rest.
//!
//! Nothing goes unless all that is needed is known: a snapshot that can't be read, or that the log names and that is not there, may
//! name any blob, so then nothing goes at all. A kill at any moment leaves the archive sound, since only what nothing needs is
//! deleted, and the next run goes on.

mod commits;
mod marks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::archive::{Archive, ArchiveError, ArchivePath, Area, Keeper, Place};
use crate::catalogue;

use marks::Marks;

/// How long a blob that no snapshot names is kept unless the user says otherwise: whoever copies an archive file by file copies
/// blobs before the snapshots that name them, and no lock tells of that.
pub const GRACE: Duration = Duration::from_secs(24 * 60 * 60);

/// Snapshots that a refusal names one by one; `verify` lists all of them.
const NAMED_MAX: usize = 10;

/// What a run may do.
#[derive(Debug, Clone)]
pub struct Options {
    /// How old a blob must be that no snapshot names. Those of an article that was taken out need not be.
    pub grace: Duration,
    /// What time it is.
    pub now: Timestamp,
    /// Set by whoever wants the run to end early.
    pub stop: Arc<AtomicBool>,
}

/// Why nothing goes.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// The archive could not be read or written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What is needed is not known as a whole.
    #[error("it is not known which blobs are needed, so none is deleted: {}", list(.0))]
    Unknown(Vec<String>),
}

impl PruneError {
    /// Returns what a person could do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Archive(error) => error.hint(),
            Self::Unknown(_) => Some(
                "`offprint verify` lists everything that is damaged: bring it back from a copy, or take its article out with `offprint remove`",
            ),
        }
    }
}

fn list(flaws: &[String]) -> String {
    let named = flaws[..flaws.len().min(NAMED_MAX)].join("; ");
    match flaws.len().saturating_sub(NAMED_MAX) {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}

/// What is needed no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Bytes that no snapshot names.
    Blob,
    /// A snapshot of an article that was taken out.
    Snapshot,
    /// A stylesheet or picture that no view shows.
    Derived,
}

/// A file that is needed no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unneeded {
    /// What it is.
    pub kind: Kind,
    /// Where it is, relative to the archive.
    pub path: String,
    /// Its length.
    pub bytes: u64,
}

/// How many files of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Number {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Number {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// What a run came to. Serialised as the `summary` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Blobs that no snapshot names.
    pub blobs: Number,
    /// Snapshots of articles that were taken out.
    pub snapshots: Number,
    /// Stylesheets and pictures that no view shows.
    pub derived: Number,
    /// Blobs that no snapshot names, and that are too young to go.
    pub young: Number,
    /// Whether they are deleted, or only would be.
    pub deleted: bool,
    /// Whether it ended early because somebody asked for it.
    pub interrupted: bool,
}

impl Summary {
    fn of(&mut self, kind: Kind) -> &mut Number {
        match kind {
            Kind::Blob => &mut self.blobs,
            Kind::Snapshot => &mut self.snapshots,
            Kind::Derived => &mut self.derived,
        }
    }

    /// Returns all that goes.
    #[must_use]
    pub fn all(&self) -> Number {
        let all = [self.blobs, self.snapshots, self.derived];
        Number {
            files: all.iter().map(|it| it.files).sum(),
            bytes: all.iter().map(|it| it.bytes).sum(),
        }
    }
}

/// Tells `tell` of everything that is needed no more, and deletes it where there is a `keeper` to do that.
///
/// # Errors
/// When it is not known what is needed, or the disk refuses. What was told of is deleted then, and the archive is sound.
pub fn prune(
    archive: &Archive,
    keeper: Option<&Keeper>,
    options: &Options,
    tell: impl FnMut(&Unneeded),
) -> Result<Summary, PruneError> {
    let Some(marks) = marks::read(archive, options)? else {
        return Ok(Summary {
            interrupted: true,
            ..Summary::default()
        });
    };
    if let Some(keeper) = keeper {
        // The front pages are compared with the snapshots that they list: first they forget those that go.
        catalogue::update(archive, keeper.writer())?;
        keeper.forget()?;
    }
    let mut sweep = Sweep {
        archive,
        keeper,
        options,
        tell,
        summary: Summary {
            deleted: keeper.is_some(),
            ..Summary::default()
        },
    };
    sweep.blobs(&marks)?;
    sweep.derived(&marks)?;
    // Last, since they say whose the blobs are: a run that is killed before that goes on where it was.
    sweep.snapshots(&marks)?;
    sweep.summary.interrupted = options.is_stopped();
    Ok(sweep.summary)
}

impl Options {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Returns whether a file is old enough to go. One of the future is not: a clock was wrong.
    fn is_old(&self, modified: Option<Timestamp>) -> bool {
        let age = modified.map(|modified| self.now.duration_since(modified));
        age.and_then(|age| Duration::try_from(age).ok())
            .is_some_and(|age| age >= self.grace)
    }
}

/// A walk through the archive.
struct Sweep<'a, T> {
    archive: &'a Archive,
    keeper: Option<&'a Keeper>,
    options: &'a Options,
    tell: T,
    summary: Summary,
}

impl<T: FnMut(&Unneeded)> Sweep<'_, T> {
    fn blobs(&mut self, marks: &Marks) -> Result<(), ArchiveError> {
        for sighting in self.archive.survey(Area::Blobs) {
            let sighting = sighting?;
            if self.options.is_stopped() {
                break;
            }
            let Ok(Place::Blob(digest)) = sighting.place else {
                continue;
            };
            let Some(path) = ArchivePath::parse(&sighting.path) else {
                continue;
            };
            if marks.needed.contains(&digest) {
                continue;
            }
            if marks.removed.contains(&digest) || self.options.is_old(self.archive.modified(&path)?)
            {
                self.go(Kind::Blob, &path, sighting.bytes)?;
            } else {
                self.summary.young.add(sighting.bytes);
            }
        }
        Ok(())
    }

    fn derived(&mut self, marks: &Marks) -> Result<(), ArchiveError> {
        let Some(shown) = &marks.shown else {
            return Ok(());
        };
        for sighting in self.archive.survey(Area::Derived) {
            let sighting = sighting?;
            if self.options.is_stopped() {
                break;
            }
            let path = ArchivePath::parse(&sighting.path);
            if let (Ok(Place::Derived(digest)), Some(path)) = (sighting.place, path)
                && !shown.contains(&digest)
            {
                self.go(Kind::Derived, &path, sighting.bytes)?;
            }
        }
        Ok(())
    }

    fn snapshots(&mut self, marks: &Marks) -> Result<(), ArchiveError> {
        for out in &marks.out {
            for (path, bytes) in &out.snapshots {
                if self.options.is_stopped() {
                    return Ok(());
                }
                self.go(Kind::Snapshot, path, *bytes)?;
            }
            if let Some(keeper) = self.keeper {
                keeper.tidy(&out.folder)?;
            }
        }
        Ok(())
    }

    fn go(&mut self, kind: Kind, path: &ArchivePath, bytes: u64) -> Result<(), ArchiveError> {
        if let Some(keeper) = self.keeper {
            keeper.delete(path)?;
        }
        self.summary.of(kind).add(bytes);
        (self.tell)(&Unneeded {
            kind,
            path: path.to_string(),
            bytes,
        });
        Ok(())
    }
}
