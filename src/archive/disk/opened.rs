//! How are many files of one folder looked at? The folder is opened once, and no path is walked again for each.

mod pieces;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;

#[cfg(unix)]
use std::os::fd::OwnedFd;

#[cfg(unix)]
use rustix::fs::{FileType, Mode, OFlags};

#[cfg(target_os = "linux")]
use super::take_in;
use super::{ENTRIES_MAX, Listed, Seen, is_folder};
use crate::archive::error::{ArchiveError, At as _, Kind};

pub(in crate::archive) use pieces::Opened;

/// Bytes of names that are taken from the system at once.
#[cfg(target_os = "linux")]
const LIST_BYTES: usize = 32 * 1024;

/// How a folder is opened: as nothing but a folder, and through no link.
#[cfg(unix)]
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A folder whose files are looked at and opened by their names.
#[derive(Debug)]
pub(in crate::archive) struct Folder {
    path: PathBuf,
    #[cfg(unix)]
    handle: OwnedFd,
    /// Files that are still to be got ahead.
    slow: AtomicU32,
}

impl Folder {
    /// Opens a folder; `None` where there is none. A link in its place is not followed.
    #[cfg(unix)]
    pub(in crate::archive) fn open(path: PathBuf) -> Result<Option<Self>, ArchiveError> {
        let opened = rustix::fs::open(&path, FOLDER, Mode::empty());
        Self::of(opened, path)
    }

    /// Opens a folder in this one; `None` where there is none. A link in its place is not followed.
    #[cfg(unix)]
    pub(in crate::archive) fn folder(&self, name: &str) -> Result<Option<Self>, ArchiveError> {
        let opened = rustix::fs::openat(&self.handle, name, FOLDER, Mode::empty());
        Self::of(opened, self.path.join(name))
    }

    #[cfg(unix)]
    fn of(
        opened: rustix::io::Result<OwnedFd>,
        path: PathBuf,
    ) -> Result<Option<Self>, ArchiveError> {
        use rustix::io::Errno;

        match opened {
            Ok(handle) => Ok(Some(Self {
                path,
                handle,
                slow: AtomicU32::new(0),
            })),
            Err(Errno::NOENT) => Ok(None),
            // It is no folder, or what leads there is none: which of them, a look tells.
            Err(Errno::NOTDIR | Errno::LOOP) if !is_folder(&path)? => Ok(None),
            Err(errno) => Err(std::io::Error::from(errno)).at("open", &path),
        }
    }

    /// Opens a folder; `None` where there is none. A link in its place is not followed.
    #[cfg(not(unix))]
    pub(in crate::archive) fn open(path: PathBuf) -> Result<Option<Self>, ArchiveError> {
        Ok(is_folder(&path)?.then_some(Self {
            path,
            slow: AtomicU32::new(0),
        }))
    }

    /// Opens a folder in this one; `None` where there is none. A link in its place is not followed.
    #[cfg(not(unix))]
    pub(in crate::archive) fn folder(&self, name: &str) -> Result<Option<Self>, ArchiveError> {
        Self::open(self.path.join(name))
    }

    /// Lists what stands in it, sorted by name.
    pub(in crate::archive) fn list(&self) -> Result<Vec<Listed>, ArchiveError> {
        self.list_within(ENTRIES_MAX)
    }

    /// Lists what stands in it, where so many may.
    #[cfg(target_os = "linux")]
    fn list_within(&self, limit: usize) -> Result<Vec<Listed>, ArchiveError> {
        use std::os::unix::ffi::OsStrExt as _;

        let mut buffer = Vec::with_capacity(LIST_BYTES);
        let mut entries = rustix::fs::RawDir::new(&self.handle, buffer.spare_capacity_mut());
        let mut listed = Vec::new();
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(std::io::Error::from).at("list", &self.path)?;
            let name = std::ffi::OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                // Not every file system tells.
                FileType::Unknown => match self.look(name)? {
                    Some(seen) => seen.kind,
                    None => continue,
                },
                told => kind_of(told),
            };
            take_in(&mut listed, name.to_owned(), kind, (&self.path, limit))?;
        }
        listed.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(listed)
    }

    /// Lists what stands in it, where so many may.
    #[cfg(not(target_os = "linux"))]
    fn list_within(&self, limit: usize) -> Result<Vec<Listed>, ArchiveError> {
        super::list_within(&self.path, limit)
    }

    /// Looks at what stands in it under `name`, without opening or following it; `None` where there is nothing.
    #[cfg(unix)]
    pub(in crate::archive) fn look(
        &self,
        name: impl AsRef<Path>,
    ) -> Result<Option<Seen>, ArchiveError> {
        use rustix::fs::{AtFlags, statat};

        let name = name.as_ref();
        let seen = match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            other => other
                .map_err(std::io::Error::from)
                .at("look at", &self.path.join(name))?,
        };
        Ok(Some(Seen {
            kind: kind_of(FileType::from_raw_mode(seen.st_mode)),
            bytes: u64::try_from(seen.st_size).unwrap_or_default(),
        }))
    }

    /// Looks at what stands in it under `name`, without opening or following it; `None` where there is nothing.
    #[cfg(not(unix))]
    pub(in crate::archive) fn look(
        &self,
        name: impl AsRef<Path>,
    ) -> Result<Option<Seen>, ArchiveError> {
        super::look(&self.path.join(name))
    }

    /// Reads the whole regular file `name` of at most `limit` bytes. The length is taken first, and nothing beyond it is believed.
    pub(in crate::archive) fn read_whole(
        &self,
        name: &str,
        limit: u64,
    ) -> Result<Vec<u8>, ArchiveError> {
        let (file, length) = self.open_regular(name)?;
        if length > limit {
            return Err(ArchiveError::TooLarge {
                path: self.path.join(name),
                limit,
            });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        file.take(length)
            .read_to_end(&mut bytes)
            .map_err(|source| io(source, &self.path.join(name)))?;
        Ok(bytes)
    }

    /// Opens a regular file, and returns its length.
    fn open_regular(&self, name: &str) -> Result<(File, u64), ArchiveError> {
        let file = self.open_file(name)?;
        let path = || self.path.join(name);
        let found = file.metadata().map_err(|source| io(source, &path()))?;
        if !found.is_file() {
            return Err(ArchiveError::Obstructed {
                path: path(),
                found: super::kind_of(found.file_type()),
                wanted: Kind::File,
            });
        }
        Ok((file, found.len()))
    }

    /// Opens a file that was seen to be a regular one. Where that is another thing now, it is neither followed nor waited for.
    #[cfg(unix)]
    fn open_file(&self, name: &str) -> Result<File, ArchiveError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::openat(&self.handle, name, flags, Mode::empty())
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
fn kind_of(found: FileType) -> Kind {
    match found {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Symlink,
        _ => Kind::Special,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quarter of a million files take seconds to make, so the number is another one.
    #[test]
    fn so_many_are_listed_and_not_one_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        // One that is open is listed once.
        let open = || Folder::open(path.to_owned()).unwrap().unwrap();
        for (file, is_listed) in [("c", true), ("a", true), ("b", true), ("d", false)] {
            File::create(path.join(file)).unwrap();
            for listed in [
                open().list_within(3),
                crate::archive::disk::list_within(path, 3),
            ] {
                match listed {
                    Ok(listed) => {
                        assert!(is_listed && listed.is_sorted_by_key(|it| it.name.clone()));
                    }
                    Err(ArchiveError::TooMany { limit, .. }) => {
                        assert_eq!((limit, is_listed), (3, false));
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!(open().list().unwrap().len(), 4);
    }
}
