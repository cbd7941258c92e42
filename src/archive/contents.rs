//! What stands where articles are? Every article, what is in its folder, and what stands beside them and is none.

use std::path::Path;

use super::Archive;
use super::disk::{self, Listed};
use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, Place};
use super::survey::{Area, Sighting, Survey};

/// What is in the folder of an article.
#[derive(Debug, Default)]
pub struct Contents {
    /// The snapshots by the names of their files, oldest first, committed or not.
    pub snapshots: Vec<ArchivePath>,
    /// The names of the other files that belong there: those of the view.
    pub files: Vec<String>,
}

impl Archive {
    /// Walks through the folders of articles, and returns every article, sorted by host and ID. What stands beside them, and
    /// what can't be listed, goes to `stray`.
    pub fn walk_articles(
        &self,
        stray: &mut dyn FnMut(Result<Sighting, ArchiveError>),
    ) -> Vec<ArticleFolder> {
        let mut found = Vec::new();
        let folder = layout::articles().to_string();
        for host in self.folders_in(&folder, &|_| true, stray) {
            let folder = format!("{folder}/{host}");
            for drawer in self.folders_in(&folder, &|_| true, stray) {
                let is_article = |name: &str| ArticleFolder::of_parts(&host, &drawer, name);
                let folder = format!("{folder}/{drawer}");
                let names = self.folders_in(&folder, &|name| is_article(name).is_some(), stray);
                found.extend(names.iter().filter_map(|name| is_article(name)));
            }
        }
        found
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
        let folder = article.path();
        let (snapshots, mut others) = (article.snapshots(), Vec::new());
        let mut contents = Contents::default();
        let mut has_snapshots = false;
        for listed in disk::list(&folder.under(self.root()))? {
            let place = place_in(folder.as_str(), &listed);
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
        Survey::of(self, Area::Articles, folder.as_str(), others).for_each(&mut *stray);
        if !has_snapshots {
            return Ok(contents);
        }
        let mut others = Vec::new();
        match disk::list(&snapshots.under(self.root())) {
            Ok(listed) => {
                for listed in listed {
                    match (place_in(snapshots.as_str(), &listed), listed.kind) {
                        (Some((path, Place::Snapshot(_))), Kind::File) => {
                            contents.snapshots.push(path);
                        }
                        _ => others.push(listed),
                    }
                }
            }
            Err(error) => stray(Err(error)),
        }
        Survey::of(self, Area::Articles, snapshots.as_str(), others).for_each(stray);
        Ok(contents)
    }
}

/// Returns the path of what stands in `folder`, and what it is, where something belongs there.
fn place_in(folder: &str, listed: &Listed) -> Option<(ArchivePath, Place)> {
    let name = Path::new(&listed.name).to_str()?;
    let path = ArchivePath::parse(&format!("{folder}/{name}"))?;
    let place = layout::classify(&path)?;
    Some((path, place))
}
