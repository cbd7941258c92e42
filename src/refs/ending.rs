//! Does an address end as that of an image? Pure.

/// How addresses of images end.
const ENDINGS: &[&str] = &[
    "apng", "avif", "bmp", "gif", "heic", "heif", "ico", "jfif", "jpe", "jpeg", "jpg", "jxl",
    "png", "svg", "svgz", "tif", "tiff", "webp",
];

/// What image services write behind the ending: `a.jpg!w600`, `a.png@100w`, `a.jpg~tplv-x`, `a.jpg:large`.
const AFTER_ENDING: &[char] = &['!', '@', '~', ':', ';', ','];

/// Whether the last name of the path of `address` has the ending of an image. A colon before it makes it a wiki's page
/// about an image, `File:a.jpg`.
pub(super) fn is_of_image(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.match_indices('.').any(|(dot, _)| {
        let after = &name[dot + 1..];
        let end = after.find(AFTER_ENDING).unwrap_or(after.len());
        let ending = &after[..end];
        !name[..dot].contains(':')
            && ENDINGS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(ending))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_of_the_path_says_it() {
        for address in [
            "a.PNG",
            "https://h.test/a/b.jpeg?w=1#x",
            "../图/片.webp",
            "a.jpg!w600",
            "a.png@100w_1c",
            "a.jpg:large",
        ] {
            assert!(is_of_image(address), "{address}");
        }
        for address in [
            "",
            "png",
            "a.md",
            "https://h.test/a.png/b",
            "https://wiki.test/File:a.jpg",
            "a?b.png",
            "#a.png",
        ] {
            assert!(!is_of_image(address), "{address}");
        }
    }
}
