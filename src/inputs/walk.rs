//! Which posts and pages lie below a folder? Walks it in order, and names what it can't read.
//!
//! - Posts and pages are known by their endings. What is hidden (its name begins with a dot), `node_modules`, the
//!   `NAME_files` that a browser saves beside `NAME.html`, and archives of Offprint are left out.
//! - Of the root of a blog, only the folders that hold its writing are walked: themes and what is generated are not its
//!   articles.
//! - Links are followed. A folder is walked once, whichever way leads there; a link back up is told as a loop.

mod wanted;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use super::InputError;
use super::seen::Seen;
use wanted::{is_article, may_be_wanted, wanted};

/// Posts, pages and folders of one folder at most: of each its name is kept while the folder is walked, some 30 MB. What else lies there
/// is passed over as it is met.
pub(super) const NAMES_MAX: usize = 1 << 18;

/// A folder that is being walked. Gives the path of each post and page, and of each thing that can't be looked into with the
/// reason.
#[derive(Debug)]
pub(super) struct Walk {
    root: PathBuf,
    /// The folders that are open, the innermost last.
    open: Vec<Open>,
    seen: Seen,
    is_empty: bool,
    /// Names of one folder that are kept at most.
    names_max: usize,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    /// The path without links, which tells a loop.
    real: PathBuf,
    /// The names that are left, sorted.
    names: IntoIter<OsString>,
}

pub(super) type Found = (PathBuf, Result<(), InputError>);

impl Walk {
    /// Begins at `root`, whatever its own name is.
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            open: Vec::new(),
            seen: Seen::default(),
            is_empty: true,
            names_max: NAMES_MAX,
        }
    }

    /// Opens a folder. What it holds beside what can be read is then walked all the same.
    fn enter(&mut self, path: PathBuf) -> Option<Found> {
        match self.try_enter(&path) {
            Ok(()) => None,
            Err(error) => Some((path, Err(error))),
        }
    }

    fn try_enter(&mut self, path: &Path) -> Result<(), InputError> {
        let failed = |source| InputError::Read {
            path: path.to_owned(),
            source,
        };
        let real = path.canonicalize().map_err(failed)?;
        if let Some(above) = self.open.last()
            && above.real.starts_with(&real)
        {
            return Err(InputError::Loop(path.to_owned()));
        }
        if !self.seen.is_new(real.as_os_str().as_encoded_bytes()) {
            return Ok(());
        }
        let (mut names, mut trouble) = (Vec::new(), None);
        for entry in fs::read_dir(path).map_err(failed)? {
            match entry {
                Ok(entry) if !may_be_wanted(&entry) => {}
                Ok(_) if names.len() >= self.names_max => {
                    return Err(InputError::TooMany(path.to_owned()));
                }
                Ok(entry) => names.push(entry.file_name()),
                Err(error) => trouble = Some(failed(error)),
            }
        }
        names.sort_unstable();
        let names = wanted(&names).into_iter();
        self.open.push(Open {
            path: path.to_owned(),
            real,
            names,
        });
        trouble.map_or(Ok(()), Err)
    }

    /// Looks at what a folder holds under one name: a folder is opened, a post or page is found, all else is passed over.
    fn meet(&mut self, path: PathBuf) -> Option<Found> {
        let is_article = is_article(&path);
        let Ok(metadata) = path.symlink_metadata() else {
            // Vanished, or not to be looked at: whoever reads it says why.
            return is_article.then_some((path, Ok(())));
        };
        if metadata.is_dir() {
            return self.enter(path);
        }
        if metadata.is_symlink() {
            match path.metadata() {
                Ok(target) if target.is_dir() => return self.enter(path),
                Ok(_) => {}
                Err(source) => {
                    let error = InputError::Read {
                        path: path.clone(),
                        source,
                    };
                    return Some((path, Err(error)));
                }
            }
        }
        is_article.then_some((path, Ok(())))
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if self.root.as_os_str().is_empty() {
            return None;
        }
        if self.is_empty && self.open.is_empty() {
            let root = self.root.clone();
            if let Some(failed) = self.enter(root) {
                self.is_empty = false;
                return Some(failed);
            }
        }
        while let Some(folder) = self.open.last_mut() {
            let Some(name) = folder.names.next() else {
                self.open.pop();
                continue;
            };
            let path = folder.path.join(name);
            if let Some(found) = self.meet(path) {
                self.is_empty = false;
                return Some(found);
            }
        }
        let root = std::mem::take(&mut self.root);
        self.is_empty
            .then(|| (root.clone(), Err(InputError::NothingInFolder(root))))
    }
}
