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
    /// `checkpoints/`
    Checkpoints,
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

/// A walk through one area, sorted: what stands in a folder, then what stands in the folders in it.
#[derive(Debug)]
pub struct Survey {
    root: PathBuf,
    area: Area,
    /// Folders to come, the next one last, each with its depth.
    folders: Vec<(PathBuf, usize)>,
    /// What stands in the folder at hand, the next one last.
    names: Vec<(PathBuf, Kind)>,
    /// Why there is nothing to walk through.
    failed: Option<ArchiveError>,
}

impl Archive {
    /// Walks through an area.
    #[must_use]
    pub fn survey(&self, area: Area) -> Survey {
        let folder = match area {
            Area::Blobs => "blobs",
            Area::Articles => "articles",
            Area::Derived => "derived",
            Area::Log => "log",
            Area::Checkpoints => "checkpoints",
            Area::Top => "",
        };
        Survey {
            root: self.root.clone(),
            area,
            folders: vec![(PathBuf::from(folder), 1)],
            names: Vec::new(),
            failed: None,
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
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        loop {
            if let Some((path, kind)) = self.names.pop() {
                match self.sighting(&path, kind).transpose() {
                    None => {}
                    sighting => return sighting,
                }
            } else {
                let (folder, depth) = self.folders.pop()?;
                if let Err(error) = self.enter(&folder, depth) {
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Survey {
    /// Walks through some of what stands in a folder of an area.
    pub(super) fn of(archive: &Archive, area: Area, folder: &str, listed: Vec<Listed>) -> Self {
        let mut survey = Self {
            root: archive.root.clone(),
            area,
            folders: Vec::new(),
            names: Vec::new(),
            failed: None,
        };
        survey.take_in(Path::new(folder), folder.split('/').count(), listed);
        survey
    }

    /// Says that a folder can't be walked through.
    pub(super) fn failing(archive: &Archive, area: Area, error: ArchiveError) -> Self {
        Self {
            root: archive.root.clone(),
            area,
            folders: Vec::new(),
            names: Vec::new(),
            failed: Some(error),
        }
    }

    fn enter(&mut self, folder: &Path, depth: usize) -> Result<(), ArchiveError> {
        let listed = match self.area {
            // The archive's own folder may be a link: the user named it.
            Area::Top => disk::list_followed(&self.root)?,
            _ => disk::list(&self.root.join(folder))?,
        };
        self.take_in(folder, depth, listed);
        Ok(())
    }

    /// Takes in what stands in `folder`, which is so deep in the archive.
    fn take_in(&mut self, folder: &Path, depth: usize, listed: Vec<Listed>) {
        for Listed { name, kind } in listed.into_iter().rev() {
            let path = folder.join(name);
            // A folder in the place of a file is a sighting; every other one is walked through.
            let walked = self.area != Area::Top && depth < DEPTH_MAX && place(&path).is_err();
            if kind == Kind::Folder && walked {
                self.folders.push((path, depth + 1));
            } else {
                self.names.push((path, kind));
            }
        }
    }

    /// Returns what is to be said of `path`; `None` where it is one of the archive's own folders, or gone.
    fn sighting(&self, path: &Path, kind: Kind) -> Result<Option<Sighting>, ArchiveError> {
        let text = written(path);
        let own = self.area == Area::Top && layout::TOP_FOLDERS.contains(&text.as_str());
        if own && kind == Kind::Folder {
            return Ok(None);
        }
        let Some(seen) = disk::look(&self.root.join(path))? else {
            return Ok(None);
        };
        let (bytes, place) = match kind {
            Kind::File => (seen.bytes, place(path)),
            Kind::Folder | Kind::Symlink | Kind::Special => (0, Err(Stray::NoFile(kind))),
        };
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
