//! Are the few files at the archive's top what they should be? Nothing depends on their bytes, and yet nobody should change them unseen.

use crate::archive::{ArchiveError, MARKER, README, layout};
use crate::catalogue::FRONT_BYTES_MAX;
use crate::finding::Code;

use super::Pass;

/// The longest of these files that is read.
const BYTES_MAX: u64 = 64 * 1024;

/// Says that the archive has lost its marker, whatever part of it is looked at: without it no other command opens it.
pub(super) fn check_marker(pass: &Pass<'_>) {
    if !pass.archive.is_unmarked().unwrap_or_default() {
        return;
    }
    let marker = layout::marker();
    let message = match pass.archive.read(&marker, BYTES_MAX) {
        Err(error) if error.is_absent() => "it is not there",
        _ => "it does not say which format the archive has",
    };
    pass.findings
        .add(Code::MarkerMissing, marker, None, message);
}

/// Says what is another than this version writes it, and whether the front page is gone though there is something to list.
pub(super) fn check(pass: &Pass<'_>) {
    for (path, wanted, code) in [
        (layout::marker(), MARKER, Code::MarkerAltered),
        (layout::readme(), README, Code::ReadmeAltered),
    ] {
        // What says nothing was told of.
        let is_told = code == Code::MarkerAltered && pass.archive.is_unmarked().unwrap_or_default();
        if is_told || !pass.options.covers_path(path.as_str()) {
            continue;
        }
        match pass.archive.read(&path, BYTES_MAX) {
            Ok(bytes) if bytes == wanted.as_bytes() => {}
            Ok(_) | Err(ArchiveError::TooLarge { .. }) => {
                let message = "it is not what this version writes there";
                pass.findings.add(code, path, None, message);
            }
            Err(error) if error.is_absent() => {
                pass.findings.add(code, path, None, "it is not there");
            }
            // That is told of where the archive's top is looked through.
            Err(ArchiveError::Obstructed { .. }) => {}
            Err(error) => pass.findings.trouble(path, None, &error),
        }
    }
    let front = layout::front();
    let has_entries = pass.moment.log.next() > 0;
    if has_entries && pass.options.covers_path(front.as_str()) {
        let read = pass.archive.read(&front, FRONT_BYTES_MAX);
        if read.is_err_and(|error| error.is_absent()) {
            let message = "it is not there";
            pass.findings.add(Code::FrontMissing, front, None, message);
        }
    }
}
