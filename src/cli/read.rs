//! How is the archive read? The words around [`crate::list`], [`crate::show`] and [`crate::restore`].

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context;

use crate::archive::Archive;
use crate::exchange::Why;
use crate::list::{self, Row};
use crate::restore::restore as original;
use crate::show::{self, Resource, Shown};

use super::args::{Restore, Show};
use super::output::{Output, Style, bytes, count, data, headline, plain, size};
use super::{Exit, events};

/// Runs `offprint list`.
pub(super) fn list(root: &Path, output: Output) -> anyhow::Result<Exit> {
    let archive = Archive::open(root)?;
    list::list(&archive, |row| tell_row(&row, output))?;
    Ok(Exit::Sound)
}

fn tell_row(row: &Row, output: Output) {
    if output.json {
        return events::event("article", row);
    }
    let missing = if row.missing > 0 {
        format!(", {} missing", row.missing)
    } else {
        String::new()
    };
    let title = headline(row.title.as_deref().unwrap_or(&row.key));
    let standing = standing(row).map_or_else(String::new, |words| format!(" - {words}"));
    data(format_args!(
        "{}  {}  {title} ({}{missing}){standing}",
        &row.id[..8],
        row.captured.strftime("%Y-%m-%d"),
        count(row.images as u64, "image"),
    ));
}

/// Says what became of an article's page, where it is not there any more.
fn standing(row: &Row) -> Option<String> {
    let since = row.since?.strftime("%Y-%m-%d");
    Some(format!("{} since {since}", row.standing))
}

/// Runs `offprint show`.
pub(super) fn show(root: &Path, arguments: &Show, output: Output) -> anyhow::Result<Exit> {
    let archive = Archive::open(root)?;
    let shown = show::show(&archive, &arguments.article)?;
    if output.json {
        events::event("article", &shown);
    } else {
        tell_article(root, &shown, output);
    }
    Ok(Exit::Sound)
}

fn tell_article(root: &Path, shown: &Shown, output: Output) {
    let row = &shown.row;
    data(plain(row.title.as_deref().unwrap_or(&row.key)));
    let field = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            data(format_args!("  {name:<10} {}", plain(value)));
        }
    };
    field("id", Some(&row.id));
    field("key", Some(&row.key));
    field("source", row.source.as_deref());
    let tags = row.tags.join(", ");
    field("tags", Some(tags.as_str()).filter(|tags| !tags.is_empty()));
    field("page", standing(row).as_deref());
    field("author", shown.article.author.as_deref());
    field("published", shown.article.published.as_deref());
    field("site", shown.article.site.as_deref());
    field("open", Some(&root.join(&row.view).display().to_string()));
    field("original", Some(&shown.original));
    data(count(shown.history.len() as u64, "snapshot"));
    for capture in &shown.history {
        let uncommitted = if capture.committed {
            ""
        } else {
            " (uncommitted)"
        };
        data(format_args!(
            "  {}  {}{uncommitted}",
            capture.time.strftime("%Y-%m-%d %H:%M:%S UTC"),
            capture.path
        ));
    }
    data(counted(&shown.resources));
    for resource in &shown.resources {
        tell_resource(resource, output);
    }
}

/// Says how many resources there are, and how many of them are not here.
fn counted(resources: &[Resource]) -> String {
    let number = |wanted: &str| {
        let words = resources.iter().map(word);
        words.filter(|word| *word == wanted).count() as u64
    };
    let (missing, trackers) = (number("missing"), number(TRACKER));
    let mut words = vec![count(resources.len() as u64, "image")];
    words.extend((missing > 0).then(|| format!("{missing} missing")));
    words.extend((trackers > 0).then(|| count(trackers, TRACKER) + " left out"));
    words.join(", ")
}

/// What a pixel that counts readers is called.
const TRACKER: &str = "tracker";

/// Returns the word for what came of a resource.
fn word(resource: &Resource) -> &'static str {
    if resource.outcome == "missing" && resource.why == Some(Why::Tracker.code()) {
        return TRACKER;
    }
    resource.outcome
}

fn tell_resource(resource: &Resource, output: Output) {
    let outcome = match word(resource) {
        "missing" => output.paint_data(Style::Warn, "missing"),
        outcome => format!("{outcome:<7}"),
    };
    data(format_args!("  {outcome}  {}", plain(&resource.url)));
    if let (Some(path), Some(media), Some(bytes)) = (&resource.path, &resource.media, resource.size)
    {
        let pixels = match (resource.width, resource.height) {
            (Some(width), Some(height)) => format!(", {width}×{height}"),
            _ => String::new(),
        };
        let times = if resource.references > 1 {
            format!(", named {} times", resource.references)
        } else {
            String::new()
        };
        data(format_args!(
            "           {path} ({media}{pixels}, {}{times})",
            size(bytes)
        ));
    }
    if let (Some(why), Some(reason)) = (resource.why, resource.reason) {
        // The status says nothing more where it is one of success.
        let status = resource
            .status
            .filter(|status| !(200..300).contains(status))
            .map(|status| format!(", HTTP {status}"))
            .unwrap_or_default();
        data(format_args!("           {why}{status}: {reason}"));
    }
}

/// Runs `offprint restore`.
pub(super) fn restore(root: &Path, arguments: &Restore, output: Output) -> anyhow::Result<Exit> {
    let archive = Archive::open(root)?;
    let original = original(&archive, &arguments.article)?;
    match &arguments.output {
        Some(path) => {
            write_new(path, &original)
                .with_context(|| format!("can't write {}", path.display()))?;
            let size = size(original.len() as u64);
            output.say(format_args!("restored {size} to {}", path.display()));
        }
        None => bytes(&original),
    }
    Ok(Exit::Sound)
}

/// Writes a file that must not be there yet.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
