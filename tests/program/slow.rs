//! Does a host that stalls or drips hold up anything but what is there?

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read as _};
use std::process::{Child, ChildStdout};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Barrier;

use crate::killed::interrupt;
use crate::origin::{Config, Reply};
use crate::ran::Ran;
use crate::test::{Test, image, page_with};

/// Returns an image like no other, under a name.
fn picture(name: &str) -> Reply {
    Reply::ok("image/png", [image("plain.png"), name.into()].concat())
}

#[test]
fn images_of_other_hosts_do_not_wait_for_a_host_that_stalls() {
    let test = Test::new();
    // Six requests to the host that stalls are answered when the last image of the other host is asked for, and not before.
    let all = Arc::new(Barrier::new(7));
    let mut post = "# Slow\n\n".to_owned();
    for number in 0..20 {
        let address = format!("a.test/{number}.png");
        let reply = picture(&address);
        let reply = if number < 6 { reply.after(&all) } else { reply };
        test.serve(&address, reply);
        post.extend(["![](https://", &address, ")\n\n"]);
    }
    for number in 0..8 {
        let address = format!("b.test/{number}.png");
        let reply = picture(&address);
        let reply = if number == 7 {
            reply.after(&all)
        } else {
            reply
        };
        test.serve(&address, reply);
        post.extend(["![](https://", &address, ")\n\n"]);
    }
    test.write("slow.md", post);
    test.add(&["--jobs", "8", "--retries", "0", "slow.md"])
        .expect_code(0, &["images: 28 kept"]);
    assert_eq!(test.requested().len(), 28);
}

/// Starts a run over articles of which each of the first 40 shows an image of a.test, and each of the others one of b.test;
/// and reads what it tells until all of the others are captured. Returns also which articles were, in the order in which
/// that was told.
fn start(test: &Test, slow: &Reply, options: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut names = Vec::new();
    for number in 0..60 {
        let (host, kind) = if number < 40 {
            ("a.test", "slow")
        } else {
            ("b.test", "good")
        };
        let address = format!("{host}/{number}.png");
        let reply = if number < 40 {
            slow.clone()
        } else {
            picture(&address)
        };
        test.serve(&address, reply);
        let name = format!("{kind}{number}.md");
        test.write(&name, format!("# {number}\n\n![](https://{address})\n"));
        names.push(name);
    }
    let mut add = test.adding(options);
    let mut child = add.arg("--json").args(&names).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    (child, stdout)
}

/// Reads until all articles of the good host are told as captured; returns how many of the slow one were before that.
fn read_good(stdout: &mut BufReader<ChildStdout>) -> usize {
    let (mut good, mut slow) = (HashSet::new(), 0);
    while good.len() < 20 {
        let mut line = String::new();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "ended: {good:?}");
        let value: Value = serde_json::from_str(&line).unwrap();
        if value["event"] != "article" {
            continue;
        }
        let input = value["input"].as_str().unwrap();
        if input.starts_with("good") {
            assert_eq!(value["outcome"], "captured", "{line}");
            good.insert(input.to_owned());
        } else {
            slow += 1;
        }
    }
    slow
}

/// What one article asks at once is bounded by hosts, too: those that come after the 64th wait until one of these is through.
#[test]
fn one_article_asks_so_many_hosts_at_once() {
    const AT_ONCE: usize = 64;
    let test = Test::with(&Config::tls(&["*.many.test"]));
    let images: Vec<String> = (0..AT_ONCE + 3)
        .map(|number| format!("h{number}.many.test/1.png"))
        .collect();
    for (number, address) in images.iter().enumerate() {
        let is_slow = number < AT_ONCE;
        let reply = if is_slow {
            Reply::silent()
        } else {
            picture(address)
        };
        test.serve(address, reply);
    }
    let urls = images.iter().map(|address| format!("https://{address}"));
    let page = Reply::ok("text/html", page_with(urls));
    test.serve("p.many.test/", page);
    let options = ["--jobs", "200", "--timeout", "4s", "--retries", "0", "-v"];
    let ran = test.add(&[&options[..], &["https://p.many.test/"]].concat());
    ran.expect_code(1, &["images: 3 kept, 64 missing"]);
    let settled = ran.stderr.lines().filter_map(|line| {
        let of_capture = line.split_once("  capture: ")?.1;
        let word = of_capture.split(' ').next()?;
        matches!(word, "kept" | "missing").then_some(word)
    });
    assert_eq!(settled.clone().count(), images.len(), "{ran:#?}");
    // Those that answer at once are not asked before one of the others has been given up.
    assert_eq!(settled.clone().next(), Some("missing"), "{ran:#?}");
    assert_eq!(test.requested().len(), 1 + images.len());
}

#[test]
fn articles_are_done_while_others_wait_for_a_host_that_stalls() {
    let test = Test::new();
    // More requests stall than may be in flight in all, and more articles wait than may be at work.
    let options = ["--jobs", "16", "--per-host", "20"];
    let (child, mut stdout) = start(&test, &Reply::silent(), &options);
    let slow = read_good(&mut stdout);
    // None of them has been given up: each was asked for once, and no more than may be at once.
    assert_eq!(slow, 0);
    let requested = test.requested();
    let stalled = requested.iter().filter(|it| it.starts_with("a.test/"));
    assert_eq!(stalled.count(), 20);
    // What was told is committed; what waits is dropped.
    let begun = Instant::now();
    interrupt(&child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    Ran::end(child).expect_code(
        130,
        &["interrupted; stored before that: 20 articles captured"],
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(test.assert_sound(), 20);
}

#[test]
fn articles_are_done_while_others_wait_for_a_host_that_drips() {
    let test = Test::new();
    let bytes = image("plain.png");
    let piece = bytes.len().div_ceil(10);
    // Never silent for long, and far from its end when all others are through.
    let drip = Reply::ok("image/png", bytes).dripping(piece, Duration::from_millis(900));
    let options = ["--jobs", "16", "--per-host", "20", "--min-rate", "1"];
    let (child, mut stdout) = start(&test, &drip, &options);
    let slow = read_good(&mut stdout);
    assert!(slow <= 20, "{slow}");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    Ran::end(child).expect_code(0, &["60 articles captured"]);
    assert_eq!(test.assert_sound(), 60);
}
