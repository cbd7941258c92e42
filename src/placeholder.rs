//! Is this the picture that a host shows instead of the one that was asked for? The table of those that are known. Pure.
//!
//! Only what somebody has met stands in it (`placeholder/known.toml`), and what the user adds. A picture that is not known is
//! kept; that one host gives the same for many addresses is told by `capture`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::digest::Digest;
use crate::link::Link;

/// Which pictures stand for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholders(Vec<Rule>);

/// A picture as it came.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// The address that was asked for.
    pub asked: &'a Link,
    /// The address that answered, after redirects.
    pub answered: &'a Link,
    /// The `ETag` of the answer, quotes and `W/` included.
    pub etag: Option<&'a str>,
    /// The digest of the bytes.
    pub digest: Digest,
    /// Their length.
    pub bytes: u64,
    /// Width and height in pixels, where they are known.
    pub size: Option<(u32, u32)>,
}

/// What tells one placeholder; all that is named must hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Rule {
    name: String,
    sha256: Option<Digest>,
    host: Option<String>,
    path: Option<String>,
    etag: Option<String>,
    bytes: Option<u64>,
    width: Option<u32>,
    height: Option<u32>,
}

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    sha256: Option<Digest>,
    host: Option<String>,
    path: Option<String>,
    etag: Option<String>,
    bytes: Option<u64>,
    width: Option<u32>,
    height: Option<u32>,
    /// Where somebody has met it: for readers of the file.
    #[serde(default, rename = "seen")]
    _seen: String,
}

/// Why a rule would take pictures for placeholders that are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a placeholder needs a `sha256`, or a `host` with a `path`, an `etag`, or `bytes`, `width` and `height`"
)]
pub struct Vague;

#[derive(Debug, Deserialize)]
struct Table {
    placeholder: Vec<Rule>,
}

static KNOWN: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("placeholder/known.toml"))
        .expect("a test reads the table that is built in");
    table.placeholder
});

impl Placeholders {
    /// Returns the table that every Offprint has, and `more`.
    #[must_use]
    pub fn with(more: Vec<Rule>) -> Self {
        Self(more.into_iter().chain(KNOWN.iter().cloned()).collect())
    }

    /// Returns the name of the placeholder that this is, if it is one.
    #[must_use]
    pub fn name(&self, picture: &Picture<'_>) -> Option<&str> {
        let rule = self.0.iter().find(|rule| rule.is_met_by(picture));
        rule.map(|rule| rule.name.as_str())
    }
}

impl TryFrom<Written> for Rule {
    type Error = Vague;

    fn try_from(written: Written) -> Result<Self, Vague> {
        let rule = Self {
            name: written.name,
            sha256: written.sha256,
            host: written.host.map(|host| host.to_ascii_lowercase()),
            path: written.path,
            etag: written.etag,
            bytes: written.bytes,
            width: written.width,
            height: written.height,
        };
        let has_measure = rule.bytes.is_some() && rule.width.is_some() && rule.height.is_some();
        let tells = rule.path.is_some() || rule.etag.is_some() || has_measure;
        let is_enough = rule.sha256.is_some() || rule.host.is_some() && tells;
        is_enough.then_some(rule).ok_or(Vague)
    }
}

impl Rule {
    fn is_met_by(&self, picture: &Picture<'_>) -> bool {
        let (width, height) = picture.size.unzip();
        // Who asks for the placeholder itself, for an article about it, gets it.
        let is_led_to = |path: &String| {
            picture.answered != picture.asked && matches(path, picture.answered.as_url().path())
        };
        holds(self.sha256, |digest| digest == picture.digest)
            && holds(self.host.as_ref(), |host| {
                is_below(picture.answered.host(), host)
            })
            && holds(self.path.as_ref(), is_led_to)
            && holds(self.etag.as_ref(), |etag| {
                picture.etag.map(opaque) == Some(etag)
            })
            && holds(self.bytes, |bytes| bytes == picture.bytes)
            && holds(self.width, |pixels| Some(pixels) == width)
            && holds(self.height, |pixels| Some(pixels) == height)
    }
}

/// Returns whether a condition that may not be there holds.
fn holds<T>(wanted: Option<T>, condition: impl FnOnce(T) -> bool) -> bool {
    wanted.is_none_or(condition)
}

/// Returns whether `host` is `domain` or below it.
fn is_below(host: &str, domain: &str) -> bool {
    let rest = host.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Returns what stands inside the quotes of an entity tag (RFC 9110 §8.8.3).
fn opaque(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

/// Returns whether `path` is what `pattern` says, in which `*` stands for any text. Each part is looked for once, from where
/// the one before it ends, so the time is linear in each.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Link {
        Link::parse(text).unwrap()
    }

    fn name_of(asked: &str, answered: &str, etag: Option<&str>) -> Option<String> {
        let (asked, answered) = (link(asked), link(answered));
        let picture = Picture {
            asked: &asked,
            answered: &answered,
            etag,
            digest: Digest::of(b"a picture"),
            bytes: 9,
            size: Some((3, 2)),
        };
        Placeholders::with(Vec::new())
            .name(&picture)
            .map(str::to_owned)
    }

    #[test]
    fn what_a_redirect_leads_to() {
        #[track_caller]
        fn check(asked: &str, answered: &str, host: Option<&str>) {
            let name = name_of(asked, answered, None);
            let told = name.as_deref().and_then(|name| name.split(':').next());
            assert_eq!(told, host);
        }
        let removed = "https://i.imgur.com/removed.png";
        check("https://i.imgur.com/a.jpg", removed, Some("Imgur"));
        check(removed, removed, None);
        check("https://a.test/", "https://notimgur.com/removed.png", None);
        let weibo = "https://wx1.sinaimg.cn/images/default_d_h_mw600.gif";
        check("https://wx1.sinaimg.cn/mw600/1.jpg", weibo, Some("Weibo"));
        check(
            "https://wx1.sinaimg.cn/mw600/1.jpg",
            "https://wx2.sinaimg.cn/mw600/1.jpg",
            None,
        );
        let flickr = "https://s.yimg.com/pw/images/en-us/photo_unavailable.png";
        check(
            "https://live.staticflickr.com/1.jpg",
            flickr,
            Some("Flickr"),
        );
        check(
            "https://a.test/1.jpg",
            "http://pic.photobucket.com/bwe.png",
            Some("Photobucket"),
        );
    }

    #[test]
    fn what_an_etag_says() {
        let url = "https://i.imgur.com/a.jpg";
        let etag = "\"d835884373f4d6c8f24742ceabe74946\"";
        assert!(name_of(url, url, Some(etag)).is_some());
        assert!(name_of(url, url, Some(&format!("W/{etag}"))).is_some());
        assert!(name_of(url, url, Some("\"other\"")).is_none());
        assert!(name_of("https://a.test/a.jpg", "https://a.test/a.jpg", Some(etag)).is_none());
    }

    #[test]
    fn what_the_user_adds() {
        #[track_caller]
        fn check(rule: &str, expected: bool) {
            let rule: Rule = toml::from_str(&format!("name = 'mine'\n{rule}")).unwrap();
            let url = link("https://img.a.test/x/1.png");
            let picture = Picture {
                asked: &url,
                answered: &url,
                etag: None,
                digest: Digest::of(b"a picture"),
                bytes: 9,
                size: Some((3, 2)),
            };
            let told = Placeholders::with(vec![rule]);
            assert_eq!(told.name(&picture), expected.then_some("mine"));
        }
        let digest = Digest::of(b"a picture");
        check(&format!("sha256 = '{digest}'"), true);
        check(&format!("sha256 = '{digest}'\nhost = 'b.test'"), false);
        check("host = 'A.test'\nbytes = 9\nwidth = 3\nheight = 2", true);
        check("host = 'a.test'\nbytes = 9\nwidth = 3\nheight = 3", false);
        check("host = 'a.test'\netag = 'x'", false);
    }

    #[test]
    fn a_rule_that_would_take_any_picture_is_refused() {
        for rule in [
            "",
            "host = 'a.test'",
            "path = '/x'",
            "host = 'a.test'\nwidth = 3",
        ] {
            let flaw = toml::from_str::<Rule>(&format!("name = 'x'\n{rule}")).unwrap_err();
            assert!(flaw.message().starts_with("a placeholder needs"), "{flaw}");
        }
        assert!(toml::from_str::<Rule>("name = 'x'\nsha265 = ''").is_err());
    }

    #[test]
    fn patterns() {
        #[track_caller]
        fn check(pattern: &str, path: &str, expected: bool) {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
        check("/a", "/a", true);
        check("/a", "/ab", false);
        check("/a*", "/ab", true);
        check("*/b*", "/x/bc", true);
        check("*a*b", "/a/a/b", true);
        check("*a*b", "/b/a", false);
        check("/*", "/", true);
        check("ab*ba", "aba", false);
    }
}
