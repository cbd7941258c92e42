//! What does `-v` tell, and what does it never tell?

use serde_json::{Value, json};

use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, page_with};

const GONE: &str = "missing url=https://a.test/gone.png why=http-status status=404\n";

fn with_page() -> Test {
    let test = Test::new();
    let page = page_with(["/kept.png", "/moved.png", "/gone.png"]);
    test.serve("a.test/x", Reply::ok("text/html; charset=utf-8", page));
    test.serve_image("a.test/kept.png", "plain.png");
    test.serve_image("b.test/there.png", "plain.gif");
    let to = "https://b.test/there.png";
    test.serve("a.test/moved.png", Reply::redirect(302, to));
    test
}

/// Returns the lines of the log: after the seconds, a level, a room and the rest.
fn lines(ran: &Ran) -> Vec<&str> {
    let is_logged = |line: &&str| {
        line.split(' ')
            .find(|it| !it.is_empty())
            .is_some_and(is_seconds)
    };
    ran.stderr.lines().filter(is_logged).collect()
}

fn is_seconds(word: &str) -> bool {
    let (whole, fraction) = word.split_once('.').unwrap_or_default();
    !whole.is_empty() && fraction.len() == 3 && fraction.bytes().all(|it| it.is_ascii_digit())
}

#[test]
fn v_tells_of_requests_images_and_commits() {
    let test = with_page();
    let ran = test.add(&["-v", "https://a.test/x"]);
    ran.expect_code(
        1,
        &[
            " info  fetch: fetched url=https://a.test/x status=200 bytes=",
            " info  capture: read input=https://a.test/x kind=Page bytes=",
            " charset=UTF-8 references=3\n",
            " info  fetch: fetched url=https://a.test/moved.png status=200 bytes=",
            " hops=2 ms=",
            " info  fetch: not fetched url=https://a.test/gone.png why=http-status status=404",
            " info  capture: kept url=https://a.test/kept.png bytes=",
            GONE,
            " info  archive: committed snapshots=1 blobs=3 entry=0\n",
            "1 article captured, 1 image missing (1 http-status); ",
        ],
    );
    assert!(
        lines(&ran).iter().all(|line| line.contains(" info  ")),
        "{ran:#?}"
    );
    let again = test.add(&["-v", "https://a.test/x"]);
    again.expect_code(
        1,
        &[" info  capture: reused url=https://a.test/kept.png", GONE],
    );
}

#[test]
fn vv_tells_why() {
    let test = with_page();
    let page = page_with(["/kept.png", "http://localhost/private.png"]);
    let page = Reply::ok("text/html", page).with("etag", "\"v1\"");
    test.serve("a.test/x", page);
    let mut command = test.adding(&["--per-host", "1", "https://a.test/x"]);
    let first = Ran::of(command.arg("-vv").output().unwrap());
    first.expect_code(
        1,
        &[
            " debug fetch: hop url=https://a.test/x protocol=HTTP/2 peer=127.0.0.1:",
            " debug archive: commit step=Committed\n",
            " debug archive: took a blob in digest=",
        ],
    );
    assert!(!first.stderr.contains(" trace "), "{first:#?}");
    let again = test.add(&["-vvv", "https://a.test/x"]);
    again.expect_code(
        1,
        &[
            " debug fetch: asking whether it was modified url=https://a.test/x\n",
            " info  fetch: not modified url=https://a.test/x status=304",
            " trace fetch: asking url=https://a.test/x fields=\"user-agent accept accept-encoding if-none-match\"\n",
        ],
    );
    // Of our own rooms alone: what others say may hold what must not be seen.
    for line in lines(&again) {
        let room = line.split_once(": ").unwrap().0.rsplit(' ').next().unwrap();
        assert!(["fetch", "archive", "capture"].contains(&room), "{line}");
    }
}

/// Returns the objects on stderr, each of which has what all have.
#[track_caller]
fn records(ran: &Ran) -> Vec<Value> {
    let read = |line: &str| -> Value {
        let record: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        let time = record["time"].as_str().unwrap();
        assert!(time.len() == 24 && time.ends_with('Z'), "{record}");
        assert!(record["message"].is_string() && record["room"].is_string());
        record
    };
    ran.stderr.lines().map(read).collect()
}

#[test]
fn a_machine_gets_an_object_for_each_line() {
    let test = with_page();
    let flags = ["--log-format", "json", "-v", "--color", "always"];
    let ran = test.add(&[&flags[..], &["https://me:hush@a.test/x", "none.md"]].concat());
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(
        !ran.stderr.contains("hush") && !ran.stderr.contains("\\u001b"),
        "{ran:#?}"
    );
    let records = records(&ran);
    let find = |message: &str| {
        let found = records.iter().find(|it| it["message"] == message);
        found.unwrap_or_else(|| panic!("no {message:?} in {records:#?}"))
    };
    let fetched = find("fetched");
    assert_eq!(
        (&fetched["level"], &fetched["room"]),
        (&json!("info"), &json!("fetch"))
    );
    assert_eq!(fetched["fields"]["status"], json!(200));
    assert_eq!(fetched["fields"]["url"], "https://a.test/x");
    assert_eq!(find("missing")["fields"]["why"], "http-status");
    let words = records.iter().filter(|it| it["room"] == "cli");
    let words: Vec<&str> = words.filter_map(|it| it["message"].as_str()).collect();
    assert!(
        words.iter().any(|it| it.starts_with("captured  P (")),
        "{words:#?}"
    );
}

#[test]
fn a_machine_gets_errors_as_well() {
    let test = Test::new();
    let undone = test.run(&["--log-format=json", "-q", "list"]);
    let [error] = &records(&undone)[..] else {
        panic!("{undone:#?}");
    };
    assert_eq!((undone.code, &error["level"]), (Some(2), &json!("error")));
    assert!(
        error["hint"].as_str().unwrap().contains("--archive"),
        "{error}"
    );
    let usage = test.run(&["--log-format", "json", "add", "--jobs", "0", "a.md"]);
    let [error] = &records(&usage)[..] else {
        panic!("{usage:#?}");
    };
    assert_eq!((usage.code, &error["level"]), (Some(2), &json!("error")));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("invalid value"),
        "{error}"
    );
    // What it is written as is no matter of what is asked for.
    let worded = test.run(&["--log-format", "text", "list"]);
    assert!(worded.stderr.starts_with("error: "));
    assert_eq!(test.run(&["--log-format", "json", "--help"]).code, Some(0));
}

#[test]
fn refused_addresses_are_told_with_their_names() {
    let test = Test::new();
    test.write("post.md", "![](http://localhost/private.png)\n");
    // No --resolve: the system is asked.
    let ran = test.run(&["add", "-vv", "post.md"]);
    ran.expect_code(
        1,
        &["not fetched url=http://localhost/private.png why=address-refused detail=\""],
    );
}

#[test]
fn what_a_killed_run_left_is_told() {
    let test = Test::new();
    test.write("post.md", "# Post\n");
    let mut dying = test.adding(&["post.md"]);
    dying
        .env("OFFPRINT_ABORT_AT", "SnapshotsNamed")
        .output()
        .unwrap();
    let ran = test.add(&["-v", "post.md"]);
    ran.expect_code(
        0,
        &[
            " info  archive: clears up after a writer that died folder=tmp/",
            " info  archive: commits a whole snapshot that was left snapshot=articles/",
        ],
    );
    test.assert_sound();
}

#[test]
fn quiet_wins_and_stdout_stays_data() {
    let test = with_page();
    let quiet = test.add(&["-q", "-vvv", "https://a.test/x"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(1), ""));
    let json = test.add(&["-vv", "--json", "https://a.test/x"]);
    assert_eq!(json.objects().last().unwrap()["event"], "summary");
    assert!(!lines(&json).is_empty());
    let plain = test.add(&["https://a.test/x"]);
    assert!(lines(&plain).is_empty(), "{plain:#?}");
}

#[test]
fn lines_are_coloured_as_asked_and_can_not_drive_the_terminal() {
    let test = Test::new();
    let page = Reply::ok("text/html; charset=\u{202e}\u{9b}31m", page_with(["1.png"]));
    test.serve("a.test/x", page);
    let wild = Reply::ok("image/png", "x").with("content-encoding", "\u{202e}wild\u{9b}31m");
    test.serve("a.test/1.png", wild);
    let ran = test.add(&["-vvv", "https://a.test/x", "\u{1b}[31m\u{202e}none.md"]);
    ran.expect_code(1, &["unknown content coding"]);
    let is_wild =
        |it: char| it.is_control() && it != '\n' || ('\u{202a}'..='\u{202e}').contains(&it);
    assert!(!ran.stderr.contains(is_wild), "{ran:?}");
    let records = test.add(&[
        "-vvv",
        "--log-format",
        "json",
        "https://a.test/x",
        "\u{1b}\u{202e}.md",
    ]);
    assert!(!records.stderr.contains(is_wild), "{records:?}");
    let coloured = test.add(&["-v", "--color", "always", "https://a.test/x"]);
    coloured.expect_code(1, &[" \x1b[32minfo \x1b[0m fetch: fetched "]);
}
