//! What stands where articles are? Every article, what is in its folder, and what stands beside them and is none.

use std::path::Path;

use super::Archive;
use super::disk::{self, Folder, Listed};
use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, Place};
use super::survey::{Area, Sighting, Survey};
use crate::digest::Digest;
use crate::snapshot::SNAPSHOT_BYTES_MAX;

/// What is in the folder of an article.
#[derive(Debug, Default)]
pub struct Contents {
    /// The snapshots by the names of their files, oldest first, committed or not.
    pub snapshots: Vec<ArchivePath>,
    /// The names of the other files that belong there: those of the view.
    pub files: Vec<String>,
    folder: Option<Folder>,
    of_snapshots: Option<Folder>,
}

/// A folder of articles of one host whose IDs begin alike.
#[derive(Debug)]
pub struct Drawer {
    host: String,
    name: String,
}

impl Archive {
    /// Returns the drawers of all hosts, sorted. What stands beside them, and what can't be listed, goes to `stray`.
    pub fn list_drawers(
        &self,
        stray: &mut dyn FnMut(Result<Sighting, ArchiveError>),
    ) -> Vec<Drawer> {
        let mut found = Vec::new();
        let folder = layout::articles().to_string();
        for host in self.folders_in(&folder, &|_| true, stray) {
            let names = self.folders_in(&format!("{folder}/{host}"), &|_| true, stray);
            found.extend(names.into_iter().map(|name| Drawer {
                host: host.clone(),
                name,
            }));
        }
        found
    }

    /// Returns the articles in a drawer, sorted. What stands beside them, and what can't be listed, goes to `stray`.
    pub fn articles_in(
        &self,
        drawer: &Drawer,
        stray: &mut dyn FnMut(Result<Sighting, ArchiveError>),
    ) -> Vec<ArticleFolder> {
        let Drawer { host, name } = drawer;
        let is_article = |folder: &str| ArticleFolder::of_parts(host, name, folder);
        let folder = format!("{}/{host}/{name}", layout::articles());
        let names = self.folders_in(&folder, &|name| is_article(name).is_some(), stray);
        names.iter().filter_map(|name| is_article(name)).collect()
    }

    /// Returns the names of the folders in `folder` that are wanted; all else goes to `stray`.
    fn folders_in(
        &self,
        folder: &str,
        is_wanted: &dyn Fn(&str) -> bool,
        stray: &mut dyn FnMut(Result<Sighting, ArchiveError>),
    ) -> Vec<String> {
        let listed = match disk::list(&self.root().join(folder)) {
            Ok(listed) => listed,
            Err(error) => {
                stray(Err(error));
                return Vec::new();
            }
        };
        let (mut names, mut others) = (Vec::new(), Vec::new());
        for listed in listed {
            match listed.name.to_str() {
                Some(name) if listed.kind == Kind::Folder && is_wanted(name) => {
                    names.push(name.to_owned());
                }
                _ => others.push(listed),
            }
        }
        Survey::of(self, Area::Articles, folder, others).for_each(stray);
        names
    }

    /// Returns the pages of the archive's own index that list older captures, sorted.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub fn index_pages(&self) -> Result<Vec<ArchivePath>, ArchiveError> {
        let names = disk::names(&layout::index().under(self.root()), Kind::File)?;
        Ok(names.iter().map(|name| layout::index_page(name)).collect())
    }

    /// Lists the folder of an article. What does not belong there, and what can't be listed, goes to `stray`.
    ///
    /// # Errors
    /// When the folder itself can't be listed.
    pub fn contents(
        &self,
        article: &ArticleFolder,
        stray: &mut dyn FnMut(Result<Sighting, ArchiveError>),
    ) -> Result<Contents, ArchiveError> {
        let path = article.path();
        let mut contents = Contents::default();
        let Some(folder) = Folder::open(path.under(self.root()))? else {
            return Ok(contents);
        };
        let (snapshots, mut others) = (article.snapshots(), Vec::new());
        let mut has_snapshots = false;
        for listed in folder.list()? {
            let place = place_in(path.as_str(), &listed);
            match (place, listed.kind) {
                (Some(_), Kind::File) => {
                    contents
                        .files
                        .push(listed.name.to_string_lossy().into_owned());
                }
                (None, Kind::Folder) if listed.name == snapshots.name() => has_snapshots = true,
                _ => others.push(listed),
            }
        }
        Survey::of(self, Area::Articles, path.as_str(), others).for_each(&mut *stray);
        if has_snapshots
            && let Err(error) = self.list_snapshots(&folder, &snapshots, &mut contents, stray)
        {
            stray(Err(error));
        }
        contents.folder = Some(folder);
        Ok(contents)
    }

    /// Lists the folder of an article's snapshots, which stands in the one of the article.
    fn list_snapshots(
        &self,
        article: &Folder,
        path: &ArchivePath,
        contents: &mut Contents,
        stray: &mut dyn FnMut(Result<Sighting, ArchiveError>),
    ) -> Result<(), ArchiveError> {
        let Some(folder) = article.folder(path.name())? else {
            return Ok(());
        };
        let mut others = Vec::new();
        for listed in folder.list()? {
            match (place_in(path.as_str(), &listed), listed.kind) {
                (Some((path, Place::Snapshot(_))), Kind::File) => contents.snapshots.push(path),
                _ => others.push(listed),
            }
        }
        contents.of_snapshots = Some(folder);
        Survey::of(self, Area::Articles, path.as_str(), others).for_each(stray);
        Ok(())
    }

    /// Reads a listed snapshot, and proves that its bytes are those of its name. Returns their digest, too.
    ///
    /// # Errors
    /// When it is not there, too large, or damaged.
    pub fn proven_bytes_in(
        &self,
        contents: &Contents,
        path: &ArchivePath,
    ) -> Result<(Vec<u8>, Digest), ArchiveError> {
        match &contents.of_snapshots {
            Some(folder) if contents.snapshots.contains(path) => {
                self.proven(path, folder.read_whole(path.name(), SNAPSHOT_BYTES_MAX)?)
            }
            _ => self.proven_bytes(path),
        }
    }

    /// Reads a file of an article of at most `bytes_max` bytes; one that is listed without looking for its folder again.
    ///
    /// # Errors
    /// When it is not there, no regular file, or too large.
    pub fn read_in(
        &self,
        contents: &Contents,
        path: &ArchivePath,
        bytes_max: u64,
    ) -> Result<Vec<u8>, ArchiveError> {
        match &contents.folder {
            Some(folder) if contents.files.iter().any(|name| name == path.name()) => {
                folder.read_whole(path.name(), bytes_max)
            }
            _ => self.read(path, bytes_max),
        }
    }
}

/// Returns the path of what stands in `folder`, and what it is, where something belongs there.
fn place_in(folder: &str, listed: &Listed) -> Option<(ArchivePath, Place)> {
    let name = Path::new(&listed.name).to_str()?;
    let path = ArchivePath::parse(&format!("{folder}/{name}"))?;
    let place = layout::classify(&path)?;
    Some((path, place))
}
