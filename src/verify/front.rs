//! Are the archive's own pages closed, and what they must be? `index.html` and what is in `index/`.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use crate::archive::{Archive, ArchiveError, ArchivePath, layout};
use crate::catalogue::{self, FRONT_BYTES_MAX};
use crate::digest::Digest;
use crate::finding::{Code, Finding};
use crate::proven::Key;
use crate::render::RENDERER;
use crate::render::catalogue::{entries, renderer};

use super::findings::Findings;
use super::log::{self, Committed};
use super::{Pass, view};

const ALTERED: &str =
    "it is not what rendering gives; delete index.html, and the next `offprint add` makes it anew";
const MISSING: &str =
    "it is not there; delete index.html, and the next `offprint add` makes it anew";

/// How often the pages are looked at again while somebody adds to the archive, and how long we wait before.
const TIMES_MAX: u32 = 8;
const PAUSE: Duration = Duration::from_millis(100);

/// Returns how many entries of the log the front page says that it tells of.
fn told(archive: &Archive) -> Option<u64> {
    let front = archive.read(&layout::front(), FRONT_BYTES_MAX).ok()?;
    entries(&front)
}

/// Checks the pages that tell what is in the archive; again where they look wrong and somebody may be at them.
pub(super) fn check(pass: &Pass<'_>) {
    let archive = pass.archive;
    let proven = pass.options.proven.as_deref();
    let key = proven.and_then(|_| key(archive, &pass.moment.log));
    if let (Some(proven), Some(key)) = (proven, key)
        && proven.knows(key)
    {
        return;
    }
    let are_listed = pass.findings.all(|finding| !hides_rows(finding));
    for times in 0..=TIMES_MAX {
        let is_written_to = archive
            .leftovers()
            .is_ok_and(|writers| writers.iter().any(|writer| writer.alive));
        let found = pass.findings.apart();
        let is_compared = check_once(archive, are_listed, &found);
        if let (Some(proven), Some(key)) = (proven, key)
            && is_compared
            && !is_written_to
            && found.are_none()
        {
            proven.learn(key);
        }
        if found.are_notices() || !is_written_to || times == TIMES_MAX {
            return pass.findings.append(found);
        }
        thread::sleep(PAUSE);
    }
}

/// Stands for the proof that the pages are what the log and the snapshots that it names make of them; `None` where they can't
/// be read.
fn key(archive: &Archive, log: &Committed) -> Option<Key> {
    let told = told(archive)?;
    let root = if told == log.next() {
        log.root
    } else {
        let roots = archive.roots_at(&BTreeSet::from([told]));
        roots.ok()?.remove(&told)
    };
    let root = root?;
    let mut digests = vec![root];
    let mut names = Vec::new();
    for path in archive
        .index_pages()
        .ok()?
        .into_iter()
        .chain([layout::front()])
    {
        let bytes = archive.read(&path, FRONT_BYTES_MAX).ok()?;
        digests.push(Digest::of(&bytes));
        names.push(path);
    }
    let names = names.iter().map(|name| name.as_str().as_bytes());
    let digests = digests.iter().map(|digest| &digest.as_bytes()[..]);
    Some(Key::of("front", digests.chain(names)))
}

/// Says that the log is shorter than the front page knows it: whoever cuts its end off forgets that mostly.
pub(super) fn report_shorter_log(pass: &Pass<'_>) {
    if !pass.moment.log.is_known() {
        return;
    }
    let known = pass.moment.log.next();
    let Some(told) = told(pass.archive).filter(|told| *told > known) else {
        return;
    };
    // Somebody may have added to it since it was read.
    let now = log::read(pass.archive, &pass.findings.apart()).next();
    if told > now {
        let message = format!("it tells of {told} entries of the log, which has {now}");
        pass.findings
            .add(Code::LogGap, layout::front(), None, message);
    }
}

/// Checks the pages that tell what is in the archive. They may lag behind the log, so they are compared with what they
/// were at the entry that they tell of; and only where all captures `are_listed`, since a damaged snapshot has no row. Returns
/// whether they were compared.
fn check_once(archive: &Archive, are_listed: bool, findings: &Findings) -> bool {
    let front = match archive.read(&layout::front(), FRONT_BYTES_MAX) {
        Ok(front) => front,
        Err(ArchiveError::TooLarge { .. }) => {
            findings.add(Code::ViewAltered, layout::front(), None, ALTERED);
            return false;
        }
        // That is told where the archive's top is looked through.
        Err(error) if error.is_absent() || matches!(error, ArchiveError::Obstructed { .. }) => {
            return false;
        }
        Err(error) => {
            findings.trouble(layout::front(), None, &error);
            return false;
        }
    };
    view::report_leaks(&layout::front(), &front, None, findings);
    let is_ours = renderer(&front) == Some(RENDERER);
    let Some(end) = entries(&front).filter(|_| are_listed && is_ours) else {
        return false;
    };
    let compared = catalogue::pages(archive, end, |path, bytes| {
        compare(archive, &path, &bytes, findings);
        Ok(())
    });
    if let Err(error) = &compared {
        findings.trouble("index", None, error);
    }
    compared.is_ok()
}

/// Returns whether what was found keeps a capture from its row: that is made of the log and of snapshots.
fn hides_rows(finding: &Finding) -> bool {
    match finding.code {
        Code::LogBroken
        | Code::LogGap
        | Code::LogChain
        | Code::SnapshotAltered
        | Code::SnapshotInvalid
        | Code::SnapshotMisplaced
        | Code::SnapshotMissing => true,
        Code::NotAFile | Code::Unreadable => {
            let mut parts = finding.path.split('/');
            match parts.next() {
                Some("log") => true,
                // Of an article's folder only the snapshots count: articles/HOST/cd/SLUG-ID/snapshots/.
                Some("articles") => parts.nth(3).is_none_or(|part| part == "snapshots"),
                _ => false,
            }
        }
        _ => false,
    }
}

fn compare(archive: &Archive, path: &ArchivePath, wanted: &[u8], findings: &Findings) {
    match archive.read(path, FRONT_BYTES_MAX) {
        Ok(bytes) if bytes == wanted => {}
        Ok(bytes) => {
            findings.add(Code::ViewAltered, path, None, ALTERED);
            view::report_leaks(path, &bytes, None, findings);
        }
        Err(ArchiveError::TooLarge { .. }) => {
            findings.add(Code::ViewAltered, path, None, ALTERED);
        }
        Err(error) if error.is_absent() => {
            findings.add(Code::ViewMissing, path, None, MISSING);
        }
        Err(error) => findings.trouble(path, None, &error),
    }
}
