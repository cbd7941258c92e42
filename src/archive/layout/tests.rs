use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

const ID: &str = "0123456789abcdef0123";

#[track_caller]
fn check_host(url: &str, expected: &str) {
    assert_eq!(names::host(&format!("url:{url}")), expected, "{url}");
}

#[test]
fn a_host_is_a_portable_name() {
    check_host("https://Example.COM/a", "example.com");
    check_host("mailto:a@example.com", "_files");
    check_host("https://example.com:8443/a", "example.com-8443");
    check_host("https://例子.测试/", "xn--fsqu00a.xn--0zwm56d");
    check_host("http://[::1]:80/", "ipv6---1");
    check_host("http://[2001:db8::1]:8080/", "ipv6-2001-db8--1-8080");
    check_host("http://127.0.0.1:5000/", "127.0.0.1-5000");
    check_host("https://aux.example/", "_aux.example");
    check_host("https://com1/", "_com1");
    check_host("https://com1.example.:99/", "_com1.example-99");
    check_host("https://a_b.example./", "a_b.example");
    check_host("https://a!b.example/", "a-b.example");
    check_host(
        &format!("https://{}.example:65535/", "a".repeat(63)),
        &format!("{}-65535", "a".repeat(58)),
    );
    assert_eq!(names::host("file:https://h/"), "_files");
}

#[track_caller]
fn check_slug(title: Option<&str>, key: &str, expected: &str) {
    assert_eq!(names::slug(title, key), expected, "{title:?} {key}");
}

#[test]
fn a_slug_says_what_it_can() {
    check_slug(Some("Hello, World!"), "url:https://h/x", "hello-world");
    check_slug(Some("  --2022 年 Report-- "), "", "2022-report");
    check_slug(
        Some("你好，世界"),
        "url:https://h.test/a/2022_04/%E4%BD%A0hello.html?x=1",
        "hello",
    );
    check_slug(Some("你好"), "url:https://h.test/", "article");
    check_slug(None, "url:https://h.test/posts/first/", "first");
    check_slug(None, "file:source/_posts/my post.md", "my-post");
    check_slug(None, "file:.md", "md");
    check_slug(None, "", "article");
    check_slug(Some("Con"), "", "article-con");
    check_slug(
        Some(&"ab ".repeat(30)),
        "",
        "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a",
    );
}

#[track_caller]
fn check_place(path: &str, expected: impl Into<Option<Place>>) {
    assert_eq!(
        ArchivePath::parse(path).and_then(|path| classify(&path)),
        expected.into(),
        "{path}"
    );
}

#[test]
fn every_place_is_known_and_nothing_else() {
    let article = format!("articles/h.test/01/a-b-{ID}");
    let folder = ArticleFolder::containing(&ArchivePath::parse(&article).unwrap()).unwrap();
    let digest = Digest::of(b"");
    let hash = "32".repeat(16);
    assert_eq!(folder.path().as_str(), article);
    check_place("offprint.json", Some(Place::Marker));
    check_place("index/0001.html", Some(Place::Index));
    check_place("log/000000001000.jsonl", Some(Place::Log(1000)));
    check_place(
        &format!("blobs/sha256/e3/{digest}.bin"),
        Some(Place::Blob(digest)),
    );
    check_place(
        &format!("blobs/sha256/e3/{digest}.webp"),
        Some(Place::Blob(digest)),
    );
    check_place(
        &format!("derived/sha256/e3/{digest}.svg"),
        Some(Place::Derived(digest)),
    );
    check_place(
        &format!("{article}/index.html"),
        Some(Place::View(folder.clone())),
    );
    check_place(
        &format!("{article}/post.md"),
        Some(Place::Post(folder.clone())),
    );
    check_place(
        &format!("{article}/view.json"),
        Some(Place::ViewRecord(folder.clone())),
    );
    let snapshot = format!("{article}/snapshots/20260102T030405Z-{hash}.json");
    check_place(&snapshot, Some(Place::Snapshot(folder)));

    check_place(&snapshot.replace("5Z", "5z"), None);
    check_place(&snapshot.replace("T0", "T"), None);
    check_place(&snapshot.replace("/01/", "/02/"), None);
    check_place(&format!("blobs/sha256/e3/{digest}.html"), None);
    check_place(&format!("blobs/sha256/e3/{digest}.bin.bin"), None);
    check_place(&format!("blobs/sha256/e4/{digest}.bin"), None);
    check_place(
        &format!("blobs/sha256/E3/{}.bin", digest.to_string().to_uppercase()),
        None,
    );
    check_place("log/1000.jsonl", None);
    check_place("log/+00000001000.jsonl", None);
    check_place("state", None);
    check_place("../offprint.json", None);
    check_place("/offprint.json", None);
    check_place("articles//x", None);
}

#[test]
fn a_snapshot_is_named_by_its_time_and_digest() {
    let folder = ArticleFolder::new("file:a.md", None);
    let digest = Digest::of(b"");
    let path = folder.snapshot("2026-01-02T03:04:05.9Z".parse().unwrap(), &digest);
    assert_eq!(
        path.name(),
        "20260102T030405Z-e3b0c44298fc1c149afbf4c8996fb924.json"
    );
    assert_eq!(snapshot_digits(&path), digest.short(32));
    assert!(is_named_by(&path, &digest) && !is_named_by(&path, &Digest::of(b"x")));
    assert_eq!(
        classify(&folder.snapshot(Timestamp::MIN, &digest)),
        Some(Place::Snapshot(folder.clone()))
    );
    assert_eq!(
        classify(&folder.snapshot(Timestamp::MAX, &digest)),
        Some(Place::Snapshot(folder))
    );
}

#[test]
fn an_id_is_the_start_of_the_keys_digest() {
    assert_eq!(ArticleId::of_key("").as_str(), "e3b0c44298fc1c149afb");
    for text in [
        "",
        "e3b0c44298fc1c149af",
        "E3B0C44298FC1C149AFB",
        "e3b0c44298fc1c149afbf",
    ] {
        assert_eq!(text.parse::<ArticleId>(), Err(ArticleIdError), "{text}");
    }
}

proptest! {
    #[test]
    fn a_name_is_portable_whatever_it_is_made_of(title in any::<String>(), tail in any::<String>(), host in "[ -~]{0,90}") {
        for key in [format!("url:https://{host}/{tail}"), format!("file:{host}{tail}"), tail] {
            let folder = ArticleFolder::new(&key, Some(&title));
            let path = ArchivePath::parse(folder.path().as_str()).expect("portable");
            let lengths: Vec<usize> = path.as_str().split('/').map(str::len).collect();
            prop_assert!(lengths[1] <= 64 && lengths[3] <= 40 + 1 + 20);
            prop_assert_eq!(ArticleFolder::containing(&path), Some(folder.clone()));
            prop_assert_eq!(classify(&folder.view()), Some(Place::View(folder)));
        }
    }

    #[test]
    fn any_path_gets_an_answer(text in any::<String>()) {
        if let Some(path) = ArchivePath::parse(&text) {
            drop(classify(&path));
        }
    }
}
