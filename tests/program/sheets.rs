//! Do pages keep their look: stylesheets, what they import at any depth, and what these show?

use encoding_rs::GBK;

use crate::origin::Reply;
use crate::pages::{UTF_8, html, with_images};
use crate::test::Test;

fn css(text: impl Into<Vec<u8>>) -> Reply {
    Reply::ok("text/css", text)
}

/// Returns the relinked stylesheets of the archive.
fn derived(test: &Test) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for snapshot in test.snapshots() {
        let folder = snapshot.path.to_string();
        let folder = folder.split("/snapshots/").next().unwrap().to_owned();
        let record = test.archived(&format!("{folder}/view.json"));
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
        for name in record["derived"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            if let Some((digest, "css")) = name.split_once('.') {
                assert_eq!(digest.len(), 64);
                found.push(test.archived(&format!("derived/sha256/{}/{name}", &name[..2])));
            }
        }
    }
    found
}

fn texts(test: &Test) -> Vec<String> {
    let sheets = derived(test).into_iter();
    sheets
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect()
}

/// A page with a stylesheet, which imports two others, one of them from another host.
fn look() -> Test {
    let test = with_images();
    let page = "<!doctype html><title>L</title><link rel=stylesheet href=css/a.css crossorigin integrity=sha256-x>\
                <style>@import 'css/a.css'; p { background: url(1.png) }</style><p>";
    test.serve("a.test/x", html(UTF_8, page));
    test.serve(
        "a.test/css/a.css",
        css("@import \"sub/b.css\"; @import url(//b.test/c.css) print;\ni { background: url(../2.png) }"),
    );
    test.serve(
        "a.test/css/sub/b.css",
        css("b { background: url(../../3.png) } @font-face { font-family: F; src: url(f.woff2) }"),
    );
    test.serve(
        "b.test/c.css",
        css("u { background: image-set('4.png' 1x, 'data:,x' 2x) }"),
    );
    test.serve(
        "a.test/css/sub/f.woff2",
        Reply::ok("font/woff2", b"wOF2 a font".as_slice()),
    );
    test
}

#[test]
fn imports_are_followed_each_with_its_own_base() {
    let test = look();
    test.add(&["https://a.test/x"])
        .expect_code(0, &["images: 8 kept"]);
    let mut requested = test.requested();
    requested.sort();
    let expected = [
        "a.test/1.png",
        "a.test/2.png",
        "a.test/3.png",
        "a.test/css/a.css",
        "a.test/css/sub/b.css",
        "a.test/css/sub/f.woff2",
        "a.test/x",
        "b.test/4.png",
        "b.test/c.css",
    ];
    assert_eq!(requested, expected);
    let view = test.view("index.html");
    assert_eq!(
        view.matches("../../../../derived/sha256/").count(),
        2,
        "{view}"
    );
    assert!(view.contains("data-offprint-integrity"), "{view}");
    let sheets = texts(&test);
    assert_eq!(sheets.len(), 3, "{sheets:?}");
    for sheet in &sheets {
        assert!(
            !sheet.contains(".png)") || sheet.contains("url(../../../blobs/sha256/"),
            "{sheet}"
        );
        assert!(!sheet.contains("//b.test"), "{sheet}");
    }
    let importing = sheets
        .iter()
        .find(|sheet| sheet.contains("@import"))
        .unwrap();
    assert_eq!(importing.matches("../../../derived/sha256/").count(), 2);
    assert!(importing.contains(") print;"), "{importing}");
    assert_eq!(test.assert_sound(), 1);
    // Again: nothing has changed, and nothing is asked for that came without validators.
    test.add(&["https://a.test/x"])
        .expect_code(0, &["unchanged"]);
    assert_eq!(test.count("a.test/css/a.css"), 1);
}

#[test]
fn a_circle_of_imports_ends() {
    let test = with_images();
    test.serve(
        "a.test/x",
        html(
            UTF_8,
            "<title>C</title><link rel=stylesheet href=a.css><link rel=stylesheet href=b.css>",
        ),
    );
    test.serve(
        "a.test/a.css",
        css("@import 'b.css'; @import 'a.css'; a { background: url(1.png) }"),
    );
    test.serve(
        "a.test/b.css",
        css("@import 'a.css#again'; b { background: url(2.png) }"),
    );
    test.add(&["https://a.test/x"]).expect_code(0, &["4 kept"]);
    assert_eq!(test.requested().len(), 5);
    let sheets = texts(&test);
    assert_eq!(sheets.len(), 2, "{sheets:?}");
    let imports: usize = sheets
        .iter()
        .map(|sheet| sheet.matches("@import").count())
        .sum();
    assert_eq!(imports, 1, "{sheets:?}");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_sheet_is_read_in_its_own_encoding_or_that_of_its_page() {
    let test = with_images();
    let page = GBK.encode("<meta charset=gbk><title>题</title><link rel=stylesheet href=a.css><link rel=stylesheet href=b.css><p>").0;
    test.serve("a.test/x", html("text/html", page.as_ref()));
    let sheet = ".题 { background: url('1.png?图') }";
    test.serve("a.test/a.css", css(GBK.encode(sheet).0.as_ref()));
    test.serve(
        "a.test/b.css",
        Reply::ok(
            "text/css; charset=utf-8",
            sheet.replace('1', "2").as_bytes(),
        ),
    );
    test.serve_image("a.test/1.png?%CD%BC", "plain.png");
    test.serve_image("a.test/2.png?%E5%9B%BE", "plain.gif");
    test.add(&["https://a.test/x"]).expect_code(0, &["4 kept"]);
    let sheets = derived(&test);
    let says = |charset: &str| {
        let start = format!("@charset \"{charset}\";");
        sheets
            .iter()
            .find(|sheet| sheet.starts_with(start.as_bytes()))
    };
    let own = GBK.encode(".题 { background: url('").0.into_owned();
    let gbk = says("GBK").unwrap();
    assert!(gbk.windows(own.len()).any(|window| window == own));
    assert!(says("UTF-8").is_some());
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn what_a_sheet_lacks_is_told_and_leads_nowhere() {
    let test = with_images();
    let page = "<title>M</title><link rel=stylesheet href=a.css><link rel=stylesheet href=gone.css><link rel=stylesheet href=page.css><p>";
    test.serve("a.test/x", html(UTF_8, page));
    test.serve("a.test/a.css", css("@import 'lost.css'; a { background: url(gone.png) } b { background: url(1.png) } @font-face { src: url(gone.woff) }"));
    test.serve(
        "a.test/page.css",
        html(UTF_8, "<!doctype html><p>Not found"),
    );
    let ran = test.add(&["https://a.test/x", "--json"]);
    ran.expect_code(1, &[]);
    let article = ran
        .objects()
        .into_iter()
        .find(|it| it["event"] == "article")
        .unwrap();
    let missing: Vec<_> = article["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["url"].as_str().unwrap().to_owned(),
                it["why"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("https://a.test/gone.css", "http-status"),
        ("https://a.test/page.css", "html-instead"),
        ("https://a.test/lost.css", "http-status"),
        ("https://a.test/gone.png", "http-status"),
        ("https://a.test/gone.woff", "http-status"),
    ];
    assert_eq!(
        missing,
        expected.map(|(url, why)| (url.to_owned(), why.to_owned()))
    );
    let view = test.view("index.html");
    assert_eq!(view.matches("data-offprint-href").count(), 2, "{view}");
    let sheets = texts(&test);
    assert_eq!(sheets.len(), 1);
    assert!(
        !sheets[0].contains("@import") && !sheets[0].contains("url(gone"),
        "{sheets:?}"
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_sheet_that_changes_makes_a_new_snapshot_and_one_that_goes_is_carried() {
    let test = look();
    test.add(&["https://a.test/x"])
        .expect_code(0, &["captured"]);
    test.serve(
        "a.test/css/sub/b.css",
        css("b { background: url(../../5.png) }"),
    );
    test.add(&["https://a.test/x", "--refresh"])
        .expect_code(0, &["captured"]);
    assert!(
        texts(&test)
            .iter()
            .any(|sheet| sheet.starts_with("b { background"))
    );
    test.serve("a.test/css/sub/b.css", Reply::not_found());
    test.serve("a.test/css/a.css", Reply::not_found());
    test.add(&["https://a.test/x", "--refresh"])
        .expect_code(0, &["unchanged"]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_relinked_sheet_that_is_lost_is_made_again() {
    let test = look();
    test.add(&["https://a.test/x"])
        .expect_code(0, &["captured"]);
    std::fs::remove_dir_all(test.path("archive/derived")).unwrap();
    test.run(&["verify"]).expect_code(1, &["derived-missing"]);
    test.add(&["https://a.test/x"])
        .expect_code(0, &["unchanged"]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn stylesheets_beyond_reason_are_not_asked_for() {
    let test = with_images();
    let links = (0..300).map(|number| format!("<link rel=stylesheet href={number}.css>"));
    let page = format!("<title>C</title>{}<p>", links.collect::<String>());
    test.serve("a.test/x", html(UTF_8, page));
    for number in 0..300 {
        let sheet = format!("@import '{}.css'; p {{ color: red }}", number + 300);
        test.serve(&format!("a.test/{number}.css"), css(sheet));
    }
    let ran = test.add(&["https://a.test/x"]);
    ran.expect_code(1, &["256 kept", "256.css (too-many)"]);
    assert_eq!(test.requested().len(), 257);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn sheets_that_a_script_would_have_switched_on_are_shown() {
    let test = with_images();
    let page = "<!doctype html><title>S</title><link rel=preload as=style href=a.css onload=\"this.onload=null;this.rel='stylesheet'\">\
                <noscript><link rel=stylesheet href=a.css></noscript>\
                <link rel=stylesheet href=b.css media=print onload=\"this.media='all'\">\
                <noscript><link rel=stylesheet href=b.css></noscript><noscript><link rel=stylesheet href=c.css></noscript><p>";
    test.serve("a.test/x", html(UTF_8, page));
    for name in ["a", "b", "c"] {
        test.serve(
            &format!("a.test/{name}.css"),
            css(format!("{name} {{ color: red }}")),
        );
    }
    test.add(&["https://a.test/x"]).expect_code(0, &["3 kept"]);
    let view = test.view("index.html");
    // What is shown by itself need not be shown by a browser without scripts as well.
    let shown = view
        .split("<noscript>")
        .map(|part| part.rsplit("</noscript>").next().unwrap())
        .collect::<String>();
    assert_eq!(shown.matches("<link rel=stylesheet ").count(), 3, "{view}");
    let here = shown.matches(" href=../../../../derived/").count();
    assert_eq!(here, 3, "{view}");
    assert!(shown.contains("data-offprint-media=print"), "{view}");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_view_that_holds_a_picture_itself_is_verified_like_any_other() {
    let test = with_images();
    let page = "<title>M</title><link rel=stylesheet href=a.css><p style='mask-image:url(1.png)'>";
    test.serve("a.test/x", html(UTF_8, page));
    test.serve("a.test/a.css", css("i { mask: url(2.png) }"));
    test.add(&["https://a.test/x"]).expect_code(0, &["3 kept"]);
    assert!(
        test.view("index.html")
            .contains("mask-image:url(data:image/png;base64,")
    );
    assert!(texts(&test)[0].contains("mask: url(data:image/png;base64,"));
    assert_eq!(test.assert_sound(), 1);
    let ran = test.run(&["verify", "--json"]);
    let summary = ran.objects().pop().unwrap();
    assert_eq!(
        (&summary["views"], &summary["not_checked"]),
        (&1.into(), &0.into())
    );
}
