//! Where is the article of an entry of the log, whatever its host? Looks through all folders once, for many articles.

use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use super::{Archive, disk};

/// Where to look for an article by its ID alone. A *drawer* is the folder `articles/HOST/cd/`; this is a list of the articles in
/// all of them: a million take 20 MB.
#[derive(Debug)]
pub struct Drawers<'a> {
    archive: &'a Archive,
    hosts: Vec<String>,
    /// Each article's ID, and which host it is of: sorted.
    articles: Vec<(u128, u32)>,
}

impl Archive {
    /// Looks which articles have which host, to find many of them after that.
    ///
    /// # Errors
    /// When the folders can't be listed.
    pub fn drawers(&self) -> Result<Drawers<'_>, ArchiveError> {
        let (mut hosts, mut articles) = (Vec::new(), Vec::new());
        for host in disk::names(&layout::articles().under(&self.root), Kind::Folder)? {
            let Some(path) = ArchivePath::parse(&format!("{}/{host}", layout::articles())) else {
                continue;
            };
            let number = u32::try_from(hosts.len()).unwrap_or(u32::MAX);
            for drawer in disk::names(&path.under(&self.root), Kind::Folder)? {
                let folders = self.in_drawer(&host, &drawer, |_| true)?;
                articles.extend(folders.iter().map(|it| (it.id().number(), number)));
            }
            hosts.push(host);
        }
        articles.sort_unstable();
        Ok(Drawers {
            archive: self,
            hosts,
            articles,
        })
    }
}

impl Drawers<'_> {
    /// Returns the folder of the article `id`.
    ///
    /// # Errors
    /// When a folder can't be listed.
    pub fn article(&self, id: &ArticleId) -> Result<Option<ArticleFolder>, ArchiveError> {
        let wanted = id.number();
        let begin = self.articles.partition_point(|(other, _)| *other < wanted);
        let of_it = self.articles[begin..]
            .iter()
            .take_while(|(other, _)| *other == wanted);
        for (_, host) in of_it {
            let Some(host) = self.hosts.get(*host as usize) else {
                continue;
            };
            let folders = self
                .archive
                .in_drawer(host, id.drawer(), |folder| folder.id() == id)?;
            if let Some(folder) = folders.into_iter().next() {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }
}
