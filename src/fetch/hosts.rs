//! Which hosts is something said of? One, or one with all below it, by name; the most particular word counts.

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::link::Link;

/// Hosts, as a person names them: `example.com`, that host alone; `.example.com`, with all hosts below it; either behind
/// `http://` or `https://`, when asked by that scheme. Ports make no difference.
#[derive(Clone, PartialEq, Eq)]
pub struct Hosts {
    /// The scheme, where one is named.
    scheme: Option<&'static str>,
    /// As URLs have it: in lowercase, in Punycode.
    host: String,
    with_all_below: bool,
}

/// A text that names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no host: give a name such as example.com, or .example.com for it and all below it"
)]
pub struct HostsError(String);

impl Hosts {
    /// Reads a name.
    ///
    /// # Errors
    /// When it is no host's: empty, a pattern, or an address with a path or a port.
    pub fn parse(text: &str) -> Result<Self, HostsError> {
        let wrong = || HostsError(text.to_owned());
        let (scheme, name) = match text.trim().split_once("://") {
            Some(("http", name)) => (Some("http"), name),
            Some(("https", name)) => (Some("https"), name),
            Some(_) => return Err(wrong()),
            None => (None, text.trim()),
        };
        let (with_all_below, name) = match name.strip_prefix('.') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let is_bracketed = name.starts_with('[') && name.ends_with(']');
        let is_plain = !name.contains(['/', '\\', '?', '#', '@', '%', '*', ' '])
            && !name.starts_with('.')
            && (is_bracketed || !name.contains(':'));
        let link = Link::parse(&format!("https://{name}/"));
        let link = link.ok().filter(|_| is_plain).ok_or_else(wrong)?;
        let is_address = super::guard::literal(link.host()).is_some();
        if with_all_below && is_address {
            return Err(wrong());
        }
        Ok(Self {
            scheme,
            host: link.host().to_owned(),
            with_all_below,
        })
    }

    /// Returns whether `link` is at one of them.
    #[must_use]
    pub fn cover(&self, link: &Link) -> bool {
        self.scheme.is_none_or(|it| it == link.as_url().scheme()) && self.have(link.host())
    }

    /// Returns whether a secret for them may be sent to `link`: by https, unless http is named.
    #[must_use]
    pub fn may_be_told(&self, link: &Link) -> bool {
        self.scheme.unwrap_or("https") == link.as_url().scheme() && self.have(link.host())
    }

    fn have(&self, host: &str) -> bool {
        match host.strip_suffix(&self.host) {
            Some("") => true,
            Some(before) => self.with_all_below && before.ends_with('.'),
            None => false,
        }
    }

    /// Returns how particular it is: of several that cover a host, the greatest counts.
    pub(super) fn rank(&self) -> (usize, bool, bool) {
        (self.host.len(), !self.with_all_below, self.scheme.is_some())
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{scheme}://")?;
        }
        let dot = if self.with_all_below { "." } else { "" };
        write!(f, "{dot}{}", self.host)
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hosts({self})")
    }
}

impl<'de> Deserialize<'de> for Hosts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// What is said of hosts: on the command line, which comes first, and in the configuration.
#[derive(Debug, Clone)]
pub struct Said<T> {
    /// By flags.
    pub by_flag: Vec<(Hosts, T)>,
    /// In the configuration.
    pub in_file: Vec<(Hosts, T)>,
}

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self {
            by_flag: Vec::new(),
            in_file: Vec::new(),
        }
    }
}

impl<T> Said<T> {
    /// Returns whether anything is said of any host.
    pub(super) fn is_anything(&self) -> bool {
        !(self.by_flag.is_empty() && self.in_file.is_empty())
    }

    /// Returns what is said of the host of `link`: the most particular word, and of two the last.
    pub(super) fn of(&self, link: &Link) -> Option<&T> {
        self.best(|hosts| hosts.cover(link))
    }

    /// Returns what is said of a host, whatever the scheme.
    pub(super) fn of_host(&self, host: &str) -> Option<&T> {
        self.best(|hosts| hosts.have(host))
    }

    fn best(&self, cover: impl Fn(&Hosts) -> bool) -> Option<&T> {
        let best = |said: &'_ [(Hosts, T)]| {
            let covering = said.iter().enumerate();
            let covering = covering.filter(|(_, (hosts, _))| cover(hosts));
            let best = covering.max_by_key(|(_, (hosts, _))| hosts.rank());
            best.map(|(number, _)| number)
        };
        match best(&self.by_flag) {
            Some(number) => Some(&self.by_flag[number].1),
            None => best(&self.in_file).map(|number| &self.in_file[number].1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URLS: [&str; 7] = [
        "https://a.test/1",
        "http://a.test/1",
        "https://a.test:8443/1",
        "https://img.a.test/1",
        "https://x.img.a.test/1",
        "https://nota.test/1",
        "https://[::1]/1",
    ];

    #[track_caller]
    fn check(text: &str, covered: &[usize], told: &[usize]) {
        let hosts = Hosts::parse(text).unwrap();
        let which = |is: &dyn Fn(&Link) -> bool| -> Vec<usize> {
            let links = URLS.iter().map(|url| Link::parse(url).unwrap());
            let matching = links.enumerate().filter(|(_, link)| is(link));
            matching.map(|(number, _)| number).collect()
        };
        assert_eq!(which(&|link| hosts.cover(link)), covered, "{text}");
        assert_eq!(which(&|link| hosts.may_be_told(link)), told, "{text}");
    }

    #[test]
    fn one_host_or_all_below_it() {
        check("a.test", &[0, 1, 2], &[0, 2]);
        check(" A.Test ", &[0, 1, 2], &[0, 2]);
        check(".a.test", &[0, 1, 2, 3, 4], &[0, 2, 3, 4]);
        check(".img.a.test", &[3, 4], &[3, 4]);
        check("http://a.test", &[1], &[1]);
        check("https://.a.test", &[0, 2, 3, 4], &[0, 2, 3, 4]);
        check("[::1]", &[6], &[6]);
        assert_eq!(
            Hosts::parse(".中文.test").unwrap().to_string(),
            ".xn--fiq228c.test"
        );
    }

    #[test]
    fn what_names_no_host_is_refused() {
        for text in [
            "",
            ".",
            "*",
            "*.a.test",
            "a.test/x",
            "a.test:80",
            "ftp://a.test",
            "me@a.test",
            "a b",
            "..a.test",
            ".127.0.0.1",
            ".[::1]",
            "https://",
        ] {
            assert!(Hosts::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_most_particular_word_counts_and_flags_before_the_file() {
        let said = |texts: &[&str]| -> Vec<(Hosts, String)> {
            let of = |text: &&str| (Hosts::parse(text).unwrap(), (*text).to_owned());
            texts.iter().map(of).collect()
        };
        let both = Said {
            by_flag: said(&[".b.test"]),
            in_file: said(&["img.a.test", ".a.test", "a.test", "x.b.test"]),
        };
        for (url, expected) in [
            ("https://img.a.test/", Some("img.a.test")),
            ("https://a.test/", Some("a.test")),
            ("https://other.a.test/", Some(".a.test")),
            ("https://x.b.test/", Some(".b.test")),
            ("https://c.test/", None),
        ] {
            let found = both.of(&Link::parse(url).unwrap());
            assert_eq!(found.map(String::as_str), expected, "{url}");
        }
    }
}
