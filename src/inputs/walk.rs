//! Which posts and pages lie below a folder? Walks it in order, and names what it can't read.
//!
//! - Posts and pages are known by their endings. What is hidden (its name begins with a dot), `node_modules`, the
//!   `NAME_files` that a browser saves beside `NAME.html`, and archives of Offprint are left out.
//! - Of the root of a blog, only the folders that hold its writing are walked: themes and what is generated are not its
//!   articles.
//! - Links are followed. A folder is walked once, whichever way leads there; a link back up is told as a loop.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use crate::document::Kind;
use crate::nature::kind_of_name;

use super::seen::Seen;
use super::{InputError, SITE_CONFIGURATIONS};

/// The folders of a blog's root that hold its writing: Hexo's; Hugo's and Zola's; Jekyll's.
const WRITING: &[&str] = &["source", "content", "_posts", "_drafts"];

/// The folder of packages, whose pages are nobody's articles.
const PACKAGES: &str = "node_modules";

/// The file that marks an archive of Offprint.
const ARCHIVE_MARK: &str = "offprint.json";

/// What a browser adds to the name of a page for the folder of its parts.
const PARTS: &[&str] = &["_files", ".files"];

/// The endings of pages that a browser saves.
const SAVED: &[&str] = &[".html", ".htm", ".xhtml"];

/// A folder that is being walked. Gives the path of each post and page, and of each thing that can't be looked into with the
/// reason.
#[derive(Debug)]
pub(super) struct Walk {
    root: PathBuf,
    /// The folders that are open, the innermost last.
    open: Vec<Open>,
    seen: Seen,
    is_empty: bool,
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

fn is_article(path: &Path) -> bool {
    let kind = path.extension().and_then(OsStr::to_str).and_then(|ending| {
        // An ending alone is asked: the rest of the name may be no UTF-8.
        kind_of_name(&format!(".{ending}"))
    });
    matches!(kind, Some(Kind::Page | Kind::Post))
}

/// Returns those of a folder's sorted names that are to be looked at.
fn wanted(names: &[OsString]) -> Vec<OsString> {
    let has = |name: &str| names.binary_search(&OsString::from(name)).is_ok();
    if has(ARCHIVE_MARK) {
        return Vec::new();
    }
    let is_blog =
        SITE_CONFIGURATIONS.iter().any(|name| has(name)) && WRITING.iter().any(|name| has(name));
    let is_wanted = |name: &OsString| {
        let Some(name) = name.to_str() else {
            return !is_blog && !name.as_encoded_bytes().starts_with(b".");
        };
        if is_blog {
            return WRITING.contains(&name);
        }
        let is_part_of = |page: &str| SAVED.iter().any(|ending| has(&format!("{page}{ending}")));
        let mut parts = PARTS.iter().filter_map(|parts| name.strip_suffix(parts));
        !name.starts_with('.') && name != PACKAGES && !parts.any(is_part_of)
    };
    names
        .iter()
        .filter(|name| is_wanted(name))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes these files, and returns what a walk below `start` finds.
    #[track_caller]
    fn check(files: &[&str], start: &str, expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        assert_eq!(walk(folder.path(), start), expected);
    }

    /// Returns what a walk finds: paths below `folder`, and why something is none.
    fn walk(folder: &Path, start: &str) -> Vec<String> {
        let below = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
        Walk::new(folder.join(start))
            .map(|(path, result)| match result {
                Ok(()) => below(&path),
                Err(InputError::Loop(_)) => format!("{} loops", below(&path)),
                Err(InputError::NothingInFolder(_)) => format!("{} is empty", below(&path)),
                Err(InputError::Read { source, .. }) => {
                    format!("{} {:?}", below(&path), source.kind())
                }
                Err(other) => panic!("{other}"),
            })
            .collect()
    }

    #[test]
    fn posts_and_pages_are_found_in_order() {
        check(
            &[
                "b.md",
                "a/z.HTML",
                "a/b.markdown",
                "a.htm",
                "c.txt",
                "d.css",
                "e.xhtml",
                "一.md",
            ],
            "",
            &[
                "a/b.markdown",
                "a/z.HTML",
                "a.htm",
                "b.md",
                "e.xhtml",
                "一.md",
            ],
        );
    }

    #[test]
    fn what_nobody_wrote_is_left_out() {
        check(
            &[
                ".hidden.md",
                ".git/a.md",
                "node_modules/p/README.md",
                "page_files/frame.html",
                "page.html",
                "x.htm",
                "x.files/f.html",
                "other_files/a.md",
                "archive/offprint.json",
                "archive/articles/index.html",
            ],
            "",
            &["other_files/a.md", "page.html", "x.htm"],
        );
        check(
            &["node_modules/p/README.md"],
            "node_modules",
            &["node_modules/p/README.md"],
        );
    }

    #[test]
    fn of_a_blog_its_writing_is_found() {
        check(
            &[
                "_config.yml",
                "README.md",
                "source/_posts/a.md",
                "source/about/index.md",
                "public/a/index.html",
                "themes/t/README.md",
                "scaffolds/post.md",
                "node_modules/p/README.md",
            ],
            "",
            &["source/_posts/a.md", "source/about/index.md"],
        );
        check(
            &[
                "hugo.toml",
                "content/posts/a/index.md",
                "public/index.html",
                "layouts/single.html",
                "archetypes/default.md",
            ],
            "",
            &["content/posts/a/index.md"],
        );
        check(
            &[
                "_config.yml",
                "_posts/a.md",
                "_drafts/b.md",
                "_site/a.html",
                "_layouts/post.html",
                "index.html",
            ],
            "",
            &["_drafts/b.md", "_posts/a.md"],
        );
        check(&["config.yaml", "notes/a.md"], "", &["notes/a.md"]);
        check(
            &["_config.yml", "_posts/a.md", "index.html"],
            "_posts",
            &["_posts/a.md"],
        );
        check(
            &[
                "blogs/one/_config.yml",
                "blogs/one/_posts/a.md",
                "blogs/one/b.md",
            ],
            "",
            &["blogs/one/_posts/a.md"],
        );
    }

    #[test]
    fn nothing_to_archive_is_told() {
        check(&["a/b.txt"], "a", &["a is empty"]);
        check(&["b.txt"], "a", &["a NotFound"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_loops_told() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["blog/posts", "elsewhere/deep"] {
            fs::create_dir_all(path(name)).unwrap();
        }
        fs::write(path("elsewhere/deep/a.md"), "x").unwrap();
        fs::write(path("blog/posts/b.md"), "x").unwrap();
        for (target, link) in [
            ("..", "blog/posts/up"),
            (".", "blog/posts/here"),
            ("self", "blog/self"),
            ("gone", "blog/dangling"),
            ("../elsewhere", "blog/vault"),
            ("../elsewhere", "blog/vault2"),
            ("posts/b.md", "blog/linked.md"),
            ("posts", "blog/a-link"),
        ] {
            symlink(target, path(link)).unwrap();
        }
        assert_eq!(
            walk(folder.path(), "blog"),
            [
                "blog/a-link/b.md",
                "blog/a-link/here loops",
                "blog/a-link/up loops",
                "blog/dangling NotFound",
                "blog/linked.md",
                "blog/self FilesystemLoop",
                "blog/vault/deep/a.md",
            ]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_no_text_are_found() {
        use std::os::unix::ffi::OsStrExt as _;

        let folder = tempfile::tempdir().unwrap();
        let name = OsStr::from_bytes(b"\xce\xc4.md");
        fs::write(folder.path().join(name), "x").unwrap();
        assert_eq!(walk(folder.path(), ""), ["\u{fffd}\u{fffd}.md"]);
    }
}
