//! What does `may-fetch` say of an address?

use serde_json::json;

use crate::test::Test;

const ROBOTS: &str = "User-agent: Offprint\nAllow: /a/ # but\nDisallow: /\nCrawl-delay: 2\n\nUser-agent: *\nDisallow: /x\n";

/// A proxy that nobody asks for anything.
const PROXY: &[&str] = &["--proxy", "http://127.0.0.1:9"];

#[track_caller]
fn check(arguments: &[&str], code: i32, stdout: &str) {
    let test = Test::new();
    test.write("robots.txt", ROBOTS);
    test.run(&[&["may-fetch"], arguments].concat())
        .expect(code, stdout, "");
    assert_eq!(test.requested(), [""; 0]);
    assert!(!test.path("archive").exists());
}

#[test]
fn an_address_is_judged_as_add_would() {
    check(
        &["https://8.8.8.8/a"],
        0,
        "yes: https://8.8.8.8/a\n  goes to      8.8.8.8\n",
    );
    check(
        &["http://me:hush@2130706433/"],
        1,
        "no: http://127.0.0.1/\n  because      127.0.0.1 is not a public address\n",
    );
    check(
        &["--allow-private", "http://127.1/"],
        0,
        "yes: http://127.0.0.1/\n  goes to      127.0.0.1\n",
    );
    check(
        &["--resolve", "a.test=10.0.0.1", "http://A.test/"],
        0,
        "yes: http://a.test/\n  goes to      10.0.0.1\n",
    );
    let says = "no: http://db.localhost/\n  because      db.localhost names this machine\n";
    check(&["http://db.localhost/"], 1, says);
    check(
        &[PROXY, &["http://a.test/"]].concat(),
        0,
        "yes: http://a.test/\n  goes to      a proxy, which resolves the name itself\n",
    );
    let says = "no: http://10.0.0.1/\n  because      10.0.0.1 is not a public address\n";
    check(&[PROXY, &["http://10.0.0.1/"]].concat(), 1, says);
}

#[test]
fn a_robots_txt_is_explained() {
    let robots = ["--robots", "robots.txt"];
    check(
        &[&robots[..], &["https://8.8.8.8/a/b"]].concat(),
        0,
        "yes: https://8.8.8.8/a/b\n  goes to      8.8.8.8\n  robots.txt   line 2 of the robots.txt: Allow: /a/\n",
    );
    check(
        &[&robots[..], &["https://8.8.8.8/b"]].concat(),
        1,
        "no: https://8.8.8.8/b\n  because      line 3 of the robots.txt: Disallow: /\n  goes to      8.8.8.8\n",
    );
    check(
        &[
            &robots[..],
            &["--user-agent", "Else/1", "https://8.8.8.8/b"],
        ]
        .concat(),
        0,
        "yes: https://8.8.8.8/b\n  goes to      8.8.8.8\n  robots.txt   no rule for Else matches\n",
    );
}

#[test]
fn all_that_forbids_it_is_told() {
    let test = Test::new();
    test.write("robots.txt", ROBOTS);
    let ran = test.run(&[
        "may-fetch",
        "--json",
        "--robots",
        "robots.txt",
        "http://10.0.0.1/",
    ]);
    assert_eq!(ran.code, Some(1));
    let expected = json!({
        "event": "may-fetch",
        "url": "http://10.0.0.1/",
        "allowed": false,
        "refusals": [
            {"why": "address-refused", "message": "10.0.0.1 is not a public address"},
            {"why": "robots", "message": "line 3 of the robots.txt: Disallow: /"},
        ],
        "addresses": [],
        "robots": {"product": "offprint", "allowed": false, "rule": "Disallow: /", "line": 3, "crawl_delay": 2.0},
    });
    assert_eq!(ran.objects(), [expected]);
}

#[test]
fn what_is_no_address_is_never_fetched() {
    for given in [
        "file:///etc/passwd",
        "data:,x",
        "about:blank",
        "a.test/b",
        "\\\\server\\share",
        "http://1.2.3.4:80:/",
    ] {
        let test = Test::new();
        let ran = test.run(&["may-fetch", "--json", given]);
        assert_eq!(ran.code, Some(1), "{ran:#?}");
        let object = &ran.objects()[0];
        assert_eq!(object["url"], json!(null));
        assert_eq!(object["refusals"][0]["why"], "not-fetchable");
    }
}

#[test]
fn a_robots_txt_that_is_not_there_is_an_error() {
    let test = Test::new();
    test.run(&["may-fetch", "--robots", "none.txt", "https://8.8.8.8/"])
        .expect_code(2, &["none.txt"]);
}

#[test]
fn a_password_in_what_is_no_address_is_not_repeated() {
    let test = Test::new();
    test.write("list.txt", "http://me:hush@no host/\n");
    for arguments in [
        &["may-fetch", "http://me:hush@no host/"][..],
        &["may-fetch", "--json", "ftp://me:hush@a.test/"],
        &["inspect", "http://me:hush@no host/"],
        &["add", "-vv", "http://me:hush@no host/"],
        &["add", "--json", "--from", "list.txt"],
        &["add", "--base", "ftp://me:hush@a.test/", "list.txt"],
    ] {
        let ran = test.run(arguments);
        assert_ne!(ran.code, Some(0), "{ran:#?}");
        assert!(!format!("{ran:?}").contains("hush"), "{ran:#?}");
    }
}
