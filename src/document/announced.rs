//! Which feeds does a page announce? `<link rel=alternate>` with the type of a feed. Pure.

use super::dom::{Dom, Element};
use super::located::Located;
use super::{Document, Kind};
use crate::link::Link;

/// The types of feeds (RSS Advisory Board, "RSS Autodiscovery"; RFC 4287 §7.1; JSON Feed 1.1, "Discovery").
const FEED_TYPES: &[&str] = &[
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
    "text/xml",
    "application/xml",
];

/// Returns the feeds that a page announces, in its order: the first is the one that it means.
#[must_use]
pub fn feeds(document: &Document) -> Vec<Link> {
    if document.kind != Kind::Page {
        return Vec::new();
    }
    let text = Located::decode(&document.bytes, document.charset).text;
    let dom = Dom::parse(text.trim_start_matches('\u{FEFF}'));
    let Some((dom, base)) = dom.zip(document.base.as_ref()) else {
        return Vec::new();
    };
    let links = dom.named("link").filter(announces_feed);
    let hrefs = links.filter_map(|link| link.attribute("href"));
    hrefs
        .filter_map(|href| base.join(href.trim(), None).ok())
        .collect()
}

fn announces_feed(link: &Element<'_>) -> bool {
    let said = |name| {
        link.attribute(name)
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let (rel, media) = (said("rel"), said("type"));
    let essence = media.split(';').next().unwrap_or_default().trim();
    let has = |word: &str| rel.split_ascii_whitespace().any(|other| other == word);
    !link.is_foreign() && has("alternate") && !has("stylesheet") && FEED_TYPES.contains(&essence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_announced_by_their_type() {
        let page = "<base href='/blog/'><link rel='Alternate' type='application/rss+xml; charset=utf-8' href=' feed '>\
            <link rel='alternate' hreflang=de href='/de'><link rel='alternate stylesheet' type='text/xml' href='x'>\
            <link rel=alternate type='application/feed+json' href='https://o.test/feed.json'>\
            <link rel=alternate type='application/atom+xml'><svg><link rel=alternate type='text/xml' href=no></svg>";
        let address = Link::parse("https://h.test/a").ok();
        let document = Document::new(page.into(), Kind::Page, None, address);
        let feeds: Vec<String> = feeds(&document).iter().map(ToString::to_string).collect();
        assert_eq!(
            feeds,
            ["https://h.test/blog/feed", "https://o.test/feed.json"]
        );
    }
}
