//! Which cookies go along with a request? Those that were made for its host and path, and no others (RFC 6265 §5.4).
//!
//! They come from a file and from nowhere else: what an answer sets is not kept, so that a run does the same each time.
//! Home of psl.

mod netscape;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue};

use super::fingerprint::Fields;
use crate::link::Link;

pub use netscape::{COOKIES_BYTES_MAX, CookiesError};

/// Cookies that a person has.
#[derive(Clone, Default)]
pub struct Jar {
    /// By the domain that they were made for, then by path and name: no two have all three in common.
    domains: HashMap<String, HashMap<(String, Vec<u8>), Cookie>>,
}

/// One cookie. Its value is never shown.
#[derive(Clone)]
struct Cookie {
    name: Vec<u8>,
    value: Vec<u8>,
    /// Whether hosts below its domain get it, too.
    subdomains: bool,
    path: String,
    secure: bool,
    /// When it expires, in seconds since 1970; `None` at the end of a session, which a file outlives.
    expires: Option<i64>,
    /// Its place in the file: who came first goes first.
    place: usize,
}

impl Jar {
    /// Puts a cookie in, in the stead of one of the same name, domain and path (RFC 6265 §5.3, step 11).
    fn put(&mut self, domain: String, mut cookie: Cookie) {
        if is_public_suffix(&domain) || cookie.name.starts_with(b"__Host-") {
            // One for all of `co.uk` would go to everybody there (RFC 6265 §5.3, step 5); the prefix says the same.
            cookie.subdomains = false;
        }
        cookie.secure |= [&b"__Host-"[..], b"__Secure-"]
            .iter()
            .any(|prefix| cookie.name.starts_with(prefix));
        let key = (cookie.path.clone(), cookie.name.clone());
        self.domains.entry(domain).or_default().insert(key, cookie);
    }

    /// Returns how many there are, and how many of them have expired at `now`.
    pub(super) fn count(&self, now: Timestamp) -> (usize, usize) {
        let all = || self.domains.values().flat_map(HashMap::values);
        let expired = all().filter(|cookie| cookie.is_expired(now));
        (all().count(), expired.count())
    }

    /// Adds all of them to what decides what a request brings.
    pub(super) fn add_to(&self, fields: &mut Fields) {
        let mut all: Vec<(&String, &Cookie)> = Vec::new();
        for (domain, cookies) in &self.domains {
            all.extend(cookies.values().map(|cookie| (domain, cookie)));
        }
        all.sort_unstable_by_key(|(_, cookie)| cookie.place);
        fields.count(all.len());
        for (domain, cookie) in all {
            fields.add(domain);
            fields.add(&cookie.path);
            fields.add(&cookie.name);
            fields.add(&cookie.value);
            fields.add([cookie.subdomains.into(), cookie.secure.into()]);
            fields.maybe(cookie.expires.map(i64::to_le_bytes));
        }
    }

    /// Adds the cookies that are for `link` to the header fields of a request.
    pub(super) fn add(&self, headers: &mut HeaderMap, link: &Link, now: Timestamp) {
        let Some(cookies) = self.field(link, now) else {
            return;
        };
        // There is one field for all of them (RFC 6265 §5.4), also for those that the user gives by hand.
        let given = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
        let all: Vec<_> = [cookies.as_bytes()].into_iter().chain(given).collect();
        let mut field = HeaderValue::from_bytes(&all.join(&b"; "[..]))
            .expect("what could be sent can be sent when it is joined");
        field.set_sensitive(true);
        headers.insert(COOKIE, field);
    }

    /// Returns the `Cookie` field for a request, if any cookie is for it.
    fn field(&self, link: &Link, now: Timestamp) -> Option<HeaderValue> {
        let host = link.host();
        let mut found: Vec<&Cookie> = self.of_domain(host).collect();
        let above = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
        found.extend(above.flat_map(|domain| self.of_domain(domain).filter(|it| it.subdomains)));
        found.retain(|cookie| cookie.is_for(link) && !cookie.is_expired(now));
        // RFC 6265 §5.4, step 2.
        found.sort_by_key(|cookie| (Reverse(cookie.path.len()), cookie.place));
        let pairs: Vec<_> = found.iter().map(|cookie| cookie.pair()).collect();
        let mut field = HeaderValue::from_bytes(&pairs.join(&b"; "[..])).ok()?;
        field.set_sensitive(true);
        Some(field).filter(|field| !field.is_empty())
    }

    fn of_domain(&self, domain: &str) -> impl Iterator<Item = &Cookie> {
        let cookies = self.domains.get(domain).into_iter();
        cookies.flat_map(HashMap::values)
    }
}

impl Cookie {
    fn is_for(&self, link: &Link) -> bool {
        let is_secure = link.as_url().scheme() == "https";
        (is_secure || !self.secure) && path_matches(link.as_url().path(), &self.path)
    }

    fn is_expired(&self, now: Timestamp) -> bool {
        self.expires
            .is_some_and(|expires| expires <= now.as_second())
    }

    fn pair(&self) -> Vec<u8> {
        if self.name.is_empty() {
            return self.value.clone();
        }
        [&self.name, &b"="[..], &self.value].concat()
    }
}

/// RFC 6265 §5.1.4.
fn path_matches(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/'))
}

/// Returns whether anybody can have a name right below this one, as below `com`, `co.uk` and `github.io`.
fn is_public_suffix(domain: &str) -> bool {
    psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix == domain)
}

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cookies = self.domains.values().map(HashMap::len).sum::<usize>();
        write!(f, "Jar({cookies} cookies)")
    }
}

#[cfg(test)]
mod tests;
