//! Does what a source says of its articles and of its host count for these, and for no others?

use std::fs;

use serde_json::{Value, json};

use crate::mirrored::{mirror, objects, rss, with};
use crate::origin::{Body, Reply};
use crate::ran::events;
use crate::test::Test;

/// Returns a test with two feeds, of `a.test` and of `b.test`, each of one article with one image of `img.offprint.test`; the source of the
/// first says this.
fn saying(words: &str) -> Test {
    let test = with(&format!(
        "[[source]]\nurl = 'https://a.test/feed'\n{words}\n[[source]]\nurl = 'https://b.test/feed'\n"
    ));
    for name in ["a", "b"] {
        let page = format!("https://{name}.test/page");
        test.serve(
            &format!("{name}.test/feed"),
            rss(&[(&format!("entry-of-{name}"), &page)]),
        );
        let image = format!("https://img.offprint.test/{name}.png");
        test.serve(
            &format!("{name}.test/page"),
            Reply::ok("text/html", format!("<title>P</title><img src={image}>")),
        );
        test.serve_image(&format!("img.offprint.test/{name}.png"), "baseline.jpg");
    }
    test
}

/// Returns what was told of the article at `input`.
#[track_caller]
fn article(objects: &[Value], input: &str) -> Value {
    let articles = events(objects, "article").into_iter();
    let mut told = articles.filter(|article| article["input"] == input);
    told.next().unwrap().clone()
}

/// Returns why the only image of each article is missing.
#[track_caller]
fn missing(objects: &[Value]) -> [Value; 2] {
    ["https://a.test/page", "https://b.test/page"]
        .map(|input| article(objects, input)["missing"][0]["why"].clone())
}

#[test]
fn limits_are_those_of_the_source() {
    let test = saying("max-bytes = '400'");
    let image = fs::metadata("tests/specimens/images/baseline.jpg");
    assert!(
        image.is_ok_and(|it| it.len() > 400),
        "it is larger than is allowed"
    );
    assert_eq!(
        missing(&objects(&test, 0)),
        [json!("too-large"), Value::Null]
    );

    // What a source says counts whatever is said of all.
    let test = saying("max-bytes = '1M'\nmax-article-bytes = '1G'");
    let ran = mirror(&test, &["--json", "--max-bytes", "400"]);
    assert_eq!(missing(&ran.objects()), [Value::Null, json!("too-large")]);

    let test = saying("max-article-bytes = '1'");
    let two =
        "<title>P</title><img src=//img.offprint.test/a.png><img src=//img.offprint.test/b.png>";
    test.serve("a.test/page", Reply::ok("text/html", two));
    let ran = mirror(&test, &["--json", "--jobs", "1"]);
    assert_eq!(
        missing(&ran.objects()),
        [json!("article-too-large"), Value::Null]
    );
}

#[test]
fn its_time_is_that_of_the_source() {
    let test = saying("timeout = '200ms'");
    test.serve("a.test/page", Reply::new(200, Body::Silence));
    let told = objects(&test, 0);
    let error = article(&told, "https://a.test/page")["error"].clone();
    assert!(
        error.as_str().unwrap().contains("it took too long"),
        "{error}"
    );
    test.serve("a.test/feed", Reply::new(200, Body::Silence));
    let told = objects(&test, 1);
    let error = &events(&told, "source")[0]["error"];
    assert!(
        error.as_str().unwrap().contains("it took too long"),
        "{error}"
    );
}

#[test]
fn header_fields_go_to_the_host_of_the_source_alone() {
    let test = saying("headers = ['X-Key: hush', 'Accept-Language: ja']");
    let ran = mirror(&test, &["-v"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
    for request in test.origin.log() {
        let is_own = request.host.starts_with("a.test");
        assert_eq!(
            request.header("x-key"),
            is_own.then_some("hush"),
            "{request:?}"
        );
        assert_eq!(request.header("accept-language"), is_own.then_some("ja"));
    }
    let listed = test.run(&["--json", "mirror", "list"]);
    assert!(!listed.stdout.contains("hush"), "{}", listed.stdout);
    assert_eq!(listed.objects()[0]["headers"], 2);
}

#[test]
fn what_hosts_are_told_is_what_the_source_says() {
    let test = saying("referrer = 'page'");
    objects(&test, 0);
    let told = |path: &str| {
        let log = test.origin.log();
        let request = log.iter().find(|request| request.path == path).unwrap();
        request.header("referer").map(str::to_owned)
    };
    assert_eq!(told("/a.png").as_deref(), Some("https://a.test/page"));
    assert_eq!(told("/b.png"), None);
    // The feed is asked for without a word, and so is the page.
    assert_eq!((told("/feed"), told("/page")), (None, None));
}

#[test]
fn robots_are_obeyed_as_the_source_says() {
    let forbidding = || Reply::ok("text/plain", "user-agent: *\ndisallow: /page\n");
    let test = saying("robots = 'ignore'");
    for host in ["a.test", "b.test"] {
        test.serve(&format!("{host}/robots.txt"), forbidding());
    }
    let told = objects(&test, 0);
    let outcome = |told: &[Value], input| article(told, input)["outcome"].clone();
    assert_eq!(outcome(&told, "https://a.test/page"), "captured");
    assert_eq!(outcome(&told, "https://b.test/page"), "failed");

    let test = saying("robots = 'honour'");
    test.serve(
        "img.offprint.test/robots.txt",
        Reply::ok("text/plain", "user-agent: *\ndisallow: /\n"),
    );
    assert_eq!(missing(&objects(&test, 0)), [json!("robots"), Value::Null]);
}

#[test]
fn tags_are_recorded_and_shown() {
    let test = saying(
        "tags = ['日本', 'news', 'news']\n[[source]]\nurl = 'https://a.test/page'\nkind = 'page'\ntags = ['mine']",
    );
    objects(&test, 0);
    let listed = test.run(&["--json", "list"]).objects();
    let tags = |source: &str| {
        let row = listed.iter().find(|row| row["source"] == source);
        row.unwrap()["tags"].clone()
    };
    assert_eq!(tags("https://a.test/page"), json!(["mine", "news", "日本"]));
    assert_eq!(tags("https://b.test/page"), json!([]));
    let shown = test.run(&["show", "https://a.test/page"]);
    assert!(
        shown.stdout.contains("  tags       mine, news, 日本\n"),
        "{}",
        shown.stdout
    );
    // Another tag is no other article.
    let written = fs::read_to_string(test.path("offprint.toml")).unwrap();
    test.write("offprint.toml", written.replace("'mine'", "'yours'"));
    let told = objects(&test, 0);
    assert_eq!(
        article(&told, "https://a.test/page")["outcome"],
        "unchanged"
    );
    test.assert_sound();
}

#[test]
fn what_is_wanted_is_written_and_listed() {
    let test = Test::new();
    let words = [
        "--tag",
        "news",
        "--tag",
        "日本",
        "--timeout",
        "20s",
        "--max-bytes",
        "10M",
        "--max-article-bytes",
        "1G",
        "--per-host",
        "2",
        "--delay",
        "1500ms",
        "--robots",
        "honour",
        "--referrer",
        "origin",
    ];
    test.run(&[&["mirror", "add", "https://a.test/feed"][..], &words].concat())
        .expect_code(0, &["is a source now"]);
    assert_eq!(
        fs::read_to_string(test.path("offprint.toml")).unwrap(),
        "[[source]]\nurl = \"https://a.test/feed\"\ntags = [\"news\", \"日本\"]\ntimeout = \"20s\"\nmax-bytes = \"10M\"\n\
         max-article-bytes = \"1G\"\ndelay = \"1500ms\"\nrobots = \"honour\"\nreferrer = \"origin\"\nper-host = 2\n"
    );
    test.run(&["mirror", "list"]).expect(
        0,
        "-        https://a.test/feed  (tag news, tag 日本, robots honour, referrer origin, timeout 20s, max-bytes 10.0 MiB, \
         max-article-bytes 1.0 GiB, per-host 2, delay 1.5s)  @hourly, never yet, due now\n",
        "",
    );
    let listed = &test.run(&["--json", "mirror", "list"]).objects()[0];
    assert_eq!(listed["tags"], json!(["news", "日本"]));
    assert_eq!(
        (&listed["timeout"], &listed["delay"]),
        (&json!(20.0), &json!(1.5))
    );
    assert_eq!(
        (&listed["max_bytes"], &listed["per_host"]),
        (&json!(10 << 20), &json!(2))
    );
    for (words, flaw) in [
        (["--timeout", "soon"], "a duration is a number"),
        (["--max-bytes", "much"], "a size is a number"),
        (["--tag", ""], "a tag is a word or some"),
    ] {
        let ran = test.run(&[&["mirror", "add", "https://b.test/"][..], &words].concat());
        ran.expect_code(2, &[flaw]);
    }
}

/// Only `mirror` itself is a run, that begins and ends with its objects.
#[test]
fn commands_beside_the_run_print_no_objects_of_a_run() {
    let test = Test::new();
    for words in [
        &["mirror", "add"][..],
        &["mirror", "list", "--fly"],
        &["mirror", "add", "x", "--newest", "none"],
    ] {
        let ran = test.run(&[&["--json"], words].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
    }
    let ran = test.run(&["--json", "mirror", "--fly"]);
    assert_eq!((ran.code, ran.objects().len()), (Some(2), 2), "{ran:#?}");
}
