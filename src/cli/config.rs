//! What does the configuration file say? Read once, strictly, by the commands that go by it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::placeholder::{Placeholders, Rule};
use crate::refs::LazyTable;

use super::args::Global;

/// What the file is called where none is named; it lies beside the archive.
const NAME: &str = "offprint.toml";

/// The largest configuration file: a table of a thousand hosts has a tenth of that.
const CONFIG_BYTES_MAX: u64 = 1024 * 1024;

/// How many letters may differ in a name that somebody may have meant.
const SLIPS_MAX: usize = 2;

/// What a configuration file may say. `docs/guide.md` explains it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    /// What lazy loaders read, beside what is built in.
    lazy: LazyTable,
    /// Pictures that stand for others, beside those that are known.
    placeholder: Vec<Rule>,
    /// Whether to keep single pixels that count readers.
    keep_trackers: bool,
}

impl Config {
    /// Returns what lazy loaders read: the user's names first, then those that are built in.
    pub(super) fn lazy(&self) -> LazyTable {
        self.lazy.clone().before_built_in()
    }

    /// Returns whether to keep single pixels that count readers.
    pub(super) fn keeps_trackers(&self) -> bool {
        self.keep_trackers
    }

    /// Returns which pictures stand for others.
    pub(super) fn placeholders(&self) -> Placeholders {
        Placeholders::with(self.placeholder.clone())
    }
}

/// Reads the configuration file that was named, or the one beside the archive if there is one.
///
/// # Errors
/// When it can't be read, or says what is not known: a slip must not go unnoticed.
pub(super) fn read(global: &Global) -> anyhow::Result<Config> {
    let path = match &global.config {
        Some(named) => named.clone(),
        None => match beside(&global.archive) {
            Some(path) => path,
            None => return Ok(Config::default()),
        },
    };
    let shown = path.display();
    let length = match fs::metadata(&path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound && global.config.is_none() => {
            return Ok(Config::default());
        }
        Err(error) => {
            return Err(error).with_context(|| format!("can't read the configuration {shown}"));
        }
    };
    if length > CONFIG_BYTES_MAX {
        bail!("{shown} is no configuration: it is longer than {CONFIG_BYTES_MAX} bytes");
    }
    let bytes = fs::read(&path).with_context(|| format!("can't read the configuration {shown}"))?;
    parse(&bytes).map_err(|flaw| anyhow::anyhow!("{shown}:{flaw}"))
}

/// Returns the path of the file beside the archive.
fn beside(archive: &Path) -> Option<PathBuf> {
    if archive.file_name().is_some() {
        return Some(archive.with_file_name(NAME));
    }
    // `.` and `..` have no name of their own.
    let whole = fs::canonicalize(archive).ok()?;
    Some(whole.with_file_name(NAME))
}

/// Understands a configuration; the error begins with line and column.
fn parse(bytes: &[u8]) -> Result<Config, String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let (line, column) = place(&before);
            return Err(format!("{line}:{column}: not UTF-8"));
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let error = match toml::from_str::<Config>(text) {
        Ok(config) => return Ok(config),
        Err(error) => error,
    };
    let start = error.span().map_or(0, |span| span.start);
    let (line, column) = place(text.get(..start).unwrap_or_default());
    let message = error.message().replace('\n', ", ");
    let meant = meant(&message).map(|name| format!("; did you mean `{name}`?"));
    Err(format!(
        "{line}:{column}: {message}{}",
        meant.unwrap_or_default()
    ))
}

/// Returns the line and the column, counted from 1, of what stands after `before`.
fn place(before: &str) -> (usize, usize) {
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

/// Returns which of the expected names was meant, of a message such as "unknown field `a`, expected `b` or `c`".
fn meant(message: &str) -> Option<&str> {
    let mut names = message.split('`').skip(1).step_by(2);
    let written = names.next()?;
    names
        .map(|name| (slips(written, name), name))
        .filter(|(slips, _)| *slips <= SLIPS_MAX)
        .min()
        .map(|(_, name)| name)
}

/// Returns how many letters must be put in, taken out or changed to make one name of the other (Levenshtein).
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (at, known) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *known);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, flaw: &str) {
        assert_eq!(parse(text.as_bytes()).unwrap_err(), flaw);
    }

    #[test]
    fn a_slip_is_told_with_its_place() {
        check(
            "# mine\n[lazzy]\n",
            "2:2: unknown field `lazzy`, expected one of `lazy`, `placeholder`, `keep-trackers`; did you mean `lazy`?",
        );
        let names = "`sources`, `sources-if-image`, `sources-if-nothing-shown`, `stand-ins`, `sets`, `backgrounds`, `host`";
        check(
            "[lazy]\nsource = []",
            &format!(
                "2:1: unknown field `source`, expected one of {names}; did you mean `sources`?"
            ),
        );
        check(
            "[lazy]\nsources = 'data-x'",
            "2:11: invalid type: string \"data-x\", expected a sequence",
        );
        check("[[lazy.host]]\nsources = []", "1:1: missing field `hosts`");
        check(
            "[lazy]\nsets = [1]",
            "2:9: invalid type: integer `1`, expected a string",
        );
        assert!(parse(b"a\xFF").unwrap_err().starts_with("1:2: not UTF-8"));
        assert!(parse("图=".as_bytes()).unwrap_err().starts_with("1:"));
    }

    #[test]
    fn a_placeholder_must_not_be_vague() {
        let flaw = parse(b"[[placeholder]]\nname = 'x'\n").unwrap_err();
        assert!(flaw.contains("a placeholder needs a `sha256`"), "{flaw}");
        let exact = "[[placeholder]]\nname = 'x'\nhost = 'h.test'\npath = '/no.gif'\n";
        assert_eq!(parse(exact.as_bytes()).unwrap().placeholder.len(), 1);
    }

    #[test]
    fn what_is_said_stands_before_what_is_built_in() {
        let config = parse("\u{FEFF}[lazy]\nsources = [\"Data-Mine\"]\n".as_bytes()).unwrap();
        assert_eq!(config.lazy().sources[..2], ["data-mine", "data-src"]);
        assert_eq!(parse(b"").unwrap().lazy(), *LazyTable::built_in());
    }

    #[test]
    fn the_file_lies_beside_the_archive() {
        for (archive, expected) in [
            ("archive", "offprint.toml"),
            ("./archive", "./offprint.toml"),
            ("/a/b/", "/a/offprint.toml"),
        ] {
            assert_eq!(beside(Path::new(archive)), Some(PathBuf::from(expected)));
        }
        let here = fs::canonicalize(".").unwrap();
        assert_eq!(beside(Path::new(".")), Some(here.with_file_name(NAME)));
    }
}
