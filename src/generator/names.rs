//! What may a post be named, so that generators and file systems take it? Pure.

use jiff::civil::Date;

use crate::portable::is_device;

/// The longest name of a file that common file systems take, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// Room in a name for what may be added: a day, and the beginning of an ID where two posts have one name.
const NAME_BYTES_ROOM: usize = 32;

/// The longest name that a post gets.
pub(super) const POST_NAME_BYTES_MAX: usize = NAME_BYTES_MAX - NAME_BYTES_ROOM;

/// Returns a name for a post that was found on the web: the last part of its address that says something.
pub(super) fn named_by_address(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = path.rsplit('/').find(|part| !part.is_empty());
    last.unwrap_or("post").to_owned()
}

/// Returns whether the name of a post begins with a day, as Jekyll wants it: `2026-11-01-name.md`.
pub(super) fn is_dated(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((day, rest)) = name.split_at_checked(10) else {
        return false;
    };
    rest.starts_with('-') && rest.len() > 1 && day.parse::<Date>().is_ok()
}

/// Returns the path of a post whose name begins with a day.
pub(super) fn dated(path: &str, day: Date) -> String {
    if is_dated(path) {
        return path.to_owned();
    }
    match path.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{day}-{name}"),
        None => format!("{day}-{path}"),
    }
}

/// Returns `path` with names that every file system takes, and an ending that generators take for Markdown. Nothing in it
/// leads upwards, whatever `path` is.
pub(super) fn portable(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .map(portable_name)
        .collect();
    let path = if parts.is_empty() {
        "post".to_owned()
    } else {
        parts.join("/")
    };
    let is_markdown =
        |ending: &str| ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown");
    match path.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && is_markdown(ending) => path,
        _ => format!("{path}.md"),
    }
}

/// (Microsoft, "Naming Files, Paths, and Namespaces".) Letters of every script stay as they are.
fn portable_name(name: &str) -> String {
    let safe = |character: char| {
        if character.is_control() || "\\:*?\"<>|".contains(character) {
            '-'
        } else {
            character
        }
    };
    let portable: String = name.chars().map(safe).collect();
    // A dot before a name hides it from generators, and Windows drops one at the end.
    let portable = portable
        .trim_start_matches('.')
        .trim_end_matches(['.', ' ']);
    let mut portable = portable.to_owned();
    if portable.is_empty() || is_device(&portable) {
        portable.insert(0, '-');
    }
    shortened(portable)
}

/// Cuts a name that is too long, and keeps its ending.
fn shortened(name: String) -> String {
    if name.len() <= POST_NAME_BYTES_MAX {
        return name;
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() < NAME_BYTES_ROOM => (stem, format!(".{ending}")),
        _ => (name.as_str(), String::new()),
    };
    let most = POST_NAME_BYTES_MAX - ending.len();
    let letters = stem
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8());
    let end = letters.take_while(|end| *end <= most).last();
    format!("{}{ending}", &stem[..end.unwrap_or(0)])
}
