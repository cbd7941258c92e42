//! What becomes of input that is broken, hostile or not what it seems?

use std::fs::File;

use serde_json::json;

use crate::origin::{Body, Reply};
use crate::ran::{Ran, events};
use crate::test::{Test, image, page_with};

/// Archives one file beside a sound one: the sound one is archived, and the other is told of as `expected`.
#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &str) {
    let test = Test::new();
    test.write(name, bytes);
    refused(&test, name, expected);
}

#[track_caller]
fn refused(test: &Test, input: &str, expected: &str) {
    test.write("sound.md", "# Sound\n");
    let ran = test.add(&[input, "sound.md"]);
    let failed = format!("failed    {input}\n  └─ {expected}\n");
    ran.expect_code(1, &[&failed, "1 failed; "]);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_file_that_is_no_article_is_refused() {
    check("empty.md", b"", "there is nothing in it");
    check("blank.html", b" \n\t\n", "there is nothing in it");
    check(
        "image.md",
        &image("plain.png"),
        "its bytes are image/png, which is no text",
    );
    let noise: Vec<u8> = (0..5000_u32)
        .map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    check(
        "noise.html",
        &noise,
        "its bytes are application/octet-stream, which is no text",
    );
    check(
        "film.md",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free",
        "its bytes are video/mp4, which is no text",
    );
}

#[test]
fn a_file_that_can_not_be_read_is_named() {
    let test = Test::new();
    refused(
        &test,
        "missing.md",
        "can't read missing.md: No such file or directory (os error 2)",
    );
    std::fs::create_dir(test.path("folder.md")).unwrap();
    refused(
        &test,
        "folder.md",
        "there is no post or page in folder.md (.md .markdown .html .htm .xhtml)",
    );
    File::create(test.path("large.html"))
        .unwrap()
        .set_len(200 << 20)
        .unwrap();
    refused(
        &test,
        "large.html",
        "large.html is 200 MiB, more than the 32 MiB of the largest article",
    );
}

#[test]
fn a_name_that_is_no_text_is_refused_alone() {
    use std::os::unix::ffi::OsStrExt as _;

    let test = Test::new();
    test.write("good.md", "# Good\n");
    // As a GBK system writes 文.md.
    let name = std::ffi::OsStr::from_bytes(b"\xce\xc4.md");
    let ran = Ran::of(test.adding(&["good.md"]).arg(name).output().unwrap());
    let refused = "failed    \u{fffd}\u{fffd}.md\n  └─ its name is not UTF-8; rename it\n";
    ran.expect_code(1, &["captured  good.md\n", refused]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn an_address_that_is_none_is_refused() {
    let test = Test::new();
    refused(
        &test,
        "example.com/article",
        "example.com/article is neither an http(s) address nor a file",
    );
    refused(
        &test,
        "ftp://a.test/x.md",
        "can't be fetched: \"ftp://a.test/x.md\" is not an http or https URL",
    );
    refused(
        &test,
        "https://",
        "can't be fetched: \"https://\" is not an absolute URL",
    );
}

#[test]
fn text_is_not_refused_for_how_it_begins() {
    let test = Test::new();
    test.write("bm.md", "BM 是两个字母\n");
    test.write("id3.md", "ID3 tags, explained\n");
    test.add(&["bm.md", "id3.md"])
        .expect_code(0, &["2 articles captured"]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn front_matter_that_does_not_parse_is_noticed() {
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    test.write(
        "post.md",
        "\n---\ntitle: 'open\nhead: [x\n---\n![](https://a.test/1.png)\n",
    );
    let ran = test.add(&["post.md"]);
    ran.expect_code(
        0,
        &[
            "note post.md: its front matter is not right (line ",
            "captured  post.md (images: 1 kept)\n",
        ],
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn deep_nesting_is_archived() {
    let test = Test::new();
    let deep = format!(
        "<title>Deep</title>{}<img src=https://a.test/1.png>",
        "<div>".repeat(100_000)
    );
    test.serve_image("a.test/1.png", "plain.png");
    test.write("deep.html", &deep);
    test.write("deep.md", format!("# Deep\n\n{}x\n", "> ".repeat(100_000)));
    test.add(&["deep.html", "deep.md"])
        .expect_code(0, &["images: 1 kept", "2 articles captured"]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_page_that_can_not_be_had_is_explained() {
    let test = Test::new();
    test.serve("a.test/500", Reply::new(500, Body::Fixed(b"oh".to_vec())));
    test.serve("a.test/image", Reply::ok("image/png", image("plain.png")));
    test.serve(
        "a.test/pdf",
        Reply::ok("application/pdf", "%PDF-1.4\n%\u{e2}"),
    );
    test.serve("a.test/blank", Reply::ok("text/html", ""));
    test.serve(
        "a.test/short",
        Reply::new(200, Body::Short(b"<p>half".to_vec(), 100)).with("content-type", "text/html"),
    );
    test.serve(
        "a.test/endless",
        Reply::new(200, Body::Endless(vec![b' '; 4096])).with("content-type", "text/html"),
    );
    test.serve("a.test/circle", Reply::redirect(302, "/circle"));
    for (path, expected) in [
        ("404", "can't fetch it: the server refused it (HTTP 404)"),
        ("500", "can't fetch it: the server refused it (HTTP 500)"),
        ("image", "its bytes are image/png, which is no text"),
        (
            "pdf",
            "it is application/pdf, not an HTML page or a Markdown post",
        ),
        ("blank", "there is nothing in it"),
        ("short", "can't fetch it: cut off before its end"),
        (
            "endless",
            "can't fetch it: larger than allowed (see --max-bytes) (more than 100000 bytes",
        ),
        ("circle", "can't fetch it: too many redirects"),
    ] {
        let url = format!("https://a.test/{path}");
        let objects = test.add_json(&["--max-bytes", "100000", &url]);
        let article = events(&objects, "article")[0];
        let error = article["error"].as_str().unwrap();
        assert!(error.starts_with(expected), "{path}: {error}");
        assert_eq!(
            (&article["outcome"], &article["source"]),
            (&json!("failed"), &json!(url))
        );
        assert_eq!(article["view"], json!(null));
    }
    assert_eq!(test.assert_sound(), 0);
}

#[test]
fn a_certificate_that_nobody_trusts_is_explained() {
    let test = Test::new();
    let resolve = format!("*={}", test.origin.addr);
    let add = |more: &[&str]| {
        let begin = ["add", "--resolve", &resolve, "https://a.test/"];
        test.run(&[&begin, more].concat())
    };
    let distrusted = "failed    https://a.test/\n  └─ can't fetch it: no secure connection could be made (its certificate is \
                      signed by nobody who is trusted; --ca-cert names further roots)\n\
                      0 articles captured, 1 failed; 0 requests, ";
    add(&[]).expect_code(1, &[distrusted]);
    test.write("none.pem", "no certificate");
    let none = "error: a file given with --ca-cert holds no certificate (PEM is expected)\n";
    add(&["--ca-cert", "none.pem"]).expect_code(2, &[none]);
    add(&["--ca-cert", "gone.pem"])
        .expect_code(2, &["error: can't read the certificates in gone.pem\n"]);
    assert_eq!(test.requested(), [""; 0]);
}

/// Returns answers that bring no image: their names, why they are missing, the status.
fn faulty_images() -> Vec<(&'static str, &'static str, u16, Reply)> {
    let jpeg = image("baseline.jpg");
    let half = jpeg[..jpeg.len() / 2].to_vec();
    let short = Body::Short(half.clone(), jpeg.len() as u64);
    let ok = |bytes: &[u8]| Reply::ok("image/jpeg", bytes);
    let html = ok(b"<!doctype html><p>hotlinking is not allowed");
    let gzip = ok(b"no gzip").with("content-encoding", "gzip");
    let error = Reply::new(500, Body::Fixed(Vec::new()));
    let endless = Reply::new(200, Body::Endless(vec![7; 4096]));
    let moved = Reply::redirect(302, "mailto:me@a.test");
    vec![
        ("404", "http-status", 404, Reply::not_found()),
        ("500", "http-status", 500, error),
        ("endless", "too-large", 200, endless),
        ("html", "html-instead", 200, html),
        ("half", "broken-image", 200, ok(&half)),
        ("short", "short-body", 200, Reply::new(200, short)),
        ("empty", "empty-body", 200, ok(b"")),
        ("text", "wrong-kind", 200, ok(b"no image at all")),
        ("gzip", "bad-encoding", 200, gzip),
        ("bomb", "too-large", 200, Reply::gzip_bomb(1 << 20)),
        ("moved", "bad-redirect", 302, moved),
    ]
}

#[test]
fn an_image_that_is_none_is_missing_and_says_why() {
    let test = Test::new();
    let cases = faulty_images();
    let mut sources = vec!["kept.jpg"];
    for (name, _, _, reply) in &cases {
        test.serve(&format!("a.test/{name}"), reply.clone());
        sources.push(name);
    }
    sources.extend(["ftp://a.test/x.png", "http://10.0.0.1/x.png"]);
    let page = page_with(sources);
    test.serve_image("a.test/kept.jpg", "baseline.jpg");
    test.serve("a.test/x", Reply::ok("text/html", page));
    let objects = test.add_json(&["--max-bytes", "100000", "https://a.test/x"]);
    let article = events(&objects, "article")[0];
    let mut expected: Vec<_> = cases
        .iter()
        .map(|(name, why, status, _)| json!({"url": format!("https://a.test/{name}"), "why": why, "status": status}))
        .collect();
    expected.push(json!({"url": "ftp://a.test/x.png", "why": "not-fetchable", "status": null}));
    expected
        .push(json!({"url": "http://10.0.0.1/x.png", "why": "address-refused", "status": null}));
    assert_eq!(
        article["missing"],
        json!(expected),
        "{:#}",
        article["missing"]
    );
    assert_eq!(article["images"]["kept"], 1);
    assert_eq!(test.blobs().len(), 2, "what was refused is not stored");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn more_missing_images_than_fit_are_counted() {
    let test = Test::new();
    let page = page_with((0..15).map(|number| format!("{number}.png")));
    test.serve("a.test/x", Reply::ok("text/html", page));
    let ran = test.add(&["https://a.test/x"]);
    ran.expect_code(1, &["  and 5 more: offprint show e44b5fd6af4a10d3b08e\n"]);
    assert_eq!(ran.stderr.matches("  missing ").count(), 10);
}
