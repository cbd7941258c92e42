//! What does a person open? Renders committed snapshots and puts their views beside them.

use crate::archive::{
    Archive, ArchiveError, ArchivePath, ArticleFolder, Recovery, SnapshotFile, Writer, layout,
};
use crate::digest::Digest;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::render::view::{self, FileRecord, VIEW_BYTES_MAX};
use crate::render::{self, BLOB_BYTES_MAX, RENDERER};
use crate::snapshot::DOCUMENT_EXTENSION;

/// Bytes of views that are written with one sync, and held in memory until then, but for the view that goes beyond them.
const TOGETHER_BYTES: usize = 8 * 1024 * 1024;

/// Snapshots whose views are looked at together.
const TOGETHER: usize = 512;

/// Makes the views of these snapshots, where they are not there already.
///
/// Views are written outside the commit, so that it is short. Where another process has committed a newer snapshot of an
/// article meanwhile, ours may have been put over its view: whoever writes last sees that, and writes the newest.
///
/// # Errors
/// When the disk refuses. What can't be read is passed over: `verify` says what is wrong with it.
pub fn write(
    archive: &Archive,
    writer: &Writer,
    snapshots: &[&SnapshotFile],
) -> Result<(), ArchiveError> {
    for together in snapshots.chunks(TOGETHER) {
        let outdated = together
            .iter()
            .copied()
            .filter(|it| !is_current(archive, it));
        let mut due: Vec<SnapshotFile> = outdated.cloned().collect();
        while !due.is_empty() {
            derive(archive, writer, &due)?;
            due = overtaken(archive, &due)?;
        }
    }
    Ok(())
}

fn derive(
    archive: &Archive,
    writer: &Writer,
    snapshots: &[SnapshotFile],
) -> Result<(), ArchiveError> {
    let (mut files, mut bytes) = (Vec::new(), 0);
    for snapshot in snapshots {
        match rendered(archive, snapshot) {
            Ok(rendered) => {
                bytes += rendered.iter().map(|(_, file)| file.len()).sum::<usize>();
                files.extend(rendered);
            }
            // What can't be read can't be rendered; `verify` says what is wrong with it, and the rest goes on.
            Err(error) if error.is_damage() || error.is_absent() => {}
            Err(error) => return Err(error),
        }
        if bytes > TOGETHER_BYTES {
            writer.derive(&files)?;
            (files, bytes) = (Vec::new(), 0);
        }
    }
    writer.derive(&files)
}

/// Returns the newest snapshots of those articles that another process committed to meanwhile. No lock is held while views
/// are written: whoever writes an older one last makes the newest anew, so that it is what stays.
fn overtaken(
    archive: &Archive,
    written: &[SnapshotFile],
) -> Result<Vec<SnapshotFile>, ArchiveError> {
    let mut newer = Vec::new();
    for snapshot in written {
        let folder = folder(snapshot);
        if archive.snapshots(&folder)? == [snapshot.path.clone()] {
            continue;
        }
        let newest = archive.newest_snapshot(&folder)?;
        newer.extend(newest.filter(|newest| newest.path != snapshot.path));
    }
    Ok(newer)
}

/// Makes the views that writers before did not get to make, and lets go of their plan.
///
/// # Errors
/// When the disk refuses.
pub fn catch_up(
    archive: &Archive,
    writer: &Writer,
    recovery: &Recovery,
) -> Result<(), ArchiveError> {
    let mut newest = Vec::new();
    for folder in &recovery.articles {
        newest.extend(archive.newest_snapshot(folder)?);
    }
    write(archive, writer, &newest.iter().collect::<Vec<_>>())?;
    match &recovery.plan {
        Some(plan) => writer.settle(plan),
        None => Ok(()),
    }
}

/// Returns the files of a view and where they belong: what it shows first, what describes it last.
///
/// # Errors
/// When what it is made of can't be read.
pub(crate) fn rendered(
    archive: &Archive,
    snapshot: &SnapshotFile,
) -> Result<Vec<(ArchivePath, Vec<u8>)>, ArchiveError> {
    let folder = folder(snapshot);
    let original = archive.read_blob(
        &snapshot.snapshot.original,
        DOCUMENT_EXTENSION,
        DOCUMENT_BYTES_MAX,
    )?;
    let blob = archive.blobs_of(&snapshot.snapshot, BLOB_BYTES_MAX);
    let view = render::render(&snapshot.snapshot, &original, &blob);
    let record = view::record(snapshot.path.name(), &view);
    let derived = view
        .derived
        .into_iter()
        .map(|it| (layout::derived(&it.digest, it.extension), it.bytes));
    let files = view
        .files
        .into_iter()
        .map(|file| (folder.file(file.name), file.bytes));
    Ok(derived
        .chain(files)
        .chain([(folder.view_record(), record)])
        .collect())
}

/// Returns whether the view beside the snapshot is whole, and the one that this program would make, as far as can be told
/// without making it: by its record, which must be as this program writes it and undo to the original.
fn is_current(archive: &Archive, snapshot: &SnapshotFile) -> bool {
    let folder = folder(snapshot);
    let Ok(json) = archive.read(&folder.view_record(), VIEW_BYTES_MAX as u64) else {
        return false;
    };
    let Ok(record) = view::parse(&json) else {
        return false;
    };
    record.renderer == RENDERER
        && record.snapshot == snapshot.path.name()
        && record.to_json() == json
        && record
            .files
            .iter()
            .all(|file| is_whole(archive, &folder, snapshot, file))
        && record.derived.iter().all(|name| is_derived(archive, name))
}

fn is_whole(
    archive: &Archive,
    folder: &ArticleFolder,
    snapshot: &SnapshotFile,
    file: &FileRecord,
) -> bool {
    let path = ArchivePath::parse(&format!("{}/{}", folder.path(), file.name));
    let Some(Ok(bytes)) = path.map(|path| archive.read(&path, VIEW_BYTES_MAX as u64)) else {
        return false;
    };
    let is_original = |bytes: Vec<u8>| Digest::of(&bytes) == snapshot.snapshot.original;
    Digest::of(&bytes) == file.digest
        && (file.edits.is_none() || file.original(&bytes).is_some_and(is_original))
}

fn is_derived(archive: &Archive, name: &str) -> bool {
    let found = layout::derived_named(name).map(|path| archive.digest(&path));
    matches!(found, Some(Ok((digest, _))) if name.starts_with(&digest.to_string()))
}

fn folder(snapshot: &SnapshotFile) -> ArticleFolder {
    ArticleFolder::containing(&snapshot.path)
        .expect("a snapshot stands in the folder of its article")
}
