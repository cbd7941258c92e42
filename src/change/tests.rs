mod bounds;
mod loss;

use jiff::Timestamp;

use super::*;
use crate::digest::Digest;
use crate::exchange::Why;
use crate::media::MediaType;
use crate::refs;
use crate::snapshot::{self, Missing, Resource};

/// A page and what came of the resources that it mentions.
struct Page {
    document: Document,
    snapshot: Snapshot,
}

impl Page {
    /// Reads a page of which every image is here, with bytes that its path names; those whose path holds `lost` are missing.
    fn new(html: &str) -> Self {
        Self::at("https://a.test/post", html)
    }

    fn at(address: &str, html: &str) -> Self {
        let address = Link::parse(address).unwrap();
        let document = Document::new(
            html.as_bytes().to_vec(),
            Kind::Page,
            Some("text/html; charset=utf-8"),
            Some(address),
        );
        let references = refs::find(&document);
        let mentions = references.into_iter().map(|reference| Mention {
            start: reference.span.start,
            end: reference.span.end,
            written: reference.written,
            kind: reference.kind,
            role: reference.role,
            outcome: outcome(reference.target.as_ref()),
            target: reference.target,
            promotion: reference.promotion,
            document: None,
        });
        let digest = Digest::of(&document.bytes);
        let snapshot = Snapshot {
            format: snapshot::FORMAT,
            tool: "test".to_owned(),
            time: Timestamp::UNIX_EPOCH,
            source: snapshot::Source {
                key: "url:https://a.test/post".to_owned(),
                given: "https://a.test/post".to_owned(),
                url: document.address.clone(),
                aliases: Vec::new(),
                entry: None,
                tags: Vec::new(),
            },
            article: metadata::read(&document).facts,
            original: digest,
            documents: vec![snapshot::Document {
                kind: Kind::Page,
                syntax: document.syntax,
                digest,
                size: document.bytes.len() as u64,
                url: document.address.clone(),
                base: document.base.clone(),
                charset: "UTF-8".to_owned(),
                references: mentions.collect(),
            }],
            exchanges: Vec::new(),
        };
        Self { document, snapshot }
    }
}

fn outcome(target: Option<&Link>) -> Outcome {
    let path = target
        .map(|link| link.as_url().path().to_owned())
        .unwrap_or_default();
    if path.contains("lost") {
        return Outcome::Missing(Missing {
            why: Why::HttpStatus,
            status: Some(404),
            tried: Timestamp::UNIX_EPOCH,
        });
    }
    Outcome::Kept(Resource {
        digest: Digest::of(path.as_bytes()),
        media: MediaType::Png,
        size: 1,
        width: None,
        height: None,
    })
}

#[track_caller]
fn check(before: &str, now: &str, expected: &[Aspect]) {
    let (old, new) = (Page::new(before), Page::new(now));
    let (was, is) = (Content::of(&old.document), Content::of(&new.document));
    let found = differences((&old.snapshot, &was), (&new.snapshot, &is));
    assert_eq!(found, expected, "{before} / {now}");
}

#[test]
fn what_is_another_at_each_visit_is_no_change() {
    check("<p>a", "<p>a", &[]);
    check(
        "<meta name=csrf-token content=8f3a><form><input type=hidden name=_token value=8f3a></form><p>a",
        "<meta name=csrf-token content=77b1><form><input type=hidden name=_token value=77b1></form><p>a",
        &[],
    );
    check(
        "<script nonce=abc>var t=1700000000</script><p>a<!-- built in 12 ms -->",
        "<script nonce=xyz>var t=1800000000</script><p>a<!-- built in 98 ms -->",
        &[],
    );
    check(
        "<div id=ad-slot-19 data-views=12 class=c1>a</div>",
        "<div id=ad-slot-77 data-views=13 class=c2>a</div>",
        &[],
    );
    check(
        "<p>a<img src=1.png?v=1>",
        "<p>a<img src='1.png?v=2&t=9'>",
        &[],
    );
    check(
        "<p>a<img src=lost.png?v=1>",
        "<p>a<img src=lost.png?v=2>",
        &[],
    );
    check(
        "<a href='/b?sid=1#x'>b</a>",
        "<a href='/b?sid=2#y'>b</a>",
        &[],
    );
    check("<p>3 minutes ago", "<p>2 hours ago", &[]);
    check("<p>阅读 100", "<p>阅读 2,000", &[]);
    check(
        "<time datetime=2026-11-01>3 minutes ago</time>",
        "<time datetime=2026-11-01>yesterday</time>",
        &[],
    );
    check("<p>a  b</p>\n", "<p>a\nb</p><div></div>", &[]);
}

#[test]
fn what_a_reader_would_notice_is_a_change() {
    check("<p>Version 1", "<p>Version 2", &[Aspect::Text]);
    check("<p>a", "<p>a<p>b", &[Aspect::Text]);
    check("<title>a</title>", "<title>b</title>", &[Aspect::Facts]);
    check("<a href=/b>x</a>", "<a href=/c>x</a>", &[Aspect::Links]);
    check(
        "<iframe src=https://v.test/1></iframe>",
        "<iframe src=https://v.test/2></iframe>",
        &[Aspect::Links],
    );
    check("<img src=1.png>", "<img src=2.png>", &[Aspect::References]);
    check(
        "<img src=1.png>",
        "<img src=1.png><img src=2.png>",
        &[Aspect::References],
    );
    check("<img src=1.png>", "", &[Aspect::References]);
    check(
        "<img src=1.png><img src=2.png>",
        "<img src=2.png><img src=1.png>",
        &[Aspect::References],
    );
    check(
        "<img alt=a src=1.png>",
        "<img alt=b src=1.png>",
        &[Aspect::Text],
    );
    check(
        "<img src=lost.png>",
        "<img src=1.png>",
        &[Aspect::References],
    );
}
