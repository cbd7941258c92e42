//! When is what was written safe? Bytes, names, and all of a file system at once.

use std::fs::File;
#[cfg(target_os = "linux")]
use std::io;
use std::path::Path;

use super::{expect_file, guarded};
use crate::archive::error::{ArchiveError, At as _};

/// Makes a file's bytes durable.
pub(in crate::archive) fn sync_file(path: &Path) -> Result<(), ArchiveError> {
    // Opened for writing, because Windows syncs no other.
    expect_file(path)?;
    let file = guarded()
        .write(true)
        .open(path)
        .at("open for syncing", path)?;
    file.sync_all().at("sync", path)
}

/// Makes the names in a folder durable.
pub(in crate::archive) fn sync_folder(path: &Path) -> Result<(), ArchiveError> {
    // Other systems can't open a folder, and keep its names by themselves.
    if cfg!(unix) {
        File::open(path)
            .and_then(|folder| folder.sync_all())
            .at("sync the folder", path)?;
    }
    Ok(())
}

/// Makes everything on the file system of `root` durable. Returns false where the system can't do that.
#[cfg(target_os = "linux")]
pub(in crate::archive) fn sync_file_system(root: &Path) -> Result<bool, ArchiveError> {
    use rustix::io::Errno;

    let folder = File::open(root).at("open", root)?;
    match rustix::fs::syncfs(&folder) {
        Ok(()) => Ok(true),
        Err(Errno::NOSYS | Errno::INVAL | Errno::OPNOTSUPP) => Ok(false),
        Err(errno) => Err(io::Error::from(errno)).at("sync the file system of", root),
    }
}

/// Makes everything on the file system of `root` durable. Returns false where the system can't do that.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Linux")]
pub(in crate::archive) fn sync_file_system(_root: &Path) -> Result<bool, ArchiveError> {
    Ok(false)
}
