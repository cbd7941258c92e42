//! What stands in the archive's folders, all of it, and does it belong there? Follows nothing, opens nothing.

use std::path::{Path, PathBuf};

use super::disk::{self, Listed};
use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, Place};
use super::{Archive, lock};

/// Folders deeper than this are not ours and are not entered: ours are six deep.
const DEPTH_MAX: usize = 6;

/// A part of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// `blobs/`
    Blobs,
    /// `articles/`: snapshots and views.
    Articles,
    /// `derived/`
    Derived,
    /// `log/`
    Log,
    /// The archive's own folder, without what is below it.
    Top,
}

/// One file, or something that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Its path, as well as it can be written: where it has a place, exactly.
    pub path: String,
    /// Length of a file.
    pub bytes: u64,
    /// What it is, or why it does not belong there.
    pub place: Result<Place, Stray>,
}

/// Why something does not belong where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stray {
    /// Nothing of that name has a place in an archive.
    Unknown,
    /// It would, in small letters.
    WrongCase,
    /// A blob in the folder of others.
    Misplaced,
    /// A link, a pipe or a folder in the place of a file.
    NoFile(Kind),
}

/// What a writer left, or is working on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// Its folder.
    pub path: ArchivePath,
    /// Whether the writer lives.
    pub alive: bool,
}

/// A walk through one area, folder by folder, sorted within each.
#[derive(Debug)]
pub struct Survey {
    root: PathBuf,
    /// Folders to come, the next one last, each with its depth.
    folders: Vec<(PathBuf, usize)>,
    /// Names of the folder at hand, the next one last.
    names: Vec<Listed>,
    folder: PathBuf,
    depth: usize,
    depth_max: usize,
}

impl Archive {
    /// Walks through an area.
    #[must_use]
    pub fn survey(&self, area: Area) -> Survey {
        let (folder, depth_max) = match area {
            Area::Blobs => ("blobs", DEPTH_MAX),
            Area::Articles => ("articles", DEPTH_MAX),
            Area::Derived => ("derived", DEPTH_MAX),
            Area::Log => ("log", DEPTH_MAX),
            Area::Top => ("", 1),
        };
        Survey {
            root: self.root.clone(),
            folders: vec![(PathBuf::from(folder), 1)],
            names: Vec::new(),
            folder: PathBuf::new(),
            depth: 0,
            depth_max,
        }
    }

    /// Returns what writers left or are working on. Asking does not disturb them.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub fn leftovers(&self) -> Result<Vec<Leftover>, ArchiveError> {
        let temporary = layout::temporary();
        let names = disk::names(&temporary.under(&self.root), Kind::Folder)?;
        let paths = names
            .iter()
            .filter_map(|name| ArchivePath::parse(&format!("{temporary}/{name}")));
        Ok(paths
            .map(|path| Leftover {
                alive: lock::is_alive(&path.under(&self.root)),
                path,
            })
            .collect())
    }
}

impl Iterator for Survey {
    type Item = Result<Sighting, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(listed) = self.names.pop() else {
                let (folder, depth) = self.folders.pop()?;
                match self.enter(&folder) {
                    Ok(mut names) => {
                        names.reverse();
                        (self.names, self.folder, self.depth) = (names, folder, depth);
                        continue;
                    }
                    Err(error) => return Some(Err(error)),
                }
            };
            let path = self.folder.join(&listed.name);
            if listed.kind == Kind::Folder && self.may_enter(&path) {
                self.folders.push((path, self.depth + 1));
                continue;
            }
            match self.sighting(&path, listed.kind) {
                Ok(None) => {}
                Ok(Some(sighting)) => return Some(Ok(sighting)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Survey {
    fn enter(&self, folder: &Path) -> Result<Vec<Listed>, ArchiveError> {
        if folder.as_os_str().is_empty() {
            disk::list_followed(&self.root)
        } else {
            disk::list(&self.root.join(folder))
        }
    }

    /// A folder in the place of a file is a sighting; every other one is walked through.
    fn may_enter(&self, path: &Path) -> bool {
        self.depth < self.depth_max && place(path).is_err()
    }

    /// Returns what is to be said of `path`; `None` where it is one of the archive's own folders, or gone.
    fn sighting(&self, path: &Path, kind: Kind) -> Result<Option<Sighting>, ArchiveError> {
        let text = written(path);
        if kind == Kind::Folder
            && self.depth_max == 1
            && layout::TOP_FOLDERS.contains(&text.as_str())
        {
            return Ok(None);
        }
        let Some(seen) = disk::look(&self.root.join(path))? else {
            return Ok(None);
        };
        let place = if kind == Kind::File {
            place(path)
        } else {
            Err(Stray::NoFile(kind))
        };
        let bytes = if kind == Kind::File { seen.bytes } else { 0 };
        Ok(Some(Sighting {
            path: text,
            bytes,
            place,
        }))
    }
}

/// Writes a path with `/`, whatever the system writes. Names that are no text are written as well as they can be.
fn written(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn place(path: &Path) -> Result<Place, Stray> {
    let known = |text: &str| ArchivePath::parse(text).and_then(|path| layout::classify(&path));
    // Lossily written, a name that is no text holds a character that no place has.
    let text = written(path);
    if let Some(place) = known(&text) {
        return Ok(place);
    }
    if known(&text.to_ascii_lowercase()).is_some() {
        return Err(Stray::WrongCase);
    }
    let name = text.rsplit('/').next().unwrap_or_default();
    let misplaced = name
        .get(..2)
        .is_some_and(|first| known(&format!("{}/{first}/{name}", layout::blobs())).is_some());
    Err(if misplaced {
        Stray::Misplaced
    } else {
        Stray::Unknown
    })
}
