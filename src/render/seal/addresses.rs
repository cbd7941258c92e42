//! Where does a link of the page lead, and may it stay? Followed by a reader's act alone. Pure.

use encoding_rs::Encoding;

use super::super::missing::escaped;
use crate::document::Document;
use crate::link::Link;
use crate::refs;

/// The schemes, besides `http` and `https`, that a reader may follow: none of them runs what the page says.
const FOLLOWED: &[&str] = &[
    "mailto", "tel", "sms", "ftp", "ftps", "geo", "irc", "ircs", "magnet", "news", "xmpp", "doi",
];

/// What becomes of a link's address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// It stays as it is written.
    Stays,
    /// This stands instead, escaped.
    Put(String),
    /// It must not be followed.
    Refused,
}

/// Returns what becomes of `text`, the address of a link in `page`: absolute as the page meant it. A fragment stays,
/// and so does what is relative where the page has no address.
pub(super) fn destination(text: &str, page: &Document) -> Destination {
    let text = text.trim_matches(|c: char| c <= ' ');
    if text.is_empty() || text.starts_with('#') {
        return Destination::Stays;
    }
    match scheme(text) {
        Some(scheme) if scheme == "http" || scheme == "https" => {
            let written_whole =
                Link::parse(text).is_ok() && text[scheme.len()..].starts_with("://");
            if written_whole {
                Destination::Stays
            } else {
                put(absolute(text, page))
            }
        }
        Some(scheme) if FOLLOWED.contains(&scheme.as_str()) => Destination::Stays,
        Some(_) => Destination::Refused,
        None if page.base.is_none() && !is_network_path(text) => Destination::Stays,
        None => put(absolute(text, page)),
    }
}

fn put(link: Option<Link>) -> Destination {
    link.map_or(Destination::Refused, |link| {
        Destination::Put(escaped(link.as_str()))
    })
}

/// Returns the absolute http(s) address that `text` means in `page`.
pub(super) fn absolute(text: &str, page: &Document) -> Option<Link> {
    let text = text.trim_matches(|c: char| c <= ' ');
    if let Some(base) = &page.base {
        return join(text, base, page.charset);
    }
    // From a disk, `//host` would be the file server of that name.
    if is_network_path(text) {
        Link::parse(&format!("https:{text}")).ok()
    } else {
        Link::parse(text).ok()
    }
}

fn join(text: &str, base: &Link, charset: &'static Encoding) -> Option<Link> {
    refs::resolve(text, Some(base), charset)
}

/// Returns whether `text` names a host without a scheme, as browsers read it: `\` is `/`, tabs and line ends are nothing.
fn is_network_path(text: &str) -> bool {
    let mut read = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r'));
    let mut is_slash = || matches!(read.next(), Some('/' | '\\'));
    is_slash() && is_slash()
}

/// Returns the scheme that a browser would read, in lowercase (WHATWG URL §4.4, "scheme start state").
fn scheme(text: &str) -> Option<String> {
    let mut scheme = String::new();
    for c in text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')) {
        match c {
            ':' if !scheme.is_empty() => return Some(scheme),
            'a'..='z' | 'A'..='Z' => scheme.push(c.to_ascii_lowercase()),
            '0'..='9' | '+' | '-' | '.' if !scheme.is_empty() => scheme.push(c),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Kind;

    fn page(base: &str) -> Document {
        Document::new(
            b"<p>".to_vec(),
            Kind::Page,
            Some("text/html; charset=utf-8"),
            Link::parse(base).ok(),
        )
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let destination = destination(text, &page("https://h.test/a/b?c"));
        let Destination::Put(put) = destination else {
            panic!("{destination:?}")
        };
        assert_eq!(put, expected);
    }

    #[test]
    fn becomes_absolute() {
        check("c", "https://h.test/a/c");
        check("?x=1&y='2'", "https://h.test/a/b?x=1&amp;y=%272%27");
        check("//i.test", "https://i.test/");
        check("\\\\i.test\\x", "https://i.test/x");
        check("https:c", "https://h.test/a/c");
    }

    #[test]
    fn some_stay_as_they_are() {
        for text in [
            "",
            " ",
            "#top",
            "https://x.test/y z",
            "MAILTO:a@b.test",
            "tel:1",
            " http://h.test",
        ] {
            assert_eq!(
                destination(text, &page("https://h.test/")),
                Destination::Stays,
                "{text}"
            );
        }
        assert_eq!(destination("a.html", &page("")), Destination::Stays);
    }

    #[test]
    fn what_acts_is_refused() {
        for text in [
            "javascript:1",
            "\u{1} JaVa\tScript:1",
            "vbscript:x",
            "data:text/html,x",
            "file:///x",
            "blob:x",
            "foo:x",
        ] {
            assert_eq!(
                destination(text, &page("https://h.test/")),
                Destination::Refused,
                "{text}"
            );
            assert_eq!(destination(text, &page("")), Destination::Refused, "{text}");
        }
        assert_eq!(
            destination("//h.test/x", &page("")),
            Destination::Put("https://h.test/x".into())
        );
    }
}
