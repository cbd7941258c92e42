//! Does `mirror` bring the archive up to date with its sources, whatever becomes of one of them?

use std::fs::{self, File};
use std::process::Command;

use offprint::digest::Digest;
use serde_json::{Value, json};

use crate::origin::{Body, Reply, gzip};
use crate::ran::{Ran, events};
use crate::test::{Test, page_with};

/// Returns `offprint mirror --json` with every host led to the origin.
pub(crate) fn mirroring(test: &Test, arguments: &[&str]) -> Command {
    let mut command = test.command(&["mirror", "--ca-cert", "ca.pem", "--resolve"]);
    command
        .arg(format!("*={}", test.origin.addr))
        .args(["--retry-pause", "10ms", "--retries", "0"])
        .args(arguments);
    command
}

pub(crate) fn mirror(test: &Test, arguments: &[&str]) -> Ran {
    Ran::of(mirroring(test, arguments).output().unwrap())
}

/// Runs `offprint mirror --json`, and returns its objects.
#[track_caller]
pub(crate) fn objects(test: &Test, code: i32) -> Vec<Value> {
    let ran = mirror(test, &["--json"]);
    assert_eq!(ran.code, Some(code), "{ran:#?}");
    ran.objects()
}

/// Returns what was told of the sources: kind, outcome, how many articles they name and how many were captured of them.
pub(crate) fn sources(objects: &[Value]) -> Vec<Value> {
    let told = events(objects, "source").into_iter();
    told.map(|it| json!([it["kind"], it["outcome"], it["listed"], it["wanted"]]))
        .collect()
}

/// Returns the inputs of the articles with this outcome, sorted.
pub(crate) fn articles(objects: &[Value], outcome: &str) -> Vec<String> {
    let articles = events(objects, "article").into_iter();
    let mut inputs: Vec<String> = articles
        .filter(|article| article["outcome"] == outcome)
        .map(|article| article["input"].as_str().unwrap().to_owned())
        .collect();
    inputs.sort();
    inputs
}

pub(crate) fn html(title: &str) -> Reply {
    let page = page_with(["/i.png"]).replace("<title>P", &format!("<title>{title}"));
    Reply::ok("text/html", page).with("etag", &format!("\"{title}\""))
}

/// Returns a feed of three articles: `/a`, `/b` and `/c`.
pub(crate) fn rss_of_three() -> Reply {
    rss(&[
        ("entry-one", "/a"),
        ("entry-two", "/b"),
        ("entry-three", "/c"),
    ])
}

pub(crate) fn rss(items: &[(&str, &str)]) -> Reply {
    let items = items.iter().map(|(id, link)| {
        format!("<item><guid isPermaLink='false'>{id}</guid><link>{link}</link></item>")
    });
    let items: String = items.collect();
    let feed = format!("<rss version='2.0'><channel>{items}</channel></rss>");
    let etag = format!("\"{}\"", Digest::of(feed.as_bytes()));
    Reply::ok("application/rss+xml", feed).with("etag", &etag)
}

/// Returns a test with pages `a` to `c`, each with one image, and a configuration.
pub(crate) fn with(configuration: &str) -> Test {
    let test = Test::new();
    for name in ["a", "b", "c"] {
        test.serve(&format!("a.test/{name}"), html(name));
    }
    test.serve_image("a.test/i.png", "plain.png");
    test.write("offprint.toml", configuration);
    test
}

pub(crate) const FEED: &str = "[[source]]\nurl = 'https://a.test/feed'\n";

#[test]
fn a_feed_is_mirrored_and_what_did_not_change_costs_a_conditional_request() {
    let test = with(FEED);
    let entries = [
        ("entry-one", "https://a.test/a?utm_source=rss"),
        ("entry-two", "/b"),
    ];
    test.serve("a.test/feed", rss(&entries));
    let first = objects(&test, 0);
    assert_eq!(
        first[0],
        json!({"event": "start", "schema": 1, "command": "mirror"})
    );
    assert_eq!(sources(&first), [json!(["feed", "read", 2, 2])]);
    assert_eq!(
        articles(&first, "captured"),
        ["https://a.test/a", "https://a.test/b"]
    );
    let summary = first.last().unwrap();
    assert_eq!(
        summary["sources"],
        json!({"read": 1, "unchanged": 0, "failed": 0})
    );
    assert_eq!(summary["articles"]["captured"], 2);

    let before = test.origin.log().len();
    let second = objects(&test, 0);
    assert_eq!(sources(&second), [json!(["feed", "unchanged", 2, 2])]);
    assert_eq!(articles(&second, "unchanged").len(), 2);
    let log = test.origin.log();
    let conditional = log[before..]
        .iter()
        .filter(|it| it.path != "/robots.txt" && it.path != "/i.png");
    for request in conditional {
        assert!(request.header("if-none-match").is_some(), "{request:?}");
    }

    // Memory may be deleted: that costs requests, and nothing else.
    fs::remove_dir_all(test.path("archive/state/listings")).unwrap();
    assert_eq!(sources(&objects(&test, 0)), [json!(["feed", "read", 2, 2])]);
    let reports = fs::read_dir(test.path("archive/state/runs")).unwrap();
    assert_eq!(reports.count(), 3);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn an_entry_that_moved_is_the_same_article() {
    let test = with(FEED);
    let (moved, other) = ("https://a.test/c", "https://b.test/c");
    test.serve_each(
        "a.test/feed",
        [
            rss(&[
                ("entry-one", "https://a.test/a"),
                ("entry-two", "https://a.test/b"),
            ]),
            rss(&[("entry-one", moved), ("entry-two", "https://a.test/b")]),
            // Another host does not take an article over, and neither does another entry while it is named.
            rss(&[
                ("entry-one", other),
                ("entry-two", "https://a.test/d"),
                ("entry-three", "https://a.test/b"),
            ]),
        ],
    );
    test.serve("b.test/c", html("elsewhere"));
    test.serve("a.test/d", html("d"));
    let id = |objects: &[Value], input: &str| {
        let articles = events(objects, "article");
        let article = articles.iter().find(|it| it["input"] == input);
        article.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let first = objects(&test, 0);
    let second = objects(&test, 0);
    assert_eq!(id(&first, "https://a.test/a"), id(&second, moved));
    let third = objects(&test, 0);
    assert_ne!(id(&third, other), id(&second, moved));
    assert_ne!(
        id(&third, "https://a.test/d"),
        id(&first, "https://a.test/b")
    );
    test.assert_sound();
}

#[test]
fn sources_that_fail_are_results_beside_the_others() {
    let test = with(
        "[[source]]\nurl = 'https://a.test/gone'\n[[source]]\nurl = 'https://a.test/login'\nkind = 'feed'\n\
         [[source]]\npath = 'nowhere'\n[[source]]\nurl = 'https://a.test/half'\n[[source]]\nurl = 'https://a.test/c'\nkind = 'page'\n\
         [[source]]\nurl = 'https://a.test/missing'\nkind = 'page'\n[[source]]\nurl = 'https://a.test/text'\n",
    );
    test.serve("a.test/gone", Reply::new(410, Body::Fixed(Vec::new())));
    test.serve("a.test/missing", Reply::not_found());
    test.serve(
        "a.test/login",
        Reply::ok("text/html", "<title>Log in</title>"),
    );
    test.serve("a.test/text", Reply::ok("text/plain", "hello"));
    test.serve(
        "a.test/half",
        Reply::ok(
            "text/xml",
            "<rss><item><link>https://a.test/a</link></item><item><link>https://a",
        ),
    );
    let objects = objects(&test, 1);
    assert_eq!(
        articles(&objects, "captured"),
        ["https://a.test/a", "https://a.test/c"]
    );
    let errors: Vec<(String, String)> = events(&objects, "source")
        .iter()
        .map(|it| {
            let word = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            (word("source"), word("error"))
        })
        .collect();
    let expected = [
        ("https://a.test/gone", "HTTP 410"),
        ("https://a.test/login", "announces no feed"),
        (
            "nowhere",
            "nowhere is neither an http(s) address nor a file",
        ),
        ("https://a.test/half", "it breaks off before its end"),
        ("https://a.test/text", "it is no kind of document"),
        ("https://a.test/c", ""),
        ("https://a.test/missing", "HTTP 404"),
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:?}");
    for ((source, error), (expected_source, part)) in errors.iter().zip(expected) {
        assert_eq!(source, expected_source);
        assert!(
            error.contains(part) && (!part.is_empty() || error.is_empty()),
            "{error}"
        );
    }
    assert_eq!(objects.last().unwrap()["sources"]["failed"], 6);
    // Quiet is silent but for what needs a person.
    let quiet = mirror(&test, &["-q"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        quiet
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .count(),
        6,
        "{quiet:#?}"
    );
    test.assert_sound();
}

#[test]
fn a_page_that_is_gone_is_told_once() {
    let test = with("[[source]]\nurl = 'https://a.test/p'\nkind = 'page'\n");
    test.serve_each(
        "a.test/p",
        [
            html("P"),
            Reply::new(410, Body::Fixed(Vec::new())),
            Reply::new(410, Body::Fixed(Vec::new())),
            Reply::new(403, Body::Fixed(Vec::new())),
            html("P"),
            Reply::new(410, Body::Fixed(Vec::new())),
        ],
    );
    let told = |code| {
        let objects = objects(&test, code);
        let source = events(&objects, "source")[0].clone();
        let standing = events(&objects, "article")[0]["standing"].clone();
        (
            source["outcome"].clone(),
            source["error"].is_string(),
            standing,
        )
    };
    assert_eq!(told(0), (json!("read"), false, Value::Null));
    assert_eq!(told(1), (json!("failed"), true, json!("gone")));
    assert_eq!(told(0), (json!("unchanged"), false, json!("gone")));
    assert_eq!(told(1), (json!("failed"), true, json!("blocked")));
    assert_eq!(told(0), (json!("unchanged"), false, Value::Null));
    assert_eq!(told(1), (json!("failed"), true, json!("gone")));
    assert_eq!(test.assert_sound(), 1);
}

/// A feed that turns into a page (a login wall, a lander) is not archived as an article, and what it named stays.
#[test]
fn a_feed_that_turns_into_a_page_fails() {
    let test = with(FEED);
    test.serve_each(
        "a.test/feed",
        [rss(&[("entry-one", "https://a.test/a")]), html("log in")],
    );
    objects(&test, 0);
    let second = objects(&test, 1);
    let error = events(&second, "source")[0]["error"].as_str().unwrap();
    assert!(
        error.starts_with("it was a feed, and now it is an HTML page"),
        "{error}"
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn sitemaps_lead_to_sitemaps_and_to_themselves() {
    let test = with("[[source]]\nurl = 'https://a.test/sitemap.xml'\nexclude = ['/b']\n");
    let map = |what: &str, links: &[&str]| {
        let item = |link: &&str| {
            format!(
                "<{what}><loc>https://a.test/{link}</loc><lastmod>2020-01-01</lastmod></{what}>"
            )
        };
        links.iter().map(item).collect::<String>()
    };
    let index = map("sitemap", &["sitemap.xml", "packed.xml.gz", "gone.xml"]);
    test.serve(
        "a.test/sitemap.xml",
        Reply::ok("text/xml", format!("<sitemapindex>{index}</sitemapindex>")),
    );
    let packed = gzip(format!("<urlset>{}</urlset>", map("url", &["a", "b", "c"])).as_bytes());
    test.serve(
        "a.test/packed.xml.gz",
        Reply::ok("application/x-gzip", packed),
    );
    let first = objects(&test, 1);
    let error = events(&first, "source")[0]["error"].as_str().unwrap();
    assert!(error.starts_with("https://a.test/gone.xml: "), "{error}");
    assert_eq!(
        articles(&first, "captured"),
        ["https://a.test/a", "https://a.test/c"]
    );
    assert_eq!(test.count("a.test/sitemap.xml"), 1);
    // What was captured after it changed is not asked for again.
    let before = test.count("a.test/a");
    let second = objects(&test, 1);
    assert_eq!(sources(&second), [json!(["sitemap", "failed", 3, 0])]);
    assert_eq!(test.count("a.test/a"), before);
}

#[test]
fn outlines_lead_to_feeds_and_to_pages_that_announce_one() {
    let test = with("[[source]]\npath = 'mine.opml'\nnewest = 1\n");
    test.write(
        "mine.opml",
        "<opml><body><outline><outline xmlUrl='https://a.test/feed'/></outline><outline xmlUrl='https://a.test/blog/'/></body></opml>",
    );
    test.serve(
        "a.test/feed",
        rss(&[
            ("entry-one", "https://a.test/a"),
            ("entry-two", "https://a.test/b"),
        ]),
    );
    test.serve(
        "a.test/blog/",
        Reply::ok(
            "text/html",
            "<link rel=alternate type=application/rss+xml href=/feed2>",
        ),
    );
    test.serve("a.test/feed2", rss(&[("entry-three", "https://a.test/c")]));
    let objects = objects(&test, 0);
    assert_eq!(sources(&objects), [json!(["opml", "read", 3, 2])]);
    assert_eq!(
        articles(&objects, "captured"),
        ["https://a.test/a", "https://a.test/c"]
    );
}

/// What is larger than anything that names articles is not read to its end.
#[test]
fn a_feed_without_an_end_fails() {
    let test = with(FEED);
    let item = b"<item><link>https://a.test/a</link></item>".repeat(1000);
    let endless = Reply::new(200, Body::Endless(item)).with("content-type", "text/xml");
    test.serve("a.test/feed", endless);
    let objects = objects(&test, 1);
    let error = events(&objects, "source")[0]["error"].as_str().unwrap();
    assert_eq!(
        error,
        "it is larger than 50 MiB, the most that is read of what names articles"
    );
    let less = mirror(&test, &["--json", "--max-bytes", "1MiB"]);
    let told = less.objects();
    let error = events(&told, "source")[0]["error"].as_str().unwrap();
    assert!(error.contains("see --max-bytes"), "{error}");
}

/// The next run goes on where one that was killed in its commit was.
#[test]
fn a_run_that_is_killed_is_made_up_for() {
    let test = with(FEED);
    test.serve("a.test/feed", rss(&[("entry-one", "https://a.test/a")]));
    for step in ["BlobsNamed", "SnapshotsDurable"] {
        let mut command = mirroring(&test, &[]);
        let ran = Ran::of(command.env("OFFPRINT_ABORT_AT", step).output().unwrap());
        assert_eq!(ran.code, None, "{step}: {ran:#?}");
    }
    assert_eq!(
        sources(&objects(&test, 0)),
        [json!(["feed", "unchanged", 1, 1])]
    );
    assert_eq!(test.assert_sound(), 1);
}

/// What has not changed for long is asked for more rarely, unless its source says that it changed, or the user asks for it.
#[test]
fn an_article_is_asked_for_when_it_is_due() {
    let test = with(FEED);
    test.serve("a.test/feed", rss(&[("entry-one", "https://a.test/a")]));
    objects(&test, 0);
    let path = test.path("archive/state/asked.json");
    let asked: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let (name, times) = asked.as_object().unwrap().iter().next().unwrap();
    let now = times[0].as_i64().unwrap();
    fs::write(
        &path,
        json!({name: [now, now - 100 * 24 * 3600, false]}).to_string(),
    )
    .unwrap();
    assert_eq!(
        sources(&objects(&test, 0)),
        [json!(["feed", "unchanged", 1, 0])]
    );
    let ran = mirror(&test, &["--json", "--refresh"]);
    assert_eq!(articles(&ran.objects(), "unchanged").len(), 1);
    fs::write(&path, "what is this").unwrap();
    assert_eq!(
        sources(&objects(&test, 0)),
        [json!(["feed", "unchanged", 1, 1])]
    );
}

#[test]
fn folders_and_lists_are_sources() {
    let test = with(
        "[[source]]\npath = 'posts'\nexclude = ['*draft*']\n[[source]]\npath = 'list.txt'\nkind = 'list'\n\
         [[source]]\nurl = 'https://a.test/list'\nkind = 'list'\n",
    );
    test.write("posts/one.md", "# One\n");
    test.write("posts/draft.md", "# Draft\n");
    test.write("list.txt", "# mine\nhttps://a.test/a\n");
    test.write("secret.md", "# Secret\n");
    test.serve(
        "a.test/list",
        Reply::ok("text/plain", "https://a.test/b\nsecret.md\n"),
    );
    let objects = objects(&test, 1);
    assert_eq!(
        articles(&objects, "captured"),
        ["https://a.test/a", "https://a.test/b", "posts/one.md"]
    );
    let list = events(&objects, "source")[2];
    assert_eq!(list["error"], "line 2 is no http(s) address");
}

#[test]
fn robots_are_obeyed_for_what_is_crawled() {
    let test = with(FEED);
    test.serve(
        "a.test/robots.txt",
        Reply::ok(
            "text/plain",
            "user-agent: *\ndisallow: /a\ndisallow: /feed\n",
        ),
    );
    test.serve(
        "a.test/feed",
        rss(&[
            ("entry-one", "https://a.test/a"),
            ("entry-two", "https://a.test/b"),
        ]),
    );
    let told = objects(&test, 0);
    assert_eq!(articles(&told, "captured"), ["https://a.test/b"]);
    assert_eq!(articles(&told, "failed"), ["https://a.test/a"]);
    let ran = mirror(&test, &["--json", "--robots", "ignore"]);
    assert_eq!(articles(&ran.objects(), "captured"), ["https://a.test/a"]);
}

#[test]
fn a_second_mirror_is_refused() {
    let test = with(FEED);
    test.serve("a.test/feed", rss(&[]));
    objects(&test, 0);
    let lock = File::options()
        .write(true)
        .open(test.path("archive/state/mirror.lock"))
        .unwrap();
    lock.lock().unwrap();
    let ran = mirror(&test, &["--json"]);
    ran.expect_code(
        2,
        &[
            "another process is mirroring into this archive",
            "hint: try again",
        ],
    );
    let objects = ran.objects();
    assert_eq!(objects.first().unwrap()["event"], "start");
    assert_eq!(objects.last().unwrap()["event"], "summary");
    // Whoever adds an article is not in its way.
    assert_eq!(test.add(&["https://a.test/a"]).code, Some(0));
}

/// What sources name was written by others: no secret goes where it leads.
#[test]
fn a_secret_for_the_site_needs_a_host() {
    let test = with(FEED);
    let ran = mirror(&test, &["--header", "X-Key: hush"]);
    ran.expect_code(2, &["say whom a header field is for"]);
    assert!(!ran.stderr.contains("hush"));
    test.serve("a.test/feed", rss(&[]));
    assert_eq!(
        mirror(&test, &["--header", "a.test=X-Key: hush"]).code,
        Some(0)
    );
    assert_eq!(test.origin.log()[0].header("x-key"), Some("hush"));
}

#[test]
fn sources_are_added_and_listed_without_losing_comments() {
    let test = Test::new();
    test.run(&["mirror"])
        .expect_code(2, &["offprint.toml names no source", "mirror add URL"]);
    test.write(
        "offprint.toml",
        "# mine\n[lazy]\nsources = ['data-x']  # theirs\n",
    );
    test.write("blog/_posts/a.md", "# A\n");
    let add = |arguments: &[&str]| test.run(&[&["mirror", "add"], arguments].concat());
    add(&[
        "https://a.test/feed",
        "--newest",
        "5",
        "--since",
        "2024-01-31",
        "--include",
        "/a/*",
        "--content",
        "both",
    ])
    .expect_code(0, &["https://a.test/feed is a source now"]);
    add(&["blog/_posts", "--kind", "folder"]).expect_code(0, &[]);
    let written = fs::read_to_string(test.path("offprint.toml")).unwrap();
    assert_eq!(
        written,
        "# mine\n[lazy]\nsources = ['data-x']  # theirs\n\n[[source]]\nurl = \"https://a.test/feed\"\ninclude = [\"/a/*\"]\nnewest = 5\n\
         since = \"2024-01-31\"\ncontent = \"both\"\n\n[[source]]\npath = \"blog/_posts\"\nkind = \"folder\"\n"
    );
    for (arguments, flaw) in [
        (
            &["https://a.test/feed"][..],
            "https://a.test/feed is a source already",
        ),
        (&["ftp://a.test/feed"], "can't mirror"),
        (&["nowhere"], "can't find nowhere"),
        (
            &["https://b.test/", "--since", "soon"],
            "--since soon: expected a day",
        ),
        (
            &["https://b.test/", "--kind", "folder"],
            "a `folder` has a `path`",
        ),
        (&["https://b.test/", "--include", ""], "an empty pattern"),
    ] {
        add(arguments).expect_code(2, &[flaw]);
    }
    assert_eq!(
        fs::read_to_string(test.path("offprint.toml")).unwrap(),
        written
    );
    let listed = test.run(&["mirror", "list"]);
    listed.expect(
        0,
        "-        https://a.test/feed  (include /a/*, newest 5, since 2024-01-31T00:00:00Z, content both)  @hourly, never yet, due now\n\
         folder   blog/_posts  @hourly, never yet, due now\n",
        "",
    );
    let json = test.run(&["--json", "mirror", "list"]).objects();
    assert_eq!(json[0]["event"], "source");
    assert_eq!(
        (&json[1]["path"], &json[1]["kind"]),
        (&json!("blog/_posts"), &json!("folder"))
    );
}
