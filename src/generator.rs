//! Where does a static site generator want its posts and images, and under which names? Hexo, Jekyll, Hugo. Pure.

mod names;
mod prefix;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use names::{dated, is_dated, named_by_address, portable};
pub use prefix::{Prefix, PrefixError};

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
            name.len() <= names::POST_NAME_BYTES_MAX && name.ends_with("题.md"),
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
}
