//! Does every limit of the guide's table hold that an input from outside can meet? What is beyond one is told, and nothing else
//! suffers. (Others stand beside what they limit: of bodies, times and tries in `tests/fetch`.)

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use offprint::archive::Archive;
use offprint::event::Listener;
use offprint::exchange::{Truncation, Why};
use offprint::verify::{Options, verify};

use crate::origin::{Body, Reply};
use crate::ran::events;
use crate::test::{Test, image, page_with};

/// Returns a test with a page that shows one image.
fn with_page() -> Test {
    let test = Test::new();
    let page = page_with(["https://b.test/1.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    test.serve_image("b.test/1.png", "plain.png");
    test
}

/// Checks that a run with this file is refused before anything is asked for.
#[track_caller]
fn check_refused(name: &str, bytes: &str, arguments: &[&str], says: &str) {
    let test = with_page();
    test.write(name, bytes);
    let path = test.path(name);
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    let ran = test.add(&[arguments, &["https://a.test/x"]].concat());
    ran.expect_code(2, &[says]);
    assert_eq!(test.requested(), [""; 0], "{says}");
}

#[test]
fn files_of_the_user_have_their_size() {
    let comment = |bytes: usize| format!("#{}\n", "x".repeat(bytes - 2));
    let config = comment((1 << 20) + 1);
    let says = "offprint.toml is no configuration: it is longer than 1048576 bytes";
    check_refused("offprint.toml", &config, &[], says);

    let cookies = &["--cookies", "c.txt"];
    let says = "it is longer than 16777216 bytes, or has more than 50000 cookies";
    check_refused("c.txt", &comment((16 << 20) + 1), cookies, says);
    let cookie = "a.test\tFALSE\t/\tTRUE\t0\tkey\tvalue\n";
    check_refused("c.txt", &cookie.repeat(50_001), cookies, says);
    let line = format!("a.test\tFALSE\t/\tTRUE\t0\tkey\t{}\n", "x".repeat(16 << 10));
    let says = "line 1: it is too long for a cookie";
    check_refused("c.txt", &line, cookies, says);

    let test = with_page();
    let config = "[[host]]\nhosts = ['a.test']\nuser = 'me'\npassword-file = 'key'\n";
    test.write("offprint.toml", config);
    test.write("key", "x".repeat(4097));
    test.add(&["https://a.test/x"])
        .expect_code(2, &["key holds no password: one line is expected"]);
    test.write("key", "x".repeat(4096));
    test.add(&["https://a.test/x"]).expect_code(0, &[]);
}

#[test]
fn files_of_the_user_may_be_as_large_as_that() {
    let test = with_page();
    let comment = |bytes: usize| format!("#{}\n", "x".repeat(bytes - 2));
    test.write("offprint.toml", comment(1 << 20));
    // Of a line of cookies, too, a comment may be longer than a cookie.
    let cookie = "a.test\tFALSE\t/\tTRUE\t0\tkey\tvalue\n";
    test.write("c.txt", comment(16 << 10) + &cookie.repeat(50_000));
    test.add(&["--cookies", "c.txt", "https://a.test/x"])
        .expect_code(0, &["images: 1 kept"]);
}

#[test]
fn a_document_has_its_size_on_disk_and_on_the_web() {
    let test = with_page();
    test.write("large.md", vec![b'x'; (32 << 20) + 1]);
    test.serve("a.test/large", Reply::gzip_bomb((32 << 20) + 1));
    let ran = test.add(&["large.md", "https://a.test/large", "https://a.test/x"]);
    ran.expect_code(
        1,
        &[
            "large.md is 32 MiB, more than the 32 MiB of the largest article",
            "more than 33554432 bytes",
            "images: 1 kept",
        ],
    );
    assert_eq!(test.assert_sound(), 1);
}

/// What says that it is longer is not read at all; what is not is read, and breaks off here.
#[test]
fn a_body_has_the_size_of_its_place() {
    let page = "<title>T</title><link rel=stylesheet href=https://b.test/1.css><img src=https://b.test/1.png>";
    let test = Test::new();
    test.serve("a.test/x", Reply::ok("text/html", page));
    for (bytes_beyond, why) in [(0, "short-body"), (1, "too-large")] {
        for (name, kind, bytes_max) in [
            ("1.png", "image/png", 64 << 20),
            ("1.css", "text/css", 16 << 20),
        ] {
            let body = Body::Short(image("plain.png"), bytes_max + bytes_beyond);
            let reply = Reply::new(200, body).with("content-type", kind);
            test.serve(&format!("b.test/{name}"), reply);
        }
        let objects = test.add_json(&["--retries", "0", "https://a.test/x"]);
        let missing = events(&objects, "article")[0]["missing"].clone();
        let whys = missing.as_array().unwrap().iter().map(|it| &it["why"]);
        assert_eq!(whys.collect::<Vec<_>>(), [why, why]);
    }
}

#[test]
fn codings_in_codings_end() {
    let gzip = |times: usize| {
        let coded = (0..times).fold(image("plain.png"), |bytes, _| crate::origin::gzip(&bytes));
        let reply = Reply::ok("image/png", coded);
        reply.with("content-encoding", &vec!["gzip"; times].join(", "))
    };
    for (times, code) in [(4, 0), (5, 1)] {
        let test = with_page();
        test.serve("b.test/1.png", gzip(times));
        let ran = test.add(&["https://a.test/x"]);
        let says = ["images: 1 kept", "(bad-encoding)"];
        ran.expect_code(code, &[says[usize::from(times > 4)]]);
    }
}

#[test]
fn what_is_not_wanted_is_read_no_further_than_it_costs_to_connect() {
    let test = with_page();
    let endless = Reply::new(404, Body::Endless(vec![b'x'; 4096]));
    test.serve("b.test/1.png", endless);
    test.add(&["https://a.test/x"])
        .expect_code(1, &["http-status, HTTP 404"]);
    let file = test.snapshots().pop().unwrap();
    let last = file.snapshot.exchanges.last().unwrap();
    let response = last.response.as_ref().unwrap();
    assert_eq!(last.failure, Some(Why::HttpStatus));
    assert_eq!(response.truncated, Some(Truncation::Length));
    assert!(response.body_bytes < 128 << 10, "{}", response.body_bytes);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn an_article_refers_to_so_many_resources() {
    let test = with_page();
    let images = (1..=10_002).map(|number| format!("https://b.test/{number}.png"));
    test.serve("a.test/x", Reply::ok("text/html", page_with(images)));
    // None of them takes long: their host wants to be left alone.
    test.serve("b.test/1.png", Reply::busy(503, Some("10000")));
    let objects = test.add_json(&["--per-host", "1", "https://a.test/x"]);
    let article = events(&objects, "article")[0];
    let missing = article["missing"].as_array().unwrap();
    let so_missing = |why: &str| missing.iter().filter(|it| it["why"] == why).count();
    assert_eq!(so_missing("host-resting"), 9_999);
    assert_eq!(so_missing("too-many"), 2);
    assert_eq!(test.count("b.test/1.png"), 1);
    assert_eq!(test.assert_sound(), 1);
}

/// Returns the last part of the address of each picture that `extract` finds in a page.
fn found(html: &str) -> Vec<String> {
    let test = Test::new();
    test.write("p.html", html);
    let ran = test.run(&["extract", "--json", "--base", "https://a.test/", "p.html"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let name = |url: &str| url.trim_start_matches("https://a.test/").to_owned();
    let objects = ran.objects();
    let urls = events(&objects, "reference").into_iter();
    urls.map(|it| name(it["url"].as_str().unwrap())).collect()
}

#[test]
fn pages_in_pages_are_looked_into_so_deep() {
    let quoted = |html: &str| html.replace('&', "&amp;").replace('"', "&quot;");
    let framed = (0..6).rev().fold(String::new(), |inner, depth| {
        format!(
            "<img src={depth}><iframe srcdoc=\"{}\"></iframe>",
            quoted(&inner)
        )
    });
    assert_eq!(found(&framed), ["0", "1", "2", "3"]);
    let levels: Vec<String> = (1..8)
        .map(|depth| format!("<noscript><img src={depth}>"))
        .collect();
    let unseen = format!("<img src=0>{}</noscript>", levels.concat());
    assert_eq!(found(&unseen), ["0", "1", "2", "3", "4"]);
}

#[test]
fn structured_data_is_read_up_to_its_size() {
    let page = |bytes: usize| {
        let (begin, end) = (
            r#"{"@type":"Article","image":"/1","articleBody":""#,
            r#""}"#,
        );
        let body = "x".repeat(bytes - begin.len() - end.len());
        format!("<script type=application/ld+json>{begin}{body}{end}</script>")
    };
    assert_eq!(found(&page(1 << 20)), ["1"]);
    assert_eq!(found(&page((1 << 20) + 1)), [""; 0]);
}

/// An archive may be a stranger's, or have been in a stranger's hands.
#[test]
fn what_is_derived_in_an_archive_has_its_size() {
    let test = with_page();
    test.add(&["https://a.test/x"]).expect_code(0, &[]);
    let archive = Archive::open(&test.path("archive")).unwrap();
    let record = archive.articles().unwrap()[0].view_record().to_string();
    for (name, bytes_max) in [("index.html", 4 << 20), (&record, 256 << 20)] {
        let path = test.path("archive").join(name);
        let file = File::options().write(true).open(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        file.set_len(bytes_max + 1).unwrap();
        let ran = test.run(&["verify"]);
        assert_eq!(ran.code, Some(1), "{name}: {ran:#?}");
        assert!(ran.stdout.contains(name), "{name}: {ran:#?}");
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(test.assert_sound(), 1);
}

/// A stranger's archive may hold anything, in any number.
#[test]
fn so_many_findings_of_one_code_are_told_and_the_others_counted() {
    let test = with_page();
    test.add(&["https://a.test/x"]).expect_code(0, &[]);
    let archive = Archive::open(&test.path("archive")).unwrap();
    let options = Options::whole(Arc::default());
    let stray = |number: usize| test.path(&format!("archive/articles/{number}"));
    for number in 0..10_000 {
        fs::write(stray(number), "").unwrap();
    }
    for more in [0, 1] {
        if more > 0 {
            fs::write(stray(10_000), "").unwrap();
        }
        let report = verify(&archive, &options, &(Arc::new(|_| {}) as Listener)).unwrap();
        assert_eq!(report.count(), 10_000 + more);
        assert_eq!(report.findings.len(), 10_000);
        assert_eq!(report.more.values().sum::<u64>(), more);
    }
}

/// Who writes that much there was nobody of ours, and all of it is no more than another text.
#[test]
fn the_text_for_strangers_is_read_no_further_than_it_may_be() {
    let test = with_page();
    test.add(&["https://a.test/x"]).expect_code(0, &[]);
    let path = test.path("archive/README.txt");
    let readme = fs::read(&path).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let said = test.run(&["verify"]).stdout;
    assert!(said.contains("readme-altered"), "{said}");
    test.run(&["repair"]).expect_code(0, &["sound"]);
    assert_eq!(fs::read(&path).unwrap(), readme);
}

#[test]
fn a_checkpoint_and_its_signature_have_their_size() {
    let test = crate::signed::with_key();
    let checkpoint = format!("archive/{}", crate::signed::sign(&test, "key"));
    for (name, bytes_max, code) in [
        (checkpoint.clone(), 4 << 10, "checkpoint-invalid"),
        (checkpoint + ".sig", 64 << 10, "signature-invalid"),
    ] {
        let path = test.path(&name);
        let whole = fs::read(&path).unwrap();
        for bytes in [bytes_max, bytes_max + 1] {
            let mut long = whole.clone();
            long.resize(bytes, b'x');
            fs::write(&path, long).unwrap();
            let ran = test.run(&["verify", "--signers", "signers"]);
            let said = &ran.expect_code(1, &[]).stdout;
            assert!(said.contains(code), "{name}: {said}");
            let is_unread = said.contains("it is longer than any");
            assert_eq!(is_unread, bytes > bytes_max, "{name}: {said}");
        }
        fs::write(&path, whole).unwrap();
    }
}
