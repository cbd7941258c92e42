//! What can be done about a finding?

use serde::Serialize;

use crate::archive::ArchivePath;
use crate::archive::layout::{self, Place};
use crate::finding::{Code, Finding};

/// What is done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// `offprint.json` is written anew.
    #[serde(rename = "render")]
    Marker,
    /// Lines of the log are put back.
    #[serde(rename = "restore")]
    Log,
    /// What stands where nothing of its kind belongs is set aside.
    SetAside,
    /// A snapshot is put back.
    #[serde(rename = "restore")]
    Snapshot,
    /// A signed checkpoint is put back.
    #[serde(rename = "restore")]
    Checkpoint,
    /// A snapshot is moved to the folder of its article.
    #[serde(rename = "move")]
    MoveSnapshot,
    /// A blob is put back.
    #[serde(rename = "restore")]
    Blob,
    /// A blob is moved to its place.
    #[serde(rename = "move")]
    MoveBlob,
    /// The view of an article is made again.
    Render,
    /// The front pages are made again.
    #[serde(rename = "render")]
    List,
    /// What a killed repair put back is written into the log.
    Record,
    /// Nothing can be done.
    None,
}

impl Deed {
    /// Every deed, in the order in which they are done: what is derived is made of what was put back.
    pub const ORDER: &'static [Self] = &[
        Self::Marker,
        Self::Log,
        Self::Record,
        Self::SetAside,
        Self::Checkpoint,
        Self::MoveSnapshot,
        Self::Snapshot,
        Self::Blob,
        Self::MoveBlob,
        Self::Render,
        Self::List,
        Self::None,
    ];

    /// Returns what is done, in words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Marker => "write it anew",
            Self::SetAside => "set it aside",
            Self::Log | Self::Checkpoint | Self::Snapshot | Self::Blob => {
                "put it back, if its bytes are to be had"
            }
            Self::MoveSnapshot | Self::MoveBlob => "move it to its place",
            Self::Render => "make the view again",
            Self::List => "make the front pages again",
            Self::Record => "write into the log what was put back",
            Self::None => "nothing",
        }
    }
}

/// Returns what is to be done about a finding.
pub(super) fn deed(finding: &Finding) -> Deed {
    let is_known = finding.article.is_some();
    match finding.code {
        Code::BlobAltered | Code::BlobMissing if is_known => Deed::Blob,
        // Nobody names it.
        Code::BlobAltered => Deed::SetAside,
        Code::BlobMisplaced => Deed::MoveBlob,
        Code::SnapshotAltered | Code::SnapshotMissing => Deed::Snapshot,
        Code::SnapshotMisplaced => Deed::MoveSnapshot,
        Code::ViewAltered
        | Code::ViewOpen
        | Code::ViewMissing
        | Code::ViewStale
        | Code::DerivedAltered
        | Code::DerivedMissing => {
            if is_known {
                Deed::Render
            } else {
                Deed::List
            }
        }
        Code::LogBroken | Code::LogGap | Code::LogChain | Code::CheckpointBroken => Deed::Log,
        Code::CheckpointInvalid
        | Code::SignatureInvalid
        | Code::CheckpointMissing
        | Code::SignatureMissing => Deed::Checkpoint,
        Code::MarkerMissing => Deed::Marker,
        Code::RepairUnfinished => Deed::Record,
        Code::NotAFile => in_the_way(finding),
        _ => Deed::None,
    }
}

/// Returns what is to be done about something that is no file.
fn in_the_way(finding: &Finding) -> Deed {
    let place = ArchivePath::parse(&finding.path).and_then(|path| layout::classify(&path));
    match place {
        Some(Place::Blob(_)) if finding.article.is_some() => Deed::Blob,
        Some(Place::View(_) | Place::Post(_) | Place::ViewRecord(_) | Place::Derived(_))
            if finding.article.is_some() =>
        {
            Deed::Render
        }
        Some(Place::Index) => Deed::List,
        Some(Place::Log(_)) => Deed::Log,
        None if finding.path == "log" => Deed::Log,
        // An archive whose marker is another thing is only opened where it is lost.
        Some(Place::Marker) => Deed::Marker,
        Some(Place::Lock) => Deed::None,
        _ => Deed::SetAside,
    }
}

/// Returns why nothing can be done about a finding.
pub(super) fn why_not(finding: &Finding) -> &'static str {
    match finding.code {
        Code::SnapshotInvalid => {
            "its bytes are those of its name, so no copy of it has others: it was made so"
        }
        Code::ReferencesUnsound => {
            "its bytes are those of its name, so no copy of it says anything else"
        }
        Code::Unreadable => "nothing is known of it: look at permissions and disk",
        _ => "nothing is known that would mend it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: Code, path: &str, article: Option<&str>, expected: Deed) {
        let finding = Finding {
            code,
            path: path.to_owned(),
            article: article.map(str::to_owned),
            message: String::new(),
        };
        assert_eq!(deed(&finding), expected, "{code} {path}");
    }

    #[test]
    fn every_finding_has_its_deed() {
        let blob = format!("blobs/sha256/ab/{}.png", "ab".repeat(32));
        let id = Some("67f1a0c0000000000000");
        let article = "articles/a.test/67/a-67f1a0c0000000000000";
        check(Code::BlobMissing, &blob, id, Deed::Blob);
        check(Code::BlobAltered, &blob, id, Deed::Blob);
        check(Code::BlobAltered, &blob, None, Deed::SetAside);
        check(Code::NotAFile, &blob, id, Deed::Blob);
        check(Code::NotAFile, &blob, None, Deed::SetAside);
        check(Code::NotAFile, "blobs/sha256/ab", None, Deed::SetAside);
        check(Code::NotAFile, "index.html", None, Deed::List);
        check(Code::NotAFile, "lock", None, Deed::None);
        let view = format!("{article}/index.html");
        check(Code::NotAFile, &view, id, Deed::Render);
        check(Code::ViewAltered, &view, id, Deed::Render);
        check(Code::ViewAltered, "index.html", None, Deed::List);
        check(Code::LogChain, "log/000000000000.jsonl", None, Deed::Log);
        let checkpoint = "checkpoints/000000000004-0123456789abcdef.txt";
        check(Code::CheckpointMissing, checkpoint, None, Deed::Checkpoint);
        check(Code::CheckpointBroken, checkpoint, None, Deed::Log);
        check(Code::NotAFile, "log", None, Deed::Log);
        check(
            Code::RepairUnfinished,
            "state/repairing",
            None,
            Deed::Record,
        );
        let marker = "offprint.json";
        check(Code::MarkerMissing, marker, None, Deed::Marker);
        check(Code::NotAFile, marker, None, Deed::Marker);
        check(Code::Unreadable, &blob, id, Deed::None);
    }
}
