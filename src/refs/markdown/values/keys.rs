//! What does the key of a front matter value say of it? An image, words, or nothing. Pure.

/// What a key says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// It is the address of an image.
    Image,
    /// It is prose, or the name or address of something else.
    Words,
    /// Nothing that is known here.
    Nothing,
}

/// Keys of an image in the themes of Hexo, Jekyll, Hugo and their kin, in lowercase without `-` and `_`.
const IMAGES: &[&str] = &[
    "background",
    "bg",
    "feature",
    "featured",
    "figure",
    "gallery",
    "headimg",
    "header",
    "hero",
    "icon",
    "imgs",
    "pictures",
    "pics",
    "preview",
    "screenshot",
    "screenshots",
    "teaser",
    "socialcard",
];

/// How further such keys end: `cover`, `og_image`, `banner_img`, `index-thumbnail`, `封面`.
const IMAGE_ENDINGS: &[&str] = &[
    "avatar",
    "banner",
    "cover",
    "favicon",
    "image",
    "images",
    "img",
    "logo",
    "photo",
    "photos",
    "pic",
    "picture",
    "poster",
    "thumb",
    "thumbnail",
    "thumbnails",
    "wallpaper",
    "封面",
    "图",
    "图片",
    "圖",
    "圖片",
    "头像",
    "横幅",
    "画像",
    "写真",
    "表紙",
    "サムネイル",
    "アイキャッチ",
    "이미지",
    "썸네일",
    "사진",
    "صورة",
    "صور",
    "غلاف",
];

/// Keys of the address itself in a map under such a key: `cover: {src: …, alt: …}`. Some of them end keys, too:
/// `cover_url`.
const ADDRESSES: &[&str] = &[
    "feature", "file", "href", "large", "link", "medium", "path", "relative", "small", "src",
    "uri", "url",
];

/// Keys whose value is prose, or the name or address of something else than an image.
const WORDS: &[&str] = &[
    "abstract",
    "alias",
    "aliases",
    "attribution",
    "author",
    "authors",
    "canonical",
    "canonicalurl",
    "categories",
    "category",
    "class",
    "comment",
    "content",
    "copyright",
    "excerpt",
    "href",
    "id",
    "keywords",
    "layout",
    "link",
    "links",
    "name",
    "note",
    "notes",
    "permalink",
    "ref",
    "redirect",
    "redirectfrom",
    "redirectto",
    "slug",
    "source",
    "tag",
    "tags",
    "template",
    "type",
    "uri",
    "url",
    "website",
];

/// How further such keys end: `image_alt`, `seo_title`.
const WORD_ENDINGS: &[&str] = &[
    "alt",
    "caption",
    "credit",
    "desc",
    "description",
    "label",
    "summary",
    "text",
    "title",
];

/// Returns what the keys of `path` say of the value there: the nearest one does, or it names the address of what the one
/// around it says.
pub(super) fn says(path: &[String]) -> Says {
    let is_item = |key: &&String| key.bytes().all(|byte| byte.is_ascii_digit());
    let mut keys = path
        .iter()
        .rev()
        .filter(|key| !is_item(key))
        .map(|key| key.to_lowercase().replace(['-', '_', ' '], ""));
    let Some(key) = keys.next() else {
        return Says::Nothing;
    };
    let is_address = ADDRESSES.contains(&key.as_str());
    if is_image(&key) || (is_address && keys.next().is_some_and(|around| is_image(&around))) {
        Says::Image
    } else if WORDS.contains(&key.as_str()) || ends_with_any(&key, WORD_ENDINGS) {
        Says::Words
    } else {
        Says::Nothing
    }
}

fn is_image(key: &str) -> bool {
    let is_named = |key: &str| IMAGES.contains(&key) || ends_with_any(key, IMAGE_ENDINGS);
    let without_address = ADDRESSES
        .iter()
        .filter_map(|ending| key.strip_suffix(ending));
    is_named(key) || without_address.into_iter().any(is_named)
}

fn ends_with_any(key: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| key.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Says) {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        assert_eq!(says(&path), expected, "{path:?}");
    }

    #[test]
    fn the_nearest_key_says_what_a_value_is() {
        for path in [
            "cover",
            "OG-Image",
            "heroImage",
            "photos/0",
            "cover/src",
            "image_url",
            "封面",
            "画像",
            "params/images/0/url",
            "author/avatar",
            "header/overlay_image",
            "サムネイル",
        ] {
            check(path, Says::Image);
        }
        for path in [
            "title",
            "image_alt",
            "cover/alt",
            "cover/caption",
            "og_title",
            "tags/0",
            "url",
            "link",
            "resources/0/title",
            "profile/name",
        ] {
            check(path, Says::Words);
        }
        for path in [
            "x",
            "resources/0/src",
            "src",
            "file",
            "profile",
            "social_media_x",
        ] {
            check(path, Says::Nothing);
        }
    }
}
