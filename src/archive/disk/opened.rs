//! How are many files of one folder looked at? The folder is opened once, and no path is walked again for each.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Listed, Seen, is_folder, list};
use crate::archive::error::{ArchiveError, At as _, Kind};

/// A folder whose files are looked at and opened by their names.
#[derive(Debug)]
pub(in crate::archive) struct Folder {
    path: PathBuf,
    #[cfg(unix)]
    handle: std::os::fd::OwnedFd,
}

impl Folder {
    /// Opens a folder; `None` where there is none. A link in its place is not followed.
    pub(in crate::archive) fn open(path: PathBuf) -> Result<Option<Self>, ArchiveError> {
        if !is_folder(&path)? {
            return Ok(None);
        }
        Ok(Some(Self {
            #[cfg(unix)]
            handle: handle(&path)?,
            path,
        }))
    }

    /// Lists what stands in it, sorted by name.
    pub(in crate::archive) fn list(&self) -> Result<Vec<Listed>, ArchiveError> {
        list(&self.path)
    }

    /// Looks at what stands in it under `name`, without opening or following it; `None` where there is nothing.
    #[cfg(unix)]
    pub(in crate::archive) fn look(&self, name: &str) -> Result<Option<Seen>, ArchiveError> {
        use rustix::fs::{AtFlags, FileType, statat};

        let seen = match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            other => other
                .map_err(std::io::Error::from)
                .at("look at", &self.path.join(name))?,
        };
        let kind = match FileType::from_raw_mode(seen.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Symlink,
            _ => Kind::Special,
        };
        Ok(Some(Seen {
            kind,
            bytes: u64::try_from(seen.st_size).unwrap_or_default(),
        }))
    }

    /// Looks at what stands in it under `name`, without opening or following it; `None` where there is nothing.
    #[cfg(not(unix))]
    pub(in crate::archive) fn look(&self, name: &str) -> Result<Option<Seen>, ArchiveError> {
        look(&self.path.join(name))
    }

    /// Reads the regular file `name` piece by piece through `buffer`, and hands each piece on, for as long as `take` wants
    /// more. Returns its length as it was when it was opened, and whether all of that was read.
    pub(in crate::archive) fn read(
        &self,
        name: &str,
        buffer: &mut [u8],
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(u64, bool), ArchiveError> {
        let mut file = self.open_file(name)?;
        let path = || self.path.join(name);
        let found = file.metadata().map_err(|source| io(source, &path()))?;
        if !found.is_file() {
            return Err(ArchiveError::Obstructed {
                path: path(),
                found: super::kind_of(found.file_type()),
                wanted: Kind::File,
            });
        }
        let mut left = found.len();
        while left > 0 {
            let read = match file.read(buffer) {
                Ok(0) => break,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other.map_err(|source| io(source, &path()))?,
            };
            if !take(&buffer[..read]) {
                return Ok((found.len(), false));
            }
            left = left.saturating_sub(read as u64);
        }
        Ok((found.len(), true))
    }

    /// Opens a file that was seen to be a regular one. Where that is another thing now, it is neither followed nor waited for.
    #[cfg(unix)]
    fn open_file(&self, name: &str) -> Result<File, ArchiveError> {
        use rustix::fs::{Mode, OFlags, openat};

        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(&self.handle, name, flags, Mode::empty())
            .map(File::from)
            .map_err(|errno| io(errno.into(), &self.path.join(name)))
    }

    #[cfg(not(unix))]
    fn open_file(&self, name: &str) -> Result<File, ArchiveError> {
        super::open(&self.path.join(name))
    }
}

fn io(source: std::io::Error, path: &Path) -> ArchiveError {
    ArchiveError::Io {
        doing: "read",
        path: path.to_owned(),
        source,
    }
}

#[cfg(unix)]
fn handle(path: &Path) -> Result<std::os::fd::OwnedFd, ArchiveError> {
    use rustix::fs::{Mode, OFlags, open};

    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    open(path, flags, Mode::empty())
        .map_err(std::io::Error::from)
        .at("open", path)
}
