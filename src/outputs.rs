//! What is put on the user's own disk, outside any archive? Whole files below one folder. Home of tempfile.
//!
//! A file is written beside its place, made durable, and then given its name: whoever looks sees the old one or the new
//! one. What stood there keeps its permissions. Links are not followed to write.

mod copy;

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::digest::{Digest, Hasher};
use copy::{Hash, copy};

/// How deep folders of records are followed. No site's posts nest that deep.
const DEPTH_MAX: usize = 64;

/// A folder that is written to.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// Why something could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The system refused.
    #[error("can't {doing} {}", path.display())]
    Io {
        /// A verb.
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else stands where a file should be; it was neither followed nor replaced.
    #[error("{} is no regular file", .0.display())]
    NotAFile(PathBuf),
    /// A file has more bytes than one of its kind can have.
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most it may have.
        limit: u64,
    },
    /// What was to be copied could not be read to its end.
    #[error("what was to be copied can't be read")]
    Unreadable(#[source] io::Error),
}

/// Says what was done to which path when the system refuses.
trait At<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, OutputError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, OutputError> {
        self.map_err(|source| OutputError::Io {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}

impl Folder {
    /// Takes a folder that is there.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(root: &Path) -> Result<Self, OutputError> {
        fs::read_dir(root).at("open the folder", root)?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Makes the folder where there is none.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create(root: &Path) -> Result<Self, OutputError> {
        fs::create_dir_all(root).at("create the folder", root)?;
        Self::open(root)
    }

    /// Returns where `path` is on this disk.
    #[must_use]
    pub fn place(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Reads a file of at most `bytes_max` bytes; `None` where there is none.
    ///
    /// # Errors
    /// When it is no regular file, too large, or can't be read.
    pub fn read(&self, path: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, OutputError> {
        let place = self.place(path);
        if self.look(path)?.is_none() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let file = File::open(&place).at("open", &place)?;
        file.take(bytes_max + 1)
            .read_to_end(&mut bytes)
            .at("read", &place)?;
        if bytes.len() as u64 > bytes_max {
            return Err(OutputError::TooLarge {
                path: place,
                limit: bytes_max,
            });
        }
        Ok(Some(bytes))
    }

    /// Returns the digest of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it is no regular file, or can't be read.
    pub fn digest(&self, path: &str) -> Result<Option<Digest>, OutputError> {
        if self.look(path)?.is_none() {
            return Ok(None);
        }
        let place = self.place(path);
        let mut file = File::open(&place).at("open", &place)?;
        let mut hasher = Hasher::default();
        copy(&mut file, &mut Hash(&mut hasher)).map_err(|halt| halt.at(&place))?;
        Ok(Some(hasher.finish()))
    }

    /// Writes a file, in the place of one that is there.
    ///
    /// # Errors
    /// When something else is there, or the disk refuses.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
        self.write_from(path, &mut &bytes[..])
    }

    /// Writes a file like [`Self::write`], with all that `from` gives. Where `from` fails, nothing is written.
    ///
    /// # Errors
    /// As above; [`OutputError::Unreadable`] where `from` fails.
    pub fn write_from(&self, path: &str, from: &mut dyn Read) -> Result<(), OutputError> {
        let place = self.place(path);
        let folder = place.parent().unwrap_or(&self.root);
        let before = self.look(path)?;
        self.create_folders(folder)?;
        let mut file = draft(folder, before.as_ref()).at("create a file in", folder)?;
        copy(from, file.as_file_mut()).map_err(|halt| halt.at(&place))?;
        file.as_file().sync_all().at("sync", &place)?;
        file.persist(&place)
            .map_err(|error| error.error)
            .at("put into place", &place)?;
        sync_folder(folder)
    }

    /// Makes `folder` and those above it, and their names durable.
    fn create_folders(&self, folder: &Path) -> Result<(), OutputError> {
        let missing = folder.ancestors().take_while(|folder| !folder.exists());
        let mut missing: Vec<&Path> = missing.collect();
        missing.reverse();
        for folder in missing {
            match fs::create_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => other.at("create the folder", folder)?,
            }
            sync_folder(folder.parent().unwrap_or(&self.root))?;
        }
        Ok(())
    }

    /// Removes a file; it is no error if there is none. Folders above that are empty then go with it, up to this one.
    ///
    /// # Errors
    /// When something else is there, or the disk refuses.
    pub fn remove(&self, path: &str) -> Result<(), OutputError> {
        if self.look(path)?.is_none() {
            return Ok(());
        }
        let place = self.place(path);
        fs::remove_file(&place).at("remove", &place)?;
        let above = place.ancestors().skip(1);
        for folder in above.take_while(|folder| *folder != self.root) {
            // One that is not empty stays, and so do those above it.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Returns the paths of the files below the folder `path`, sorted; none where there is no such folder. Links are
    /// not followed, and names that are no text are passed over: nothing here was written under such a name.
    ///
    /// # Errors
    /// When a folder can't be listed.
    pub fn files(&self, path: &str) -> Result<Vec<String>, OutputError> {
        let mut files = Vec::new();
        self.list(path, DEPTH_MAX, &mut files)?;
        files.sort_unstable();
        Ok(files)
    }

    fn list(&self, path: &str, depth: usize, files: &mut Vec<String>) -> Result<(), OutputError> {
        let place = self.place(path);
        let entries = match fs::read_dir(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.at("list", &place)?,
        };
        for entry in entries {
            let entry = entry.at("list", &place)?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let kind = entry.file_type().at("look at", &entry.path())?;
            let below = format!("{path}/{name}");
            if kind.is_dir() && depth > 0 {
                self.list(&below, depth - 1, files)?;
            } else if kind.is_file() {
                files.push(below);
            }
        }
        Ok(())
    }

    /// Returns what is known of the regular file at `path`; `None` where nothing is.
    fn look(&self, path: &str) -> Result<Option<Metadata>, OutputError> {
        let place = self.place(path);
        match fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
            Ok(_) => Err(OutputError::NotAFile(place)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at("look at", &place),
        }
    }
}

/// Begins a file beside its place, with the permissions of the one that it replaces, else those that are usual here.
fn draft(folder: &Path, before: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".offprint-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The system takes from this what the user's mask says.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(before) = before {
        file.as_file().set_permissions(before.permissions())?;
    }
    Ok(file)
}

/// Makes the names in a folder durable, where the system lets us.
fn sync_folder(folder: &Path) -> Result<(), OutputError> {
    if cfg!(unix) {
        let folder_file = File::open(folder).at("open the folder", folder)?;
        folder_file.sync_all().at("sync the folder", folder)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("site")).unwrap();
        (dir, folder)
    }

    #[test]
    fn files_are_written_replaced_and_removed() {
        let (dir, folder) = folder();
        assert_eq!(folder.read("a/b.md", 9).unwrap(), None);
        folder.write("a/b.md", b"one").unwrap();
        folder.write("a/b.md", b"two").unwrap();
        assert_eq!(folder.read("a/b.md", 3).unwrap().unwrap(), b"two");
        assert_eq!(folder.digest("a/b.md").unwrap(), Some(Digest::of(b"two")));
        assert_eq!(folder.files("a").unwrap(), ["a/b.md"]);
        assert!(matches!(
            folder.read("a/b.md", 2),
            Err(OutputError::TooLarge { .. })
        ));
        folder.remove("a/b.md").unwrap();
        folder.remove("a/b.md").unwrap();
        assert!(!dir.path().join("site/a").exists() && dir.path().join("site").exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_replaced_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_dir, folder) = folder();
        folder.write("a", b"one").unwrap();
        fs::set_permissions(folder.place("a"), fs::Permissions::from_mode(0o640)).unwrap();
        folder.write("a", b"two").unwrap();
        let mode = fs::metadata(folder.place("a"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o640);
        folder.write("b", b"new").unwrap();
        let mode = fs::metadata(folder.place("b"))
            .unwrap()
            .permissions()
            .mode();
        assert_ne!(mode & 0o777, 0o600, "as any other new file");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let (dir, folder) = folder();
        let outside = dir.path().join("outside");
        fs::write(&outside, b"mine").unwrap();
        std::os::unix::fs::symlink(&outside, folder.place("a")).unwrap();
        assert!(matches!(
            folder.write("a", b"x"),
            Err(OutputError::NotAFile(_))
        ));
        assert!(matches!(folder.read("a", 9), Err(OutputError::NotAFile(_))));
        assert!(matches!(folder.remove("a"), Err(OutputError::NotAFile(_))));
        assert_eq!(fs::read(outside).unwrap(), b"mine");
    }

    #[test]
    fn what_ends_early_leaves_nothing() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let (_dir, folder) = folder();
        folder.write("a", b"old").unwrap();
        let from = &mut b"new".chain(Broken);
        assert!(matches!(
            folder.write_from("a", from),
            Err(OutputError::Unreadable(_))
        ));
        assert_eq!(folder.read("a", 9).unwrap().unwrap(), b"old");
        assert_eq!(folder.files(".").unwrap(), ["./a"]);
    }
}
