//! Where is the article of an entry of the log, whatever its host? Looks through the hosts once, for many articles.

use std::collections::HashMap;

use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use super::{Archive, disk};

/// Where to look for an article by its ID alone. A *drawer* is the folder `articles/HOST/cd/`; for each `cd`, these are the
/// hosts that have one.
#[derive(Debug)]
pub struct Drawers<'a> {
    archive: &'a Archive,
    hosts: HashMap<String, Vec<String>>,
}

impl Archive {
    /// Looks which hosts have which drawers, to find many articles after that.
    ///
    /// # Errors
    /// When the folders can't be listed.
    pub fn drawers(&self) -> Result<Drawers<'_>, ArchiveError> {
        let mut hosts: HashMap<String, Vec<String>> = HashMap::new();
        for host in disk::names(&layout::articles().under(&self.root), Kind::Folder)? {
            let Some(path) = ArchivePath::parse(&format!("{}/{host}", layout::articles())) else {
                continue;
            };
            for drawer in disk::names(&path.under(&self.root), Kind::Folder)? {
                hosts.entry(drawer).or_default().push(host.clone());
            }
        }
        Ok(Drawers {
            archive: self,
            hosts,
        })
    }
}

impl Drawers<'_> {
    /// Returns the folder of the article `id`.
    ///
    /// # Errors
    /// When a folder can't be listed.
    pub fn article(&self, id: &ArticleId) -> Result<Option<ArticleFolder>, ArchiveError> {
        let drawer = &id.as_str()[..2];
        for host in self.hosts.get(drawer).into_iter().flatten() {
            let found = self
                .archive
                .in_drawer(host, drawer, |folder| folder.id() == id)?;
            if let Some(folder) = found.into_iter().next() {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }
}
