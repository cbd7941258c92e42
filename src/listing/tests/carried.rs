//! What feeds carry of articles: their texts, and what is enclosed.

use super::*;
use crate::listing::carried::ENCLOSURES_MAX;

/// Returns what the only entry carries.
fn carried(text: &str) -> Carried {
    let listing = listed(text, Format::Feed);
    assert_eq!(listing.entries.len(), 1, "{text}");
    listing.entries.into_iter().next().unwrap().carried
}

#[test]
fn the_text_that_a_feed_carries() {
    let check = |inner: &str, expected: Option<(Carrier, Form, &str)>| {
        let carried = carried(&format!("<feed><entry>{inner}</entry></feed>"));
        let content = carried.content.as_ref();
        assert_eq!(
            content.map(|it| (it.carrier, it.form, it.text.as_str())),
            expected,
            "{inner}"
        );
    };
    let (atom, encoded) = (Carrier::Content, Carrier::Encoded);
    check(
        "<content>a &lt; b</content>",
        Some((atom, Form::Text, "a < b")),
    );
    check(
        "<content type='html'>&lt;p&gt;a &amp;amp; b</content>",
        Some((atom, Form::Html, "<p>a &amp; b")),
    );
    check(
        "<content type='html'><![CDATA[<p>a]]> &lt;b></content>",
        Some((atom, Form::Html, "<p>a <b>")),
    );
    check(
        "<content type='xhtml'><div xmlns='x'>a <content>b</content> &amp; c</div></content><id>x</id>",
        Some((
            atom,
            Form::Xhtml,
            "<div xmlns='x'>a <content>b</content> &amp; c</div>",
        )),
    );
    check("<content type='image/png'>AAAA</content>", None);
    check("<content src='x' type='html'>a</content>", None);
    check(
        "<content type='html'> </content><summary>a</summary><description>b</description>",
        None,
    );
    check(
        "<content:encoded>1</content:encoded><content type='html'>2</content><content:encoded>3</content:encoded>",
        Some((encoded, Form::Html, "1")),
    );
    check(
        "<content type='html'>2</content><content:encoded>1</content:encoded>",
        Some((encoded, Form::Html, "1")),
    );
}

#[test]
fn what_else_a_feed_carries() {
    let rss = carried(
        "<rss xml:lang='en'><channel><language>ja</language><item xml:base='/d/'><link>/1</link><dc:creator> 山田 </dc:creator>\
         <enclosure url='a.mp3' type='audio/mpeg'/><media:group><media:content url='/b' medium='image'/>\
         <media:thumbnail url='https://h.test/b'/></media:group><media:thumbnail url='c'/>\
         <content:encoded xml:base='https://o.test/'>x</content:encoded></item></channel></rss>",
    );
    assert_eq!(
        (rss.author.as_deref(), rss.language.as_deref()),
        (Some("山田"), Some("ja"))
    );
    let base = rss.content.unwrap().base.unwrap();
    assert_eq!(base.as_str(), "https://o.test/");
    let enclosed: Vec<(&str, bool)> = rss
        .enclosures
        .iter()
        .map(|it| (it.url.as_str(), it.is_image))
        .collect();
    assert_eq!(
        enclosed,
        [
            ("https://h.test/d/a.mp3", false),
            ("https://h.test/b", true),
            ("https://h.test/d/c", true)
        ]
    );
    let atom = carried(
        "<feed xml:lang='zh'><entry><author><name>王</name><uri>x</uri></author><link rel='enclosure' href='p.png'/></entry></feed>",
    );
    assert_eq!(
        (atom.author.as_deref(), atom.language.as_deref()),
        (Some("王"), Some("zh"))
    );
    assert!(atom.enclosures[0].is_image);
    let json = carried(
        r#"{"language":"ar","items":[{"id":"1","content_text":"t","content_html":"<p>h","authors":[{"name":"A"}],"image":"i",
        "attachments":[{"url":"/a.ogg","mime_type":"audio/ogg"}]}]}"#,
    );
    assert_eq!(
        (json.author.as_deref(), json.language.as_deref()),
        (Some("A"), Some("ar"))
    );
    assert_eq!(json.content.unwrap().text, "<p>h");
    assert_eq!(json.enclosures.len(), 2);
}

#[test]
fn enclosures_are_bounded() {
    let many: Vec<String> = (0..ENCLOSURES_MAX + 3)
        .map(|number| format!("<enclosure url='/{number}.png'/>"))
        .collect();
    let feed = format!("<rss><item>{}</item></rss>", many.concat());
    assert_eq!(carried(&feed).enclosures.len(), ENCLOSURES_MAX);
}
