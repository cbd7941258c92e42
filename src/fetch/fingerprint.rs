//! What decides what a request brings, besides its address? All of it in one digest, which tells nothing of the secrets in it.
//!
//! What a run fetched that was killed is taken over by the next one only where that would have sent the very same requests, with
//! the redirects that may follow: so everything counts that goes to any host.

use serde::{Deserialize, Serialize};

use super::Request;
use super::options::{Options, ProxyChoice};
use crate::digest::{Digest, Hasher};

/// Bytes from the system that make a salt.
const RANDOM_BYTES: usize = 32;

/// What a digest of secrets is mixed with, so that they can't be guessed from it by who does not know the salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(Digest);

/// A request with all that decides what it brings, mixed with a [`Salt`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(Digest);

/// What the options decide of what a request brings. It is written nowhere without a salt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner(Digest);

/// Fields that are hashed one after the other, each with its length, so that no two lists of fields are the same bytes.
#[derive(Default)]
pub(super) struct Fields(Hasher);

impl Salt {
    /// Returns a new salt; `None` where the system has no random numbers.
    #[must_use]
    pub fn new() -> Option<Self> {
        let provider = rustls::crypto::ring::default_provider();
        let mut bytes = [0; RANDOM_BYTES];
        provider.secure_random.fill(&mut bytes).ok()?;
        Some(Self(Digest::of(&bytes)))
    }
}

impl Manner {
    /// Returns what `options` decide.
    pub(super) fn of(options: &Options) -> Self {
        let mut fields = Fields::default();
        fields.add(&options.user_agent);
        fields.add(options.bytes_max.to_le_bytes());
        fields.add([u8::from(options.allow_private)]);
        options.headers.add_to(&mut fields);
        options.cookies.add_to(&mut fields);
        let referrers = &options.referrers;
        for said in [&referrers.by_flag, &referrers.in_file] {
            fields.count(said.len());
            for (hosts, referrer) in said {
                fields.add(hosts.to_string());
                fields.add(format!("{referrer:?}"));
            }
        }
        fields.count(options.resolve.len());
        for resolved in &options.resolve {
            fields.add(format!("{resolved:?}"));
        }
        fields.add(match &options.proxy {
            ProxyChoice::Environment => "environment",
            ProxyChoice::Direct => "direct",
            ProxyChoice::Url(url) => url,
        });
        options.ca_certs.iter().for_each(|it| fields.add(it));
        Self(fields.finish())
    }

    /// Returns the fingerprint of a request.
    pub(super) fn fingerprint(
        self,
        request: &Request,
        Salt(salt): Salt,
        of_articles: OfArticles,
    ) -> Fingerprint {
        let site = request.site.as_ref().filter(|_| of_articles.sites);
        let page = request.page.as_ref().filter(|_| of_articles.pages);
        let validators = request.validators.as_ref();
        let mut fields = Fields::default();
        fields.add(salt.as_bytes());
        fields.add(self.0.as_bytes());
        fields.add(request.link.without_fragment().as_str());
        fields.add(request.accept.field());
        fields.add([u8::from(request.robots)]);
        fields.add(request.bytes_max.unwrap_or(u64::MAX).to_le_bytes());
        let wishes = request.wishes;
        fields.add(wishes.bytes_max.unwrap_or(u64::MAX).to_le_bytes());
        fields.maybe(wishes.as_of.map(|time| time.to_string()));
        fields.maybe(wishes.referrer.map(|it| format!("{it:?}")));
        fields.maybe(site.map(crate::link::Link::origin));
        fields.maybe(page.map(|page| page.without_fragment().without_user_info().to_string()));
        fields.maybe(validators.map(|it| it.url.as_str()));
        fields.maybe(validators.and_then(|it| it.etag.as_ref()));
        fields.maybe(validators.and_then(|it| it.last_modified.as_ref()));
        Fingerprint(fields.finish())
    }
}

/// Which facts of the article that a request is made for decide what it brings.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfArticles {
    /// Its site, which may be told a secret.
    pub(super) sites: bool,
    /// Its page, which some hosts may be told of.
    pub(super) pages: bool,
}

impl Fields {
    /// Adds a field.
    pub(super) fn add(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.count(bytes.len());
        self.0.update(bytes);
    }

    /// Adds how many there are of something.
    pub(super) fn count(&mut self, number: usize) {
        self.0.update(&(number as u64).to_le_bytes());
    }

    /// Adds a field that may not be there.
    pub(super) fn maybe(&mut self, bytes: Option<impl AsRef<[u8]>>) {
        self.count(usize::from(bytes.is_some()));
        if let Some(bytes) = bytes {
            self.add(bytes);
        }
    }

    fn finish(self) -> Digest {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::cookies::Jar;
    use super::super::headers::{Header, OwnHeaders};
    use super::super::hosts::{Hosts, Said};
    use super::super::options::Override;
    use super::super::{Accept, Validators, Wishes};
    use super::*;
    use crate::exchange::Referrer;
    use crate::link::Link;

    fn link(text: &str) -> Link {
        Link::parse(text).unwrap()
    }

    fn request() -> Request {
        Request {
            link: link("https://h.test/a.png#part"),
            accept: Accept::Image,
            site: Some(link("https://s.test/article")),
            page: Some(link("https://s.test/article")),
            robots: false,
            validators: None,
            bytes_max: None,
            wishes: Wishes::default(),
        }
    }

    const EVERYTHING: OfArticles = OfArticles {
        sites: true,
        pages: true,
    };

    fn fingerprint(options: &Options, request: &Request) -> Fingerprint {
        let salt = Salt(Digest::of(b"salt"));
        Manner::of(options).fingerprint(request, salt, EVERYTHING)
    }

    #[test]
    fn whatever_decides_what_an_option_brings_counts() {
        type Change = fn(&mut Options);
        let said = |host, told| Said {
            by_flag: vec![(Hosts::parse(host).unwrap(), told)],
            in_file: Vec::new(),
        };
        let (plain, request) = (Options::plain(), request());
        let mut all = vec![fingerprint(&plain, &request)];
        let changes: [Change; 11] = [
            |it| it.user_agent = "other".to_owned(),
            |it| it.bytes_max = 2,
            |it| it.allow_private = true,
            |it| it.proxy = ProxyChoice::Environment,
            |it| it.proxy = ProxyChoice::Url("http://p.test".to_owned()),
            |it| it.ca_certs = vec![b"root".to_vec()],
            |it| it.headers.by_flag = vec![Header::parse("h.test=X-Key: one").unwrap()],
            |it| it.headers.by_flag = vec![Header::parse("h.test=X-Key: two").unwrap()],
            |it| it.headers.in_file = vec![Header::parse("h.test=X-Key: two").unwrap()],
            |it| it.headers.by_flag = vec![Header::parse("*=X-Key: two").unwrap()],
            |it| {
                it.resolve = vec![Override {
                    host: None,
                    address: [127, 0, 0, 1].into(),
                    port: None,
                }];
            },
        ];
        let others = [
            Options {
                referrers: said("h.test", Referrer::Page),
                ..plain.clone()
            },
            Options {
                referrers: said("h.test", Referrer::Origin),
                ..plain.clone()
            },
            Options {
                cookies: Jar::parse(b"h.test\tFALSE\t/\tFALSE\t0\tname\tone\n").unwrap(),
                ..plain.clone()
            },
            Options {
                cookies: Jar::parse(b"h.test\tFALSE\t/\tFALSE\t0\tname\ttwo\n").unwrap(),
                ..plain.clone()
            },
        ];
        for change in changes {
            let mut options = plain.clone();
            change(&mut options);
            all.push(fingerprint(&options, &request));
        }
        all.extend(others.iter().map(|options| fingerprint(options, &request)));
        for (number, one) in all.iter().enumerate() {
            assert!(!all[..number].contains(one), "case {number}");
        }
        let faster = Options {
            jobs: 9,
            per_host: 9,
            headers: OwnHeaders::default(),
            ..plain
        };
        assert_eq!(fingerprint(&faster, &request), all[0], "only how fast");
    }

    #[test]
    fn whatever_a_request_says_counts() {
        type Change = fn(&mut Request);
        let plain = Options::plain();
        let mut all = vec![fingerprint(&plain, &request())];
        let changes: [Change; 10] = [
            |it| it.link = link("https://h.test/b.png"),
            |it| it.link = link("https://me:hush@h.test/a.png"),
            |it| it.accept = Accept::Any,
            |it| it.site = Some(link("https://t.test/")),
            |it| it.page = Some(link("https://s.test/other")),
            |it| it.robots = true,
            |it| it.bytes_max = Some(7),
            |it| it.wishes.bytes_max = Some(7),
            |it| it.wishes.referrer = Some(Referrer::Page),
            |it| {
                it.validators = Some(Validators {
                    url: link("https://h.test/a.png"),
                    etag: Some("\"1\"".to_owned()),
                    last_modified: None,
                });
            },
        ];
        for change in changes {
            let mut request = request();
            change(&mut request);
            all.push(fingerprint(&plain, &request));
        }
        for (number, one) in all.iter().enumerate() {
            assert!(!all[..number].contains(one), "case {number}");
        }
        let mut same = request();
        same.link = link("https://H.test:443/a.png#elsewhere");
        same.site = Some(link("https://s.test/of-the-same-site"));
        assert_eq!(fingerprint(&plain, &same), all[0]);
    }

    #[test]
    fn an_article_counts_only_where_hosts_are_told_of_it() {
        let nothing = OfArticles {
            sites: false,
            pages: false,
        };
        let (manner, salt) = (Manner::of(&Options::plain()), Salt::new().unwrap());
        let mut other = request();
        (other.site, other.page) = (None, None);
        let [one, two] = [request(), other].map(|it| manner.fingerprint(&it, salt, nothing));
        assert_eq!(one, two);
        let resalted = manner.fingerprint(&request(), Salt::new().unwrap(), nothing);
        assert_ne!(one, resalted, "each salt is another");
    }
}
