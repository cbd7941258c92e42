//! What stands where a post belongs, and may it be replaced?

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::archive::SnapshotFile;
use crate::digest::Digest;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::outputs::Folder;
use crate::render::day;
use crate::render::localise::record::{self, Before, RECORD_BYTES_MAX, Record};

use super::post::{Export, Post};

/// What stands where a post belongs.
pub(super) struct Standing {
    pub(super) path: String,
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) record: Option<Record>,
}

impl Export<'_> {
    /// Returns what stands where the post belongs; `None` where it belongs to another site, and why nothing can be
    /// written where it can't be told.
    pub(super) fn standing(&mut self, post: &Post<'_>) -> Result<Option<Standing>, String> {
        if self.options.in_place {
            let key = &post.file.snapshot.source.key;
            let Some(path) = key.strip_prefix("file:").filter(|path| is_inside(path)) else {
                return Ok(None);
            };
            let standing = look(self.folder, path)?;
            return Ok(standing.bytes.is_some().then_some(standing));
        }
        let day = published(post.file);
        let key = &post.file.snapshot.source.key;
        let path = self.options.generator.post(key, day);
        let path = path.ok_or("it is a draft, and this generator has no folder for drafts")?;
        let standing = look(self.folder, &path)?;
        let taken = self.taken.get(&path.to_lowercase());
        let owner = taken.or(standing.record.as_ref().map(|record| &record.article));
        let standing = match owner {
            Some(owner) if *owner != post.article => {
                look(self.folder, &distinct(&path, &post.article))?
            }
            _ => standing,
        };
        let taken = standing.path.to_lowercase();
        self.taken.insert(taken, post.article.clone());
        Ok(Some(standing))
    }

    /// Returns why what stands there must not be replaced, if it must not.
    pub(super) fn refusal(&self, post: &Post<'_>, standing: &Standing) -> Option<String> {
        let bytes = standing.bytes.as_ref()?;
        let (original, record) = (post.file.snapshot.original, standing.record.as_ref());
        let before = match record {
            Some(record) => record.before(bytes),
            None => Before::Edited(bytes.clone()),
        };
        let is_archived = match &before {
            Before::Exact(_) => record.is_some_and(|record| record.original == original),
            Before::Edited(bytes) => Digest::of(bytes) == original,
        };
        if self.options.in_place {
            let other = record.filter(|record| record.prefix != self.options.prefix.as_str());
            return if let Some(record) = other {
                let prefix = &record.prefix;
                Some(format!(
                    "its images are at {prefix} already: give that as --prefix, or --undo first"
                ))
            } else if is_archived {
                None
            } else {
                Some("it has changed since it was archived: run offprint add first".to_owned())
            };
        }
        let is_ours = record.is_some_and(|record| record.written == Digest::of(bytes));
        match record {
            _ if is_ours || (record.is_some() && is_archived) || *bytes == post.original => None,
            Some(_) => Some("it was edited after it was exported: move it away first".to_owned()),
            None => Some("something else stands there: move it away first".to_owned()),
        }
    }
}

fn look(folder: &Folder, path: &str) -> Result<Standing, String> {
    let told = |error: crate::outputs::OutputError| error.to_string();
    let bytes = folder.read(path, DOCUMENT_BYTES_MAX).map_err(told)?;
    let place = record::path(path);
    let json = folder.read(&place, RECORD_BYTES_MAX).map_err(told)?;
    let record = json.map(|json| Record::parse(&json)).transpose();
    Ok(Standing {
        path: path.to_owned(),
        bytes,
        record: record.map_err(|error| format!("{}: {error}", folder.place(&place).display()))?,
    })
}

/// Whether a key's path leads to something below the site's folder.
fn is_inside(path: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
    path.split('/').all(is_plain) && !path.contains(':')
}

/// Returns another name for a post whose own is taken.
fn distinct(path: &str, article: &str) -> String {
    let id = article.get(..8).unwrap_or(article);
    match path.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{id}.{ending}"),
        None => format!("{path}-{id}"),
    }
}

/// The day that the post says it was published, else that of its capture.
fn published(file: &SnapshotFile) -> Date {
    let said = file.snapshot.article.published.as_deref().and_then(day);
    said.unwrap_or_else(|| file.snapshot.time.to_zoned(TimeZone::UTC).date())
}
