//! Does a URL go through a proxy, and which? The only place here that reads the environment.

use std::fmt;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::error::FetchError;
use super::options::ProxyChoice;
use crate::link::Link;

/// The proxies in use, and what goes around them.
pub(super) struct Proxies {
    matcher: Matcher,
    /// Proxies for the two schemes, as reqwest takes them.
    pub(super) http: Option<String>,
    pub(super) https: Option<String>,
}

impl Proxies {
    /// Finds the proxies, if there are any.
    pub(super) fn find(choice: &ProxyChoice) -> Result<Option<Self>, FetchError> {
        Self::from(choice, |name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    fn from(
        choice: &ProxyChoice,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, FetchError> {
        let either = |lower: &str, upper: &str| variable(lower).or_else(|| variable(upper));
        let all = || either("all_proxy", "ALL_PROXY");
        // Under CGI, HTTP_PROXY is what a visitor sent as the field `Proxy` (httpoxy, CVE-2016-5385).
        let cgi = variable("REQUEST_METHOD").is_some();
        let upper = if cgi { "http_proxy" } else { "HTTP_PROXY" };
        let (http, https) = match choice {
            ProxyChoice::Direct => (None, None),
            ProxyChoice::Url(proxy) => (Some(proxy.clone()), Some(proxy.clone())),
            ProxyChoice::Environment => (
                either("http_proxy", upper).or_else(all),
                either("https_proxy", "HTTPS_PROXY").or_else(all),
            ),
        };
        if http.is_none() && https.is_none() {
            return Ok(None);
        }
        let [http, https] = [http, https].map(|proxy| proxy.map(resolving_remotely));
        if [&http, &https]
            .into_iter()
            .flatten()
            .any(|proxy| is_named_socks4(proxy))
        {
            return Err(FetchError::ProxyUser);
        }
        Self::of(http.clone(), https.clone(), "").refuse_unusable()?;
        let excepted = either("no_proxy", "NO_PROXY").unwrap_or_default();
        Ok(Some(Self::of(http, https, &excepted)))
    }

    fn of(http: Option<String>, https: Option<String>, excepted: &str) -> Self {
        let text = |proxy: &Option<String>| proxy.clone().unwrap_or_default();
        let matcher = Matcher::builder()
            .http(text(&http))
            .https(text(&https))
            .no(excepted);
        Self {
            matcher: matcher.build(),
            http,
            https,
        }
    }

    /// The matcher is silent about a proxy it can't use, and the request would go around it.
    fn refuse_unusable(&self) -> Result<(), FetchError> {
        let usable = |scheme: &str| {
            self.lookup(&format!("{scheme}://example.invalid/"))
                .is_some()
        };
        if (self.http.is_some() && !usable("http")) || (self.https.is_some() && !usable("https")) {
            return Err(FetchError::Proxy);
        }
        Ok(())
    }

    fn lookup(&self, url: &str) -> Option<Intercept> {
        self.matcher.intercept(&url.parse().ok()?)
    }

    /// Returns whether a URL goes through a proxy.
    pub(super) fn intercepts(&self, link: &Link) -> bool {
        self.lookup(link.as_str()).is_some()
    }

    /// Returns whether the request itself carries the proxy's credentials: plain http through an HTTP proxy with a
    /// user name. For https they are in the CONNECT before it.
    pub(super) fn authorizes(&self, link: &Link) -> bool {
        let basic = |intercept: Intercept| intercept.basic_auth().is_some();
        link.as_url().scheme() == "http" && self.lookup(link.as_str()).is_some_and(basic)
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Their addresses may hold passwords.
        f.debug_struct("Proxies").finish_non_exhaustive()
    }
}

/// Makes a SOCKS proxy resolve names itself: resolved here they would tell the local resolver what is asked for.
fn resolving_remotely(proxy: String) -> String {
    let Some((scheme, rest)) = proxy.split_once("://") else {
        return proxy;
    };
    match scheme.to_ascii_lowercase().as_str() {
        "socks" | "socks5" => format!("socks5h://{rest}"),
        "socks4" => format!("socks4a://{rest}"),
        _ => proxy,
    }
}

/// Returns whether a user name is given that would not be sent: the stack below leaves that field of SOCKS 4 empty.
fn is_named_socks4(proxy: &str) -> bool {
    proxy.to_ascii_lowercase().starts_with("socks4") && proxy.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(
        option: Option<&str>,
        environment: &[(&str, &str)],
    ) -> Result<Option<Proxies>, FetchError> {
        let variable = |name: &str| {
            environment
                .iter()
                .find(|pair| pair.0 == name)
                .map(|pair| pair.1.to_owned())
        };
        let choice = option.map_or(ProxyChoice::Environment, |url| {
            ProxyChoice::Url(url.to_owned())
        });
        Proxies::from(&choice, variable)
    }

    #[track_caller]
    fn check(
        option: Option<&str>,
        environment: &[(&str, &str)],
        url: &str,
        expected: Option<&str>,
    ) {
        let link = Link::parse(url).unwrap();
        let proxies = find(option, environment)
            .unwrap()
            .filter(|proxies| proxies.intercepts(&link));
        let found = proxies.and_then(|proxies| {
            if url.starts_with("https") {
                proxies.https
            } else {
                proxies.http
            }
        });
        assert_eq!(
            found.as_deref(),
            expected,
            "{option:?} {environment:?} {url}"
        );
    }

    #[test]
    fn the_environment_decides_by_scheme() {
        let environment = [("http_proxy", "http://a:1"), ("ALL_PROXY", "socks5://b:2")];
        check(None, &environment, "http://h.test/", Some("http://a:1"));
        check(None, &environment, "https://h.test/", Some("socks5h://b:2"));
        check(
            None,
            &[("HTTPS_PROXY", "a:1")],
            "https://h.test/",
            Some("a:1"),
        );
        check(None, &[("HTTPS_PROXY", "a:1")], "http://h.test/", None);
        check(None, &[], "http://h.test/", None);
    }

    #[test]
    fn a_visitors_field_is_no_proxy() {
        let environment = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://evil:1")];
        check(None, &environment, "http://h.test/", None);
    }

    #[test]
    fn the_option_goes_before_the_environment() {
        let environment = [("https_proxy", "http://a:1"), ("no_proxy", "i.test")];
        check(
            Some("http://c:3"),
            &environment,
            "https://h.test/",
            Some("http://c:3"),
        );
        check(
            Some("http://c:3"),
            &environment,
            "https://sub.i.test/",
            None,
        );
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_not_passed_by() {
        for proxy in ["ftp://a:1", "http://", "a b", ""] {
            assert!(find(Some(proxy), &[]).is_err(), "{proxy}");
        }
        assert!(find(None, &[("https_proxy", "quic://a:1")]).is_err());
        for proxy in ["socks4://me@a:1", "SOCKS4a://me:secret@a:1"] {
            assert!(matches!(find(Some(proxy), &[]), Err(FetchError::ProxyUser)));
        }
    }

    #[test]
    fn credentials_are_known_where_the_request_carries_them() {
        let proxies = find(Some("http://me:secret@c:3"), &[]).unwrap().unwrap();
        assert!(proxies.authorizes(&Link::parse("http://h.test/").unwrap()));
        assert!(!proxies.authorizes(&Link::parse("https://h.test/").unwrap()));
    }
}
