//! Who may ask for what? Cases of RFC 9309 and of what people write.

use super::*;

#[track_caller]
fn check(robots: &str, product: &str, allowed: &[&str], forbidden: &[&str]) {
    let robots = Robots::read(robots.as_bytes(), product);
    for (paths, expected) in [(allowed, true), (forbidden, false)] {
        for path in paths {
            let verdict = robots.judge_path(path.as_bytes());
            assert_eq!(verdict.allowed, expected, "{path}: {verdict:?}");
        }
    }
}

#[test]
fn groups_of_one_name_are_one_and_the_rest_is_for_everybody() {
    let text = "allow: /before/\nUser-Agent: a\nUSER-AGENT: B # who\n\nDisallow: /ab\nunknown: x\nUser-agent: *\nSitemap: x\n\
        user-agent: c\ndisallow: /c\nuser-agent: A\ndisallow: /a2\n";
    check(text, "a", &["/c", "/before/"], &["/ab", "/a2"]);
    check(text, "b", &["/c", "/a2"], &["/ab"]);
    // A line that says nothing known does not end the head of a group (§2.2.4).
    check(text, "x", &["/ab"], &["/c"]);
    check("user-agent: a\nuser-agent: b", "b", &["/"], &[]);
    check(
        "user-agent: *\ndisallow: /\nuser-agent: a",
        "a",
        &["/"],
        &[],
    );
    check("", "a", &["/"], &[]);
}

#[test]
fn the_longest_rule_counts_and_of_two_the_one_that_allows() {
    let text = "user-agent: *\ndisallow: /x\nallow: /x/\ndisallow: /x/*.html\nallow: /x/*.html\nallow: /$\ndisallow: /";
    check(
        text,
        "a",
        &["/x/", "/x/y", "/x/z.html", "/", "/robots.txt"],
        &["/x", "/y", "/xy"],
    );
    check(
        "user-agent: *\nallow: /page\ndisallow: /*.htm",
        "a",
        &["/page"],
        &["/page.htm"],
    );
}

#[test]
fn stars_and_ends() {
    let text = "user-agent: *\ndisallow: /*.php$\ndisallow: /a*b*c\ndisallow: *m\ndisallow: /x/abc%24\ndisallow: /q%2A\ndisallow: /d$";
    check(
        text,
        "x",
        &[
            "/a.php5", "/a.php?x", "/acb", "/A.PHP", "/x/abc", "/qq", "/d/",
        ],
        &[
            "/a.php",
            "/b/a.php",
            "/abc",
            "/aXbYcZ",
            "/foom",
            "/x/abc$z",
            "/x/abc%24",
            "/q*",
            "/q%2a",
            "/d",
            "/d$",
        ],
    );
    check(
        "user-agent: *\ndisallow: /*s=",
        "x",
        &["/", "/s/"],
        &["/?s=a", "/a?b&s="],
    );
}

#[test]
fn what_people_write_is_read_as_they_mean_it() {
    check(
        "user-agent foo bar\ndisallow /x\ndisallow not this /y",
        "foo",
        &["/y"],
        &["/x"],
    );
    check(
        "User-agent: *\nDissallow: /a\ndisalow:/b\nHarry Potter\nDisallow: c d",
        "x",
        &["/d"],
        &["/a", "/b", "/c%20d"],
    );
    check(
        "user-agent: *\ndisallow: http://h.test/",
        "x",
        &["/"],
        &["/http://h.test/"],
    );
    check(
        "user-agent: *\ndisallow: /\nallow: /a/index.html",
        "x",
        &["/a/", "/a/index.html"],
        &["/a/index.htm", "/a/b"],
    );
    check(
        "\u{FEFF}User-Agent: x\rAllow: /a\r\r\nDisallow: /",
        "x",
        &["/a"],
        &["/b"],
    );
    check("user-agent: *\ndisallow:\nallow:\n", "x", &["/"], &[]);
}

#[test]
fn a_crawler_has_one_name() {
    for (user_agent, expected) in [
        ("Offprint/0.1.0 (article archiver)", "Offprint"),
        ("My archive (me@example.com)", "My"),
        (
            "Mozilla/5.0 (compatible; FooBot/2.1; +https://foo/bot)",
            "FooBot",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/1", "Mozilla"),
        ("归档/1", "归档"),
        ("*", "*"),
        ("", ""),
    ] {
        assert_eq!(product(user_agent), expected);
    }
    for (line, product, expected) in [
        ("FooBot", "foobot", true),
        ("foobot/1.0", "FooBot", true),
        ("Foo Bar", "foo", true),
        ("foobot-news", "foobot", false),
        ("foo", "foobot", false),
        ("foo*bot", "fooLongBot", true),
        ("Львів-бот", "львів-БОТ", true),
        ("", "", false),
        ("*", "*", false),
    ] {
        assert_eq!(
            agent::names(line.as_bytes(), product),
            expected,
            "{line} {product}"
        );
    }
}

#[test]
fn a_verdict_names_its_line() {
    let robots = Robots::read(
        b"# hello\r\nUser-agent: *\r\n\r\n  Disallow: /a # why\r\n",
        "x",
    );
    let link = Link::parse("https://h.test/a?b#c").unwrap();
    let rule = robots.judge(&link).rule.unwrap();
    assert_eq!((rule.line, &*rule.text), (4, "Disallow: /a"));
    assert_eq!(robots.judge_path(b"/b").rule, None);
}

#[test]
fn a_pause_is_read_and_bounded() {
    for (text, expected) in [
        (
            "user-agent: *\ncrawl-delay: 2.5",
            Some(Duration::from_millis(2500)),
        ),
        ("user-agent: *\nCrawl-Delay: 1e9", Some(CRAWL_DELAY_MAX)),
        (
            "user-agent: *\ncrawl-delay: 9\nuser-agent: x\ncrawl-delay: 3",
            Some(Duration::from_secs(3)),
        ),
        (
            "user-agent: *\ncrawl-delay: 9\nuser-agent: x\ndisallow: /",
            None,
        ),
        ("user-agent: *\ncrawl-delay: -1", None),
        ("user-agent: *\ncrawl-delay: nan", None),
        ("crawl-delay: 1", None),
    ] {
        assert_eq!(
            Robots::read(text.as_bytes(), "x").crawl_delay(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn what_is_too_long_is_cut() {
    let rule = format!("/x/{}", "a".repeat(lines::LINE_BYTES_MAX));
    let text = format!("user-agent: *\ndisallow: {rule}/qux\n");
    let cut = &rule[..lines::LINE_BYTES_MAX - "disallow: ".len()];
    check(&text, "x", &["/x/"], &[cut, &format!("{cut}/fux")]);
    // A rule that is cut by the end of reading might mean anything.
    let filler = "#".repeat(ROBOTS_BYTES_MAX - "user-agent: *\ndisallow: /a\n\ndisallow: /b".len());
    let text = format!("user-agent: *\ndisallow: /a\n{filler}\ndisallow: /bcd\n");
    check(&text, "x", &["/b", "/bcd"], &["/a"]);
    let whole = text.strip_suffix("cd\n").unwrap();
    assert_eq!(whole.len(), ROBOTS_BYTES_MAX);
    check(whole, "x", &[], &["/a", "/bcd"]);
}
