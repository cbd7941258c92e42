//! What does the name of the document element say that markup is? Pure.

use crate::media::MediaType;

/// Elements that pages and error messages begin with: WHATWG MIME Sniffing §7.1 and more of their kind.
const HTML_ELEMENTS: &[&str] = &[
    "a", "b", "body", "br", "center", "div", "font", "form", "h1", "h2", "h3", "head", "header",
    "html", "iframe", "img", "link", "main", "meta", "noscript", "p", "pre", "script", "section",
    "span", "strong", "style", "table", "title", "ul",
];

/// Returns what markup is whose document element is called `name`, in lowercase and without its prefix.
pub(super) fn media_of(name: &[u8]) -> MediaType {
    if name == b"svg" {
        MediaType::Svg
    } else if HTML_ELEMENTS.iter().any(|html| name == html.as_bytes()) {
        MediaType::Html
    } else {
        MediaType::Xml
    }
}
