//! Does `mirror --watch` stay, ask what is due, take a new configuration, and end when it is asked to?

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::mirrored::{mirror, mirroring, rss, with};
use crate::origin::Reply;
use crate::test::{PATIENCE, Test};

/// How long somebody who asked for an end has to wait at most.
const END_MAX: Duration = Duration::from_secs(5);

/// A resident mirror.
struct Watcher {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Watcher {
    fn start(test: &Test, flags: &[&str]) -> Self {
        Self::of(mirroring(test, &[&["--watch"], flags].concat()))
    }

    fn of(mut command: std::process::Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Waits for a line on stderr that has this in it.
    #[track_caller]
    fn hear(&self, part: &str) -> String {
        let mut heard = Vec::new();
        loop {
            let line = self.stderr.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("{error}: no {part:?} in {heard:#?}"));
            if line.contains(part) {
                return line;
            }
            heard.push(line);
        }
    }

    /// Waits for the next run, and returns its objects.
    #[track_caller]
    fn run(&self) -> Vec<Value> {
        let mut objects: Vec<Value> = Vec::new();
        loop {
            let line = self
                .stdout
                .recv_timeout(PATIENCE)
                .expect("a run has an end");
            let object: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(objects.is_empty(), object["event"] == "start", "{object}");
            let is_last = object["event"] == "summary";
            objects.push(object);
            if is_last {
                return objects;
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Asks for an end, which must come soon; returns what was printed since.
    #[track_caller]
    fn end(mut self, signal: Signal) -> Vec<String> {
        let begun = Instant::now();
        self.signal(signal);
        let status = self.child.wait().unwrap();
        assert!(begun.elapsed() < END_MAX, "{:?}", begun.elapsed());
        assert_eq!(status.code(), Some(130));
        self.stdout.iter().collect()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Where a test failed it is still there.
        self.child.kill().ok();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(stream).lines();
        lines
            .map_while(Result::ok)
            .all(|line| send.send(line).is_ok())
    });
    receive
}

const EACH_SECOND: &str = "[[source]]\nurl = 'https://a.test/feed'\nschedule = 'every 1s'\n";
const ONCE: &str = "[mirror]\nschedule = '@yearly'\n[[source]]\nurl = 'https://a.test/feed'\n";

#[test]
fn it_asks_a_source_whenever_it_is_due_and_others_can_add_meanwhile() {
    let test = with(EACH_SECOND);
    let (one, two) = (("one", "/a"), ("two", "/b"));
    let feeds = [rss(&[one]), rss(&[one]), rss(&[one, two])];
    test.serve_each("a.test/feed", feeds);
    let watcher = Watcher::start(&test, &["--json"]);
    let mut captured = Vec::new();
    let mut runs = 0;
    while captured.len() < 2 {
        let run = watcher.run();
        runs += 1;
        assert_eq!(
            run[0],
            json!({"event": "start", "schema": 1, "command": "mirror"})
        );
        let new = run.iter().filter(|it| it["outcome"] == "captured");
        captured.extend(new.map(|it| it["input"].as_str().unwrap().to_owned()));
    }
    assert_eq!(captured, ["https://a.test/a", "https://a.test/b"]);
    assert_eq!(
        (runs, test.count("a.test/feed")),
        (3, 3),
        "each run asks once"
    );
    let added = test.add(&["https://a.test/c"]);
    assert_eq!(added.code, Some(0), "{added:#?}");
    assert_eq!(test.run(&["mirror", "list"]).code, Some(0));
    let last = watcher.end(Signal::TERM).pop().unwrap();
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!(
        (&last["event"], &last["interrupted"]),
        (&json!("summary"), &json!(true))
    );
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn a_hangup_takes_a_new_configuration_and_leaves_a_broken_one() {
    let test = with(ONCE);
    test.serve("a.test/feed", rss(&[("one", "/a")]));
    let watcher = Watcher::start(&test, &[]);
    watcher.hear("next is https://a.test/feed at 20");
    test.write("offprint.toml", ONCE.replace("schedule", "shedule"));
    watcher.signal(Signal::HUP);
    watcher.hear("error: the new configuration is not taken; the old one stays");
    watcher.hear("offprint.toml:2:1: unknown field `shedule`");
    watcher.hear("next is https://a.test/feed at 20");
    let more = format!("{ONCE}[[source]]\nurl = 'https://a.test/c'\nkind = 'page'\n");
    test.write("offprint.toml", more);
    watcher.signal(Signal::HUP);
    watcher.hear("read the configuration again: 2 sources");
    watcher.hear("1 source, 1 article captured");
    watcher.hear("next is ");
    watcher.end(Signal::INT);
    assert_eq!(test.count("a.test/feed"), 1, "it is not due for a year");
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn it_ends_soon_while_a_source_does_not_answer() {
    let test = with(EACH_SECOND);
    test.serve("a.test/feed", Reply::silent());
    let watcher = Watcher::start(&test, &["--json"]);
    test.wait_for("a.test/feed");
    let printed = watcher.end(Signal::TERM);
    let last: Value = serde_json::from_str(printed.last().unwrap()).unwrap();
    assert_eq!(last["interrupted"], true);
    let starts = printed.iter().filter(|line| line.contains("\"start\""));
    assert_eq!(starts.count(), 1, "{printed:#?}");
}

#[test]
fn a_second_watcher_is_refused_and_a_run_between_two_of_its_own_is_not() {
    let test = with(ONCE);
    test.serve("a.test/feed", rss(&[("one", "/a")]));
    let watcher = Watcher::start(&test, &[]);
    watcher.hear("next is ");
    let second = mirror(&test, &["--watch", "--json"]);
    second.expect_code(
        2,
        &[
            "another process is watching the sources of this archive",
            "hint: it asks each source when it is due",
        ],
    );
    assert_eq!(second.objects().len(), 2);
    assert_eq!(mirror(&test, &[]).code, Some(0));
    watcher.end(Signal::TERM);
}

/// A disk that is gone is not made up for by an archive on another one.
#[test]
fn an_archive_that_is_gone_is_not_made_anew() {
    let test = with(ONCE);
    test.serve("a.test/feed", rss(&[]));
    let watcher = Watcher::start(&test, &[]);
    watcher.hear("next is ");
    fs::rename(test.path("archive"), test.path("gone")).unwrap();
    watcher.signal(Signal::HUP);
    watcher.hear("error: ");
    assert!(!test.path("archive").exists());
    fs::rename(test.path("gone"), test.path("archive")).unwrap();
    watcher.signal(Signal::HUP);
    watcher.hear("next is ");
    watcher.end(Signal::TERM);
    assert_eq!(test.count("a.test/feed"), 1);
}

#[test]
fn while_somebody_else_mirrors_it_waits() {
    let test = with(ONCE);
    test.serve("a.test/feed", rss(&[]));
    assert_eq!(mirror(&test, &[]).code, Some(0));
    fs::remove_file(test.path("archive/state/sources.json")).unwrap();
    let lock = File::open(test.path("archive/state/mirror.lock")).unwrap();
    lock.lock().unwrap();
    let watcher = Watcher::start(&test, &[]);
    watcher.hear("waiting: ");
    watcher.end(Signal::TERM);
    assert_eq!(test.count("a.test/feed"), 1);
}

/// The terminal that it was started in says nothing any more: that ends it, as it ends any other command.
#[test]
fn a_hangup_of_its_terminal_ends_it() {
    let test = with(ONCE);
    test.serve("a.test/feed", rss(&[]));
    let (ours, theirs) = crate::watched::terminal();
    let mut command = mirroring(&test, &["--watch", "--json"]);
    command.stderr(theirs);
    let mut child = command.spawn().unwrap();
    drop(command);
    let objects = lines(child.stdout.take().unwrap());
    while !objects.recv_timeout(PATIENCE).unwrap().contains("summary") {}
    drop(ours);
    // Until it has gone also where another test's program, started just before that, has a hold on it.
    let begun = Instant::now();
    let status = loop {
        kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < PATIENCE, "it stays");
        thread::yield_now();
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
fn what_is_wrong_from_the_beginning_ends_it() {
    let test = with("");
    for (configuration, flaw) in [
        ("", "names no source"),
        ("[[source]]\nurl = 3", "offprint.toml:2:7: "),
    ] {
        test.write("offprint.toml", configuration);
        let ran = mirror(&test, &["--watch", "--json"]);
        ran.expect_code(2, &[flaw]);
        assert_eq!(ran.objects().len(), 2);
    }
    test.write("offprint.toml", ONCE);
    let secret = mirror(&test, &["--watch", "--header", "X-Key: hush"]);
    secret.expect_code(2, &["say whom a header field is for"]);
}

#[test]
fn the_service_manager_hears_when_it_is_ready() {
    let test = with(ONCE);
    test.serve("a.test/feed", rss(&[]));
    let manager = UnixDatagram::bind(test.path("notify")).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let hear = || {
        let mut bytes = [0; 4096];
        let length = manager.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    };
    let hear_past_status = || {
        std::iter::repeat_with(hear)
            .find(|it| !it.starts_with("STATUS="))
            .unwrap()
    };
    let mut command = mirroring(&test, &["--watch"]);
    command.env("NOTIFY_SOCKET", test.path("notify"));
    let watcher = Watcher::of(command);
    assert_eq!(hear(), "READY=1");
    assert_eq!(hear(), "STATUS=Mirroring 1 source");
    assert!(hear().starts_with("STATUS=next is https://a.test/feed at 20"));
    watcher.signal(Signal::HUP);
    assert_eq!(hear_past_status(), "RELOADING=1");
    assert_eq!(hear_past_status(), "READY=1");
    watcher.end(Signal::TERM);
    assert_eq!(hear_past_status(), "STOPPING=1");
}
