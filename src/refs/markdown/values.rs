//! Which values of the front matter are addresses of images? Endings and keys that say so. Pure.

mod keys;

use super::Image;
use crate::document::front_matter::{FrontMatter, Scalar};
use crate::link::Link;
use crate::refs::{Kind, ending};
use keys::Says;

/// How addresses end that are no images, whatever the key says.
const OTHER_ENDINGS: &[&str] = &[
    "css", "htm", "html", "js", "json", "md", "mp3", "mp4", "pdf", "webm", "xml", "zip",
];

/// The longest text that is taken for an address; browsers and servers refuse longer ones.
const ADDRESS_BYTES_MAX: usize = 8192;

/// Returns the images that the front matter names.
pub(super) fn images(front_matter: &FrontMatter) -> impl Iterator<Item = Image> {
    let named = front_matter.entries.iter().filter(|entry| is_image(entry));
    named.map(|entry| Image {
        span: entry.span,
        address: entry.value.trim().to_owned(),
        kind: Kind::FrontMatter,
    })
}

fn is_image(entry: &Scalar) -> bool {
    let value = entry.value.trim();
    if value.is_empty() || value.len() > ADDRESS_BYTES_MAX || value.contains(['\n', '\r']) {
        return false;
    }
    let says = keys::says(&entry.path);
    let is_one_word = !value.contains(char::is_whitespace);
    if !is_one_word && says != Says::Image {
        return false;
    }
    match absolute(value) {
        Some(link) => is_image_address(&link, says),
        None if value.contains("://") => false,
        None if value.starts_with("data:") => {
            says == Says::Image && value.starts_with("data:image/")
        }
        None => says != Says::Words && ending::is_of_image(value),
    }
}

/// Returns the address that has a scheme, or at least a host. `http:x` is a URL to a browser, but nobody means it so.
fn absolute(value: &str) -> Option<Link> {
    if value.starts_with("//") {
        return Link::parse(&format!("https:{value}")).ok();
    }
    Link::parse(value).ok().filter(|_| value.contains("://"))
}

/// An absolute address is an image's where its path ends so. Where the key says so too, it need not; and where the key
/// says nothing, it may be one that an image service is asked for in the query: `?url=%2Fa.png&w=640`.
fn is_image_address(link: &Link, says: Says) -> bool {
    let path = link.as_url().path();
    let is_asked = || {
        let mut query = link.as_url().query_pairs();
        query.any(|(_, value)| ending::is_of_image(&value))
    };
    match says {
        _ if ending::is_of_image(path) => true,
        Says::Image => !OTHER_ENDINGS.iter().any(|other| ends_with(path, other)),
        Says::Nothing => is_asked(),
        Says::Words => false,
    }
}

fn ends_with(path: &str, ending: &str) -> bool {
    let after_dot = path.rsplit_once('.').map(|(_, ending)| ending);
    after_dot.is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
