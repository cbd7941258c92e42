//! What does a request tell of the article that it is made for? Nothing, unless the user says otherwise of its host.

use reqwest::header::HeaderValue;

use super::hosts::Said;
use crate::exchange::Referrer;
use crate::link::Link;

/// Returns what a request for `link` tells of the article at `page`, and the `Referer` that tells it. Decided for each hop by
/// its own host, or as `otherwise` says of all of which nothing is said, so that a redirect to another host tells nothing there.
pub(super) fn of(
    said: &Said<Referrer>,
    link: &Link,
    page: Option<&Link>,
    otherwise: Option<Referrer>,
) -> (Referrer, Option<HeaderValue>) {
    const NOTHING: (Referrer, Option<HeaderValue>) = (Referrer::None, None);
    let Some(page) = page else {
        return NOTHING;
    };
    // What was read in private is not told in public (RFC 9110 §10.1.3).
    let is_downgrade = page.as_url().scheme() == "https" && link.as_url().scheme() == "http";
    let referrer = said.of(link).copied().or(otherwise).unwrap_or_default();
    let text = match referrer {
        _ if is_downgrade => return NOTHING,
        Referrer::None => return NOTHING,
        Referrer::Origin => format!("{}/", page.origin()),
        Referrer::Page => page.without_fragment().without_user_info().to_string(),
    };
    match HeaderValue::from_str(&text) {
        Ok(value) => (referrer, Some(value)),
        Err(_) => NOTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::super::hosts::Hosts;
    use super::*;

    const PAGE: &str = "https://me:hush@a.test:8443/x/文?q=1#part";

    #[track_caller]
    fn check(url: &str, page: Option<&str>, expected: (Referrer, Option<&str>)) {
        let said = [
            (".b.test", Referrer::Page),
            ("o.b.test", Referrer::Origin),
            ("n.b.test", Referrer::None),
        ];
        let hosts = |text| Hosts::parse(text).unwrap();
        let said = Said {
            by_flag: said.map(|(text, it)| (hosts(text), it)).into(),
            ..Said::default()
        };
        let link = |text| Link::parse(text).unwrap();
        let (referrer, value) = of(&said, &link(url), page.map(link).as_ref(), None);
        let value = value.as_ref().map(|value| value.to_str().unwrap());
        assert_eq!((referrer, value), expected, "{url}");
    }

    #[test]
    fn an_article_is_told_of_where_the_user_says_so() {
        let whole = "https://a.test:8443/x/%E6%96%87?q=1";
        let page = (Referrer::Page, Some(whole));
        check("https://b.test/1", Some(PAGE), page);
        check("https://img.b.test/1", Some(PAGE), page);
        let origin = (Referrer::Origin, Some("https://a.test:8443/"));
        check("https://o.b.test/1", Some(PAGE), origin);
    }

    #[test]
    fn nothing_is_told_otherwise() {
        let nothing = (Referrer::None, None);
        for url in [
            "https://c.test/1",
            "https://a.test:8443/1",
            "https://n.b.test/1",
            "http://b.test/1",
        ] {
            check(url, Some(PAGE), nothing);
        }
        check("https://b.test/1", None, nothing);
        // Where something is said of a host, what is said of all does not count there.
        let said = Said {
            by_flag: vec![(Hosts::parse("n.b.test").unwrap(), Referrer::None)],
            ..Said::default()
        };
        let page = Link::parse(PAGE).unwrap();
        let told = |url| {
            of(
                &said,
                &Link::parse(url).unwrap(),
                Some(&page),
                Some(Referrer::Origin),
            )
            .0
        };
        assert_eq!(told("https://n.b.test/1"), Referrer::None);
        assert_eq!(told("https://c.test/1"), Referrer::Origin);
        assert_eq!(told("http://c.test/1"), Referrer::None);
        let plain = (Referrer::Page, Some("http://a.test/"));
        check("http://b.test/1", Some("http://a.test/"), plain);
    }
}
