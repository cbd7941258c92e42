//! Which attributes hold what a script would put in place? The lazy loaders' names, in one table. Pure.
//!
//! The names are those that tools for reading articles have gathered (FTR site configurations, graby, Heritrix,
//! percollate, Readability) and those of large sites.

use crate::document::Span;
use crate::document::markup::StartTag;
use crate::refs::{Promotion, Rename};

/// What the value of a lazy `<img>` attribute is to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A loader puts it into `src`.
    Shown,
    /// Many other things have this name too: it counts if it has the extension of an image.
    ShownIfImage,
    /// Another size of the image, for zooming: it counts if the tag has nothing else to show.
    Instead,
}

/// Attributes of `<img>` that hold one address, those first that win over the others.
pub(super) const SOURCES: &[(&str, Standing)] = &[
    ("data-src", Standing::Shown),
    ("data-lazy-src", Standing::Shown),
    ("data-actualsrc", Standing::Shown),
    ("data-original", Standing::Shown),
    ("data-original-src", Standing::Shown),
    ("data-original-mos", Standing::Shown),
    ("data-orig-src", Standing::Shown),
    ("data-lazy", Standing::Shown),
    ("data-lazyload", Standing::Shown),
    ("data-lazy-load", Standing::Shown),
    ("data-lazyload-src", Standing::Shown),
    ("data-defer-src", Standing::Shown),
    ("data-echo", Standing::Shown),
    ("data-runner-src", Standing::Shown),
    ("data-pk-src", Standing::Shown),
    ("data-src-medium", Standing::Shown),
    ("data-src-small", Standing::Shown),
    ("data-fallback-src", Standing::Shown),
    ("fifu-data-src", Standing::Shown),
    ("data-hi-res-src", Standing::Shown),
    ("data-croporisrc", Standing::Shown),
    ("data-backsrc", Standing::Shown),
    ("data-url", Standing::ShownIfImage),
    ("data-source", Standing::ShownIfImage),
    ("data-img-url", Standing::ShownIfImage),
    ("data-file-url", Standing::ShownIfImage),
    ("data-image-loader", Standing::ShownIfImage),
    ("data-large-file", Standing::Instead),
    ("data-orig-file", Standing::Instead),
    ("data-medium-file", Standing::Instead),
    ("data-full-src", Standing::Instead),
    ("data-mediaviewer-src", Standing::Instead),
    ("data-pin-media", Standing::Instead),
];

/// Attributes of `<img>` and `<source>` that hold what a loader puts into `srcset`.
pub(super) const SETS: &[&str] = &["data-srcset", "data-lazy-srcset", "data-original-set"];

/// Attributes of any element that a loader makes its background image: an address or a `url(…)`.
pub(super) const BACKGROUNDS: &[&str] = &[
    "data-bg",
    "data-background",
    "data-background-image",
    "data-lazy-background",
    "data-bg-src",
    "data-lazy-bg",
];

const IMAGE_EXTENSIONS: &[&str] = &[
    "apng", "avif", "bmp", "gif", "heic", "ico", "jfif", "jpe", "jpeg", "jpg", "jxl", "png", "svg",
    "svgz", "tif", "tiff", "webp",
];

/// Returns whether the value of a lazy attribute is an address, and no word, number, template or JSON.
pub(super) fn is_address(value: &str) -> bool {
    let is_program = value.contains(['{', '}', '<', '>']) || value.starts_with('[');
    let is_path = ["http:", "https:", "/", "./", "../"]
        .iter()
        .any(|start| value.starts_with(start));
    let is_one_word = !value.contains(char::is_whitespace);
    !is_program && (is_path || has_image_extension(value) || (is_one_word && value.contains('/')))
}

/// Returns whether the path of this address ends like the name of an image file.
pub(super) fn has_image_extension(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let Some((_, extension)) = path.rsplit_once('.') else {
        return false;
    };
    IMAGE_EXTENSIONS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns whether `tag` shows an image without any script.
pub(super) fn shows_something(tag: &StartTag) -> bool {
    let is_real = |name: &str| {
        tag.attribute(name).is_some_and(|attribute| {
            let value = attribute.value.trim_ascii();
            !value.is_empty()
                && !value
                    .get(..5)
                    .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
        })
    };
    is_real("src") || is_real("srcset")
}

/// Returns the renames that put the attribute at `name` in the place of `src`, and of a `srcset` that would win over it.
pub(super) fn promote_source(tag: &StartTag, name: Span) -> Promotion {
    let has_lazy_set = SETS.iter().any(|set| tag.attribute(set).is_some());
    promote(
        tag,
        name,
        if has_lazy_set {
            &["src"]
        } else {
            &["src", "srcset"]
        },
    )
}

/// Returns the renames that put the attribute at `name` in the place of `srcset`.
pub(super) fn promote_set(tag: &StartTag, name: Span) -> Promotion {
    promote(tag, name, &["srcset"])
}

/// Gives the attribute at `name` the first name of `places`, and takes all `places` from the others. Each of several
/// with one name is renamed: once the first is gone, the second would count.
fn promote(tag: &StartTag, name: Span, places: &[&str]) -> Promotion {
    let rename = |span: Span, to: String| Rename {
        start: span.start,
        end: span.end,
        to,
    };
    let old = tag
        .attributes
        .iter()
        .filter(|attribute| places.contains(&attribute.name.as_str()));
    let mut renames: Vec<_> = old
        .map(|attribute| {
            rename(
                attribute.name_span,
                format!("data-offprint-{}", attribute.name),
            )
        })
        .collect();
    renames.extend(
        places
            .first()
            .map(|place| rename(name, (*place).to_owned())),
    );
    renames.sort_by_key(|rename| rename.start);
    Promotion { renames }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_other_values() {
        for address in [
            "a.png",
            "A.JPG?x",
            "/a",
            "a/b",
            "//h.test/a",
            "https://h.test/640?wx_fmt=png",
            "../my image.png",
            "my image.png",
            "data:image/png,x",
        ] {
            assert!(is_address(address), "{address}");
        }
        for other in [
            "",
            "true",
            "1",
            "0.5",
            "a.b",
            "lazy load",
            "and/or so",
            "{\"a\":\"/b.png\"}",
            "[\"/a.png\"]",
            "/{width}/a.png",
            "<img src=/a.png>",
        ] {
            assert!(!is_address(other), "{other}");
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        let mut names: Vec<_> = SOURCES
            .iter()
            .map(|(name, _)| name)
            .chain(SETS)
            .chain(BACKGROUNDS)
            .collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
