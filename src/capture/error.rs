//! What can go wrong with a capture: with one input, or with all of them?

use std::io;

use crate::archive::{self, ArchiveError};
use crate::fetch::Failure;
use crate::inputs::InputError;
use crate::media::MediaType;
use crate::nature::Nature;
use crate::render::localise::record::RecordError;

/// What helps a machine that has too little of anything.
const LOWER: &str = "lower --jobs, or run again when other programs need less";

/// Why a run could not go on. Everything that was reported as stored is stored.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The archive could not be read or written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A body could not be written while it came in.
    #[error("can't write what is being fetched")]
    Store(#[source] io::Error),
    /// This machine has run out of open files, or of memory for connections.
    #[error("this machine can't make any more connections")]
    Machine(#[source] io::Error),
}

impl From<io::Error> for CaptureError {
    /// An error of the archive that came through the network's hands is again what it was: it names its file.
    fn from(error: io::Error) -> Self {
        error
            .downcast::<ArchiveError>()
            .map_or_else(Self::Store, Self::Archive)
    }
}

impl CaptureError {
    /// Returns what a person could do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Archive(error) => error.hint(),
            Self::Store(error) => archive::hint_of(error),
            Self::Machine(error) => Some(archive::hint_of(error).unwrap_or(LOWER)),
        }
    }
}

/// Why one input could not be archived. The others go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputTrouble {
    #[error(transparent)]
    Read(InputError),
    #[error("can't fetch it: {0}")]
    Fetch(Failure),
    #[error("can't fetch it: the server says that it has not changed, but was not asked that")]
    NotModified,
    #[error("what was exported into it can't be told")]
    Record(#[from] RecordError),
    #[error("its feed does not carry it")]
    NoEntry,
    #[error("its page {0}")]
    Lost(String),
    #[error("it was taken out of the archive")]
    Removed,
    #[error("there is nothing in it")]
    Empty,
    #[error("its bytes are {0}, which is no text")]
    NotText(MediaType),
    #[error("it is {0}, not an HTML page or a Markdown post")]
    NotAPage(MediaType),
    #[error("it is {}, which is no article by itself", .0.describe())]
    NotAnArticle(Nature),
}

/// Why a capture ended without a snapshot.
pub(super) enum Stop {
    /// This input can't be archived.
    Input(InputTrouble),
    /// Nothing can be archived any more.
    Job(CaptureError),
}

impl From<InputTrouble> for Stop {
    fn from(trouble: InputTrouble) -> Self {
        Self::Input(trouble)
    }
}

impl<E: Into<CaptureError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Job(error.into())
    }
}
