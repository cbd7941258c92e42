//! What does the configuration file say? Read once, strictly, by the commands that go by it.

mod hosts;
mod schedules;
mod slip;
mod sources;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use tracing::warn;

use crate::exchange::Referrer;
use crate::fetch::{Header, Hosts, Paces, Said};
use crate::mirror::Source;
use crate::placeholder::{Placeholders, Rule};
use crate::refs::LazyTable;

use super::args::{Global, size};

pub(super) use sources::{OfHost, since};

/// What the file is called where none is named; it lies beside the archive.
const NAME: &str = "offprint.toml";

/// The largest configuration file: a table of a thousand hosts has a tenth of that.
const CONFIG_BYTES_MAX: u64 = 1024 * 1024;

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
    /// How large the archive may become.
    max_size: Option<MaxSize>,
    /// What is said of hosts.
    host: Vec<hosts::Table>,
    /// When.
    mirror: schedules::Mirror,
    /// What is mirrored.
    source: Vec<sources::Table>,
    /// Where the file lies.
    #[serde(skip)]
    folder: PathBuf,
}

/// A size, as on the command line.
#[derive(Debug)]
struct MaxSize(u64);

impl<'de> Deserialize<'de> for MaxSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        size(&text).map(Self).map_err(D::Error::custom)
    }
}

impl Config {
    /// Returns the header fields for the hosts that they are for, credentials among them.
    ///
    /// # Errors
    /// When a password can't be read.
    pub(super) fn headers(&self) -> anyhow::Result<Vec<Header>> {
        let mut headers = Vec::new();
        for table in &self.host {
            headers.extend(table.headers(&self.folder)?);
        }
        for source in &self.source {
            headers.extend(source.headers()?);
        }
        Ok(headers)
    }

    /// Returns what hosts are told of an article.
    pub(super) fn referrers(&self) -> Vec<(Hosts, Referrer)> {
        self.said(|table| table.referrer)
    }

    /// Returns how hosts are to be spared.
    pub(super) fn paces(&self) -> Paces {
        Paces {
            per_host: Said {
                in_file: self.said_with(
                    |table| table.per_host.map(|it| it.get().into()),
                    |source| source.per_host.map(|it| it.get().into()),
                ),
                ..Said::default()
            },
            delay: Said {
                in_file: self.said_with(
                    |table| table.delay.map(|it| it.0),
                    |source| source.delay.map(|it| it.0),
                ),
                ..Said::default()
            },
        }
    }

    /// Returns what the tables of hosts say of one thing, host by host.
    fn said<T: Copy>(&self, what: impl Fn(&hosts::Table) -> Option<T>) -> Vec<(Hosts, T)> {
        let mut said = Vec::new();
        for table in &self.host {
            if let Some(word) = what(table) {
                said.extend(table.hosts.iter().map(|hosts| (hosts.clone(), word)));
            }
        }
        said
    }

    /// Returns the same, and before it what sources say of their own hosts: of two the last word counts.
    fn said_with<T: Copy>(
        &self,
        of_hosts: impl Fn(&hosts::Table) -> Option<T>,
        of_source: impl Fn(&sources::Table) -> Option<T>,
    ) -> Vec<(Hosts, T)> {
        let sources = self.source.iter();
        let own = sources.filter_map(|source| source.host.clone().zip(of_source(source)));
        own.chain(self.said(of_hosts)).collect()
    }

    /// Returns what lazy loaders read: the user's names first, then those that are built in.
    pub(super) fn lazy(&self) -> LazyTable {
        self.lazy.clone().before_built_in()
    }

    /// Returns whether to keep single pixels that count readers.
    pub(super) fn keeps_trackers(&self) -> bool {
        self.keep_trackers
    }

    /// Returns how many bytes the archive may have, where that is limited.
    pub(super) fn max_size(&self) -> Option<u64> {
        self.max_size.as_ref().map(|size| size.0)
    }

    /// Returns the sources that are mirrored.
    pub(super) fn sources(&self) -> Vec<Source> {
        let sources = self.source.iter();
        sources
            .map(|table| table.source(&self.folder, &self.mirror))
            .collect()
    }

    /// Returns the sources, each with what it says of its host.
    pub(super) fn listed(&self) -> Vec<(Source, OfHost)> {
        let sources = self.source.iter();
        let both = sources.map(|table| (table.source(&self.folder, &self.mirror), table.of_host()));
        both.collect()
    }

    /// Returns which pictures stand for others.
    pub(super) fn placeholders(&self) -> Placeholders {
        Placeholders::with(self.placeholder.clone())
    }
}

/// Returns where the configuration is, or would be: the file that was named, or the one beside the archive.
pub(super) fn path(global: &Global) -> PathBuf {
    let named = global.config.clone();
    named
        .or_else(|| beside(&global.archive))
        .unwrap_or_else(|| PathBuf::from(NAME))
}

/// Reads the configuration file that was named, or the one beside the archive if there is one.
///
/// # Errors
/// When it can't be read, or says what is not known: a slip must not go unnoticed.
pub(super) fn read(global: &Global) -> anyhow::Result<Config> {
    let path = path(global);
    let is_needed = global.config.is_some();
    let Some(bytes) = load(&path, is_needed)? else {
        return Ok(Config::default());
    };
    let config = parse(&bytes).map_err(|flaw| anyhow::anyhow!("{}:{flaw}", path.display()))?;
    let in_hosts = config.host.iter().any(hosts::Table::holds_secret);
    let in_sources = config.source.iter().any(sources::Table::holds_secret);
    if (in_hosts || in_sources)
        && let Ok(file) = File::open(&path)
    {
        warn_if_open(&file, &path);
    }
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Config { folder, ..config })
}

/// Reads the text of a configuration that is to be edited, which need not be there; it must be right.
///
/// # Errors
/// As above.
pub(super) fn text(global: &Global) -> anyhow::Result<String> {
    let path = path(global);
    let bytes = load(&path, false)?.unwrap_or_default();
    parse(&bytes).map_err(|flaw| anyhow::anyhow!("{}:{flaw}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the sources that a configuration in `folder` names; the error begins with line and column.
pub(super) fn sources_of(text: &str, folder: &Path) -> Result<Vec<Source>, String> {
    let folder = folder.to_owned();
    parse(text.as_bytes()).map(|config| Config { folder, ..config }.sources())
}

/// Returns how many sources a configuration names; the error begins with line and column.
pub(super) fn understand(bytes: &[u8]) -> Result<usize, String> {
    parse(bytes).map(|config| config.source.len())
}

/// Reads a configuration file; `None` where there is none and none is needed.
fn load(path: &Path, is_needed: bool) -> anyhow::Result<Option<Vec<u8>>> {
    let shown = path.display();
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == ErrorKind::NotFound && !is_needed => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("can't read the configuration {shown}"));
        }
    };
    if length > CONFIG_BYTES_MAX {
        bail!("{shown} is no configuration: it is longer than {CONFIG_BYTES_MAX} bytes");
    }
    let bytes = fs::read(path).with_context(|| format!("can't read the configuration {shown}"))?;
    Ok(Some(bytes))
}

/// Warns of a file with a secret in it that everybody on the machine may read.
#[cfg(unix)]
fn warn_if_open(file: &File, path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    /// What others may do with a file: read it.
    const OTHERS_READ: u32 = 0o004;
    let mode = file.metadata().map(|it| it.permissions().mode());
    if mode.is_ok_and(|mode| mode & OTHERS_READ != 0) {
        let path = path.display();
        warn!(%path, "holds a secret that everybody on this machine may read: `chmod o-r` keeps it");
    }
}

#[cfg(not(unix))]
fn warn_if_open(_file: &File, _path: &Path) {}

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
            let (line, column) = slip::place(&before);
            return Err(format!("{line}:{column}: not UTF-8"));
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let error = match toml::from_str::<Config>(text) {
        Ok(config) => return Ok(config),
        Err(error) => error,
    };
    Err(slip::describe(text, &error))
}

#[cfg(test)]
mod tests;
