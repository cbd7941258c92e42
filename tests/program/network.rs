//! What may a person decide about the network, and does the program do so?

use std::fs;
use std::path::{Path, PathBuf};

use crate::killed::interrupt;
use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, page_with};

#[test]
fn a_pause_holds_up_its_host_alone_and_ends_with_ctrl_c() {
    let test = Test::new();
    test.serve_image("b.test/2.png", "plain.png");
    test.serve_image("a.test/1.png", "plain.png");
    let page = page_with(["https://a.test/1.png", "https://b.test/2.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    let paused = ["--delay", "1h", "--timeout", "1s"];
    let child = test
        .adding(&paused)
        .arg("https://a.test/x")
        .spawn()
        .unwrap();
    test.wait_for("b.test/2.png");
    interrupt(&child);
    let ran = Ran::end(child);
    ran.expect_code(130, &["interrupted; "]);
    assert_eq!(test.requested(), ["a.test/x", "b.test/2.png"]);
}

#[test]
fn a_pause_is_kept_and_does_not_count_in_the_time_out() {
    let test = Test::new();
    let images = ["https://a.test/1.png", "https://a.test/2.png"];
    for image in images {
        test.serve_image(image.trim_start_matches("https://"), "plain.png");
    }
    test.write(
        "post.md",
        format!("![]({})\n![]({})\n", images[0], images[1]),
    );
    let begun = std::time::Instant::now();
    let ran = test.add(&["--delay", "1200ms", "--timeout", "1s", "post.md"]);
    ran.expect_code(0, &["2 kept"]);
    assert!(begun.elapsed().as_millis() >= 1200);
}

/// Returns a test with a page that shows an image of its own site and one of another.
fn with_two_sites() -> Test {
    let test = Test::new();
    let page = page_with(["https://a.test/1.png", "https://b.test/2.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    test.serve_image("a.test/1.png", "plain.png");
    test.serve_image("b.test/2.png", "plain.gif");
    test
}

/// Returns what a header field was in the requests for an address.
pub(crate) fn sent(test: &Test, address: &str, name: &str) -> Vec<Option<String>> {
    let log = test.origin.log();
    let asked = log
        .iter()
        .filter(|request| format!("{}{}", request.host, request.path) == address);
    asked
        .map(|request| request.header(name).map(str::to_owned))
        .collect()
}

/// Returns the files of a folder, at any depth, that hold a text.
pub(crate) fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(text) {
            found.push(path);
        }
    }
    found
}

#[test]
fn secrets_of_a_run_go_to_their_site_and_are_seen_nowhere() {
    let test = with_two_sites();
    test.write(
        "cookies.txt",
        "# Netscape HTTP Cookie File\n.a.test\tTRUE\t/\tTRUE\t0\tsid\thush\n\
         #HttpOnly_b.test\tFALSE\t/other\tTRUE\t0\tsid\thush\n",
    );
    let arguments = [
        "-vvv",
        "--json",
        "--header",
        "Authorization: Bearer hush",
        "--header",
        "b.test=X-Key: hush",
        "--header",
        "Accept-Language: tlh",
        "--cookies",
        "cookies.txt",
        "https://a.test/x",
    ];
    let ran = test.add(&arguments);
    ran.expect_code(0, &["fetched url=https://a.test/x status=200"]);
    for address in ["a.test/x", "a.test/1.png"] {
        assert_eq!(
            sent(&test, address, "authorization"),
            [Some("Bearer hush".to_owned())]
        );
        assert_eq!(
            sent(&test, address, "cookie"),
            [Some("sid=hush".to_owned())]
        );
        assert_eq!(sent(&test, address, "x-key"), [None]);
    }
    assert_eq!(sent(&test, "b.test/2.png", "authorization"), [None]);
    assert_eq!(sent(&test, "b.test/2.png", "cookie"), [None]);
    assert_eq!(
        sent(&test, "b.test/2.png", "x-key"),
        [Some("hush".to_owned())]
    );
    assert_eq!(
        sent(&test, "b.test/2.png", "accept-language"),
        [Some("tlh".to_owned())]
    );
    assert!(!format!("{ran:?}").contains("hush"), "{ran:#?}");
    assert_eq!(holding(&test.path("archive"), "hush"), [] as [PathBuf; 0]);
    assert_eq!(holding(&test.path("archive"), "tlh").len(), 1);
    test.assert_sound();
}

#[test]
fn each_site_is_told_its_own_secret_where_two_show_one_image() {
    let test = Test::new();
    for host in ["a.test", "b.test"] {
        let page = page_with(["https://a.test/shared.png"]);
        test.serve(&format!("{host}/x"), Reply::ok("text/html", page));
    }
    test.serve_image("a.test/shared.png", "plain.png");
    let inputs = ["https://a.test/x", "https://b.test/x"];
    test.add(&inputs).expect_code(0, &["2 articles captured"]);
    assert_eq!(test.count("a.test/shared.png"), 1);
    let secret = ["--header", "X-Key: hush", "--refresh", inputs[0], inputs[1]];
    test.add(&secret).expect_code(0, &["2 unchanged"]);
    let mut keys = sent(&test, "a.test/shared.png", "x-key");
    keys.sort();
    assert_eq!(keys, [None, None, Some("hush".to_owned())]);
}

#[test]
fn an_input_without_an_address_has_no_site_and_that_is_said_once() {
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    for name in ["one.md", "two.md"] {
        test.write(name, format!("# {name}\n\n![](https://a.test/1.png)\n"));
    }
    let ran = test.add(&["--header", "X-Key: hush", "one.md", "two.md"]);
    ran.expect_code(0, &["note ", "has no address, so no header field"]);
    assert_eq!(ran.stderr.matches("has no address").count(), 1, "{ran:#?}");
    test.write("saved.html", page_with(["/1.png"]));
    let ran = test.add(&[
        "--header",
        "X-Key: hush",
        "--base",
        "https://a.test/",
        "saved.html",
    ]);
    assert!(!ran.stderr.contains("note"), "{ran:#?}");
    let expected = [None, Some("hush".to_owned())];
    assert_eq!(sent(&test, "a.test/1.png", "x-key"), expected);
}

#[test]
fn what_can_not_be_sent_is_said_before_anything_is() {
    let test = with_two_sites();
    test.write(
        "flawed.txt",
        "\r\na.test\tTRUE\t/\tFALSE\t0\tn\thush\r\nn=hush\r\n",
    );
    test.write("cookies.json", "[{\"value\": \"hush\"}]");
    for (arguments, says) in [
        (
            ["--header", "Referer: https://hush/"],
            "error: a --header can't be sent\n  └─ referer is not to be given: no request of Offprint carries a Referer, unless --referrer HOST=origin or HOST=page says so\n",
        ),
        (["--header", "Range: hush"], "kept whole or not at all\n"),
        (
            ["--header", "hush"],
            "not of the form 'NAME: VALUE' or 'HOST=NAME: VALUE'\n",
        ),
        (["--header", "*=Cookie: hush"], "would go to every host"),
        (
            ["--user-agent", ""],
            "error: the user agent \"\" can't be sent\n",
        ),
        (
            ["--cookies", "flawed.txt"],
            "error: can't take the cookies in flawed.txt\n  └─ line 3: a cookie has seven fields, with tabs between them\n",
        ),
        (["--cookies", "cookies.json"], "it is JSON"),
        (
            ["--cookies", "none.txt"],
            "error: can't read the cookies in none.txt\n",
        ),
        (
            ["--cookies", "/dev/zero"],
            "error: can't take the cookies in /dev/zero\n",
        ),
        (["--delay", "0"], "a number above zero"),
    ] {
        let ran = test.add(&[arguments[0], arguments[1], "https://a.test/x"]);
        ran.expect_code(2, &[says]);
        assert!(!format!("{ran:?}").contains("hush"), "{ran:#?}");
    }
    assert_eq!(test.requested(), [""; 0]);
    assert!(!test.path("archive").exists());
}

#[test]
fn that_all_cookies_have_expired_is_said() {
    let test = with_two_sites();
    test.write("old.txt", "a.test\tTRUE\t/\tFALSE\t1500000000\tn\thush\n");
    let ran = test.add(&["--cookies", "old.txt", "https://a.test/x"]);
    ran.expect_code(
        0,
        &["warn  fetch: every cookie has expired: none is sent cookies=1\n"],
    );
    let quiet = test.add(&["-q", "-vv", "--cookies", "old.txt", "https://a.test/x"]);
    quiet.expect_code(0, &[]);
    assert_eq!(quiet.stderr, "");
}
