//! How is one file of the archive touched, and never anything that a link points to? Home of rustix.

mod folders;
mod opened;
mod room;
mod sync;
mod trouble;

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;

use jiff::Timestamp;

use super::error::{ArchiveError, At as _, Kind};

pub(super) use folders::{Folders, beneath, create_folders, spread};
pub(super) use opened::{Folder, Opened};
pub(super) use room::free_bytes;
pub(super) use sync::{sync_file, sync_file_system, sync_folder};
pub(super) use trouble::{is_failing, is_out_of_files};

/// What may stand in one folder: of each entry its name is kept while the folder is looked through, so that is some 30 MB, or 80 where
/// the names are as long as can be. Our folders of blobs have as many when there are 67 million.
const ENTRIES_MAX: usize = 1 << 18;

/// What was seen at a path, without following it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// What it is.
    pub(super) kind: Kind,
    /// Length of a file.
    pub(super) bytes: u64,
}

/// One name in a folder.
#[derive(Debug)]
pub(super) struct Listed {
    /// The name, which may be anything the system takes.
    pub(super) name: OsString,
    /// What stands there.
    pub(super) kind: Kind,
}

/// Looks at `path` without opening or following it; `None` where there is nothing.
pub(super) fn look(path: &Path) -> Result<Option<Seen>, ArchiveError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(Seen {
            kind: kind_of(metadata.file_type()),
            bytes: metadata.len(),
        })),
        // Where a file stands in the place of a folder above, there is nothing here either.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error).at("look at", path),
    }
}

/// Returns when the bytes of what stands at `path` were written; `None` where that is not known.
pub(super) fn modified(path: &Path) -> Result<Option<Timestamp>, ArchiveError> {
    let metadata = fs::symlink_metadata(path).at("look at", path)?;
    let modified = metadata.modified().ok();
    Ok(modified.and_then(|modified| Timestamp::try_from(modified).ok()))
}

fn kind_of(found: fs::FileType) -> Kind {
    if found.is_file() {
        Kind::File
    } else if found.is_dir() {
        Kind::Folder
    } else if found.is_symlink() {
        Kind::Symlink
    } else {
        Kind::Special
    }
}

/// Proves that a regular file stands at `path`.
fn expect_file(path: &Path) -> Result<(), ArchiveError> {
    match look(path)? {
        Some(Seen {
            kind: Kind::File, ..
        })
        | None => Ok(()),
        Some(Seen { kind: found, .. }) => Err(ArchiveError::Obstructed {
            path: path.to_owned(),
            found,
            wanted: Kind::File,
        }),
    }
}

/// Opens a regular file for reading. A link is not followed, and a pipe does not make us wait.
pub(super) fn open(path: &Path) -> Result<File, ArchiveError> {
    expect_file(path)?;
    guarded().read(true).open(path).at("open", path)
}

/// Opens a regular file for reading and writing, creating it where there is none.
pub(super) fn open_or_create(path: &Path) -> Result<File, ArchiveError> {
    expect_file(path)?;
    guarded()
        .read(true)
        .write(true)
        .create(true)
        .open(path)
        .at("open for writing", path)
}

/// Creates a file where there is nothing yet.
pub(super) fn create(path: &Path) -> Result<File, ArchiveError> {
    create_as(guarded(), path)
}

/// Creates a file that nobody but its owner may read, where the system knows such files.
pub(super) fn create_private(path: &Path) -> Result<File, ArchiveError> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = guarded();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    create_as(options, path)
}

fn create_as(mut options: OpenOptions, path: &Path) -> Result<File, ArchiveError> {
    options.read(true).write(true).create_new(true);
    options.open(path).at("create", path)
}

/// Between the look and the opening, somebody may put a link or a pipe there: the system is told to refuse it too.
fn guarded() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has flags to add"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    options
}

/// Reads a whole file of at most `limit` bytes. The length is taken first, and nothing beyond it is believed.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ArchiveError> {
    let (file, length) = open_within(path, limit)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(length).read_to_end(&mut bytes).at("read", path)?;
    Ok(bytes)
}

/// Returns the length of a file of at most `limit` bytes.
pub(super) fn length(path: &Path, limit: u64) -> Result<u64, ArchiveError> {
    open_within(path, limit).map(|(_, length)| length)
}

/// Opens a file of at most `limit` bytes, and returns its length.
fn open_within(path: &Path, limit: u64) -> Result<(File, u64), ArchiveError> {
    let file = open(path)?;
    let length = file.metadata().at("look at", path)?.len();
    if length > limit {
        return Err(ArchiveError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok((file, length))
}

/// Reads the bytes of a file between two places, as far as there are any.
pub(super) fn read_between(path: &Path, range: Range<u64>) -> Result<Vec<u8>, ArchiveError> {
    let mut file = open(path)?;
    let length = range.end.saturating_sub(range.start);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.seek(SeekFrom::Start(range.start))
        .and_then(|_| file.take(length).read_to_end(&mut bytes))
        .at("read", path)?;
    Ok(bytes)
}

/// Reads like [`read`]; `None` where there is no file.
pub(super) fn read_if_there(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
    match read(path, limit) {
        Err(ArchiveError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(None)
        }
        other => other.map(Some),
    }
}

/// Returns whether a folder stands at `path`, or nothing. A link to one is none.
pub(super) fn is_folder(path: &Path) -> Result<bool, ArchiveError> {
    match look(path)? {
        None => Ok(false),
        Some(Seen {
            kind: Kind::Folder, ..
        }) => Ok(true),
        Some(Seen { kind: found, .. }) => Err(ArchiveError::Obstructed {
            path: path.to_owned(),
            found,
            wanted: Kind::Folder,
        }),
    }
}

/// Lists a folder, sorted by name; nothing where there is none.
pub(super) fn list(path: &Path) -> Result<Vec<Listed>, ArchiveError> {
    let folder = Folder::open(path.to_owned())?;
    folder.map_or_else(|| Ok(Vec::new()), |folder| folder.list())
}

/// Lists a folder, sorted by name, or the one that a link leads to: for the archive's own, which the user named.
pub(super) fn list_followed(path: &Path) -> Result<Vec<Listed>, ArchiveError> {
    list_within(path, ENTRIES_MAX)
}

/// Lists a folder in which so many may stand.
fn list_within(path: &Path, limit: usize) -> Result<Vec<Listed>, ArchiveError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).at("list", path)? {
        let entry = entry.at("list", path)?;
        let kind = match entry.file_type() {
            Ok(kind) => kind_of(kind),
            Err(error) => return Err(error).at("look at", &entry.path()),
        };
        take_in(&mut names, entry.file_name(), kind, (path, limit))?;
    }
    names.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(names)
}

/// Takes in what stands in the folder of a path, in which so many may.
fn take_in(
    listed: &mut Vec<Listed>,
    name: OsString,
    kind: Kind,
    (path, limit): (&Path, usize),
) -> Result<(), ArchiveError> {
    if listed.len() >= limit {
        return Err(ArchiveError::TooMany {
            path: path.to_owned(),
            limit,
        });
    }
    listed.push(Listed { name, kind });
    Ok(())
}

/// Lists the names in a folder that are texts and stand for `kind`, sorted.
pub(super) fn names(path: &Path, kind: Kind) -> Result<Vec<String>, ArchiveError> {
    let listed = list(path)?.into_iter().filter(|listed| listed.kind == kind);
    Ok(listed
        .filter_map(|listed| listed.name.into_string().ok())
        .collect())
}

/// Gives a file another name, in the place of whatever file or link has it.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    fs::rename(from, to).at("put into place", to)
}

/// Removes a file; it is no error if there is none.
pub(super) fn remove_file(path: &Path) -> Result<(), ArchiveError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.at("remove", path),
    }
}

/// Removes a folder where nothing is in it; what is no empty folder stays.
pub(super) fn remove_if_empty(path: &Path) {
    // It is no loss where it stays.
    drop(fs::remove_dir(path));
}

/// Removes a folder of ours with everything in it; it is no error if there is none.
pub(super) fn remove_folder(path: &Path) -> Result<(), ArchiveError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.at("remove", path),
    }
}
