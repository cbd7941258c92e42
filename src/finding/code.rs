//! Which kinds of things are seen, how bad is each, and what is to be done about it? Codes are stable for ever. Pure.

use std::fmt;

use serde::{Serialize, Serializer};

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
    /// `offprint.json` is not there, or says nothing.
    MarkerMissing,
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
    /// A repair was killed between putting something back and telling of it in the log.
    RepairUnfinished,
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
        Self::MarkerMissing,
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
        Self::RepairUnfinished,
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
            Self::MarkerMissing => "marker-missing",
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
            Self::RepairUnfinished => "repair-unfinished",
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
            | Self::MarkerMissing
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
            | Self::RepairUnfinished
            | Self::StrayFile => Severity::Notice,
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
