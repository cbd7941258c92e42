use proptest::collection::vec;
use proptest::prelude::*;

use super::netscape::Flaw;
use super::*;

const NOW: &str = "2026-11-27T00:00:00Z";

/// Returns what is sent to `url` of the cookies in `file`.
fn sent(file: &str, url: &str) -> String {
    let jar = Jar::parse(file.as_bytes()).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let field = jar.field(&Link::parse(url).unwrap(), NOW.parse().unwrap());
    let text = |field: HeaderValue| String::from_utf8(field.as_bytes().to_vec()).unwrap();
    field.map(text).unwrap_or_default()
}

/// Checks which of some hosts get a cookie.
#[track_caller]
fn check_hosts(domain: &str, subdomains: &str, expected: &[&str]) {
    const HOSTS: [&str; 9] = [
        "a.test",
        "img.a.test",
        "x.img.a.test",
        "ba.test",
        "b.test",
        "you.github.io",
        "me.github.io",
        "127.0.0.1",
        "xn--fiq228c.test",
    ];
    let file = format!("{domain}\t{subdomains}\t/\tFALSE\t0\tn\tv\n");
    let gets = |host: &&str| sent(&file, &format!("https://{host}/x")) == "n=v";
    let found: Vec<&str> = HOSTS.into_iter().filter(gets).collect();
    assert_eq!(found, expected, "{domain} {subdomains}");
}

#[test]
fn a_cookie_goes_to_its_own_domain() {
    for domain in ["a.test", ".a.test", "A.Test"] {
        check_hosts(domain, "FALSE", &["a.test"]);
        check_hosts(domain, "TRUE", &["a.test", "img.a.test", "x.img.a.test"]);
    }
    check_hosts("img.a.test", "TRUE", &["img.a.test", "x.img.a.test"]);
    check_hosts("127.0.0.1", "TRUE", &["127.0.0.1"]);
    check_hosts("0.0.1", "TRUE", &[]);
    check_hosts(".中文.test", "TRUE", &["xn--fiq228c.test"]);
}

#[test]
fn a_cookie_for_everybody_below_a_public_suffix_goes_to_nobody_there() {
    for domain in ["test", ".test", "github.io", ".github.io"] {
        check_hosts(domain, "TRUE", &[]);
    }
    for domain in ["com", "co.uk", "github.io", "com.cn", "localhost"] {
        let file = format!(".{domain}\tTRUE\t/\tFALSE\t0\tn\tv\n");
        assert_eq!(sent(&file, &format!("https://{domain}/")), "n=v");
        assert_eq!(sent(&file, &format!("https://example.{domain}/")), "");
    }
    check_hosts("me.github.io", "TRUE", &["me.github.io"]);
}

#[test]
fn paths_match_at_their_slashes() {
    for (path, url, expected) in [
        ("/", "/", true),
        ("/", "/a/b?c", true),
        ("/a", "/a", true),
        ("/a", "/a/", true),
        ("/a", "/a/b", true),
        ("/a", "/a?b", true),
        ("/a", "/ab", false),
        ("/a", "/", false),
        ("/a/", "/a", false),
        ("/a/", "/a/b", true),
        ("/a/", "/b/../a/b", true),
        ("/%E6%AD%A3", "/正", true),
    ] {
        let file = format!("a.test\tFALSE\t{path}\tFALSE\t0\tn\tv\n");
        let url = format!("https://a.test{url}");
        assert_eq!(!sent(&file, &url).is_empty(), expected, "{path} {url}");
    }
}

#[test]
fn what_is_secure_goes_over_https_alone() {
    let file = |name: &str, flag: &str| format!("a.test\tTRUE\t/\t{flag}\t0\t{name}\tv\n");
    for (name, flag, over_http) in [
        ("n", "FALSE", true),
        ("n", "TRUE", false),
        ("__Secure-n", "FALSE", false),
        ("__Host-n", "FALSE", false),
    ] {
        let file = file(name, flag);
        assert_eq!(
            !sent(&file, "http://a.test/").is_empty(),
            over_http,
            "{name} {flag}"
        );
        assert!(!sent(&file, "https://a.test/").is_empty(), "{name} {flag}");
    }
    assert_eq!(sent(&file("__Host-n", "TRUE"), "https://img.a.test/"), "");
}

#[test]
fn what_has_expired_is_not_sent() {
    for (expires, is_sent) in [
        ("0", true),
        ("", true),
        ("2000000000", true),
        ("2000000000.75", true),
        ("99999999999999999999999", true),
        ("1500000000", false),
        ("-1", false),
        ("-99999999999999999999999", false),
    ] {
        let file = format!("a.test\tFALSE\t/\tFALSE\t{expires}\tn\tv\n");
        assert_eq!(
            !sent(&file, "https://a.test/").is_empty(),
            is_sent,
            "{expires}"
        );
    }
    let file = b"a.test\tFALSE\t/\tFALSE\t1\tn\tv\na.test\tFALSE\t/\tFALSE\t0\tm\tv\n";
    let jar = Jar::parse(file).unwrap();
    assert_eq!(jar.count(NOW.parse().unwrap()), (2, 1));
}

#[test]
fn longer_paths_go_first_then_who_came_first() {
    let line = |path: &str, pair: &str| format!("a.test\tFALSE\t{path}\tFALSE\t0\t{pair}\n");
    let file = [
        line("/", "a\t1"),
        line("/x", "b\t2"),
        line("/", "c\t3"),
        line("/x", "d\t4"),
        line("/", "a\t5"),
        line("/x", "a\t6"),
    ];
    assert_eq!(
        sent(&file.concat(), "https://a.test/x/y"),
        "b=2; d=4; a=6; c=3; a=5"
    );
}

#[test]
fn files_of_every_writer_are_read() {
    let expected = "sid=s=1; 名=值";
    let lines = "# Netscape HTTP Cookie File\n\n#HttpOnly_.a.test\tTRUE\t/\ttrue\t0\tsid\ts=1\n\
                 # a.test\tTRUE\t/\tFALSE\t0\tno\tcomment\n \t \na.test\tFALSE\t/\tFALSE\t0\t名\t值";
    for file in [
        lines.to_owned(),
        format!("{lines}\n"),
        lines.replace('\n', "\r\n"),
        format!("\u{feff}{lines}"),
    ] {
        assert_eq!(sent(&file, "https://a.test/"), expected, "{file:?}");
    }
    // Empty values, with and without their tab, and a value without a name.
    for (fields, expected) in [("n\t", "n="), ("n", "n="), ("\tv", "v")] {
        let file = format!("a.test\tFALSE\t/\tFALSE\t0\t{fields}\n");
        assert_eq!(sent(&file, "https://a.test/"), expected);
    }
    assert_eq!(sent("", "https://a.test/"), "");
}

#[test]
fn what_is_no_cookie_is_said_with_its_line_and_nothing_of_it() {
    for (line, flaw) in [
        ("a.test TRUE / FALSE 0 n hush", Flaw::Fields),
        ("a.test\tTRUE\t/\tFALSE\t0", Flaw::Fields),
        ("a.test\tTRUE\t/\tFALSE\t0\tn\thush\tx", Flaw::Fields),
        ("\tTRUE\t/\tFALSE\t0\tn\thush", Flaw::Domain),
        ("https://a.test\tTRUE\t/\tFALSE\t0\tn\thush", Flaw::Domain),
        ("a.test:80\tTRUE\t/\tFALSE\t0\tn\thush", Flaw::Domain),
        ("me@a.test\tTRUE\t/\tFALSE\t0\tn\thush", Flaw::Domain),
        ("a.test\tYES\t/\tFALSE\t0\tn\thush", Flaw::Flag),
        ("a.test\tTRUE\t/\t0\t0\tn\thush", Flaw::Flag),
        ("a.test\tTRUE\thush\tFALSE\t0\tn\thush", Flaw::Path),
        ("a.test\tTRUE\t/\tFALSE\tnever\tn\thush", Flaw::Expiry),
        ("a.test\tTRUE\t/\tFALSE\t-\tn\thush", Flaw::Expiry),
        ("a.test\tTRUE\t/\tFALSE\t0\tn\thush; m=2", Flaw::Text),
        ("a.test\tTRUE\t/\tFALSE\t0\tn=m\thush", Flaw::Text),
        ("a.test\tTRUE\t/\tFALSE\t0\tn\thu\u{1}sh", Flaw::Text),
        ("a.test\tTRUE\t/\tFALSE\t0\t\t", Flaw::Text),
    ] {
        let error = Jar::parse(format!("# comment\r\n{line}\r\n").as_bytes()).unwrap_err();
        assert_eq!(error, CookiesError::Flaws(vec![(2, flaw)]), "{line}");
        let told = error.to_string();
        assert!(
            told.starts_with("line 2: ") && !told.contains("hush"),
            "{told}"
        );
    }
    let many = Jar::parse("hush\n".repeat(9).as_bytes())
        .unwrap_err()
        .to_string();
    assert!(
        many.contains("line 5: ") && many.ends_with("; and 4 lines more"),
        "{many}"
    );
    assert_eq!(
        Jar::parse(b"\n[{\"name\":1}]").unwrap_err(),
        CookiesError::Json
    );
    let long = format!("a.test\tTRUE\t/\tFALSE\t0\tn\t{}", "x".repeat(20_000));
    assert_eq!(
        Jar::parse(long.as_bytes()).unwrap_err(),
        CookiesError::Flaws(vec![(1, Flaw::Length)])
    );
    let line = |number| format!("a{number}.test\tTRUE\t/\tFALSE\t0\tn\tv\n");
    let many: String = (0..=50_000).map(line).collect();
    assert_eq!(
        Jar::parse(many.as_bytes()).unwrap_err(),
        CookiesError::TooLarge
    );
}

#[test]
fn no_value_is_shown() {
    let jar = Jar::parse(b"a.test\tTRUE\t/\tFALSE\t0\tn\thush\n").unwrap();
    let field = jar.field(
        &Link::parse("https://a.test/").unwrap(),
        NOW.parse().unwrap(),
    );
    assert!(field.as_ref().unwrap().is_sensitive());
    assert!(!format!("{jar:?} {field:?}").contains("hush"));
}

proptest! {
    #[test]
    fn any_bytes_are_survived_and_never_cross_sites(bytes in vec(any::<u8>(), 0..200), tail in "[ -~\\t]{0,60}") {
        let file = [&bytes[..], b"\n.a.test\tTRUE\t/", tail.as_bytes()].concat();
        if let Ok(jar) = Jar::parse(&file) {
            let field = jar.field(&Link::parse("https://other.example/").unwrap(), NOW.parse().unwrap());
            prop_assert!(field.is_none());
        }
    }
}
