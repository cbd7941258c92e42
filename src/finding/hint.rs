//! What is to be done about what was seen? Pure.

use super::Code;

impl Code {
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
            Self::MarkerMissing => "nothing else is lost by it; `offprint repair` puts it back",
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
            Self::RepairUnfinished => {
                "the next `offprint repair` writes into the log what was put back"
            }
            Self::SnapshotRemoved | Self::BlobOrphan => {
                "it does no harm; `offprint prune` deletes what is not needed any more"
            }
            Self::StrayFile => "it does no harm; move it out if it is not yours",
        }
    }
}
