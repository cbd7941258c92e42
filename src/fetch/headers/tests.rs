//! Which fields go where? Tables of hosts, sites and schemes.

use super::*;

/// Returns the URLs among some of every kind that a field goes to, for an article at `site`.
fn reached(text: &str, site: Option<&str>) -> Vec<&'static str> {
    const URLS: [&str; 6] = [
        "https://a.test/1.png",
        "http://a.test/1.png",
        "https://a.test:8443/1.png",
        "https://img.a.test/1.png",
        "https://b.test/1.png",
        "http://xn--fiq228c.test/1.png",
    ];
    let header = Header::parse(text).unwrap();
    let site = site.map(|site| Link::parse(site).unwrap());
    let goes = |url: &&str| header.goes_to(&Link::parse(url).unwrap(), site.as_ref());
    URLS.into_iter().filter(goes).collect()
}

#[test]
fn what_is_harmless_goes_everywhere() {
    for text in ["Accept-Language: zh-CN", "dnt:1", "*=X-Probe: a=b"] {
        assert_eq!(reached(text, Some("https://a.test/")).len(), 6, "{text}");
        assert_eq!(reached(text, None).len(), 6, "{text}");
    }
}

#[test]
fn a_secret_goes_to_the_site_of_the_article_alone() {
    for text in [
        "Authorization: Basic eDp5",
        "Cookie: a=1; b=2",
        "X-Api-Key:k=v",
    ] {
        let site = |site| reached(text, Some(site));
        assert_eq!(site("https://a.test/x"), ["https://a.test/1.png"]);
        assert_eq!(
            site("http://a.test/x"),
            ["https://a.test/1.png", "http://a.test/1.png"]
        );
        assert_eq!(site("https://a.test:8443/x"), ["https://a.test:8443/1.png"]);
        assert_eq!(site("http://a.test:8080/x"), [""; 0]);
        assert_eq!(reached(text, None), [""; 0]);
    }
}

#[test]
fn a_host_can_be_named() {
    let site = Some("https://b.test/");
    let https = ["https://a.test/1.png", "https://a.test:8443/1.png"];
    for host in ["a.test", "A.Test", "https://a.test", " a.test "] {
        assert_eq!(reached(&format!("{host}=Authorization: x"), site), https);
    }
    assert_eq!(
        reached("http://a.test=Cookie: a=b", site),
        ["http://a.test/1.png"]
    );
    assert_eq!(
        reached("http://中文.test=Cookie: a=b", None),
        ["http://xn--fiq228c.test/1.png"]
    );
    let literal = Header::parse("[::1]=X-Key: a").unwrap();
    assert!(literal.goes_to(&Link::parse("https://[::1]:8443/").unwrap(), None));
}

#[test]
fn only_what_is_harmless_may_be_seen() {
    for (text, is_seen) in [
        ("Accept: text/html", true),
        ("a.test=Accept: text/html", true),
        ("X-Anything: hush", false),
        ("*=X-Anything: hush", false),
        ("a.test=Authorization: hush", false),
    ] {
        let header = Header::parse(text).unwrap();
        assert_eq!(header.value.is_sensitive(), !is_seen, "{text}");
        assert!(!format!("{header:?}").contains("hush"), "{text}");
    }
}

#[test]
fn what_can_not_be_given_is_said_without_its_value() {
    for (text, says) in [
        ("", "not of the form"),
        ("hush", "not of the form"),
        (": hush", "not of the form"),
        ("a b: hush", "not of the form"),
        ("=X: hush", "not of the form"),
        ("a/b=X: hush", "not of the form"),
        ("hush@a.test=X: y", "not of the form"),
        ("a.test=hush", "not of the form"),
        ("X-Key:", "the value of x-key is empty"),
        ("X-Key: hu\nsh", "the value of x-key is empty or holds"),
        (
            "Referer: https://hush/",
            "referer is not to be given: no request of Offprint",
        ),
        ("a.test=referer: hush", "referer is not to be given"),
        ("Origin: hush", "origin is not to be given"),
        ("Host: hush", "--resolve HOST=ADDR"),
        ("User-Agent: hush", "--user-agent"),
        ("Range: bytes=0-", "kept whole or not at all"),
        ("If-None-Match: \"hush\"", "asked for conditionally"),
        ("Proxy-Authorization: hush", "--proxy http://"),
        ("Content-Length: 5", "a matter of the connection"),
        ("*=Authorization: hush", "would go to every host"),
        ("* = Cookie: hush=1", "'HOST=cookie: VALUE'"),
    ] {
        let error = Header::parse(text).unwrap_err().to_string();
        assert!(
            error.contains(says) && !error.contains("hush"),
            "{text}: {error}"
        );
    }
}

#[test]
fn the_first_of_a_name_replaces_ours_and_the_next_follows() {
    let own = ["Accept: a/a", "Accept: b/b", "X-Key: 1", "Authorization: x"];
    let own = OwnHeaders {
        by_flag: own.map(|it| Header::parse(it).unwrap()).into(),
        ..OwnHeaders::default()
    };
    let site = Link::parse("https://a.test/").unwrap();
    let sent = |url: &str| -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert("accept", HeaderValue::from_static("*/*"));
        add(&mut headers, &own, &Link::parse(url).unwrap(), Some(&site));
        let pairs = headers.iter();
        pairs
            .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()))
            .collect()
    };
    assert_eq!(
        sent("https://a.test/1"),
        ["accept=a/a", "accept=b/b", "x-key=1", "authorization=x"]
    );
    assert_eq!(sent("https://b.test/1"), ["accept=a/a", "accept=b/b"]);
    assert_eq!(
        sent("https://me:you@a.test/1"),
        ["accept=a/a", "accept=b/b", "x-key=1"]
    );
}
#[test]
fn flags_overrule_the_file_and_the_particular_the_general() {
    let hosts = |text| Hosts::parse(text).unwrap();
    let own = OwnHeaders {
        by_flag: vec![Header::parse("c.test=X-Key: flag").unwrap()],
        in_file: vec![
            Header::basic(hosts("img.a.test"), "me", "hush:hush"),
            Header::basic(hosts(".a.test"), "all", ""),
            Header::for_hosts(hosts(".a.test"), "X-Key: one").unwrap(),
            Header::for_hosts(hosts(".a.test"), "X-Key: two").unwrap(),
            Header::for_hosts(hosts("c.test"), "X-Key: file").unwrap(),
        ],
    };
    let sent = |url: &str| -> Vec<String> {
        let mut headers = HeaderMap::new();
        add(&mut headers, &own, &Link::parse(url).unwrap(), None);
        let values = headers.values();
        values.map(|it| it.to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        sent("https://img.a.test/"),
        ["Basic bWU6aHVzaDpodXNo", "one", "two"]
    );
    assert_eq!(sent("https://a.test/"), ["Basic YWxsOg==", "one", "two"]);
    assert_eq!(sent("https://c.test/"), ["flag"]);
    assert_eq!(sent("http://a.test/"), [""; 0]);
    assert!(!format!("{own:?}").contains("hush") && !format!("{own:?}").contains("bWU6"));
}
