//! How is a host or a title written as a name that every file system takes? Pure.

use crate::link::Link;
use crate::portable::is_device;

/// The longest name of a host's folder.
const HOST_CHARS_MAX: usize = 64;

/// The longest slug.
const SLUG_CHARS_MAX: usize = 40;

/// The longest name that common file systems take.
const NAME_CHARS_MAX: usize = 255;

/// The folder of articles whose key is no URL: they came from files.
const FILES: &str = "_files";

/// The slug of an article that names itself in no Latin letter or digit.
const ARTICLE: &str = "article";

/// Returns the address in a key of a page, or of what feeds carry of one.
fn address(key: &str) -> Option<Link> {
    let text = key.strip_prefix("url:").or(key.strip_prefix("feed:"))?;
    Link::parse(text).ok()
}

/// Returns the name of the folder for the key of a URL: its host, and its port where it is not the usual.
pub(super) fn host(key: &str) -> String {
    let Some(address) = address(key) else {
        return FILES.to_owned();
    };
    let port = address
        .as_url()
        .port()
        .map(|port| format!("-{port}"))
        .unwrap_or_default();
    let written = address.host();
    let name = match written.strip_prefix('[') {
        Some(ipv6) => format!("ipv6-{}", ipv6.trim_end_matches(']')),
        None => written.to_owned(),
    };
    let name: String = name.chars().map(host_char).collect();
    // Windows drops a dot at the end of a name, and a dot at its start hides it elsewhere.
    let mut name = name.trim_matches('.').to_owned();
    if name.is_empty() || is_device(&name) {
        name.insert(0, '_');
    }
    name.truncate(HOST_CHARS_MAX - port.len());
    format!("{}{port}", name.trim_end_matches('.'))
}

fn host_char(char: char) -> char {
    match char.to_ascii_lowercase() {
        char @ ('a'..='z' | '0'..='9' | '.' | '_' | '-') => char,
        _ => '-',
    }
}

/// Returns a short name for people: from the title, else from the last part of the key, else `article`.
pub(super) fn slug(title: Option<&str>, key: &str) -> String {
    let candidates = [title.unwrap_or_default(), last_part(key)];
    let slug = candidates
        .into_iter()
        .map(slugify)
        .find(|slug| !slug.is_empty());
    slug.unwrap_or_else(|| ARTICLE.to_owned())
}

/// Returns the last part of a key's path that is not empty, without query and extension.
fn last_part(key: &str) -> &str {
    let path = match key.split_once("://") {
        // The host is the folder's name already.
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => key.split_once(':').map_or(key, |(_, path)| path),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let last = path
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    match last.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => last,
    }
}

/// Keeps ASCII letters and digits; everything else, percent-encoded bytes too, only separates.
fn slugify(text: &str) -> String {
    let mut slug = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if slug.len() >= SLUG_CHARS_MAX {
            break;
        }
        if char.is_ascii_alphanumeric() {
            slug.push(char.to_ascii_lowercase());
            continue;
        }
        let rest = chars.as_str().as_bytes();
        if char == '%' && rest.len() >= 2 && rest[..2].iter().all(u8::is_ascii_hexdigit) {
            chars.nth(1);
        }
        if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-').to_owned();
    if is_device(&slug) {
        format!("{ARTICLE}-{slug}")
    } else {
        slug
    }
}

/// Returns whether [`host`] could have made the name.
pub(super) fn is_host(name: &str) -> bool {
    name.len() <= HOST_CHARS_MAX
        && is_portable(name)
        && name.chars().all(|char| host_char(char) == char)
}

/// Returns whether [`slug`] could have made the name.
pub(super) fn is_slug(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    plain && !name.is_empty() && name.len() <= SLUG_CHARS_MAX
}

/// Returns whether every file system, and a ZIP, takes the name as it is.
pub(super) fn is_portable(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    let dotted = name.starts_with('.') || name.ends_with('.');
    plain && !dotted && !name.is_empty() && name.len() <= NAME_CHARS_MAX && !is_device(name)
}
