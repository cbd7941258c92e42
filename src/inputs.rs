//! What does the user's own disk hold? Reads what the user named, and nothing else; writes nothing.

mod lines;
mod seen;
mod stream;
mod walk;

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use crate::nature::{DOCUMENT_ENDINGS, kind_of_name};
use crate::render::localise::record;
use crate::source::SourceError;

pub use lines::{LineError, Place};
pub use seen::Seen;
pub use stream::{Input, Inputs, Named, STDIN};
use walk::NAMES_MAX;

/// The largest page or post that is read. Real articles stay far below; what is larger is a dump or a mistake.
pub const DOCUMENT_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// How much of a file is read at once where it only streams by.
const PIECE_BYTES: usize = 64 * 1024;

/// The files that mark the folder of a site, below which a post's path is its name: Hexo, Jekyll, Hugo, Zola.
const SITE_CONFIGURATIONS: &[&str] = &[
    "_config.yml",
    "_config.yaml",
    "_config.toml",
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.yml",
];

/// The folder that marks a repository, which a site's sources may be without a configuration.
const REPOSITORY: &str = ".git";

/// Why an input is none, or can't be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file can't be opened or read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It names nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A path that can't be written into a snapshot.
    #[error("its name is not UTF-8; rename it")]
    NotUtf8,
    /// A line of a list that names nothing.
    #[error(transparent)]
    Line(LineError),
    /// A list in a list.
    #[error("a list in a list is not followed")]
    ListInList,
    /// A link in a folder that leads back to a folder above it.
    #[error("{} leads back to a folder that it lies in", .0.display())]
    Loop(PathBuf),
    /// A folder without posts and pages.
    #[error("there is no post or page in {} ({DOCUMENT_ENDINGS})", .0.display())]
    NothingInFolder(PathBuf),
    /// A folder with more posts, pages and folders in it than are kept at a time.
    #[error("{} holds more than {NAMES_MAX} posts, pages and folders; name what it holds in a list (--from)", .0.display())]
    TooMany(PathBuf),
    /// Nothing is there, and its name is not one that a document would have: perhaps a URL without its scheme.
    #[error("{} is neither an http(s) address nor a file", .0.display())]
    Nowhere(PathBuf),
    /// Not a regular file: a folder, a pipe, a device.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The file is larger than a document may be.
    #[error("{} is {} MiB, more than the {} MiB of the largest article", path.display(), bytes >> 20, DOCUMENT_BYTES_MAX >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
}

/// Reads a whole file of at most [`DOCUMENT_BYTES_MAX`].
///
/// # Errors
/// When it is missing, unreadable, too large or no regular file.
pub fn read(path: &Path) -> Result<Vec<u8>, InputError> {
    let failed = |source| InputError::Read {
        path: path.to_owned(),
        source,
    };
    let metadata = regular(path)?;
    let too_large = |bytes| InputError::TooLarge {
        path: path.to_owned(),
        bytes,
    };
    if metadata.len() > DOCUMENT_BYTES_MAX {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    // The file may have grown since: one byte more than allowed is enough to know.
    File::open(path)
        .and_then(|file| file.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
        Err(too_large(bytes.len() as u64))
    } else {
        Ok(bytes)
    }
}

/// Reads a whole file of any length, and hands it to `take` piece by piece.
///
/// # Errors
/// When it is missing, unreadable or no regular file.
pub fn read_past(path: &Path, mut take: impl FnMut(&[u8])) -> Result<(), InputError> {
    regular(path)?;
    let failed = |source| InputError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Returns what is known of a regular file.
fn regular(path: &Path) -> Result<Metadata, InputError> {
    let metadata = path.metadata().map_err(|source| {
        let is_document = path.to_str().and_then(kind_of_name).is_some();
        match source.kind() {
            io::ErrorKind::NotFound if !is_document => InputError::Nowhere(path.to_owned()),
            _ => InputError::Read {
                path: path.to_owned(),
                source,
            },
        }
    })?;
    if metadata.is_file() {
        Ok(metadata)
    } else {
        Err(InputError::NotAFile(path.to_owned()))
    }
}

/// Returns the key that the article in this file is known by: `file:` and its path below the nearest folder that holds
/// a site's configuration or `.git`, else below its own folder; NFC, with `/`.
///
/// # Errors
/// When the file does not exist.
pub fn key(path: &Path) -> Result<String, InputError> {
    let absolute = path.canonicalize().map_err(|source| InputError::Read {
        path: path.to_owned(),
        source,
    })?;
    let folder = absolute.parent().unwrap_or(&absolute);
    let site = folder.ancestors().find(|folder| {
        let mut marks = SITE_CONFIGURATIONS.iter().chain([&REPOSITORY]);
        marks.any(|mark| folder.join(mark).exists())
    });
    let below = absolute
        .strip_prefix(site.unwrap_or(folder))
        .unwrap_or(&absolute);
    let names = below.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().nfc().collect::<String>()),
        _ => None,
    });
    Ok(format!("file:{}", names.collect::<Vec<_>>().join("/")))
}

/// Returns the record of the export that wrote the post in this file, of the nearest folder above that has records;
/// `None` where there is none ([`record`]).
///
/// # Errors
/// When it can't be read.
pub fn export_record(path: &Path) -> Result<Option<Vec<u8>>, InputError> {
    let Ok(absolute) = path.canonicalize() else {
        return Ok(None);
    };
    let site = absolute
        .ancestors()
        .skip(1)
        .find(|folder| folder.join(record::FOLDER).is_dir());
    let Some((site, below)) = site.and_then(|site| {
        let below = absolute.strip_prefix(site).ok()?;
        Some((site, below))
    }) else {
        return Ok(None);
    };
    let mut place = site.join(record::FOLDER).join(below).into_os_string();
    place.push(".json");
    let place = PathBuf::from(place);
    if !place.exists() {
        return Ok(None);
    }
    read(&place).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_path_below_the_site() {
        let site = tempfile::tempdir().unwrap();
        let posts = site.path().join("source/_posts");
        std::fs::create_dir_all(&posts).unwrap();
        // "é" as two code points, as macOS writes it.
        let post = posts.join("cafe\u{301}.md");
        std::fs::write(&post, "x").unwrap();
        assert_eq!(key(&post).unwrap(), "file:café.md");
        std::fs::write(site.path().join("_config.yml"), "").unwrap();
        assert_eq!(key(&post).unwrap(), "file:source/_posts/café.md");
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(folder.path()), Err(InputError::NotAFile(_))));
        let missing = folder.path().join("missing.md");
        assert!(matches!(read(&missing), Err(InputError::Read { path, .. }) if path == missing));
        let large = folder.path().join("large.html");
        File::create(&large).unwrap().set_len(200 << 20).unwrap();
        let error = read(&large).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("is 200 MiB, more than the 32 MiB of the largest article"),
            "{error}"
        );
    }
}
