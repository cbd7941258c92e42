//! Under which address does a site publish a folder of images? Pure.

/// The address of a folder of images as a site publishes it: a path such as `/offprint/`, or an http(s) URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

/// Why a text is no [`Prefix`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// Neither a path from the site's root nor a URL.
    #[error("a prefix begins with / or is an http(s) URL, such as /offprint/")]
    Relative,
    /// It would have to be escaped somewhere.
    #[error(
        "a prefix has only the letters a to z, digits and - . _ ~ / in it, since it stands in HTML, Markdown and YAML alike"
    )]
    Character,
    /// The folder would not be published.
    #[error(
        "a prefix ends with the name of a folder, which does not begin with . or _, such as /offprint/"
    )]
    Folder,
}

impl Prefix {
    /// Reads a prefix; a slash at its end is added where it is missing.
    ///
    /// # Errors
    /// When it is relative, has characters that would need escaping, or names no folder that generators publish.
    pub fn parse(text: &str) -> Result<Self, PrefixError> {
        let path = match text.split_once("://") {
            Some(("http" | "https", rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
            Some(_) => return Err(PrefixError::Relative),
            None => text,
        };
        if !path.starts_with('/') || path.starts_with("//") {
            return Err(PrefixError::Relative);
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
        if !text.bytes().all(is_plain) || path.contains(':') {
            return Err(PrefixError::Character);
        }
        let prefix = Self(format!("{}/", text.trim_end_matches('/')));
        if path.split('/').any(|part| part == "..") || !is_published(prefix.folder()) {
            return Err(PrefixError::Folder);
        }
        Ok(prefix)
    }

    /// Returns the prefix, with a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the folder: the last part.
    pub(super) fn folder(&self) -> &str {
        let path = self.0.trim_end_matches('/');
        path.rsplit_once('/').map_or("", |(_, folder)| folder)
    }
}

/// Generators skip what begins with a dot or an underscore.
fn is_published(folder: &str) -> bool {
    !folder.is_empty() && !folder.starts_with(['.', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_needs_no_escaping_and_is_published() {
        for (text, error) in [
            ("offprint/", PrefixError::Relative),
            ("", PrefixError::Relative),
            ("//h.test/a", PrefixError::Relative),
            ("ftp://h.test/a", PrefixError::Relative),
            ("https://h.test", PrefixError::Relative),
            ("/a b/", PrefixError::Character),
            ("/a'/", PrefixError::Character),
            ("/图/", PrefixError::Character),
            ("/a:b/", PrefixError::Character),
            ("/", PrefixError::Folder),
            ("/_a/", PrefixError::Folder),
            ("/.a/", PrefixError::Folder),
            ("/a/../b/", PrefixError::Folder),
        ] {
            assert_eq!(Prefix::parse(text), Err(error), "{text}");
        }
    }
}
