//! Which article is known by another address too? A memory made from snapshots: losing it costs duplicates at worst.
//!
//! One tiny file an alias, named by the ID its key would have, holding the ID of the article.

use std::fs;
use std::path::Path;

use super::error::{ArchiveError, At as _};
use super::layout::{self, ArticleId};
use super::writer::Writer;
use super::{Archive, disk};

/// The longest file that is read; ours have 21 bytes.
const ALIAS_BYTES_MAX: u64 = 64;

impl Archive {
    /// Returns the article that `key` is an alias of, if one is remembered.
    ///
    /// # Errors
    /// When the memory can't be read.
    pub fn alias(&self, key: &str) -> Result<Option<ArticleId>, ArchiveError> {
        let path = layout::alias(&ArticleId::of_key(key)).under(&self.root);
        match disk::read_if_there(&path, ALIAS_BYTES_MAX) {
            Ok(bytes) => Ok(bytes.and_then(|bytes| parse(&bytes))),
            // What can't be used is as good as forgotten.
            Err(error) if error.is_damage() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A file that a power cut left empty says nothing, like one that is not there.
fn parse(bytes: &[u8]) -> Option<ArticleId> {
    std::str::from_utf8(bytes).ok()?.trim_end().parse().ok()
}

impl Writer {
    /// Remembers that these keys lead to the article `id`. Not synced: it is only a memory.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remember_aliases(&self, keys: &[String], id: &ArticleId) -> Result<(), ArchiveError> {
        let root = self.archive().root();
        for key in keys {
            let alias = layout::alias(&ArticleId::of_key(key));
            if let Some(folder) = alias.parent() {
                disk::create_folders(root, &folder)?;
            }
            let temporary = self.temporary();
            fs::write(&temporary, format!("{id}\n")).at("write", &temporary)?;
            disk::rename(&temporary, &alias.under(root))?;
        }
        Ok(())
    }

    /// Makes the memory of aliases anew where it is lost.
    pub(super) fn recall_aliases(&self) -> Result<(), ArchiveError> {
        let root = self.archive().root();
        if disk::look(&layout::aliases().under(root))?.is_some() {
            return Ok(());
        }
        // Told from a whole one by its name: it gets that when it is complete.
        let whole = self.temporary();
        fs::create_dir(&whole).at("create the folder", &whole)?;
        for article in self.archive().articles()? {
            self.recall_article(&article, &whole)?;
        }
        if let Some(state) = layout::aliases().parent() {
            disk::create_folders(root, &state)?;
        }
        disk::rename(&whole, &layout::aliases().under(root))
    }

    fn recall_article(
        &self,
        article: &layout::ArticleFolder,
        whole: &Path,
    ) -> Result<(), ArchiveError> {
        for path in self.archive().snapshots(article)? {
            let file = match self.archive().read_snapshot(&path) {
                Err(error) if error.is_damage() => continue,
                other => other?,
            };
            for key in &file.snapshot.source.aliases {
                let alias = ArticleId::of_key(key);
                let folder = whole.join(alias.drawer());
                fs::create_dir_all(&folder).at("create the folder", &folder)?;
                let target = folder.join(alias.as_str());
                fs::write(&target, format!("{}\n", article.id())).at("write", &target)?;
            }
        }
        Ok(())
    }
}
