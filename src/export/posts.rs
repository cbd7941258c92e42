//! How are posts given back to the generator that they came from? Each as it was received, with images of its own site.
//!
//! The order is that of the archive: images durable first, then the record that can undo the edits, then the post that
//! names them. A run that is killed in between is completed by the next one.

mod images;
mod post;
mod standing;
mod undo;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::archive::{Archive, ArchiveError};
use crate::event::{Event, ExportOutcome, Exported, Listener};
use crate::generator::{Generator, Prefix};
use crate::outputs::{Folder, OutputError};

use post::{Became, Export};

pub use undo::undo;

/// What the user may decide about an export of posts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whom the posts are for.
    pub generator: Generator,
    /// Where the site will have the images.
    pub prefix: Prefix,
    /// Whether the site's own posts are edited, and no new ones made.
    pub in_place: bool,
    /// The articles to export; none of them is all.
    pub articles: Vec<String>,
    /// Ends the run after the post at work.
    pub stop: Arc<AtomicBool>,
}

/// What an export came to. Serialised as the `summary` object of `--json` (`docs/json.md`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The posts, by outcome.
    pub posts: Outcomes,
    /// Images that were written; those that stood there already are not counted.
    pub images_written: u64,
    /// Addresses that posts were left with, because nothing stands for them in the archive.
    pub left: u64,
    /// Articles that are pages, and so nothing a generator renders.
    pub pages: u64,
    /// Posts of other sites, where posts are edited in place.
    pub elsewhere: u64,
    /// Whether the run ended early because somebody asked for it.
    pub interrupted: bool,
}

/// Posts, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Written, as they were not there or were other.
    pub written: u64,
    /// There already.
    pub unchanged: u64,
    /// As they were before an export.
    pub restored: u64,
    /// Left alone, for a reason that was told.
    pub skipped: u64,
}

/// Why an export could not go on. What was reported is written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The folder could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Summary {
    /// Whether everything that was asked for is there, with every image.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let Outcomes {
            written,
            unchanged,
            restored,
            skipped,
        } = self.posts;
        skipped == 0 && self.left == 0 && written + unchanged + restored > 0
    }

    fn add(&mut self, exported: &Exported) {
        *match exported.outcome {
            ExportOutcome::Written => &mut self.posts.written,
            ExportOutcome::Unchanged => &mut self.posts.unchanged,
            ExportOutcome::Restored => &mut self.posts.restored,
            ExportOutcome::Skipped => &mut self.posts.skipped,
        } += 1;
        self.left += exported.left.len() as u64;
    }
}

/// Writes the posts of the archive, and the images that they show, into a site's folder. Tells `report` of each.
///
/// # Errors
/// When the archive can't be read or the folder not be written. What is the matter with one post is told of that post.
pub fn export(
    archive: &Archive,
    folder: &Folder,
    options: &Options,
    report: &Listener,
) -> Result<Summary, ExportError> {
    let mut export = Export::new(archive, folder, options);
    let mut summary = Summary::default();
    let articles = if options.articles.is_empty() {
        archive.articles()?
    } else {
        let named = options.articles.iter().map(|text| archive.resolve(text));
        named.collect::<Result<_, _>>()?
    };
    for article in &articles {
        if options.stop.load(Ordering::Relaxed) {
            summary.interrupted = true;
            break;
        }
        match export.article(article)? {
            Some(Became::Post(exported)) => {
                summary.add(&exported);
                report(Event::Exported(exported));
            }
            Some(Became::Page) => summary.pages += 1,
            Some(Became::Elsewhere) => summary.elsewhere += 1,
            None => {}
        }
    }
    summary.images_written = export.images.written;
    Ok(summary)
}
