//! By which codes a damage is named, and which other damage may keep it from being seen. As `docs/verify.md` has it.

use std::path::Path;

use offprint::finding::{Code, Finding};

use crate::damage::Kind;

/// A damage to a file, and the file that has its bytes now where two were swapped.
#[derive(Debug, Clone)]
pub(crate) struct Hurt {
    pub(crate) kind: Kind,
    pub(crate) file: String,
    pub(crate) other: Option<String>,
}

/// What a file is to the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Readme,
    Front,
    Blob,
    Snapshot,
    Log,
    Checkpoint,
    Signature,
    View,
    Record,
    Derived,
}

pub(crate) fn sort(path: &str) -> Sort {
    match path {
        "README.txt" => Sort::Readme,
        "index.html" => Sort::Front,
        _ if path.starts_with("blobs/") => Sort::Blob,
        _ if path.contains("/snapshots/") => Sort::Snapshot,
        _ if path.starts_with("log/") => Sort::Log,
        _ if is_signature(path) => Sort::Signature,
        _ if path.starts_with("checkpoints/") => Sort::Checkpoint,
        _ if path.starts_with("derived/") => Sort::Derived,
        _ if path.ends_with("/view.json") => Sort::Record,
        _ => Sort::View,
    }
}

fn is_signature(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == "sig")
}

/// A file that is damaged, and the codes of which one must be told of it.
pub(crate) struct Named {
    pub(crate) path: String,
    pub(crate) codes: &'static [Code],
}

impl Hurt {
    /// Returns what must be named, each with its own code.
    pub(crate) fn named(&self) -> Vec<Named> {
        let named = |path: &str, codes| Named {
            path: path.to_owned(),
            codes,
        };
        let file = self.file.as_str();
        match self.kind {
            Kind::Flipped | Kind::Truncated | Kind::Emptied | Kind::Longer | Kind::Swapped => {
                let files = [Some(file), self.other.as_deref()];
                let files = files.into_iter().flatten();
                files.map(|it| named(it, altered(sort(it)))).collect()
            }
            Kind::Missing => vec![named(file, missing(sort(file)))],
            Kind::Renamed => {
                let mut all = vec![named(file, missing(sort(file)))];
                // At the archive's top, whatever has another name is the user's own.
                if file.contains('/') {
                    all.push(named(&format!("{file}.old"), &[Code::StrayFile]));
                }
                all
            }
            Kind::WrongCase => {
                let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
                let stray = format!("{folder}/{}", name.to_uppercase());
                let mut all = vec![named(file, missing(sort(file)))];
                match sort(file) {
                    Sort::Readme | Sort::Front => {}
                    Sort::Blob => all = vec![named(&stray, &[Code::BlobMisplaced])],
                    _ => all.push(named(&stray, &[Code::StrayFile])),
                }
                all
            }
            Kind::Duplicated => vec![named(&format!("{file}.copy"), &[Code::StrayFile])],
            Kind::Link | Kind::Pipe | Kind::Folder => vec![named(file, &[Code::NotAFile])],
        }
    }

    /// Returns whether the file is not as it was.
    pub(crate) fn touches(&self, path: &str) -> bool {
        self.kind != Kind::Duplicated && (self.file == path || self.other.as_deref() == Some(path))
    }
}

fn altered(sort: Sort) -> &'static [Code] {
    match sort {
        Sort::Readme => &[Code::ReadmeAltered],
        Sort::Front => &[Code::ViewAltered, Code::ViewOpen],
        Sort::Blob => &[Code::BlobAltered],
        Sort::Snapshot => &[Code::SnapshotAltered],
        Sort::Log => LOG,
        Sort::Checkpoint => &[
            Code::CheckpointInvalid,
            Code::CheckpointBroken,
            Code::SignatureInvalid,
        ],
        // A changed key is not that of the name.
        Sort::Signature => &[Code::SignatureInvalid, Code::CheckpointInvalid],
        Sort::View => &[Code::ViewAltered],
        Sort::Record => &[Code::ViewAltered, Code::ViewStale],
        Sort::Derived => &[Code::DerivedAltered],
    }
}

/// What became of a log shows at what it tells of.
const LOG: &[Code] = &[
    Code::LogBroken,
    Code::LogGap,
    Code::LogChain,
    Code::LogTorn,
    Code::CheckpointBroken,
];

fn missing(sort: Sort) -> &'static [Code] {
    match sort {
        Sort::Readme => &[Code::ReadmeAltered],
        Sort::Front => &[Code::FrontMissing],
        Sort::Blob => &[Code::BlobMissing],
        Sort::Snapshot => &[Code::SnapshotMissing],
        Sort::Log => LOG,
        Sort::Checkpoint => &[Code::CheckpointMissing],
        Sort::Signature => &[Code::SignatureMissing],
        Sort::View | Sort::Record => &[Code::ViewMissing],
        Sort::Derived => &[Code::DerivedMissing],
    }
}

impl Named {
    pub(crate) fn is_told_by(&self, found: &[Finding]) -> bool {
        found.iter().any(|it| {
            let is_code = self.codes.contains(&it.code);
            let is_path = match sort(&self.path) {
                Sort::Log => true,
                // A text and its signature are judged together, and which of the two was changed is not to be seen.
                Sort::Checkpoint if it.code == Code::SignatureInvalid => {
                    it.path == format!("{}.sig", self.path)
                }
                Sort::Signature if it.code == Code::CheckpointInvalid => {
                    self.path == format!("{}.sig", it.path)
                }
                _ => is_same(&it.path, &self.path),
            };
            is_code && is_path
        })
    }
}

/// Whether both mean one file: of a snapshot that is gone, only the digits are known that the log has.
pub(crate) fn is_same(told: &str, path: &str) -> bool {
    told == path
        || told
            .split_once('*')
            .is_some_and(|(folder, digest)| path.starts_with(folder) && path.ends_with(digest))
}
