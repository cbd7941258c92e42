//! Which values of the front matter are addresses of images? Keys and endings that say so. Pure.

use super::Image;
use crate::document::front_matter::{FrontMatter, Scalar};
use crate::link::Link;
use crate::refs::Kind;

/// How addresses of images end.
const ENDINGS: &[&str] = &[
    "apng", "avif", "bmp", "gif", "heic", "heif", "ico", "jfif", "jpe", "jpeg", "jpg", "jxl",
    "png", "svg", "tif", "tiff", "webp",
];

/// Keys of an image in the themes of Hexo, Jekyll and Hugo, in lowercase without `-` and `_`.
const KEYS: &[&str] = &[
    "background",
    "bg",
    "featured",
    "figure",
    "gallery",
    "headimg",
    "hero",
    "icon",
    "img",
    "imgs",
    "indeximg",
    "logo",
    "ogimage",
    "pic",
    "pics",
    "picture",
    "pictures",
    "poster",
    "screenshot",
    "screenshots",
    "teaser",
    "thumb",
    "topimg",
];

/// How further such keys end: `cover`, `og_image`, `banner_img`, `index-thumbnail`.
const KEY_ENDINGS: &[&str] = &[
    "avatar",
    "banner",
    "cover",
    "img",
    "image",
    "images",
    "photo",
    "photos",
    "thumbnail",
    "thumbnails",
    "wallpaper",
];

/// Keys of the address itself in a map under such a key: `cover: {src: …, alt: …}`.
const ADDRESS_KEYS: &[&str] = &[
    "feature", "file", "large", "medium", "path", "relative", "small", "src", "url",
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
    let of_image = is_under_image_key(&entry.path);
    match Link::parse(value) {
        // `http:x` is a URL to a browser, but nobody means it so.
        Ok(link) if value.contains("://") => of_image || has_ending(link.as_url().path()),
        _ => of_image && (value.starts_with("data:image/") || is_address(value)),
    }
}

/// An address without a scheme: `//host/path`, or a path that ends as those of images do.
fn is_address(value: &str) -> bool {
    let path = value.split(['?', '#']).next().unwrap_or_default();
    (value.starts_with("//") || !value.contains("://")) && has_ending(path)
}

fn has_ending(path: &str) -> bool {
    let ending = path
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Whether the keys say that the value is an image: the nearest one does, or it names the address of one that does.
fn is_under_image_key(path: &[String]) -> bool {
    let is_item = |key: &&String| key.bytes().all(|byte| byte.is_ascii_digit());
    let mut keys = path
        .iter()
        .rev()
        .filter(|key| !is_item(key))
        .map(|key| key.to_lowercase().replace(['-', '_', ' '], ""));
    match keys.next() {
        Some(key) if is_image_key(&key) => true,
        Some(key) if ADDRESS_KEYS.contains(&key.as_str()) => {
            keys.next().is_some_and(|key| is_image_key(&key))
        }
        _ => false,
    }
}

fn is_image_key(key: &str) -> bool {
    KEYS.contains(&key) || KEY_ENDINGS.iter().any(|ending| key.ends_with(ending))
}
