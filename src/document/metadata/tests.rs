use encoding_rs::{GBK, UTF_8};
use proptest::prelude::*;

use super::*;

fn document(text: &str, kind: Kind, address: Option<&str>) -> Document {
    let address = address.map(|address| Link::parse(address).unwrap());
    Document {
        bytes: text.as_bytes().to_vec(),
        kind,
        syntax: crate::document::Syntax::Html,
        charset: UTF_8,
        base: address.clone(),
        address,
    }
}

/// Checks title, author, date, language and site; `-` is none.
#[track_caller]
fn check(kind: Kind, text: &str, expected: [&str; 5]) {
    let facts = read(&document(text, kind, None)).facts;
    let found = [
        facts.title,
        facts.author,
        facts.published,
        facts.language,
        facts.site,
    ];
    assert_eq!(
        found.each_ref().map(|fact| fact.as_deref().unwrap_or("-")),
        expected,
        "{text}"
    );
}

#[track_caller]
fn check_canonical(address: &str, html: &str, expected: Option<&str>) {
    let canonical = read(&document(html, Kind::Page, Some(address))).canonical;
    assert_eq!(canonical.as_ref().map(Link::as_str), expected, "{html}");
}

#[test]
fn pages() {
    check(Kind::Page, "", ["-", "-", "-", "-", "-"]);
    check(
        Kind::Page,
        "<title> a\n b </title><h1>c</h1>",
        ["a b", "-", "-", "-", "-"],
    );
    check(
        Kind::Page,
        "<title> </title><h1>a <i>b</i></h1>",
        ["a b", "-", "-", "-", "-"],
    );
    check(
        Kind::Page,
        "<html lang=zh-CN><meta property=og:title content='a &amp; b'><meta property='og:site_name' content=s>
        <meta name=Author content=me><meta property=article:published_time content=2022-04-26><title>t</title>",
        ["a & b", "me", "2022-04-26", "zh-CN", "s"],
    );
    check(
        Kind::Page,
        "<meta name=date content=d><time datetime=t>x</time>",
        ["-", "-", "d", "-", "-"],
    );
    check(
        Kind::Page,
        "<time>x</time><time datetime=t>",
        ["-", "-", "t", "-", "-"],
    );
    check(
        Kind::Page,
        "<meta property=article:author content=https://h.test/me>",
        ["-", "-", "-", "-", "-"],
    );
    check(
        Kind::Page,
        "<html lang='not a tag'><meta name=author content=' '>",
        ["-", "-", "-", "-", "-"],
    );
}

#[test]
fn json_ld_of_pages() {
    let page = |json: &str| format!("<script type='application/ld+json'>{json}</script>");
    let check = |json: &str, author, published| {
        check(Kind::Page, &page(json), ["-", author, published, "-", "-"]);
    };
    check(r#"{"datePublished":"d","author":{"name":"a"}}"#, "a", "d");
    check(
        r#"[{"author":"no"},{"datePublished":"d","author":["a",{"name":" b "},{}]}]"#,
        "a, b",
        "d",
    );
    check(r#"{"@graph":[{},{"datePublished":"d"}]}"#, "-", "d");
    check(
        r#"{"mainEntity":{"datePublished":3,"author":null}}"#,
        "-",
        "-",
    );
    check(r#"{"datePublished":"d""#, "-", "-");
    check(&"[".repeat(10_000), "-", "-");
}

#[test]
fn posts() {
    check(
        Kind::Post,
        "---\ntitle: '你好'\nauthor: me\ndate: Tue, 26 Apr 2022 08:26:49 GMT\nlang: zh_CN\n---\n# x",
        ["你好", "me", "Tue, 26 Apr 2022 08:26:49 GMT", "zh-CN", "-"],
    );
    check(
        Kind::Post,
        "---\nauthors: [{name: me, url: x}, you]\ntitle: ~\npublished: true\n---\n",
        ["-", "me, you", "-", "-", "-"],
    );
    check(
        Kind::Post,
        "+++\ntitle = \"A\\u00e9\"\ndate = 2024-05-06 07:08:09Z\n[params]\nauthor = 'me'\nlang = 'ar'\n+++\n",
        ["Aé", "me", "2024-05-06 07:08:09Z", "ar", "-"],
    );
    check(
        Kind::Post,
        "{\"title\": \"A\", \"author\": {\"name\": \"me\"}, \"date\": \"2024-05-06\"}\n# x",
        ["A", "me", "2024-05-06", "-", "-"],
    );
    check(
        Kind::Post,
        "---\ntitle: a\ntitle: b\n---\n",
        ["a", "-", "-", "-", "-"],
    );
    check(
        Kind::Post,
        ";;;\n\"title\": \"A\"\n;;;\n# x",
        ["A", "-", "-", "-", "-"],
    );
    check(
        Kind::Post,
        "title: A\nlang: ja\n---\n# x",
        ["A", "-", "-", "ja", "-"],
    );
    check(Kind::Post, "# title", ["-", "-", "-", "-", "-"]);
    check(
        Kind::Post,
        "---\ntitle: [\n---\n",
        ["-", "-", "-", "-", "-"],
    );
}

#[test]
fn other_encodings_and_lengths() {
    let mut page = document("", Kind::Page, None);
    page.bytes = GBK.encode("<title>国防部</title>").0.into_owned();
    page.charset = GBK;
    assert_eq!(read(&page).facts.title.as_deref(), Some("国防部"));
    let long = read(&document(
        &format!("<title>{}</title>", "é ".repeat(10_000)),
        Kind::Page,
        None,
    ));
    assert_eq!(
        long.facts.title.unwrap().chars().count(),
        FACT_CHARACTERS_MAX
    );
}

#[test]
fn canonical_addresses_are_believed_with_care() {
    let link = |href: &str| format!("<link rel='x Canonical' href='{href}'>");
    let address = "https://h.test/a?utm=1";
    check_canonical(address, &link("/a#x"), Some("https://h.test/a"));
    check_canonical(address, &link("http://h.test/b"), Some("http://h.test/b"));
    check_canonical(address, &link("https://other.test/a"), None);
    check_canonical(address, &link("https://h.test/"), None);
    check_canonical(address, &link("mailto:a@h.test"), None);
    check_canonical("https://h.test/?x", &link("/"), None);
    check_canonical("https://h.test/#x", &link("/"), Some("https://h.test/"));
    check_canonical(address, "<a rel=canonical href=/b>", None);
    check_canonical(address, "<!-- <link rel=canonical href=/b> -->", None);
}

proptest! {
    #[test]
    fn any_bytes_have_facts(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in [Kind::Page, Kind::Post] {
            let address = Link::parse("https://h.test/a").ok();
            let document = Document { bytes: bytes.clone(), kind, syntax: crate::document::Syntax::Html, charset: UTF_8, base: address.clone(), address };
            let Metadata { facts, canonical } = read(&document);
            prop_assert!(facts.title.is_none_or(|title| !title.is_empty()));
            prop_assert!(canonical.is_none_or(|link| link.host() == "h.test"));
        }
    }
}
