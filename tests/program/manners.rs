//! How does the program behave towards hosts that want something special: a word of the page, a password, to be spared?

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use offprint::exchange::{Referrer, Why};
use serde_json::json;

use crate::network::holding;
use crate::origin::{Body, Reply};
use crate::ran::{Ran, events};
use crate::test::{Test, page_with};

/// Returns a test with a page whose image is on another host.
fn with_a_page(test: Test) -> Test {
    let page = page_with(["https://b.test/1.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    test.serve_image("b.test/1.png", "plain.png");
    test
}

/// Returns what a header field was in the request for an address.
fn sent(test: &Test, address: &str, name: &str) -> Option<String> {
    let log = test.origin.log();
    let asked = log
        .iter()
        .rfind(|request| format!("{}{}", request.host, request.path) == address);
    asked.unwrap().header(name).map(str::to_owned)
}

/// Returns what the record says that each address was told.
fn told(test: &Test) -> Vec<(String, Referrer)> {
    let file = test.snapshots().pop().unwrap();
    let exchanges = file.snapshot.exchanges.into_iter();
    exchanges
        .map(|it| (it.url.to_string(), it.referrer))
        .collect()
}

#[test]
fn a_host_is_told_of_the_page_where_the_user_says_so() {
    let of_page = |told| {
        [
            ("https://a.test/x".to_owned(), Referrer::None),
            ("https://b.test/1.png".to_owned(), told),
        ]
    };
    for (arguments, config, expected, recorded) in [
        (&[][..], "", None, Referrer::None),
        (
            &["--referrer", "b.test=page"],
            "",
            Some("https://a.test/x"),
            Referrer::Page,
        ),
        (
            &[],
            "[[host]]\nhosts = ['.b.test']\nreferrer = 'origin'\n",
            Some("https://a.test/"),
            Referrer::Origin,
        ),
        (
            &["--referrer", "b.test=none"],
            "[[host]]\nhosts = ['b.test']\nreferrer = 'page'\n",
            None,
            Referrer::None,
        ),
    ] {
        let test = with_a_page(Test::with_referers());
        test.write("offprint.toml", config);
        let ran = test.add(&[arguments, &["https://a.test/x#part"]].concat());
        ran.expect_code(0, &[]);
        assert_eq!(sent(&test, "b.test/1.png", "referer").as_deref(), expected);
        assert_eq!(sent(&test, "a.test/x", "referer"), None);
        assert_eq!(told(&test), of_page(recorded));
        test.assert_sound();
    }
}

/// What a host is told may decide what it answers: an image is not taken from what it gave to another article.
#[test]
fn each_article_is_told_of_for_itself() {
    for (told, expected) in [
        ("page", &["https://a.test/x", "https://a.test/y"][..]),
        ("origin", &["https://a.test/"]),
        ("none", &[""]),
    ] {
        let test = with_a_page(Test::with_referers());
        let page = page_with(["https://b.test/1.png"]);
        test.serve("a.test/y", Reply::ok("text/html", page));
        let arguments = format!("b.test={told}");
        let ran = test.add(&[
            "--referrer",
            &arguments,
            "https://a.test/x",
            "https://a.test/y",
        ]);
        ran.expect_code(0, &["2 articles captured"]);
        let log = test.origin.log();
        let images = log.iter().filter(|it| it.host == "b.test");
        let mut sent: Vec<_> = images
            .map(|it| it.header("referer").unwrap_or_default())
            .collect();
        sent.sort_unstable();
        assert_eq!(sent, expected, "{told}");
        // Each snapshot has the request that was made for it.
        for file in test.snapshots() {
            let page = file.snapshot.source.url.as_ref().unwrap().as_str();
            let exchanges = &file.snapshot.exchanges;
            let image = exchanges
                .iter()
                .find(|it| it.url.host() == "b.test")
                .unwrap();
            let field = image.request.iter().find(|field| field.0 == "referer");
            let field = field.map(|field| field.1.as_str());
            assert!(
                told != "page" || field == Some(page),
                "{field:?} for {page}"
            );
        }
        assert_eq!(test.assert_sound(), 2);
    }
}

#[test]
fn who_is_forbidden_a_picture_is_told_once_a_host_what_to_try() {
    let test = with_a_page(Test::with_referers());
    let forbidden = Reply::new(403, Body::Fixed(b"no".to_vec()));
    for image in ["b.test/1.png", "b.test/2.png"] {
        test.serve(image, forbidden.clone());
    }
    let page = page_with(["https://b.test/1.png", "https://b.test/2.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    let says = "note b.test forbids https://b.test/1.png (HTTP 403); if browsers are shown it, it may want to know the page: \
                --referrer b.test=page, or b.test=origin for the page's host alone\n";
    let ran = test.add(&["--jobs", "1", "https://a.test/x"]);
    ran.expect_code(1, &[says]);
    assert_eq!(ran.stderr.matches("--referrer").count(), 1);
    let objects = test.add_json(&["--jobs", "1", "https://a.test/x"]);
    let expected =
        json!({"event": "forbidden", "host": "b.test", "example": "https://b.test/1.png"});
    assert_eq!(events(&objects, "forbidden"), [&expected]);
    // Who has said what the host is told knows already.
    let ran = test.add(&["--referrer", "b.test=page", "https://a.test/x"]);
    assert!(!ran.stderr.contains("note"), "{ran:#?}");
}

#[test]
fn a_robots_txt_is_obeyed_where_it_is_asked_for() {
    let test = with_a_page(Test::new());
    let rules = Reply::ok("text/plain", "User-agent: *\nDisallow: /*.png\n");
    test.serve("b.test/robots.txt", rules);
    let ran = test.add(&["--robots", "honour", "https://a.test/x"]);
    ran.expect_code(1, &["missing https://b.test/1.png (robots)\n"]);
    assert_eq!(
        test.requested(),
        ["a.test/robots.txt", "a.test/x", "b.test/robots.txt"]
    );
    let file = test.snapshots().pop().unwrap();
    let last = file.snapshot.exchanges.last().unwrap();
    assert_eq!((last.failure, last.request.len()), (Some(Why::Robots), 0));
    test.assert_sound();
    // What the user names is no crawl.
    test.add(&["https://a.test/x"]).expect_code(0, &["1 kept"]);
    test.add(&["--robots", "ignore", "--refresh", "https://a.test/x"])
        .expect_code(0, &[]);
    assert_eq!(test.count("a.test/robots.txt"), 1);
}

#[test]
fn an_article_that_a_robots_txt_forbids_fails_and_says_why() {
    let test = with_a_page(Test::new());
    let rules = Reply::ok("text/plain", "User-agent: Offprint\nDisallow: /\n");
    test.serve("a.test/robots.txt", rules);
    let ran = test.add(&["--robots", "honour", "https://a.test/x"]);
    let says = "the site's robots.txt forbids it (--robots ignore asks all the same) (line 2 of https://a.test/robots.txt: Disallow: /)";
    ran.expect_code(1, &[says]);
    assert_eq!(test.requested(), ["a.test/robots.txt"]);
}

const CREDENTIALS: &str = "[[host]]\nhosts = ['a.test']\nuser = 'me'\n";
/// `me:hush` in base64.
const BASIC: &str = "Basic bWU6aHVzaA==";

#[track_caller]
fn check_secret(test: &Test, ran: &Ran) {
    ran.expect_code(0, &[]);
    assert_eq!(
        sent(test, "a.test/x", "authorization").as_deref(),
        Some(BASIC)
    );
    assert_eq!(sent(test, "b.test/1.png", "authorization"), None);
    for secret in ["hush", "bWU6"] {
        assert!(!format!("{ran:?}").contains(secret), "{ran:#?}");
        assert_eq!(
            holding(&test.path("archive"), secret),
            [] as [&Path; 0],
            "{secret}"
        );
    }
    test.assert_sound();
}

fn protect(test: &Test, name: &str, mode: u32) {
    fs::set_permissions(test.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn credentials_of_the_configuration_go_to_their_host_and_are_seen_nowhere() {
    let all = ["-vvv", "--json", "https://a.test/x"];
    let test = with_a_page(Test::new());
    test.write(
        "offprint.toml",
        format!(
            "{CREDENTIALS}password = 'hush'\nheaders = ['X-Key: hush', 'Accept-Language: tlh']\n"
        ),
    );
    protect(&test, "offprint.toml", 0o600);
    let ran = test.add(&all);
    check_secret(&test, &ran);
    assert!(!ran.stderr.contains("chmod"), "{ran:#?}");
    assert_eq!(sent(&test, "a.test/x", "x-key").as_deref(), Some("hush"));
    assert_eq!(sent(&test, "b.test/1.png", "x-key"), None);

    let test = with_a_page(Test::new());
    test.write(
        "offprint.toml",
        format!("{CREDENTIALS}password-file = 'keys/a'\n"),
    );
    test.write("keys/a", "hush\n");
    protect(&test, "keys/a", 0o640);
    check_secret(&test, &test.add(&all));

    let test = with_a_page(Test::new());
    test.write(
        "offprint.toml",
        format!("{CREDENTIALS}password-env = 'A_TEST'\n"),
    );
    let mut command = test.adding(&all);
    check_secret(
        &test,
        &Ran::of(command.env("A_TEST", "hush").output().unwrap()),
    );
}

#[test]
fn a_secret_that_everybody_may_read_is_warned_of() {
    let warning = "holds a secret that everybody on this machine may read: `chmod o-r` keeps it";
    let test = with_a_page(Test::new());
    test.write("offprint.toml", format!("{CREDENTIALS}password = 'hush'\n"));
    protect(&test, "offprint.toml", 0o644);
    test.add(&["https://a.test/x"])
        .expect_code(0, &[warning, "offprint.toml"]);
    test.write(
        "offprint.toml",
        format!("{CREDENTIALS}password-file = 'a.key'\n"),
    );
    test.write("a.key", "hush");
    protect(&test, "a.key", 0o604);
    test.add(&["https://a.test/x"])
        .expect_code(0, &[warning, "a.key"]);
}

#[test]
fn a_password_that_is_not_there_is_an_error() {
    for (line, says) in [
        (
            "password-file = 'none'",
            "can't read the password in ./none",
        ),
        (
            "password-file = 'two'",
            "two holds no password: one line is expected",
        ),
        (
            "password-env = 'NOT_SET'",
            "takes a password from NOT_SET, which is not set",
        ),
    ] {
        let test = with_a_page(Test::new());
        test.write("two", "hush\nhush\n");
        test.write("offprint.toml", format!("{CREDENTIALS}{line}\n"));
        let ran = test.add(&["https://a.test/x"]);
        ran.expect_code(2, &[says]);
        assert!(!format!("{ran:?}").contains("hush"), "{ran:#?}");
        assert_eq!(test.requested(), [""; 0]);
    }
}

#[test]
fn a_wrong_referrer_is_refused() {
    let test = with_a_page(Test::new());
    for (word, says) in [
        (
            "b.test",
            "--referrer b.test: not of the form HOST=none|origin|page",
        ),
        ("*=page", "names no host"),
    ] {
        test.add(&["--referrer", word, "https://a.test/x"])
            .expect_code(2, &[says]);
    }
}

#[test]
fn an_article_that_has_taken_what_it_may_asks_for_no_more() {
    let test = Test::new();
    let images = ["https://b.test/1.png", "https://b.test/2.png"];
    test.serve("a.test/x", Reply::ok("text/html", page_with(images)));
    test.serve("a.test/y", Reply::ok("text/html", page_with([images[1]])));
    test.serve_image("b.test/1.png", "plain.png");
    test.serve_image("b.test/2.png", "plain.png");
    let few = ["--max-article-bytes", "1", "--jobs", "1"];
    let ran = test.add(&[&few[..], &["https://a.test/x", "https://a.test/y"]].concat());
    // Each article has its own share, and what one could not have is asked for by the other.
    ran.expect_code(1, &["missing https://b.test/2.png (article-too-large)\n"]);
    assert_eq!(test.count("b.test/1.png"), 1);
    assert_eq!(test.count("b.test/2.png"), 1);
    test.assert_sound();
    // What is here is not counted, so that the next run brings the rest.
    let ran = test.add(&[&few[..], &["https://a.test/x"]].concat());
    ran.expect_code(0, &[]);
    assert_eq!(test.count("b.test/1.png"), 1);
    assert_eq!(test.count("b.test/2.png"), 2);
    test.assert_sound();
    // What it holds stays where there is no more to spend, and is not lost.
    test.serve_image("b.test/1.png", "animated.png");
    let ran = test.add(&[&few[..], &["--refresh", "https://a.test/x"]].concat());
    ran.expect_code(0, &["1 kept, 1 reused"]);
    assert_eq!(test.count("b.test/2.png"), 2);
    test.assert_sound();
}
