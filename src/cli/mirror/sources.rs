//! Which sources does the configuration name, and how is one written into it? Comments and all else stay. Home of `toml_edit`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use jiff::Timestamp;
use serde::Serialize;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use crate::cli::args::{AddSource, Global};
use crate::cli::output::{Output, data, plain};
use crate::cli::{Exit, config, events, log, now};
use crate::link::without_secrets;
use crate::listing::Glob;
use crate::mirror::{Kind, Place, Source};
use crate::outputs::Folder;
use crate::source::Source as Input;

use super::times::{self, Times};

/// What `mirror list` tells of a source. Serialised as the `source` object of `--json` (`docs/json.md`).
#[derive(Debug, Serialize)]
struct Told {
    url: Option<String>,
    path: Option<String>,
    kind: Option<Kind>,
    include: Vec<Glob>,
    exclude: Vec<Glob>,
    newest: Option<usize>,
    since: Option<String>,
    #[serde(flatten)]
    times: Times,
}

impl Told {
    fn of(source: &Source, times: Times) -> Self {
        let (url, path) = match &source.place {
            Place::Web(_) => (Some(source.place.to_string()), None),
            Place::Disk(_) => (None, Some(source.place.to_string())),
        };
        let choice = &source.choice;
        Self {
            url,
            path,
            kind: source.kind,
            include: choice.include.clone(),
            exclude: choice.exclude.clone(),
            newest: choice.newest,
            since: choice.since.map(|since| since.to_string()),
            times,
        }
    }
}

/// Runs `offprint mirror list`.
pub(super) fn list(global: &Global, output: Output) -> anyhow::Result<Exit> {
    log::begin(output, None);
    let root = &global.archive;
    let (runs, who, now) = (times::runs(root)?, times::who(root), now());
    for source in config::read(global)?.sources() {
        let told = Told::of(&source, Times::of(&source, &runs, &who, now));
        if output.json {
            events::event("source", &told);
        } else {
            tell(&source, &told, now);
        }
    }
    Ok(Exit::Sound)
}

fn tell(source: &Source, told: &Told, now: Timestamp) {
    let kind = told
        .kind
        .map(|kind| serde_json::to_value(kind).expect("a kind is a word"));
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("-");
    let mut choices = Vec::new();
    choices.extend(told.include.iter().map(|glob| format!("include {glob}")));
    choices.extend(told.exclude.iter().map(|glob| format!("exclude {glob}")));
    choices.extend(told.newest.map(|newest| format!("newest {newest}")));
    choices.extend(told.since.as_ref().map(|since| format!("since {since}")));
    let choices = if choices.is_empty() {
        String::new()
    } else {
        format!("  ({})", choices.join(", "))
    };
    let place = source.place.to_string();
    let times = told.times.describe(source, now);
    data(format_args!(
        "{kind:<8} {}{}  {}",
        plain(&place),
        plain(&choices),
        plain(&times)
    ));
}

/// Runs `offprint mirror add`.
pub(super) fn add(global: &Global, source: &AddSource, output: Output) -> anyhow::Result<Exit> {
    log::begin(output, None);
    let path = config::path(global);
    let before = config::text(global)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let table = table(source, folder)?;
    let text = with(&before, table)
        .with_context(|| format!("can't write a source into {}", path.display()))?;
    let new = config::sources_of(&text, folder).map_err(|flaw| anyhow!("{flaw}"))?;
    let Some((added, before)) = new.split_last() else {
        bail!("{} did not take the source", path.display());
    };
    if before.iter().any(|it| it.place == added.place) {
        bail!("{} is a source already", added.place);
    }
    write(&path, &text)?;
    output.say(format_args!(
        "{} is a source now, in {}",
        plain(&added.place.to_string()),
        path.display()
    ));
    Ok(Exit::Sound)
}

/// Returns the table of a source.
fn table(source: &AddSource, folder: &Path) -> anyhow::Result<Table> {
    let given = &source.source;
    let parsed = Input::parse(given)
        .with_context(|| format!("can't mirror {:?}", without_secrets(given)))?;
    let mut table = Table::new();
    match parsed {
        Input::Web(link) => table.insert("url", value(link.as_str())),
        Input::File(path) => table.insert("path", value(below(&path, folder)?)),
    };
    if let Some(kind) = source.kind {
        table.insert("kind", value(kind.word()));
    }
    for (name, globs) in [("include", &source.include), ("exclude", &source.exclude)] {
        if !globs.is_empty() {
            table.insert(name, value(globs.iter().collect::<Array>()));
        }
    }
    if let Some(newest) = source.newest {
        let newest = i64::try_from(newest.get()).context("--newest is too large")?;
        table.insert("newest", value(newest));
    }
    if let Some(since) = &source.since {
        config::since(since).map_err(|flaw| anyhow!("--since {since}: {flaw}"))?;
        table.insert("since", value(since));
    }
    if let Some(schedule) = &source.schedule {
        table.insert("schedule", value(schedule.to_string()));
    }
    Ok(table)
}

/// Returns a path as it stands in a configuration in `folder`: relative to that where it lies below, else absolute.
fn below(path: &Path, folder: &Path) -> anyhow::Result<String> {
    let whole = |path: &Path| -> anyhow::Result<PathBuf> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        fs::canonicalize(path).with_context(|| format!("can't find {}", path.display()))
    };
    let (path, folder) = (whole(path)?, whole(folder)?);
    let below = path.strip_prefix(&folder).unwrap_or(&path);
    let below = if below.as_os_str().is_empty() {
        Path::new(".")
    } else {
        below
    };
    let text = below.to_str().context("its name is not UTF-8; rename it")?;
    Ok(text.replace('\\', "/"))
}

/// Returns a configuration with one more source at its end. All else stays byte for byte.
fn with(text: &str, mut table: Table) -> anyhow::Result<String> {
    let (mark, text) = match text.strip_prefix('\u{FEFF}') {
        Some(rest) => ("\u{FEFF}", rest),
        None => ("", text),
    };
    let mut document: DocumentMut = text.parse()?;
    table
        .decor_mut()
        .set_prefix(if text.is_empty() { "" } else { "\n" });
    // What follows the last table, a comment perhaps, stays where it is.
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    if !trailing.is_empty() {
        document.set_trailing("");
        let gap = if trailing.ends_with('\n') {
            "\n"
        } else {
            "\n\n"
        };
        table.decor_mut().set_prefix(format!("{trailing}{gap}"));
    }
    let sources = document
        .entry("source")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let sources = sources
        .as_array_of_tables_mut()
        .context("`source` is written as one value: write each source as a [[source]] table")?;
    sources.push(table);
    Ok(format!("{mark}{document}"))
}

/// Puts the configuration into place; where it is a link, what that leads to.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.context("the name of the configuration is not UTF-8")?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Folder::create(folder)?.write(name, text.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(url: &str) -> Table {
        let mut table = Table::new();
        table.insert("url", value(url));
        table
    }

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let after = with(before, source("https://h.test/feed")).unwrap();
        assert_eq!(after, expected);
    }

    #[test]
    fn what_stands_there_stays() {
        let added = "[[source]]\nurl = \"https://h.test/feed\"\n";
        check("", added);
        let before = "# mine\nkeep-trackers = true # yes\n\n[lazy]\nsources = [ 'a' ,'b']\n";
        check(before, &format!("{before}\n{added}"));
        let before = "\u{FEFF}# first\n[[source]] # a\nurl = 'https://a.test/'\n\n# b\n[[source]]\nurl = 'https://b.test/'\n# end\n";
        check(before, &format!("{before}\n{added}"));
        check("# only a comment", &format!("# only a comment\n\n{added}"));
        assert!(with("source = 3", source("https://h.test/")).is_err());
    }
}
