//! What was seen? Collects findings from every thread, and puts troubles of the disk into their words.

use std::error::Error as _;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use crate::archive::{Archive, ArchiveError, Area, Sighting, Stray, layout};
use crate::finding::{Code, Finding, Severity};

use super::locked;

/// Everything that was seen so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Mutex<Vec<Finding>>);

impl Findings {
    pub(super) fn add(
        &self,
        code: Code,
        path: impl Display,
        article: Option<&str>,
        message: impl Into<String>,
    ) {
        let (path, message) = (path.to_string(), message.into());
        locked(&self.0).push(Finding {
            code,
            path,
            article: article.map(str::to_owned),
            message,
        });
    }

    /// Adds what was seen elsewhere.
    pub(super) fn append(&self, other: Self) {
        let other = other.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        locked(&self.0).extend(other);
    }

    /// Says why something could not be read.
    pub(super) fn trouble(&self, path: impl Display, article: Option<&str>, error: &ArchiveError) {
        let code = match error {
            ArchiveError::Obstructed { .. } => Code::NotAFile,
            _ => Code::Unreadable,
        };
        self.add(code, path, article, in_words(error));
    }

    /// Says what stands in an area that does not belong there.
    pub(super) fn survey(&self, archive: &Archive, area: Area) {
        for sighting in archive.survey(area) {
            match sighting {
                Ok(sighting) => self.stray(area, &sighting),
                Err(error) => self.trouble(folder(area), None, &error),
            }
        }
    }

    /// Says why a sighting does not belong where it is, if it does not.
    pub(super) fn stray(&self, area: Area, sighting: &Sighting) {
        let Err(stray) = sighting.place else { return };
        // What lies at the top is told of by the survey of the top alone, and only where its name means something.
        let is_at_top = !sighting.path.contains('/');
        if is_at_top && (area != Area::Top || !layout::is_of_top(&sighting.path)) {
            return;
        }
        let (code, message) = match stray {
            Stray::Unknown => (
                Code::StrayFile,
                "nothing of this name belongs here".to_owned(),
            ),
            Stray::WrongCase => (
                Code::BlobMisplaced,
                "its name is not in small letters".to_owned(),
            ),
            Stray::Misplaced => (
                Code::BlobMisplaced,
                "it stands in the folder of other blobs".to_owned(),
            ),
            Stray::NoFile(kind) => (
                Code::NotAFile,
                format!("it is {kind}; it was not opened or followed"),
            ),
        };
        let code = if area == Area::Blobs || code != Code::BlobMisplaced {
            code
        } else {
            Code::StrayFile
        };
        self.add(code, &sighting.path, None, message);
    }

    /// Says what interrupted runs left.
    pub(super) fn leftovers(&self, archive: &Archive) {
        match archive.leftovers() {
            Ok(leftovers) => {
                for left in leftovers.iter().filter(|left| !left.alive) {
                    self.add(
                        Code::Leftover,
                        &left.path,
                        None,
                        "an interrupted run left it",
                    );
                }
            }
            Err(error) => self.trouble("tmp", None, &error),
        }
    }

    /// Makes notices of what a killed writer did not get to: the next one makes these views, and nothing is lost.
    pub(super) fn excuse_views(&self) {
        for finding in locked(&self.0).iter_mut() {
            let due = [Code::ViewMissing, Code::ViewStale, Code::DerivedMissing];
            if due.contains(&finding.code) {
                finding.code = Code::Leftover;
                finding.message = String::from("an interrupted run did not get to make it");
            }
        }
    }

    /// Returns whether nothing worse than notices was seen so far.
    pub(super) fn are_notices(&self) -> bool {
        let is_notice = |finding: &Finding| finding.code.severity() == Severity::Notice;
        locked(&self.0).iter().all(is_notice)
    }

    /// Returns everything, the worst first, then by path; what was seen twice, once.
    pub(super) fn sorted(self) -> Vec<Finding> {
        let mut findings = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        findings
            .sort_by(|one, other| (one.code.severity(), one).cmp(&(other.code.severity(), other)));
        findings.dedup();
        findings
    }
}

fn folder(area: Area) -> &'static str {
    match area {
        Area::Blobs => "blobs",
        Area::Articles => "articles",
        Area::Derived => "derived",
        Area::Log => "log",
        Area::Checkpoints => "checkpoints",
        Area::Top => ".",
    }
}

/// Returns an error with its causes in one line.
pub(super) fn in_words(error: &ArchiveError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words = format!("{words}: {source}");
        cause = source.source();
    }
    words
}
