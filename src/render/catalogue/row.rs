//! What does a list say of one capture? Pure.

use std::collections::HashSet;

use crate::render::missing::escaped;
use crate::snapshot::Snapshot;

/// How many characters of a title or an address are shown, so that a page's length is bounded.
pub(super) const TEXT_CHARS_MAX: usize = 200;

/// The longest language tag that is believed (RFC 5646 §4.4.1 asks for room for 35 characters).
const LANGUAGE_BYTES_MAX: usize = 35;

/// What a row begins with, before the index of its entry.
const BEGIN: &str = "<li data-entry=\"";

/// What stands before the way to the archive's own folder, and the path of the view.
const LINK: &str = "<a href=\"";

/// What a row ends with.
const END: &str = "</li>\n";

/// One capture in the list: its markup, before and behind the way to the archive's own folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The index of its entry in the log.
    pub entry: u64,
    before: String,
    after: String,
}

impl Row {
    /// Returns what is listed of a capture with this entry in the log, whose view has the path `view` in the archive.
    #[must_use]
    pub fn new(entry: u64, view: &str, snapshot: &Snapshot) -> Self {
        let key = snapshot.source.key.as_str();
        let path = key.strip_prefix("file:").unwrap_or(key);
        let url = snapshot.source.url.as_ref();
        let (address, place) = url.map_or((path, path), |url| (url.as_str(), url.host()));
        let title = shown(snapshot.article.title.as_deref().unwrap_or_default());
        let name = if title.is_empty() {
            shown(address)
        } else {
            title.clone()
        };
        let language = snapshot.article.language.as_ref();
        let language = language
            .filter(|tag| !title.is_empty() && is_language(tag))
            .map(|tag| format!(" lang=\"{tag}\""))
            .unwrap_or_default();
        Self {
            entry,
            before: format!(
                "{BEGIN}{entry}\"><time datetime=\"{}\">{}</time>\n<div>{LINK}",
                snapshot.time,
                snapshot.time.strftime("%Y-%m-%d")
            ),
            after: format!(
                "{}\"><bdi{language}>{}</bdi></a>\n<p>{}</p></div>{END}",
                escaped(view),
                escaped(&name),
                facts(snapshot, &name, &shown(place)),
            ),
        }
    }

    /// Returns the path of the view in the archive, as written: no character of such a path needs to be escaped.
    #[must_use]
    pub fn view(&self) -> &str {
        self.after.split('"').next().unwrap_or_default()
    }

    pub(super) fn markup(&self, to_root: &str) -> String {
        [&self.before, to_root, &self.after].concat()
    }
}

/// Reads the rows of a list that was written here.
pub(super) fn read(list: &str) -> Vec<Row> {
    list.split_inclusive(END).filter_map(one).collect()
}

fn one(markup: &str) -> Option<Row> {
    let (entry, _) = markup.strip_prefix(BEGIN)?.split_once('"')?;
    let at = markup.find(LINK)? + LINK.len();
    let (before, after) = markup.split_at(at);
    Some(Row {
        entry: entry.parse().ok()?,
        before: before.to_owned(),
        after: after.strip_prefix("../").unwrap_or(after).to_owned(),
    })
}

/// Returns what is said below the name.
fn facts(snapshot: &Snapshot, name: &str, place: &str) -> String {
    let (here, missing) = counts(snapshot);
    let mut facts = Vec::new();
    facts.extend((place != name).then(|| format!("<bdi>{}</bdi>", escaped(place))));
    facts.extend((here > 0).then(|| counted(here)));
    facts.extend((missing > 0).then(|| format!("<strong>{} missing</strong>", counted(missing))));
    facts.join(" \u{B7} ")
}

/// Counts the distinct resources that are here, and those that are missing.
fn counts(snapshot: &Snapshot) -> (usize, usize) {
    let here: HashSet<&str> = snapshot
        .resources()
        .map(|(mention, _)| mention.name())
        .collect();
    let missing: HashSet<&str> = snapshot
        .missing()
        .map(|(mention, _)| mention.name())
        .collect();
    (here.len(), missing.len())
}

fn counted(number: usize) -> String {
    if number == 1 {
        "1 image".to_owned()
    } else {
        format!("{number} images")
    }
}

/// Returns the text on one line, without control characters, and not longer than is shown.
pub(super) fn shown(text: &str) -> String {
    let line = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let mut chars = line
        .flat_map(|word| std::iter::once(' ').chain(word.chars()))
        .skip(1);
    let mut shown: String = chars.by_ref().take(TEXT_CHARS_MAX).collect();
    if chars.next().is_some() {
        shown.pop();
        shown.push('\u{2026}');
    }
    shown
}

fn is_language(tag: &str) -> bool {
    let plain = tag
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain && !tag.is_empty() && tag.len() <= LANGUAGE_BYTES_MAX
}
