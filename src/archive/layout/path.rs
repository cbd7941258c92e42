//! Which texts are paths inside an archive? Pure.

use std::fmt;
use std::path::{Path, PathBuf};

use super::names;

/// A path inside an archive: relative, `/` between its parts, portable to every system and into a ZIP.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchivePath(String);

impl ArchivePath {
    /// Reads a path; `None` where it is absolute, leads upwards or is not portable.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split('/')
            .all(names::is_portable)
            .then(|| Self(text.to_owned()))
    }

    /// Returns a path of ours.
    pub(super) fn fixed(path: &'static str) -> Self {
        Self(path.to_owned())
    }

    /// Returns a path of ours, of parts that are names of ours.
    pub(super) fn ours(path: String) -> Self {
        debug_assert!(path.split('/').all(names::is_portable), "{path}");
        Self(path)
    }

    /// Returns the path as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path below the archive's own folder `root`.
    #[must_use]
    pub fn under(&self, root: &Path) -> PathBuf {
        root.join(&self.0)
    }

    /// Returns the path of `name` inside this one.
    pub(in crate::archive) fn child(&self, name: &str) -> Self {
        Self::ours([&self.0, "/", name].concat())
    }

    /// Returns the folder it stands in; `None` at the archive's top.
    pub(in crate::archive) fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Returns its last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or(self.0.as_str(), |(_, name)| name)
    }
}

impl fmt::Display for ArchivePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
