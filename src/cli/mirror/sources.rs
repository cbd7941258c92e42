//! How is a source written into the configuration? Comments and all else stay. Home of `toml_edit`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use crate::cli::args::{AddSource, Content, Global, Robots, Told};
use crate::cli::output::{Output, plain};
use crate::cli::{Exit, config, log};
use crate::link::without_secrets;
use crate::outputs::Folder;
use crate::source::Source as Input;

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
        Input::Web(link) | Input::Entry(link) => table.insert("url", value(link.as_str())),
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
    if !source.tag.is_empty() {
        table.insert("tags", value(source.tag.iter().collect::<Array>()));
    }
    let words = [
        ("content", source.content.map(Content::word)),
        ("timeout", source.timeout.as_deref()),
        ("max-bytes", source.max_bytes.as_deref()),
        ("max-article-bytes", source.max_article_bytes.as_deref()),
        ("delay", source.delay.as_deref()),
        ("robots", source.robots.map(Robots::word)),
        ("referrer", source.referrer.map(Told::word)),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            table.insert(name, value(word));
        }
    }
    if let Some(per_host) = source.per_host {
        table.insert("per-host", value(i64::from(per_host.get())));
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
