//! Is what was archived the picture that a reader would have seen? Placeholders, trackers and answers that are no image.

use serde_json::{Value, json};

use crate::origin::Reply;
use crate::ran::events;
use crate::test::{Test, image, page_with};

const PAGE: &str = "https://a.test/x";

/// A GIF of one pixel.
const PIXEL: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

fn serve_page(test: &Test, html: &str) {
    test.serve("a.test/x", Reply::ok("text/html", html));
}

/// Archives the page and returns what is told of it.
fn added(test: &Test, flags: &[&str]) -> Value {
    let arguments = [flags, &[PAGE]].concat();
    let objects = test.add_json(&arguments);
    events(&objects, "article")[0].clone()
}

fn images(article: &Value) -> [u64; 4] {
    ["kept", "missing", "carried", "trackers"].map(|name| article["images"][name].as_u64().unwrap())
}

#[test]
fn what_comes_instead_of_an_image_is_told_apart() {
    let test = Test::new();
    let cut = image("baseline.jpg")[..300].to_vec();
    let answers: [(&str, &[u8], &str); 6] = [
        (
            "html",
            b"<!DOCTYPE html><title>Log in</title>",
            "html-instead",
        ),
        ("json", b"{\"error\": \"gone\"}", "json-instead"),
        ("text", b"Not here", "wrong-kind"),
        ("none", b"", "empty-body"),
        ("cut", &cut, "broken-image"),
        ("bomb", &giant(), "too-many-pixels"),
    ];
    serve_page(&test, &page_with(answers.map(|(name, ..)| name)));
    for (name, body, _) in answers {
        let reply = Reply::ok("image/png", body.to_vec());
        test.serve(&format!("a.test/{name}"), reply);
    }
    let article = added(&test, &[]);
    for (missing, (name, _, why)) in article["missing"].as_array().unwrap().iter().zip(answers) {
        let expected = json!({"url": format!("https://a.test/{name}"), "why": why, "status": 200});
        assert_eq!(*missing, expected);
    }
    assert_eq!(images(&article), [0, 6, 0, 0]);
    let told = test.add(&[PAGE]);
    told.expect_code(
        1,
        &["6 images missing (1 html-instead, 1 json-instead, 1 wrong-kind, "],
    );
    let shown = test.run(&["show", PAGE]).stdout;
    let line = "  missing  https://a.test/json\n           json-instead: data for a program (JSON) came instead\n";
    assert!(
        shown.contains("\n6 images, 6 missing\n") && shown.contains(line),
        "{shown}"
    );
    test.assert_sound();
}

/// A PNG that says it is 65535 by 65535 pixels, whole in all else.
fn giant() -> Vec<u8> {
    let mut png = image("plain.png");
    png[16..24].copy_from_slice(b"\0\0\xff\xff\0\0\xff\xff");
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

#[test]
fn a_tracker_is_recorded_and_not_kept() {
    let test = Test::new();
    serve_page(&test, "<img src=1.png><img src=count?u=1 alt=''><p>text");
    test.serve_image("a.test/1.png", "plain.png");
    test.serve("a.test/count?u=1", Reply::ok("image/gif", PIXEL));
    let ran = test.add(&[PAGE]);
    ran.expect_code(
        0,
        &[
            "(images: 1 kept, 1 left out as trackers)\n",
            "1 article captured, 1 tracker left out; 3 requests",
        ],
    );
    assert_eq!(test.blobs().len(), 2, "the page and the picture");
    let view = test.view("index.html");
    assert!(view.contains("<img src=data:image/gif;base64,"), "{view}");
    assert!(!view.contains("a.test/count"), "{view}");
    let snapshot = test.snapshots().pop().unwrap().snapshot;
    let json = serde_json::to_value(&snapshot).unwrap();
    let mention = &json["documents"][0]["references"][1];
    assert_eq!(
        (&mention["outcome"], &mention["why"]),
        (&json!("missing"), &json!("tracker"))
    );
    assert_eq!(json["exchanges"].as_array().unwrap().len(), 3);
    let verified = test.run(&["verify", "--json"]).objects();
    assert!(events(&verified, "finding").is_empty(), "{verified:?}");
    let listed = test.run(&["list"]).stdout;
    assert!(listed.ends_with("(1 image)\n"), "{listed}");
    let shown = test.run(&["show", PAGE]).stdout;
    assert!(
        shown.contains("\n2 images, 1 tracker left out\n"),
        "{shown}"
    );
    assert!(
        shown.contains("  tracker  https://a.test/count?u=1\n"),
        "{shown}"
    );
    // Who counts is not called again.
    assert_eq!(images(&added(&test, &[])), [0, 0, 0, 1]);
    assert_eq!(test.count("a.test/count?u=1"), 1);
    assert_eq!(images(&added(&test, &["--refresh"]))[3], 1);
    assert_eq!(test.count("a.test/count?u=1"), 2);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_tracker_is_kept_where_somebody_asks_for_it_and_from_then_on() {
    let test = Test::new();
    serve_page(&test, "<img src=count>");
    test.serve("a.test/count", Reply::ok("image/gif", PIXEL));
    assert_eq!(images(&added(&test, &["--keep-trackers"])), [1, 0, 0, 0]);
    assert_eq!(images(&added(&test, &["--refresh"])), [1, 0, 0, 0]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_pixel_that_shows_something_is_kept() {
    let test = Test::new();
    serve_page(
        &test,
        "<link rel=icon href=icon><p style='background:url(line)'><img src=two><img src=both><p style='background:url(both)'>",
    );
    for name in ["icon", "line", "both"] {
        test.serve(&format!("a.test/{name}"), Reply::ok("image/gif", PIXEL));
    }
    let mut two = PIXEL.to_vec();
    two[6] = 2;
    test.serve("a.test/two", Reply::ok("image/gif", two));
    assert_eq!(images(&added(&test, &[])), [4, 0, 0, 0]);
}

#[test]
fn a_pixel_in_the_place_of_a_picture_that_is_here_does_not_replace_it() {
    let test = Test::new();
    serve_page(&test, "<img src=1.png>");
    test.serve_image("a.test/1.png", "plain.png");
    added(&test, &[]);
    test.serve("a.test/1.png", Reply::ok("image/gif", PIXEL));
    assert_eq!(images(&added(&test, &["--refresh"])), [0, 0, 1, 0]);
}

#[test]
fn a_placeholder_is_missing_and_never_replaces_a_picture() {
    let test = Test::new();
    serve_page(&test, "<img src=1.png>");
    test.serve_image("a.test/1.png", "plain.png");
    added(&test, &[]);
    let blobs = test.blobs();
    serve_page(
        &test,
        "<img src=1.png><img src=https://wx1.sinaimg.cn/large/2.jpg>",
    );
    let gone = "https://wx1.sinaimg.cn/images/default_d_h_large.gif#101";
    test.serve("a.test/1.png", Reply::redirect(302, gone));
    test.serve("wx1.sinaimg.cn/large/2.jpg", Reply::redirect(302, gone));
    test.serve_image("wx1.sinaimg.cn/images/default_d_h_large.gif", "plain.gif");
    let article = added(&test, &["--refresh"]);
    assert_eq!(images(&article), [0, 1, 1, 0], "{article}");
    assert_eq!(article["missing"][0]["why"], "placeholder");
    assert!(blobs.iter().all(|blob| test.blobs().contains(blob)));
    assert_eq!(test.blobs().len(), blobs.len() + 1, "the new page alone");
    let told = test.add(&["--refresh", PAGE]);
    told.expect_code(1, &["1 image missing (1 placeholder)"]);
    test.assert_sound();
}

#[test]
fn the_same_picture_for_many_addresses_is_told_once() {
    let test = Test::new();
    let names: Vec<String> = (0..12).map(|number| format!("{number}.png")).collect();
    serve_page(&test, &page_with(&names));
    for name in &names {
        test.serve_image(&format!("a.test/{name}"), "plain.png");
    }
    let objects = test.add_json(&["--jobs", "1", PAGE]);
    let told = events(&objects, "same-bytes");
    let digest = offprint::digest::Digest::of(&image("plain.png")).to_string();
    let expected = json!({
        "event": "same-bytes", "host": "a.test", "digest": digest, "addresses": 8, "example": "https://a.test/7.png",
    });
    assert_eq!(told, [&expected]);
    let again = test.add(&["--refresh", PAGE]);
    again.expect_code(
        0,
        &[
            "note a.test gave the same picture for 8 addresses, such as https://a.test/",
            &format!("  [[placeholder]]\n  name = \"a.test\"\n  sha256 = \"{digest}\"\n"),
        ],
    );
}

#[test]
fn the_configuration_names_placeholders_and_keeps_trackers() {
    let test = Test::new();
    serve_page(&test, &page_with(["1.png", "2.png", "count"]));
    test.serve_image("a.test/1.png", "plain.png");
    test.serve_image("a.test/2.png", "plain.gif");
    test.serve("a.test/count", Reply::ok("image/gif", PIXEL));
    let digest = offprint::digest::Digest::of(&image("plain.gif"));
    let placeholder = format!("[[placeholder]]\nname = 'mine'\nsha256 = '{digest}'\n");
    test.write(
        "offprint.toml",
        format!("keep-trackers = true\n{placeholder}"),
    );
    let article = added(&test, &[]);
    assert_eq!(images(&article), [2, 1, 0, 0]);
    let missing = json!([{"url": "https://a.test/2.png", "why": "placeholder", "status": 200}]);
    assert_eq!(article["missing"], missing);
    test.write(
        "offprint.toml",
        "[[placeholder]]\nname = 'mine'\nhost = 'a.test'\n",
    );
    test.add(&[PAGE]).expect_code(
        2,
        &["offprint.toml:1:1: a placeholder needs a `sha256`, or a `host`"],
    );
}
