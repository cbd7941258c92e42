//! Which attributes lead out of a page? Pure.
//!
//! The lists repeat what `seal` knows, on purpose: a second opinion that borrows the first one's lists has its faults too.

use super::super::relink::TO_ROOT;
use crate::document::dom::Element;
use crate::refs::srcset;

/// The attributes that act and have no place in a view.
const ACTING_ATTRIBUTES: &[&str] = &[
    "archive",
    "attributionsrc",
    "classid",
    "code",
    "codebase",
    "crossorigin",
    "data",
    "dynsrc",
    "icon",
    "imagesrcset",
    "integrity",
    "lowsrc",
    "manifest",
    "nonce",
    "ping",
    "poster",
    "profile",
    "referrerpolicy",
    "srcdoc",
    "xml:base",
];

/// What a link may be for that nothing is fetched for.
const PLAIN_LINKS: &[&str] = &[
    "alternate",
    "amphtml",
    "author",
    "bookmark",
    "canonical",
    "help",
    "license",
    "me",
    "shortlink",
    "tag",
];

/// The schemes that a reader may follow.
const FOLLOWED: &[&str] = &[
    "doi", "ftp", "ftps", "geo", "http", "https", "irc", "ircs", "magnet", "mailto", "news", "sms",
    "tel", "xmpp",
];

/// Returns the code of the leak that an attribute is, if it is one.
pub(super) fn leak_of(
    element: Element<'_>,
    name: &str,
    attribute: &str,
    value: &str,
) -> Option<&'static str> {
    let value = value.trim_matches(|c: char| c <= ' ');
    let is_closed = match (name, attribute) {
        (_, attribute) if attribute.starts_with("on") => return Some("handler"),
        ("a" | "area", "href" | "xlink:href")
        | ("form", "action")
        | ("button" | "input", "formaction") => {
            return (!is_followed(value)).then_some("address");
        }
        ("link", "href") => {
            is_plain_link(element) && is_followed(value)
                || is_here(value)
                || starts_with(value, "data:image/")
        }
        ("animate" | "set", "attributename") => {
            let target = value.to_ascii_lowercase();
            return (target.ends_with("href") || target.starts_with("on")).then_some("handler");
        }
        (_, "srcset") => srcset::candidates(value)
            .into_iter()
            .all(|span| is_shown(&value[span.start..span.end])),
        ("iframe", "srcdoc") => true,
        (_, "src" | "background") | ("image" | "feimage", "href" | "xlink:href") => is_shown(value),
        (_, "href" | "xlink:href") => value.is_empty() || value.starts_with('#'),
        (_, "action" | "formaction") => false,
        (_, attribute) => !ACTING_ATTRIBUTES.contains(&attribute),
    };
    (!is_closed).then_some("fetch")
}

fn is_plain_link(element: Element<'_>) -> bool {
    let rel = element
        .attribute("rel")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut kinds = rel.split_ascii_whitespace();
    !rel.trim().is_empty() && kinds.all(|kind| PLAIN_LINKS.contains(&kind))
}

fn is_shown(address: &str) -> bool {
    is_here(address) || starts_with(address, "data:image/")
}

/// Returns whether an address names nothing outside the archive.
pub(super) fn is_here(address: &str) -> bool {
    address.is_empty() || address.starts_with('#') || is_archived(address)
}

/// Returns whether an address is that of a blob or a derived file, seen from the article's folder.
pub(super) fn is_archived(address: &str) -> bool {
    let Some(path) = address.strip_prefix(TO_ROOT) else {
        return false;
    };
    in_room(path).is_some_and(is_hashed)
}

/// Returns whether an address is that of a blob or a derived file below `root`, seen from a stylesheet.
pub(super) fn is_below(address: &str, root: &str) -> bool {
    let path = address.strip_prefix(root);
    path.is_some_and(|path| is_hashed(in_room(path).unwrap_or(path)))
}

fn in_room(path: &str) -> Option<&str> {
    let blobs = path.strip_prefix("blobs/sha256/");
    blobs.or_else(|| path.strip_prefix("derived/sha256/"))
}

fn is_hashed(path: &str) -> bool {
    let Some((folder, name)) = path.split_once('/') else {
        return false;
    };
    let Some((digest, extension)) = name.split_once('.') else {
        return false;
    };
    // A part of a drawing may be meant.
    let extension = extension.split('#').next().unwrap_or_default();
    digest.len() == 64
        && digest.starts_with(folder)
        && folder.len() == 2
        && digest
            .bytes()
            .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
        && extension
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Returns whether a link may be followed: it leads to a page, a mailbox or the like, and runs nothing.
fn is_followed(address: &str) -> bool {
    let address: String = address
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    match address.split_once([':', '/', '?', '#', '\\']) {
        Some((scheme, _)) if address.as_bytes()[scheme.len()] == b':' => {
            FOLLOWED.contains(&scheme.to_ascii_lowercase().as_str())
        }
        _ => !address.starts_with("//") && !address.starts_with("\\\\"),
    }
}

pub(super) fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}
