//! What of what others wrote? It is bounded, and read in linear time.

use super::*;

#[test]
fn what_is_named_is_bounded() {
    let url = "<url><loc>https://h.test/1</loc></url>";
    let listing = listed(
        format!("<urlset>{}</urlset>", url.repeat(NAMED_MAX + 5)),
        Format::Sitemap,
    );
    assert_eq!(listing.entries.len(), NAMED_MAX);
    assert!(listing.flaw.unwrap().contains("more than 50000 addresses"));
}

#[test]
fn what_is_said_of_an_entry_is_bounded() {
    let told = |bytes: usize| {
        let (id, title) = ("x".repeat(bytes), "\u{4E00}".repeat(bytes));
        let item = format!("<link>https://h.test/1</link><guid>{id}</guid><title>{title}</title>");
        let feed = format!("<rss><channel><item>{item}</item></channel></rss>");
        let entry = listed(feed, Format::Feed).entries.remove(0);
        let characters = |text: String| text.chars().count();
        (entry.id.map(characters), entry.title.map(characters))
    };
    assert_eq!(told(500), (Some(500), Some(500)));
    assert_eq!(told(501), (Some(501), Some(500)));
    assert_eq!(told(2048), (Some(2048), Some(500)));
    assert_eq!(told(2049), (None, Some(500)));
}

#[test]
fn elements_nest_so_deep() {
    let listing = |deep: usize| {
        let (open, close) = ("<a>".repeat(deep - 4), "</a>".repeat(deep - 4));
        let item = format!("<item>{open}<b></b>{close}<link>https://h.test/1</link></item>");
        let feed = format!("<rss><channel>{item}</channel></rss>");
        listed(feed, Format::Feed)
    };
    let whole = listing(256);
    assert_eq!((whole.entries.len(), whole.flaw), (1, None));
    let cut = listing(257);
    let flaw = "its elements nest deeper than 256";
    assert_eq!(cut.flaw.as_deref(), Some(flaw));
}

/// Entities that multiply are left as they are written.
#[test]
fn declared_entities_are_not_expanded() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>\
                <rss><item><title>&b;</title><link>https://h.test/1</link></item></rss>";
    check(bomb, Format::Feed, &["https://h.test/1 - &b;"], None);
}

/// What is quadratic anywhere takes minutes for these.
#[test]
fn hostile_listings_are_read_in_linear_time() {
    for soup in [
        "<item>",
        "<link>",
        "<item xml:base='a/'>",
        "</x>",
        "<a b='",
        "<![CDATA[",
        "<!DOCTYPE [",
        "&",
        "<url><loc>",
        "{\"items\":[",
        "{\"items\":[{\"a\":\"",
        "<content type='xhtml'>",
        "<enclosure url='",
    ] {
        let text = soup.repeat(20_000);
        for format in [Format::Feed, Format::Sitemap, Format::Opml, Format::List] {
            listed(format!("<rss>{text}"), format);
            listed(text.clone(), format);
        }
    }
}

proptest! {
    #[test]
    fn any_soup_is_read(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "<rss>", "<item>", "</item>", "<entry>", "</entry>", "<link href='a'/>", "<link>", "</link>", "x", "<url>", "<loc>",
        "</loc>", "</url>", "<![CDATA[", "]]>", "<!--", "-->", "<outline xmlUrl='https://h.test/'>", "&#0;", "<", "'", "</rss>",
    ]), 0..60)) {
        let text = pieces.concat();
        for format in [Format::Feed, Format::Sitemap, Format::Opml, Format::List] {
            let listing = listed(text.clone(), format);
            prop_assert!(listing.entries.len() <= pieces.len());
        }
    }
}
