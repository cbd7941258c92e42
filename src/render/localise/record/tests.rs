use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{Held, Image};
use super::*;
use crate::render::splice::Edit;

/// An address as an export puts it.
fn put(number: u8) -> String {
    relinked(&Digest::of(&[number]))
}

fn relinked(digest: &Digest) -> String {
    format!("/offprint/{}/{digest}.jpg", digest.short(2))
}

/// Returns what an export writes for `original`, where each `(cut, number)` is relinked to the image of that number, and
/// the record of it.
fn exported(original: &str, cuts: &[(&str, u8)]) -> (Vec<u8>, Record) {
    let mut at = 0;
    let mut edits = Vec::new();
    for (cut, number) in cuts {
        let start = at + original[at..].find(cut).unwrap();
        at = start + cut.len();
        edits.push(Edit::new(start..at, put(*number)));
    }
    record_of(original.as_bytes(), &edits)
}

fn record_of(original: &[u8], edits: &[Edit]) -> (Vec<u8>, Record) {
    let localised = Localised {
        bytes: splice::splice(original, edits),
        done: splice::done(original, edits),
        images: vec![Image {
            path: "x".to_owned(),
            bytes: Held::Made(Vec::new()),
        }],
        left: Vec::new(),
        language: None,
    };
    let how = Written {
        article: "id",
        snapshot: "T-D.json",
        original: Digest::of(original),
        generator: Generator::Hexo,
        prefix: "/offprint/",
        in_place: true,
    };
    let record = Record::of(&localised, vec!["source/offprint/x".to_owned()], how);
    (localised.bytes, record)
}

#[test]
fn what_was_written_is_undone_exactly() {
    let original = "![](http://h/1.jpg) ![](http://h/1.jpg?t=2) x";
    let cuts = [("http://h/1.jpg", 1), ("http://h/1.jpg?t=2", 1)];
    let (post, record) = exported(original, &cuts);
    let exact = Before::Exact(original.as_bytes().to_vec());
    assert_eq!(record.before(&post), exact);
    assert_eq!(record.before(original.as_bytes()), exact);
}

#[track_caller]
fn check(record: &Record, post: &str, expected: &str) {
    let Before::Edited(before) = record.before(post.as_bytes()) else {
        panic!("{post} was edited")
    };
    assert_eq!(String::from_utf8(before).unwrap(), expected);
}

#[test]
fn edits_of_a_person_stay() {
    let original = "a ![](http://h/1.jpg) ![](http://h/1.jpg?t=2) ![](http://h/3.jpg)";
    let cuts = [
        ("http://h/1.jpg", 1),
        ("http://h/1.jpg?t=2", 1),
        ("http://h/3.jpg", 3),
    ];
    let (post, record) = exported(original, &cuts);
    let post = String::from_utf8(post).unwrap();
    check(
        &record,
        &post.replace("a ", "b "),
        &original.replace("a ", "b "),
    );
    let third = format!(" ![]({})", put(3));
    check(
        &record,
        &post.replace(&third, ""),
        "a ![](http://h/1.jpg) ![](http://h/1.jpg?t=2)",
    );
    let again = format!("{post}![]({})", put(3));
    check(&record, &again, &format!("{original}![](http://h/3.jpg)"));
    check(&record, "all new", "all new");
}

#[test]
fn a_record_has_one_text() {
    let (_, record) = exported("![](http://h/1.jpg)", &[("http://h/1.jpg", 1)]);
    let json = record.to_json();
    assert_eq!(Record::parse(&json).unwrap(), record);
    assert_eq!(Record::parse(&json).unwrap().to_json(), json);
    let text = String::from_utf8(json).unwrap();
    assert!(
        text.starts_with("{\"article\":\"id\",\"edits\":[{\"at\":4,\"cut\":\"http://h/1.jpg\",")
    );
    let names: Vec<String> = serde_json::from_str::<serde_json::Map<_, _>>(&text)
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(names, sorted);
}

#[test]
fn what_is_no_record_is_refused() {
    let (_, record) = exported("![](http://h/1.jpg)", &[("http://h/1.jpg", 1)]);
    let json = String::from_utf8(record.to_json()).unwrap();
    for (wrong, with) in [
        ("\"format\":1", "\"format\":2"),
        ("\"at\":4", "\"at\":-4"),
        (",\"put\":", ",\"other\":"),
        ("\"for\":\"hexo\"", "\"for\":\"x\""),
    ] {
        let json = json.replace(wrong, with);
        assert!(Record::parse(json.as_bytes()).is_err(), "{json}");
    }
    assert!(Record::parse(b"").is_err());
}

proptest! {
    #[test]
    fn any_export_is_undone(
        original in vec(any::<u8>(), 0..80),
        edits in vec((0_usize..90, 0_usize..20, any::<u8>()), 0..8),
    ) {
        let edits = edits.into_iter().map(|(start, length, number)| Edit::new(start..start + length, put(number))).collect();
        let edits = splice::settle(edits, original.len());
        let (post, record) = record_of(&original, &edits);
        let record = Record::parse(&record.to_json()).unwrap();
        prop_assert_eq!(record.before(&post), Before::Exact(original));
    }

    #[test]
    fn any_post_has_something_before(post in vec(any::<u8>(), 0..200)) {
        let (_, record) = exported("![](http://h/1.jpg)", &[("http://h/1.jpg", 1)]);
        prop_assert_eq!(record.before(&post), Before::Edited(post));
    }
}
