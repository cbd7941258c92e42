//! What becomes of a run whose disk refuses: at any of its calls, for any reason? It stops, names the file, loses nothing, and
//! goes on when the disk is well again. `refuse.c`, preloaded, is that disk; the program knows nothing of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use offprint::archive::{Archive, ArchivePath};
use serde_json::Value;
use tempfile::TempDir;

use crate::origin::Reply;
use crate::ran::{Ran, events};
use crate::test::{Test, image};

/// What a disk answers, and in which words the C library says it.
const FULL: (i32, &str) = (28, "No space left on device");
const QUOTA: (i32, &str) = (122, "Disk quota exceeded");
const READ_ONLY: (i32, &str) = (30, "Read-only file system");
const FAILING: (i32, &str) = (5, "Input/output error");
const FILES: (i32, &str) = (24, "Too many open files");

/// Every call that changes the disk.
const CHANGING: &str = "create write rename mkdir remove fsync syncfs";

/// More calls than any run of these tests makes.
const CALLS_MAX: usize = 400;

/// The library that is preloaded, built once for all tests of this file.
static REFUSING: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let library = folder.path().join("refuse.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/disk/refuse.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]);
    let built = compiler.args([&library, &source]).arg("-ldl").output();
    let built = built.expect("these tests need cc, which Rust links with, too");
    assert!(built.status.success(), "{built:?}");
    (folder, library)
});

/// Which calls are refused, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal<'a> {
    /// Their kinds.
    pub(crate) calls: &'a str,
    /// The first one, counted from 1.
    pub(crate) from: usize,
    /// Whether it is that one alone.
    pub(crate) once: bool,
    /// The number of the error; 0 lets the call hang.
    pub(crate) with: i32,
}

impl Refusal<'_> {
    /// Returns what is in the path of whatever is refused.
    fn path(self) -> &'static str {
        if self.calls == "socket" {
            "network"
        } else {
            "archive"
        }
    }

    /// Lets the disk of `command` refuse. Returns the file that is there as soon as it did.
    pub(crate) fn put_below(self, test: &Test, command: &mut Command) -> PathBuf {
        let mark = test.path("refused");
        command
            .env("LD_PRELOAD", &REFUSING.1)
            .env("REFUSE", self.calls)
            .env("REFUSE_PATH", self.path())
            .env("REFUSE_FROM", self.from.to_string())
            .env("REFUSE_WITH", self.with.to_string())
            .env("REFUSE_MARK", &mark);
        if self.once {
            command.env("REFUSE_LAST", self.from.to_string());
        }
        mark
    }
}

/// Returns a test with three posts, of which the archive has the first where `begun` says so, and a copy of its archive.
fn posts(begun: bool) -> Test {
    let test = Test::new();
    test.write("first.md", "# First\n");
    for name in ["second", "third"] {
        let address = format!("a.test/{name}.png");
        test.serve_image(&address, "plain.png");
        test.write(
            &format!("{name}.md"),
            format!("# {name}\n\n![](https://{address})\n"),
        );
    }
    fs::create_dir(test.path("before")).unwrap();
    if begun {
        test.add(&["first.md"]).expect_code(0, &[]);
        copy(&test.path("archive"), &test.path("before/archive"));
    }
    test
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success());
}

/// Checks that every article that was reported as captured is committed.
#[track_caller]
fn assert_kept(test: &Test, ran: &Ran) {
    let objects = ran.objects();
    let reported: Vec<&Value> = events(&objects, "article");
    if reported.is_empty() {
        return;
    }
    let archive = Archive::open(&test.path("archive")).unwrap();
    for article in reported {
        let path = ArchivePath::parse(article["snapshot"].as_str().unwrap()).unwrap();
        let file = archive.read_snapshot(&path).unwrap();
        assert!(archive.committed(&file.digest).unwrap().is_some());
        assert!(
            test.path("archive")
                .join(article["view"].as_str().unwrap())
                .is_file()
        );
    }
}

/// Lets the disk refuse each call of a run in turn, and checks what becomes of the archive. Returns how many calls there were.
#[track_caller]
fn refuse_each(begun: bool, calls: &str, once: bool, answers: &[(i32, &str)]) -> usize {
    // Where the disk stays as it is from some call on, the next moment is much the same: some of them will do.
    let step = if once { 1 } else { 5 };
    let test = posts(begun);
    for from in (1..CALLS_MAX).step_by(step) {
        let (with, words) = answers[from / step % answers.len()];
        let refusal = Refusal {
            calls,
            from,
            once,
            with,
        };
        fs::remove_dir_all(test.path("archive")).ok();
        if begun {
            copy(&test.path("before/archive"), &test.path("archive"));
        }
        let mut adding = test.adding(&["--json", "first.md", "second.md", "third.md"]);
        let mark = refusal.put_below(&test, &mut adding);
        let ran = Ran::of(adding.output().unwrap());
        if fs::remove_file(&mark).is_err() {
            ran.expect_code(0, &[]);
            return from - 1;
        }
        assert_eq!(ran.code, Some(2), "{refusal:?} {ran:#?}");
        assert!(ran.stderr.contains(words), "{refusal:?} {ran:#?}");
        assert!(
            ran.stderr.contains(" ./archive"),
            "no file is named: {refusal:?} {ran:#?}"
        );
        let summary = ran.objects().pop().unwrap();
        assert_eq!(summary["event"], "summary", "{refusal:?} {ran:#?}");
        assert_kept(&test, &ran);
        if test.path("archive/offprint.json").exists() {
            test.run(&["verify"]).expect_code(0, &["sound: "]);
        }
        let again = test.add(&["first.md", "second.md", "third.md"]);
        assert_eq!(again.code, Some(0), "{refusal:?} {again:#?}");
        assert_eq!(test.assert_sound(), 3, "{refusal:?}");
        assert_kept(&test, &ran);
    }
    panic!("a run makes more than {CALLS_MAX} calls")
}

#[track_caller]
fn check(calls: &str, at_least: usize, answers: &[(i32, &str)]) {
    let number = refuse_each(true, calls, true, answers);
    assert!(number >= at_least, "{calls}: only {number} were seen");
}

#[test]
fn a_view_that_cannot_be_written_does_not_wait_for_a_slow_host() {
    let test = Test::new();
    test.write("first.md", "# First\n");
    let slow = Reply::ok("image/png", image("plain.png")).stalled_after(10);
    test.serve("a.test/slow.png", slow);
    test.write("slow.md", "# Slow\n\n![](https://a.test/slow.png)\n");
    let refusal = Refusal {
        calls: "rename",
        from: 1,
        once: false,
        with: FULL.0,
    };
    let mut add = test.adding(&["first.md", "slow.md"]);
    refusal.put_below(&test, &mut add);
    let begun = Instant::now();
    let ran = Ran::end(add.env("REFUSE_PATH", "view.json").spawn().unwrap());
    ran.expect_code(2, &["view.json", FULL.1]);
    // Half of what the host is given for a byte.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    test.serve_image("a.test/slow.png", "plain.png");
    test.add(&["first.md", "slow.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn files_that_cannot_be_created() {
    check("create", 20, &[FULL, QUOTA, READ_ONLY, FAILING, FILES]);
}

#[test]
fn bytes_that_cannot_be_written() {
    check("write", 10, &[FULL, QUOTA, FAILING]);
}

#[test]
fn names_that_cannot_be_given() {
    check("rename", 8, &[FULL, QUOTA, READ_ONLY, FAILING]);
}

#[test]
fn folders_that_cannot_be_made() {
    check("mkdir", 8, &[FULL, QUOTA, READ_ONLY, FAILING]);
}

#[test]
fn files_that_cannot_be_synced() {
    check("fsync", 2, &[FAILING, FULL, QUOTA]);
}

#[test]
fn file_systems_that_cannot_be_synced() {
    check("syncfs", 3, &[FAILING, FULL, QUOTA]);
}

#[test]
fn a_disk_that_takes_nothing_any_more_from_any_moment_on() {
    let calls = refuse_each(true, CHANGING, false, &[READ_ONLY, FAILING]);
    assert!(calls > 60, "{calls}");
}

#[test]
fn a_new_archive_on_a_disk_that_fills_up_at_any_moment() {
    let calls = refuse_each(false, CHANGING, false, &[FULL, QUOTA]);
    assert!(calls > 60, "{calls}");
}
