//! What does a person open? Renders a committed snapshot and puts its view beside it.

use crate::archive::layout::{self, ArchivePath, ArticleFolder};
use crate::archive::{Archive, ArchiveError, Writer};
use crate::digest::Digest;
use crate::render::{self, view};
use crate::snapshot::Snapshot;

/// Renders the view of `snapshot`, which stands at `path`, and writes it: what it shows first, what describes it last.
pub(super) fn write(archive: &Archive, writer: &Writer, path: &ArchivePath, snapshot: &Snapshot) -> Result<(), ArchiveError> {
    let folder = ArticleFolder::containing(path).expect("a snapshot stands in the folder of its article");
    let original = archive.read_blob(&snapshot.original)?;
    // A blob that can't be read shows as missing; `verify` says what is wrong with it.
    let view = render::render(snapshot, &original, &|digest| archive.read_blob(digest).ok());
    for derived in &view.derived {
        writer.derive(&layout::derived(&derived.digest, derived.extension), &derived.bytes)?;
    }
    for file in &view.files {
        writer.derive(&folder.path().join(file.name), &file.bytes)?;
    }
    writer.derive(&folder.view_record(), &view::record(path.name(), &view))
}

/// Returns whether the view beside the snapshot at `path` is there and is the one that this program would render.
pub(super) fn is_current(archive: &Archive, path: &ArchivePath) -> bool {
    let folder = ArticleFolder::containing(path).expect("a snapshot stands in the folder of its article");
    let Ok(bytes) = archive.read(&folder.view_record()) else { return false };
    let Some(record) = view::parse(&bytes) else { return false };
    let same = |name: &str, digest: &Digest| archive.read(&folder.path().join(name)).is_ok_and(|bytes| Digest::of(&bytes) == *digest);
    record.renderer == render::RENDERER
        && record.snapshot == path.name()
        && record.files.iter().all(|file| same(&file.name, &file.digest))
}
