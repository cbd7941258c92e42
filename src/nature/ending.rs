//! What does the ending of a name say? Pure.

use crate::document::Kind;

/// The endings of names that say what a document is: articles, then stylesheets.
const ENDINGS: &[(&str, Kind)] = &[
    ("md", Kind::Post),
    ("markdown", Kind::Post),
    ("html", Kind::Page),
    ("htm", Kind::Page),
    ("xhtml", Kind::Page),
    ("css", Kind::Style),
];

/// The endings of articles, for a person.
pub const DOCUMENT_ENDINGS: &str = ".md .markdown .html .htm .xhtml";

/// Returns the Content-Type that a name stands for, where none came with the file: that of XHTML, which is read by other
/// rules than HTML.
#[must_use]
pub fn implied_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    ending
        .eq_ignore_ascii_case("xhtml")
        .then_some("application/xhtml+xml")
}

/// Returns what the ending of a file's name or of a URL's path says.
#[must_use]
pub fn kind_of_name(name: &str) -> Option<Kind> {
    let (_, ending) = name.rsplit_once('.')?;
    ENDINGS
        .iter()
        .find(|(known, _)| ending.eq_ignore_ascii_case(known))
        .map(|(_, kind)| *kind)
}
