//! What did the user name? A page on the web, or a file of a known kind. Pure.

use std::path::PathBuf;

use crate::document::Kind;
use crate::link::{Link, LinkError};

/// What the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A page or post on the web.
    Web(Link),
    /// A file on the user's own disk.
    File {
        /// Where it is.
        path: PathBuf,
        /// What its name says it is.
        kind: Kind,
    },
}

/// A text that names nothing that can be archived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// An address that can't be fetched.
    #[error("can't be fetched")]
    Link(#[from] LinkError),
    /// A file whose name does not say what it is.
    #[error("not an http(s) address, and its name ends in none of {}", KNOWN.join(" "))]
    UnknownKind,
}

const POSTS: &[&str] = &["md", "markdown"];
const PAGES: &[&str] = &["html", "htm", "xhtml"];
const KNOWN: &[&str] = &[".md", ".markdown", ".html", ".htm", ".xhtml"];

impl Source {
    /// Reads one input of the command line.
    ///
    /// # Errors
    /// When the text is neither an http(s) URL nor the name of a post or page.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if has_scheme(text) {
            return Ok(Self::Web(Link::parse(text)?));
        }
        let path = PathBuf::from(text);
        let kind = kind_of_name(text).ok_or(SourceError::UnknownKind)?;
        Ok(Self::File { path, kind })
    }
}

/// Returns whether `text` begins as a URL does. A single letter before the colon is a Windows drive.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once("://") else {
        return false;
    };
    scheme.len() > 1
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Returns what the extension of a file's name or of a URL's path says: a post, a page, or nothing.
#[must_use]
pub fn kind_of_name(name: &str) -> Option<Kind> {
    let (_, extension) = name.rsplit_once('.')?;
    let is_one_of = |list: &[&str]| {
        list.iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    if is_one_of(POSTS) {
        Some(Kind::Post)
    } else if is_one_of(PAGES) {
        Some(Kind::Page)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_file(text: &str, kind: Kind) {
        assert_eq!(
            Source::parse(text),
            Ok(Source::File {
                path: text.into(),
                kind
            })
        );
    }

    #[test]
    fn files_are_known_by_their_extension() {
        check_file("posts/一篇.md", Kind::Post);
        check_file("a.MARKDOWN", Kind::Post);
        check_file("./saved page.html", Kind::Page);
        check_file("C:\\posts\\a.md", Kind::Post);
        check_file("x.y.XHTML", Kind::Page);
    }

    #[test]
    fn addresses_are_links() {
        assert!(matches!(
            Source::parse("HTTPS://h.test/a.md"),
            Ok(Source::Web(_))
        ));
        for text in [
            "ftp://h.test/a.md",
            "http://",
            "https:///",
            "file:///a.html",
        ] {
            assert!(
                matches!(
                    Source::parse(text),
                    Err(SourceError::Link(_)) | Ok(Source::Web(_))
                ),
                "{text}"
            );
        }
        assert!(matches!(
            Source::parse("ftp://h.test/a.md"),
            Err(SourceError::Link(_))
        ));
    }

    #[test]
    fn anything_else_is_refused_with_the_names_that_are_known() {
        for text in ["", "photo.jpg", "posts/", "example.com/article"] {
            let error = Source::parse(text).unwrap_err();
            assert_eq!(error, SourceError::UnknownKind, "{text}");
            assert!(error.to_string().contains(".markdown"));
        }
    }
}
