//! Are the archive's own pages closed, and what they must be? `index.html` and what is in `index/`.

use std::thread;
use std::time::Duration;

use crate::archive::{Archive, ArchiveError, ArchivePath, layout};
use crate::catalogue::{self, FRONT_BYTES_MAX};
use crate::finding::Code;
use crate::render::RENDERER;
use crate::render::catalogue::{entries, renderer};

use super::findings::Findings;
use super::view;

const ALTERED: &str =
    "it is not what rendering gives; delete index.html, and the next `offprint add` makes it anew";
const MISSING: &str =
    "it is not there; delete index.html, and the next `offprint add` makes it anew";

/// How often the pages are looked at again while somebody adds to the archive, and how long we wait before.
const TIMES_MAX: u32 = 8;
const PAUSE: Duration = Duration::from_millis(100);

/// Checks the pages that tell what is in the archive; again where they look wrong and somebody may be at them.
pub(super) fn check(archive: &Archive, is_sound: bool, findings: &Findings) {
    for _ in 0..TIMES_MAX {
        let is_written_to = archive
            .leftovers()
            .is_ok_and(|writers| writers.iter().any(|writer| writer.alive));
        let found = Findings::default();
        check_once(archive, is_sound, &found);
        if found.are_notices() || !is_written_to {
            return findings.append(found);
        }
        thread::sleep(PAUSE);
    }
    check_once(archive, is_sound, findings);
}

/// Checks the pages that tell what is in the archive. They may lag behind the log, so they are compared with what they
/// were at the entry that they tell of; and only where all else `is_sound`, since a damaged snapshot has no row.
fn check_once(archive: &Archive, is_sound: bool, findings: &Findings) {
    let front = match archive.read(&layout::front(), FRONT_BYTES_MAX) {
        Ok(front) => front,
        Err(ArchiveError::TooLarge { .. }) => {
            return findings.add(Code::ViewAltered, layout::front(), None, ALTERED);
        }
        Err(_) => return,
    };
    view::report_leaks(&layout::front(), &front, None, findings);
    let is_ours = renderer(&front) == Some(RENDERER);
    let Some(end) = entries(&front).filter(|_| is_sound && is_ours) else {
        return;
    };
    let compared = catalogue::pages(archive, end, |path, bytes| {
        compare(archive, &path, &bytes, findings);
        Ok(())
    });
    if let Err(error) = compared {
        findings.trouble("index", None, &error);
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
