//! What is left when the program is killed at any moment, and what does it say when it is asked to stop?

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use offprint::archive::Step;
use serde_json::Value;

#[cfg(target_os = "linux")]
use crate::disk::Refusal;
use crate::origin::{Body, Reply};
use crate::ran::Ran;
use crate::test::{PATIENCE, Test, image};

/// Returns a test whose archive holds one post, and that has two more with an image each.
fn with_archive() -> Test {
    let test = Test::new();
    test.write("first.md", "# First\n");
    for name in ["second", "third"] {
        test.serve(
            &format!("a.test/{name}.png"),
            Reply::ok("image/png", [image("plain.png"), name.into()].concat()),
        );
        test.write(
            &format!("{name}.md"),
            format!("# {name}\n\n![](https://a.test/{name}.png)\n"),
        );
    }
    test.add(&["first.md"]).expect_code(0, &[]);
    test
}

#[test]
fn a_kill_at_any_step_of_the_commit_loses_nothing() {
    for step in Step::ALL {
        let test = with_archive();
        let mut dying = test.adding(&["second.md", "third.md"]);
        dying.env("OFFPRINT_ABORT_AT", format!("{step:?}"));
        let output = dying.output().unwrap();
        assert_eq!(output.status.signal(), Some(6), "{step:?}: {output:?}");
        assert!(
            output.stdout.is_empty(),
            "{step:?}: nothing is told before it is durable"
        );
        let listed = test.run(&["list"]);
        let committed = step >= Step::Logged;
        assert_eq!(
            listed.stdout.lines().count(),
            if committed { 3 } else { 1 },
            "{step:?}: {listed:?}"
        );
        // What was told is proven at once; what was not got to is a notice.
        test.run(&["verify"]).expect_code(0, &["sound: "]);
        // Another article's run clears up, and makes the views that are not there yet.
        test.add(&["first.md"])
            .expect_code(0, &["unchanged first.md"]);
        let adopted = step >= Step::SnapshotsNamed;
        assert_eq!(test.assert_sound(), if adopted { 3 } else { 1 }, "{step:?}");
        let again = test.add(&["second.md", "third.md"]);
        let outcome = if adopted {
            "0 articles captured, 2 unchanged"
        } else {
            "2 articles captured"
        };
        again.expect_code(0, &[outcome]);
        assert_eq!(test.assert_sound(), 3, "{step:?}");
    }
}

#[test]
fn a_kill_in_the_first_run_loses_nothing() {
    for step in Step::ALL {
        let test = Test::new();
        test.write("first.md", "# First\n");
        let mut dying = test.adding(&["first.md"]);
        dying.env("OFFPRINT_ABORT_AT", format!("{step:?}"));
        assert_eq!(dying.output().unwrap().status.signal(), Some(6), "{step:?}");
        test.add(&["first.md"]).expect_code(0, &["first.md"]);
        assert_eq!(test.assert_sound(), 1, "{step:?}");
    }
}

#[test]
fn a_kill_while_bodies_stream_leaves_nothing_behind() {
    let test = with_archive();
    test.serve(
        "a.test/stall.png",
        Reply::new(200, Body::Stall(image("plain.png"))),
    );
    test.write(
        "stall.md",
        "![](https://a.test/second.png)\n\n![](https://a.test/stall.png)\n",
    );
    let mut child = test.adding(&["stall.md"]).spawn().unwrap();
    test.wait_for("a.test/stall.png");
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    test.run(&["list"]).expect_code(0, &[]);
    test.serve_image("a.test/stall.png", "plain.gif");
    test.add(&["stall.md"]).expect_code(0, &["images: 2 kept"]);
    assert_eq!(test.assert_sound(), 2);
}

/// Starts a run with one article that is quickly done and one whose image never ends, and waits until the first is told
/// of and the second asked for.
fn stalled(test: &Test) -> (Child, BufReader<std::process::ChildStdout>) {
    test.serve(
        "a.test/stall.png",
        Reply::new(200, Body::Stall(image("plain.png"))),
    );
    test.write("stall.md", "# Stall\n\n![](https://a.test/stall.png)\n");
    let add = test.adding(&["--json", "second.md", "stall.md"]);
    // Whatever these tests were started with (`nohup`, say), the program hears every signal.
    let mut hearing = Command::new("env");
    if cfg!(target_os = "linux") {
        hearing.arg("--default-signal=HUP");
    }
    hearing.arg(add.get_program()).args(add.get_args());
    hearing.current_dir(test.dir.path()).stdin(Stdio::null());
    hearing.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = hearing.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"outcome\":\"captured\"") {
        line.clear();
        assert_ne!(
            stdout.read_line(&mut line).unwrap(),
            0,
            "the run ended early"
        );
    }
    test.wait_for("a.test/stall.png");
    (child, stdout)
}

#[test]
fn what_a_killed_run_reported_is_not_fetched_again() {
    let test = with_archive();
    let (mut child, _stdout) = stalled(&test);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    test.run(&["verify"]).expect_code(0, &["sound: "]);
    test.serve_image("a.test/stall.png", "plain.gif");
    let again = test.add(&["second.md", "stall.md"]);
    again.expect_code(0, &["1 article captured, 1 unchanged"]);
    assert_eq!(test.count("a.test/second.png"), 1);
    assert_eq!(test.count("a.test/stall.png"), 2);
    assert_eq!(test.assert_sound(), 3);
}

#[track_caller]
fn check_stop(signal: &str) {
    let test = with_archive();
    let (child, mut stdout) = stalled(&test);
    let begun = Instant::now();
    send(signal, &child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let ran = Ran::end(child);
    assert!(
        begun.elapsed() < Duration::from_secs(5).min(PATIENCE),
        "{:?}",
        begun.elapsed()
    );
    ran.expect_code(
        130,
        &[
            "captured  second.md (images: 1 kept)\n",
            "interrupted: ending cleanly (press Ctrl-C again to stop at once)\n",
            "interrupted; stored before that: 1 article captured; ",
        ],
    );
    let summary: Value = serde_json::from_str(rest.trim_end()).unwrap();
    assert_eq!(
        (&summary["event"], &summary["interrupted"]),
        (&"summary".into(), &true.into())
    );
    assert_eq!(summary["articles"]["captured"], 1);
    let listed = test.run(&["list"]);
    assert_eq!(listed.stdout.lines().count(), 2, "{listed:?}");
    test.serve_image("a.test/stall.png", "plain.gif");
    test.add(&["second.md", "stall.md"])
        .expect_code(0, &["1 article captured, 1 unchanged"]);
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn ctrl_c_keeps_what_is_complete() {
    check_stop("INT");
}

#[test]
fn sigterm_keeps_what_is_complete() {
    check_stop("TERM");
}

/// Who was started without a say about hang-ups, as from a terminal, whatever these tests were started with.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_goes_keeps_what_is_complete() {
    check_stop("HUP");
}

#[cfg(target_os = "linux")]
#[test]
fn who_is_told_not_to_mind_a_hangup_goes_on() {
    let test = with_archive();
    let add = test.adding(&["-"]);
    let mut nohup = Command::new("sh");
    nohup
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(add.get_program())
        .args(add.get_args())
        .current_dir(test.dir.path());
    nohup
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = nohup.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"second.md\n").unwrap();
    test.wait_for("a.test/second.png");
    send("HUP", &child);
    stdin.write_all(b"third.md\n").unwrap();
    drop(stdin);
    Ran::end(child).expect_code(0, &["2 articles captured"]);
    assert_eq!(test.assert_sound(), 3);
}

/// Checks that a run that has asked for the second post's image stops soon, and that the next one archives the rest.
#[track_caller]
fn assert_stops(test: &Test, child: Child) {
    test.wait_for("a.test/second.png");
    let begun = Instant::now();
    interrupt(&child);
    Ran::end(child).expect_code(130, &["interrupted; stored before that: "]);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    test.add(&["second.md", "third.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn a_run_that_waits_for_its_turn_at_a_host_can_be_stopped() {
    let test = with_archive();
    let child = test
        .adding(&["--jobs", "1", "--delay", "1h", "second.md", "third.md"])
        .spawn()
        .unwrap();
    assert_stops(&test, child);
}

#[test]
fn a_run_that_waits_to_try_again_can_be_stopped() {
    let test = with_archive();
    test.serve_each(
        "a.test/second.png",
        [
            Reply::busy(503, Some("3000")),
            Reply::ok("image/png", image("plain.png")),
        ],
    );
    let child = test
        .adding(&["--max-wait", "1h", "second.md", "third.md"])
        .spawn()
        .unwrap();
    assert_stops(&test, child);
}

/// Starts a run whose disk hangs in the commit, and waits until it does.
#[cfg(target_os = "linux")]
fn hanging(test: &Test) -> Child {
    let refusal = Refusal {
        calls: "syncfs",
        from: 1,
        once: false,
        with: 0,
    };
    let mut adding = test.adding(&["--json", "second.md", "third.md"]);
    let mark = refusal.put_below(test, &mut adding);
    assert!(
        Command::new("mkfifo")
            .arg(&mark)
            .status()
            .unwrap()
            .success()
    );
    let child = adding.spawn().unwrap();
    // A pipe ends when somebody has opened and closed it.
    std::fs::read(&mark).unwrap();
    child
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_hangs_does_not_keep_a_run_that_is_to_end() {
    let test = with_archive();
    let child = hanging(&test);
    let begun = Instant::now();
    interrupt(&child);
    let ran = Ran::end(child);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    ran.expect_code(
        130,
        &["interrupted; stored before that: 0 articles captured"],
    );
    let summary = ran.objects().pop().unwrap();
    assert_eq!(
        (&summary["event"], &summary["interrupted"]),
        (&"summary".into(), &true.into())
    );
    test.run(&["verify"]).expect_code(0, &["sound: "]);
    test.add(&["second.md", "third.md"])
        .expect_code(0, &["2 articles captured"]);
    assert_eq!(test.assert_sound(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_signal_ends_a_run_at_once() {
    let test = with_archive();
    let mut child = hanging(&test);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    interrupt(&child);
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("interrupted: ending cleanly"), "{line}");
    let begun = Instant::now();
    send("TERM", &child);
    let ran = Ran::end(child);
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(ran.code, Some(130));
    assert_eq!(ran.objects().len(), 1, "nothing more is said: {ran:?}");
    test.run(&["verify"]).expect_code(0, &["sound: "]);
    test.add(&["second.md", "third.md"])
        .expect_code(0, &["2 articles captured"]);
    assert_eq!(test.assert_sound(), 3);
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("sh")
        .args(["-c", "kill -$0 $1", signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

pub(crate) fn interrupt(child: &Child) {
    send("INT", child);
}

/// Starts a command with `--json`, interrupts it as soon as it says that it starts, and returns what it says at its end.
#[track_caller]
fn interrupted(mut command: Command) -> Value {
    let mut child = command.arg("--json").spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut start = String::new();
    stdout.read_line(&mut start).unwrap();
    assert!(start.contains("\"event\":\"start\""), "{start}");
    interrupt(&child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    Ran::end(child).expect_code(130, &["interrupted"]);
    let summary: Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&summary["event"], &summary["interrupted"]),
        (&"summary".into(), &true.into())
    );
    summary
}

#[test]
fn a_run_that_waits_for_a_lock_can_be_stopped() {
    let test = with_archive();
    let lock = test.commit_lock();
    interrupted(test.adding(&["second.md", "--lock-wait", "1h"]));
    drop(lock);
    test.assert_sound();
}

#[test]
fn verify_can_be_stopped_and_is_not_sound_then() {
    let test = with_archive();
    // A lot to read: files of nothing but zeros take no room.
    for number in 0..64 {
        let name = format!("{number:02x}{}", "0".repeat(62));
        let path = format!("archive/blobs/sha256/{}/{name}.bin", &name[..2]);
        test.write(&path, "");
        let file = File::options().write(true).open(test.path(&path)).unwrap();
        file.set_len(64 << 20).unwrap();
    }
    let summary = interrupted(test.command(&["verify"]));
    assert_eq!(summary["sound"], false);
    assert!(summary["blobs"].as_u64().unwrap() < 64, "{summary}");
}
