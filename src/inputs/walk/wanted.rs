//! What of a folder is to be looked at?

use std::ffi::{OsStr, OsString};
use std::fs::DirEntry;
use std::path::Path;

use crate::document::Kind;
use crate::inputs::SITE_CONFIGURATIONS;
use crate::nature::kind_of_name;

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

/// Returns whether something in a folder is an article, may lead to some, or says what the folder is. It is not opened or followed.
pub(super) fn may_be_wanted(entry: &DirEntry) -> bool {
    // What can't be looked at is told of when it is met.
    if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
        return true;
    }
    let name = entry.file_name();
    let marks = [&[ARCHIVE_MARK], SITE_CONFIGURATIONS, WRITING].concat();
    is_article(Path::new(&name)) || marks.iter().any(|mark| name == *mark)
}

/// Returns whether the name is one of a post or a page.
pub(super) fn is_article(path: &Path) -> bool {
    let kind = path.extension().and_then(OsStr::to_str).and_then(|ending| {
        // An ending alone is asked: the rest of the name may be no UTF-8.
        kind_of_name(&format!(".{ending}"))
    });
    matches!(kind, Some(Kind::Page | Kind::Post))
}

/// Returns those of a folder's sorted names that are to be looked at.
pub(super) fn wanted(names: &[OsString]) -> Vec<OsString> {
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
