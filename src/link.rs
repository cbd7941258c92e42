//! Which address does this text name? Absolute http(s) URLs by the WHATWG URL standard. Home of url. Pure.

mod tracking;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands in the place of a value that must stay secret.
pub const WITHHELD: &str = "(withheld)";

/// An absolute `http` or `https` URL, normalised only as the WHATWG URL standard does.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link(url::Url);

/// A text that names nothing fetchable, without what may be a password in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The text does not parse as a URL, or is relative where there is no base.
    #[error("{0:?} is not an absolute URL")]
    Unparsable(String),
    /// The URL has another scheme than `http` and `https`.
    #[error("{0:?} is not an http or https URL")]
    Scheme(String),
}

impl Link {
    /// Reads an absolute URL.
    ///
    /// # Errors
    /// When the text is no URL, or one of another scheme.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let url =
            url::Url::parse(text).map_err(|_| LinkError::Unparsable(without_secrets(text)))?;
        Self::admit(url, text)
    }

    /// Resolves `text` against this URL. `query` encodes the characters of a query in the document's encoding
    /// (WHATWG URL, "encoding override"); without it they are UTF-8.
    ///
    /// # Errors
    /// When the result is no URL, or one of another scheme.
    pub fn join(&self, text: &str, query: Option<Encode<'_>>) -> Result<Self, LinkError> {
        let url = url::Url::options()
            .base_url(Some(&self.0))
            .encoding_override(query)
            .parse(&without_idle_slashes(text))
            .map_err(|_| LinkError::Unparsable(without_secrets(text)))?;
        Self::admit(url, text)
    }

    fn admit(url: url::Url, text: &str) -> Result<Self, LinkError> {
        let fetchable = matches!(url.scheme(), "http" | "https") && url.has_host();
        if fetchable {
            Ok(Self(url))
        } else {
            Err(LinkError::Scheme(without_secrets(text)))
        }
    }

    /// Returns the URL without its fragment: what a request is sent for, and what "the same URL" means.
    #[must_use]
    pub fn without_fragment(&self) -> Self {
        let mut url = self.0.clone();
        url.set_fragment(None);
        Self(url)
    }

    /// Returns the URL without user name and password.
    #[must_use]
    pub fn without_user_info(&self) -> Self {
        let mut url = self.0.clone();
        // Only URLs without a host refuse these two, and a Link has one.
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return self.clone();
        }
        Self(url)
    }

    /// Returns the URL with the user name and password of another.
    #[must_use]
    pub fn with_user_info_of(&self, other: &Self) -> Self {
        let (name, password) = (other.0.username(), other.0.password());
        let mut url = self.0.clone();
        // Only URLs without a host refuse these two, and a Link has one. What is percent-encoded stays as it is.
        if url.set_username(name).is_err() || url.set_password(password).is_err() {
            return self.clone();
        }
        Self(url)
    }

    /// Returns whether the URL carries a user name or a password.
    #[must_use]
    pub fn has_user_info(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }

    /// Returns the key an article of this URL is known by: `url:` and the URL without fragment and user info.
    #[must_use]
    pub fn key(&self) -> String {
        format!("url:{}", self.without_fragment().without_user_info())
    }

    /// Returns the host in its serialised form (punycode, `[::1]`, `127.0.0.1`).
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Returns scheme, host and port: what a connection is made to.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Returns the WHATWG serialisation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the fragment, its percent-encoding undone, as a browser looks for an element of that name.
    #[must_use]
    pub fn fragment(&self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut rest = self.0.fragment()?.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let code = after
                .get(..2)
                .filter(|code| *first == b'%' && code.iter().all(u8::is_ascii_hexdigit));
            let code = code.and_then(|code| std::str::from_utf8(code).ok());
            let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
            bytes.push(byte.unwrap_or(*first));
            rest = if byte.is_some() { &after[2..] } else { after };
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Returns the URL in the form its home crate knows.
    #[must_use]
    pub fn as_url(&self) -> &url::Url {
        &self.0
    }
}

/// Takes the slashes away that come after the first two: the standard ignores them where the base is http(s) (WHATWG
/// URL, "special authority ignore slashes state"), the url crate finds no host between them.
fn without_idle_slashes(text: &str) -> Cow<'_, str> {
    let start = text.trim_start_matches(|character| character <= ' ');
    let host = start.trim_start_matches(['/', '\\']);
    if start.len() - host.len() > 2 {
        Cow::Owned(format!("//{host}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns a text as it may be shown: what stands between `//` and `@` is withheld in every authority, also where it makes no URL.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(slashes) = rest.find("//") {
        let (before, after) = rest.split_at(slashes + 2);
        shown.push_str(before);
        let authority = after
            .find(['/', '?', '#', '\\', '>', '"', ' ', ','])
            .unwrap_or(after.len());
        match after[..authority].rfind('@') {
            Some(at) => {
                shown.push_str(WITHHELD);
                rest = &after[at..];
            }
            None => rest = after,
        }
    }
    shown.push_str(rest);
    shown
}

/// Encodes the text of a query into bytes of the document's encoding.
pub type Encode<'a> = &'a dyn Fn(&str) -> Cow<'_, [u8]>;

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({self})")
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_decoded() {
        #[track_caller]
        fn check(url: &str, expected: Option<&str>) {
            let link = Link::parse(url).unwrap();
            assert_eq!(link.fragment().as_deref(), expected, "{url}");
        }
        check("https://h.test/a.svg", None);
        check("https://h.test/a.svg#", Some(""));
        check("https://h.test/a.svg#图 b", Some("图 b"));
        check("https://h.test/a.svg#%2f%+1%zz%", Some("/%+1%zz%"));
    }

    #[test]
    fn passwords_in_addresses_are_withheld() {
        for (text, expected) in [
            (
                "https://me:secret@h.test/a@b",
                "https://(withheld)@h.test/a@b",
            ),
            ("//me@h.test", "//(withheld)@h.test"),
            ("/a//b@c", "/a//(withheld)@c"),
            ("https://h.test/?q=a@b", "https://h.test/?q=a@b"),
            (
                "<http://a:b@h/>; rel=x, <http://c@i/>",
                "<http://(withheld)@h/>; rel=x, <http://(withheld)@i/>",
            ),
            ("", ""),
        ] {
            assert_eq!(without_secrets(text), expected);
        }
    }

    #[test]
    fn an_error_repeats_no_password() {
        for text in [
            "http://me:hush@a b/",
            "ftp://me:hush@h.test/",
            "//me:hush@h",
        ] {
            let error = Link::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
        }
    }

    #[test]
    fn a_key_has_no_fragment_and_no_user_info() {
        let link = Link::parse("HTTPS://me:secret@Example.com:443/a/../b?q=1#top").unwrap();
        assert_eq!(link.key(), "url:https://example.com/b?q=1");
        assert!(link.has_user_info());
    }

    #[test]
    fn only_http_and_https_are_links() {
        for text in [
            "ftp://h/x",
            "data:,x",
            "javascript:1",
            "/relative",
            "",
            "mailto:a@b",
            "http://",
        ] {
            assert!(Link::parse(text).is_err(), "{text}");
        }
        let base = Link::parse("https://h.test/a/b").unwrap();
        assert_eq!(
            base.join("//i.test/x y", None).unwrap().as_str(),
            "https://i.test/x%20y"
        );
        assert_eq!(
            base.join(" ///i.test/x", None).unwrap().as_str(),
            "https://i.test/x"
        );
        assert!(base.join("data:image/png,x", None).is_err());
    }
}
