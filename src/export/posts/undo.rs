//! How is an export in place taken back? By the records in the site's folder alone; no archive is needed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::event::{Event, ExportOutcome, Exported, Listener};
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::outputs::Folder;
use crate::render::localise::record::{self, Before, RECORD_BYTES_MAX, Record};

use super::{ExportError, Summary};

/// What is told of a post that was edited after it was exported.
const EDITED: &str =
    "it was edited since: the edits stay, and its images lead to where they came from again";

/// Gives every post of the site that was edited in place back what it was, and removes the images that no post shows
/// any more.
///
/// # Errors
/// When the folder can't be written. What is the matter with one post is told of that post.
pub fn undo(folder: &Folder, stop: &AtomicBool, report: &Listener) -> Result<Summary, ExportError> {
    let mut summary = Summary::default();
    let (mut undone, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for place in folder.files(record::FOLDER)? {
        let Some(path) = post_of(&place) else {
            continue;
        };
        summary.interrupted |= stop.load(Ordering::Relaxed);
        match read(folder, &place) {
            Err(why) => tell(&mut summary, report, skipped(None, path, why)),
            Ok(record) if summary.interrupted || !record.in_place => needed.extend(record.images),
            Ok(record) => {
                let told = undo_one(folder, path, &record)?;
                if told.outcome == ExportOutcome::Restored {
                    folder.remove(&place)?;
                    undone.extend(record.images);
                } else {
                    needed.extend(record.images);
                }
                tell(&mut summary, report, told);
            }
        }
    }
    // Where a record could not be read, nobody knows which images its post shows.
    if summary.posts.skipped == 0 {
        for image in undone.difference(&needed) {
            remove_image(folder, image)?;
        }
    }
    Ok(summary)
}

/// Returns the path of the post that a record is of.
fn post_of(place: &str) -> Option<&str> {
    let below = place.strip_prefix(record::FOLDER)?.strip_prefix('/')?;
    below.strip_suffix(".json")
}

fn read(folder: &Folder, place: &str) -> Result<Record, String> {
    let json = folder.read(place, RECORD_BYTES_MAX);
    let json = json.map_err(|error| error.to_string())?.unwrap_or_default();
    Record::parse(&json).map_err(|error| format!("{} is {error}", folder.place(place).display()))
}

fn undo_one(folder: &Folder, path: &str, record: &Record) -> Result<Exported, ExportError> {
    let bytes = match folder.read(path, DOCUMENT_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(skipped(Some(record), path, error.to_string())),
    };
    let mut error = None;
    match bytes.as_deref().map(|bytes| (bytes, record.before(bytes))) {
        None => error = Some("it is no longer there".to_owned()),
        Some((bytes, Before::Exact(before))) if before == bytes => {}
        Some((_, Before::Exact(before))) => folder.write(path, &before)?,
        Some((_, Before::Edited(before))) => {
            folder.write(path, &before)?;
            error = Some(EDITED.to_owned());
        }
    }
    Ok(Exported {
        article: Some(record.article.clone()),
        path: Some(path.to_owned()),
        outcome: ExportOutcome::Restored,
        images: record.images.len() as u64,
        left: Vec::new(),
        error,
    })
}

/// Removes an image, if it still is what its name says: then it is ours. Records come from the site's folder, so what they
/// say is not believed.
fn remove_image(folder: &Folder, path: &str) -> Result<(), ExportError> {
    let is_inside = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let name = path.rsplit('/').next().unwrap_or_default();
    let named = name.split('.').next().unwrap_or_default();
    let is_ours = is_inside
        && folder
            .digest(path)
            .is_ok_and(|digest| digest.is_some_and(|digest| digest.to_string() == named));
    if is_ours {
        folder.remove(path)?;
    }
    Ok(())
}

fn tell(summary: &mut Summary, report: &Listener, exported: Exported) {
    summary.add(&exported);
    report(Event::Exported(exported));
}

fn skipped(record: Option<&Record>, path: &str, why: String) -> Exported {
    Exported {
        article: record.map(|record| record.article.clone()),
        path: Some(path.to_owned()),
        outcome: ExportOutcome::Skipped,
        images: 0,
        left: Vec::new(),
        error: Some(why),
    }
}
