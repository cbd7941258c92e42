//! Where does a static site generator want its posts and images, and under which names? Hexo, Jekyll, Hugo. Pure.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::portable::is_device;

/// A static site generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Generator {
    /// <https://hexo.io>: posts in `source/_posts`, whatever else lies in `source` is published as it is.
    Hexo,
    /// <https://jekyllrb.com>: posts in `_posts`, named by their day; what else lies in the site is published as it is.
    Jekyll,
    /// <https://gohugo.io>: posts in `content/posts`; what lies in `static` is published as it is.
    Hugo,
}

/// The address of a folder of images as a site publishes it: a path such as `/offprint/`, or an http(s) URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

/// Why a text is no [`Prefix`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// Neither a path from the site's root nor a URL.
    #[error("a prefix begins with / or is an http(s) URL, such as /offprint/")]
    Relative,
    /// It would have to be escaped somewhere.
    #[error(
        "a prefix has only the letters a to z, digits and - . _ ~ / in it, since it stands in HTML, Markdown and YAML alike"
    )]
    Character,
    /// The folder would not be published.
    #[error(
        "a prefix ends with the name of a folder, which does not begin with . or _, such as /offprint/"
    )]
    Folder,
}

/// Where generators keep posts: what is left of a path below one of these is the post's own.
const POST_FOLDERS: &[&str] = &[
    "source/_posts/",
    "content/posts/",
    "content/post/",
    "_posts/",
    "source/",
    "content/",
];

/// Where drafts are kept that must not be published.
const DRAFT_FOLDERS: &[&str] = &["source/_drafts/", "_drafts/"];

/// The longest name of a file that common file systems take, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// Room in a name for what may be added: a day, and the beginning of an ID where two posts have one name.
const NAME_BYTES_ROOM: usize = 32;

impl Prefix {
    /// Reads a prefix; a slash at its end is added where it is missing.
    ///
    /// # Errors
    /// When it is relative, has characters that would need escaping, or names no folder that generators publish.
    pub fn parse(text: &str) -> Result<Self, PrefixError> {
        let path = match text.split_once("://") {
            Some(("http" | "https", rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
            Some(_) => return Err(PrefixError::Relative),
            None => text,
        };
        if !path.starts_with('/') || path.starts_with("//") {
            return Err(PrefixError::Relative);
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
        if !text.bytes().all(is_plain) || path.contains(':') {
            return Err(PrefixError::Character);
        }
        let prefix = Self(format!("{}/", text.trim_end_matches('/')));
        if path.split('/').any(|part| part == "..") || !is_published(prefix.folder()) {
            return Err(PrefixError::Folder);
        }
        Ok(prefix)
    }

    /// Returns the prefix, with a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the folder: the last part.
    fn folder(&self) -> &str {
        let path = self.0.trim_end_matches('/');
        path.rsplit_once('/').map_or("", |(_, folder)| folder)
    }
}

/// Generators skip what begins with a dot or an underscore.
fn is_published(folder: &str) -> bool {
    !folder.is_empty() && !folder.starts_with(['.', '_'])
}

impl Generator {
    /// Returns the folder that stands at `prefix` in the published site, below the site's own.
    #[must_use]
    pub fn images(self, prefix: &Prefix) -> String {
        let above = match self {
            Self::Hexo => "source/",
            Self::Jekyll => "",
            Self::Hugo => "static/",
        };
        format!("{above}{}", prefix.folder())
    }

    /// Returns the path of a post below the site's folder, portable to every system. `key` is what its article is known
    /// by, `day` when it was published: Jekyll wants it in the name. `None` for a draft where the generator would
    /// publish it.
    #[must_use]
    pub fn post(self, key: &str, day: Date) -> Option<String> {
        let path = match key.split_once(':') {
            Some(("url", address)) => named_by_address(address),
            Some((_, path)) => path.to_owned(),
            None => key.to_owned(),
        };
        if let Some(own) = below(&path, DRAFT_FOLDERS) {
            let folder = match self {
                Self::Hexo => "source/_drafts",
                Self::Jekyll => "_drafts",
                Self::Hugo => return None,
            };
            return Some(format!("{folder}/{}", portable(own)));
        }
        if self.keeps(&path) {
            return Some(portable(&path));
        }
        let own = portable(below(&path, POST_FOLDERS).unwrap_or(&path));
        Some(match self {
            Self::Hexo => format!("source/_posts/{own}"),
            Self::Jekyll => format!("_posts/{}", dated(&own, day)),
            Self::Hugo => format!("content/posts/{own}"),
        })
    }

    /// Whether a path is already where the generator keeps what it renders.
    fn keeps(self, path: &str) -> bool {
        match self {
            Self::Hexo => path.starts_with("source/"),
            Self::Jekyll => path.strip_prefix("_posts/").is_some_and(is_dated),
            Self::Hugo => path.starts_with("content/"),
        }
    }
}

fn below<'a>(path: &'a str, folders: &[&str]) -> Option<&'a str> {
    folders
        .iter()
        .find_map(|folder| path.strip_prefix(folder))
        .filter(|own| !own.is_empty())
}

/// Returns a name for a post that was found on the web: the last part of its address that says something.
fn named_by_address(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = path.rsplit('/').find(|part| !part.is_empty());
    last.unwrap_or("post").to_owned()
}

/// Returns whether the name of a post begins with a day, as Jekyll wants it: `2026-11-01-name.md`.
fn is_dated(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((day, rest)) = name.split_at_checked(10) else {
        return false;
    };
    rest.starts_with('-') && rest.len() > 1 && day.parse::<Date>().is_ok()
}

fn dated(path: &str, day: Date) -> String {
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
fn portable(path: &str) -> String {
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
    const MOST: usize = NAME_BYTES_MAX - NAME_BYTES_ROOM;
    if name.len() <= MOST {
        return name;
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() < NAME_BYTES_ROOM => (stem, format!(".{ending}")),
        _ => (name.as_str(), String::new()),
    };
    let most = MOST - ending.len();
    let letters = stem
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8());
    let end = letters.take_while(|end| *end <= most).last();
    format!("{}{ending}", &stem[..end.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Generator::{Hexo, Hugo, Jekyll};
    use super::*;

    #[track_caller]
    fn check(generator: Generator, key: &str, expected: &str) {
        let path = generator.post(key, date(2026, 11, 1));
        assert_eq!(path.as_deref().unwrap_or("none"), expected, "{key}");
    }

    #[test]
    fn posts_go_home() {
        check(
            Hexo,
            "file:source/_posts/a/一篇.md",
            "source/_posts/a/一篇.md",
        );
        check(Hexo, "file:source/about/index.md", "source/about/index.md");
        check(
            Jekyll,
            "file:_posts/2020-01-02-a.markdown",
            "_posts/2020-01-02-a.markdown",
        );
        check(
            Hugo,
            "file:content/zh/posts/a/index.md",
            "content/zh/posts/a/index.md",
        );
        check(Hexo, "file:a.md", "source/_posts/a.md");
        check(Jekyll, "file:a.md", "_posts/2026-11-01-a.md");
        check(Hugo, "file:a.md", "content/posts/a.md");
    }

    #[test]
    fn posts_move_from_one_generator_to_another() {
        check(
            Hexo,
            "file:_posts/2020-01-02-a.md",
            "source/_posts/2020-01-02-a.md",
        );
        check(Hexo, "file:content/posts/b/a.md", "source/_posts/b/a.md");
        check(Hugo, "file:source/_posts/a.md", "content/posts/a.md");
        check(
            Jekyll,
            "file:content/post/c/a.md",
            "_posts/c/2026-11-01-a.md",
        );
        check(Jekyll, "file:_posts/a.md", "_posts/2026-11-01-a.md");
        check(Jekyll, "file:source/_drafts/a.md", "_drafts/a.md");
        check(Hugo, "file:_drafts/a.md", "none");
    }

    #[test]
    fn posts_from_the_web_are_named_by_their_address() {
        check(
            Hexo,
            "url:https://h.test/a/b.md?c=d/e",
            "source/_posts/b.md",
        );
        check(
            Hexo,
            "url:https://h.test/%E4%B8%AD/",
            "source/_posts/%E4%B8%AD.md",
        );
        check(Hexo, "url:https://h.test/", "source/_posts/h.test.md");
    }

    #[test]
    fn no_key_leads_out_of_the_site() {
        check(Hexo, "file:../../etc/passwd", "source/_posts/etc/passwd.md");
        check(Hexo, "file:source/../../a.md", "source/a.md");
        check(
            Hugo,
            "file:/content//.git/./a.md",
            "content/posts/content/git/a.md",
        );
        check(Hexo, "file:", "source/_posts/post.md");
        check(Hexo, "..", "source/_posts/post.md");
        check(Hexo, "file:a\\..\\b:c?\n.md", "source/_posts/a-..-b-c--.md");
        check(Hexo, "file:CON.md", "source/_posts/-CON.md");
        check(Hexo, "file:. .a. ./x.md", "source/_posts/ .a/x.md");
    }

    #[test]
    fn long_names_are_cut_between_letters() {
        let path = Hexo.post(&format!("file:{}.md", "题".repeat(200)), date(2026, 11, 1));
        let name = path.as_deref().unwrap().rsplit('/').next().unwrap();
        assert!(
            name.len() <= NAME_BYTES_MAX - NAME_BYTES_ROOM && name.ends_with("题.md"),
            "{name}"
        );
    }

    #[test]
    fn images_stand_where_the_prefix_says() {
        let prefix = |text: &str| Prefix::parse(text).unwrap();
        assert_eq!(Hexo.images(&prefix("/offprint/")), "source/offprint");
        assert_eq!(Jekyll.images(&prefix("/blog/images")), "images");
        assert_eq!(Hugo.images(&prefix("https://h.test/x/y/")), "static/y");
        assert_eq!(prefix("/a").as_str(), "/a/");
    }

    #[test]
    fn a_prefix_needs_no_escaping_and_is_published() {
        for (text, error) in [
            ("offprint/", PrefixError::Relative),
            ("", PrefixError::Relative),
            ("//h.test/a", PrefixError::Relative),
            ("ftp://h.test/a", PrefixError::Relative),
            ("https://h.test", PrefixError::Relative),
            ("/a b/", PrefixError::Character),
            ("/a'/", PrefixError::Character),
            ("/图/", PrefixError::Character),
            ("/a:b/", PrefixError::Character),
            ("/", PrefixError::Folder),
            ("/_a/", PrefixError::Folder),
            ("/.a/", PrefixError::Folder),
            ("/a/../b/", PrefixError::Folder),
        ] {
            assert_eq!(Prefix::parse(text), Err(error), "{text}");
        }
    }
}
