//! What do `extract` and `inspect` say of an input, without an archive?

use serde_json::{Value, json};

use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, image};

/// Runs a command that looks at an input, with every host led to the origin.
fn looking(test: &Test, arguments: &[&str]) -> Ran {
    let mut command = test.command(arguments);
    command.args(["--ca-cert", "ca.pem", "--resolve"]);
    Ran::of(
        command
            .arg(format!("*={}", test.origin.addr))
            .output()
            .unwrap(),
    )
}

/// Checks which references `extract` finds: kind and address.
#[track_caller]
fn check_references(test: &Test, arguments: &[&str], expected: &[(&str, &str)]) {
    let ran = looking(test, &[&["extract", "--json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let objects = ran.objects();
    let found: Vec<_> = objects
        .iter()
        .map(|it| {
            (
                it["kind"].as_str().unwrap(),
                it["url"].as_str().unwrap_or("-"),
            )
        })
        .collect();
    assert_eq!(found, expected, "{arguments:?}");
}

#[test]
fn of_a_page_on_the_web_the_document_alone_is_fetched() {
    let test = Test::new();
    test.serve("a.test/old", Reply::redirect(301, "https://b.test/new"));
    let page = "<link rel=stylesheet href=s.css><img src=1.png>";
    test.serve("b.test/new", Reply::ok("text/html", page));
    check_references(
        &test,
        &["https://a.test/old"],
        &[
            ("link-stylesheet", "https://b.test/s.css"),
            ("img-src", "https://b.test/1.png"),
        ],
    );
    assert_eq!(test.requested(), ["a.test/old", "b.test/new"]);
    let log = test.origin.log();
    assert!(log.iter().all(|it| it.header("referer").is_none()));
    assert!(!test.path("archive").exists());
    let gone = looking(&test, &["extract", "https://a.test/gone"]);
    gone.expect(
        2,
        "",
        "error: can't fetch https://a.test/gone: the server refused it (HTTP 404)\n",
    );
    let refused = test.run(&["extract", "http://10.0.0.1/"]);
    refused.expect_code(
        2,
        &["error: can't fetch http://10.0.0.1/: its address is not public"],
    );
}

#[test]
fn a_stylesheet_is_read_wherever_it_comes_from() {
    let test = Test::new();
    let css = "@import 'b.css';a{background:url(1.png)}";
    let found = [
        ("css-import", "https://a.test/css/b.css"),
        ("css-url", "https://a.test/css/1.png"),
    ];
    test.write("x.css", css);
    test.write("x.txt", css);
    test.serve("a.test/css/x", Reply::ok("text/css", css));
    let base = ["--base", "https://a.test/css/x"];
    check_references(&test, &[&base[..], &["x.css"]].concat(), &found);
    let told = ["--content-type", "text/css", "x.txt"];
    check_references(&test, &[&base[..], &told].concat(), &found);
    check_references(&test, &["https://a.test/css/x"], &found);
    test.add(&["x.css", "https://a.test/css/x"]).expect_code(
        1,
        &[
            "failed    x.css\n  └─ it is a stylesheet, which is no article by itself\n",
            "failed    https://a.test/css/x\n  └─ it is a stylesheet, which is no article by itself\n",
        ],
    );
}

#[test]
fn what_a_document_is_does_not_hang_on_its_name() {
    let test = Test::new();
    test.write(
        "saved.php",
        "<title>S</title><img src=https://a.test/1.png>",
    );
    test.write("post.txt", "---\ntitle: P\n---\n![](https://a.test/1.png)");
    test.serve_image("a.test/1.png", "plain.png");
    check_references(
        &test,
        &["saved.php"],
        &[("img-src", "https://a.test/1.png")],
    );
    check_references(
        &test,
        &["post.txt"],
        &[("markdown-image", "https://a.test/1.png")],
    );
    let as_page = ["--content-type", "text/html", "post.txt"];
    check_references(&test, &as_page, &[]);
    test.add(&["saved.php", "post.txt"])
        .expect_code(0, &["captured  S (images: 1 kept)\n", "captured  P ("]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn what_makes_no_references_is_no_empty_answer() {
    let test = Test::new();
    test.write("photo.md", image("plain.png"));
    test.write("map.xml", "<urlset></urlset>");
    test.write("words.txt", "words");
    for (input, error) in [
        (
            "photo.md",
            "photo.md is an image, in which no references are looked for\n  └─ its name ends in .md, but its bytes are image/png\n",
        ),
        (
            "map.xml",
            "map.xml is a sitemap, in which no references are looked for\n  └─ its root element is <urlset>\n",
        ),
        (
            "words.txt",
            "words.txt is no kind of document that Offprint reads, in which no references are looked for\n  └─ its bytes are text/plain\n",
        ),
        (
            "example.com/a",
            "example.com/a is neither an http(s) address nor a file\n",
        ),
        (
            "gone.md",
            "can't read gone.md\n  └─ No such file or directory (os error 2)\n",
        ),
        (
            "ftp://a.test/",
            "can't look at \"ftp://a.test/\"\n  └─ can't be fetched\n  └─ \"ftp://a.test/\" is not an http or https URL\n",
        ),
    ] {
        looking(&test, &["extract", input]).expect(2, "", &format!("error: {error}"));
    }
}

/// Returns the object that `inspect --json` prints, without what `expected` does not name.
#[track_caller]
fn check_inspected(test: &Test, arguments: &[&str], expected: &Value) {
    let ran = looking(test, &[&["inspect", "--json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let [object] = &ran.objects()[..] else {
        panic!("{ran:#?}")
    };
    let names = expected.as_object().unwrap().keys();
    let told: Value = names
        .map(|name| (name.clone(), object[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(told, *expected, "{object:#}");
    assert_eq!(object["event"], "inspect");
}

#[test]
fn an_image_is_told_whole_or_broken() {
    let test = Test::new();
    let jpeg = image("baseline.jpg");
    test.write("whole.html", &jpeg);
    test.write("cut.jpg", &jpeg[..jpeg.len() / 2]);
    test.write("tail.png", [image("plain.png"), b"tail".to_vec()].concat());
    test.serve("a.test/i", Reply::ok("text/html", image("plain.png")));
    let whole = json!({
        "kind": "image",
        "because": ["its name ends in .html", "but its bytes are image/jpeg"],
        "mime": "image/jpeg",
        "complete": true,
        "flaw": null,
        "bytes": jpeg.len(),
        "source": null,
    });
    check_inspected(&test, &["whole.html"], &whole);
    let cut = json!({"mime": "image/jpeg", "complete": false, "flaw": "truncated", "flaw_at": jpeg.len() / 2, "trailing": 0});
    check_inspected(&test, &["cut.jpg"], &cut);
    let tail = json!({"complete": true, "trailing": 4, "frames": 1, "expected": null, "because": ["its bytes are image/png", "4 bytes follow its end, which is no flaw"]});
    check_inspected(&test, &["tail.png"], &tail);
    let on_web = json!({"kind": "image", "mime": "image/png", "complete": true, "source": "https://a.test/i", "content_type": "text/html"});
    check_inspected(&test, &["https://a.test/i"], &on_web);
    looking(&test, &["inspect", "cut.jpg"]).expect(
        0,
        &format!(
            "cut.jpg: an image\n  because      its bytes are image/jpeg\n  length       {} B\n  type         image/jpeg\n  \
             whole        no, cut off before its end\n  noticed      at byte {}\n  expected     the content of a segment\n  \
             pixels       3×2\n",
            jpeg.len() / 2,
            jpeg.len() / 2,
        ),
        "",
    );
}

#[test]
fn an_svg_that_is_no_xml_has_no_type() {
    let test = Test::new();
    test.write("cut.svg", "<svg width='9' height='7'><g>");
    let because = "it begins as image/svg+xml, but what is not well-formed to its end is no XML and so no SVG; browsers show \
                   none of it";
    let cut = json!({
        "kind": "image",
        "because": ["its bytes are image/svg+xml", because],
        "mime": null,
        "complete": false,
        "flaw": "truncated",
        "flaw_at": 29,
        "expected": "the end of the document element",
        "width": 9,
    });
    check_inspected(&test, &["cut.svg"], &cut);
    test.write("tail.svg", "<svg/>tail");
    let tail = json!({"mime": null, "flaw": "bad-structure", "flaw_at": 6});
    check_inspected(&test, &["tail.svg"], &tail);
}

#[test]
fn a_still_gif_without_its_trailer_is_kept_and_told() {
    let test = Test::new();
    let gif = image("plain.gif");
    test.write("cut.gif", &gif[..gif.len() - 1]);
    let because = "it is kept all the same: browsers show the whole of it";
    let cut = json!({
        "because": ["its bytes are image/gif", because],
        "complete": false,
        "flaw": "no-end-mark",
        "flaw_at": gif.len() - 1,
    });
    check_inspected(&test, &["cut.gif"], &cut);
}

#[test]
fn an_image_larger_than_any_article_streams_by() {
    let test = Test::new();
    let mut png = image("plain.png");
    let length = png.len() as u64;
    png.extend(vec![0; 40 << 20]);
    test.write("large.png", &png);
    let told = json!({"kind": "image", "complete": true, "bytes": length + (40 << 20)});
    check_inspected(&test, &["large.png"], &told);
    test.write("large.html", "<p>".repeat(12 << 20));
    let read_not = "but it is 36 MiB, more than the 32 MiB of the largest article, and not read";
    let told = json!({"kind": "page", "because": ["its name ends in .html", read_not]});
    check_inspected(&test, &["large.html"], &told);
    test.run(&["extract", "large.html"]).expect_code(
        2,
        &["error: large.html is 36 MiB, more than the 32 MiB of the largest article\n"],
    );
}

#[test]
fn a_data_uri_is_listed_and_stays_where_it_is() {
    let test = Test::new();
    let data = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
    let page = format!("<title>P</title><img src=\"{data}\"><p style='background:url({data})'>");
    test.write("page.html", &page);
    test.write("post.md", format!("![]({data})\n\n<img src=\"{data}\">\n"));
    check_references(&test, &["page.html"], &[("img-src", "-"), ("css-url", "-")]);
    check_references(
        &test,
        &["post.md"],
        &[("markdown-image", "-"), ("img-src", "-")],
    );
    test.add(&["post.md"])
        .expect_code(0, &["captured  post.md\n"]);
    for file in ["post.md", "index.html"] {
        let view = test.view(file);
        assert_eq!(view.matches(data).count(), 2, "{view}");
    }
}

#[test]
fn a_feed_is_listed_but_is_no_article() {
    let test = Test::new();
    test.write(
        "feed.xml",
        "<rss><item><link>https://e.test/a/</link><enclosure url='https://a.test/1.png'/>\
         <description>&lt;img src=&quot;2.png&quot;&gt;</description></item></rss>",
    );
    check_references(
        &test,
        &["feed.xml"],
        &[
            ("feed-enclosure", "https://a.test/1.png"),
            ("img-src", "https://e.test/a/2.png"),
        ],
    );
    test.write(
        "feed.json",
        r#"{"version": "https://jsonfeed.org/version/1.1", "items": [{"content_html": "<img src=\"https:\/\/a.test\/1.png\">"}]}"#,
    );
    check_references(
        &test,
        &["feed.json"],
        &[("img-src", "https://a.test/1.png")],
    );
    test.serve(
        "a.test/feed",
        Reply::ok("application/rss+xml", "<rss></rss>"),
    );
    let ran = test.add(&["https://a.test/feed"]);
    ran.expect_code(1, &["failed"]);
}

#[test]
fn the_entries_of_a_feed_are_listed() {
    let test = Test::new();
    test.write(
        "feed.xml",
        "<rss><channel><item><title>One</title><link>https://a.test/1</link><guid isPermaLink='false'>id-1</guid>\
         <pubDate>Tue, 10 Jun 2003 09:41:01 GMT</pubDate><dc:creator>A</dc:creator>\
         <content:encoded>&lt;p&gt;x</content:encoded><enclosure url='/1.mp3' type='audio/mpeg'/></item>\
         <item><title>Two</title></item></channel></rss>",
    );
    let ran = looking(
        &test,
        &["inspect", "--base", "https://a.test/feed", "feed.xml"],
    );
    assert!(
        ran.stdout.ends_with(
            "  entries      2\n    2003-06-10 One\n               https://a.test/1\n               known as id-1\n               \
             carries content:encoded, 4 B\n               encloses https://a.test/1.mp3 (audio/mpeg)\n    -          Two\n               \
             (no address)\n"
        ),
        "{ran:#?}"
    );
    let entry = json!({
        "url": "https://a.test/1", "id": "id-1", "title": "One", "published": "2003-06-10T09:41:01Z", "modified": null,
        "author": "A", "content": {"carrier": "content:encoded", "form": "html", "bytes": 4},
        "enclosures": [{"url": "https://a.test/1.mp3", "media": "audio/mpeg", "image": false}],
    });
    let two = json!({
        "url": null, "id": null, "title": "Two", "published": null, "modified": null, "author": null, "content": null,
        "enclosures": [],
    });
    let feed = json!({"kind": "feed", "entries": [entry, two], "flaw": null});
    check_inspected(&test, &["--base", "https://a.test/feed", "feed.xml"], &feed);
}

#[test]
fn a_document_is_told_as_it_is_read() {
    let test = Test::new();
    test.write(
        "page.html",
        b"<meta charset=gbk><title>\xcd\xbc</title><base href=/d/><img src=1><img src=2><p style='background:url(3)'>",
    );
    let page = json!({
        "kind": "page",
        "title": "图",
        "charset": "GBK",
        "charset_from": "meta",
        "base": "https://a.test/d/",
        "source": "https://a.test/x",
        "front_matter": null,
        "references": {"img-src": 2, "css-url": 1},
    });
    check_inspected(&test, &["--base", "https://a.test/x", "page.html"], &page);
    test.write(
        "post.md",
        "+++\ntitle = 'P'\ncover = 'https://a.test/1.png'\n+++\n![](https://a.test/2.png)\n",
    );
    let post = json!({
        "kind": "post",
        "because": ["its name ends in .md"],
        "title": "P",
        "charset": "UTF-8",
        "charset_from": "detection",
        "front_matter": {"language": "toml", "flaw": null},
        "references": {"front-matter": 1, "markdown-image": 1},
    });
    check_inspected(&test, &["post.md"], &post);
    let style = json!({"kind": "style", "charset": "windows-1252", "charset_from": "content-type", "references": {"css-url": 1}});
    test.write("a", "a{background:url(1)}");
    check_inspected(
        &test,
        &["--content-type", "text/css;charset=latin1", "a"],
        &style,
    );
    looking(&test, &["inspect", "page.html"]).expect(
        0,
        "page.html: an HTML page\n  because      its name ends in .html\n  length       101 B\n  title        图\n  \
         charset      GBK (by its <meta>)\n  references   2 img-src, 1 css-url\n",
        "",
    );
}

#[test]
fn anything_is_taken_for_something() {
    let test = Test::new();
    test.write(
        "feed.xml",
        "<?xml version='1.0'?><rss version='2.0'><channel/></rss>",
    );
    test.write("map.xml", "<urlset/>");
    test.write("words", "words");
    test.write("empty", "");
    for (input, kind) in [
        ("feed.xml", "feed"),
        ("map.xml", "sitemap"),
        ("words", "other"),
        ("empty", "other"),
    ] {
        check_inspected(&test, &[input], &json!({"kind": kind}));
    }
    looking(&test, &["inspect", "feed.xml"]).expect(
        0,
        "feed.xml: a feed\n  because      its root element is <rss>\n  length       56 B\n  \
         charset      UTF-8 (nothing declares another)\n  references   none\n  entries      0\n",
        "",
    );
    looking(&test, &["inspect", "gone.png"]).expect(
        2,
        "",
        "error: gone.png is neither an http(s) address nor a file\n",
    );
    std::fs::create_dir(test.path("folder")).unwrap();
    looking(&test, &["inspect", "folder"]).expect(2, "", "error: folder is not a file\n");
}
