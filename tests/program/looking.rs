//! What do `extract` and `inspect` say of an input, without an archive?

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
        &[("img-src", "https://b.test/1.png")],
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
    test.write("feed.xml", "<rss version='2.0'></rss>");
    test.write("words.txt", "words");
    for (input, error) in [
        (
            "photo.md",
            "photo.md is an image, in which no references are looked for\n  └─ its name ends in .md, but its bytes are image/png\n",
        ),
        (
            "feed.xml",
            "feed.xml is a feed, in which no references are looked for\n  └─ its root element is <rss>\n",
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
