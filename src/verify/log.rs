//! What was committed, and does the log hold together?

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::archive::log::{Entry, EntryKind, Fault, Line, Removals};
use crate::archive::{Archive, ArchivePath, ArticleId, Drawers, layout};
use crate::causes::with_causes;
use crate::digest::Digest;
use crate::finding::Code;

use super::findings::Findings;

/// Which snapshots the log names.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// By the first digits of the digests of the snapshots' files: as many as stand in their names.
    commits: HashMap<u128, Commit>,
    /// What was taken out.
    removals: Removals,
    /// The index that the next entry has.
    next: u64,
    /// The root of its tree (RFC 9162 §2.1).
    pub(super) root: Option<Digest>,
    /// Whether all of the log could be read. Where not, a snapshot that it does not name may still be committed.
    is_known: bool,
}

/// One snapshot's entry.
#[derive(Debug)]
pub(super) struct Commit {
    digest: Digest,
    /// Its place in the log; of two snapshots of one second, the one with the higher is the newer.
    pub(super) index: u64,
    /// The article that it says the snapshot is of.
    pub(super) article: ArticleId,
}

/// Reads the log, and says everything that is wrong with it.
pub(super) fn read(archive: &Archive, findings: &Findings) -> Committed {
    let mut committed = Committed {
        is_known: true,
        ..Committed::default()
    };
    let mut lines = match archive.log() {
        Ok(lines) => lines,
        Err(error) => {
            findings.trouble("log", None, &error);
            return Committed::default();
        }
    };
    for line in lines.by_ref() {
        if let Line::Entry(entry) = &line {
            committed.removals.note(entry);
            committed.next = entry.index.saturating_add(1).max(committed.next);
        }
        match line {
            Line::Entry(entry) if entry.kind.commits() => {
                committed.commits.insert(
                    layout::snapshot_number_of(&entry.snapshot),
                    Commit {
                        digest: entry.snapshot,
                        index: entry.index,
                        article: entry.article,
                    },
                );
            }
            Line::Entry(entry) => report_baseless(&committed, &entry, findings),
            Line::Fault {
                path,
                number,
                fault,
            } => {
                committed.is_known &= !matches!(fault, Fault::Unreadable(_));
                let (code, message) = in_code(&fault);
                findings.add(code, path, None, format!("line {number}: {message}"));
            }
        }
    }
    committed.root = Some(lines.tree().root());
    committed
}

/// Returns the articles of which the log tells since then.
pub(super) fn since(archive: &Archive, time: Timestamp) -> HashSet<ArticleId> {
    let lines = archive.log().into_iter().flatten();
    let entries = lines.filter_map(|line| match line {
        Line::Entry(entry) => Some(entry),
        Line::Fault { .. } => None,
    });
    let since = entries.filter(|entry| entry.time >= time);
    since.map(|entry| entry.article).collect()
}

/// Says that an entry observes nothing, or tells of an article of which the log named no such snapshot before.
fn report_baseless(committed: &Committed, entry: &Entry, findings: &Findings) {
    let commit = committed.entry(&entry.snapshot);
    let is_based = commit.is_some_and(|commit| commit.article == entry.article);
    let message = match entry.kind {
        EntryKind::Observed if entry.saw.is_none() || !is_based => format!(
            "entry {} observes what no entry before it committed, or does not say what it saw",
            entry.index
        ),
        EntryKind::Remove if !is_based => format!(
            "entry {} takes out what no entry before it committed",
            entry.index
        ),
        EntryKind::Repair if !is_based => format!(
            "entry {} puts back what no entry before it committed",
            entry.index
        ),
        _ => return,
    };
    if !committed.is_known {
        return;
    }
    findings.add(
        Code::LogBroken,
        "log",
        Some(entry.article.as_str()),
        message,
    );
}

fn in_code(fault: &Fault) -> (Code, String) {
    match fault {
        Fault::Unparsable => (Code::LogBroken, "it is no entry".to_owned()),
        Fault::Gap { expected, found } => (
            Code::LogGap,
            format!("entry {expected} should stand here, and entry {found} does"),
        ),
        Fault::Unchained => (
            Code::LogChain,
            "it does not follow from the line before".to_owned(),
        ),
        Fault::Torn => (
            Code::LogTorn,
            "it has no end: its writing was interrupted".to_owned(),
        ),
        Fault::Unreadable(error) => (Code::Unreadable, with_causes(error)),
    }
}

impl Committed {
    /// Returns whether all of the log could be read.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    /// Returns the article of each entry from the index `from` on.
    pub(super) fn since(&self, from: u64) -> impl Iterator<Item = &ArticleId> {
        let since = self
            .commits
            .values()
            .filter(move |commit| commit.index >= from);
        let committed = since.map(|commit| &commit.article);
        committed.chain(self.removals.since(from))
    }

    /// Returns the index that the next entry has.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Returns whether the snapshot of this file was taken out with its article, by the digits in its name.
    pub(super) fn is_removed(&self, article: &ArticleId, digits: u128) -> bool {
        let commit = self.commits.get(&digits);
        commit.is_some_and(|it| it.article == *article && self.removals.covers(article, it.index))
    }

    /// Returns whether the log names this file of an article, by the digits in its name.
    pub(super) fn names(&self, article: &ArticleId, snapshot: &ArchivePath) -> bool {
        let digits = layout::snapshot_number(snapshot);
        let commit = digits.and_then(|digits| self.commits.get(&digits));
        commit.is_some_and(|commit| commit.article == *article)
    }

    /// Returns the entry of a snapshot.
    pub(super) fn entry(&self, snapshot: &Digest) -> Option<&Commit> {
        let commit = self.commits.get(&layout::snapshot_number_of(snapshot));
        commit.filter(|commit| commit.digest == *snapshot)
    }

    /// Says which snapshots the log names that no file is named after, of the articles that are wanted.
    pub(super) fn report_missing(
        &self,
        archive: &Archive,
        names: &HashSet<u128>,
        is_wanted: &dyn Fn(&ArticleId) -> bool,
        findings: &Findings,
    ) {
        let is_missing = |(digits, commit): &(&u128, &Commit)| {
            let is_removed = self.removals.covers(&commit.article, commit.index);
            !is_removed && !names.contains(digits) && is_wanted(&commit.article)
        };
        let missing: Vec<_> = self.commits.iter().filter(is_missing).collect();
        if missing.is_empty() {
            return;
        }
        // Some may have been taken out, and pruned, since the log was read.
        let removals = archive.removals(0).unwrap_or_default();
        let drawers = archive.drawers().ok();
        for (_, commit) in missing {
            if !removals.covers(&commit.article, commit.index) {
                report_missing(drawers.as_ref(), commit, findings);
            }
        }
    }
}

fn report_missing(drawers: Option<&Drawers<'_>>, commit: &Commit, findings: &Findings) {
    let id = &commit.article;
    let folder = drawers.and_then(|drawers| drawers.article(id).ok().flatten());
    let folder = folder.map(|folder| folder.path().to_string());
    let folder = folder.unwrap_or_else(|| format!("articles/*/{}/*-{id}", &id.as_str()[..2]));
    let short = commit.digest.short(layout::SNAPSHOT_DIGITS);
    let path = format!("{folder}/snapshots/*-{short}.json");
    let message = format!(
        "entry {} of the log names it, and it is not there",
        commit.index
    );
    findings.add(Code::SnapshotMissing, path, Some(id.as_str()), message);
}
