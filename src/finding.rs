//! What is wrong with the archive, how bad is it, and what is to be done? Never an error: a result. Pure.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::digest::Digest;

/// One thing that `verify` saw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Which kind of thing it is; stable for ever.
    pub code: Code,
    /// The file, relative to the archive.
    pub path: String,
    /// The ID of the article that is affected; several are several findings.
    pub article: Option<String>,
    /// What was seen, in words.
    pub message: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is there and is not what it must be.
    Damage,
    /// Something that must be there is not, or could not be read.
    Incomplete,
    /// Worth knowing; the archive is sound.
    Notice,
}

/// Which kind of thing was seen. `docs/verify.md` explains them one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A blob's bytes do not match its name.
    BlobAltered,
    /// A blob that a snapshot names is not there.
    BlobMissing,
    /// A blob stands under a name or in a folder that is not its own.
    BlobMisplaced,
    /// A snapshot's bytes do not match its name.
    SnapshotAltered,
    /// A snapshot is named right, and is no snapshot or contradicts itself.
    SnapshotInvalid,
    /// A snapshot that the log names is not there.
    SnapshotMissing,
    /// A snapshot stands in the folder of another article.
    SnapshotMisplaced,
    /// The recorded references do not fit the original.
    ReferencesUnsound,
    /// A line of the log is no entry.
    LogBroken,
    /// A snapshot says of a blob that it is of a type that its bytes are not.
    MediaWrong,
    /// Entries of the log are missing or out of order.
    LogGap,
    /// An entry does not follow from the line before it.
    LogChain,
    /// The log is not the one that somebody signed.
    CheckpointBroken,
    /// A checkpoint is none, or not the one that its name says.
    CheckpointInvalid,
    /// The signature of a checkpoint is none, or not that of its text.
    SignatureInvalid,
    /// A signature is there without the checkpoint that was signed.
    CheckpointMissing,
    /// A checkpoint is there without its signature.
    SignatureMissing,
    /// None of those whose signatures count signed this log.
    Unsigned,
    /// A checkpoint is signed by a key whose signatures do not count.
    SignatureUnknown,
    /// A checkpoint is signed by a key of a kind that is not judged.
    SignatureUnjudged,
    /// A file of a view is not what it must be.
    ViewAltered,
    /// A view could reach out or run a script.
    ViewOpen,
    /// A file of a view is not there.
    ViewMissing,
    /// A view shows an older snapshot.
    ViewStale,
    /// A sealed SVG is not what it must be.
    DerivedAltered,
    /// A sealed SVG that a view shows is not there.
    DerivedMissing,
    /// Where a file belongs stands a link, a folder, a pipe or a device.
    NotAFile,
    /// A file or folder could not be read, so nothing is known of it.
    Unreadable,
    /// `offprint.json` says more, or otherwise, than this version writes it.
    MarkerAltered,
    /// `README.txt` is not there, or not the one that this version writes.
    ReadmeAltered,
    /// The front page is not there.
    FrontMissing,
    /// A resource that was recorded as missing at its capture.
    ResourceMissing,
    /// A view was made by another renderer than this program's.
    ViewOutdated,
    /// A snapshot without an entry in the log: uncommitted.
    SnapshotUncommitted,
    /// A snapshot of an article that was taken out, which waits to be pruned.
    SnapshotRemoved,
    /// A blob that no snapshot names.
    BlobOrphan,
    /// The last line of the log is incomplete: an interrupted write.
    LogTorn,
    /// What an interrupted run left behind.
    Leftover,
    /// A file that the format does not know.
    StrayFile,
}

impl Code {
    /// Every code, in the order of `docs/verify.md`.
    pub const ALL: &'static [Self] = &[
        Self::BlobAltered,
        Self::BlobMisplaced,
        Self::SnapshotAltered,
        Self::SnapshotInvalid,
        Self::SnapshotMisplaced,
        Self::ReferencesUnsound,
        Self::MediaWrong,
        Self::LogBroken,
        Self::LogGap,
        Self::LogChain,
        Self::CheckpointBroken,
        Self::CheckpointInvalid,
        Self::SignatureInvalid,
        Self::ViewAltered,
        Self::ViewOpen,
        Self::DerivedAltered,
        Self::NotAFile,
        Self::BlobMissing,
        Self::SnapshotMissing,
        Self::ViewMissing,
        Self::ViewStale,
        Self::DerivedMissing,
        Self::CheckpointMissing,
        Self::SignatureMissing,
        Self::Unsigned,
        Self::Unreadable,
        Self::SignatureUnknown,
        Self::SignatureUnjudged,
        Self::MarkerAltered,
        Self::ReadmeAltered,
        Self::FrontMissing,
        Self::ResourceMissing,
        Self::ViewOutdated,
        Self::SnapshotUncommitted,
        Self::SnapshotRemoved,
        Self::BlobOrphan,
        Self::LogTorn,
        Self::Leftover,
        Self::StrayFile,
    ];

    /// Returns the written code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlobAltered => "blob-altered",
            Self::BlobMissing => "blob-missing",
            Self::BlobMisplaced => "blob-misplaced",
            Self::SnapshotAltered => "snapshot-altered",
            Self::SnapshotInvalid => "snapshot-invalid",
            Self::SnapshotMissing => "snapshot-missing",
            Self::SnapshotMisplaced => "snapshot-misplaced",
            Self::ReferencesUnsound => "references-unsound",
            Self::MediaWrong => "media-wrong",
            Self::LogBroken => "log-broken",
            Self::LogGap => "log-gap",
            Self::LogChain => "log-chain",
            Self::CheckpointBroken => "checkpoint-broken",
            Self::CheckpointInvalid => "checkpoint-invalid",
            Self::SignatureInvalid => "signature-invalid",
            Self::CheckpointMissing => "checkpoint-missing",
            Self::SignatureMissing => "signature-missing",
            Self::Unsigned => "unsigned",
            Self::SignatureUnknown => "signature-unknown",
            Self::SignatureUnjudged => "signature-unjudged",
            Self::ViewAltered => "view-altered",
            Self::ViewOpen => "view-open",
            Self::ViewMissing => "view-missing",
            Self::ViewStale => "view-stale",
            Self::DerivedAltered => "derived-altered",
            Self::DerivedMissing => "derived-missing",
            Self::NotAFile => "not-a-file",
            Self::Unreadable => "unreadable",
            Self::MarkerAltered => "marker-altered",
            Self::ReadmeAltered => "readme-altered",
            Self::FrontMissing => "front-missing",
            Self::ResourceMissing => "resource-missing",
            Self::ViewOutdated => "view-outdated",
            Self::SnapshotUncommitted => "snapshot-uncommitted",
            Self::SnapshotRemoved => "snapshot-removed",
            Self::BlobOrphan => "blob-orphan",
            Self::LogTorn => "log-torn",
            Self::Leftover => "leftover",
            Self::StrayFile => "stray-file",
        }
    }

    /// Returns how bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::BlobAltered
            | Self::BlobMisplaced
            | Self::SnapshotAltered
            | Self::SnapshotInvalid
            | Self::SnapshotMisplaced
            | Self::ReferencesUnsound
            | Self::MediaWrong
            | Self::LogBroken
            | Self::LogGap
            | Self::LogChain
            | Self::CheckpointBroken
            | Self::CheckpointInvalid
            | Self::SignatureInvalid
            | Self::ViewAltered
            | Self::ViewOpen
            | Self::DerivedAltered
            | Self::NotAFile => Severity::Damage,
            Self::BlobMissing
            | Self::SnapshotMissing
            | Self::ViewMissing
            | Self::ViewStale
            | Self::DerivedMissing
            | Self::CheckpointMissing
            | Self::SignatureMissing
            | Self::Unsigned
            | Self::Unreadable => Severity::Incomplete,
            Self::SignatureUnknown
            | Self::SignatureUnjudged
            | Self::MarkerAltered
            | Self::ReadmeAltered
            | Self::FrontMissing
            | Self::ResourceMissing
            | Self::ViewOutdated
            | Self::SnapshotUncommitted
            | Self::SnapshotRemoved
            | Self::BlobOrphan
            | Self::LogTorn
            | Self::Leftover
            | Self::StrayFile => Severity::Notice,
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::BlobAltered | Self::BlobMissing => {
                "`offprint repair --from COPY` puts it back, `--origin` asks where it came from; `sha256sum` of it must equal its name"
            }
            Self::BlobMisplaced => "`offprint repair` moves it to its place",
            Self::SnapshotAltered | Self::SnapshotInvalid | Self::SnapshotMissing => {
                "`offprint repair --from COPY` puts it back from a copy of the archive"
            }
            Self::SnapshotMisplaced => {
                "`offprint repair` moves it back to the folder of its article"
            }
            Self::ReferencesUnsound | Self::MediaWrong => {
                "do not trust this snapshot; compare it with a copy of the archive"
            }
            Self::LogBroken | Self::LogGap | Self::LogChain => {
                "find out who changed the log; `offprint repair --from COPY` brings it back from a copy of the archive"
            }
            Self::CheckpointBroken => {
                "somebody changed the log after it was signed; bring it back from a copy of the archive, and compare the two"
            }
            Self::CheckpointInvalid | Self::SignatureInvalid => {
                "bring checkpoint and signature back from a copy of the archive; together they prove what was signed"
            }
            Self::CheckpointMissing | Self::SignatureMissing => {
                "bring it back from a copy of the archive, or run `offprint sign` again"
            }
            Self::Unsigned => {
                "look whether the signers are the right ones, and whether checkpoints/ was emptied; compare with a copy of the archive"
            }
            Self::SignatureUnknown => {
                "it does no harm; add its key to the signers if you know whose it is"
            }
            Self::MarkerAltered => {
                "it does no harm where another version made it; else bring it back from a copy of the archive"
            }
            Self::ReadmeAltered => {
                "it does no harm; delete it, and the next `offprint add` writes it anew"
            }
            Self::FrontMissing => "it does no harm; the next `offprint add` makes it anew",
            Self::SignatureUnjudged => "check it with `ssh-keygen -Y verify`",
            Self::ViewAltered
            | Self::ViewOpen
            | Self::ViewMissing
            | Self::ViewStale
            | Self::ViewOutdated => "nothing is lost; `offprint repair` makes the view again",
            Self::DerivedAltered | Self::DerivedMissing => {
                "nothing is lost; `offprint repair` makes it again"
            }
            Self::NotAFile => {
                "find out how it came here, and bring the file back from a copy of the archive"
            }
            Self::Unreadable => "look at the file's permissions and at the disk, then verify again",
            Self::ResourceMissing => "`offprint add` of the article tries again to fetch it",
            Self::SnapshotUncommitted | Self::LogTorn | Self::Leftover => {
                "the next `offprint add` settles it"
            }
            Self::SnapshotRemoved | Self::BlobOrphan => {
                "it does no harm; `offprint prune` deletes what is not needed any more"
            }
            Self::StrayFile => "it does no harm; move it out if it is not yours",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Up to where the log is proven by a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedTo {
    /// How many entries of the log, from the first on, are those that were signed.
    pub entries: u64,
    /// When, as whoever signed says.
    pub time: Timestamp,
    /// Who signed, as the file of signers knows the key.
    pub by: String,
    /// The checkpoint's file.
    pub checkpoint: String,
}

/// What a whole pass of `verify` came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything that was looked at is there and is what it must be.
    pub sound: bool,
    /// Whether everything was looked at, as closely as can be.
    pub whole: bool,
    /// Blobs whose presence was checked.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Snapshots checked.
    pub snapshots: u64,
    /// Views checked.
    pub views: u64,
    /// Files of the truth whose bytes were not read: skipped by an option, or unreadable.
    pub not_checked: u64,
    /// Up to where the log is proven by a signature that counts, where somebody said whose do.
    pub signed: Option<SignedTo>,
    /// Whether it ended before all was checked because somebody asked for it; then it is never sound.
    pub interrupted: bool,
    /// What the log is.
    pub log: LogSeen,
    /// How far a round of several runs has come, where it is one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundSeen>,
    /// Everything that was seen, sorted.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// How many more there were of a code, where there were too many to tell all.
    #[serde(skip)]
    pub more: BTreeMap<Code, u64>,
}

impl Report {
    /// Returns how many findings there were, told or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.findings.len() as u64 + self.more.values().sum::<u64>()
    }
}

/// What a pass has seen of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LogSeen {
    /// How many entries it has.
    pub entries: u64,
    /// The root of its tree (RFC 9162 §2.1); `None` where it can't be read.
    pub root: Option<Digest>,
}

/// How far a round of several runs has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundSeen {
    /// When it began.
    pub begun: Timestamp,
    /// Parts that were checked since then.
    pub checked: u16,
    /// All parts.
    pub of: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once_and_written_in_one_way() {
        let mut written: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(written.iter().all(|code| {
            code.bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_lowercase())
        }));
        written.sort_unstable();
        written.dedup();
        assert_eq!(written.len(), Code::ALL.len());
        assert_eq!(
            Code::ALL.len(),
            Code::StrayFile as usize + 1,
            "a code is missing from ALL"
        );
    }
}
