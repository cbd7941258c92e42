//! What did the user name? An address on the web, or a path on their own disk. Pure.

use std::path::PathBuf;

use crate::link::{Link, LinkError};

/// What the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A page or post on the web.
    Web(Link),
    /// What a feed carries of the article at this address: named by sources that are mirrored alone.
    Entry(Link),
    /// A file on the user's own disk. What is in it is for [`crate::nature`] to say.
    File(PathBuf),
}

/// A text that names nothing that can be archived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// An address that can't be fetched.
    #[error("can't be fetched")]
    Link(#[from] LinkError),
    /// Nothing at all.
    #[error("an input is an http(s) address or a path, and this is neither")]
    Nothing,
}

impl Source {
    /// Reads one input of the command line: what begins as a URL does is one, all else is a path.
    ///
    /// # Errors
    /// When the text is the URL of nothing fetchable, or can't be a path.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if has_scheme(text) {
            return Ok(Self::Web(Link::parse(text)?));
        }
        if text.is_empty() || text.contains('\0') {
            return Err(SourceError::Nothing);
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

/// Returns the key of what feeds carry of the article at `page`: an article of its own beside that of the page.
#[must_use]
pub fn entry_key(page: &Link) -> String {
    format!("feed:{}", page.without_fragment().without_user_info())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_begin_as_a_url_is_a_path() {
        for text in [
            "posts/一篇.md",
            "./saved page.html",
            "C:\\posts\\a.md",
            "C://posts/a.md",
            "example.com/article",
            "posts/",
            "photo.jpg",
        ] {
            assert_eq!(Source::parse(text), Ok(Source::File(text.into())));
        }
    }

    #[test]
    fn addresses_are_links() {
        assert!(matches!(
            Source::parse("HTTPS://h.test/a.md"),
            Ok(Source::Web(_))
        ));
        for text in ["ftp://h.test/a.md", "http://", "file:///a.html"] {
            let refused = Source::parse(text);
            assert!(matches!(refused, Err(SourceError::Link(_))), "{text}");
        }
    }

    #[test]
    fn nothing_is_neither() {
        for text in ["", "a\0.md"] {
            assert_eq!(Source::parse(text), Err(SourceError::Nothing));
        }
    }
}
