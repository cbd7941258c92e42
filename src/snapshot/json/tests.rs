use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::digest::Digest;
use crate::document::{Kind as DocumentKind, Syntax};
use crate::exchange::{Exchange, Referrer, Response, Truncation, WITHHELD, Why};
use crate::link::Link;
use crate::media::MediaType;
use crate::refs::{Kind, Promotion, Rename, Role};
use crate::snapshot::{Facts, Missing, Observed, Outcome, Resource, Source};

fn resource(bytes: &[u8]) -> Resource {
    Resource {
        digest: Digest::of(bytes),
        media: MediaType::Jpeg,
        size: bytes.len() as u64,
        width: Some(3),
        height: None,
    }
}

fn mention(start: usize, end: usize, outcome: Outcome) -> Mention {
    Mention {
        start,
        end,
        written: "图.jpg".to_owned(),
        kind: Kind::ImgSrc,
        role: Role::Image,
        target: Link::parse("https://h.test/图.jpg").ok(),
        promotion: None,
        document: None,
        outcome,
    }
}

fn missing() -> Missing {
    Missing {
        why: Why::HttpStatus,
        status: Some(404),
        tried: Timestamp::UNIX_EPOCH,
    }
}

fn exchange() -> Exchange {
    Exchange {
        method: "GET".to_owned(),
        url: Link::parse("https://h.test/").unwrap(),
        started: Timestamp::UNIX_EPOCH,
        protocol: Some("HTTP/2".to_owned()),
        peer: "[::1]:443".parse().ok(),
        request: vec![("cookie".to_owned(), WITHHELD.to_owned())],
        referrer: Referrer::Origin,
        response: Some(Response {
            status: 200,
            headers: vec![
                ("b".to_owned(), "\u{1}\"\\\n".to_owned()),
                ("a".to_owned(), String::new()),
            ],
            body_bytes: 5,
            body_digest: Digest::of(b"hello"),
            truncated: Some(Truncation::Length),
        }),
        failure: Some(Why::TooLarge),
    }
}

fn sample() -> Snapshot {
    let mut lazy = mention(
        40,
        50,
        Outcome::Carried {
            resource: resource(b"two"),
            observed: Observed::Lost(missing()),
        },
    );
    lazy.promotion = Some(Promotion {
        instead_of: Some((20..29).into()),
        renames: vec![Rename {
            start: 30,
            end: 38,
            to: "src".to_owned(),
        }],
        background: false,
    });
    let references = vec![
        mention(10, 20, Outcome::Kept(resource(b"one"))),
        mention(20, 30, Outcome::Missing(missing())),
        lazy,
        mention(
            60,
            60,
            Outcome::Carried {
                resource: resource(b"one"),
                observed: Observed::NotModified,
            },
        ),
    ];
    let document = Document {
        kind: DocumentKind::Page,
        syntax: Syntax::Html,
        digest: Digest::of(b"page"),
        size: 100,
        url: Link::parse("https://h.test/a").ok(),
        base: None,
        charset: "GBK".to_owned(),
        references,
    };
    Snapshot {
        format: FORMAT,
        tool: "offprint 0".to_owned(),
        time: "2026-01-02T03:04:05.678Z".parse().unwrap(),
        source: Source {
            key: "url:https://h.test/a".to_owned(),
            given: "x".to_owned(),
            url: None,
            aliases: Vec::new(),
            entry: None,
            tags: Vec::new(),
        },
        article: Facts {
            title: Some("标题".to_owned()),
            ..Facts::default()
        },
        original: Digest::of(b"page"),
        documents: vec![document],
        exchanges: vec![exchange()],
    }
}

/// Checks that the sample with `from` replaced by `to` in its JSON is refused, for a reason that `expected` is part of.
#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    let text = String::from_utf8(sample().to_json()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    let error = Snapshot::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err();
    assert!(format!("{error:?}").contains(expected), "{error:?}");
}

#[test]
fn a_snapshot_survives_its_json() {
    let json = sample().to_json();
    assert_eq!(Snapshot::parse(&json).unwrap(), sample());
    assert_eq!(Snapshot::parse(&json).unwrap().to_json(), json);
    assert!(json.starts_with(b"{\"article\":{\"title\":\"") && json.ends_with(b"}\n"));
    assert!(!json.windows(2).any(|pair| pair == b"\": "));
}

#[test]
fn members_are_sorted() {
    // serde_json keeps the members of a tree sorted.
    for syntax in [Syntax::Html, Syntax::Xml] {
        let mut sample = sample();
        sample.documents[0].syntax = syntax;
        let tree = serde_json::to_value(&sample).unwrap();
        let text = String::from_utf8(sample.to_json()).unwrap();
        assert_eq!(text, format!("{tree}\n"));
        assert_eq!(Snapshot::parse(text.as_bytes()).unwrap(), sample);
        let fields: Vec<_> = tree.as_object().unwrap().keys().collect();
        assert!(fields.is_sorted());
    }
}

#[test]
fn unknown_members_are_passed_over() {
    let text = String::from_utf8(sample().to_json()).unwrap();
    let later = text
        .replacen("\"tool\":", "\"later\":[{\"x\":1}],\"tool\":", 1)
        .replace("\"size\":", "\"hue\":7,\"size\":");
    assert_eq!(Snapshot::parse(later.as_bytes()).unwrap(), sample());
}

#[test]
fn a_later_format_is_told_by_its_number_whatever_its_shape() {
    for (json, expected) in [
        ("{\"documents\":7,\"format\":2}", "UnknownFormat(2)"),
        ("{\"documents\":7,\"format\":1}", "Malformed"),
        ("{\"documents\":7}", "Malformed"),
    ] {
        let error = Snapshot::parse(json.as_bytes()).unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
    }
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let digest = Digest::of(b"page").to_string();
    refused("\"format\":1", "\"format\":2", "UnknownFormat(2)");
    refused(
        "\"format\":1",
        "\"format\":18446744073709551615",
        "UnknownFormat",
    );
    refused("\"format\":1", "\"format\":\"1\"", "Malformed");
    refused(&digest, &digest.to_uppercase(), "Malformed");
    refused(&digest, &Digest::of(b"other").to_string(), "NoOriginal");
    refused("https://h.test/a\"", "../a\"", "Malformed");
    refused(
        "\"start\":20",
        "\"start\":19",
        "Span { document: 0, start: 19 }",
    );
    refused("\"end\":60", "\"end\":59", "start: 60");
    refused("\"end\":60", "\"end\":101", "start: 60");
    refused("\"start\":10", "\"start\":-1", "Malformed");
    refused("\"start\":30,\"to\"", "\"start\":39,\"to\"", "start: 39");
    refused("\"to\":\"src\"", "\"to\":\"src onload\"", "AttributeName");
    refused("\"to\":\"src\"", "\"to\":\"\"", "AttributeName");
    refused("}\n", "}\n{", "Malformed");
    refused("\"tool\":", "\"tool\":\"twice\",\"tool\":", "Malformed");
    refused(
        "\"why\":\"http-status\"",
        "\"why\":\"bad-mood\"",
        "Malformed",
    );
}

#[test]
fn size_and_depth_are_bounded() {
    let mut long = sample().to_json();
    long.resize(usize::try_from(SNAPSHOT_BYTES_MAX).unwrap() + 1, b' ');
    assert!(matches!(
        Snapshot::parse(&long),
        Err(SnapshotError::TooLarge(_))
    ));

    let deep = "[".repeat(100_000);
    assert!(matches!(
        Snapshot::parse(deep.as_bytes()),
        Err(SnapshotError::Malformed(_))
    ));
    let text = String::from_utf8(sample().to_json()).unwrap();
    let nested = format!("\"charset\":{deep}");
    assert!(Snapshot::parse(text.replacen("\"charset\":", &nested, 1).as_bytes()).is_err());
}

#[test]
fn a_snapshot_names_its_blobs_once() {
    let sample = sample();
    let blobs = sample.blobs();
    assert_eq!(blobs.len(), 3);
    assert!(blobs.is_sorted());
    assert_eq!(
        blobs.iter().filter(|blob| blob.extension == "bin").count(),
        1
    );
    assert_eq!(
        (sample.resources().count(), sample.missing().count()),
        (3, 1)
    );
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(Snapshot::parse(&bytes));
    }

    #[test]
    fn a_snapshot_changed_anywhere_gets_an_answer(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut json = sample().to_json();
        let at = at.index(json.len());
        json[at] = byte;
        if let Ok(snapshot) = Snapshot::parse(&json) {
            prop_assert_eq!(&Snapshot::parse(&snapshot.to_json()).unwrap(), &snapshot);
        }
    }

    #[test]
    fn any_text_survives(title in any::<String>(), header in any::<String>(), seconds in 0..4_000_000_000_i64) {
        let mut snapshot = sample();
        snapshot.article.title = Some(title);
        snapshot.exchanges[0].request.push(("x".to_owned(), header));
        snapshot.time = Timestamp::from_second(seconds).unwrap();
        let tree = serde_json::to_value(&snapshot).unwrap();
        prop_assert_eq!(snapshot.to_json(), format!("{tree}\n").into_bytes());
        prop_assert_eq!(Snapshot::parse(&snapshot.to_json()).unwrap(), snapshot);
    }
}
