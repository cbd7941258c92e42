//! What was seen? Collects findings from every thread, and puts troubles of the disk into their words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use crate::archive::{Archive, ArchiveError, Area, Kind, Sighting, Stray, layout};
use crate::causes::with_causes;
use crate::finding::{Code, Finding, Severity};

use super::locked;

/// The longest message: what a stranger's archive says of itself may be as long as it likes.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// Everything that was seen so far, as far as it is held.
#[derive(Debug)]
pub(super) struct Findings {
    seen: Mutex<Seen>,
    /// Of one code.
    max: usize,
}

#[derive(Debug, Default)]
struct Seen {
    /// The first ones of each code in the order in which they are told; what is seen twice, once.
    held: BTreeMap<Code, BTreeSet<Finding>>,
    /// How many more there were.
    more: BTreeMap<Code, u64>,
}

impl Findings {
    /// Begins without any, and holds so many of each code.
    pub(super) fn new(max: usize) -> Self {
        Self {
            seen: Mutex::default(),
            max,
        }
    }

    /// Begins anew, to hold as many.
    pub(super) fn apart(&self) -> Self {
        Self::new(self.max)
    }

    pub(super) fn add(
        &self,
        code: Code,
        path: impl Display,
        article: Option<&str>,
        message: impl Into<String>,
    ) {
        let finding = Finding {
            code,
            path: path.to_string(),
            article: article.map(str::to_owned),
            message: shortened(message.into()),
        };
        locked(&self.seen).add(finding, self.max);
    }

    /// Says that there were so many more.
    pub(super) fn add_more(&self, code: Code, more: u64) {
        if more > 0 {
            *locked(&self.seen).more.entry(code).or_default() += more;
        }
    }

    /// Adds what was seen elsewhere.
    pub(super) fn append(&self, other: Self) {
        let other = other.seen.into_inner();
        let other = other.unwrap_or_else(PoisonError::into_inner);
        let mut seen = locked(&self.seen);
        for finding in other.held.into_values().flatten() {
            seen.add(finding, self.max);
        }
        for (code, more) in other.more {
            *seen.more.entry(code).or_default() += more;
        }
    }

    /// Says why something could not be read.
    pub(super) fn trouble(&self, path: impl Display, article: Option<&str>, error: &ArchiveError) {
        let (code, message) = trouble(error);
        self.add(code, path, article, message);
    }

    /// Says what was met in an area, in the folder of an article, that does not belong there.
    pub(super) fn sighting(
        &self,
        area: Area,
        sighting: Result<Sighting, ArchiveError>,
        article: Option<&str>,
    ) {
        match sighting {
            Ok(sighting) => self.stray(area, &sighting, article),
            Err(error) => self.trouble(folder(area), article, &error),
        }
    }

    /// Says why a sighting does not belong where it is, if it does not.
    fn stray(&self, area: Area, sighting: &Sighting, article: Option<&str>) {
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
            Stray::NoFile(kind) => (Code::NotAFile, no_file(kind)),
        };
        let code = if area == Area::Blobs || code != Code::BlobMisplaced {
            code
        } else {
            Code::StrayFile
        };
        self.add(code, &sighting.path, article, message);
    }

    /// Says what interrupted runs left.
    pub(super) fn leftovers(&self, archive: &Archive) {
        match archive.leftovers() {
            Ok(leftovers) => {
                // Whoever is at work may be the very repair.
                let is_alone = leftovers.iter().all(|left| !left.alive);
                if is_alone && archive.has_intents().unwrap_or_default() {
                    self.add(
                        Code::RepairUnfinished,
                        layout::repairing(),
                        None,
                        "a repair was killed, and the log may not tell of what it put back",
                    );
                }
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
        let mut seen = locked(&self.seen);
        for due in [Code::ViewMissing, Code::ViewStale, Code::DerivedMissing] {
            for finding in seen.held.remove(&due).unwrap_or_default() {
                let excused = Finding {
                    code: Code::Leftover,
                    message: String::from("an interrupted run did not get to make it"),
                    ..finding
                };
                seen.add(excused, self.max);
            }
        }
    }

    /// Returns whether nothing worse than notices was seen so far.
    pub(super) fn are_notices(&self) -> bool {
        let seen = locked(&self.seen);
        let mut codes = seen.held.keys().chain(seen.more.keys());
        codes.all(|code| code.severity() == Severity::Notice)
    }

    /// Returns whether all that was seen `is_such`. What is not held any more is, where it is a notice.
    pub(super) fn all(&self, is_such: impl Fn(&Finding) -> bool) -> bool {
        let seen = locked(&self.seen);
        let mut more = seen.more.keys();
        more.all(|code| code.severity() == Severity::Notice)
            && seen.held.values().flatten().all(is_such)
    }

    /// Returns whether nothing at all was seen so far.
    pub(super) fn are_none(&self) -> bool {
        locked(&self.seen).held.is_empty()
    }

    /// Returns everything, the worst first, then by path; and of each code of which there were too many, how many more.
    pub(super) fn sorted(self) -> (Vec<Finding>, BTreeMap<Code, u64>) {
        let seen = self.seen.into_inner();
        let seen = seen.unwrap_or_else(PoisonError::into_inner);
        let mut findings: Vec<Finding> = seen.held.into_values().flatten().collect();
        findings
            .sort_by(|one, other| (one.code.severity(), one).cmp(&(other.code.severity(), other)));
        (findings, seen.more)
    }
}

impl Seen {
    fn add(&mut self, finding: Finding, max: usize) {
        let code = finding.code;
        let held = self.held.entry(code).or_default();
        // What comes last in the order gives way, so that the same archive always tells the same.
        if held.insert(finding) && held.len() > max {
            held.pop_last();
            *self.more.entry(code).or_default() += 1;
        }
    }
}

fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARS_MAX) {
        message.truncate(end);
        message.push('…');
    }
    message
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

/// Returns what is said of something that could not be read.
pub(super) fn trouble(error: &ArchiveError) -> (Code, String) {
    match error {
        ArchiveError::Obstructed {
            found,
            wanted: Kind::File,
            ..
        } => (Code::NotAFile, no_file(*found)),
        ArchiveError::Obstructed { .. } => (Code::NotAFile, with_causes(error)),
        _ => (Code::Unreadable, with_causes(error)),
    }
}

/// Returns what is said of something that stands in the place of a file.
pub(super) fn no_file(kind: Kind) -> String {
    format!("it is {kind}; it was not opened or followed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_the_first_are_held_and_the_others_counted() {
        let findings = Findings::new(3);
        for number in [5, 1, 4, 1, 3, 2] {
            findings.add(Code::BlobOrphan, number, None, "");
        }
        findings.add(Code::BlobMissing, "x", None, "a".repeat(2_000));
        assert!(!findings.are_notices());
        let (held, more) = findings.sorted();
        let paths: Vec<&str> = held.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["x", "1", "2", "3"]);
        assert_eq!(
            more.into_iter().collect::<Vec<_>>(),
            [(Code::BlobOrphan, 2)]
        );
        assert_eq!(held[0].message.chars().count(), MESSAGE_CHARS_MAX + 1);
    }
}
