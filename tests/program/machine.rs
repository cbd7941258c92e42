//! What becomes of a run on a machine that has too little of something: open files, or memory for connections? It makes do, or
//! it stops; what it could not ask for is never taken for what is not there.

use std::process::Command;
use std::thread;

use crate::disk::Refusal;
use crate::origin::{Config, Reply};
use crate::ran::Ran;
use crate::test::{Test, page_with};

/// The system's numbers of what it says when a connection can't even be begun, and its words.
const SHORT_OF: [(i32, &str); 4] = [
    (24, "Too many open files"),
    (23, "Too many open files in system"),
    (12, "Cannot allocate memory"),
    (105, "No buffer space available"),
];

/// Returns how many files the guide says that a run with `jobs` holds open.
fn needed(jobs: usize) -> usize {
    let threads = 3 + thread::available_parallelism().unwrap().get();
    304 + 8 * jobs + 4 * threads
}

/// Returns `command`, run by a shell that first does `limit`.
fn limited(limit: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    let script = format!("{limit} && exec \"$0\" \"$@\"");
    shell.arg("-c").arg(script).arg(command.get_program());
    shell.args(command.get_args());
    shell.current_dir(command.get_current_dir().unwrap());
    shell
}

/// Returns a test with a page that has two images.
fn with_page() -> Test {
    let test = Test::new();
    let images = ["https://b.test/1.png", "https://a.test/2.png"];
    test.serve("a.test/x", Reply::ok("text/html", page_with(images)));
    test.serve_image("b.test/1.png", "plain.png");
    test.serve_image("a.test/2.png", "animated.png");
    test
}

#[test]
fn a_run_over_many_hosts_holds_no_more_files_open_than_it_says() {
    let files = needed(3);
    // More hosts than files: what was kept of each would be too much.
    let hosts: Vec<String> = (0..files + 20)
        .map(|number| format!("h{number}.many.test"))
        .collect();
    let test = Test::with(&Config::tls(&["*.many.test"]));
    let images = hosts.iter().map(|host| format!("https://{host}/1.png"));
    let page = page_with(images);
    test.serve("p.many.test/", Reply::ok("text/html", page));
    for host in &hosts {
        test.serve_image(&format!("{host}/1.png"), "plain.png");
    }
    // The soft limit is far too low, and the program may not raise it any higher than it needs.
    let limit = format!("ulimit -S -n 32 && ulimit -H -n {files}");
    let adding = test.adding(&["--jobs", "3", "-v", "https://p.many.test/"]);
    let ran = Ran::of(limited(&limit, &adding).output().unwrap());
    let kept = format!("images: {} kept)", hosts.len());
    ran.expect_code(0, &[&kept, "raises how many files may be open"]);
    assert!(!ran.stderr.contains("trying again"), "{ran:#?}");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_connection_that_this_machine_has_nothing_for_is_tried_again() {
    for (with, words) in SHORT_OF {
        for from in 1..=3 {
            let test = with_page();
            let refusal = Refusal {
                calls: "socket",
                from,
                once: true,
                with,
            };
            let mut adding = test.adding(&["-v", "--retries", "0", "https://a.test/x"]);
            let mark = refusal.put_below(&test, &mut adding);
            let ran = Ran::of(adding.output().unwrap());
            if !mark.exists() {
                assert_eq!(from, 3, "a run makes two connections");
                continue;
            }
            ran.expect_code(0, &["images: 2 kept", words, "trying again"]);
            // What never left this machine is no exchange.
            let file = test.snapshots().pop().unwrap();
            assert_eq!(file.snapshot.exchanges.len(), 3);
            assert_eq!(test.assert_sound(), 1);
        }
    }
}

#[test]
fn a_machine_that_has_nothing_left_ends_the_run_and_nothing_is_missing() {
    // The time for a request is what is waited at most; where the page comes first, it needs some itself.
    let at_once = SHORT_OF.map(|(with, words)| (with, words, 1, "200ms"));
    let later = [(SHORT_OF[0].0, SHORT_OF[0].1, 2, "2s")];
    for (with, words, from, timeout) in at_once.into_iter().chain(later) {
        let test = with_page();
        let refusal = Refusal {
            calls: "socket",
            from,
            once: false,
            with,
        };
        let mut adding = test.adding(&["--timeout", timeout, "https://a.test/x"]);
        refusal.put_below(&test, &mut adding);
        let ran = Ran::of(adding.output().unwrap());
        let error = format!(
            "error: this machine can't make any more connections\n  └─ {words} (os error {with})\nhint: "
        );
        ran.expect_code(2, &[&error, "0 articles captured"]);
        assert!(!ran.stderr.contains("missing"), "{ran:#?}");
        assert_eq!(ran.stdout, "");
        test.add(&["https://a.test/x"])
            .expect_code(0, &["images: 2 kept"]);
        assert_eq!(test.assert_sound(), 1);
    }
}

#[test]
fn a_name_that_this_machine_could_not_ask_for_is_no_name_that_nobody_knows() {
    // Too long a label for any name server: the system's resolver says so without asking.
    let image = format!("http://{}.test/1.png", "x".repeat(64));
    let test = Test::new();
    test.serve("a.test/x", Reply::ok("text/html", page_with([&image])));
    let adding = || {
        let mut command = test.command(&["add", "--ca-cert", "ca.pem", "--timeout", "2s"]);
        let address = format!("a.test={}", test.origin.addr);
        command.args(["--resolve", &address, "https://a.test/x"]);
        command
    };
    let mut short = adding();
    let refusal = Refusal {
        calls: "socket",
        from: 2,
        once: false,
        with: SHORT_OF[0].0,
    };
    refusal.put_below(&test, &mut short);
    let ran = Ran::of(short.output().unwrap());
    ran.expect_code(2, &["error: this machine can't make any more connections"]);
    assert!(!ran.stderr.contains("missing"), "{ran:#?}");
    let ran = Ran::of(adding().output().unwrap());
    ran.expect_code(1, &["(name-not-resolved)"]);
    assert_eq!(test.assert_sound(), 1);
}
