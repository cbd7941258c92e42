//! Is this folder an archive, and one that we understand? `offprint.json`, and the text for strangers beside it.

use std::fs;
use std::path::Path;
use std::process;

use serde::Deserialize;

use super::durable::{self, Draft};
use super::error::{ArchiveError, At as _, Kind};
use super::layout::ArchivePath;
use super::{Archive, disk, layout, lock, log, store};
use crate::snapshot::{FORMAT, SnapshotError};

/// The longest `offprint.json` that is read; ours has 28 bytes.
const MARKER_BYTES_MAX: u64 = 64 * 1024;

/// What `offprint.json` says, as this version writes it.
pub const MARKER: &str = "{\"format\":1,\"requires\":[]}\n";

/// What `README.txt` says.
pub const README: &str = include_str!("README.txt");

#[derive(Deserialize)]
struct Marker {
    format: u64,
    #[serde(default)]
    requires: Vec<String>,
}

/// Proves that `root` is a folder. A link to one will do: the user chose it.
pub(super) fn expect_folder(root: &Path) -> Result<(), ArchiveError> {
    if fs::metadata(root).at("look at", root)?.is_dir() {
        return Ok(());
    }
    let found = disk::look(root)?.map_or(Kind::Special, |seen| seen.kind);
    Err(ArchiveError::Obstructed {
        path: root.to_owned(),
        found,
        wanted: Kind::Folder,
    })
}

/// What a folder is that the user named as an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// An archive that we understand.
    Archive,
    /// Empty, or with nothing in it but what an interrupted creation leaves.
    Vacant,
}

/// Finds out what the folder is.
pub(super) fn state(root: &Path) -> Result<State, ArchiveError> {
    if read(root)? {
        return Ok(State::Archive);
    }
    let is_vacant = match disk::list_followed(root) {
        Err(ArchiveError::TooMany { .. }) => false,
        listed => (listed?.iter()).all(|listed| listed.name == *layout::temporary().as_str()),
    };
    if is_vacant {
        return Ok(State::Vacant);
    }
    // Between the two looks another process may have made it an archive.
    if read(root)? {
        return Ok(State::Archive);
    }
    let path = root.to_owned();
    Err(if holds_archive(root)? {
        ArchiveError::Unmarked { path }
    } else {
        ArchiveError::NotAnArchive { path }
    })
}

/// Returns whether the folder is an archive of our format whose marker is lost: it is not there, or is nothing that could say
/// of another format.
pub(super) fn is_lost(root: &Path) -> Result<bool, ArchiveError> {
    let says_nothing = match read(root) {
        Ok(is_marked) => !is_marked,
        Err(ArchiveError::Marker { source, .. }) => !source.is_data(),
        Err(ArchiveError::Obstructed { .. }) => true,
        Err(error) => return Err(error),
    };
    Ok(says_nothing && holds_archive(root)?)
}

/// Returns whether what lies in the folder is an archive of our format, whatever its marker says: a log that begins as ours do,
/// with articles or blobs beside it, and no snapshot of another format.
fn holds_archive(root: &Path) -> Result<bool, ArchiveError> {
    let is_there = |path: &ArchivePath| disk::is_folder(&path.under(root));
    let told = match log::lines(root, 0).map(|mut lines| lines.next()) {
        Ok(Some(Ok(_))) => is_there(&layout::articles()).and_then(|articles| {
            // Of a log of removals alone, nothing else may be left.
            Ok(articles || is_there(&layout::blobs())?)
        }),
        Ok(_) => Ok(false),
        Err(error) => Err(error),
    };
    match told {
        Err(error) if error.is_damage() => Ok(false),
        Ok(true) => is_of_our_format(&Archive::at(root)),
        other => other,
    }
}

/// Returns whether the first snapshot that can be read is of our format, or there is none.
fn is_of_our_format(archive: &Archive) -> Result<bool, ArchiveError> {
    for article in archive.articles()? {
        for path in archive.snapshots(&article)? {
            match archive.read_snapshot(&path) {
                Ok(_) => return Ok(true),
                Err(ArchiveError::Snapshot {
                    source: SnapshotError::UnknownFormat(_),
                    ..
                }) => return Ok(false),
                Err(_) => {}
            }
        }
    }
    Ok(true)
}

/// Writes the marker of an archive that has lost it. What stands in its place is kept.
pub(super) fn put_back(root: &Path) -> Result<(), ArchiveError> {
    if disk::look(&layout::marker().under(root))?.is_some() {
        store::set_aside(root, &layout::marker())?;
    }
    write(root)
}

/// Writes the marker where there is none, durably.
fn write(root: &Path) -> Result<(), ArchiveError> {
    disk::create_folders(root, &layout::temporary())?;
    let temporary = layout::temporary()
        .child(&format!("marker-{}", process::id()))
        .under(root);
    disk::remove_file(&temporary)?;
    durable::write_new(&temporary, MARKER.as_bytes())?;
    durable::place(
        root,
        &[Draft {
            temporary,
            path: layout::marker(),
        }],
    )
}

/// Reads the marker. Returns false where there is none.
fn read(root: &Path) -> Result<bool, ArchiveError> {
    let path = layout::marker().under(root);
    let Some(bytes) = disk::read_if_there(&path, MARKER_BYTES_MAX)? else {
        return Ok(false);
    };
    let marker: Marker = match serde_json::from_slice(&bytes) {
        Ok(marker) => marker,
        Err(source) => return Err(ArchiveError::Marker { path, source }),
    };
    if marker.format != u64::from(FORMAT) {
        return Err(ArchiveError::LaterFormat {
            path,
            found: marker.format,
        });
    }
    match marker.requires.into_iter().next() {
        Some(requirement) => Err(ArchiveError::UnknownRequirement { path, requirement }),
        None => Ok(true),
    }
}

/// Makes `root` an archive, unless it is one.
pub(super) fn create(root: &Path) -> Result<(), ArchiveError> {
    // A link that leads nowhere is met here as well.
    if disk::look(root)?.is_some() {
        expect_folder(root)?;
    }
    fs::create_dir_all(root).at("create the folder", root)?;
    if state(root)? == State::Archive {
        return Ok(());
    }
    disk::create_folders(root, &layout::temporary())?;
    let _creating = lock::begin_commit(root, lock::LOCK_WAIT)?;
    if read(root)? {
        return Ok(());
    }
    write(root)?;
    let above = root
        .parent()
        .filter(|above| !above.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    disk::sync_folder(above)
}
