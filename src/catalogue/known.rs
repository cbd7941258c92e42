//! What do the front pages say of a capture? What they said before, or else what its snapshot says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::archive::log::Entry;
use crate::archive::{
    Archive, ArchiveError, ArchivePath, ArticleFolder, ArticleId, Drawers, Writer,
};
use crate::render::catalogue::{Row, rows};
use crate::threads;

/// What is known without looking through the archive: the rows of the pages that are there, and where articles are. So a run
/// reads as much in an archive of a million articles as in one of a hundred.
pub(super) struct Known<'a> {
    pub(super) archive: &'a Archive,
    writer: Option<&'a Writer>,
    /// By the indices of their entries.
    rows: HashMap<u64, (ArticleFolder, Row)>,
    folders: HashMap<ArticleId, ArticleFolder>,
    /// Looked up when an article is not known otherwise: another writer's, or all of them where there are no pages.
    drawers: Mutex<Option<Arc<Drawers<'a>>>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(archive: &'a Archive, writer: Option<&'a Writer>) -> Self {
        Self {
            archive,
            writer,
            rows: HashMap::new(),
            folders: HashMap::new(),
            drawers: Mutex::default(),
        }
    }

    /// Learns from a page that is there.
    pub(super) fn learn(&mut self, page: &[u8]) {
        for row in rows(page) {
            let path = ArchivePath::parse(row.view());
            if let Some(folder) = path.and_then(|path| ArticleFolder::containing(&path)) {
                self.folders.insert(folder.id().clone(), folder.clone());
                self.rows.insert(row.entry, (folder, row));
            }
        }
    }

    /// Returns the row of each entry, by its index, all cores reading.
    pub(super) fn rows<'e>(
        &self,
        entries: impl Iterator<Item = &'e Entry> + Send,
    ) -> Result<HashMap<u64, Option<Row>>, ArchiveError> {
        let rows = Mutex::new(Ok(HashMap::new()));
        let locked = || rows.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = || locked().is_err();
        threads::each(entries, threads::number(), failed, |entry| {
            let row = self.row(entry);
            let mut rows = locked();
            match (&mut *rows, row) {
                (Ok(rows), Ok(row)) => {
                    rows.insert(entry.index, row);
                }
                (Ok(_), Err(error)) => *rows = Err(error),
                (Err(_), _) => {}
            }
        });
        rows.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn row(&self, entry: &Entry) -> Result<Option<Row>, ArchiveError> {
        if let Some((folder, row)) = self.rows.get(&entry.index)
            && *folder.id() == entry.article
        {
            return Ok(Some(row.clone()));
        }
        let row = |folder: ArticleFolder| {
            let file = self.archive.snapshot_of(&folder, &entry.snapshot).ok()??;
            Some(Row::new(
                entry.index,
                folder.view().as_str(),
                &file.snapshot,
            ))
        };
        Ok(self.folder(&entry.article)?.and_then(row))
    }

    fn folder(&self, article: &ArticleId) -> Result<Option<ArticleFolder>, ArchiveError> {
        let committed = self.writer.and_then(|writer| writer.folder_of(article));
        if let Some(folder) = committed.or_else(|| self.folders.get(article).cloned()) {
            return Ok(Some(folder));
        }
        Ok(self.drawers()?.article(article).ok().flatten())
    }

    /// Looks through the archive, once.
    fn drawers(&self) -> Result<Arc<Drawers<'a>>, ArchiveError> {
        let mut drawers = self.drawers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(drawers) = &*drawers {
            return Ok(Arc::clone(drawers));
        }
        let looked = Arc::new(self.archive.drawers()?);
        *drawers = Some(Arc::clone(&looked));
        Ok(looked)
    }
}
