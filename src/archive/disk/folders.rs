//! How do the folders of an archive come to be, and where on the disk?

use std::collections::HashSet;
#[cfg(target_os = "linux")]
use std::fs::File;
use std::path::{Path, PathBuf};
use std::{fs, io};

#[cfg(target_os = "linux")]
use tracing::debug;

use super::is_folder;
use crate::archive::error::{ArchiveError, At as _};
use crate::archive::layout::ArchivePath;

/// Folders of an archive that are made for several files: each is looked at once.
#[derive(Debug)]
pub(in crate::archive) struct Folders<'a> {
    root: &'a Path,
    there: HashSet<PathBuf>,
}

impl<'a> Folders<'a> {
    /// Begins without having seen any below `root`.
    pub(in crate::archive) fn below(root: &'a Path) -> Self {
        Self {
            root,
            there: HashSet::new(),
        }
    }

    /// Makes `folder` and the folders above it, up to the archive's own. Returns the folders that have a new name in them.
    ///
    /// A link in the place of a folder is refused: what is written below it would land outside the archive.
    pub(in crate::archive) fn create(
        &mut self,
        folder: &ArchivePath,
    ) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut changed = Vec::new();
        if self.there.contains(&folder.under(self.root)) {
            return Ok(changed);
        }
        let mut path = self.root.to_owned();
        for part in folder.as_str().split('/') {
            let above = path.clone();
            path.push(part);
            if self.there.contains(&path) {
                continue;
            }
            if create_folder(&path)? {
                changed.push(above);
            }
            self.there.insert(path.clone());
        }
        Ok(changed)
    }
}

/// Makes `folder` and the folders above it, up to the archive's own, as [`Folders::create`] does.
pub(in crate::archive) fn create_folders(
    root: &Path,
    folder: &ArchivePath,
) -> Result<Vec<PathBuf>, ArchiveError> {
    Folders::below(root).create(folder)
}

/// Returns the path below `root`, if every folder on the way is one: a link there would lead out of it.
pub(in crate::archive) fn beneath(
    root: &Path,
    path: &ArchivePath,
) -> Result<Option<PathBuf>, ArchiveError> {
    let mut above = root.to_owned();
    let parent = path.parent();
    for part in parent.iter().flat_map(|parent| parent.as_str().split('/')) {
        above.push(part);
        if !is_folder(&above)? {
            return Ok(None);
        }
    }
    Ok(Some(path.under(root)))
}

/// Makes a folder where there is none. Returns whether its name may be new.
fn create_folder(path: &Path) -> Result<bool, ArchiveError> {
    if is_folder(path)? {
        return Ok(false);
    }
    match fs::create_dir(path) {
        // Another writer was quicker; it may not have synced the name yet.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other.at("create the folder", path)?,
    }
    Ok(true)
}

/// Lets the file system give each folder in this one a region of the disk of its own, where it takes such a hint (ext4, as
/// with `chattr +T`): they have nothing to do with one another.
///
/// A new file gets the first free inode of its folder's region. An ext4 without a journal passes one by one over those that
/// were freed in the last minutes, which after the removal of another archive took half of all the time of a run.
#[cfg(target_os = "linux")]
pub(in crate::archive) fn spread(folder: &Path) {
    use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};

    let Ok(folder) = File::open(folder) else {
        return;
    };
    // Most file systems know no such flag, and lose nothing by that.
    if let Ok(flags) = ioctl_getflags(&folder)
        && !flags.contains(IFlags::TOPDIR)
        && let Err(error) = ioctl_setflags(&folder, flags | IFlags::TOPDIR)
    {
        debug!(%error, "the file system takes no hint of where to put folders");
    }
}

/// Lets the file system give each folder in this one a region of the disk of its own, where it takes such a hint.
#[cfg(not(target_os = "linux"))]
pub(in crate::archive) fn spread(_folder: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether the file system was told that the folders in this one have nothing to do with one another.
    #[cfg(target_os = "linux")]
    fn is_spread(folder: &Path) -> bool {
        use rustix::fs::{IFlags, ioctl_getflags};

        let flags = ioctl_getflags(File::open(folder).unwrap());
        flags.is_ok_and(|flags| flags.contains(IFlags::TOPDIR))
    }

    /// Returns whether the file system of `folder` takes the hint, which it is given here without [`spread`].
    #[cfg(target_os = "linux")]
    fn takes_the_hint(folder: &Path) -> bool {
        use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};

        let asked = folder.join("asked");
        fs::create_dir(&asked).unwrap();
        let asked = File::open(asked).unwrap();
        ioctl_getflags(&asked)
            .is_ok_and(|flags| ioctl_setflags(&asked, flags | IFlags::TOPDIR).is_ok())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_system_that_takes_the_hint_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let hinted = folder.path().join("hinted");
        fs::create_dir(&hinted).unwrap();
        spread(&hinted);
        spread(&hinted);
        assert_eq!(is_spread(&hinted), takes_the_hint(folder.path()));
        spread(&folder.path().join("missing"));
    }

    /// What the next writer puts into a folder of its own does not wait for the inodes that the last one gave back.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_writer_asks_for_a_region_of_its_own() {
        use crate::archive::{Archive, LOCK_WAIT, Rehearsal, WriterOptions, layout};

        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("archive");
        let options = WriterOptions {
            lock_wait: LOCK_WAIT,
            rehearsal: Rehearsal::none(),
        };
        let archive = Archive::open_or_create(&root).unwrap();
        let (_writer, _) = archive
            .writer(options, jiff::Timestamp::UNIX_EPOCH)
            .unwrap();
        let temporary = layout::temporary().under(&root);
        assert_eq!(is_spread(&temporary), takes_the_hint(folder.path()));
        // The folders in it are where the regions are.
        assert!(
            fs::read_dir(temporary)
                .unwrap()
                .any(|it| it.unwrap().path().is_dir())
        );
        assert!(!is_spread(&root));
    }

    #[cfg(unix)]
    #[test]
    fn folders_are_made_once_and_no_link_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let path = |text: &str| ArchivePath::parse(text).unwrap();
        let mut folders = Folders::below(root);
        assert_eq!(
            folders.create(&path("a/b")).unwrap(),
            [root.to_owned(), root.join("a")]
        );
        assert_eq!(folders.create(&path("a/b")).unwrap(), [] as [PathBuf; 0]);
        assert_eq!(folders.create(&path("a/c")).unwrap(), [root.join("a")]);
        std::os::unix::fs::symlink(root.join("a"), root.join("link")).unwrap();
        let refused = folders.create(&path("link/d"));
        assert!(matches!(refused, Err(ArchiveError::Obstructed { .. })));
        assert!(!root.join("a/d").exists());
    }
}
