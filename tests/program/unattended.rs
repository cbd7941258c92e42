//! Does the line for cron do what it says, where cron runs it?

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use offprint::schedule::Pattern;

use crate::mirrored::rss;
use crate::origin::Reply;
use crate::test::Test;

/// Returns when the line runs, and what.
fn line() -> (String, String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/service/crontab");
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().filter(|it| !it.starts_with('#')).collect();
    let [line] = lines[..] else {
        panic!("{lines:?}");
    };
    let fields: Vec<&str> = line.splitn(6, ' ').collect();
    (fields[..5].join(" "), fields[5].to_owned())
}

/// Runs a command as cron does: by sh, in an environment that says next to nothing.
fn cron(test: &Test, command: &str) -> Output {
    Command::new("sh")
        .args(["-c", command])
        .current_dir("/")
        .env_clear()
        .env("HOME", test.dir.path())
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", test.path("bin").display()),
        )
        .output()
        .unwrap()
}

#[test]
fn the_line_for_cron_archives_what_is_due_and_is_silent_unless_a_source_needs_a_person() {
    let test = Test::new();
    test.serve("a.test/feed", rss(&[("one", "/a")]));
    test.serve("a.test/a", Reply::ok("text/html", "<title>A</title>"));
    let script = format!(
        "#!/bin/sh\nexec '{}' \"$@\" --ca-cert '{}' --resolve '*={}'\n",
        env!("CARGO_BIN_EXE_offprint"),
        test.path("ca.pem").display(),
        test.origin.addr,
    );
    test.write("bin/offprint", script);
    fs::set_permissions(test.path("bin/offprint"), fs::Permissions::from_mode(0o755)).unwrap();
    let source = "[[source]]\nurl = 'https://a.test/feed'\nschedule = '@yearly'\n";
    test.write("articles/offprint.toml", source);
    let (when, command) = line();
    assert!(when.parse::<Pattern>().is_ok(), "{when}");

    let silent = |code: i32| {
        let output = cron(&test, &command);
        let said = [output.stdout, output.stderr].concat();
        assert_eq!(output.status.code(), Some(code));
        String::from_utf8(said).unwrap()
    };
    assert_eq!(silent(0), "");
    assert!(test.path("articles/archive/offprint.json").is_file());
    assert_eq!((silent(0).as_str(), test.count("a.test/feed")), ("", 1));
    fs::remove_dir_all(test.path("articles/archive/state")).unwrap();
    test.serve("a.test/feed", Reply::not_found());
    assert!(silent(1).starts_with("error: https://a.test/feed: "));
}
