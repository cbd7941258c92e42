//! What are the relative references of a page relative to? Pure.

use super::legible::Legible;
use super::markup::{Token, walk};
use super::{Document, charset};
use crate::link::{Link, LinkError};

/// Returns what relative references of a page are relative to: the first `<base>` with an `href`, resolved against the
/// page's address, else that address (WHATWG HTML §4.2.3). `None` where there is neither, or the base is no http(s) URL.
#[must_use]
pub fn of(document: &Document) -> Option<Link> {
    let written = href(document);
    let address = document.address.as_ref();
    let Some(written) = written else {
        return address.cloned();
    };
    let joined = match address {
        Some(address) => address.join(
            &written,
            Some(&|query| charset::encode_query(query, document.charset)),
        ),
        None => Link::parse(&written),
    };
    match joined {
        Ok(base) => Some(base),
        Err(LinkError::Scheme(text)) if !is_ignored(&text) => None,
        Err(_) => address.cloned(),
    }
}

/// Returns whether a base URL has a scheme that browsers do not let a page set.
fn is_ignored(base: &str) -> bool {
    let scheme = base
        .trim_start_matches(|character| character <= ' ')
        .split(':')
        .next()
        .unwrap_or_default();
    ["data", "javascript"]
        .iter()
        .any(|ignored| scheme.eq_ignore_ascii_case(ignored))
}

fn href(document: &Document) -> Option<String> {
    let legible = Legible::of(document);
    if !has_tag(legible.bytes(), b"base") {
        return None;
    }
    let mut written: Option<String> = None;
    let mut templates = 0_usize;
    walk(
        legible.bytes(),
        legible.encoding(),
        &mut |token| match token {
            Token::Start(tag) if tag.name == "template" && !tag.foreign => templates += 1,
            Token::End { name, .. } if name == "template" => {
                templates = templates.saturating_sub(1);
            }
            // What stands in a template is no part of the page.
            Token::Start(tag)
                if tag.name == "base" && !tag.foreign && templates == 0 && written.is_none() =>
            {
                written = tag.attribute("href").map(|href| href.value().into_owned());
            }
            _ => {}
        },
    );
    written
}

/// Returns whether a tag of this name could be in `html`: most pages are spared a walk.
fn has_tag(html: &[u8], name: &[u8]) -> bool {
    memchr::memchr_iter(b'<', html).any(|at| {
        let found = html.get(at + 1..=at + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Kind;

    #[track_caller]
    fn check_base(html: &str, expected: Option<&str>) {
        let address = Link::parse("https://h.test/a/b").ok();
        let document = Document::new(
            html.into(),
            Kind::Page,
            Some("text/html; charset=utf-8"),
            address,
        );
        assert_eq!(document.base.as_ref().map(Link::as_str), expected, "{html}");
    }

    #[test]
    fn the_first_base_with_an_address_counts() {
        check_base("<p>", Some("https://h.test/a/b"));
        check_base(
            "<base target=x><p><base href=' c/ '><base href=d/>",
            Some("https://h.test/a/c/"),
        );
        check_base("<base href='?a&amp;b'>", Some("https://h.test/a/b?a&b"));
        check_base("<base href=//other.test>", Some("https://other.test/"));
        check_base(
            "<!-- <base href=c> --><template><base href=d></template><noscript><base href=e></noscript>",
            Some("https://h.test/a/b"),
        );
        check_base(
            "<base href='http://['><base href=c/>",
            Some("https://h.test/a/b"),
        );
        check_base("<base href=' JavaScript:1'>", Some("https://h.test/a/b"));
        check_base("<base href=ftp://f.test/>", None);
    }
}
