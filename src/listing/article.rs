//! What is the article that a feed carries? One document, made of its entry, with the text as the feed has it. Pure.
//!
//! The rule is a part of the format (`docs/format.md`, "What a feed carries").

use std::borrow::Cow;

use crate::link::Link;

use super::Entry;
use super::carried::{Carried, Content, Form};

/// The look of the document: no wider than is read well, and no image wider than that.
const STYLE: &str = "body{max-width:42em;margin:2em auto;padding:0 1em;line-height:1.6}img{max-width:100%;height:auto}";

/// A document that was made of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Its bytes, in UTF-8.
    pub bytes: Vec<u8>,
    /// Its Content-Type: of text that stands in its feed as XHTML, it is XHTML itself.
    pub content_type: &'static str,
}

/// Returns the article that a feed carries in an entry; `None` where it carries no text of it.
#[must_use]
pub fn compose(entry: &Entry) -> Option<Composed> {
    let carried = &entry.carried;
    let content = carried.content.as_ref()?;
    let is_xml = content.form == Form::Xhtml;
    let mut html = String::with_capacity(content.text.len() + 1024);
    html.push_str("<!DOCTYPE html>\n<html");
    if is_xml {
        html.push_str(" xmlns=\"http://www.w3.org/1999/xhtml\"");
    }
    attribute(&mut html, "lang", carried.language.as_deref());
    html.push_str(">\n<head>\n<meta charset=\"utf-8\"/>\n");
    head(&mut html, entry, content);
    html.extend(["<style>", STYLE, "</style>\n</head>\n<body>\n"]);
    html.push_str("<article dir=\"auto\">\n");
    if let Some(title) = &entry.title {
        html.extend(["<h1>", &escaped(title), "</h1>\n"]);
    }
    enclosures(&mut html, carried, &content.text);
    html.push_str("<div>\n");
    match content.form {
        Form::Text => paragraphs(&mut html, &content.text),
        Form::Html | Form::Xhtml => html.push_str(&content.text),
    }
    html.push_str("\n</div>\n</article>\n</body>\n</html>\n");
    Some(Composed {
        bytes: html.into_bytes(),
        content_type: if is_xml {
            "application/xhtml+xml;charset=utf-8"
        } else {
            "text/html;charset=utf-8"
        },
    })
}

/// Says what the entry says of itself.
fn head(html: &mut String, entry: &Entry, content: &Content) {
    if let Some(title) = &entry.title {
        html.extend(["<title>", &escaped(title), "</title>\n"]);
    }
    let published = entry.published.map(|time| time.to_string());
    let published = published.as_deref();
    for (kind, name, value) in [
        ("name", "author", entry.carried.author.as_deref()),
        ("property", "article:published_time", published),
    ] {
        if value.is_some() {
            html.push_str("<meta");
            attribute(html, kind, Some(name));
            attribute(html, "content", value);
            html.push_str("/>\n");
        }
    }
    if let Some(base) = &content.base {
        html.push_str("<base");
        attribute(html, "href", Some(base.without_user_info().as_str()));
        html.push_str("/>\n");
    }
}

/// Shows what is enclosed, but for what the text shows itself: pictures, and links to all else.
fn enclosures(html: &mut String, carried: &Carried, text: &str) {
    for enclosure in &carried.enclosures {
        let url = enclosure.url.without_user_info();
        if text.contains(url.as_str()) || text.contains(&*escaped(url.as_str())) {
            continue;
        }
        let (tag, name) = if enclosure.is_image {
            ("img", "src")
        } else {
            ("a", "href")
        };
        html.extend(["<p><", tag]);
        attribute(html, name, Some(url.as_str()));
        if enclosure.is_image {
            html.push_str(" alt=\"\"/></p>\n");
        } else {
            html.extend([">", &escaped(name_of(&url)), "</a></p>\n"]);
        }
    }
}

/// Returns the name of the file that an address leads to, or the whole of it.
fn name_of(url: &Link) -> &str {
    let name = url.as_url().path().rsplit('/').next().unwrap_or_default();
    if name.is_empty() { url.as_str() } else { name }
}

/// Writes words: blank lines divide paragraphs, and lines stay lines.
fn paragraphs(html: &mut String, text: &str) {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim);
    for paragraph in paragraphs.filter(|it| !it.is_empty()) {
        let lines = escaped(paragraph).replace('\n', "<br/>");
        html.extend(["<p>", &lines, "</p>\n"]);
    }
}

fn attribute(html: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        html.extend([" ", name, "=\"", &escaped(value), "\""]);
    }
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    Cow::Owned(text.replace('>', "&gt;").replace('"', "&quot;"))
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, Kind, metadata};
    use crate::listing::{Format, read};
    use crate::refs;

    use super::*;

    const PAGE: &str = "https://h.test/posts/a";

    fn article(entry: &str) -> Composed {
        let feed = format!("<rss xml:lang='zh'><item><link>{PAGE}</link>{entry}</item></rss>");
        let address = Link::parse("https://h.test/feed").ok();
        let feed = Document::new(feed.into_bytes(), Kind::Feed, None, address);
        compose(&read(&feed, Format::Feed).entries[0]).unwrap()
    }

    fn targets(composed: &Composed) -> Vec<String> {
        let page = Document::new(
            composed.bytes.clone(),
            Kind::Page,
            Some(composed.content_type),
            Link::parse(PAGE).ok(),
        );
        let references = refs::find(&page).into_iter();
        references
            .filter_map(|it| Some(it.target?.to_string()))
            .collect()
    }

    #[test]
    fn an_entry_is_a_page_that_shows_what_is_enclosed() {
        let composed = article(
            "<title>一 &amp;amp; 二</title><dc:creator>&lt;王></dc:creator><pubDate>10 Jun 2003 09:41:01 GMT</pubDate>\
             <media:content url='/lead.jpg?a=1&amp;b=2'/><enclosure url='/talk.mp3'/><media:thumbnail url='/shown.png'/>\
             <content:encoded><![CDATA[<p>text <img src='../b.png'><img src='https://h.test/shown.png'>]]></content:encoded>",
        );
        let html = String::from_utf8(composed.bytes.clone()).unwrap();
        assert!(
            html.contains("<div>\n<p>text <img src='../b.png'>"),
            "{html}"
        );
        assert!(
            html.contains("<a href=\"https://h.test/talk.mp3\">talk.mp3</a>"),
            "{html}"
        );
        assert_eq!(
            targets(&composed),
            [
                "https://h.test/lead.jpg?a=1&b=2",
                "https://h.test/b.png",
                "https://h.test/shown.png"
            ]
        );
        let page = Document::new(
            composed.bytes,
            Kind::Page,
            Some(composed.content_type),
            None,
        );
        let facts = metadata::read(&page).facts;
        assert_eq!(facts.title.as_deref(), Some("一 &amp; 二"));
        assert_eq!(facts.author.as_deref(), Some("<王>"));
        assert_eq!(facts.published.as_deref(), Some("2003-06-10T09:41:01Z"));
        assert_eq!(facts.language.as_deref(), Some("zh"));
    }

    #[test]
    fn xhtml_stays_xhtml_with_its_base() {
        let composed = article(
            "<content type='xhtml' xml:base='https://o.test/x/'><div><a id='a'/><img src='1.png'/>&#x4e00;</div></content>",
        );
        assert!(composed.content_type.starts_with("application/xhtml+xml"));
        assert_eq!(targets(&composed), ["https://o.test/x/1.png"]);
    }

    #[test]
    fn words_become_paragraphs() {
        let composed = article("<content>a &lt; b\nc\n\n &lt;img src=x></content>");
        let html = String::from_utf8(composed.bytes.clone()).unwrap();
        assert!(
            html.contains("<p>a &lt; b<br/>c</p>\n<p>&lt;img src=x&gt;</p>\n"),
            "{html}"
        );
        assert!(targets(&composed).is_empty());
    }
}
