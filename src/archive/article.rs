//! Which article is meant? By its ID, the start of it, its address, or a path inside the archive.

use std::path::Path;

use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use super::log::Removals;
use super::{Archive, disk};
use crate::link::Link;
use crate::source::entry_key;

impl Archive {
    /// Returns the folder that the archive has for the article of `folder`, whose title may be another by now.
    pub(super) fn settled(
        &self,
        folder: &ArticleFolder,
    ) -> Result<Option<ArticleFolder>, ArchiveError> {
        if let Some(same) = self.if_there(folder)? {
            return Ok(Some(same));
        }
        let wanted = |other: &ArticleFolder| other.id() == folder.id();
        let found = self.in_drawer(folder.host(), folder.id().drawer(), wanted)?;
        Ok(found.into_iter().next())
    }

    /// Returns the folder of the article `id`, whatever its host.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn article(&self, id: &ArticleId) -> Result<Option<ArticleFolder>, ArchiveError> {
        Ok(self.starting_with(id.as_str())?.into_iter().next())
    }

    /// Returns the folder of the article with this key, or that has it as an alias.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn article_of_key(&self, key: &str) -> Result<Option<ArticleFolder>, ArchiveError> {
        if let Some(folder) = self.settled(&ArticleFolder::new(key, None))? {
            return Ok(Some(folder));
        }
        match self.alias(key)? {
            Some(id) => self.article(&id),
            None => Ok(None),
        }
    }

    /// Returns whether the article that `key` leads to was taken out, by what the log says of that, and was not captured again.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn is_removed(&self, removals: &Removals, key: &str) -> Result<bool, ArchiveError> {
        if removals.is_empty() {
            return Ok(false);
        }
        let ids = [Some(ArticleId::of_key(key)), self.alias(key)?];
        for id in ids.into_iter().flatten() {
            if !removals.names(&id) {
                continue;
            }
            let newest = match self.article(&id)? {
                Some(folder) => self.newest_snapshot(&folder)?,
                None => None,
            };
            if newest.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns every article, sorted by host and ID.
    ///
    /// # Errors
    /// When the folders can't be listed.
    pub fn articles(&self) -> Result<Vec<ArticleFolder>, ArchiveError> {
        self.starting_with("")
    }

    /// Returns the one article that a person means by `text`: an ID or a unique start of one, a URL or key, a path. One that was
    /// taken out is none.
    ///
    /// # Errors
    /// When none or several answer to it.
    pub fn resolve(&self, text: &str) -> Result<ArticleFolder, ArchiveError> {
        let mut found = Vec::new();
        for folder in self.answering(text)? {
            if !self.is_out(&folder)? {
                found.push(folder);
            }
        }
        if found.len() > 1 {
            let candidates = found.iter().map(|it| it.path().to_string()).collect();
            return Err(ArchiveError::AmbiguousArticle {
                text: text.to_owned(),
                candidates,
            });
        }
        found.pop().ok_or_else(|| ArchiveError::UnknownArticle {
            text: text.to_owned(),
        })
    }

    /// Returns whether all that the article's folder holds was taken out, and waits to be pruned.
    fn is_out(&self, folder: &ArticleFolder) -> Result<bool, ArchiveError> {
        let committed = self.count_committed(&self.snapshots(folder)?)?;
        Ok(committed == 0 && self.was_removed(folder.id())?)
    }

    /// Returns the folders of the articles that `text` may mean.
    fn answering(&self, text: &str) -> Result<Vec<ArticleFolder>, ArchiveError> {
        if let Ok(link) = Link::parse(text) {
            // Of an address, the page; where there is only what a feed carries of it, that.
            if let Some(page) = self.article_of_key(&link.key())?
                && !self.is_out(&page)?
            {
                return Ok(vec![page]);
            }
            let text = self.article_of_key(&entry_key(&link))?;
            return Ok(text.into_iter().collect());
        }
        if ["url:", "file:", "feed:"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            return Ok(self.article_of_key(text)?.into_iter().collect());
        }
        if let Some(folder) = self.containing(text) {
            return Ok(self.if_there(&folder)?.into_iter().collect());
        }
        let hexadecimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found = if hexadecimal {
            self.starting_with(&text.to_ascii_lowercase())?
        } else {
            Vec::new()
        };
        if found.is_empty() {
            // A key that somebody chose may look like anything.
            return Ok(self.article_of_key(text)?.into_iter().collect());
        }
        Ok(found)
    }

    /// Returns the article whose folder the path leads into: relative to the archive, or anywhere on this disk.
    fn containing(&self, text: &str) -> Option<ArticleFolder> {
        let inside = ArchivePath::parse(text.trim_start_matches("./").trim_end_matches('/'));
        if let Some(folder) = inside.and_then(|path| ArticleFolder::containing(&path)) {
            return Some(folder);
        }
        let path = Path::new(text).canonicalize().ok()?;
        let path = path.strip_prefix(self.root.canonicalize().ok()?).ok()?;
        let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
        ArticleFolder::containing(&ArchivePath::parse(&parts?.join("/"))?)
    }

    fn if_there(&self, folder: &ArticleFolder) -> Result<Option<ArticleFolder>, ArchiveError> {
        let seen = disk::look(&folder.path().under(&self.root))?;
        Ok(seen
            .is_some_and(|seen| seen.kind == Kind::Folder)
            .then(|| folder.clone()))
    }

    /// Returns every article whose ID starts with `digits`.
    fn starting_with(&self, digits: &str) -> Result<Vec<ArticleFolder>, ArchiveError> {
        let mut found = Vec::new();
        for host in disk::names(&layout::articles().under(&self.root), Kind::Folder)? {
            if ArchivePath::parse(&host).is_none() {
                continue;
            }
            let drawers = layout::articles().child(&host).under(&self.root);
            for drawer in disk::names(&drawers, Kind::Folder)? {
                if drawer.starts_with(digits.get(..2).unwrap_or(digits)) {
                    let wanted = |folder: &ArticleFolder| folder.id().as_str().starts_with(digits);
                    found.extend(self.in_drawer(&host, &drawer, wanted)?);
                }
            }
        }
        Ok(found)
    }

    /// Returns the articles in the folder `drawer` of a host: those whose IDs start with its two digits.
    pub(super) fn in_drawer(
        &self,
        host: &str,
        drawer: &str,
        wanted: impl Fn(&ArticleFolder) -> bool,
    ) -> Result<Vec<ArticleFolder>, ArchiveError> {
        let Some(path) = ArchivePath::parse(&format!("{}/{host}/{drawer}", layout::articles()))
        else {
            return Ok(Vec::new());
        };
        let names = disk::names(&path.under(&self.root), Kind::Folder)?;
        let paths = names
            .iter()
            .filter_map(|name| ArchivePath::parse(&format!("{path}/{name}")));
        Ok(paths
            .filter_map(|path| ArticleFolder::containing(&path))
            .filter(wanted)
            .collect())
    }
}
