//! Every format, what is broken in it, and what it may not do.

mod carried;
mod bounds;

use proptest::prelude::*;

use crate::document::{Document, Kind};

use super::*;

fn listed(text: impl Into<Vec<u8>>, format: Format) -> Listing {
    let address = Link::parse("https://h.test/blog/feed.xml").unwrap();
    read(
        &Document::new(text.into(), Kind::Feed, None, Some(address)),
        format,
    )
}

/// What is told of an entry: its address, its ID and its title, as far as there are any.
fn told(entry: &Entry) -> String {
    let url = entry.url.as_ref().map(ToString::to_string);
    let parts = [url.as_ref(), entry.id.as_ref(), entry.title.as_ref()];
    let parts = parts.map(|part| part.map_or("-", String::as_str));
    parts.join(" ")
}

#[track_caller]
fn check(text: &str, format: Format, entries: &[&str], flaw: Option<&str>) -> Listing {
    let listing = listed(text, format);
    let said: Vec<String> = listing.entries.iter().map(told).collect();
    assert_eq!(said, entries, "{text}");
    assert_eq!(listing.flaw.as_deref(), flaw, "{text}");
    listing
}

#[test]
fn rss_in_every_dialect() {
    let listing = check(
        "<rss version='2.0'><channel><title>Blog</title><link>https://h.test/</link>\
         <item><title>A &amp;amp; B</title><link> https://h.test/a?x=1&amp;y=2 </link><guid isPermaLink='false'>id-1</guid>\
         <pubDate>Tue, 10 Jun 2003 09:41:01 GMT</pubDate><media:title>no</media:title></item>\
         <item><guid>https://h.test/b</guid><title><![CDATA[二]]></title></item>\
         <item><link>c.html</link></item><item><title>no link</title></item></channel></rss>",
        Format::Feed,
        &[
            "https://h.test/a?x=1&y=2 id-1 A &amp; B",
            "https://h.test/b https://h.test/b 二",
            "https://h.test/blog/c.html - -",
            "- - no link",
        ],
        None,
    );
    let published = listing.entries[0].published.unwrap();
    assert_eq!(published.to_string(), "2003-06-10T09:41:01Z");
    check(
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><title>B</title></channel>\
         <item rdf:about='https://h.test/1'><title>one</title><link>https://h.test/1</link><dc:date>2003-12-13</dc:date></item></rdf:RDF>",
        Format::Feed,
        &["https://h.test/1 https://h.test/1 one"],
        None,
    );
    check(
        "<rss version='0.91'><channel><item><title>t</title><link>https://h.test/1</link></item></channel></rss>",
        Format::Feed,
        &["https://h.test/1 - t"],
        None,
    );
}

#[test]
fn atom() {
    let listing = check(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://h.test/posts/'><id>feed</id><title>F</title>\
         <entry xml:base='2003/'><link rel='self' href='x.atom'/><link rel='alternate' type='application/pdf' href='x.pdf'/>\
         <link href='x.html'/><id>urn:1</id><title type='xhtml'><div>Hello <b>you</b></div></title>\
         <source><id>urn:other</id><link href='https://o.test/'/><title>other</title></source>\
         <published>2003-12-13T08:29:29-04:00</published><updated>2003-12-14T08:29:29Z</updated></entry>\
         <entry><id>urn:2</id><link href='y.html' rel='alternate'/></entry><entry><id>/z</id></entry></feed>",
        Format::Feed,
        &[
            "https://h.test/posts/2003/x.html urn:1 Hello you",
            "https://h.test/posts/y.html urn:2 -",
            "https://h.test/z /z -",
        ],
        None,
    );
    let entry = &listing.entries[0];
    assert_eq!(entry.published.unwrap().to_string(), "2003-12-13T12:29:29Z");
    assert_eq!(entry.modified.unwrap().to_string(), "2003-12-14T08:29:29Z");
}

#[test]
fn channels_of_cdf() {
    let listing = check(
        "<CHANNEL BASE='https://h.test/c/' HREF='https://h.test/'><TITLE>C</TITLE>\
         <ITEM HREF='1' LASTMOD='2004-04-06T23:05:43-05:00'><TITLE>one</TITLE><ABSTRACT>a</ABSTRACT></ITEM>\
         <CHANNEL><ITEM><A HREF='/2'/><TITLE>two</TITLE></ITEM></CHANNEL></CHANNEL>",
        Format::Feed,
        &["https://h.test/c/1 - one", "https://h.test/2 - two"],
        None,
    );
    assert!(listing.entries[0].modified.is_some());
}

#[test]
fn the_link_that_counts() {
    let page = |inner: &str, expected: &str| {
        let expected = format!("https://h.test/{expected} - -");
        check(
            &format!("<feed><entry>{inner}</entry></feed>"),
            Format::Feed,
            &[&expected],
            None,
        );
    };
    page("<link href='/1'/><link href='/2'/>", "1");
    page("<link>/1</link><link>/2</link>", "2");
    page(
        "<link rel='alternate' href='/1'/><link rel='enclosure'>/2</link>",
        "2",
    );
    page(
        "<link rel='enclosure'>/2</link><link rel='alternate' href='/1'/>",
        "1",
    );
    page("<link>/1</link><link rel='self' href='/2'/>", "1");
}

#[test]
fn json_feed() {
    check(
        r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":7,"url":"a.html","title":"t"},
        {"id":"https://h.test/b"},{"id":"x","external_url":"https://e.test/"},{"id":"y"},3]}"#,
        Format::Feed,
        &[
            "https://h.test/blog/a.html 7 t",
            "https://h.test/b https://h.test/b -",
            "https://e.test/ x -",
            "- y -",
        ],
        None,
    );
    for (text, flaw) in [
        (
            r#"{"items":[{"id":"#,
            "it breaks off before its end (line 1, column 16)",
        ),
        (r#"{"items":3}"#, "it is no JSON Feed (line 1, column 10)"),
    ] {
        check(text, Format::Feed, &[], Some(flaw));
    }
}

#[test]
fn what_entries_share_is_no_identity() {
    check(
        "<rss><item><link>https://h.test/1</link><guid isPermaLink='false'>0</guid></item>\
         <item><link>https://h.test/2</link><guid isPermaLink='false'>0</guid></item>\
         <item><link>https://h.test/3</link><guid isPermaLink='false'>3</guid></item></rss>",
        Format::Feed,
        &[
            "https://h.test/1 - -",
            "https://h.test/2 - -",
            "https://h.test/3 3 -",
        ],
        None,
    );
}

#[test]
fn what_breaks_off_is_read_as_far_as_it_is_whole() {
    check(
        "<rss><channel><item><link>https://h.test/1</link></item><item><link>https://h.test/2",
        Format::Feed,
        &["https://h.test/1 - -"],
        Some("it breaks off before its end: <rss> is not closed"),
    );
    check(
        "<urlset><url><loc>https://h.test/1</loc></url><url><loc>https://h.te",
        Format::Sitemap,
        &["https://h.test/1 - -"],
        Some("it breaks off before its end: <urlset> is not closed"),
    );
    check(
        "nothing",
        Format::Feed,
        &[],
        Some("it has no element at all"),
    );
    let deep = "<a>".repeat(1000);
    check(
        &format!("<rss>{deep}"),
        Format::Feed,
        &[],
        Some("its elements nest deeper than 256"),
    );
}

#[test]
fn sitemaps_and_their_indexes() {
    let listing = check(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
         <url><loc>https://h.test/a?b&amp;c</loc><lastmod>2024-05-01</lastmod>\
         <image:image><image:loc>https://h.test/a.png</image:loc></image:image></url>\
         <url><loc><![CDATA[ https://h.test/二 ]]></loc></url><url><loc></loc></url></urlset>",
        Format::Sitemap,
        &["https://h.test/a?b&c - -", "https://h.test/%E4%BA%8C - -"],
        None,
    );
    let modified = listing.entries[0].modified.unwrap();
    assert_eq!(modified.to_string(), "2024-05-01T23:59:59Z");
    let index = check(
        "<sm:sitemapindex xmlns:sm='x'><sm:sitemap><sm:loc>https://h.test/1.xml.gz</sm:loc>\
         <sm:lastmod>2004-10-01T18:23:17+00:00</sm:lastmod></sm:sitemap></sm:sitemapindex>",
        Format::Sitemap,
        &[],
        None,
    );
    assert_eq!(index.leads[0].url.as_str(), "https://h.test/1.xml.gz");
    assert!(index.leads[0].modified.is_some());
}

#[test]
fn outlines_nest() {
    let listing = check(
        "<opml version='2.0'><head><title>mine</title></head><body><outline text='news'>\
         <outline type='rss' text='a' xmlUrl='https://a.test/feed?x=1&amp;y' htmlUrl='https://a.test/'/>\
         <outline text='deep'><outline xmlurl='https://b.test/atom.xml'></outline></outline></outline>\
         <outline text='no feed' url='https://c.test/'/><outline xmlUrl='feed://d.test/'/></body></opml>",
        Format::Opml,
        &[],
        None,
    );
    let feeds: Vec<&str> = listing.leads.iter().map(|lead| lead.url.as_str()).collect();
    assert_eq!(
        feeds,
        ["https://a.test/feed?x=1&y", "https://b.test/atom.xml"]
    );
}

#[test]
fn lists_name_addresses_alone() {
    check(
        "# mine\r\n\r\nhttps://h.test/1\r\n/etc/passwd\nfile:///etc/passwd\nhttps://h.test/2",
        Format::List,
        &["https://h.test/1 - -", "https://h.test/2 - -"],
        Some("line 4 is no http(s) address"),
    );
}

#[test]
fn encodings_are_those_of_the_document() {
    let text =
        "<?xml version='1.0' encoding='gbk'?><rss><item><title>\u{4e00}</title></item></rss>";
    let (bytes, _, _) = encoding_rs::GBK.encode(text);
    let listing = listed(bytes.into_owned(), Format::Feed);
    assert_eq!(listing.entries[0].title.as_deref(), Some("一"));
}
