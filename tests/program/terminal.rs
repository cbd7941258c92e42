//! What reaches the terminal, and what must not?

use crate::origin::Reply;
use crate::test::Test;

fn with_page(html: &str) -> Test {
    let test = Test::new();
    let page = Reply::ok("text/html; charset=utf-8", html);
    test.serve("a.test/x", page);
    test.serve_image("a.test/kept.png", "plain.png");
    test
}

const PAGE: &str = "<title>T</title><img src=kept.png><img src=gone.png>";

#[test]
fn without_a_terminal_there_are_plain_lines() {
    let test = with_page(PAGE);
    let stderr = "captured  T (images: 1 kept, 1 missing)\n  \
                  missing https://a.test/gone.png (http-status, HTTP 404)\n\
                  1 article captured, 1 image missing (1 http-status); 3 requests, 190 B fetched, 163 B stored, in S s\n";
    let ran = test.add(&["https://a.test/x"]);
    ran.expect(1, &ran.stdout, stderr);
    assert!(!ran.stderr.contains(['\x1b', '\r']));
}

#[test]
fn colour_is_given_when_asked_for() {
    let test = with_page(PAGE);
    let coloured = test.add(&["--color", "always", "https://a.test/x"]);
    coloured.expect_code(
        1,
        &["\x1b[32mcaptured \x1b[0m T", "\x1b[33mmissing\x1b[0m https"],
    );
    assert!(!coloured.stdout.contains('\x1b'));
    for (flag, variable) in [("auto", "1"), ("never", "")] {
        let mut command = test.adding(&["--color", flag, "https://a.test/x"]);
        let ran = crate::ran::Ran::of(command.env("NO_COLOR", variable).output().unwrap());
        assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
    }
}

#[test]
fn quiet_leaves_the_data_and_the_exit_code() {
    let test = with_page(PAGE);
    let ran = test.add(&["-q", "https://a.test/x"]);
    ran.expect(1, &ran.stdout, "");
    assert_eq!(ran.stdout.lines().count(), 1);
    let error = test.run(&["-q", "show", "nope"]);
    error.expect_code(2, &["error: no article in the archive is \"nope\"\n"]);
}

#[test]
fn a_title_can_not_drive_the_terminal() {
    let title = "a\u{1b}]0;owned\u{7}b\u{202e}c\u{9b}31m";
    let test = with_page(&format!(
        "<title>{title}</title><img src='g\u{202e}\u{1b}[2Jone.png'>"
    ));
    let added = test.add(&["-v", "https://a.test/x"]);
    let listed = test.run(&["list"]);
    let shown = test.run(&["show", "https://a.test/x"]);
    let quoted = test.run(&["show", "\u{1b}[31mred"]);
    let named = test.add(&["\u{1b}[31mred\u{202e}.md"]);
    for ran in [&added, &listed, &shown, &quoted, &named] {
        for text in [&ran.stdout, &ran.stderr] {
            let wild =
                |it: char| it.is_control() && it != '\n' || ('\u{202a}'..='\u{202e}').contains(&it);
            assert!(!text.contains(wild), "{ran:?}");
        }
    }
    assert!(listed.stdout.contains("owned"), "{listed:?}");
}

#[test]
fn names_and_passwords_stay_secret() {
    let test = with_page("<title>T</title><img src=kept.png><img src=//me:hush@a.test/gone.png>");
    let given = "https://me:hush@a.test/x";
    let added = test.add(&[given, "https://me:hush@a.test/nowhere", "-v"]);
    let json = test.add(&[given, "https://me:hush@a.test/nowhere", "--json"]);
    let listed = test.run(&["list", "--json"]);
    let shown = test.run(&["show", given]);
    for ran in [&added, &json, &listed, &shown] {
        assert!(!format!("{ran:?}").contains("hush"), "{ran:#?}");
    }
    added.expect_code(1, &["captured  T"]);
    assert_eq!(shown.code, Some(0));
    // It was sent, though, to the host that it is for.
    let request = test.origin.log().swap_remove(0);
    assert_eq!(request.header("authorization"), Some("Basic bWU6aHVzaA=="));
    for file in test.snapshots() {
        let mut snapshot = file.snapshot.clone();
        // The page's own words are kept as they are.
        snapshot.documents[0]
            .references
            .iter_mut()
            .for_each(|it| it.written.clear());
        let json = String::from_utf8(snapshot.to_json()).unwrap();
        assert!(
            !json.contains("hush") && !json.contains("bWU6aHVzaA"),
            "{json}"
        );
    }
    let log = String::from_utf8(test.archived("log/000000000000.jsonl")).unwrap();
    assert!(!log.contains("a.test"), "{log}");
}

#[test]
fn a_reader_that_has_enough_is_no_trouble() {
    let test = with_page(PAGE);
    let mut child = test
        .adding(&["--json", "https://a.test/x"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn extract_lists_what_a_file_names_and_fetches_nothing() {
    let test = Test::new();
    test.write(
        "p.html",
        "<p>图<img src='1.png?a&amp;b'><img src='data:,x'>",
    );
    let ran = test.run(&["extract", "--json", "--base", "https://a.test/d/", "p.html"]);
    let objects = ran.objects();
    let first = r#"{"event":"reference","url":"https://a.test/d/1.png?a&b","written":"1.png?a&amp;b","start":16,"end":29,"kind":"img-src","role":"image"}"#;
    assert_eq!(
        objects[0],
        serde_json::from_str::<serde_json::Value>(first).unwrap()
    );
    assert_eq!(
        (objects.len(), &objects[1]["url"]),
        (2, &serde_json::Value::Null)
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    test.run(&["extract", "none.html"])
        .expect_code(2, &["error: can't read none.html\n  └─ No such file"]);
    assert!(test.requested().is_empty() && !test.path("archive").exists());
}

#[test]
fn under_json_a_usage_error_stands_between_start_and_summary() {
    let test = Test::new();
    for (command, arguments) in [
        ("add", &["add", "--json"][..]),
        (
            "add",
            &["--json", "-a", "verify", "add", "--jobs", "0", "x.md"],
        ),
        ("add", &["add", "x.md", "--wrong", "--json"]),
        ("add", &["add", "--json", "--as", "k", "a.md", "b.md"]),
        ("verify", &["verify", "--json", "--wrong"]),
        ("export posts", &["export", "posts", "--json"]),
    ] {
        let ran = test.run(arguments);
        let objects = ran.objects();
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        let [start, summary] = &objects[..] else {
            panic!("{ran:#?}")
        };
        assert_eq!(
            (&start["event"], &start["command"]),
            (&"start".into(), &command.into()),
            "{arguments:?}"
        );
        assert_eq!(summary["event"], "summary");
        assert!(summary["seconds"].is_number());
    }
    for other in [
        &["add", "--", "--json"][..],
        &["extract", "--json"],
        &["fly", "--json"],
        &["add", "--json", "--help"],
    ] {
        let stdout = test.run(other).stdout;
        assert!(!stdout.contains("\"event\""), "{other:?}: {stdout}");
    }
}

#[test]
fn usage_is_explained() {
    let test = Test::new();
    test.run(&["add"]).expect_code(2, &["Usage: offprint add"]);
    test.run(&["fly"])
        .expect_code(2, &["unrecognized subcommand"]);
    test.run(&["--help"]).expect_code(0, &[]);
    let none = "error: there is no archive at ./archive\nhint: name another with --archive, or make one with `offprint add`\n";
    for arguments in [&["list"][..], &["show", "x"], &["restore", "x"]] {
        test.run(arguments).expect(2, "", none);
    }
    test.add(&["--as", "k", "a.md", "b.md"]).expect_code(
        2,
        &["error: --as names one article, and there are 2 inputs\n"],
    );
    assert!(!test.path("archive").exists());
}
