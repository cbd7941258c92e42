use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::closed::leaks;
use super::row::{TEXT_CHARS_MAX, shown};
use super::*;
use crate::digest::Digest;
use crate::document::Kind as DocumentKind;
use crate::exchange::Why;
use crate::link::Link;
use crate::media::MediaType;
use crate::refs::{Kind, Role};
use crate::snapshot::{
    Document, FORMAT, Facts, Mention, Missing, Outcome, Resource, Snapshot, Source,
};

const VIEW: &str = "articles/h.test/ab/one-abababababababababab/index.html";

fn time() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn mention(name: &str, outcome: Outcome) -> Mention {
    Mention {
        start: 0,
        end: 0,
        written: name.to_owned(),
        kind: Kind::ImgSrc,
        role: Role::Image,
        target: Link::parse(&format!("https://h.test/{name}")).ok(),
        promotion: None,
        document: None,
        outcome,
    }
}

fn kept(name: &str) -> Mention {
    let resource = Resource {
        digest: Digest::of(name.as_bytes()),
        media: MediaType::Jpeg,
        size: 1,
        width: None,
        height: None,
    };
    mention(name, Outcome::Kept(resource))
}

fn lost(name: &str) -> Mention {
    let missing = Missing {
        why: Why::HttpStatus,
        status: Some(404),
        tried: time(),
    };
    mention(name, Outcome::Missing(missing))
}

fn snapshot(key: &str, title: Option<&str>, references: Vec<Mention>) -> Snapshot {
    let url = key
        .strip_prefix("url:")
        .and_then(|url| Link::parse(url).ok());
    let original = Digest::of(b"page");
    Snapshot {
        format: FORMAT,
        tool: "offprint test".to_owned(),
        time: time(),
        source: Source {
            key: key.to_owned(),
            given: key.to_owned(),
            url: url.clone(),
            aliases: Vec::new(),
            entry: None,
            tags: Vec::new(),
        },
        article: Facts {
            title: title.map(str::to_owned),
            ..Facts::default()
        },
        original,
        documents: vec![Document {
            kind: DocumentKind::Page,
            syntax: crate::document::Syntax::Html,
            digest: original,
            size: 4,
            url,
            base: None,
            charset: "UTF-8".to_owned(),
            references,
        }],
        exchanges: Vec::new(),
    }
}

fn open(rows: &[Row], closed: u64, entries: u64) -> String {
    let sheet = Sheet {
        page: closed,
        closed,
        entries,
    };
    String::from_utf8(page(rows, sheet)).unwrap()
}

#[test]
fn a_row_says_what_was_captured() {
    #[track_caller]
    fn check(snapshot: &Snapshot, name: &str, facts: &str) {
        assert_eq!(
            Row::new(7, VIEW, snapshot).markup("../"),
            format!(
                "<li data-entry=\"7\"><time datetime=\"2023-11-14T22:13:20Z\">2023-11-14</time>\n<div><a href=\"../{VIEW}\">{name}</a>\n\
                 <p>{facts}</p></div></li>\n"
            )
        );
    }
    let url = "url:https://h.test/a?b=1&c=2";
    check(
        &snapshot(url, Some("One"), Vec::new()),
        "<bdi>One</bdi>",
        "<bdi>h.test</bdi>",
    );
    check(
        &snapshot(url, Some("<b>\n &amp;\u{0}x"), vec![kept("a"), kept("a")]),
        "<bdi>&lt;b&gt; &amp;amp; x</bdi>",
        "<bdi>h.test</bdi> \u{B7} 1 image",
    );
    check(
        &snapshot(url, Some(" \t"), vec![kept("a"), lost("b"), kept("c")]),
        "<bdi>https://h.test/a?b=1&amp;c=2</bdi>",
        "<bdi>h.test</bdi> \u{B7} 2 images \u{B7} <strong>1 image missing</strong>",
    );
    let mut post = snapshot("file:posts/一.md", Some("一篇"), vec![lost("a"), lost("b")]);
    post.article.language = Some("zh-CN".to_owned());
    check(
        &post,
        "<bdi lang=\"zh-CN\">一篇</bdi>",
        "<bdi>posts/一.md</bdi> \u{B7} <strong>2 images missing</strong>",
    );
    post.article.language = Some("zh\" onclick=\"".to_owned());
    post.article.title = None;
    check(
        &post,
        "<bdi>posts/一.md</bdi>",
        "<strong>2 images missing</strong>",
    );
}

#[test]
fn texts_are_cut_to_what_is_shown() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(shown(text), expected);
    }
    check("", "");
    check(" one\r\n two ", "one two");
    check("one\u{1}\u{85}two", "one two");
    check(&"一".repeat(TEXT_CHARS_MAX), &"一".repeat(TEXT_CHARS_MAX));
    let cut = "一".repeat(TEXT_CHARS_MAX - 1) + "\u{2026}";
    check(&"一".repeat(TEXT_CHARS_MAX + 1), &cut);
}

#[test]
fn rows_are_read_from_a_page_that_nobody_changed() {
    let of = |entry| {
        Row::new(
            entry,
            VIEW,
            &snapshot("url:https://h.test/a", Some("A"), vec![kept("a")]),
        )
    };
    let listed = [of(8), of(3)];
    let sheet = |page| Sheet {
        page,
        closed: 1,
        entries: 9,
    };
    for number in 0..2 {
        let whole = page(&listed, sheet(number));
        assert_eq!(rows(&whole), listed);
        assert_eq!(rows(&whole)[0].view(), VIEW);
        let changed = String::from_utf8(whole)
            .unwrap()
            .replace("<bdi>A", "<bdi>B");
        assert_eq!(rows(changed.as_bytes()), []);
    }
    let other = open(&listed, 0, 9).replace(" data-renderer=\"1\"", " data-renderer=\"2\"");
    assert_eq!(rows(other.as_bytes()), []);
    assert_eq!(rows(b"<html>"), []);
}

#[test]
fn pages_are_closed_when_as_many_entries_follow() {
    #[track_caller]
    fn check(entries: u64, expected: u64) {
        assert_eq!(closed(entries), expected);
    }
    check(0, 0);
    check(199, 0);
    check(200, 1);
    check(299, 1);
    check(450, 3);
    assert!(closed(u64::MAX) < u64::MAX / ENTRIES_PER_PAGE);
}

#[test]
fn older_pages_are_linked_in_growing_distances() {
    #[track_caller]
    fn check(page: u64, expected: &[u64]) {
        assert_eq!(older(page), expected);
    }
    check(0, &[]);
    check(1, &[0]);
    check(3, &[2, 1, 0]);
    check(11, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    let near = [99, 98, 97, 96, 95, 94, 93, 92, 91, 90];
    check(100, &[&near[..], &[80, 60, 20, 0]].concat());
    assert!(older(u64::MAX).len() < 80);
}

#[test]
fn a_page_links_to_its_neighbours() {
    #[track_caller]
    fn check(page_number: u64, closed: u64, expected: &[&str]) {
        let sheet = Sheet {
            page: page_number,
            closed,
            entries: 0,
        };
        let page = String::from_utf8(page(&[], sheet)).unwrap();
        let links: Vec<&str> = page
            .split("href=\"")
            .skip(1)
            .map(|after| after.split_once('"').unwrap().0)
            .collect();
        assert_eq!(links, expected);
        assert_eq!(leaks(page.as_bytes()), []);
    }
    let (first, second) = ("000000000000.html", "000000000100.html");
    check(0, 0, &[]);
    check(1, 1, &["index/000000000000.html"]);
    check(0, 1, &["../index.html"]);
    check(1, 2, &["../index.html", first]);
    let fourth = "000000000300.html";
    check(2, 4, &[fourth, "../index.html", second, second, first]);
}

#[test]
fn an_open_page_says_how_far_it_goes() {
    #[track_caller]
    fn check(page: &str, expected: Option<u64>) {
        assert_eq!(entries(page.as_bytes()), expected);
    }
    check(&open(&[], 0, 0), Some(0));
    check(&open(&[], 3, 450), Some(450));
    check("", None);
    check("<!DOCTYPE html>\n<html lang=\"en\">", None);
    check("<html data-entries=\"-1\">", None);
    check("<html data-entries=\"1", None);
    check(
        &format!("{}{}", "\u{FFFD}".repeat(100), open(&[], 0, 1)),
        None,
    );
}

proptest! {
    #[test]
    fn any_title_leaves_the_page_closed(
        texts in vec("(\\PC|[<>\"'&`=/\\x00-\\x1f]|</style>|</bdi>|<script>|<!--|javascript:){0,40}", 3),
        number in 0_u64..40,
    ) {
        let mut snapshot = snapshot(&format!("file:{}", texts[0]), Some(&texts[1]), vec![kept("a")]);
        snapshot.article.language = Some(texts[2].clone());
        let row = Row::new(7, VIEW, &snapshot);
        let whole = page(&[row.clone(), row.clone()], Sheet { page: number, closed: 20, entries: 7 });
        prop_assert_eq!(leaks(&whole), []);
        let parsed = String::from_utf8(whole).unwrap();
        prop_assert_eq!(parsed.matches("<li ").count(), 2);
        prop_assert_eq!(rows(parsed.as_bytes()), vec![row.clone(), row]);
    }

    #[test]
    fn any_bytes_say_how_far_they_go_or_not(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(entries(&bytes), None);
    }
}
